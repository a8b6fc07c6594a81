"""What staff have set: deadlines, reminder rules, subscriptions, marks; and the ledger of what has fallen due.

What people set is never overwritten: each change is a row more, with who, when and what was done, and triggers refuse
anything else. What stands is the last version of each thing. Two people who change the same version: the second is told.

The ledger has a row for each (rule, due time), entered once over all processes, and a row for each post, which is one a
channel and day. A post goes out through the outbox under the same id; here stands what it was for, what it said, and what
became of it: the outbox forgets, and the next post speaks of the progress since the last one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Generic, Literal, TypeVar, get_args

from sqlalchemy import DDL, Column, Index, Integer, MetaData, Select, Table, Text, TypeDecorator, bindparam, event, func, select, update

from db.outbox import PART as OUTBOX
from db.outbox import Stage, channel_table, post_table
from db.state import Instant, Part, State, Words, insert_new, one_of, table

T = TypeVar("T")

Moving = Literal["before", "after"]
Ended = Literal["", "done", "cancelled"]
Outcome = Literal["", "sent", "nothing", "late", "failed"]
Sign = Literal["done", "undone", "assigned", "snoozed"]
Mood = Literal["open", "done"]


# --- values -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A deadline that staff have set.

    territory    whose municipalities it is for, by id; home: the territory that was home where it was set
    items        letters; () and a programme's name, or neither: then a municipality is open until it is marked as done
    responsible  who answers for it, as written
    ended        "" while it stands; "done" or "cancelled" afterwards
    """

    id: str
    team: str
    name: str
    day: date
    territory: str
    home: str
    items: tuple[str, ...] = ()
    programme: str = ""
    responsible: str = ""
    note: str = ""
    ended: Ended = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When reminders of a deadline are posted, and where.

    channel   C…, G… or, for a person, the D… of their direct messages; owner is the user who answers for the rule
    deadline  an id, or "" for every deadline of the territory
    ladder    business days before (negative) and after; minute: of the day in `zone`
    stopped   "" while it runs, else why it does not
    """

    id: str
    team: str
    channel: str
    owner: str
    territory: str
    ladder: tuple[int, ...]
    deadline: str = ""
    minute: int = 9 * 60
    zone: str = "Asia/Tokyo"
    lang: str = "ja"
    moving: Moving = "before"
    stopped: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A weekly digest: on which day of the week (0 is Monday), otherwise as in a Rule."""

    id: str
    team: str
    channel: str
    owner: str
    territory: str
    weekday: int = 0
    minute: int = 9 * 60
    zone: str = "Asia/Tokyo"
    lang: str = "ja"
    moving: Moving = "before"
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class Kept(Generic[T]):
    """A version of a thing, and who made it. `since` is when its times last changed: what was due before is not due by it."""

    value: T
    version: int
    since: datetime
    at: datetime
    who: str
    act: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What somebody has said under a reminder of one deadline.

    done, undone  of a municipality;  assigned: `value` is the user who looks after it, "" for nobody
    snoozed       the rule in `about` speaks of the deadline again on the day in `value`
    """

    sign: Sign
    team: str
    deadline: str
    about: str
    who: str
    at: datetime
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One reason to post: a step of a deadline's ladder; `days` None: put off to this day. A subscription's has no deadline."""

    deadline: str = ""
    days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A row of the ledger: a rule (or subscription) at one of its times, an instant, on `day` where the rule is."""

    rule: str
    at: datetime
    team: str
    channel: str
    day: date
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One post: everything that a channel is told on one day. `closes` is when it has become too late for this day."""

    id: str
    team: str
    channel: str
    day: date
    at: datetime
    closes: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """What a clock has to know at every tick, in one question.

    revision          changes when anything that was set does: all of it is only ever added to
    finished, stray   whether there is something to settle, and something that came to be too late for its day
    """

    revision: tuple[int, ...]
    finished: bool
    stray: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a post said of one subject (a deadline in a territory, a subscription): in which mood, and the facts it stood on."""

    subject: str
    day: date
    mood: Mood
    facts: Mapping[str, Any]


# --- columns and tables -----------------------------------------------------------------------------------------------


class Day(TypeDecorator[date]):
    """A date as ISO text, which sorts as it reads."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Any) -> str | None:  # noqa: ARG002
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Any) -> date | None:  # noqa: ARG002
        return None if value is None else date.fromisoformat(value)


