"""Posts that must stand in Slack once: planned, claimed, sent, settled. No Slack in here; whoever sends tells what became of it.

    planned -claim-> sending -sent-> sent            an answer with a ts
                             -again-> planned        certainly not posted: throttled, or no connection
                             -failed-> failed        certainly never: no such channel, revoked token
                             -unsure-> unknown       anything else, and a lease that ran out
                             -overtaken-> cancelled  a later one says it better
    unknown -inspect, found-> sent                   Slack's messages were read, and there it is, by the id in its metadata
            -inspect, absent-> planned               … and it is not there
            -inspect, unread (for too long)-> needs_human -accept-> sent | -resend-> planned | -cancel-> cancelled
    planned | unknown and absent, too late -> expired      sent twice perhaps -inspect, swept-> confirmed

A claim is committed before a byte goes out, and carries an epoch: whoever comes back late, after another has taken over,
changes nothing. The rules are pure functions over `Post`; SQL only fetches, locks and writes. The time is an argument:
`State.clock()` where several machines share the store.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID, uuid5

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    true,
    update,
)

from db.state import Instant, Part, State, Words, insert_new, one_of, table

NAMES = UUID("0d5c1f2e-6b1a-5f0e-9d57-52656e6b6569")
TRIES = 20  # claims that found their post taken away under them, before giving up until the next call


class Stage(StrEnum):
    """Where a post is."""

    PLANNED = "planned"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    NEEDS_HUMAN = "needs_human"


FINISHED = (Stage.SENT, Stage.CONFIRMED, Stage.FAILED, Stage.EXPIRED, Stage.CANCELLED)
Purpose = Literal["send", "look", "sweep"]

# act -> the stages in which it may be done. `sent` after the lease has run out is still true, as long as nobody has looked.
ALLOWED: Mapping[str, tuple[Stage, ...]] = {
    "claim": (Stage.PLANNED,),
    "expire": (Stage.PLANNED,),
    "distrust": (Stage.PLANNED,),
    "freeze": (Stage.SENDING,),
    "amend": (Stage.SENDING,),
    "overtaken": (Stage.SENDING,),
    "sent": (Stage.SENDING, Stage.UNKNOWN),
    "again": (Stage.SENDING,),
    "failed": (Stage.SENDING,),
    "unsure": (Stage.SENDING,),
    "lapse": (Stage.SENDING,),
    "inspect": (Stage.UNKNOWN, Stage.SENT),
    "found": (Stage.UNKNOWN,),
    "absent": (Stage.UNKNOWN,),
    "unread": (Stage.UNKNOWN, Stage.SENT),
    "hand_over": (Stage.UNKNOWN,),
    "swept": (Stage.SENT,),
    "mend": (Stage.PLANNED, Stage.SENDING, Stage.UNKNOWN, Stage.SENT),
    "accept": (Stage.NEEDS_HUMAN,),
    "resend": (Stage.NEEDS_HUMAN,),
    "cancel": (Stage.PLANNED, Stage.NEEDS_HUMAN),
}


# --- values -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long things take. `lease` must be longer than a post can take with its time-out, `settle` longer than Slack's reads lag behind."""

    lease: timedelta = timedelta(seconds=60)
    """How long a claim is one's own. Send only while lease − time-out − 5 s is left, by a monotonic clock."""
    settle: timedelta = timedelta(seconds=90)
    """From doubt to the first look into Slack."""
    pace: timedelta = timedelta(seconds=1)
    """Between the end of one post and the next claim in the same channel."""
    patience: timedelta = timedelta(minutes=15)
    """How long a doubt may stay unread before a person is asked."""
    skew: timedelta = timedelta(minutes=5)
    """What was touched further in the future than this was touched by a clock that has since been set back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A post to make. `id` from `post_id`: whoever plans the same again plans nothing.

    team, channel   where; a direct message by its D… id
    thread          the ts of the thread it goes into, or ""
    kind            "reply", "reminder" …, for people who read the ledger
    body            what is sent, as text (JSON); None to have it made at the first claim, see Outbox.freeze
    at              not before; also the order within the channel, so give the parts of one answer times a microsecond apart
    expires         not at all from then on, if it has not gone out; None for never
    verify          look into Slack before the first sending: it may have been posted by a store that has since lost it
    """

    id: str
    team: str
    channel: str
    at: datetime
    body: str | None = None
    thread: str = ""
    kind: str = ""
    expires: datetime | None = None
    verify: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A row of the ledger.

    epoch     rises with every claim; a claim of an older one is void
    due       when something is to be done next: send, give up the lease, look, look over; None: nothing, ever
    sends     how often it was claimed for sending; doubts: how many of those may have been posted unseen
    since     when it was first claimed for sending, or may first have been sent by a store that has lost it
    doubted   when the doubt that it is in began
    touched   when anything last changed
    ts        Slack's, once it is known; why: what was said of the last transition
    """

    id: str
    team: str
    channel: str
    thread: str
    kind: str
    stage: Stage
    epoch: int
    at: datetime
    due: datetime | None
    expires: datetime | None
    body: str | None
    sends: int
    doubts: int
    since: datetime | None
    doubted: datetime | None
    touched: datetime
    ts: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to do one thing with a post until `until`.

    "send"    freeze the body if it is None, post it with id and epoch in its metadata, then sent, again, failed or unsure
    "look"    read Slack's messages from `since` on for the id, then found, absent, unread or hand_over
    "sweep"   the same, delete all copies but the earliest, then swept or unread
    """

    purpose: Purpose
    until: datetime
    post: Post

    @property
    def id(self) -> str:
        return self.post.id

    @property
    def since(self) -> datetime:
        """No copy of it is older, but for clocks that differ: read from two minutes before."""
        return self.post.since or self.post.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A transition, as it was done. `stage` is the one it led to."""

    at: datetime
    act: str
    stage: Stage
    epoch: int
    why: str


def post_id(team: str, channel: str, *names: str) -> str:
    """The id of the post that these names name, the same in every process: never from its text, which may be another the next time."""
    return str(uuid5(NAMES, "\x1f".join((team, channel, *names))))


def backoff(sends: int) -> timedelta:
    """How long to wait after the n-th sending that certainly did not arrive: 1, 2, 4 … at most 300 seconds."""
    return timedelta(seconds=min(2 ** max(sends - 1, 0), 300))


# --- the rules: pure --------------------------------------------------------------------------------------------------


def planned(plan: Plan, now: datetime) -> Post:
    """Verified first, it begins as a doubt that may be looked into at once."""
    given = {field.name: getattr(plan, field.name) for field in fields(plan) if field.name != "verify"}
    post = Post(**given, stage=Stage.PLANNED, epoch=0, due=plan.at, sends=0, doubts=0, since=None, doubted=None, touched=now, ts="", why="")
    return doubted(post, now, plan.at) if plan.verify else post


def claimed(post: Post, now: datetime, timing: Timing) -> Post:
    return replace(post, stage=Stage.SENDING, epoch=post.epoch + 1, due=now + timing.lease, sends=post.sends + 1, since=post.since or now)


def inspected(post: Post, now: datetime, timing: Timing) -> Post:
    """The look is one's own for a lease; then another may look."""
    return replace(post, epoch=post.epoch + 1, due=now + timing.lease)


