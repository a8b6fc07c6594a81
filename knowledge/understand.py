"""Question -> Query, or a question back: what was asked, in words that nothing has to guess at any more.

    normalise -> mentions -> names decided -> states and items (clauses) -> slots -> carried over from the thread -> intent

The intent is the kind of question that fits the slots best; what no part of that reading explains is `unread`, and a
question with something unread is asked back about, never answered as if it had not been said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from knowledge import clauses, subjects, when, who
from knowledge.asides import without_asides
from knowledge.base import KnowledgeBase
from knowledge.lexicon import UNREAD
from knowledge.mentions import find_mentions, is_content, misspelt_names, misspelt_word
from knowledge.model import Mention, OutOfScope, WhichOne
from knowledge.normalise import Normalised, normalise
from knowledge.query import Query, Threshold
from knowledge.setting import Setting, Understanding
from knowledge.settle import Names

__all__ = ["Heard", "Setting", "Understanding", "hear"]

# A longer message is no question; reading it would only hold up the others.
LONGEST = 2000


# A territory compared in one of these ways is compared with itself.
SELF_COMPARED = frozenset({"plan_actual", "by_kind", "by_area", "by_place", "trend", "change"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the mentions say before an intent is chosen: the slots, and the mentions that filled them."""

    said: Normalised
    query: Query
    mentions: tuple[Mention, ...]
    unclear: WhichOne | None = None


def hear(text: str, base: Understanding, setting: Setting) -> Heard | OutOfScope:
    """The slots of one question by itself."""
    said = normalise(text, setting.lang)
    empty = Query(text=text, lang=said.lang)
    if len(said.text) > LONGEST:
        return OutOfScope(query=empty, reason="out_of_scope")
    if not any(char.isalnum() for char in said.text):
        return OutOfScope(query=empty, reason="empty")
    local = base.local
    mentions = find_mentions(said, base.kb, today=setting.today, local=local, eras=base.eras)
    mentions, asides = without_asides(said, _repaired(said, mentions, base, local))
    heard = _slots(text, said, mentions, base, setting)
    return replace(heard, query=heard.query.but(asides=asides)) if asides else heard


def _repaired(said: Normalised, mentions: tuple[Mention, ...], base: Understanding, local: frozenset[str]) -> tuple[Mention, ...]:
    """Unread stretches exchanged for what they are one slip away from. Each stays marked `fuzzy` and is spoken of."""
    if not any(m.kind == UNREAD for m in mentions):
        return mentions
    taken = [m.span for m in mentions if m.kind in {"item", "date", "number"} or (m.kind == "name" and m.ref == "strong")]
    guesses = misspelt_names(said, taken, base.kb, local)
    repaired = [m for m in mentions if not any(_touch(m.span, g.span) for g in guesses)] + list(guesses)
    out = [misspelt_word(m, base.kb) or m if m.kind == UNREAD else m for m in repaired]
    return tuple(sorted(out, key=lambda m: m.span))


