"""What falls due, when it is posted, and what a post has to say: pure functions over rules, deadlines, business days and statuses.

    rules, deadlines, office  ->  dues      each (rule, instant) with its reasons; of any interval, split anywhere
    dues, now                 ->  plans     one post a channel and day; what was missed goes into one post, on a business day
    a plan, the statuses,
    what was last said        ->  Post      or nothing: nobody is named who is done, and "all done" is said once

The clock reads and writes what these need (bot/clock.py), the templates say it (bot/notice.py), `due` rehearses it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cached_property, lru_cache
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from bot.calendar import DAY, Office, business_days_until, counted, is_business_day, open_day, post_days
from db.outbox import post_id
from db.schedule import Digest, Due, Kept, Mark, Mood, Rule, Said, Step, Subscription
from knowledge.model import Citation, Lang, Pair

EVENING = 18 * 60  # minutes of the day: later than this nobody is bothered with what was missed
LAST_CHANCE = timedelta(hours=1)  # what is due in the evening still has this long
COMING = 60  # days: which deadlines a weekly digest looks ahead to
SPAN = timedelta(days=28)  # a weekly digest moves less than this for a run of closed days
BEGINNING = datetime(1, 1, 2, tzinfo=UTC)


# --- values -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A deadline, of the data or set by staff.

    ids         every id that it goes by: the documents word one deadline in several ways
    everywhere  for all municipalities of the country: a rule's territory says whose are meant
    since       when it was set to this day; None: it always was
    """

    id: str
    ids: frozenset[str]
    title: Pair
    day: date
    territory: str
    everywhere: bool = False
    items: tuple[str, ...] = ()
    programme: str = ""
    responsible: str = ""
    note: str = ""
    since: datetime | None = None
    sources: tuple[Citation, ...] = ()

    def concerns(self, rule: Rule) -> bool:
        if rule.deadline:
            return rule.deadline in self.ids
        return self.everywhere or self.territory == rule.territory


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A municipality that is not done, and its items that are not: planned ones, and those that nobody has planned."""

    code: str
    planned: tuple[str, ...] = ()
    unplanned: tuple[str, ...] = ()

    @property
    def all_planned(self) -> bool:
        return bool(self.planned) and not self.unplanned


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Who is open at a deadline. Not `named`: the survey publishes no names, so that nobody can be named or left out.

    marked  those that staff have marked as done;  as_of, sources: of the survey, "" and () where none is needed
    """

    members: tuple[str, ...]
    open: tuple[Open, ...]
    named: bool = True
    marked: tuple[str, ...] = ()
    as_of: str = ""
    sources: tuple[Citation, ...] = ()

    @property
    def is_done(self) -> bool:
        """Where no names are published only the marks can tell."""
        return bool(self.members) and (not self.open if self.named else set(self.members) == set(self.marked))


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One line of a tally: how many of the members are done, by whose names."""

    item: str
    done: tuple[str, ...]
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What a post says of one deadline.

    days, business_days  that are left; negative when it has passed
    before               the day of the last word on it here, None if this is the first
    newly, again         municipalities done since then, and open again;  moved: still open, with fewer items
    """

    goal: Goal
    territory: str
    standing: Standing
    mood: Mood
    days: int
    business_days: int
    before: date | None = None
    newly: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()

    @property
    def unplanned(self) -> tuple[Open, ...]:
        return tuple(each for each in self.standing.open if not each.all_planned)

    @property
    def planned(self) -> tuple[Open, ...]:
        return tuple(each for each in self.standing.open if each.all_planned)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A line of what changed in a week: of an item, or (with a title) of a deadline."""

    newly: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    item: str = ""
    title: Pair | None = None
    became: Literal["", "marked", "set", "moved", "ended"] = ""
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What a weekly digest says. `before` is the day of the last one, None if this is the first."""

    subscription: str
    territory: str
    counts: tuple[Count, ...]
    as_of: str
    changes: tuple[Change, ...]
    coming: tuple[Section, ...]
    before: date | None
    facts: Mapping[str, Any]
    sources: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What one channel is told on one day. `missed` are days of which it should have been told before, `lost` what is no longer of use."""

    lang: Lang
    day: date
    sections: tuple[Section, ...] = ()
    weeks: tuple[Week, ...] = ()
    missed: tuple[date, ...] = ()
    lost: tuple[tuple[str, Section], ...] = ()

    def said(self) -> tuple[Said, ...]:
        """What is to be remembered of it once it is sent."""
        of_deadlines = (Said(subject=subject(s.goal, s.territory), day=self.day, mood=s.mood, facts=facts_of(s.standing)) for s in self.sections)
        of_weeks = (Said(subject=week.subscription, day=self.day, mood="open", facts=week.facts) for week in self.weeks)
        return (*of_deadlines, *of_weeks)

    def __bool__(self) -> bool:
        return bool(self.sections or self.weeks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A post to make, and what for."""

    digest: Digest
    dues: tuple[Due, ...]


