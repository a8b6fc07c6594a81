"""The words that questions are made of, and how a text is covered with them.

Japanese has no spaces, so a text is covered by the cheapest chain of known stretches (dynamic programming over offsets):
a long word beats two short ones, and what no word covers stays behind as unread. English words are compared by stem.
What each word means is data (reference/vocabulary.toml, items.toml and the `words` of the facts).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any, Protocol

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.model import Mention, Sense

LATIN_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[&%<>=]+")
CJK = re.compile(r"[぀-ヿ㐀-鿿々〆〇○◯×]")
SEPARATORS = frozenset(" \t\n。、，,.．・:;：；?？!！()（）「」『』【】[]〔〕\"'’/／-–—~〜…＝|｜*_`#@^{}\\$+•→←⇒")
UNREAD = "unread"
KATAKANA_RUN = re.compile("[ァ-ヴ]{2,}")
TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヴ") + 1)}
# A word that only makes a sentence whole is a little dearer: of two ways to cut a text, the one that says more is meant.
COST_WORD, COST_FILL = 1.0, 1.1
COST_HIRAGANA, COST_OTHER, COST_LATIN_WORD = 1.6, 4.0, 6.0


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802  (the library's name)


@lru_cache(maxsize=1)
def _stemmer() -> _Stemmer:
    # Imported on first use: a Japanese question needs no English stems, and a cold start counts.
    from snowballstemmer import stemmer  # type: ignore[import-untyped]

    return stemmer("english")  # type: ignore[no-any-return]


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """The stem of one lower-case Latin word, without 's; other words with an apostrophe and numbers stay as they are."""
    word = word.removesuffix("'s")
    return word if "'" in word or not word.isalpha() else _stemmer().stemWord(word)


def is_latin(surface: str) -> bool:
    return not CJK.search(surface)


@lru_cache(maxsize=4096)
def stems(text: str) -> tuple[str, ...]:
    """The stems of the Latin words in a normalised text."""
    return tuple(stem(word) for word in LATIN_WORD.findall(text))


class Lexicon:
    """Surfaces and what they mean. Built once from (surface, sense) rows; looked up by `candidates`."""

    def __init__(self, entries: Iterable[tuple[str, Sense]]) -> None:
        self.chars: dict[str, list[Sense]] = {}
        self.phrases: dict[tuple[str, ...], list[Sense]] = {}
        for surface, sense in entries:
            if is_latin(surface):
                self._add(self.phrases, stems(surface), sense)
            else:
                self._add(self.chars, surface, sense)
        self.lengths: dict[str, tuple[int, ...]] = _lengths_by_first(self.chars)
        self.phrase_lengths: dict[str, tuple[int, ...]] = _lengths_by_first(self.phrases)
        self.pools: dict[str, list[str]] = {}

    @staticmethod
    def _add(table: dict[Any, list[Sense]], key: object, sense: Sense) -> None:
        senses = table.setdefault(key, [])
        if sense not in senses:
            senses.append(sense)

    def add_words(self, entries: Iterable[tuple[str, Sense]]) -> None:
        """Add words that the lexicon does not already make up out of shorter ones: 拠点 is one, 設置していない is not.

        Such a made-up word would hide the negation in it.
        """
        fresh = [(surface, sense) for surface, sense in entries if any(map(str.isalpha, surface)) and not self._makes_up(surface)]
        for surface, sense in fresh:
            self._add(self.phrases if is_latin(surface) else self.chars, stems(surface) if is_latin(surface) else surface, sense)
        self.lengths, self.phrase_lengths = _lengths_by_first(self.chars), _lengths_by_first(self.phrases)

    def _makes_up(self, surface: str) -> bool:
        if is_latin(surface):
            return stems(surface) in self.phrases
        return surface not in self.chars and all(m.kind != UNREAD or m.surface.isdigit() for m in cover(surface, self.candidates(surface)))

    def knows(self, surface: str) -> bool:
        """Whether this stretch is a word by itself."""
        return surface in self.chars or (is_latin(surface) and stems(surface) in self.phrases)

    def near(self, surface: str) -> list[tuple[str, tuple[Sense, ...]]]:
        """The words that are at most one wrong, missing, extra or swapped character away (English: by stem), with their senses."""
        if is_latin(surface):
            pool = self._pool("latin", (" ".join(key) for key in self.phrases))
            found = process.extract(" ".join(stems(surface)), pool, scorer=OSA.distance, score_cutoff=1, limit=6)
            return [(word, tuple(self.phrases[tuple(word.split())])) for word, _, _ in found]
        found = process.extract(surface, self._pool("japanese", self.chars), scorer=OSA.distance, score_cutoff=1, limit=6)
        return [(word, tuple(self.chars[word])) for word, _, _ in found]

    def _pool(self, script: str, words: Iterable[str]) -> list[str]:
        if script not in self.pools:
            self.pools[script] = list(words)
        return self.pools[script]

    def is_common(self, surface: str) -> bool:
        """Whether a word (or stem) is of the vocabulary of all questions, and not only of some subject."""
        senses = self.phrases.get((surface,), ()) if is_latin(surface) else self.chars.get(surface, ())
        return any(sense.kind not in {"topic", "item", "scene"} for sense in senses) or not senses and not is_latin(surface) and self._makes_up(surface)

    def cues(self, surface: str) -> tuple[str, ...]:
        """The cues (why, share, amount …) that this word is by itself."""
        senses = self.phrases.get(stems(surface), ()) if is_latin(surface) else self.chars.get(surface, ())
        return tuple("count" if sense.kind == "count" else sense.value for sense in senses if sense.kind in {"ask", "count"} and sense.value != "unheld")

    def candidates(self, text: str) -> list[Mention]:
        """Every known word or phrase that stands anywhere in a normalised text, overlaps included."""
        return [*self._char_candidates(text), *self._phrase_candidates(text)]

    def _char_candidates(self, text: str) -> Iterable[Mention]:
        yield from self._found(text, text)
        if KATAKANA_RUN.search(text):  # ジッシズミ: a word of hiragana typed in the other kana
            yield from (m for m in self._found(text, text.translate(TO_HIRAGANA)) if KATAKANA_RUN.search(m.surface))

    def _found(self, text: str, looked_up: str) -> Iterable[Mention]:
        for start, first in enumerate(looked_up):
            for length in self.lengths.get(first, ()):
                surface = looked_up[start : start + length]
                if len(surface) == length and surface in self.chars:
                    yield _mention(start, start + length, text[start : start + length], self.chars[surface])

    def _phrase_candidates(self, text: str) -> Iterable[Mention]:
        words = list(LATIN_WORD.finditer(text))
        stemmed = [stem(word.group()) for word in words]
        for at, first in enumerate(stemmed):
            for length in self.phrase_lengths.get(first, ()):
                key = tuple(stemmed[at : at + length])
                if len(key) == length and key in self.phrases and _one_phrase(text, words[at : at + length]):
                    start, end = words[at].start(), words[at + length - 1].end()
                    yield _mention(start, end, text[start:end], self.phrases[key])


