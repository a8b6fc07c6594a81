"""What must not be lost: threads, preferences, seen events, the log of questions, small facts.

One code for an SQLite file and for PostgreSQL, over SQLAlchemy Core. Every function is one transaction; `together` makes
one of several. The time is always an argument: an aware datetime, kept in UTC to the microsecond. Other modules of db/ add
tables of their own as a `Part` (outbox.py does). Open a State after a server has forked, not before: connections do not fork.
"""

from __future__ import annotations

import functools
import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Self, get_args

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Dialect,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    bindparam,
    create_engine,
    delete,
    event,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from knowledge.normalise import normalise

TURNS = 8  # what is said again after more turns than this is said in full
KEEP = timedelta(days=14)
BUSY = 5  # seconds to wait for SQLite's lock, and for a connection to PostgreSQL
OLDEST_SQLITE = (3, 37, 0)  # STRICT tables
NAP = 0.002  # seconds between two tries to get SQLite's lock

Outcome = Literal["answered", "asked", "refused", "failed"]
Value = Literal["up", "down"]


class StateUnusable(Exception):
    """The store cannot be opened, or must not be used as it is; the message says what to change."""


class StateFailure(Exception):
    """This time the store did not answer. Nothing of the transaction is there, unless the connection broke while it was being committed."""


# --- values -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """What is remembered of a conversation: its last turns as they were typed, oldest first."""

    turns: tuple[str, ...]
    lang: str
    home: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a person has chosen; "" where nothing."""

    lang: str = ""
    home: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLog:
    """One question and what became of it. `user` is a pseudonym that whoever logs has made, or ""; `channel_kind` is theirs too."""

    id: str
    at: datetime
    team: str
    channel_kind: str
    lang: str
    question: str
    reading: str
    intent: str
    outcome: Outcome
    user: str = ""
    error_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What one person thought of one answer."""

    user: str
    value: Value
    note: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """Questions that are one when normalised: how often and by how many known people, and the last of them as it was asked."""

    times: int
    people: int
    last: datetime
    question: str
    lang: str
    reading: str
    intent: str
    outcome: Outcome


# --- columns ----------------------------------------------------------------------------------------------------------


class Words(TypeDecorator[str]):
    """Text from anywhere: NUL, which PostgreSQL refuses, and halves of surrogate pairs, which are no UTF-8, are replaced.

    Compared byte by byte, so that both engines sort and group alike.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(Text(collation="C") if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else value.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")


class Instant(TypeDecorator[datetime]):
    """An aware datetime: timestamptz in PostgreSQL, ISO 8601 of one length in SQLite, which sorts as it reads. A naive one is a ValueError."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no zone; the state keeps instants: use datetime.now(UTC)")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(UTC)


