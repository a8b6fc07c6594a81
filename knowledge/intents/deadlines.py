"""Deadlines: when, how many days from today, and who is still open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.base import KnowledgeBase
from knowledge.dates import period_of
from knowledge.intents import Intent
from knowledge.intents._scope import Missing, choice, starters
from knowledge.model import Answer, Choice, Citation, Column, Found, Grid, NoData, Pair, State, Subject, Territory
from knowledge.query import Query
from knowledge.setting import Setting
from knowledge.surveys import actual


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A deadline with its days from today: negative when it has passed."""

    subject: Subject
    due: date
    days: int
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """The deadlines, nearest first, today, and what is still open by item in the latest survey of `territory` (of `n`)."""

    deadlines: tuple[Deadline, ...]
    today: date
    open: tuple[tuple[str, int], ...]
    n: int
    as_of: str
    territory: Territory | None


def fits(query: Query, kb: KnowledgeBase) -> int:
    if query.condition is not None and (query.wants_places or "deadline" not in query.asks or query.places):
        return 0
    about = any(kb.subjects[id_].kind == "event" and kb.subjects[id_].of.kind == "deadline" for id_ in query.subjects)
    if query.asks & {"deadline"}:
        return 66 + (10 if about else 0)
    return 54 if about else 48 if "how_long" in query.asks and not query.subjects and not query.places else 0


def answer(query: Query, kb: KnowledgeBase, setting: Setting) -> Answer:
    events = _all(kb)
    nations = {t.id for t in kb.territories.values() if t.kind == "nation"}
    named = {*(query.territories or (setting.home,)), *nations}
    about = [s for s in events if s.id in query.subjects and (query.territories or len(query.subjects) == 1 or s.territory in named)]
    wanted = about or [s for s in events if s.territory in named]
    deadlines = sorted((_deadline(s, setting.today) for s in wanted), key=lambda d: (d.days < 0, abs(d.days), d.subject.id))
    if not deadlines:
        return NoData(query=query, why="not_held", facts=Missing(), next=starters(kb, setting))
    first = deadlines[0]
    home = kb.territories[setting.home]
    at_home = set(query.territories) <= {home.id} and set(query.places) <= set(home.members)
    of_home = at_home and any(d.subject.territory in nations for d in deadlines)
    open_, n, as_of = _open(kb, setting) if of_home else ((), 0, "")
    caveats: list[tuple[str, object]] = [("same_deadline", None)] if _same(deadlines) else []
    return Found(
        query=query,
        facts=Deadlines(deadlines=tuple(deadlines), today=setting.today, open=open_, n=n, as_of=as_of, territory=home if open_ else None),
        sources=tuple(dict.fromkeys(Citation(source=kb.sources[d.subject.source], place=d.subject.place) for d in deadlines)),
        as_of=first.due.isoformat(),
        value=first.days if query.asks & {"how_long"} or query.measure == "count" else None,
        grids=(_grid(tuple(deadlines)),),
        caveats=tuple(caveats),
        next=_next(),
    )


def _all(kb: KnowledgeBase) -> list[Subject]:
    return [s for s in kb.subjects.values() if s.kind == "event" and s.of.kind == "deadline"]


def _deadline(subject: Subject, today: date) -> Deadline:
    """A deadline's last day: of a month, its first, since "by April" means before it; of a fiscal year, its end."""
    period = period_of(subject.of.date)
    due = period.start if period.precision == "month" else period.end
    return Deadline(subject=subject, due=due, days=(due - today).days)


def _same(deadlines: list[Deadline]) -> bool:
    """Whether two deadlines are one day worded in two ways: by the end of March, by April."""
    days = {deadline.due for deadline in deadlines}
    return any(day + timedelta(days=1) in days for day in days)


def _open(kb: KnowledgeBase, setting: Setting) -> tuple[tuple[tuple[str, int], ...], int, str]:
    surveys = [survey for survey in actual(kb, setting.home) if survey.named]
    if not surveys:
        return (), 0, ""
    members = kb.territories[setting.home].members
    counts = kb.counts(surveys[-1].id, members)
    return tuple((item, len(members) - counts[item][State.DONE]) for item in kb.items), len(members), surveys[-1].as_of


def _grid(deadlines: tuple[Deadline, ...]) -> Grid:
    columns = (
        Column(key="due", label=Pair("期限", "Due")),
        Column(key="title", label=Pair("内容", "What")),
        Column(key="days", label=Pair("残り日数", "Days left"), kind="number"),
    )
    return Grid(columns=columns, rows=tuple((d.subject.of.date, d.subject.title, d.days) for d in deadlines), shown=False)


def _next() -> tuple[Choice, ...]:
    return (
        choice("年度末に未実施が残る項目", "年度末の集計", "expected at the end", "tally at the end of the fiscal year"),
        choice("計画と実績", "計画と実績を比べて", "plan versus actual", "plan versus actual"),
    )


INTENT = Intent(
    help=Pair("期限（いつまでか、あと何日か、未実施がいくつ残るか）", "deadlines: when, how many days, who is still open"),
    examples=(Pair("締切はいつ？", "when is the deadline?"), Pair("期限まであと何日？", "how many days until the deadline?")),
    fits=fits,
    answer=answer,
    uses=frozenset({"deadline", "duty", "how_long", "when"}),
    about=lambda _, kb: _all(kb),
    topical=True,
)
