"""A reminder on its way out: worded when it is sent, from the statuses as they are then, and sent like every other post.

The outbox holds a reminder without words. Whoever has the claim words it here, in one transaction with the memory of what it
says; a retry sends the same bytes. Nobody open any more, too late for the day, or the rule stopped meanwhile: then nothing is
sent. A machine whose clock is wrong words nothing: the time must be Slack's time too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.ask import Asker
from bot.calendar import Office
from bot.due import Post, Section, Timetable, post_of
from bot.notice import Notices
from bot.render.slack import escape, slack
from bot.standing import facts_from, goals
from bot.ways import Replying, Sending, Unposted, Void, sending_of
from db.outbox import Claim, Outbox, Plan, post_id
from db.outbox import Post as Kept
from db.schedule import Digest, Schedule
from knowledge.base import KnowledgeBase
from knowledge.model import Lang

TRUST = timedelta(minutes=2)  # between our clock and Slack's
KIND = "reminder"

Clockwork = Callable[[], datetime]
Witness = Callable[[], datetime | None]
"""The time by somebody else's clock, such as the Date of an answer of Slack's; None if there is no answer."""


@dataclass
class Book:
    """Everything that was set, with the deadlines of the data, as it stands now; read again when anything has changed."""

    kb: KnowledgeBase
    schedule: Schedule
    office: Office = field(default=Office())
    _known: tuple[tuple[int, ...], Timetable] = field(default=((), Timetable()))

    def timetable(self, revision: tuple[int, ...] = ()) -> Timetable:
        """`revision`, if it has just been read."""
        revision = revision or self.schedule.pulse().revision
        if self._known[0] != revision:
            self._known = revision, self._read()
        return self._known[1]

    def _read(self) -> Timetable:
        return Timetable(
            rules=self.schedule.rules.all(),
            subscriptions=self.schedule.subscriptions.all(),
            goals=goals(self.kb, self.schedule.deadlines.all()),
            marks=self.schedule.marks(),
            office=self.office,
        )


class Untrusted(Unposted):
    """Our clock and Slack's differ, or Slack does not say what time it is: nothing that depends on the time is done."""


def trusted(clock: Clockwork, witness: Witness) -> datetime:
    """The time, if Slack agrees; raises Untrusted."""
    now, seen = clock(), witness()
    if seen is None:
        raise Untrusted("Slack does not say what time it is")
    if abs(seen - now) > TRUST:
        raise Untrusted(f"the clock here says {now:%Y-%m-%d %H:%M:%S} UTC, Slack's says {seen:%Y-%m-%d %H:%M:%S}; set the clock of this machine")
    return now


def slack_time(client: WebClient) -> datetime | None:
    """The time by Slack's clock: the Date of an answer, which every web server gives, to the second."""
    try:
        headers = {str(name).lower(): value for name, value in dict(client.auth_test().headers or {}).items()}
        return parsedate_to_datetime(headers["date"]).astimezone(UTC)
    except (SlackApiError, OSError, HTTPException, KeyError, ValueError):
        return None


@dataclass
class Wording:
    """Makes the words of a reminder, once, at its first claim."""

    asker: Asker
    book: Book
    outbox: Outbox
    clock: Clockwork
    witness: Witness

    def worded(self, claim: Claim) -> Claim | None:
        """The claim with what is to be sent; None if nothing is (any more), which is then in the ledger. Raises Untrusted."""
        now, post, schedule = trusted(self.clock, self.witness), claim.post, self.book.schedule
        with schedule.state.together():
            schedule.hold(post.team, post.channel, now)
            found = schedule.digest(post.id)
            if found is None or found[1] != "":
                return None
            if now < found[0].at - TRUST:
                raise Untrusted(f"it is not {found[0].at:%H:%M} UTC yet")  # another machine's clock was ahead when it took this post
            if now >= found[0].closes:
                schedule.conclude(post.id, "late", "", now)
                return None
            return self._frozen(claim, found[0], now)

    def _frozen(self, claim: Claim, digest: Digest, now: datetime) -> Claim | None:
        schedule, timetable = self.book.schedule, self.book.timetable()
        facts = facts_from(self.asker.kb, timetable.marks, lambda subject: schedule.last_said(digest.team, digest.channel, subject))
        post = post_of(digest, schedule.dues(digest.id), timetable, facts)
        self._tell_of_lost(digest, post, timetable, now)
        if not post:
            schedule.conclude(digest.id, "nothing", "", now)
            return None
        frozen = self.outbox.freeze(claim, self._body(digest, post), now)
        if frozen is not None:
            schedule.say(digest.id, post.said())
        return frozen

    def _body(self, digest: Digest, post: Post) -> str:
        payload = slack(Notices(self.asker.speaker).message(post))
        return Sending(kind="reply", team=digest.team, channel=digest.channel, payload=payload).checked().body()

    def _tell_of_lost(self, digest: Digest, post: Post, timetable: Timetable, now: datetime) -> None:
        """A warning that came too late for the channel goes to whoever answers for it."""
        for rule, section in post.lost:
            owner = timetable.times[rule].owner
            tell(self.outbox, digest, owner, ("lost", section.goal.id), self._lost(section, post.lang), now)

    def _lost(self, section: Section, lang: Lang) -> str:
        return Notices(self.asker.speaker).lost(section, lang)


def tell(outbox: Outbox, digest: Digest, owner: str, about: tuple[str, ...], words: str, now: datetime) -> None:
    """A line to the owner of a rule, once, through the outbox."""
    if owner:
        body = Sending(kind="reply", team=digest.team, channel=owner, payload={"text": escape(words)}).body()
        outbox.plan(Plan(id=post_id(digest.team, owner, digest.id, *about), team=digest.team, channel=owner, at=now, kind="reply", body=body), now)


@dataclass(frozen=True, slots=True)
class Reminding:
    """The way out of the bot's messages: a reminder is worded first, everything else is as it was; both are posted as replies are."""

    client: WebClient
    wording: Wording
    looked_for: bool = True

    def send(self, claim: Claim, sending: Sending) -> str:
        if claim.post.kind != KIND:
            return Replying(self.client).send(claim, sending)
        ready = self.wording.worded(claim)
        if ready is None:
            raise Void
        return Replying(self.client).send(ready, sending_of(ready.post))

    def bears(self, message: Mapping[str, Any], post: Kept, sending: Sending) -> bool:
        return Replying(self.client).bears(message, post, sending)

    def after(self, sending: Sending) -> Sending | None:
        return Replying(self.client).after(sending)

    def instead(self, sending: Sending, failure: str, *, sure: bool) -> Sending | None:
        """Of a reminder nothing: the clock sees that it failed, stops the rules and tells their owners."""
        return Replying(self.client).instead(sending, failure, sure=sure)