def one_of(column: str, values: Sequence[str]) -> CheckConstraint:
    """CHECK that the column holds one of these words of ours."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(str(value)) for value in values)})")


def table(name: str, metadata: MetaData, *items: Any) -> Table:
    """A table whose types SQLite holds to, as PostgreSQL does anyway."""
    return Table(name, metadata, *items, sqlite_strict=True)


# --- tables -----------------------------------------------------------------------------------------------------------

VERSIONS = MetaData()
version_table = table(
    "schema_version",
    VERSIONS,
    Column("part", Words, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("oldest", Integer, nullable=False),
)

TABLES = MetaData()
thread_table = table(
    "thread",
    TABLES,
    Column("team", Words, primary_key=True),
    Column("channel", Words, primary_key=True),
    Column("thread", Words, primary_key=True),
    Column("turns", Words, nullable=False),
    Column("lang", Words, nullable=False),
    Column("home", Words, nullable=False),
    Column("at", Instant, nullable=False, index=True),
)
preference_table = table(
    "preference",
    TABLES,
    Column("team", Words, primary_key=True),
    Column("user", Words, primary_key=True),
    Column("lang", Words, nullable=False),
    Column("home", Words, nullable=False),
    Column("at", Instant, nullable=False),
)
seen_table = table(
    "seen_event",
    TABLES,
    Column("id", Words, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
)
question_table = table(
    "question_log",
    TABLES,
    Column("id", Words, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    *(Column(name, Words, nullable=False) for name in ("team", "channel_kind", "user", "lang", "question", "key", "reading", "intent", "outcome", "error_id")),
    one_of("outcome", get_args(Outcome)),
)
feedback_table = table(
    "feedback",
    TABLES,
    Column("question", Words, ForeignKey("question_log.id", ondelete="CASCADE"), primary_key=True),
    Column("user", Words, primary_key=True),
    Column("value", Words, nullable=False),
    Column("note", Words, nullable=False),
    Column("at", Instant, nullable=False),
    one_of("value", get_args(Value)),
)
fact_table = table(
    "fact",
    TABLES,
    Column("key", Words, primary_key=True),
    Column("value", Words, nullable=False),
    Column("at", Instant, nullable=False),
)
Index("question_log_outcome_at", question_table.c.outcome, question_table.c.at)


# --- statements that every question asks: made once, because making one takes longer than doing it ----------------------


def row_at(source: Table, *names: str) -> Any:
    """SELECT of these columns of the row with a key, whose columns are given by name."""
    return select(*(source.c[name] for name in names)).where(*(column == bindparam(column.name, type_=column.type) for column in source.primary_key))


THREAD = row_at(thread_table, "turns", "lang", "home", "at")
PREFERENCES = row_at(preference_table, "lang", "home")
EVERYBODYS_PREFERENCES = select(*(preference_table.c[name] for name in ("team", "user", "lang", "home")))
QUESTION = row_at(question_table, *(field.name for field in fields(QuestionLog)))
FACT = row_at(fact_table, "value")
KNOWN_QUESTION = row_at(question_table, "id").with_for_update(read=True, key_share=True)


# --- schema versions --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From one version to the next. `breaks`: code of the version before must not run on the tables that this leaves.

    A step that only adds, with defaults, does not break: during a deploy both versions are at work.
    """

    change: Callable[[Connection], None]
    breaks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Tables that change their shape together. `tables` is how they are now; `steps` lead there from version 1, for a store that is older."""

    name: str
    tables: MetaData
    steps: tuple[Step, ...] = ()

    @property
    def version(self) -> int:
        return 1 + len(self.steps)

    @property
    def oldest(self) -> int:
        """The oldest version of the code that may work on the tables of this one."""
        return max((number for number, step in enumerate(self.steps, start=2) if step.breaks), default=1)


PART = Part(name="state", tables=TABLES)
MIGRATION_LOCK = 0x72656E6B6569  # any number that nobody else in the database uses: "renkei"


def bring_up(connection: Connection, part: Part) -> None:
    """Makes or changes the tables of the part, in the transaction that is open. One process at a time gets past the first lines."""
    if connection.dialect.name == "postgresql":  # CREATE TABLE IF NOT EXISTS alone fails when two do it at once; SQLite is locked by BEGIN IMMEDIATE
        connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
    VERSIONS.create_all(connection)
    known = known_version(connection, part)
    if known == 0:
        part.tables.create_all(connection)
    for step in part.steps[known - 1 :] if known else ():
        step.change(connection)
    if known < part.version:
        row = {"part": part.name, "version": part.version, "oldest": part.oldest}
        upsert(connection, version_table, row)


def known_version(connection: Connection, part: Part) -> int:
    """The version of the part's tables, 0 if there are none; StateUnusable if they are too new for this code."""
    if not inspect(connection).has_table(version_table.name):
        return 0
    row = connection.execute(select(version_table).where(version_table.c.part == part.name)).one_or_none()
    if row is not None and row.oldest > part.version:
        raise StateUnusable(
            f"The {part.name} tables have version {row.version}, which needs code of version {row.oldest} or newer; this code has {part.version}."
            " Run the newer Renkei, or restore the copy from before the update"
        )
    return row.version if row is not None else 0


@functools.cache
def insert_statement(dialect: str, into: Table, changed: tuple[str, ...]) -> Any:
    """INSERT that sets the `changed` columns of a row that has the key, or leaves it alone if none are named."""
    statement = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(into)
    if not changed:
        return statement.on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return statement.on_conflict_do_update(index_elements=list(into.primary_key), set_={name: statement.excluded[name] for name in changed})


def insert_new(connection: Connection, into: Table, row: dict[str, Any]) -> bool:
    """True if there was no row of this key. Over all processes exactly one is told so."""
    return connection.execute(insert_statement(connection.dialect.name, into, ()), row).rowcount == 1


def upsert(connection: Connection, into: Table, row: dict[str, Any], changed: tuple[str, ...] = ()) -> None:
    """Inserts the row, or sets the `changed` columns (all that are no key) of the one that has its key."""
    names = changed or tuple(name for name in row if name not in into.primary_key.columns)
    connection.execute(insert_statement(connection.dialect.name, into, names), row)


