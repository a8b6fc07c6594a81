"""Which survey a question is about: the date it names, or the latest. Another date's figures are never borrowed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.base import KnowledgeBase
from knowledge.conditions import And, AtLeast, Condition, Has, Not, Or, both, either
from knowledge.dates import Period, period_of
from knowledge.model import DONE, EXPECTED, NEITHER, NOT_DONE, State, States, Survey
from knowledge.query import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A survey seen from a date: `at_end` means "as expected at the end of its plan", where done is done or planned."""

    survey: Survey
    at_end: bool = False
    same_deadline: bool = False

    def states(self, states: States) -> States:
        """The states that a state said of this date means in the survey."""
        return {DONE: EXPECTED, NOT_DONE: NEITHER}.get(states, states) if self.at_end else states

    def condition(self, condition: Condition) -> Condition:
        """The condition as it must be asked of the survey."""
        if not self.at_end:
            return condition
        match condition:
            case Has(item, states):
                return Has(item, self.states(states))
            case AtLeast(n, states, items):
                return AtLeast(n, self.states(states), items)
            case And(parts):
                return both(self.condition(part) for part in parts)
            case Or(parts):
                return either(self.condition(part) for part in parts)
            case Not(part):
                return Not(self.condition(part))

    @property
    def as_of(self) -> str:
        return self.survey.plan_by if self.at_end else self.survey.as_of

    def done(self, counts: dict[State, int]) -> int:
        return sum(counts[state] for state in self.states(DONE))


@dataclass(frozen=True, slots=True)
class NoSurvey:
    """There is no survey of the asked date; `asked` is that date."""

    territory: str
    asked: Period | None
    relative: str = ""


def actual(kb: KnowledgeBase, territory: str) -> tuple[Survey, ...]:
    """The actual surveys of a territory, oldest first."""
    return tuple(s for s in kb.surveys.values() if s.territory == territory and s.kind == "actual")


def planned(kb: KnowledgeBase, survey: Survey) -> Survey | None:
    """The published totals of what was expected in a survey, if there are any."""
    return next((s for s in kb.surveys.values() if s.based_on == survey.id), None)


def choose(query: Query, kb: KnowledgeBase, territory: str) -> tuple[View, ...] | NoSurvey:
    """The views that the question asks for, one a date, in the order of time."""
    surveys = actual(kb, territory)
    if not surveys:
        return NoSurvey(territory, query.periods[0] if query.periods else None)
    found: list[View] = []
    for period in query.periods:
        views = _of_period(period, surveys)
        if not views:
            return NoSurvey(territory, period)
        found += views
    for relative in query.relative:
        view = _of_relative(relative, surveys)
        if view is None:
            return NoSurvey(territory, None, relative)
        found.append(view)
    ordered = sorted(dict.fromkeys(found), key=lambda view: view.as_of)
    return tuple(ordered) or (View(survey=surveys[-1]),)


def _of_period(period: Period, surveys: tuple[Survey, ...]) -> list[View]:
    end = _plan_end(surveys)
    if end and _is_deadline(period, end[1]):
        return [View(survey=end[0], at_end=True, same_deadline=period.start > end[1])]
    inside = [s for s in surveys if _overlaps(period, period_of(s.as_of))]
    if period.open == "until" or period.precision in {"year", "fiscal_year"} and period.single:
        inside = inside[-1:]
    return [View(survey=s) for s in inside]


def _overlaps(asked: Period, survey: Period) -> bool:
    """Whether the survey's month (or day) lies in the asked interval, or the asked day in the survey's month."""
    return asked.start <= survey.start and survey.end <= asked.end or (asked.single and survey.start <= asked.start and asked.end <= survey.end)


def _plan_end(surveys: tuple[Survey, ...]) -> tuple[Survey, date] | None:
    latest = next((s for s in reversed(surveys) if s.plan_by), None)
    return (latest, date.fromisoformat(latest.plan_by)) if latest else None


def _is_deadline(period: Period, end: date) -> bool:
    """The end of the plan by its day, its month, its fiscal year's end, or "by April": the same deadline worded by what follows it."""
    if period.open == "until":
        return period.edge[0] <= end + timedelta(days=1) and end <= period.end
    by_day = period.precision in {"day", "month", "fiscal_end"} and period.single
    return by_day and (period.start <= end <= period.end or period.start == end + timedelta(days=1))


def _of_relative(relative: str, surveys: tuple[Survey, ...]) -> View | None:
    if relative == "fiscal_end":
        end = _plan_end(surveys)
        return View(survey=end[0], at_end=True) if end else None
    place = {"latest": -1, "previous": -2, "before_previous": -3, "first": 0}.get(relative)
    if place is None or (place < 0 and len(surveys) < -place):
        return None
    return View(survey=surveys[place])
