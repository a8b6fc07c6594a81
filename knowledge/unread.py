"""What a reading leaves unread: the asker's words that neither the slots nor the subjects of an answer explain.

A question with something unread is asked back about, never answered as if it had not been said.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from knowledge import subjects
from knowledge.base import KnowledgeBase
from knowledge.clauses import beside, counts_items
from knowledge.dates import period_of
from knowledge.intents import Intent
from knowledge.lexicon import UNREAD
from knowledge.mentions import is_content, is_requested
from knowledge.model import Mention, Subject
from knowledge.query import Query
from knowledge.understand import Heard

# Cues that any answer takes up: they ask for what it gives anyway.
NEUTRAL = frozenset({"list", "status", "source", "surveys", "table", "next_step", "rest"})


def unread(query: Query, heard: Heard, intent: Intent, kb: KnowledgeBase) -> tuple[str, ...]:
    """The asker's words that this reading does not explain, as they were typed."""
    reading = _Reading(query=query, heard=heard, intent=intent, kb=kb)
    return tuple(dict.fromkeys(heard.said.quote(*m.span).strip() for m in heard.mentions if not reading.explains(m)))


def is_topical(query: Query, heard: Heard, kb: KnowledgeBase) -> bool:
    """Whether only a subject of the documents explains some word of the question."""
    if not query.subjects:
        return False
    first = kb.subjects[query.subjects[0]]
    words = set(query.words)
    content = (m for m in heard.mentions if m.kind != UNREAD and is_content(m))
    return any(set(m.values("topic")) & words or subjects.explains(first, m.surface, kb) for m in content)