def doubted(post: Post, now: datetime, look: datetime) -> Post:
    return replace(post, stage=Stage.UNKNOWN, due=look, doubts=post.doubts + 1, doubted=now, since=post.since or post.at)


def delivered(post: Post, ts: str, now: datetime, timing: Timing) -> Post:
    """Looked over again if more than one sending may have arrived: this one and an earlier doubt, or two doubts of which one was found."""
    copies = post.doubts + (post.stage is Stage.SENDING)
    due, since = (now + 2 * timing.settle, now) if copies > 1 else (None, None)
    return replace(post, stage=Stage.SENT, ts=ts, due=due, doubted=since)


def retried(post: Post, when: datetime, now: datetime) -> Post:
    """Back to be sent, unless it has become too late."""
    if post.expires is not None and post.expires <= now:
        return finished(post, Stage.EXPIRED)
    return replace(post, stage=Stage.PLANNED, due=when, doubted=None)


def unread(post: Post, when: datetime, now: datetime, timing: Timing) -> Post:
    """Looked at again later, until patience ends: then a doubt is a person's to settle, and one sent for certain stays as it is."""
    if now - (post.doubted or now) < timing.patience:
        return replace(post, due=when)
    return finished(post, Stage.NEEDS_HUMAN if post.stage is Stage.UNKNOWN else post.stage)


def mended(post: Post, now: datetime) -> Post:
    """After a clock that was ahead: due now, but never before its time."""
    due = max(post.at, now) if post.stage is Stage.PLANNED else now
    return replace(post, due=due if post.due is not None else None, doubted=now if post.doubted else None)