def _one_phrase(text: str, words: list[re.Match[str]]) -> bool:
    """Whether nothing but spaces, hyphens and the like stand between the words."""
    return all(text[a.end() : b.start()].strip(" -・./") == "" for a, b in pairwise(words))


def _mention(start: int, end: int, surface: str, senses: list[Sense]) -> Mention:
    return Mention(span=(start, end), surface=surface, kind="word", ref=surface, senses=tuple(senses))


def _lengths_by_first(table: Mapping[Any, Any]) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = {}
    for key in table:
        if key:
            found.setdefault(key[0], set()).add(len(key))
    return {first: tuple(sorted(lengths)) for first, lengths in found.items()}


def cover(text: str, candidates: Iterable[Mention]) -> tuple[Mention, ...]:
    """The cheapest chain of candidates over the text, with what none covers as mentions of kind `unread`.

    Where two candidates have the same span their senses are united. A candidate's `score` below 100 makes it dearer.
    """
    ends: dict[int, dict[int, Mention]] = {}
    for mention in candidates:
        start, end = mention.span
        here = ends.setdefault(start, {})
        here[end] = _united(here[end], mention) if end in here else mention
    latin = {word.start(): word.end() for word in LATIN_WORD.finditer(text)}
    size = len(text)
    best = [0.0] * (size + 1)
    step: list[tuple[int, Mention | None]] = [(size, None)] * (size + 1)
    for start in range(size - 1, -1, -1):
        end = latin.get(start, start + 1)
        best[start], step[start] = best[end] + _unread_cost(text, start, end), (end, None)
        for stop, mention in ends.get(start, {}).items():
            cost = best[stop] + _cost(mention)
            if cost < best[start] - 1e-9:
                best[start], step[start] = cost, (stop, mention)
    return _chain(text, step)


def _cost(mention: Mention) -> float:
    only_fill = mention.kind == "word" and all(sense.kind == "fill" for sense in mention.senses)
    return (COST_FILL if only_fill else COST_WORD) + (100.0 - mention.score) / 100.0


def _united(one: Mention, other: Mention) -> Mention:
    kept = one if one.kind != "word" else other
    senses = tuple(dict.fromkeys(one.senses + other.senses))
    return Mention(
        span=kept.span, surface=kept.surface, kind=kept.kind, ref=kept.ref, how=kept.how, score=kept.score, value=kept.value, senses=senses, rivals=kept.rivals
    )


def _unread_cost(text: str, start: int, end: int) -> float:
    char = text[start]
    if char in SEPARATORS:
        return 0.0
    if end - start > 1 or char.isascii():
        return COST_LATIN_WORD
    return COST_HIRAGANA if "ぁ" <= char <= "ゖ" or char == "ー" else COST_OTHER


def _chain(text: str, step: list[tuple[int, Mention | None]]) -> tuple[Mention, ...]:
    found: list[Mention] = []
    at, open_from = 0, -1
    while at < len(text):
        end, mention = step[at]
        unread = mention is None and text[at] not in SEPARATORS
        if open_from >= 0 and not unread:
            found.append(_unread(text, open_from, at))
            open_from = -1
        if unread and open_from < 0:
            open_from = at
        if mention is not None:
            found.append(mention)
        at = end
    if open_from >= 0:
        found.append(_unread(text, open_from, len(text)))
    return tuple(found)


def _unread(text: str, start: int, end: int) -> Mention:
    surface = text[start:end].strip()
    return Mention(span=(start, end), surface=surface, kind=UNREAD, ref=surface)
