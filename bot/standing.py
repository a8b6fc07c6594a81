"""Deadlines and who is open at them: from the facts, and from what staff have set and marked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from bot.due import Count, Facts, Goal, Open, Standing
from db.schedule import Deadline, Kept, Mark, Said
from knowledge.base import KnowledgeBase
from knowledge.dates import period_of
from knowledge.model import Citation, Pair, State, Subject, Survey
from knowledge.surveys import actual

DAY = timedelta(days=1)


# --- deadlines --------------------------------------------------------------------------------------------------------


def goals(kb: KnowledgeBase, kept: Iterable[Kept[Deadline]] = ()) -> tuple[Goal, ...]:
    """The deadlines of the data, and those that staff have set and that stand, by day."""
    ours = (goal_of(each, kb) for each in kept if not each.value.ended)
    return tuple(sorted((*merged([_of_data(subject, kb) for subject in _deadlines(kb)]), *ours), key=lambda goal: (goal.day, goal.id)))


def goal_of(kept: Kept[Deadline], kb: KnowledgeBase) -> Goal:
    one = kept.value
    return Goal(
        id=one.id,
        ids=frozenset({one.id}),
        title=Pair(one.name, one.name),
        day=one.day,
        territory=one.territory,
        everywhere=kb.territories[one.territory].kind == "nation",
        items=one.items,
        programme=one.programme,
        responsible=one.responsible,
        note=one.note,
        since=kept.since,
    )


def _deadlines(kb: KnowledgeBase) -> list[Subject]:
    return [subject for subject in kb.subjects.values() if subject.kind == "event" and subject.of.kind == "deadline"]


def _of_data(subject: Subject, kb: KnowledgeBase) -> Goal:
    """Its last day: of a month the first, since "by April" is before it."""
    period = period_of(subject.of.date)
    return Goal(
        id=subject.id,
        ids=frozenset({subject.id}),
        title=subject.title,
        day=period.start if period.precision == "month" else period.end,
        territory=subject.territory,
        everywhere=kb.territories[subject.territory].kind == "nation",
        items=subject.items,
        sources=(Citation(source=kb.sources[subject.source], place=subject.place),),
    )


def merged(found: Iterable[Goal]) -> tuple[Goal, ...]:
    """One deadline worded as "by the end of March" here and "by April" there is one, on the day before, with all its sources."""
    kept: list[Goal] = []
    for goal in sorted(found, key=lambda goal: (goal.day, goal.id)):
        same = next((n for n, other in enumerate(kept) if _same(other, goal)), None)
        if same is None:
            kept.append(goal)
        else:
            kept[same] = replace(kept[same], ids=kept[same].ids | goal.ids, sources=(*kept[same].sources, *goal.sources))
    return tuple(kept)


def _same(one: Goal, other: Goal) -> bool:
    return (one.territory, one.items) == (other.territory, other.items) and other.day - one.day in (0 * DAY, DAY)


# --- who is open ------------------------------------------------------------------------------------------------------


def marked(goal: Goal, marks: Iterable[Mark]) -> frozenset[str]:
    """The municipalities that were marked as done, and not unmarked since."""
    found: dict[str, bool] = {}
    for mark in marks:
        if mark.deadline in goal.ids and mark.sign in ("done", "undone"):
            found[mark.about] = mark.sign == "done"
    return frozenset(code for code, done in found.items() if done)


def assigned(goal: Goal, marks: Iterable[Mark]) -> dict[str, str]:
    """Who looks after which municipality: code -> user."""
    found = {mark.about: mark.value for mark in marks if mark.deadline in goal.ids and mark.sign == "assigned"}
    return {code: user for code, user in found.items() if user}


def standing(goal: Goal, territory: str, today: date, kb: KnowledgeBase, marks: Iterable[Mark] = ()) -> Standing:
    """Who is open by the latest survey that there was today, less those marked as done."""
    members, done = kb.territories[territory].members, marked(goal, marks)
    alone = Standing(members=members, open=(), marked=tuple(code for code in members if code in done))
    rest = [code for code in members if code not in done]
    if not goal.items:
        return replace(alone, open=tuple(Open(code=code) for code in rest))
    survey = latest(kb, territory, today)
    if survey is None or not survey.named:
        return replace(alone, named=False)
    states = kb.statuses(survey.id, members, goal.items)
    found = (_open(code, states[code]) for code in rest)
    still = tuple(each for each in found if each.planned or each.unplanned)
    return replace(alone, open=still, as_of=survey.as_of, sources=(_citation(survey, kb),))


def _open(code: str, states: Mapping[str, State]) -> Open:
    planned, unplanned = (tuple(item for item, state in states.items() if state is wanted) for wanted in (State.PLANNED, State.NEITHER))
    return Open(code=code, planned=planned, unplanned=unplanned)


def latest(kb: KnowledgeBase, territory: str, today: date) -> Survey | None:
    """The latest actual survey as of a day: a rehearsal of 2018 knows nothing of 2019."""
    return next((survey for survey in reversed(actual(kb, territory)) if period_of(survey.as_of).start <= today), None)


def _citation(survey: Survey, kb: KnowledgeBase) -> Citation:
    return Citation(source=kb.sources[survey.source], place=survey.place, as_of=survey.as_of)


def counts(territory: str, today: date, kb: KnowledgeBase) -> tuple[tuple[Count, ...], str, tuple[Citation, ...]]:
    """The tally of the latest survey of a territory that names its municipalities, with its date and source; empty if there is none."""
    survey = latest(kb, territory, today)
    if survey is None or not survey.named:
        return (), "", ()
    members = kb.territories[territory].members
    states = kb.statuses(survey.id, members, kb.items)
    found = tuple(Count(item=item, done=tuple(code for code in members if states[code][item] is State.DONE), n=len(members)) for item in kb.items)
    return found, survey.as_of, (_citation(survey, kb),)


def facts_from(kb: KnowledgeBase, marks: tuple[Mark, ...], last: Callable[[str], Said | None]) -> Facts:
    """Where posts get what they say."""
    return Facts(
        standing=lambda goal, territory, today: standing(goal, territory, today, kb, marks),
        last=last,
        counts=lambda territory, today: counts(territory, today, kb),
    )