class Listed(TypeDecorator[tuple[Any, ...]]):
    """A tuple of words or numbers as JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[Any, ...] | None, dialect: Any) -> str | None:  # noqa: ARG002
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Any) -> tuple[Any, ...] | None:  # noqa: ARG002
        return None if value is None else tuple(json.loads(value))


TABLES = MetaData()


def words(*names: str) -> list[Column[Any]]:
    return [Column(name, Words, nullable=False) for name in names]


def versions(name: str, *columns: Any) -> Table:
    """A table of the versions of one kind of thing."""
    first = (Column("id", Words, primary_key=True), Column("version", Integer, primary_key=True), *words("team"))
    made = (Column("since", Instant, nullable=False), Column("at", Instant, nullable=False), *words("who", "act"))
    return table(name, TABLES, *first, *columns, *made)


def times() -> list[Column[Any]]:
    """What rules and subscriptions have in common."""
    return [*words("channel", "owner", "territory"), Column("minute", Integer, nullable=False), *words("zone", "lang", "moving", "stopped")]


deadline_table = versions(
    "deadline_version",
    Column("day", Day, nullable=False),
    Column("items", Listed, nullable=False),
    *words("name", "territory", "home", "programme", "responsible", "note", "ended"),
    one_of("ended", get_args(Ended)),
)
rule_table = versions("rule_version", *times(), *words("deadline"), Column("ladder", Listed, nullable=False), one_of("moving", get_args(Moving)))
subscription_table = versions("subscription_version", *times(), Column("weekday", Integer, nullable=False), one_of("moving", get_args(Moving)))
mark_table = table(
    "reminder_mark",
    TABLES,
    Column("seq", Integer, primary_key=True),
    *words("sign", "team", "deadline", "about", "who", "value"),
    Column("at", Instant, nullable=False),
    one_of("sign", get_args(Sign)),
)
due_table = table(
    "reminder_due",
    TABLES,
    Column("rule", Words, primary_key=True),
    Column("at", Instant, primary_key=True),
    *words("team", "channel"),
    Column("day", Day, nullable=False),
    Column("steps", Words, nullable=False),
    Column("post", Words, nullable=False, index=True),
    Column("entered", Instant, nullable=False),
)
digest_table = table(
    "reminder_post",
    TABLES,
    Column("id", Words, primary_key=True),
    *words("team", "channel"),
    Column("day", Day, nullable=False),
    Column("at", Instant, nullable=False),
    Column("closes", Instant, nullable=False),
    *words("outcome", "why"),
    Column("settled", Instant),
    one_of("outcome", get_args(Outcome)),
    Index("reminder_post_outcome", "outcome"),
    Index("reminder_post_channel", "team", "channel", "day"),
)
said_table = table(
    "reminder_said",
    TABLES,
    Column("post", Words, primary_key=True),
    Column("subject", Words, primary_key=True, index=True),
    *words("mood", "facts"),
    one_of("mood", get_args(Mood)),
)

# What people have set can only be added to.
KEPT = (deadline_table, rule_table, subscription_table, mark_table)
REFUSAL = "what was set is never overwritten: add a version"
REFUSE_IN_SQLITE = "CREATE TRIGGER {table}_{act} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{said}'); END"
REFUSE_IN_POSTGRES = (
    "CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{said}'; END $$;"
    " CREATE TRIGGER {table}_{act} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
)
for each in KEPT:
    for act in ("UPDATE", "DELETE"):
        for dialect, statement in (("sqlite", REFUSE_IN_SQLITE), ("postgresql", REFUSE_IN_POSTGRES)):
            refuse: Any = DDL(statement.format(table=each.name, act=act, said=REFUSAL))  # type: ignore[no-untyped-call]
            event.listen(each, "after_create", refuse.execute_if(dialect=dialect))

PART = Part(name="schedule", tables=TABLES)


# --- SQL --------------------------------------------------------------------------------------------------------------

D, R, S = due_table.c, digest_table.c, said_table.c
POST, RULE, AT = bindparam("in_post", type_=Words), bindparam("in_rule", type_=Words), bindparam("in_at", type_=Instant)
TEAM, CHANNEL, SUBJECT = (bindparam(f"in_{name}", type_=Words) for name in ("team", "channel", "subject"))
DIGEST_COLUMNS = [R[field.name] for field in fields(Digest)]

ENTERED = select(D.rule, D.day).where(D.at > AT)
DUES_OF = select(due_table).where(D.post == POST).order_by(D.at, D.rule)
STRAY = select(due_table).join(digest_table, R.id == D.post).where(R.outcome == "late").order_by(D.at, D.rule)
HOLD = select(channel_table.c.channel).where(channel_table.c.team == TEAM, channel_table.c.channel == CHANNEL).with_for_update(key_share=True)
UNSETTLED = select(*DIGEST_COLUMNS).where(R.outcome == "").order_by(R.at, R.id)
FINISHED = (
    select(*DIGEST_COLUMNS, post_table.c.stage, post_table.c.why)
    .join(post_table, post_table.c.id == R.id)
    .where(
        R.outcome == "",
        post_table.c.stage.in_((Stage.SENT, Stage.CONFIRMED, Stage.FAILED, Stage.EXPIRED, Stage.CANCELLED)),
    )
    .order_by(R.at, R.id)
)
PULSE = select(*(select(func.count()).select_from(each).scalar_subquery() for each in KEPT), FINISHED.order_by(None).exists(), STRAY.order_by(None).exists())
DIGEST = select(*DIGEST_COLUMNS, R.outcome).where(R.id == POST)
LAST_SAID = (
    select(S.subject, R.day, S.mood, S.facts)
    .join(digest_table, R.id == S.post)
    .where(S.subject == SUBJECT, R.team == TEAM, R.channel == CHANNEL, R.outcome == "sent")
    .order_by(R.day.desc())
    .limit(1)
)
MOVE = update(due_table).where(D.rule == RULE, D.at == AT, D.post == bindparam("in_from", type_=Words))
CONCLUDE = update(digest_table).where(R.id == POST, R.outcome == "")
TAKEN = select(post_table.c.id).where(post_table.c.id == POST, (post_table.c.stage != Stage.PLANNED) | post_table.c.body.is_not(None))


# --- the store --------------------------------------------------------------------------------------------------------


class Things(Generic[T]):
    """The versions of one kind of thing. `moving` names the fields that decide when something is due."""

    def __init__(self, state: State, kind: type[T], source: Table, moving: frozenset[str]) -> None:
        self.state, self.kind, self.source, self.moving = state, kind, source, moving
        self.names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
        c, newest = source.c, source.alias()
        last = select(func.max(newest.c.version)).where(newest.c.id == c.id).correlate(source).scalar_subquery()
        self._latest: Select[Any] = select(source).where(c.version == last).order_by(c.id)
        self._one: Select[Any] = select(source).where(c.id == bindparam("key", type_=Words)).order_by(c.version)

    def add(self, value: T, who: str, now: datetime) -> bool:
        """Its first version; False if there is a thing of this id."""
        return self._insert(Kept(value, 1, now, now, who, "added"))

    def change(self, before: Kept[T], value: T, who: str, act: str, now: datetime) -> bool:
        """The next version; False if somebody else has made one since `before` was read."""
        moved = any(getattr(before.value, name) != getattr(value, name) for name in self.moving)
        return self._insert(Kept(value, before.version + 1, now if moved else before.since, now, who, act))

    def get(self, id_: str) -> Kept[T] | None:
        """As it stands."""
        return next(iter(self.trail(id_)[-1:]), None)

    def trail(self, id_: str) -> tuple[Kept[T], ...]:
        """Every version, oldest first: who, when, what."""
        with self.state.reading() as connection:
            return tuple(self._kept(row) for row in connection.execute(self._one, {"key": id_}))

    def all(self) -> tuple[Kept[T], ...]:
        """All things as they stand, ended and stopped ones too, by id."""
        with self.state.reading() as connection:
            return tuple(self._kept(row) for row in connection.execute(self._latest))

    def _insert(self, kept: Kept[T]) -> bool:
        row = {name: getattr(kept.value, name) for name in self.names}
        row |= {"version": kept.version, "since": kept.since, "at": kept.at, "who": kept.who, "act": kept.act}
        with self.state.writing() as connection:
            return insert_new(connection, self.source, row)

    def _kept(self, row: Any) -> Kept[T]:
        return Kept(self.kind(**{name: getattr(row, name) for name in self.names}), row.version, row.since, row.at, row.who, row.act)


class Schedule:
    """All of it, in a State's store. Safe to share between threads; any number of processes may use it. Joins `state.together()`."""

    def __init__(self, state: State) -> None:
        self.state = state
        state.ensure(OUTBOX)
        state.ensure(PART)
        when = frozenset({"channel", "territory", "minute", "zone", "moving", "stopped"})
        self.deadlines = Things(state, Deadline, deadline_table, frozenset({"day", "territory", "ended"}))
        self.rules = Things(state, Rule, rule_table, when | {"ladder", "deadline"})
        self.subscriptions = Things(state, Subscription, subscription_table, when | {"weekday"})

    def pulse(self) -> Pulse:
        with self.state.reading() as connection:
            *revision, finished, stray = connection.execute(PULSE).one()
        return Pulse(revision=tuple(revision), finished=bool(finished), stray=bool(stray))

    # marks

    def mark(self, mark: Mark) -> None:
        with self.state.writing() as connection:
            connection.execute(mark_table.insert(), {field.name: getattr(mark, field.name) for field in fields(Mark)})

    def marks(self) -> tuple[Mark, ...]:
        """All of them, in the order they were made."""
        query = select(*(mark_table.c[field.name] for field in fields(Mark))).order_by(mark_table.c.seq)
        with self.state.reading() as connection:
            return tuple(Mark(**row._mapping) for row in connection.execute(query))

    # the ledger

    def hold(self, team: str, channel: str, now: datetime) -> None:
        """Whoever plans for this channel, or words a post for it, does so alone until the transaction ends."""
        with self.state.writing() as connection:
            insert_new(connection, channel_table, {"team": team, "channel": channel, "free": now, "holder": "", "touched": now})
            connection.execute(HOLD, {"in_team": team, "in_channel": channel})

    def entered(self, after: datetime) -> frozenset[tuple[str, date]]:
        """The rules that are in the ledger with a time after this one, and the days: a rule whose hour is changed speaks once a day all the same."""
        with self.state.reading() as connection:
            return frozenset((row.rule, row.day) for row in connection.execute(ENTERED, {"in_at": after}))

    def enter(self, due: Due, post: str, now: datetime) -> bool:
        """True for exactly one caller over all processes."""
        steps = json.dumps([[step.deadline, step.days] for step in due.steps])
        row = {"rule": due.rule, "at": due.at, "team": due.team, "channel": due.channel, "day": due.day, "steps": steps, "post": post, "entered": now}
        with self.state.writing() as connection:
            return insert_new(connection, due_table, row)

    def move(self, due: Due, before: str, post: str) -> bool:
        """Another post is to speak of it; False if that has been seen to."""
        with self.state.writing() as connection:
            return connection.execute(MOVE, {"in_rule": due.rule, "in_at": due.at, "in_from": before, "post": post}).rowcount == 1

    def dues(self, post: str) -> tuple[Due, ...]:
        """What a post is for, earliest first."""
        with self.state.reading() as connection:
            return tuple(due_of(row) for row in connection.execute(DUES_OF, {"in_post": post}))

    def strays(self) -> tuple[tuple[Due, str], ...]:
        """What came to be too late to post on its day, with the post it was for."""
        with self.state.reading() as connection:
            return tuple((due_of(row), row.post) for row in connection.execute(STRAY))

    def taken(self, post: str) -> bool:
        """Whether the day's post is worded already, or over: what comes now is for another."""
        with self.state.reading() as connection:
            worded = connection.execute(TAKEN, {"in_post": post}).first() is not None
            row = connection.execute(DIGEST, {"in_post": post}).one_or_none()
        return worded or (row is not None and row.outcome != "")

    def open_digest(self, digest: Digest) -> bool:
        """Enters a post; False if it is there."""
        row = {field.name: getattr(digest, field.name) for field in fields(Digest)} | {"outcome": "", "why": "", "settled": None}
        with self.state.writing() as connection:
            return insert_new(connection, digest_table, row)

    def digest(self, post: str) -> tuple[Digest, Outcome] | None:
        """The post, and what became of it."""
        with self.state.reading() as connection:
            row = connection.execute(DIGEST, {"in_post": post}).one_or_none()
        return (digest_of(row), row.outcome) if row is not None else None

    def unsettled(self) -> tuple[Digest, ...]:
        """The posts of which nobody knows yet what became of them."""
        with self.state.reading() as connection:
            return tuple(digest_of(row) for row in connection.execute(UNSETTLED))

    def finished(self) -> tuple[tuple[Digest, Stage, str], ...]:
        """Posts that are over in the outbox and not yet concluded here, with their stage and what was said of it."""
        with self.state.reading() as connection:
            return tuple((digest_of(row), Stage(row.stage), row.why) for row in connection.execute(FINISHED))

    def conclude(self, post: str, outcome: Outcome, why: str, now: datetime) -> bool:
        """What became of a post; False if that is known."""
        with self.state.writing() as connection:
            return connection.execute(CONCLUDE, {"in_post": post, "outcome": outcome, "why": why, "settled": now}).rowcount == 1

    def say(self, post: str, said: Iterable[Said]) -> None:
        """What the post says. Once it is sent, it is the last word on each subject."""
        with self.state.writing() as connection:
            for each in said:
                facts = json.dumps(each.facts, ensure_ascii=False, sort_keys=True)
                insert_new(connection, said_table, {"post": post, "subject": each.subject, "mood": each.mood, "facts": facts})

    def last_said(self, team: str, channel: str, subject: str) -> Said | None:
        """The last word on a subject that stands in the channel."""
        with self.state.reading() as connection:
            row = connection.execute(LAST_SAID, {"in_team": team, "in_channel": channel, "in_subject": subject}).one_or_none()
        return Said(subject=row.subject, day=row.day, mood=row.mood, facts=json.loads(row.facts)) if row is not None else None


def due_of(row: Any) -> Due:
    steps = tuple(Step(deadline=deadline, days=days) for deadline, days in json.loads(row.steps))
    return Due(rule=row.rule, at=row.at, team=row.team, channel=row.channel, day=row.day, steps=steps)


def digest_of(row: Any) -> Digest:
    return Digest(**{field.name: getattr(row, field.name) for field in fields(Digest)})
