"""Text -> (Query, Answer): hear the question, choose its kind, answer it. The whole of the bot's mind in one call."""

from __future__ import annotations

from dataclasses import dataclass, replace

from knowledge import subjects
from knowledge.askback import ask_about, goes_on_within, not_understood, of_scope, one_by_one, sentences, two_questions
from knowledge.base import KnowledgeBase
from knowledge.conditions import And, AtLeast, Has, both, leaves
from knowledge.intents import discover
from knowledge.intents._scope import Missing, starters
from knowledge.mentions import is_content
from knowledge.model import DONE, EXPECTED, NOT_DONE, PLANNED, Answer, NoData, OutOfScope, Subject
from knowledge.query import Query
from knowledge.setting import Setting, Understanding
from knowledge.thread import carry
from knowledge.understand import Heard, hear
from knowledge.unread import is_slight, is_topical, unread

LEAST_FIT, GOOD_FIT = 20, 45
# A word that only a subject of the documents explains decides for the intents about subjects.
TOPICAL_BONUS = 25
MOST_FOUND = 12
# Cues that want one value: points that merely hold the words would answer something else.
ASKS_A_VALUE = frozenset({"deadline", "amount", "share", "most", "least", "cap", "rate", "how_long"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """How an answer came about: what `explain` prints."""

    heard: Heard | None
    query: Query
    fits: tuple[tuple[str, int], ...]
    answer: Answer


def answer(text: str, base: Understanding, setting: Setting, before: Query | None = None) -> Considered:
    """The answer to one question, `before` being the query of the turn before it in the thread."""
    heard = hear(text, base, setting)
    if isinstance(heard, OutOfScope):
        return _considered(None, replace(heard, next=starters(base.kb, setting)))
    if heard.unclear is not None and not _beside_the_point(heard):
        unclear = heard.unclear if heard.unclear.why != "scope" else replace(heard.unclear, choices=of_scope(heard.unclear.query))
        return _considered(heard, unclear)
    parts = sentences(heard.said.cased) if before is None else ()
    if len(parts) > 1:
        if goes_on_within(parts, base, setting):
            return _under(answer(parts[-1], base, setting, answer("。".join(parts[:-1]), base, setting).query), text)
        two = two_questions(heard, parts, base, setting)
        if two is not None:
            return _considered(heard, two)
    return _decide(heard, carry(_same_subject(heard, before, base), before), base, setting)


def _under(considered: Considered, text: str) -> Considered:
    """The same answer under the whole message that was sent."""
    query = considered.query.but(text=text)
    return replace(considered, query=query, answer=replace(considered.answer, query=query))


def _considered(heard: Heard | None, given: Answer, fits: tuple[tuple[str, int], ...] = ()) -> Considered:
    return Considered(heard=heard, query=given.query, fits=fits, answer=given)


def _beside_the_point(heard: Heard) -> bool:
    """Whether asking back about a name would lead nowhere, since the rest is about something else (明日の山口の天気)."""
    about = heard.query.items or heard.query.states or heard.query.condition or heard.query.asks
    return not about and any(is_content(m) and not is_slight(m) for m in heard.mentions)


# --- the kind of question ---------------------------------------------------------------------------------------------


def _decide(heard: Heard, query: Query, base: Understanding, setting: Setting) -> Considered:
    kb = base.kb
    query = _still_open(_as_planned(query), kb)
    numbers = sum(m.has("count") for m in heard.mentions)
    if "bad_item" in query.asks:
        return _considered(heard, _missing(query, "no_such_item", kb, setting))
    if numbers > 1 and isinstance(query.condition, And):
        return _considered(heard, one_by_one(query, "two_questions"))
    fits = _fits(query, heard, kb)
    if not fits or fits[0][1] < LEAST_FIT:
        return _considered(heard, not_understood(heard, query, kb, setting), fits)
    name = _reading_all(query, heard, fits, kb)
    return _considered(heard, _answered(name, query, heard, base, setting), fits)


def _missing(query: Query, why: str, kb: KnowledgeBase, setting: Setting) -> NoData:
    return NoData(query=query, why=why, facts=Missing(), next=starters(kb, setting))


def _fits(query: Query, heard: Heard, kb: KnowledgeBase) -> tuple[tuple[str, int], ...]:
    """The kinds of question that the slots fit, best first."""
    bonus = TOPICAL_BONUS if is_topical(query, heard, kb) else 0
    fitting = ((name, intent, intent.fits(query, kb)) for name, intent in discover().items())
    weighed = [(name, fit + (bonus if intent.topical else 0)) for name, intent, fit in fitting if fit > 0]
    return tuple(sorted(weighed, key=lambda pair: (pair[1], pair[0]), reverse=True))


def _reading_all(query: Query, heard: Heard, fits: tuple[tuple[str, int], ...], kb: KnowledgeBase) -> str:
    """The best fitting kind of question that leaves nothing unread; the best fitting if all do."""
    good = [name for name, fit in fits if fit >= GOOD_FIT]
    return next((name for name in good if not unread(query, heard, discover()[name], kb)), fits[0][0])


def _answered(name: str, query: Query, heard: Heard, base: Understanding, setting: Setting) -> Answer:
    intent, kb = discover()[name], base.kb
    if not intent.topical and "bad_date" in query.asks:
        return _missing(query, "no_such_date", kb, setting)
    if not intent.topical and "unclear" in query.asks:
        return one_by_one(query, "logic")
    left = unread(query, heard, intent, kb)
    query = query.but(intent=name, unread=left)
    searched = _searched(query, heard, kb) if left else None
    if searched is not None:
        return discover()[searched.intent].answer(searched, kb, setting)
    if left:
        return ask_about(left, query, heard, intent, kb, setting)
    return intent.answer(_of_the_topic(query) if intent.topical else query, kb, setting)


def _of_the_topic(query: Query) -> Query:
    """A question about documents asks for no state: なった or 計画 in it is no condition, and must not be told as one."""
    return query.but(condition=None, states=None, also_states=())


# --- questions said in another way -----------------------------------------------------------------------------------


def _same_subject(heard: Heard, before: Query | None, base: Understanding) -> Query:
    """A follow-up about the subject before it (ないのは？): a way of asking whose words the two questions hold together."""
    query = heard.query
    if before is None or not before.subjects or query.subjects or query.items or query.condition is not None:
        return query
    known = base.ways.matches(f"{heard.said.text} {' '.join(before.words)}", query.asks)
    families = {_family(base.kb.subjects[id_]) for id_ in before.subjects}
    fresh = [m for m in known if any(word in heard.said.text for word in m.words - set(before.words)) and _family(base.kb.subjects[m.subject]) in families]
    top = [match for match in fresh if match.weight == fresh[0].weight]
    return (
        query.but(subjects=tuple(m.subject for m in top), words=tuple(dict.fromkeys(w for m in top for w in m.words)), states=None, carried=("subjects",))
        if top
        else query
    )


def _family(subject: Subject) -> tuple[str, ...]:
    """What a subject has in common with its like: the topic that it stands under, else its kind and territory."""
    return (subject.parent,) if subject.parent else (subject.kind, subject.territory)


def _searched(query: Query, heard: Heard, kb: KnowledgeBase) -> Query | None:
    """The points that hold every word of the question that nothing else explains: a search, exact to the letter."""
    words = [m.surface for m in heard.mentions if is_content(m) and not is_slight(m)]
    if query.condition is not None or query.places or query.wants_places or not words or any(len(word) < 2 for word in words):
        return None
    if not query.asks & {"guide"} and query.items or query.measure == "count":
        return None
    if query.asks & ASKS_A_VALUE:
        return None
    inside = {*query.territories, *(t.id for t in kb.territories.values() if t.kind == "nation")} if query.territories else set(kb.territories)
    found = [
        s.id
        for s in kb.subjects.values()
        if s.kind == "point"
        and s.territory in inside
        and all(subjects.holds(s, word) for word in words)
        and (not query.items or set(s.items) & set(query.items))
    ]
    return query.but(intent="points", subjects=tuple(found), unread=()) if 0 < len(found) <= MOST_FOUND else None


def _still_open(query: Query, kb: KnowledgeBase) -> Query:
    """Who is still open at the deadline: those that lack at least one item."""
    if "deadline" in query.asks and query.wants_places and query.states == NOT_DONE and not query.items:
        return query.but(asks=query.asks - {"deadline"}, states=None, condition=AtLeast(1, NOT_DONE, tuple(kb.items)))
    return query


def _as_planned(query: Query) -> Query:
    """ "Not done now, done by the end of the plan" is of one survey: the plan's date is in the states already."""
    by_then = "fiscal_end" in query.relative or bool(query.periods)
    if not by_then or query.condition is None and set(query.also_states) != {NOT_DONE, DONE}:
        return query
    if query.condition is None:
        planned = both(Has(item, PLANNED) for item in query.items)
        return query.but(also_states=(), relative=(), condition=planned) if query.items and "fiscal_end" in query.relative else query
    said = {leaf.states for leaf in leaves(query.condition)}
    if not isinstance(query.condition, And) or NOT_DONE not in said or not said & {DONE, EXPECTED, PLANNED}:
        return query
    if len(query.items) == 1 and all(isinstance(leaf, Has) for leaf in leaves(query.condition)):
        return query.but(relative=(), periods=(), condition=Has(query.items[0], PLANNED))
    return query.but(relative=(), periods=()) if EXPECTED in said else query
