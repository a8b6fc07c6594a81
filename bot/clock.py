"""The clock: what has fallen due is entered into the ledger and put into the outbox, once, however many clocks run.

A tick settles what has become of earlier posts, then plans. Both are transactions that any clock may repeat or be killed in:
a (rule, due time) is entered by one of them alone, under a key. Nothing is sent here: the sender empties the outbox, and a
reminder is worded at that moment (bot/remind.py). Time, store and sender are arguments; a clock that differs from Slack's
plans nothing, so that a machine set to next month does not post next month's reminders.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from bot.ask import LOG, failure_id
from bot.due import Plan, Timetable, plans, with_the_day
from bot.notice import GONE
from bot.remind import KIND, TRUST, Book, Clockwork, Untrusted, Witness, tell, trusted
from db.outbox import Outbox, Stage
from db.outbox import Plan as Promise
from db.schedule import Digest, Due, Kept, Outcome, Pulse, Rule, Subscription
from db.state import StateFailure, StateUnusable

CURSOR = "reminders until"  # the fact that says up to when everything is in the ledger
OVERLAP = timedelta(minutes=10)  # looked at twice: what was saved just before a tick may be committed just after it
FRESH = timedelta(hours=1)  # how far the cursor may lie behind while nothing is due
AROUND = timedelta(days=2)  # no zone's day is further away
LATE = timedelta(minutes=1)  # what is planned later than this may have been posted by a store that has lost it: look first
PAUSE = 15.0  # seconds between two ticks

OUTCOMES: dict[Stage, Outcome] = {
    Stage.SENT: "sent",
    Stage.CONFIRMED: "sent",
    Stage.FAILED: "late",
    Stage.EXPIRED: "late",
    Stage.CANCELLED: "nothing",
}
# What Slack says of a channel that is gone, or that the bot may not post to any more.
CHANNEL_GONE = frozenset(
    """channel_not_found not_in_channel is_archived user_not_found cannot_dm_bot messages_tab_disabled restricted_action
    restricted_action_read_only_channel restricted_action_thread_only_channel restricted_action_non_threadable_channel""".split()
)


@dataclass
class Clock:
    """`time` is the database's where several machines share it, `wake` tells the sender that there is something to send."""

    book: Book
    outbox: Outbox
    time: Clockwork
    witness: Witness
    wake: Callable[[], object] = lambda: None
    _untrusted: bool = False
    _seen: set[tuple[str, datetime]] = field(default_factory=set)

    def run(self, stop: threading.Event, pause: float = PAUSE) -> None:
        """Ticks until it is told to stop. What goes wrong in one tick is in the log, and the next one tries again."""
        while not stop.is_set():
            self.safe_tick()
            stop.wait(pause)

    def safe_tick(self) -> None:
        try:
            self.tick()
        except (StateFailure, StateUnusable) as error:
            LOG.error("clock: state: %s", error)
        except Exception:
            LOG.exception("failure %s, clock", failure_id())

    def tick(self) -> int:
        """Settles and plans; how many posts were planned. Raises StateFailure when the store does not answer."""
        pulse = self.book.schedule.pulse()
        if pulse.finished:
            self.settle()
        planned = self.plan() if self._is_anything_up(pulse) else 0
        if planned:
            self.wake()
        return planned

    # what has become of what was posted

    def settle(self) -> None:
        """Takes over from the outbox what became of each post, each in a transaction with what follows from it.

        What Slack refused for another reason than its channel (a revoked token) is late: the next business day tries again.
        """
        for digest, stage, why in self.book.schedule.finished():
            gone = stage is Stage.FAILED and why in CHANNEL_GONE
            with self.book.schedule.state.together():
                if self.book.schedule.conclude(digest.id, "failed" if gone else OUTCOMES[stage], why, self.time()) and stage is Stage.FAILED:
                    self._failed(digest, why, gone)

    def _failed(self, digest: Digest, why: str, gone: bool) -> None:
        LOG.error("clock: the reminder of %s to %s was not taken: %s", digest.day, digest.channel, why)
        if gone:
            for owner, lang in dict(self._stopped(digest.team, digest.channel, why)).items():
                words = GONE["en" if lang == "en" else "ja"].format(channel=digest.channel, why=why)
                tell(self.outbox, digest, owner, ("gone",), words, self.time())

    def _stopped(self, team: str, channel: str, why: str) -> Iterable[tuple[str, str]]:
        """Stops whatever posts to this channel; owner and language of each."""
        schedule, now = self.book.schedule, self.time()
        for rule in schedule.rules.all():
            if _runs_in(rule, team, channel) and schedule.rules.change(rule, replace(rule.value, stopped=why), "renkei", "stopped", now):
                yield rule.value.owner, rule.value.lang
        for weekly in schedule.subscriptions.all():
            if _runs_in(weekly, team, channel) and schedule.subscriptions.change(weekly, replace(weekly.value, stopped=why), "renkei", "stopped", now):
                yield weekly.value.owner, weekly.value.lang

    # what falls due

    def plan(self) -> int:
        """Enters what has fallen due, and promises its posts; how many."""
        try:
            now = trusted(self.time, self.witness)
        except Untrusted as error:
            self._say_once(error)
            return 0
        self._untrusted = False
        with self.book.schedule.state.together():
            cursor = self._cursor()
            if cursor is None or cursor > now + TRUST:  # the first tick ever, or a store from a machine that was ahead
                self._advance(now)
                return 0
            planned = self._promised(self._due(cursor, now), now)
            self._advance(max(cursor, now - OVERLAP))
            return planned

    def _say_once(self, error: Untrusted) -> None:
        if not self._untrusted:
            LOG.error("clock: nothing is planned until the time is right: %s", error)
        self._untrusted = True

    def _is_anything_up(self, pulse: Pulse) -> bool:
        """Without asking Slack for the time, and without a lock."""
        now, cursor = self.time(), self._cursor()
        if pulse.stray or cursor is None or abs(now - cursor) > FRESH:
            return True
        found = {(due.rule, due.at) for due in self.book.timetable(pulse.revision).dues(cursor, now)}
        if found <= self._seen:
            return False
        if self._due(cursor, now):
            return True
        self._seen = found  # in the ledger, by us or by another clock
        return False

    def _cursor(self) -> datetime | None:
        kept = self.book.schedule.state.fact(CURSOR)
        return datetime.fromisoformat(kept) if kept else None

    def _advance(self, moment: datetime) -> None:
        self.book.schedule.state.set_fact(CURSOR, moment.isoformat(), moment)

    def _due(self, after: datetime, now: datetime) -> tuple[tuple[Due, str], ...]:
        """What has fallen due and is not in the ledger, and what has become too late for its day, with the post it was for."""
        timetable, strays = self.book.timetable(), self.book.schedule.strays()
        found = timetable.dues(after, now)
        known = self._entered(after) if found else frozenset()
        new = ((due, "") for due in found if (due.rule, due.day) not in known)
        return (*new, *((due, post) for due, post in strays if due.rule in timetable.times))

    def _entered(self, after: datetime) -> frozenset[tuple[str, date]]:
        return self.book.schedule.entered(after - AROUND)

    def _promised(self, found: tuple[tuple[Due, str], ...], now: datetime) -> int:
        timetable, before = self.book.timetable(), {(due.rule, due.at): post for due, post in found}
        if not found:
            return 0
        for team, channel in sorted({(due.team, due.channel) for due, _ in found}):
            self.book.schedule.hold(team, channel, now)
        dues = self._with_the_day(tuple(due for due, _ in found), now, timetable)
        return sum(self._promise(plan, before, now) for plan in plans(dues, now, timetable, self.book.schedule.taken))

    def _with_the_day(self, dues: tuple[Due, ...], now: datetime, timetable: Timetable) -> tuple[Due, ...]:
        known = self._entered(now - AROUND)
        more = with_the_day(dues, now, timetable)[len(dues) :]
        return (*dues, *(due for due in more if (due.rule, due.day) not in known))

    def _promise(self, plan: Plan, before: dict[tuple[str, datetime], str], now: datetime) -> bool:
        """Enters the dues of a post, and the post itself if any of them was nobody else's."""
        digest, schedule = plan.digest, self.book.schedule
        ours = [self._enter(due, before.get((due.rule, due.at), ""), digest.id, now) for due in plan.dues]
        if not any(ours):
            return False
        schedule.open_digest(digest)
        promise = Promise(id=digest.id, team=digest.team, channel=digest.channel, at=digest.at, kind=KIND, verify=now - digest.at > LATE)
        return self.outbox.plan(promise, now)

    def _enter(self, due: Due, before: str, post: str, now: datetime) -> bool:
        return self.book.schedule.move(due, before, post) if before else self.book.schedule.enter(due, post, now)


def _runs_in(kept: Kept[Rule] | Kept[Subscription], team: str, channel: str) -> bool:
    return (kept.value.team, kept.value.channel, kept.value.stopped) == (team, channel, "")
