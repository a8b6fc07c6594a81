"""Names in Latin letters, standing in a text: Hofu City, suo-oshima, Ube's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from knowledge.names import words
from knowledge.names.gazetteer import Names
from knowledge.names.scene import Scene
from knowledge.names.values import KIND_LETTERS, Find, Name, Span, Strength
from knowledge.pattern import Pattern
from knowledge.reading import romaji_key

JOINTS = frozenset((" ", "-", "'", "\u2019", "\u2010", "\u2011", "\u02bc", "- "))
"""What may stand between the words of one name."""
_TIGHT = JOINTS - {" "}
_MOST = 4  # words of one name
_WORD = Pattern("[a-z\u00df-\u024f\u1e00-\u1eff]+")
_LETTER = Pattern(r"\w")
_LATIN_ENDS = frozenset(suffix[-2:] for suffix, _ in words.LATIN_SUFFIXES)

latin_key = lru_cache(maxsize=4096)(romaji_key)


class Phrase(NamedTuple):
    """Some neighbouring words in Latin letters, among all such words of a text."""

    scene: Scene
    every: Sequence[Span]
    first: int
    last: int

    @property
    def start(self) -> int:
        return self.every[self.first][0]

    @property
    def end(self) -> int:
        return self.every[self.last][1]

    @property
    def text(self) -> str:
        return self.scene.text[self.start : self.end]

    @property
    def key(self) -> str:
        return latin_key(self.text)

    def word(self, number: int) -> str:
        return self.scene.text[slice(*self.every[number])] if 0 <= number < len(self.every) else ""

    def gap(self, number: int) -> str:
        """What stands between the words `number` and `number` + 1; "?" if there are none."""
        both = number >= 0 and number + 1 < len(self.every)
        return self.scene.text[self.every[number][1] : self.every[number + 1][0]] if both else "?"

    @property
    def capitals(self) -> bool:
        return all(self.scene.original[start].isupper() for start, _ in self.every[self.first : self.last + 1])

    @property
    def shown(self) -> bool:
        """Whether a capital tells a name: not where English writes one anyway, nor where all is in capitals."""
        return self.capitals and not _opens(self.scene.text, self.start) and not self.scene.original.isupper()

    @property
    def is_other(self) -> bool:
        """Mr. Hagi, Hagi-san, Yamaguchi Prefecture, Ube Station."""
        follows = self.word(self.last + 1) in words.NOT_BEFORE_LATIN and self.gap(self.last) in JOINTS
        return follows or self.word(self.first - 1) in words.NOT_AFTER_LATIN

    @property
    def is_part(self) -> bool:
        """A part of something joined (tabuse-chuo); Ube's is none."""
        after = self.gap(self.last) in _TIGHT and self.word(self.last + 1) != "s"
        return after or self.gap(self.first - 1) in _TIGHT

    def suffix(self) -> tuple[str, int]:
        """The kinds that City, -shi, 市 or "city of" beside it allow, "" if none, and where the name then ends."""
        kind = self.scene.text[self.end : self.end + 1]
        if kind in KIND_LETTERS:
            return kind, self.end + 1
        after = self.word(self.last + 1)
        if after in words.SUFFIX_WORDS and self.gap(self.last) in JOINTS:
            return words.SUFFIX_WORDS[after], self.every[self.last + 1][1]
        before = self.word(self.first - 2)
        if self.word(self.first - 1) == "of" and before in ("city", "town", "village"):
            return words.SUFFIX_WORDS[before], self.end
        return "", self.end

    def may_join(self, near: bool, full: bool) -> bool:
        """Words with blanks between them are one name if each is capitalised, or if chance is out of the question."""
        inside = range(self.first, self.last)
        if inside and any(self.word(number) in words.ENGLISH_GRAMMAR for number in (*inside, self.last)):
            return False
        if all(self.gap(number) != " " for number in inside) or self.capitals:
            return True
        return (near or full) and len(self.key) >= (5 if near and full else 7)


def latin_words(text: str) -> list[Span]:
    """Where the words in Latin letters stand."""
    return [found.span() for found in _WORD.finditer(text)]


def _opens(text: str, start: int) -> bool:
    """Whether a sentence begins here: no letter stands before it since the last full stop."""
    stopped = max(text.rfind(stop, 0, start) for stop in ".?!")
    return not _LETTER.search(text, stopped + 1, start)


def finds(scene: Scene) -> Iterator[Find]:
    """Every name in Latin letters, overlaps included."""
    every, names = latin_words(scene.text), scene.gazetteer.latin
    for first, word in enumerate(every):
        if _may_begin(names, scene.text[slice(*word)]):
            yield from _from(scene, every, first)


@lru_cache(maxsize=4096)
def _may_begin(names: Names, word: str) -> bool:
    """Whether a name is this word or goes on from it: most English words are settled by this."""
    key = latin_key(word)
    return len(key) < 2 or names.may_go_on(key[:-1]) or bool(_named(names, key)[0])


def _from(scene: Scene, every: list[Span], first: int) -> Iterator[Find]:
    """The names that begin with one word."""
    text, names, start = scene.text, scene.gazetteer.latin, every[first][0]
    for last in range(first, min(first + _MOST, len(every))):
        if last > first and text[every[last - 1][1] : every[last][0]] not in JOINTS:
            return
        key = latin_key(text[start : every[last][1]])
        found, kinds = _named(names, key)
        find = _stands(Phrase(scene, every, first, last), found, kinds) if found else None
        if find:
            yield find
        # The last letter may still melt into the next word's first (suo + oshima).
        if len(key) > 1 and not names.may_go_on(key[:-1]):
            return


def _named(names: Names, key: str) -> tuple[tuple[Name, ...], str]:
    """The names of a key, or those of a key that ends in a suffix (hohusi) and the kind that the suffix says."""
    found = names.called(key)
    for suffix, kind in words.LATIN_SUFFIXES if not found and key[-2:] in _LATIN_ENDS else ():
        inflected = names.called(key.removesuffix(suffix)) if key.endswith(suffix) else ()
        fitting = tuple(name for name in inflected if name.kind == kind)
        if fitting:
            return fitting, kind
    return found, ""


def _stands(phrase: Phrase, found: tuple[Name, ...], kinds: str) -> Find | None:
    said, end = (kinds, phrase.end) if kinds else phrase.suffix()
    if said:
        names = tuple(name for name in found if name.kind in said)
    else:
        names = tuple(name for name in found if name.form != "former" or len(phrase.key) > 4)
    near = phrase.scene.is_ours(names)
    if not names or phrase.is_other or not phrase.may_join(near, bool(said)):
        return None
    plain = len(phrase.key) < 3 and not near if said else _plain(phrase, near)
    fit: Strength = "suggest" if phrase.is_part and not (said and end > phrase.end) else "strong"
    return None if plain is None else Find(phrase.start, end, names, "latin", bool(said), fit, plain)


def _plain(phrase: Phrase, near: bool) -> bool | None:
    """Whether a name without suffix may be something else (mine, yamaguchi); None if it is not worth a thought."""
    letters, everyday = len(phrase.key), phrase.text in words.EVERYDAY_LATIN
    prefecture = phrase.key in phrase.scene.gazetteer.prefecture_words
    if near:
        return letters < 3 or (everyday and not phrase.shown) or prefecture
    if letters < (4 if phrase.capitals else 5) or everyday:
        return None
    return letters < 5 or not phrase.capitals or prefecture