# --- engines ----------------------------------------------------------------------------------------------------------


def parse(url: str) -> URL:
    """DATABASE_URL as hosts give it -> an address that SQLAlchemy opens with psycopg 3 or sqlite3; StateUnusable if it is neither."""
    try:
        found = make_url(url.strip())
    except ArgumentError:
        raise StateUnusable("DATABASE_URL is no address of a database; write postgresql://user:password@host:5432/name or sqlite:////folder/state.db") from None
    if found.drivername.partition("+")[0] in ("postgres", "postgresql"):
        return found.set(drivername="postgresql+psycopg")
    if found.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise StateUnusable(f"DATABASE_URL begins with {found.drivername}:// but the state is kept in postgresql:// or sqlite:/// only")
    if not found.database or found.database == ":memory:" or found.database.startswith("file:"):
        raise StateUnusable(f"DATABASE_URL is {found}, which names no file; write sqlite:////folder/state.db, on a disk that outlives a restart")
    return found


def journal_mode(version: tuple[int, int, int]) -> str:
    """How SQLite of this version should journal: "wal" only where two connections that check-point at once cannot corrupt the file.

    The WAL-reset bug is in every version from 3.7.0 on, and was repaired in 3.51.3, 3.50.7 and 3.44.6. Otherwise "truncate",
    which flushes the end of a transaction too; "delete" does not, so that a power cut could undo one, and takes twice as long.
    """
    repaired = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return "wal" if repaired else "truncate"


def postgres_engine(url: URL) -> Engine:
    """No prepared statements: behind PgBouncer the next transaction has another connection. A dead server is noticed in seconds, not hours."""
    given: dict[str, Any] = {"prepare_threshold": None}
    waits = {"connect_timeout": BUSY, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 30_000}
    given |= {name: value for name, value in waits.items() if name not in url.query}
    pool: dict[str, Any] = {"pool_pre_ping": True, "pool_size": 4, "max_overflow": 8, "pool_timeout": 10}  # small hosted plans allow 20 connections
    return create_engine(url, connect_args=given, isolation_level="READ COMMITTED", hide_parameters=True, **pool)


def sqlite_engine(url: URL, path: Path) -> Engine:
    """Every transaction that may write takes the lock at its beginning: one that reads first and writes then would fail, not wait."""
    engine = create_engine(url, pool_size=8, max_overflow=32, pool_timeout=10, hide_parameters=True)
    opened, journal, busy = identity(path), journal_mode(sqlite3.sqlite_version_info), patience(url)

    def connected(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # sqlite3 begins nothing by itself; `begun` does
        for pragma in (f"journal_mode = {journal}", "foreign_keys = ON", "synchronous = FULL", "mmap_size = 0"):
            patiently(connection, busy, f"PRAGMA {pragma}")

    def begun(connection: Connection) -> None:
        if identity(path) != opened:  # what is written to a deleted file is gone, and SQLite says nothing
            raise StateUnusable(f"{path} was deleted or replaced while it was in use; stop every process of Renkei, put the right file there, and start again")
        raw: Any = connection.connection.dbapi_connection
        begin = ("BEGIN", "SELECT 1 FROM sqlite_schema") if connection.get_execution_options().get("only_reads") else ("BEGIN IMMEDIATE",)
        patiently(raw, busy, *begin)

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)
    return engine


def patiently(connection: sqlite3.Connection, seconds: float, *statements: str) -> str:
    """Runs the statements, again from the first while others hold the file; the first value of the last one's first row, or "".

    SQLite's own waiting naps for 0.1 s at a time, and a process that writes without a pause starves it; this one asks often.
    """
    end = time.monotonic() + seconds
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                row = [connection.execute(statement).fetchone() for statement in statements][-1]
                return str(row[0]) if row else ""
            except sqlite3.OperationalError as error:
                connection.rollback()
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                    raise
            time.sleep(NAP)
    finally:
        connection.execute(f"PRAGMA busy_timeout = {seconds * 1000:.0f}")


