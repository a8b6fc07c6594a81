"""The words of reference/names.toml, ready to be asked whether they stand somewhere.

`Words` are asked whether one begins at a place, tuples are for `str.endswith`, sets for whole words.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from knowledge.reading import kana_key

REFERENCE = Path(__file__).parent.parent / "reference"
_DATA: dict[str, Any] = tomllib.loads((REFERENCE / "names.toml").read_text(encoding="utf-8"))


class Words:
    """Words that may begin at a place of a text."""

    def __init__(self, *words: str) -> None:
        self._by_first: dict[str, tuple[str, ...]] = {}
        for word in words:
            self._by_first[word[0]] = (*self._by_first.get(word[0], ()), word)

    def at(self, text: str, place: int) -> bool:
        return text.startswith(self._by_first.get(text[place : place + 1], ()), place)


def _words(table: str, key: str) -> tuple[str, ...]:
    return tuple(_DATA[table][key].split())


def _set(table: str, key: str) -> frozenset[str]:
    return frozenset(_words(table, key))


# --- what a name ends in ----------------------------------------------------------------------------------------------

KANA_SUFFIXES: tuple[tuple[str, str], ...] = tuple(_DATA["suffixes"]["kana"].items())
LATIN_SUFFIXES: tuple[tuple[str, str], ...] = tuple(_DATA["suffixes"]["latin"].items())
SUFFIX_WORDS = {word: kinds for kinds, words in _DATA["suffixes"]["words"].items() for word in words.split()}
"""A Latin word beside a name -> the kinds that it may mean: city -> 市区."""
NOT_A_SUFFIX = {kind: Words(*letters.split()) for kind, letters in _DATA["not_a_suffix"].items()}

# --- what stands before a name ----------------------------------------------------------------------------------------

ENDS_BEFORE = _words("before", "name")
ENDS_BEFORE_ONE = _words("before", "one_kanji")
BEFORE_SLIP = _words("before", "slip")
PARTICLE_BEFORE_KANA = _set("before", "kana")
KANA_BEFORE_ONE = _set("before", "one_kanji_kana")
NOT_AFTER_LATIN = _set("before", "latin")

# --- what stands after it ---------------------------------------------------------------------------------------------

PERSON = Words(*_words("after", "person"))
PERSON_OR_THING = Words(
    *_words("after", "person_or_thing"),
    *(f"{rank}{of}長" for rank in ("", *_words("after", "chief_rank")) for of in _words("after", "chief_of")),
)
NOT_THING = Words(*_words("after", "not_thing"))
STATION, NOT_STATION = Words(*_words("after", "station")), Words(*_words("after", "not_station"))
OWN_PLACE = _words("after", "own_place")
PARTICLE = Words(*_words("after", "particle"))
PARTICLE_AFTER_KANA = _set("after", "kana_particle")
FOLLOWS_A_NAME = Words(*_words("after", "particle"), *_words("after", "name"))
NOT_BEFORE_LATIN = _set("after", "latin")

# --- words that are no names, and names that are words ----------------------------------------------------------------

COMPOUNDS = _set("words", "compounds")
NOT_NAMES = _set("words", "not_names")
GRAMMAR = _set("words", "grammar")
GRAMMAR_BEGINS = Words(*_words("words", "grammar_begins"))
ENGLISH_GRAMMAR = _set("words", "english_grammar")
EVERYDAY_KANJI = _set("everyday", "kanji")
EVERYDAY_KANA = frozenset(map(kana_key, _words("everyday", "kana")))
"""As keys."""
EVERYDAY_LATIN = _set("everyday", "latin")
NEAR_LATIN = _set("everyday", "near_latin")

ALIKE = frozenset((one, other) for group in _words("alike", "groups") for one in group for other in group if one != other)
"""Pairs of kanji that are written for one another."""