# --- time -------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def zone_of(name: str) -> tzinfo:
    """Japan has had no summer time since 1951, so that it needs no tables of the host's; ZoneInfoNotFoundError for what is no zone."""
    return timezone(timedelta(hours=9), "JST") if name == "Asia/Tokyo" else ZoneInfo(name)


def instant(day: date, minute: int, zone: str) -> datetime:
    hour, rest = divmod(minute, 60)
    return datetime(day.year, day.month, day.day, hour, rest, tzinfo=zone_of(zone)).astimezone(UTC)


def local_day(moment: datetime, zone: str) -> date:
    return moment.astimezone(zone_of(zone)).date()


def closing(at: datetime, zone: str) -> datetime:
    """Until when a post of this time may still go out on its day."""
    return max(instant(local_day(at, zone), EVENING, zone), at + LAST_CHANCE)


# --- what falls due ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Timetable:
    """Everything that decides when something falls due. Made anew when any of it changes; what is derived is derived once."""

    rules: tuple[Kept[Rule], ...] = ()
    subscriptions: tuple[Kept[Subscription], ...] = ()
    goals: tuple[Goal, ...] = ()
    marks: tuple[Mark, ...] = ()
    office: Office = field(default=Office())

    @cached_property
    def times(self) -> Mapping[str, Rule | Subscription]:
        """Every rule and subscription that runs, by id."""
        ones: list[Rule | Subscription] = [kept.value for kept in self.rules]
        ones += [kept.value for kept in self.subscriptions]
        return {one.id: one for one in ones if not one.stopped}

    @cached_property
    def by_id(self) -> Mapping[str, Goal]:
        return {id_: goal for goal in self.goals for id_ in goal.ids}

    @cached_property
    def ladder(self) -> tuple[Due, ...]:
        """Every step of every rule, and what was put off, in the order of time."""
        put_off = tuple(mark for mark in self.marks if mark.sign == "snoozed")
        return ladder_of(self.rules, self.goals, put_off, self.office)

    @cached_property
    def _instants(self) -> list[datetime]:
        return [due.at for due in self.ladder]

    def dues(self, after: datetime, until: datetime) -> tuple[Due, ...]:
        """What falls due in (after, until], in the order of time."""
        ladder = self.ladder[bisect_right(self._instants, after) : bisect_right(self._instants, until)]
        return tuple(sorted((*ladder, *self._weekly(after, until)), key=lambda due: (due.at, due.rule)))

    def _weekly(self, after: datetime, until: datetime) -> Iterator[Due]:
        for kept in self.subscriptions:
            one = kept.value
            if not one.stopped:
                found = {instant(day, one.minute, one.zone) for day in self._week_days(one, after, until)}
                yield from (_due(one, at, (Step(),)) for at in found if max(after, kept.since) < at <= until)

    def _week_days(self, one: Subscription, after: datetime, until: datetime) -> Iterator[date]:
        day, last = local_day(after - SPAN, one.zone), local_day(until + SPAN, one.zone)
        day += (one.weekday - day.weekday()) % 7 * DAY
        while day <= last:
            yield open_day(day, self.office, one.moving)
            day += 7 * DAY


