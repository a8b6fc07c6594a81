"""Meetings and the steps of a history: when, where, how many."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.base import KnowledgeBase
from knowledge.dates import Period, period_of
from knowledge.intents import Intent
from knowledge.intents._scope import Missing, choice, no_data
from knowledge.model import NOT_DONE, Answer, Choice, Citation, Column, Event, Found, Grid, Pair, Subject, Territory
from knowledge.query import Query
from knowledge.setting import Setting
from knowledge.when import SAYS_YEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """The events asked about, in order of time; `meetings` tells whether all of them are meetings."""

    events: tuple[Subject, ...]
    meetings: bool
    territory: Territory | None

    @property
    def subject_titles(self) -> tuple[Pair, ...]:
        return (self.events[0].title,) if len(self.events) == 1 else (Pair("会議・できごと", "Meetings and events"),)


def fits(query: Query, kb: KnowledgeBase) -> int:
    if query.wants_places and query.condition is not None or query.measure == "count" and query.states is not None and query.states <= NOT_DONE:
        return 0
    about = _about(query, kb)
    if about:
        return 51 + (10 if query.asks & {"when", "where", "meeting", "history"} else 0)
    if _meetings_of(query, kb) and query.measure == "count":
        return 82
    if query.asks & {"history"} and not query.items and query.condition is None:
        return 48
    if len(query.places) == 1 and not query.subjects and query.asks & {"when", "where", "meeting"} and not query.items and _pool(query, kb):
        return 66
    if (
        any(m.kind == "date" for m in query.mentions)
        and query.asks & {"where", "meeting"}
        and query.condition is None
        and not query.items
        and _dated(_pool(query, kb), query)
    ):
        return 60
    if query.areas and query.asks & {"when", "where", "meeting"} or _meetings_of(query, kb):
        return 60
    return 0


def _about(query: Query, kb: KnowledgeBase) -> list[Subject]:
    """The events that the question names. A step is no meeting, so it is none of what "how many" counts."""
    named = [kb.subjects[id_] for id_ in query.subjects if kb.subjects[id_].kind == "event" and kb.subjects[id_].of.kind != "deadline"]
    return [s for s in named if query.measure != "count" or s.of.kind == "meeting"]


def _meetings_of(query: Query, kb: KnowledgeBase) -> bool:
    asked = query.asks & {"when", "where", "list", "total"} or query.measure == "count" or query.territories or query.areas or query.periods
    counted_elsewhere = any(kb.subjects[id_].kind in {"row", "table", "programme"} for id_ in query.subjects)
    return bool(query.asks & {"meeting"} and asked and not query.items and query.condition is None and not counted_elsewhere)


def answer(query: Query, kb: KnowledgeBase, setting: Setting) -> Answer:
    events = _about(query, kb) or _pool(query, kb)
    dated = _dated(events, query)
    if not dated and any(m.kind == "date" for m in query.mentions):
        return no_data(query, "not_held", Missing(names=tuple(m.surface for m in query.mentions if m.kind == "date")), kb, setting)
    events = dated or events
    if "next_step" in query.asks or "next" in query.relative:
        events = [s for s in events if period_of(s.of.date).start >= setting.today]
        if not events:
            return no_data(query, "no_next", Missing(), kb, setting)
    if not events:
        return no_data(query, "not_held", Missing(), kb, setting)
    ordered = _in_order(events, query)
    territories = {s.territory for s in ordered}
    return Found(
        query=query,
        facts=Events(
            events=tuple(ordered),
            meetings=all(s.of.kind == "meeting" for s in ordered),
            territory=kb.territories[next(iter(territories))] if len(territories) == 1 else None,
        ),
        sources=tuple(dict.fromkeys(Citation(source=kb.sources[s.source], place=s.place) for s in ordered)),
        as_of=ordered[0].of.date if len(ordered) == 1 and ordered[0].of.date[:2] != "FY" else "",
        value=len(ordered) if query.measure == "count" and all(s.of.kind == "meeting" for s in ordered) else None,
        grids=(_grid(tuple(ordered)),),
        next=_next(ordered, kb),
    )


def _pool(query: Query, kb: KnowledgeBase) -> list[Subject]:
    wanted = set(query.territories)
    pool = [s for s in kb.subjects.values() if s.kind == "event" and s.of.kind != "deadline" and (not wanted or s.territory in wanted)]
    if query.places:
        bare = [kb.municipalities[code].name for code in query.places]
        return [s for s in kb.subjects.values() if s.kind == "event" and any(name in s.text for name in bare)]
    if query.areas:
        names = {kb.areas[int(number)].name for number in query.areas}
        return [s for s in pool if s.of.area in names]
    if query.asks & {"history"}:
        return [s for s in pool if s.of.kind == "step"]
    meetings = [s for s in pool if s.of.kind == "meeting"]
    said = [m.surface for m in query.mentions if any(s.value == "meeting" for s in m.senses) and not m.surface.isascii()]
    return [s for s in meetings if any(word in s.text for word in said)] or meetings


def _dated(events: list[Subject], query: Query) -> list[Subject]:
    """Those of the asked date. Where no year was said (10月, 14 September) the month, and the day if said, decide."""
    unsaid = [m.value for m in query.mentions if m.kind == "date" and m.value.candidates and not SAYS_YEAR.search(m.surface)]
    if unsaid:
        dates = [found.candidates[0] for found in unsaid]
        return [s for s in events if any(_same_day_of_year(period_of(s.of.date), p) for p in dates)]
    if not query.periods:
        return events
    return [s for s in events if any(p.start <= period_of(s.of.date).start <= p.end for p in query.periods)]


def _same_day_of_year(event: Period, asked: Period) -> bool:
    same_day = asked.precision != "day" or event.start.day == asked.start.day
    return event.start.month == asked.start.month and same_day


def _in_order(events: list[Subject], query: Query) -> list[Subject]:
    """In order of time; the first or the last alone if that was asked for."""
    ordered = sorted(events, key=lambda s: (period_of(s.of.date).start, s.of.date))
    if "first_one" in query.asks or "first" in query.relative:
        return ordered[:1]
    return ordered[-1:] if "last_one" in query.asks else ordered


def _grid(events: tuple[Subject, ...]) -> Grid:
    columns = (
        Column(key="date", label=Pair("日付", "Date")),
        Column(key="title", label=Pair("内容", "What")),
        Column(key="venue", label=Pair("場所", "Where")),
        Column(key="area", label=Pair("圏域", "Area")),
    )
    rows = []
    for subject in events:
        event: Event = subject.of
        rows.append((f"{event.date}{f'（{event.weekday}）' if event.weekday else ''}", subject.title, event.venue or None, event.area or None))
    return Grid(columns=columns, rows=tuple(rows), shown=len(rows) > 6)


def _next(events: list[Subject], kb: KnowledgeBase) -> tuple[Choice, ...]:
    if len(events) == 1 and events[0].of.kind == "meeting":
        return (
            choice(
                "すべての会議",
                f"{kb.territories[events[0].territory].name}の会議の日程",
                "all meetings",
                f"when were the meetings held in {kb.territories[events[0].territory].en}?",
            ),
        )
    return (choice("期限", "締切は？", "deadlines", "deadlines"),)


INTENT = Intent(
    help=Pair("会議の日時・場所・回数、事業の経緯", "meetings: when, where, how many; the history of the programme"),
    examples=(
        Pair("区西南部の意見交換会はいつ？", "when was the Kuseinanbu meeting?"),
        Pair("在宅医療・介護連携推進事業はいつ始まった？", "when did the programme start?"),
    ),
    fits=fits,
    answer=answer,
    uses=frozenset({"first_one", "last_one", "change", "content", "meaning", "list", "when", "where", "meeting", "history", "area", "total", "trend"}),
    about=lambda query, kb: _about(query, kb) or _pool(query, kb),
    topical=True,
)
