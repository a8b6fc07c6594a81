"""Which subject of the documents a question is about: the one whose words the question holds, and most of them.

A way of asking is a set of words that must all occur. The best subject is the one that explains most of the question:
the characters its way covers, then fewest words of the question left over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from knowledge.base import KnowledgeBase
from knowledge.lexicon import Lexicon, is_latin, stem, stems
from knowledge.model import Subject

# What is asked (how much, when) speaks for one kind of subject against another.
PREFERRED = {
    **dict.fromkeys(("amount", "rate", "cap", "target", "size", "costs", "programme"), frozenset({"programme"})),
    **dict.fromkeys(("when", "where", "meeting", "history"), frozenset({"event"})),
    **dict.fromkeys(("share", "count", "most", "least"), frozenset({"row", "table"})),
    **{kind: frozenset({kind}) for kind in ("guide", "law", "opinion", "agenda")},
    "why": frozenset({"reason"}),
    "duty": frozenset({"law", "guide", "definition"}),
    "example": frozenset({"example"}),
    "meaning": frozenset({"definition"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A subject, the words of the way that led to it, and how much of the question they cover (in characters)."""

    subject: str
    words: frozenset[str]
    weight: float


CUE_WEIGHT, LIKED_WEIGHT, ITEM_WEIGHT, LEFT_OVER_WEIGHT, COMMON_SHARE, KEY_WEIGHT = 2.0, 1.5, 2.0, 3.0, 0.4, 0.1