def identity(path: Path) -> tuple[int, int]:
    """Which file it is, whatever it is called; (0, 0) if there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_dev, found.st_ino


def make_file(path: Path) -> None:
    """An empty file that nobody else may read, unless there is one: questions are in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def settle_journal(path: Path, seconds: float) -> None:
    """Sets the journal mode that is safe here; "wal" or not is kept in the file. StateUnusable if others hold the file in another mode."""
    wanted = journal_mode(sqlite3.sqlite_version_info)
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        if patiently(connection, seconds, "PRAGMA journal_mode") != wanted:
            patiently(connection, seconds, f"PRAGMA journal_mode = {wanted}")
    except sqlite3.OperationalError as error:
        raise StateUnusable(
            f"{path} should be journalled as {wanted} under SQLite {sqlite3.sqlite_version}, but another process holds it otherwise ({error});"
            " run every process of Renkei with one Python"
        ) from error
    finally:
        connection.close()


def patience(url: URL) -> float:
    """Seconds to wait for SQLite's lock: ?timeout= of the address, or BUSY."""
    return float(str(url.query.get("timeout", BUSY)))


def open_engine(url: URL) -> Engine:
    """An engine for the address; an SQLite file is there afterwards."""
    if not url.drivername.startswith("sqlite"):
        return postgres_engine(url)
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StateUnusable(f"Python comes with SQLite {sqlite3.sqlite_version}; the state needs 3.37 or newer, or PostgreSQL by DATABASE_URL")
    path = Path(str(url.database))
    make_file(path)
    settle_journal(path, patience(url))
    return sqlite_engine(url, path)