@lru_cache(maxsize=4)
def ladder_of(rules: tuple[Kept[Rule], ...], goals: tuple[Goal, ...], put_off: tuple[Mark, ...], office: Office) -> tuple[Due, ...]:
    """As Timetable.ladder: reports, which come every day, change nothing in it."""
    steps: dict[tuple[datetime, str], list[Step]] = defaultdict(list)
    running = {kept.value.id: kept for kept in rules if not kept.value.stopped}
    for kept in running.values():
        for at, step in _steps(kept, goals, put_off, office):
            steps[at, kept.value.id].append(step)
    return tuple(_due(running[rule].value, at, tuple(found)) for (at, rule), found in sorted(steps.items()))


def _steps(kept: Kept[Rule], goals: tuple[Goal, ...], put_off: tuple[Mark, ...], office: Office) -> Iterator[tuple[datetime, Step]]:
    rule = kept.value
    for goal in (goal for goal in goals if goal.concerns(rule)):
        since = max(kept.since, goal.since or BEGINNING)
        yield from ((at, step) for at, step in steps_of(goal.id, goal.day, rule, office) if at > since)
        for mark in (mark for mark in put_off if mark.about == rule.id and mark.deadline in goal.ids):
            day = open_day(date.fromisoformat(mark.value), office, "after")
            yield instant(day, rule.minute, rule.zone), Step(deadline=goal.id)


def _due(one: Rule | Subscription, at: datetime, steps: tuple[Step, ...]) -> Due:
    return Due(rule=one.id, at=at, team=one.team, channel=one.channel, day=local_day(at, one.zone), steps=steps)


@lru_cache(maxsize=16_384)
def steps_of(goal: str, day: date, rule: Rule, office: Office) -> tuple[tuple[datetime, Step], ...]:
    """The instants of a rule's ladder to a deadline on this day."""
    found = post_days(day, rule.ladder, office, rule.moving)
    return tuple((instant(each.day, rule.minute, rule.zone), Step(deadline=goal, days=each.step)) for each in found)


# --- when it is posted ------------------------------------------------------------------------------------------------

Taken = Callable[[str], bool]


def digest_id(team: str, channel: str, day: date) -> str:
    """One post a channel and day, in every process and for ever."""
    return post_id(team, channel, "reminder", day.isoformat())


def plans(dues: Iterable[Due], now: datetime, timetable: Timetable, taken: Taken) -> tuple[Plan, ...]:
    """The posts that speak of these: each on its own day, or, when it was missed, on the first business day from now on.

    `taken` tells of an id whether that day's post is worded already; then the next business day's speaks of it.
    """
    groups: dict[tuple[str, str, date], list[Due]] = defaultdict(list)
    for due in dues:
        day = posting_day(due, now, timetable)
        while taken(digest_id(due.team, due.channel, day)):
            day = counted(day, 1, timetable.office)
        groups[due.team, due.channel, day].append(due)
    return tuple(_plan(*key, tuple(found), timetable) for key, found in groups.items())


def posting_day(due: Due, now: datetime, timetable: Timetable) -> date:
    one = timetable.times[due.rule]
    day = max(due.day, local_day(now, one.zone))
    at = due.at if day == due.day else instant(day, one.minute, one.zone)
    return day if is_business_day(day, timetable.office) and now < closing(at, one.zone) else counted(day, 1, timetable.office)


def _plan(team: str, channel: str, day: date, dues: tuple[Due, ...], timetable: Timetable) -> Plan:
    """At the time of the earliest rule that has a part in it."""
    ones = [(due, timetable.times[due.rule]) for due in dues]
    at, zone = min((due.at if due.day == day else instant(day, one.minute, one.zone), one.zone) for due, one in ones)
    return Plan(digest=Digest(id=digest_id(team, channel, day), team=team, channel=channel, day=day, at=at, closes=closing(at, zone)), dues=dues)