class Ways:
    """The ways of asking for all subjects, by word. Built once a knowledge base."""

    def __init__(self, subjects: Iterable[Subject], lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.ways: list[tuple[str, frozenset[str], frozenset[str]]] = []
        self.by_word: dict[str, list[int]] = {}
        for subject in subjects:
            for way in subject.ways:
                keys = frozenset(key for word in way for key in self.keys(word))
                if not any(self._tells(key) for key in keys):
                    keys = frozenset(key for word in way for key in _keys(word))  # a cue alone leads to nothing in particular
                for key in keys:
                    self.by_word.setdefault(key, []).append(len(self.ways))
                self.ways.append((subject.id, way, keys))
        self.common = frozenset(key for key in self.by_word if lexicon.is_common(key))
        self.japanese, self.latin = self._surfaces()

    @cached_property
    def by_first(self) -> dict[str, list[str]]:
        """The Japanese words by their first character."""
        found: dict[str, list[str]] = {}
        for word in self.japanese:
            found.setdefault(word[:1], []).append(word)
        return found

    def _surfaces(self) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        """What to look for in a text, Japanese and by stem, and the keys that each makes present: itself, and its cue."""
        japanese: dict[str, set[str]] = {}
        latin: dict[str, set[str]] = {}
        for word in {word for _, way, _ in self.ways for word in way}:
            for surface in _keys(word):
                cues = {key for key in self.keys(word) if key.startswith("@")}
                (latin if is_latin(surface) else japanese).setdefault(surface, set()).update({surface, *cues} & set(self.by_word))
        return japanese, latin

    def _standing_in(self, text: str) -> set[str]:
        """The Japanese words of the ways that stand anywhere in a text."""
        return {word for at, first in enumerate(text) for word in self.by_first.get(first, ()) if text.startswith(word, at)}

    def _tells(self, key: str) -> bool:
        """Whether a key is neither a cue nor a word of every question."""
        return not key.startswith("@") and not self.lexicon.is_common(key)

    def _weight(self, text: str, keys: frozenset[str]) -> float:
        """How much of the question a way covers. Words of every question (市町村, ない, have) tell little of a subject."""
        telling = [key for key in keys if not key.startswith("@") and key not in self.common]
        return (
            covered(text, telling)
            + COMMON_SHARE * covered(text, keys - set(telling))
            + CUE_WEIGHT * sum(key.startswith("@") for key in keys)
            + KEY_WEIGHT * len(keys)
        )

    def keys(self, word: str) -> tuple[str, ...]:
        """What must be present for a word of a way: itself, or the cue that it is (理由 stands for なぜ and "why" too)."""
        cues = self.lexicon.cues(word)
        return (f"@{cues[0]}",) if cues else _keys(word)

    def matches(self, text: str, cues: Iterable[str] = ()) -> list[Match]:
        """Every subject with its best complete way in a normalised text in which these cues (why, share …) were heard."""
        present = {f"@{cue}" for cue in cues if f"@{cue}" in self.by_word}
        present = present.union(*(self.latin[word] for word in set(stems(text)) if word in self.latin))
        if not is_latin(text):
            present = present.union(*(self.japanese[word] for word in self._standing_in(text)))
        met: dict[int, int] = {}
        for word in present:
            for at in self.by_word[word]:
                met[at] = met.get(at, 0) + 1
        best: dict[str, Match] = {}
        for number, count in sorted(met.items()):
            subject, way, keys = self.ways[number]
            if count == len(keys):
                match = Match(subject=subject, words=way, weight=self._weight(text, keys))
                if subject not in best or best[subject].weight < match.weight:
                    best[subject] = match
        return sorted(best.values(), key=lambda match: (-match.weight, match.subject))


INFLECTED = re.compile("(?<=[ぁ-ん一-龥][ぁ-ん])[るたてすくうつい]$")


def _keys(word: str) -> tuple[str, ...]:
    """What a word of a way is looked for by: English stems, a Japanese verb without its last kana (求められる, 求められて)."""
    return stems(word) if is_latin(word) else (INFLECTED.sub("", word),)


def covered(text: str, keys: Iterable[str]) -> float:
    """How many characters of the text these words cover; Latin letters count half, since their words are longer."""
    places: set[int] = set()
    latin = 0.0
    for key in keys:
        if key.startswith("@"):
            continue
        if is_latin(key):
            latin += max(len(key), 2) / 2
            continue
        start = text.find(key)
        while start >= 0:
            places.update(range(start, start + len(key)))
            start = text.find(key, start + 1)
    return len(places) + latin


def best(
    text: str, content: tuple[str, ...], ways: Ways, kb: KnowledgeBase, territories: tuple[str, ...], items: tuple[str, ...], asks: frozenset[str]
) -> tuple[Match, ...]:
    """The subjects that explain the question best, all that tie; () if none is asked for.

    `content` are the words that nothing but a subject can explain: each that a subject does not hold speaks against it.
    A named territory rules out the others' subjects, except the nation's, which hold everywhere.
    """
    fitting = [match for match in ways.matches(text, asks) if _fits(kb.subjects[match.subject], territories, kb)]
    scored = [(score(match, kb, items, asks) - LEFT_OVER_WEIGHT * _left_over(match, content, kb), match) for match in fitting]
    if not scored:
        return ()
    top = max(value for value, _ in scored)
    return tuple(match for value, match in scored if value >= top - 0.01)


def _fits(subject: Subject, territories: tuple[str, ...], kb: KnowledgeBase) -> bool:
    return not territories or subject.territory in territories or kb.territories[subject.territory].kind == "nation"


def score(match: Match, kb: KnowledgeBase, items: tuple[str, ...], asks: frozenset[str]) -> float:
    """Weight of the words, with a little for the kind that the question asks for and for the item it names."""
    subject = kb.subjects[match.subject]
    topic = kb.subjects[subject.parent] if subject.parent else subject
    kinds = {subject.kind, topic.of.kind if topic.kind == "topic" else ""}
    liked = any(kinds & PREFERRED.get(ask, frozenset()) for ask in asks)
    liked = liked or "when" in asks and bool(getattr(subject.of, "since", ""))
    # An action asked for, a law named, a row behind a number: they weigh more than a mere leaning.
    outright = any(cue in asks and cue in kinds for cue in ("action", "law", "opinion", "agenda")) or subject.kind == "row" and liked
    outright = outright or "history" in asks and subject.kind == "event" or "duty" in asks and liked
    return match.weight + LIKED_WEIGHT * (liked + 2 * outright) + (ITEM_WEIGHT if items and set(items) & set(subject.items) else 0.0)


def _left_over(match: Match, content: tuple[str, ...], kb: KnowledgeBase) -> float:
    """How many characters of the content words neither the way nor anything printed of the subject holds."""
    subject = kb.subjects[match.subject]
    held = {key for word in match.words for key in _keys(word)}
    left = [word for word in content if not (set(_keys(word)) <= held or any(key in word for key in held if not is_latin(key)) or explains(subject, word, kb))]
    return sum(len(word) / 2 if is_latin(word) else len(word) for word in left)


def explains(subject: Subject, surface: str, kb: KnowledgeBase) -> bool:
    """Whether what is printed of a subject, or of what it stands under, holds this word."""
    return holds(subject, surface) or bool(subject.parent) and holds(kb.subjects[subject.parent], surface)


def holds(subject: Subject, surface: str) -> bool:
    """Whether what is printed of this very subject holds the word."""
    if is_latin(surface):
        return set(stems(surface)) <= set(stems(subject.text))
    return surface in subject.text


__all__ = ["Match", "Ways", "best", "covered", "explains", "stem"]