def finished(post: Post, stage: Stage) -> Post:
    return replace(post, stage=stage, due=None, doubted=None)


# --- tables -----------------------------------------------------------------------------------------------------------

TABLES = MetaData()
channel_table = table(
    "outbox_channel",
    TABLES,
    Column("team", Words, primary_key=True),
    Column("channel", Words, primary_key=True),
    Column("free", Instant, nullable=False),  # when the next post may go there; the channel that was free first is served first
    Column("holder", Words, nullable=False),  # the post that is on its way there, or ""
    Column("touched", Instant, nullable=False),
)
post_table = table(
    "outbox_post",
    TABLES,
    Column("id", Words, primary_key=True),
    Column("team", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("thread", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("stage", Words, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("due", Instant),
    Column("expires", Instant),
    Column("body", Words),
    Column("sends", Integer, nullable=False),
    Column("doubts", Integer, nullable=False),
    Column("since", Instant),
    Column("doubted", Instant),
    Column("touched", Instant, nullable=False),
    Column("ts", Words, nullable=False),
    Column("why", Words, nullable=False),
    ForeignKeyConstraint(["team", "channel"], ["outbox_channel.team", "outbox_channel.channel"]),
    one_of("stage", tuple(Stage)),
    Index("outbox_post_queue", "team", "channel", "stage", "due"),
    Index("outbox_post_due", "stage", "due"),
)
event_table = table(
    "outbox_event",
    TABLES,
    Column("seq", Integer, primary_key=True),
    Column("post", Words, ForeignKey("outbox_post.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("act", Words, nullable=False),
    Column("stage", Words, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("why", Words, nullable=False),
)
PART = Part(name="outbox", tables=TABLES)

# --- SQL --------------------------------------------------------------------------------------------------------------
# Statements are made once: making one takes SQLAlchemy longer than the database takes to do it.

P, C, E = post_table.c, channel_table.c, event_table.c
Change = Callable[[Post], Post]
NOW, KEY = bindparam("now", type_=Instant), bindparam("key", type_=Words)
TEAM, CHANNEL = bindparam("in_team", type_=Words), bindparam("in_channel", type_=Words)


def every(where: ColumnElement[bool]) -> Select[Any]:
    """All posts that fit and that nobody else is changing now."""
    return select(post_table).where(where).order_by(P.id).with_for_update(skip_locked=True, key_share=True)


def free_channel(where: ColumnElement[bool]) -> Select[Any]:
    """The channel that has been free for longest and in which a post that fits is due, of those that nobody else has locked."""
    waiting = select(P.id).where(P.team == C.team, P.channel == C.channel, P.stage == Stage.PLANNED, P.due <= NOW, where)
    query = select(C.team, C.channel).where(C.free <= NOW, waiting.exists()).order_by(C.free, C.team, C.channel).limit(1)
    return query.with_for_update(skip_locked=True, key_share=True, of=channel_table)


FREE_CHANNEL, FREE_CHANNEL_OF = free_channel(true()), free_channel(P.id == KEY)
HEAD = (
    select(post_table)
    .where(P.team == TEAM, P.channel == CHANNEL, P.stage == Stage.PLANNED, P.due <= NOW)
    .order_by(P.at, P.id)
    .limit(1)
    .with_for_update(key_share=True)
)
ONE = select(post_table).where(P.id == KEY).with_for_update(key_share=True)
TOO_LATE = every(and_(P.stage == Stage.PLANNED, P.expires <= NOW))
OVERDUE = every(and_(P.stage == Stage.PLANNED, P.due <= NOW))
LAPSED = every(and_(P.stage == Stage.SENDING, P.due <= NOW))
AHEAD = every(and_(P.due.is_not(None), P.touched > NOW))
DOUBTFUL = (
    select(post_table)
    .where(P.stage.in_((Stage.UNKNOWN, Stage.SENT)), P.due <= NOW)
    .order_by(P.due, P.id)
    .limit(1)
    .with_for_update(skip_locked=True, key_share=True)
)
WRITE = update(post_table).where(P.id == KEY)
HOLD = update(channel_table).where(C.team == TEAM, C.channel == CHANNEL)
RELEASE = HOLD.where(C.holder == KEY)  # unless a later post has it
FREE_AHEAD = update(channel_table).where(C.touched > NOW)
NOTE = event_table.insert()
LATER = (
    select(P.id)
    .where(P.team == TEAM, P.channel == CHANNEL, P.thread == bindparam("in_thread", type_=Words), P.kind == bindparam("in_kind", type_=Words))
    .where(or_(P.at > NOW, and_(P.at == NOW, P.id > KEY)))
    .limit(1)
)
ONCE = select(post_table).where(P.id == KEY)
TRAIL = select(E.at, E.act, E.stage, E.epoch, E.why).where(E.post == KEY).order_by(E.seq)
COUNTS = select(P.stage, func.count()).group_by(P.stage)
NEXT_DUE = (
    select(func.min(case((P.stage == Stage.PLANNED, case((P.due > C.free, P.due), else_=C.free)), else_=P.due), type_=Instant))
    .select_from(post_table.join(channel_table, and_(P.team == C.team, P.channel == C.channel)))
    .where(P.due.is_not(None))
)


# --- the ledger -------------------------------------------------------------------------------------------------------


class Outbox:
    """The ledger of posts, in a State's store. Safe to share between threads; any number of processes may use it.

    Joins `state.together()`: plan a reply in one transaction with the event it answers, and claim it there to save a commit.
    What settles a claim answers False where the claim is void, and has then changed nothing.
    """

    def __init__(self, state: State, timing: Timing = Timing()) -> None:
        self.state = state
        self.timing = timing
        state.ensure(PART)

    # planning

    def plan(self, plan: Plan, now: datetime) -> bool:
        """True if it is new; a post of this id that is there stays as it is, whatever has become of it."""
        post = planned(plan, now)
        with self.state.writing() as connection:
            insert_new(connection, channel_table, {"team": plan.team, "channel": plan.channel, "free": now, "holder": "", "touched": now})
            new = insert_new(connection, post_table, row_of(post))
            if new:
                note(connection, post, "plan", now)
        return new

    def cancel(self, id_: str, why: str, now: datetime) -> bool:
        """False if it is on its way, in doubt, or over."""
        return self._change(id_, None, "cancel", now, why, lambda post: finished(post, Stage.CANCELLED)) is not None

    def distrust(self, why: str, now: datetime) -> int:
        """After a restore, or a server that may have forgotten: all that is due is looked up in Slack before it is sent. How many."""
        with self.state.writing() as connection:
            return change_all(connection, OVERDUE, now, "distrust", now, why, lambda post: doubted(post, now, now))

    # sending

    def claim(self, now: datetime, only: str = "") -> Claim | None:
        """The right to send the next post; None if none is due in a channel that is free. `only`: this post, if it is the next of its channel.

        One post at a time is under way to a channel, the earliest `at` first; channels take turns, so that none waits for another's queue.
        """
        with self.state.writing() as connection:
            change_all(connection, TOO_LATE, now, "expire", now, "", lambda post: finished(post, Stage.EXPIRED))
            for _ in range(TRIES):
                channel = connection.execute(FREE_CHANNEL_OF if only else FREE_CHANNEL, {"now": now} | ({"key": only} if only else {})).one_or_none()
                if channel is None:
                    return None
                post = self._claim_head(connection, channel.team, channel.channel, now, only)
                if post is not None:
                    return Claim(purpose="send", until=now + self.timing.lease, post=post)
                if only:
                    return None
        return None

    def freeze(self, claim: Claim, body: str, now: datetime) -> Claim | None:
        """Fixes what is sent, and gives the claim with the body that stands: the first one for ever. None if the claim is void."""
        done = self._change(claim.id, claim.post.epoch, "freeze", now, "", lambda post: replace(post, body=body) if post.body is None else post)
        return replace(claim, post=done) if done is not None else None

    def amend(self, claim: Claim, body: str, now: datetime) -> Claim | None:
        """Exchanges what is kept of the post while it is being sent: what has become known of it. None if the claim is void."""
        done = self._change(claim.id, claim.post.epoch, "amend", now, "", lambda post: replace(post, body=body))
        return replace(claim, post=done) if done is not None else None

    def sent(self, claim: Claim, ts: str, now: datetime) -> bool:
        """Slack answered with this ts."""
        return self._settle(claim, "sent", now, ts, lambda post: delivered(post, ts, now, self.timing))

    def again(self, claim: Claim, when: datetime, why: str, now: datetime) -> bool:
        """Certainly not posted, for a reason of its own (no connection, shutting down): this post is due again at `when`."""
        return self._settle(claim, "again", now, why, lambda post: retried(post, when, now))

    def throttled(self, claim: Claim, until: datetime, why: str, now: datetime) -> bool:
        """Certainly not posted, because Slack wants no post in this channel before `until`: all of its posts wait."""
        return self._settle(claim, "again", now, why, lambda post: retried(post, until, now), until)

    def failed(self, claim: Claim, why: str, now: datetime) -> bool:
        """Certainly not posted, and it never can be."""
        return self._settle(claim, "failed", now, why, lambda post: finished(post, Stage.FAILED))

    def overtaken(self, claim: Claim, now: datetime) -> bool:
        """Not sent, and not needed any more, see `has_later`."""
        return self._settle(claim, "overtaken", now, "", lambda post: finished(post, Stage.CANCELLED))

    def unsure(self, claim: Claim, why: str, now: datetime) -> bool:
        """Perhaps posted: looked for when Slack has settled, never sent blindly."""
        return self._settle(claim, "unsure", now, why, lambda post: doubted(post, now, now + self.timing.settle))

    # looking

    def inspect(self, now: datetime) -> Claim | None:
        """The right to look one post up in Slack; None if there is none to look up. Notices leases that ran out."""
        with self.state.writing() as connection:
            self._mend(connection, now)
            change_all(connection, LAPSED, now, "lapse", now, "the lease ran out", lambda post: doubted(post, now, now + self.timing.settle))
            row = connection.execute(DOUBTFUL, {"now": now}).one_or_none()
            post = apply(connection, row, None, "inspect", now, "", lambda post: inspected(post, now, self.timing))
        if post is None:
            return None
        return Claim(purpose="look" if post.stage is Stage.UNKNOWN else "sweep", until=now + self.timing.lease, post=post)

    def found(self, claim: Claim, ts: str, now: datetime) -> bool:
        """It stands in Slack; `ts` of the earliest copy."""
        return self._settle(claim, "found", now, ts, lambda post: delivered(post, ts, now, self.timing))

    def absent(self, claim: Claim, now: datetime) -> bool:
        """All of Slack's messages since `claim.since` were read, and it is not among them."""
        return self._settle(claim, "absent", now, "", lambda post: retried(post, now, now))

    def unread(self, claim: Claim, when: datetime, why: str, now: datetime) -> bool:
        """Slack could not be read: look again at `when`, and after Timing.patience ask a person."""
        return self._settle(claim, "unread", now, why, lambda post: unread(post, when, now, self.timing))

    def hand_over(self, claim: Claim, why: str, now: datetime) -> bool:
        """Slack cannot be read, now or later: a person has to say whether it is there."""
        return self._settle(claim, "hand_over", now, why, lambda post: finished(post, Stage.NEEDS_HUMAN))

    def swept(self, claim: Claim, ts: str, why: str, now: datetime) -> bool:
        """At most one copy stands, the one of this ts; `why` names what was deleted."""
        return self._settle(claim, "swept", now, why, lambda post: replace(finished(post, Stage.CONFIRMED), ts=ts))

    # people

    def accept(self, id_: str, who: str, now: datetime) -> bool:
        """A person has seen it in Slack."""
        return self._change(id_, None, "accept", now, who, lambda post: finished(post, Stage.SENT)) is not None

    def resend(self, id_: str, who: str, now: datetime) -> bool:
        """A person has seen that it is not in Slack, and wants it there, however late."""
        return self._change(id_, None, "resend", now, who, lambda post: retried(replace(post, expires=None), now, now)) is not None

    # reading

    def post(self, id_: str) -> Post | None:
        with self.state.reading() as connection:
            row = connection.execute(ONCE, {"key": id_}).one_or_none()
        return post_of(row) if row is not None else None

    def has_later(self, post: Post) -> bool:
        """Whether a post of the same kind to the same channel and thread was planned after this one, whatever has become of it."""
        where = {"in_team": post.team, "in_channel": post.channel, "in_thread": post.thread, "in_kind": post.kind, "key": post.id, "now": post.at}
        with self.state.reading() as connection:
            return connection.execute(LATER, where).first() is not None

    def posts(self, stage: Stage, limit: int = 100) -> tuple[Post, ...]:
        """The posts of a stage, those that changed last first."""
        query = select(post_table).where(P.stage == stage).order_by(P.touched.desc(), P.id).limit(limit)
        with self.state.reading() as connection:
            return tuple(post_of(row) for row in connection.execute(query))

    def trail(self, id_: str) -> tuple[Event, ...]:
        """What became of a post, oldest first."""
        with self.state.reading() as connection:
            found = connection.execute(TRAIL, {"key": id_}).all()
        return tuple(Event(at=row.at, act=row.act, stage=Stage(row.stage), epoch=row.epoch, why=row.why) for row in found)

    def counts(self) -> Mapping[Stage, int]:
        """How many posts are in each stage; stages without any are 0."""
        with self.state.reading() as connection:
            found = connection.execute(COUNTS).all()
        return dict.fromkeys(Stage, 0) | {Stage(stage): count for stage, count in found}

    def next_due(self) -> datetime | None:
        """When `claim` or `inspect` will next have something to do, if nobody does anything before; None for never. In the past: now."""
        with self.state.reading() as connection:
            found: datetime | None = connection.execute(NEXT_DUE).scalar_one()
        return found

    def purge(self, before: datetime) -> int:
        """Deletes posts that were over by then, with their trail; how many. An id that is gone can be planned anew: keep what may still be repeated."""
        over = and_(P.stage.in_(FINISHED), P.due.is_(None), P.touched < before)
        with self.state.writing() as connection:
            return connection.execute(delete(post_table).where(over)).rowcount

    def _settle(self, claim: Claim, act: str, now: datetime, why: str, change: Change, until: datetime | None = None) -> bool:
        """Applies the change if the claim still holds, and lets the next post into the channel, not before `until`."""
        with self.state.writing() as connection:
            post = self._change(claim.id, claim.post.epoch, act, now, why, change)
            if post is not None and claim.purpose == "send":
                free = now + self.timing.pace
                row = {"free": free if until is None else max(until, free), "holder": "", "touched": now}
                connection.execute(RELEASE, {"in_team": post.team, "in_channel": post.channel, "key": post.id} | row)
        return post is not None

    def _change(self, id_: str, epoch: int | None, act: str, now: datetime, why: str, change: Change) -> Post | None:
        with self.state.writing() as connection:
            return apply(connection, connection.execute(ONE, {"key": id_}).one_or_none(), epoch, act, now, why, change)

    def _claim_head(self, connection: Connection, team: str, channel: str, now: datetime, only: str) -> Post | None:
        """Claims the earliest post of a channel whose row is locked."""
        where = {"in_team": team, "in_channel": channel}
        row = connection.execute(HEAD, where | {"now": now}).one_or_none()
        if row is None or (only and row.id != only):
            return None
        post = apply(connection, row, None, "claim", now, "", lambda post: claimed(post, now, self.timing))
        connection.execute(HOLD, where | {"free": now + self.timing.lease, "holder": row.id, "touched": now})
        return post

    def _mend(self, connection: Connection, now: datetime) -> None:
        """A clock that was ahead left times that would stop a post, or a channel, until they come."""
        ahead = now + self.timing.skew
        connection.execute(FREE_AHEAD, {"now": ahead, "free": now, "holder": "", "touched": now})  # first: whoever claims locks the channel before the post
        change_all(connection, AHEAD, ahead, "mend", now, "the clock was set back", lambda post: mended(post, now))


def apply(connection: Connection, row: Any, epoch: int | None, act: str, now: datetime, why: str, change: Change) -> Post | None:
    """Writes what the change makes of a locked row, and the trail. None, and nothing, if there is no row, its stage
    does not allow the act, or (unless `epoch` is None) it is in another epoch."""
    if row is None or row.stage not in ALLOWED[act] or (epoch is not None and row.epoch != epoch):
        return None
    post = replace(change(post_of(row)), touched=now, why=why)
    values = row_of(post)
    connection.execute(WRITE, {"key": values.pop("id"), **values})
    note(connection, post, act, now)
    return post


def change_all(connection: Connection, query: Select[Any], until: datetime, act: str, now: datetime, why: str, change: Change) -> int:
    """Changes every post that the query finds for `until`; how many."""
    return sum(apply(connection, row, None, act, now, why, change) is not None for row in connection.execute(query, {"now": until}).all())


def note(connection: Connection, post: Post, act: str, now: datetime) -> None:
    connection.execute(NOTE, {"post": post.id, "at": now, "act": act, "stage": post.stage, "epoch": post.epoch, "why": post.why})


def row_of(post: Post) -> dict[str, Any]:
    return {field.name: getattr(post, field.name) for field in fields(post)}


def post_of(row: Any) -> Post:
    return Post(**{**row._mapping, "stage": Stage(row.stage)})
