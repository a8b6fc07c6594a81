"""What understanding derives from the facts, to JSON text and back: the lexicon, and the ways of asking for each subject.

Stemming every word and weighing each against all others takes half a second. It is done once, when knowledge.db is made;
whoever opens the file reads what came of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from knowledge.lexicon import Lexicon
from knowledge.model import Sense, Subject
from knowledge.subjects import Ways


def lexicon_told(lexicon: Lexicon) -> str:
    """Each sense once, the words by the numbers of their senses; a phrase is its stems with spaces between."""
    found = [sense for table in (lexicon.chars, lexicon.phrases) for senses in table.values() for sense in senses]
    number = {sense: at for at, sense in enumerate(dict.fromkeys(found))}
    return _json(
        senses=[(sense.kind, sense.value) for sense in number],
        chars={word: [number[sense] for sense in senses] for word, senses in lexicon.chars.items()},
        phrases={" ".join(stems): [number[sense] for sense in senses] for stems, senses in lexicon.phrases.items()},
        lengths=lexicon.lengths,
        phrase_lengths=lexicon.phrase_lengths,
    )


def lexicon_of(told: str) -> Lexicon:
    given, lexicon = json.loads(told), Lexicon(())
    senses = [Sense(kind=kind, value=value) for kind, value in given["senses"]]
    lexicon.chars = {word: [senses[number] for number in found] for word, found in given["chars"].items()}
    lexicon.phrases = {tuple(stems.split()): [senses[number] for number in found] for stems, found in given["phrases"].items()}
    lexicon.lengths, lexicon.phrase_lengths = _tuples(given["lengths"]), _tuples(given["phrase_lengths"])
    return lexicon


def ways_told(ways: Ways) -> str:
    """The keys of each way in the order of the subjects' own ways, and what to look for in a question."""
    keys: dict[str, list[list[str]]] = {}
    for subject, _, found in ways.ways:
        keys.setdefault(subject, []).append(sorted(found))
    return _json(keys=keys, japanese=_lists(ways.japanese), latin=_lists(ways.latin), common=sorted(ways.common))


def ways_of(told: str, subjects: Mapping[str, Subject], lexicon: Lexicon) -> Ways:
    given, ways = json.loads(told), Ways((), lexicon)
    for subject, keys in given["keys"].items():
        for way, found in zip(subjects[subject].ways, keys, strict=True):
            for key in found:
                ways.by_word.setdefault(key, []).append(len(ways.ways))
            ways.ways.append((subject, way, frozenset(found)))
    ways.japanese, ways.latin = ({word: set(found) for word, found in given[script].items()} for script in ("japanese", "latin"))
    ways.common = frozenset(given["common"])
    return ways


def _json(**given: Any) -> str:
    return json.dumps(given, ensure_ascii=False, separators=(",", ":"))


def _tuples(given: Mapping[str, list[int]]) -> dict[str, tuple[int, ...]]:
    return {first: tuple(lengths) for first, lengths in given.items()}


def _lists(given: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    return {word: sorted(found) for word, found in sorted(given.items())}