def refuse_forgetting(engine: Engine) -> None:
    """StateUnusable if the server may lose what it has acknowledged."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        if connection.execute(text("SHOW synchronous_commit")).scalar_one() == "off":
            raise StateUnusable(
                "PostgreSQL runs with synchronous_commit = off and forgets what it has acknowledged when it crashes, so that a message could be posted twice;"
                f" set it to on: ALTER DATABASE {engine.url.database} SET synchronous_commit = on"
            )


# --- the store --------------------------------------------------------------------------------------------------------


class State:
    """The store. Safe to share between threads; any number of processes may have it open.

    Every function raises StateFailure when the store does not answer, and then nothing was changed.
    """

    def __init__(self, engine: Engine, keep: timedelta = KEEP) -> None:
        self.engine = engine
        """For slack_sdk's installation store, which keeps its tables beside ours."""
        self.keep = keep
        self._reader = engine.execution_options(only_reads=True)
        self._here = threading.local()
        self.ensure(PART)

    @classmethod
    def open(cls, url: str = "sqlite:///var/state.db", keep: timedelta = KEEP) -> Self:
        """Opens the store, and makes or updates its tables. `keep` is how long a thread is remembered after its last turn. Raises StateUnusable."""
        address = parse(url)
        try:
            engine = open_engine(address)
            try:
                refuse_forgetting(engine)
                return cls(engine, keep)
            except BaseException:
                engine.dispose()
                raise
        except (SQLAlchemyError, sqlite3.Error, OSError, StateFailure) as error:
            where = address.render_as_string()
            raise StateUnusable(f"{where} cannot be opened: {reason(error)}; check that it is there and that DATABASE_URL is right") from error

    def close(self) -> None:
        self.engine.dispose()

    def ensure(self, part: Part) -> None:
        """Makes or updates the tables of a part, unless they are as they should be."""
        with self.reading() as connection:
            if known_version(connection, part) >= part.version:
                return
        with self.writing() as connection:
            bring_up(connection, part)

    def clock(self) -> datetime:
        """The time by the clock of the database, the one that several machines have in common."""
        with self.reading() as connection:
            if connection.dialect.name == "sqlite":
                return datetime.fromisoformat(connection.exec_driver_sql("SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')").scalar_one())
            found: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return found.astimezone(UTC)

    def describe(self) -> str:
        """The store in one line, without secrets, for `doctor` and the log."""
        with self.reading() as connection:
            if connection.dialect.name == "postgresql":
                return f"PostgreSQL {connection.execute(text('SHOW server_version')).scalar_one()}, {self.engine.url.render_as_string()}"
            mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        return f"SQLite {sqlite3.sqlite_version}, journal {mode}, {self.engine.url.database}"

    def check(self) -> None:
        """Raises StateUnusable or StateFailure if the store is damaged, gone or does not answer. Reads all of an SQLite file."""
        with self.writing() as connection:
            if connection.dialect.name == "sqlite":
                found = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
                if found != "ok":
                    raise StateUnusable(f"{self.engine.url.database} is damaged ({found}); stop Renkei and restore the last backup")

    # transactions

    @contextmanager
    def together(self) -> Iterator[None]:
        """What this thread does inside is kept as a whole or not at all: `with state.together(): …`. Do nothing slow inside: others wait."""
        with self.writing():
            yield

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may write, or the one that this thread is in. For modules of db/."""
        if (outer := self._current()) is not None:
            with self._marked():
                yield outer
            return
        self._here.broken = False
        with telling(), self.engine.begin() as connection:
            self._here.connection = connection
            try:
                yield connection
                if self._here.broken:  # PostgreSQL would answer COMMIT with a quiet ROLLBACK
                    raise StateFailure("A part of what belongs together failed, so that none of it was kept")
            finally:
                self._here.connection = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads, or the one that this thread is in. For modules of db/."""
        if (outer := self._current()) is not None:
            with self._marked():
                yield outer
            return
        with telling(), self._reader.connect() as connection:
            yield connection

    def _current(self) -> Connection | None:
        return getattr(self._here, "connection", None)

    @contextmanager
    def _marked(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._here.broken = True
            raise

    # threads

    def remember(self, team: str, channel: str, thread: str, turns: Sequence[str], lang: str, home: str, now: datetime) -> None:
        """Keeps the last TURNS of `turns`, in place of what was remembered."""
        kept = json.dumps(list(turns)[-TURNS:], ensure_ascii=False)
        row = {"team": team, "channel": channel, "thread": thread, "turns": kept, "lang": lang, "home": home, "at": now}
        with self.writing() as connection:
            upsert(connection, thread_table, row)

    def recall(self, team: str, channel: str, thread: str, now: datetime) -> Thread | None:
        """What is remembered of the thread; None if nothing, or if its last turn is `keep` old."""
        with self.reading() as connection:
            row = connection.execute(THREAD, {"team": team, "channel": channel, "thread": thread}).one_or_none()
        if row is None or now - row.at >= self.keep:
            return None
        return Thread(turns=tuple(json.loads(row.turns)), lang=row.lang, home=row.home, at=row.at)

    def purge_threads(self, now: datetime) -> int:
        """Deletes what `recall` would not give any more; how many."""
        return self._delete_before(thread_table, now - self.keep)

    # people

    def preferences(self, team: str, user: str) -> Preferences:
        with self.reading() as connection:
            row = connection.execute(PREFERENCES, {"team": team, "user": user}).one_or_none()
        return Preferences(lang=row.lang, home=row.home) if row is not None else Preferences()

    def everybodys_preferences(self) -> dict[tuple[str, str], Preferences]:
        """By team and user, of all who have chosen anything."""
        with self.reading() as connection:
            rows = connection.execute(EVERYBODYS_PREFERENCES).all()
        return {(row.team, row.user): Preferences(lang=row.lang, home=row.home) for row in rows}

    def prefer(self, team: str, user: str, *, now: datetime, lang: str | None = None, home: str | None = None) -> None:
        """Sets what is given and leaves the rest; "" takes a choice back."""
        given = {name: value for name, value in (("lang", lang), ("home", home)) if value is not None}
        row = {"team": team, "user": user, "lang": "", "home": "", "at": now} | given
        with self.writing() as connection:
            upsert(connection, preference_table, row, (*given, "at"))

    # events

    def first_time(self, event_id: str, now: datetime) -> bool:
        """True for exactly one caller over all threads and processes. Do what follows from the event `together` with this: a crash forgets both or neither."""
        with self.writing() as connection:
            return insert_new(connection, seen_table, {"id": event_id, "at": now})

    def purge_events(self, before: datetime) -> int:
        """Forgets events that were seen before; how many. Slack repeats one for five minutes, and after an outage for longer."""
        return self._delete_before(seen_table, before)

    # questions

    def log_question(self, log: QuestionLog) -> bool:
        """Appends it; False if there is one of this id, which stays as it is."""
        row = {field.name: getattr(log, field.name) for field in fields(log)} | {"key": question_key(log.question)}
        with self.writing() as connection:
            return insert_new(connection, question_table, row)

    def log_questions(self, logs: Sequence[QuestionLog]) -> None:
        """Appends those whose id is new, in one transaction: many cost little more than one."""
        names = [field.name for field in fields(QuestionLog)]
        rows = [{name: getattr(log, name) for name in names} | {"key": question_key(log.question)} for log in logs]
        if rows:
            with self.writing() as connection:
                connection.execute(insert_statement(connection.dialect.name, question_table, ()), rows)

    def question(self, id_: str) -> QuestionLog | None:
        with self.reading() as connection:
            row = connection.execute(QUESTION, {"id": id_}).one_or_none()
        return QuestionLog(**row._mapping) if row is not None else None

    def feedback(self, question_id: str, user: str, value: Value, note: str, now: datetime) -> bool:
        """What this person thinks of the answer, in place of what they thought before; False if the question is not in the log (any more)."""
        row = {"question": question_id, "user": user, "value": value, "note": note, "at": now}
        with self.writing() as connection:
            if connection.execute(KNOWN_QUESTION, {"id": question_id}).one_or_none() is None:
                return False
            upsert(connection, feedback_table, row)
            return True

    def feedback_on(self, question_id: str) -> tuple[Feedback, ...]:
        """Oldest first."""
        t = feedback_table.c
        query = select(t.user, t.value, t.note, t.at).where(t.question == question_id).order_by(t.at, t.user)
        with self.reading() as connection:
            return tuple(Feedback(**row._mapping) for row in connection.execute(query))

    def unanswered(self, since: datetime, limit: int = 50, outcomes: Sequence[Outcome] = ("refused", "failed")) -> tuple[Unanswered, ...]:
        """What was asked since then and came to one of these outcomes: most asked first, then the latest."""
        t = question_table.c
        chosen = (t.at >= since) & t.outcome.in_(outcomes)
        latest = func.row_number().over(partition_by=t.key, order_by=(t.at.desc(), t.id.desc())).label("place")
        one = select(t.key, t.at, t.question, t.lang, t.reading, t.intent, t.outcome, latest).where(chosen).subquery()
        people = func.count(func.nullif(t.user, "").distinct()).label("people")
        group = select(t.key, func.count().label("times"), people).where(chosen).group_by(t.key).subquery()
        query = (
            select(group.c.times, group.c.people, one.c.at.label("last"), one.c.question, one.c.lang, one.c.reading, one.c.intent, one.c.outcome)
            .join(group, group.c.key == one.c.key)
            .where(one.c.place == 1)
            .order_by(group.c.times.desc(), one.c.at.desc(), one.c.key)
            .limit(limit)
        )
        with self.reading() as connection:
            return tuple(Unanswered(**row._mapping) for row in connection.execute(query))

    def purge_questions(self, before: datetime) -> int:
        """Deletes questions asked before, and what was thought of their answers; how many questions."""
        return self._delete_before(question_table, before)

    # small facts

    def fact(self, key: str) -> str | None:
        with self.reading() as connection:
            return connection.execute(FACT, {"key": key}).scalar_one_or_none()

    def set_fact(self, key: str, value: str | None, now: datetime) -> None:
        """None takes it away."""
        with self.writing() as connection:
            if value is None:
                connection.execute(delete(fact_table).where(fact_table.c.key == key))
            else:
                upsert(connection, fact_table, {"key": key, "value": value, "at": now})

    def first_fact(self, key: str, value: str, now: datetime) -> str:
        """Sets the fact unless it is set; what stands then, the same for every process. For what is made up once, such as a salt."""
        with self.writing() as connection:
            insert_new(connection, fact_table, {"key": key, "value": value, "at": now})
            return str(connection.execute(FACT, {"key": key}).scalar_one())

    def _delete_before(self, table: Table, before: datetime) -> int:
        with self.writing() as connection:
            return connection.execute(delete(table).where(table.c.at < before)).rowcount


def question_key(question: str) -> str:
    """Equal for questions that differ in width, case, spacing at the ends or closing marks only."""
    return normalise(question).text.strip(" ?!.,。、")


@contextmanager
def telling() -> Iterator[None]:
    """SQLAlchemy's errors -> StateFailure, without the values of the statement, in its traceback either: they are what people wrote."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        cause = getattr(error, "orig", None)
        if isinstance(cause, ValueError):  # the caller's mistake, not the store's: a time without a zone
            raise cause from None
        raise StateFailure(f"The state did not answer: {reason(error)}") from None


def reason(error: BaseException) -> str:
    """The first line of what the driver says: PostgreSQL's next one quotes the values."""
    return (str(getattr(error, "orig", None) or error).strip() or type(error).__name__).splitlines()[0]
