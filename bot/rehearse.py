"""The posts of a time to come, or gone by, as they would be with today's facts and rules: nothing is sent, nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from bot.ask import Asker
from bot.calendar import LADDER, Office, day_words
from bot.due import BEGINNING, Plan, Post, Timetable, local_day, plans, post_of, zone_of
from bot.notice import Notices
from bot.remind import Book
from bot.render.plain import plain
from bot.standing import facts_from, goals
from db.schedule import Kept, Rule, Said, Schedule
from knowledge.model import Lang, Pair

ZONE = "Asia/Tokyo"
NOTHING = Pair("この期間に投稿されるお知らせはありません。", "Nothing would be posted in this time.")
SAMPLE = Pair(
    "お知らせの設定がまだないため、標準の段取り（20・10・5・1営業日前、当日、3営業日後、9時）で示します。",
    "No reminders are set yet; this shows the default ladder (20, 10, 5 and 1 business days before, the day, 3 after, at 9:00).",
)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One post: when, where, and its text."""

    at: datetime
    channel: str
    post: Post
    text: str


@dataclass
class Memory:
    """What the posts so far have said, in place of the ledger."""

    said: dict[tuple[str, str], Said] = field(default_factory=dict)

    def keep(self, channel: str, post: Post) -> None:
        for each in post.said():
            self.said[channel, each.subject] = each


def sample(home: str, lang: Lang) -> Kept[Rule]:
    """The default rule, for a store that has none yet."""
    rule = Rule(id="sample", team="", channel="", owner="", territory=home, ladder=LADDER, lang=lang)
    return Kept(rule, 1, BEGINNING, BEGINNING, "", "added")


def rehearse(asker: Asker, timetable: Timetable, first: date, last: date) -> Iterator[Rehearsed]:
    """Every post from the first day to the last one, both included, in the order of time."""
    after, until = (datetime.combine(day, time(), zone_of(ZONE)).astimezone(UTC) - timedelta(microseconds=1) for day in (first, last + timedelta(days=1)))
    memory, notices = Memory(), Notices(asker.speaker)
    timetable = anytime(timetable)
    for plan in _plans(timetable, after, until):
        channel = plan.digest.channel
        facts = facts_from(asker.kb, timetable.marks, lambda subject, channel=channel: memory.said.get((channel, subject)))  # type: ignore[misc]
        post = post_of(plan.digest, plan.dues, timetable, facts)
        if post:
            memory.keep(channel, post)
            yield Rehearsed(at=plan.digest.at, channel=channel, post=post, text=plain(notices.message(post)))


def _plans(timetable: Timetable, after: datetime, until: datetime) -> tuple[Plan, ...]:
    """As if the clock had run all the time: each day's dues as they come."""
    days: dict[date, list[Plan]] = {}
    for due in timetable.dues(after, until):
        days.setdefault(due.day, [])
    for day in days:
        dues = [due for due in timetable.dues(after, until) if due.day == day]
        days[day] = list(plans(dues, min(due.at for due in dues), timetable, lambda _: False))
    return tuple(sorted((plan for found in days.values() for plan in found), key=lambda plan: (plan.digest.at, plan.digest.channel)))


def anytime(timetable: Timetable) -> Timetable:
    """The same, as if it had always been set so: a rehearsal may look back."""
    return replace(
        timetable,
        rules=tuple(replace(kept, since=BEGINNING) for kept in timetable.rules),
        subscriptions=tuple(replace(kept, since=BEGINNING) for kept in timetable.subscriptions),
        goals=tuple(replace(goal, since=None) for goal in timetable.goals),
    )


def printed(asker: Asker, schedule: Schedule | None, office: Office, home: str, lang: Lang, first: date, last: date) -> str:
    """What `python -m bot due` prints: each post under its day, time and place."""
    timetable = Book(asker.kb, schedule, office).timetable() if schedule else Timetable(goals=goals(asker.kb), office=office)
    note = ""
    if not timetable.times:
        timetable, note = replace(timetable, rules=(sample(home, lang),)), SAMPLE[lang] + "\n\n"
    found = [shown(each) for each in rehearse(asker, timetable, first, last)]
    return note + ("\n\n".join(found) or NOTHING[lang])


def shown(each: Rehearsed) -> str:
    local = each.at.astimezone(zone_of(ZONE))
    return f"== {day_words(local_day(each.at, ZONE))[each.post.lang]} {local:%H:%M} {each.channel}".rstrip() + f"\n{each.text}"
