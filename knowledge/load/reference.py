"""Reference tables -> values: municipalities, items, medical areas, the words of questions."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from knowledge.load.fields import Shape, Wrong, by, each, many, may, nearest, need, pair, shown, text, words
from knowledge.load.toml import DataError, read_toml
from knowledge.model import Area, Item, Municipality
from knowledge.normalise import normalise

REFERENCE = Path(__file__).parent.parent / "reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One entry of the lexicon: a surface, its language, and what it means."""

    surface: str
    lang: str
    kind: str
    value: str


# --- flat tables ------------------------------------------------------------------------------------------------------


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def load_municipalities(path: Path = REFERENCE / "municipalities.csv") -> tuple[Municipality, ...]:
    return tuple(
        Municipality(
            code=row["code"],
            name=row["name"],
            kind=row["kind"],
            kana=row["kana"],
            prefecture=row["prefecture"],
            former=tuple(row["former"].split()),
        )
        for row in rows(path)
    )


def load_areas(names: Names, path: Path = REFERENCE / "areas.csv") -> tuple[Area, ...]:
    found: dict[tuple[str, str], Area] = {}
    for line, row in enumerate(rows(path), 2):
        try:
            code = names.code(row["municipality"], row["prefecture"])
        except Wrong as wrong:
            raise DataError(path.name, f"line {line}", wrong.problem) from None
        key = (row["prefecture"], row["area"])
        area = found.get(key) or Area(name=row["area"], en=row["name_en"], prefecture=row["prefecture"], members=(), source=row["source"])
        found[key] = replace(area, members=(*area.members, code))
    return tuple(replace(area, members=tuple(sorted(area.members))) for area in found.values())


class Names:
    """Official names -> codes, with the nearest ones for an error."""

    def __init__(self, municipalities: Iterable[Municipality]) -> None:
        self.by_name: dict[str, list[Municipality]] = {}
        for municipality in municipalities:
            self.by_name.setdefault(municipality.name, []).append(municipality)
        self.name = {m.code: m.name for found in self.by_name.values() for m in found}
        self.prefectures = tuple(dict.fromkeys(m.prefecture for found in self.by_name.values() for m in found))

    def code(self, given: str, prefecture: str, near_by: Iterable[str] = ()) -> str:
        """The code of one name: of `prefecture` first, else of the prefecture given in brackets, else the only one.

        Raises Wrong; the nearest names are looked for among `near_by`, or else in the prefecture.
        """
        name, _, bracket = given.strip().rstrip("）)").replace("(", "（").partition("（")
        found = self.by_name.get(name, [])
        wanted = [m for m in found if m.prefecture == (bracket or prefecture)] or (found if not bracket else [])
        if len(wanted) == 1:
            return wanted[0].code
        full = " or ".join(f"{m.name}（{m.prefecture}）" for m in found)
        if wanted:
            raise Wrong(f"{name!r} is the name of {len(wanted)} municipalities; write {full}")
        remedy = f"; did you mean {full}?" if found else nearest(name, tuple(near_by) or self.within(prefecture))
        raise Wrong(f"{shown(given)} is not an official municipality name{remedy}")

    def within(self, prefecture: str) -> list[str]:
        local = [name for name, found in self.by_name.items() if any(m.prefecture == prefecture for m in found)]
        return local or list(self.by_name)


# --- items and words --------------------------------------------------------------------------------------------------

ITEM = Shape(
    keys={
        "letter": need(words),
        "romaji": need(words),
        "short": need(pair),
        "official": need(pair),
        "meaning": need(pair),
        "names": need(many(words)),
    }
)
ITEMS = Shape(keys={"item": need(each(ITEM, "item"))})
SURFACES = Shape(keys={"ja": may(many(text), ()), "en": may(many(text), ())})
VOCABULARY = by(words, by(words, SURFACES))


def load_items(path: Path = REFERENCE / "items.toml") -> tuple[Item, ...]:
    return tuple(Item(number=number, **given) for number, given in enumerate(_read(path, ITEMS)["item"], 1))


def _read(path: Path, read: Callable[[Any, Any], Any]) -> Any:
    file = read_toml(path)
    try:
        return read(file.values, {})
    except Wrong as wrong:
        raise file.error(wrong) from None


def load_words(path: Path = REFERENCE / "vocabulary.toml") -> tuple[Word, ...]:
    elsewhere = (
        Word(surface=surface, lang="en", kind="elsewhere", value=row["name"])
        for row in rows(REFERENCE / "prefectures.csv")
        for surface in (f"{row['en'].lower()} prefecture", f"{row['en'].lower()}-ken", *((row["en"].lower(),) if row["name"][-1] in "道府" else ()))
    )
    return (*elsewhere, *_vocabulary(path))


def _vocabulary(path: Path) -> tuple[Word, ...]:
    return tuple(
        Word(surface=normalise(surface).text, lang=lang, kind=meant, value=value)
        for kind, values in _read(path, VOCABULARY).items()
        for value, by_lang in values.items()
        for lang, given in by_lang.items()
        for meant, surface in dict.fromkeys(_as_occasions(given, lang) if kind == "context" else ((kind, each) for each in given))
    )


def _as_occasions(nouns: Iterable[str], lang: str) -> Iterator[tuple[str, str]]:
    """議会で makes no difference within a question; 議会 by itself marks a stretch that is no part of it."""
    yield from (("fill", surface) for surface in _occasions(nouns, lang))
    yield from (("aside", noun) for noun in nouns)


OCCASION_JA = (
    "を作成",
    "を作っ",
    "の件で",
    "の関係で",
    "を準備",
    "を用意",
    "に",
    "から",
    "で",
    "用に",
    "用の",
    "用で",
    "向けに",
    "向けの",
    "への",
    "へ",
    "に使う",
    "で使う",
    "に出す",
    "に載せる",
    "作成",
    "さんから",
    "さんに",
    "のため",
)
OCCASION_EN = (
    "for {}",
    "for tomorrow's {}",
    "tomorrow's {}",
    "today's {}",
    "next week's {}",
    "drafting a {}",
    "writing a {}",
    "preparing a {}",
    "for the {}",
    "for a {}",
    "for my {}",
    "for our {}",
    "my {}",
    "my {} asked",
    "to my {}",
    "in the {}",
    "in my {}",
    "in our {}",
    "in a {}",
    "to the {}",
    "to a {}",
    "the {} wants",
    "the {} asks",
    "the {} asked",
)


def _occasions(nouns: Iterable[str], lang: str) -> Iterator[str]:
    """A noun as the occasion of a question: 議会で, for the council. The noun alone may be what is asked for."""
    for noun in nouns:
        yield from (noun + ending for ending in OCCASION_JA) if lang == "ja" else (form.format(noun) for form in OCCASION_EN)
