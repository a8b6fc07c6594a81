"""What the lexicon is made of: the vocabulary, and the names by which the facts themselves are asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from knowledge.model import Area, Municipality, Sense, Subject, Territory

AREA_ENDINGS = ("圏域", "医療圏", "二次医療圏", "2次医療圏", "保健医療圏", "二次保健医療圏", "圏", "エリア")
AREA_ENDINGS_EN = ("area", "medical area", "secondary medical area", "zone", "medical zone", "region")


class Named(Protocol):
    """The parts of a knowledge base that have names."""

    municipalities: Mapping[str, Municipality]
    areas: tuple[Area, ...]
    territories: Mapping[str, Territory]
    subjects: Mapping[str, Subject]


def entries(words: Iterable[tuple[str, Sense]], kb: Named) -> Iterator[tuple[str, Sense]]:
    """(surface, sense) rows: vocabulary, territories, other prefectures, areas."""
    yield from words
    for territory in kb.territories.values():
        for surface in territory_names(territory):
            yield surface, Sense(kind="territory", value=territory.id)
    known = {territory.name for territory in kb.territories.values()}
    for prefecture in dict.fromkeys(m.prefecture for m in kb.municipalities.values()):
        if prefecture not in known:
            yield prefecture, Sense(kind="elsewhere", value=prefecture)
    yield from area_names(kb)


def topic_words(kb: Named) -> Iterator[tuple[str, Sense]]:
    """The words that subjects are asked for by."""
    for word in sorted({word for subject in kb.subjects.values() for way in subject.ways for word in way}):
        yield word, Sense(kind="topic", value=word)


def territory_names(territory: Territory) -> tuple[str, ...]:
    """Every name of a territory: 山口県, 山口, yamaguchi prefecture, yamaguchi. A union or nation has no short form."""
    found = [territory.name, territory.en.lower(), *territory.words]
    if territory.kind in {"prefecture", "city"}:
        found += [re.sub("[都府県市]$", "", territory.name), re.sub(" (prefecture|metropolis|city)$", "", territory.en.lower())]
    return tuple(dict.fromkeys(found))


def area_names(kb: Named) -> Iterator[tuple[str, Sense]]:
    """Areas with 圏域, 医療圏 or "area" behind them; alone only where the name is no municipality's."""
    bare = {re.sub("[市区町村]$", "", m.name) for m in kb.municipalities.values()} | {m.name for m in kb.municipalities.values()}
    for number, area in enumerate(kb.areas):
        sense = Sense(kind="area", value=str(number))
        for name in dict.fromkeys((area.name, area.name.replace("・", ""))):
            yield from ((name + ending, sense) for ending in AREA_ENDINGS)
            if name not in bare:
                yield name, sense
        yield from ((f"{area.en.lower()} {ending}", sense) for ending in AREA_ENDINGS_EN)