def with_the_day(found: tuple[Due, ...], now: datetime, timetable: Timetable) -> tuple[Due, ...]:
    """Also what falls due later on the days on which these are posted, in their channels: there is one post a day."""
    if not found:
        return ()
    days = {(due.team, due.channel, posting_day(due, now, timetable)) for due in found}
    later = timetable.dues(now, now + (max(day for *_, day in days) - now.date() + 2 * DAY))
    return (*found, *(due for due in later if (due.team, due.channel, due.day) in days))


# --- what it says -----------------------------------------------------------------------------------------------------

StandingOf = Callable[[Goal, str, date], Standing]
LastOf = Callable[[str], Said | None]
CountsOf = Callable[[str, date], tuple[tuple[Count, ...], str, tuple[Citation, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Where a post gets what it says: the standing of a deadline in a territory on a day, the last word on a subject, a territory's tally."""

    standing: StandingOf
    last: LastOf
    counts: CountsOf


def post_of(digest: Digest, dues: Iterable[Due], timetable: Timetable, facts: Facts) -> Post:
    """What is to be said now, worked out from the statuses as they are. Rules that were stopped and deadlines that were
    moved or ended since have no part in it."""
    running = [due for due in dues if due.rule in timetable.times and timetable.times[due.rule].channel == digest.channel]
    lang = cast(Lang, timetable.times[running[0].rule].lang) if running else "ja"
    sections: dict[str, Section] = {}
    lost: dict[str, tuple[str, Section]] = {}
    missed: set[date] = {due.day for due in running if isinstance(timetable.times[due.rule], Subscription)}
    for due, rule, goal, useful in _wanted(running, digest, timetable):
        missed.add(due.day)
        found = section_of(goal, rule.territory, digest.day, timetable.office, facts)
        if found is not None and useful:
            sections[subject(goal, found.territory)] = found
        elif found is not None and found.mood == "open":
            lost[subject(goal, found.territory)] = (rule.id, found)
    weeks = (week_of(one, digest.day, timetable, facts) for one in _weekly_ones(running, timetable))
    return Post(
        lang=lang,
        day=digest.day,
        sections=tuple(sorted(sections.values(), key=lambda each: (each.goal.day, each.goal.id))),
        weeks=tuple(week for week in weeks if week is not None),
        missed=tuple(sorted(day for day in missed if day < digest.day)),
        lost=tuple(each for name, each in lost.items() if name not in sections),
    )


def _wanted(dues: Iterable[Due], digest: Digest, timetable: Timetable) -> Iterator[tuple[Due, Rule, Goal, bool]]:
    """Rules with the deadlines that they are to speak of, and whether that is of use: a missed warning is of none once the day has passed."""
    for due in dues:
        rule = timetable.times[due.rule]
        for step in due.steps:
            goal = timetable.by_id.get(step.deadline)
            if isinstance(rule, Rule) and goal is not None and still_meant(due, step, goal, rule, timetable.office):
                in_time = due.day == digest.day or digest.day <= goal.day or step.days is None or step.days > 0
                yield due, rule, goal, in_time


def still_meant(due: Due, step: Step, goal: Goal, rule: Rule, office: Office) -> bool:
    """Whether the ladder still has this step on this day: neither the rule nor the deadline has been changed to something else."""
    if step.days is None:
        return goal.concerns(rule)
    return goal.concerns(rule) and any(each.step == step.days and each.day == due.day for each in post_days(goal.day, rule.ladder, office, rule.moving))


def _weekly_ones(dues: Iterable[Due], timetable: Timetable) -> Iterator[Subscription]:
    found = (timetable.times[due.rule] for due in dues)
    yield from dict.fromkeys(one for one in found if isinstance(one, Subscription))


def subject(goal: Goal, territory: str) -> str:
    return f"{goal.id} {territory}"


def section_of(goal: Goal, territory: str, today: date, office: Office, facts: Facts) -> Section | None:
    """What to say of a deadline today; None once "all done" has been said."""
    whose = territory if goal.everywhere else goal.territory
    standing = facts.standing(goal, whose, today)
    mood: Mood = "done" if standing.is_done else "open"
    last = facts.last(subject(goal, whose))
    if mood == "done" and last is not None and last.mood == "done":
        return None
    days, business_days = (goal.day - today).days, business_days_until(today, goal.day, office)
    found = Section(goal=goal, territory=whose, standing=standing, mood=mood, days=days, business_days=business_days)
    return _compared(found, last) if last is not None else found


def _compared(found: Section, last: Said) -> Section:
    before: Mapping[str, Any] = last.facts["open"]
    now = facts_of(found.standing)["open"]
    fewer = (code for code in now if code in before and sum(map(len, now[code])) < sum(map(len, before[code])))
    return replace(
        found,
        before=last.day,
        newly=tuple(code for code in before if code not in now),
        again=tuple(code for code in now if code not in before),
        moved=tuple(fewer),
    )


def facts_of(standing: Standing) -> dict[str, Any]:
    """What a later post is compared with: who was open, with what."""
    return {"open": {each.code: [list(each.planned), list(each.unplanned)] for each in standing.open}}


# --- the weekly digest ------------------------------------------------------------------------------------------------


def week_of(one: Subscription, today: date, timetable: Timetable, facts: Facts) -> Week | None:
    """What a subscription says today; None if nothing has changed since its last digest."""
    counts, as_of, sources = facts.counts(one.territory, today)
    goals = [goal for goal in timetable.goals if goal.everywhere or goal.territory == one.territory]
    sections = {goal.id: section_of(goal, one.territory, today, timetable.office, replace(facts, last=lambda _: None)) for goal in goals}
    known = {
        "items": {count.item: list(count.done) for count in counts},
        "marked": {id_: list(each.standing.marked) for id_, each in sections.items() if each is not None},
        "goals": {goal.id: goal.day.isoformat() for goal in goals},
        "titles": {goal.id: [goal.title.ja, goal.title.en] for goal in goals},
    }
    last = facts.last(one.id)
    if last is not None and last.facts == known:
        return None
    coming = [each for each in sections.values() if each is not None and 0 <= each.days <= COMING]
    return Week(
        subscription=one.id,
        territory=one.territory,
        counts=counts,
        as_of=as_of,
        changes=changes(last.facts, known) if last is not None else (),
        coming=tuple(sorted(coming, key=lambda each: (each.days, each.goal.id))),
        before=last.day if last is not None else None,
        facts=known,
        sources=sources,
    )


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Change, ...]:
    """What is different, item by item, then deadline by deadline."""
    titles = {id_: Pair(*names) for id_, names in {**before["titles"], **now["titles"]}.items()}
    found = [_moves(before["items"].get(item, []), done, Change(item=item)) for item, done in now["items"].items()]
    for id_ in dict.fromkeys((*before["goals"], *now["goals"])):
        found.append(_moves(before["marked"].get(id_, []), now["marked"].get(id_, []), Change(title=titles[id_], became="marked")))
        was, is_ = before["goals"].get(id_), now["goals"].get(id_)
        if was != is_:
            became: Literal["set", "moved", "ended"] = "set" if was is None else "ended" if is_ is None else "moved"
            found.append(Change(title=titles[id_], became=became, day=date.fromisoformat(is_ or was or "")))
    return tuple(change for change in found if change.newly or change.again or change.day)


def _moves(before: list[str], now: list[str], change: Change) -> Change:
    newly, again = (code for code in now if code not in before), (code for code in before if code not in now)
    return replace(change, newly=tuple(newly), again=tuple(again))