def _touch(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


# --- slots ------------------------------------------------------------------------------------------------------------


def _slots(text: str, said: Normalised, mentions: tuple[Mention, ...], base: Understanding, setting: Setting) -> Heard:
    kb = base.kb
    asks = frozenset(s.value for m in mentions for s in m.senses if s.kind == "ask")
    counted = tuple(s.value for m in mentions for s in m.senses if s.kind == "count")
    bad = next((m for m in mentions if m.kind == "bad_item"), None)
    stated = clauses.read(mentions, said.lang, tuple(kb.items))
    territories = who.territories(mentions, setting)
    if "compare" in asks and not asks & SELF_COMPARED and len(territories) == 1 and setting.home not in territories:
        territories = (setting.home, *territories)  # compare with Tokyo: with us
    names = Names(mentions, base, setting)
    kinds = who.kinds(clauses.live(mentions, said.lang), counted, said.lang)
    subject = who.subject(mentions, counted, said.lang)
    places, extra, unclear = names.decide(text, said, subject, territories, asks, bool(stated.items or stated.states or stated.condition))
    excluded = who.excluded(mentions, said.lang, names.accepted)
    periods, relative, bad_date = when.dates(mentions, base.eras)
    periods = tuple(when.in_documents_year(period, base.dates_of(territories)) for period in periods)
    relative = relative or () if periods else tuple(dict.fromkeys((*relative, *(value for m in mentions for value in m.values("relative")))))
    content = tuple(m.surface for m in mentions if is_content(m))
    matches = subjects.best(said.text, content, base.ways, kb, territories + extra, stated.items, asks | _cues_besides(mentions, counted, subject))
    scenes = tuple(dict.fromkeys(value for m in mentions for value in m.values("scene")))
    doing = "action" in _cues_besides(mentions, counted, subject)
    about = _told_of_scenes(territories + extra, scenes, kb) if doing and scenes else ()
    about = about or tuple(match.subject for match in matches) or _told_of_items(territories + extra, stated.items, kb) or _told_of_city(extra, kb)
    query = Query(
        text=text,
        lang=said.lang,
        items=stated.items,
        all_items=stated.all_items,
        condition=stated.condition,
        states=stated.states,
        also_states=stated.also,
        measure="share" if "share" in asks else "count" if counted else "list",
        subject=subject,
        places=tuple(code for code in places if code not in excluded),
        excluded=excluded,
        kinds=kinds,
        areas=who.areas(mentions),
        territories=tuple(dict.fromkeys(territories + extra)),
        elsewhere=tuple(dict.fromkeys(value for m in mentions for value in m.values("elsewhere") if not m.values("territory"))),
        threshold=who.threshold(mentions) or _all_of_them(who.noun_asked_for(mentions, said.lang), stated),
        wants_places=who.wants_places(mentions, said.lang, stated) and not any(kb.territories[id_].kind == "city" for id_ in extra),
        periods=periods,
        relative=relative,
        asks=asks | _flags(bad_date=bad_date, bad_item=bad is not None, unclear=stated.unclear == "logic"),
        words=tuple(dict.fromkeys(word for match in matches for word in match.words)),
        subjects=about,
        scenes=scenes,
        mentions=mentions,
    )
    return Heard(said=said, query=query, mentions=mentions, unclear=unclear or _scope(text, said, stated))


def _all_of_them(asked: str, stated: clauses.Stated) -> Threshold | None:
    """全部済んでいる項目は？: asked of items, "all" is of the municipalities."""
    whole = asked == "item" and stated.all_items and not stated.items and stated.condition is not None
    return Threshold(compare="exactly", amount=100, unit="percent") if whole else None


def _told_of_scenes(territories: tuple[str, ...], scenes: tuple[str, ...], kb: KnowledgeBase) -> tuple[str, ...]:
    """What is done in a scene in a named territory: the points of its actions."""
    if not territories:
        return ()
    points = (s for s in kb.subjects.values() if s.kind == "point" and s.territory in territories and set(s.of.scene) & set(scenes))
    return tuple(s.id for s in points if kb.subjects[s.parent].of.kind == "action")


def _told_of_items(territories: tuple[str, ...], items: tuple[str, ...], kb: KnowledgeBase) -> tuple[str, ...]:
    """What the documents say of an item in a territory without a survey: its points."""
    if not territories or not items:
        return ()
    unsurveyed = set(territories) - {survey.territory for survey in kb.surveys.values()}
    return tuple(s.id for s in kb.subjects.values() if s.kind == "point" and s.territory in unsurveyed and set(s.items) & set(items))


def _told_of_city(cities: tuple[str, ...], kb: KnowledgeBase) -> tuple[str, ...]:
    """What a city that is a territory of its own does: its topics of actions."""
    if not cities:
        return ()
    of_city = (s for s in kb.subjects.values() if s.kind == "topic" and s.territory in cities and kb.territories[s.territory].kind == "city")
    return tuple(s.id for s in of_city if s.of.kind == "action")


def _cues_besides(mentions: tuple[Mention, ...], counted: tuple[str, ...], subject: str) -> frozenset[str]:
    """Cues for subjects that are no cue words: a number is asked for, or what is being done."""
    doing = subject == "item" or any(m.values("verb") for m in mentions)
    return frozenset((*(("count",) if counted else ()), *(("action",) if doing else ())))


def _flags(**said: bool) -> frozenset[str]:
    """What stands in the way of an answer, beside the cues that were heard."""
    return frozenset(name for name, so in said.items() if so)


def _scope(text: str, said: Normalised, stated: clauses.Stated) -> WhichOne | None:
    if stated.unclear != "scope":
        return None
    query = Query(text=text, lang=said.lang, items=stated.items, all_items=stated.all_items)
    return WhichOne(query=query, why="scope", word="", choices=(), facts=stated.readings)