def is_slight(mention: Mention) -> bool:
    """A stray hiragana or sign is the end of some polite form; it carries no content."""
    surface = mention.surface
    return all("ぁ" <= char <= "ゖ" or not char.isalnum() for char in surface) and len(surface) <= 2


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """One way to take a question: its query, answered by one intent."""

    query: Query
    heard: Heard
    intent: Intent
    kb: KnowledgeBase

    @cached_property
    def about(self) -> list[Subject]:
        """The subjects that the intent would answer from."""
        own = list(self.intent.about(self.query, self.kb)) if self.intent.about else []
        return own or [self.kb.subjects[id_] for id_ in self.query.subjects]

    def explains(self, mention: Mention) -> bool:
        """Whether the reading takes up this mention."""
        if mention.kind == "number":
            return self._number(mention)
        if self.intent.topical and (mention.has("area") or mention.has("scene") or mention.has("quantity")):
            return self._told(mention) or self._their_area(mention) or self._their_scene(mention) or self._of_the_way(mention)
        if mention.kind != UNREAD and (self._only_of_a_name(mention) or not self.intent.topical and self._lone_unit(mention)):
            return False
        by_kind = {UNREAD: self._unknown, "name": self._name, "date": self._date}
        return by_kind.get(mention.kind, self._content if is_content(mention) else self._cue)(mention)

    def _told(self, mention: Mention) -> bool:
        """Whether what is printed of a subject holds the word."""
        return self.intent.topical and any(subjects.explains(subject, mention.surface, self.kb) for subject in self.about)

    def _unknown(self, mention: Mention) -> bool:
        if mention in self.heard.mentions and is_requested(self.heard.mentions, self.heard.mentions.index(mention)):
            return True
        return self._told(mention) or is_slight(mention) or self.intent.topical and (self._verb_stem(mention) or self._of_the_way(mention))

    def _verb_stem(self, mention: Mention) -> bool:
        """A single kanji with kana behind it (寄せられた, 挙がった): how something is told, not what."""
        text, (start, end) = self.heard.said.text, mention.span
        if "一" <= text[:start][-1:] <= "龥":
            return False
        after = text[end : end + 1]
        return len(mention.surface) == 1 and "一" <= mention.surface <= "龥" and "ぁ" <= after <= "ん" and after not in "はがをにのとも"

    def _number(self, mention: Mention) -> bool:
        if self._told(mention) or self.intent.topical or self.query.threshold is not None and "quantity" in self.intent.uses:
            return True
        counts = counts_items(self.heard.mentions, self.heard.mentions.index(mention))
        return counts or mention.value == len(self.query.places) or self._counts_everyone(mention)

    def _counts_everyone(self, mention: Mention) -> bool:
        """19市町のうち: a number of municipalities that is simply how many there are."""
        sizes = {survey.n for survey in self.kb.surveys.values()}
        for territory in self.kb.territories.values():
            kinds = Counter(self.kb.municipalities[code].kind for code in territory.members)
            sizes |= {len(territory.members), *(kinds[kind] for kind in self.query.kinds)}
        return mention.value in sizes

    def _lone_unit(self, mention: Mention) -> bool:
        """A unit with no number beside it (in which month, 何人): what is asked for, not how much."""
        if not mention.has("unit") or mention not in self.heard.mentions:
            return False
        at = self.heard.mentions.index(mention)
        return not any(m.kind in {"number", "date"} for m in self.heard.mentions[max(at - 1, 0) : at])

    def _only_of_a_name(self, mention: Mention) -> bool:
        """下関市だけ: that nobody else does is not among what can be asked of one municipality."""
        said = self.heard.mentions
        if not (mention.has("logic", "only") or mention.has("logic", "shika")) or mention not in said:
            return False
        place = beside(said, said.index(mention), self.heard.said.lang)
        return place >= 0 and said[place].kind == "name"

    def _their_area(self, mention: Mention) -> bool:
        """Whether the area is the very territory that the subjects are of (飯伊圏域, a wide-area union)."""
        members = {code for number in mention.values("area") for code in self.kb.areas[int(number)].members}
        return any(members == set(self.kb.territories[subject.territory].members) for subject in self.about)

    def _their_scene(self, mention: Mention) -> bool:
        return any(set(mention.values("scene")) & set(getattr(subject.of, "scene", ())) for subject in self.about)

    def _of_the_way(self, mention: Mention) -> bool:
        """Whether the way of asking that led to the subjects holds the word."""
        return any(word in mention.surface or mention.surface in word for word in self.query.words)

    def _name(self, mention: Mention) -> bool:
        codes = set(mention.value)
        if self._told(mention) or mention.has("territory") and not codes & set(self.query.places):
            return True
        if not self.intent.topical:
            return bool(codes & {*self.query.places, *self.query.excluded})
        if any(self.kb.municipalities[mention.value[0]].name in subject.text for subject in self.about):
            return True
        inside = [self.kb.territories[subject.territory] for subject in self.about]
        return any(codes & set(territory.members) and territory.kind in {"city", "union"} for territory in inside)

    def _date(self, mention: Mention) -> bool:
        """Whether the subjects are of the asked date. "Now" and "latest" are whatever the newest document says."""
        if self._told(mention) or not self.intent.topical or not self.query.subjects and self.about:
            return True
        if mention.value.value in {"latest", "first"}:
            return True
        if mention.value.value == "fiscal_end":
            return any(subject.kind == "event" and subject.of.kind == "deadline" for subject in self.about)
        dated = [period_of(iso) for subject in self.about for iso in dates_of(subject)]
        return any(period.start <= asked.end and asked.start <= period.end for period in dated for asked in self.query.periods)

    def _content(self, mention: Mention) -> bool:
        if self._told(mention):
            return True
        named = self.intent.topical and {subject.id for subject in self.about} & set(self.query.subjects)
        of_the_way = set(mention.values("topic")) & set(self.query.words)
        return bool(named) and bool(of_the_way or any(word in mention.surface for word in self.query.words if not word.isascii()))

    def _cue(self, mention: Mention) -> bool:
        """A cue is read if the intent takes it up, or the way of asking that led to the subject holds it."""
        if mention.has("neg", "not") and self.intent.topical and any(s.kind == "row" for s in self.about):
            return self._of_the_way(mention) or any(
                mention.surface in s.title.ja or "ない" in s.title.ja or "not" in s.title.en or "no " in s.title.en for s in self.about
            )
        if any(mention.has("quantity", value) for value in ("half", "none", "majority")):
            return "quantity" in self.intent.uses  # "all" makes no difference, these do
        cues = set(mention.values("ask"))
        if not cues or self._told(mention) or mention.kinds - {"ask", "topic"}:
            return True
        if "when" in cues and self.intent.topical and any(dates_of(self.kb.subjects[id_]) for id_ in self.query.subjects):
            return True
        ways = {cue for word in self.query.words for cue in self.kb.lexicon.cues(word)} if self.intent.topical else set()
        return bool(cues & (self.intent.uses | NEUTRAL | ways)) or self.intent.topical and "unheld" in cues and self._of_the_way(mention)


def dates_of(subject: Subject) -> list[str]:
    """The dates (ISO text) that are told of a subject."""
    found = (getattr(subject.of, name, "") for name in ("as_of", "date", "since", "until", "fiscal_year"))
    return [iso for iso in found if iso]
