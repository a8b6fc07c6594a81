"""The store keeps what it said it kept, once, for every process, on both engines. What is refused is refused in a sentence."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from postgres import ENGINES, fresh_store, memory_folder, process, server
from sqlalchemy import Column, Connection, Integer, MetaData, delete, event, text
from sqlalchemy.exc import SQLAlchemyError

from db.outbox import Outbox
from db.state import (
    KEEP,
    TABLES,
    TURNS,
    Feedback,
    Outcome,
    Part,
    Preferences,
    QuestionLog,
    State,
    StateFailure,
    StateUnusable,
    Step,
    Unanswered,
    Words,
    journal_mode,
    parse,
    table,
)

NOW = datetime(2018, 2, 1, 0, 0, 0, 123456, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a store that nobody has opened yet."""
    return fresh_store(request.param, tmp_path)


@pytest.fixture
def own(url: str) -> Iterator[State]:
    """A store of the test's own, for what changes its tables."""
    opened = State.open(url)
    yield opened
    opened.close()


@pytest.fixture(scope="module", params=ENGINES)
def shared(request: pytest.FixtureRequest) -> Iterator[State]:
    with memory_folder() as folder:
        opened = State.open(fresh_store(request.param, folder))
        yield opened
        opened.close()


@pytest.fixture
def state(shared: State) -> State:
    """An empty store."""
    with shared.writing() as connection:
        for each in reversed(TABLES.sorted_tables):
            connection.execute(delete(each))
    return shared


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of an SQLite store, for what only concerns files."""
    return tmp_path / "state.db"


def asked(id_: str, question: str = "(オ)がまだの市町は？", *, at: datetime = NOW, outcome: Outcome = "refused", user: str = "") -> QuestionLog:
    return QuestionLog(
        id=id_, at=at, team="T1", channel_kind="im", user=user, lang="ja", question=question, reading="〔(オ)〕", intent="which", outcome=outcome, error_id=""
    )


# --- threads ----------------------------------------------------------------------------------------------------------


def test_a_thread_is_remembered_by_its_last_turns(state: State) -> None:
    """What was said last is recalled as it was typed, by the same thread only."""
    turns = tuple(f"{n} 萩市は？ 🍊" for n in range(TURNS + 3))
    state.remember("T1", "C1", "1.0", ("前", "の"), "ja", "", NOW)
    state.remember("T1", "C1", "1.0", turns, "en", "yamaguchi", NOW)
    found = state.recall("T1", "C1", "1.0", NOW)
    assert found is not None and (found.turns, found.lang, found.home, found.at) == (turns[-TURNS:], "en", "yamaguchi", NOW)
    assert [state.recall(*other, NOW) for other in (("T2", "C1", "1.0"), ("T1", "C2", "1.0"), ("T1", "C1", "1.1"))] == [None] * 3


@pytest.mark.parametrize(("age", "kept"), [(timedelta(0), True), (KEEP - SECOND, True), (KEEP, False), (3 * KEEP, False), (-DAY, True)])
def test_a_thread_is_forgotten_in_time(state: State, age: timedelta, kept: bool) -> None:
    """Recalled until `keep` after its last turn, and purged from then on. A clock set back forgets nothing."""
    state.remember("T1", "C1", "1.0", ("a",), "ja", "", NOW)
    assert (state.recall("T1", "C1", "1.0", NOW + age) is not None) == kept
    state.purge_threads(NOW + age - SECOND)
    assert (state.recall("T1", "C1", "1.0", NOW) is not None) == (kept or age == KEEP)


def test_everything_survives_a_restart(url: str) -> None:
    """What was kept is there when the next process opens the store."""
    first = State.open(url)
    first.remember("T1", "C1", "1.0", ("a", "b"), "ja", "", NOW)
    first.prefer("T1", "U1", lang="en", now=NOW)
    first.set_fact("home", "digest", NOW)
    first.close()
    second = State.open(url)
    found = second.recall("T1", "C1", "1.0", NOW)
    assert found is not None and found.turns == ("a", "b")
    assert second.preferences("T1", "U1") == Preferences(lang="en")
    assert second.fact("home") == "digest"
    second.close()


# --- preferences and facts --------------------------------------------------------------------------------------------


def test_a_preference_is_set_by_itself_and_taken_back(state: State) -> None:
    assert state.preferences("T1", "U1") == Preferences()
    state.prefer("T1", "U1", lang="en", now=NOW)
    state.prefer("T1", "U1", home="tokyo", now=NOW)
    assert state.preferences("T1", "U1") == Preferences(lang="en", home="tokyo")
    state.prefer("T1", "U1", lang="", now=NOW)
    assert state.preferences("T1", "U1") == Preferences(home="tokyo")
    assert state.preferences("T2", "U1") == state.preferences("T1", "U2") == Preferences()
    state.prefer("T2", "U9", lang="ja", now=NOW)
    assert state.everybodys_preferences() == {("T1", "U1"): Preferences(home="tokyo"), ("T2", "U9"): Preferences(lang="ja")}


def test_facts(state: State) -> None:
    assert state.fact("a") is None
    assert [state.first_fact("a", value, NOW) for value in ("1", "2")] == ["1", "1"]
    state.set_fact("a", "3", NOW)
    assert state.fact("a") == "3"
    state.set_fact("a", None, NOW)
    assert state.fact("a") is None


# --- events -----------------------------------------------------------------------------------------------------------


def test_an_event_is_new_once(state: State) -> None:
    assert [state.first_time(id_, NOW) for id_ in ("E1", "E1", "E2", "e1")] == [True, False, True, True]
    assert state.purge_events(NOW) == 0
    assert state.purge_events(NOW + SECOND) == 3
    assert state.first_time("E1", NOW)


DELIVERIES = """
import random, sys
from datetime import UTC, datetime
from db.state import QuestionLog, State
state, now, who, events = State.open(sys.argv[1]), datetime(2018, 2, 1, tzinfo=UTC), sys.argv[2], [f"E{n}" for n in range(200)]
random.Random(who).shuffle(events)
told = dict(at=now, team="T1", channel_kind="im", lang="ja", reading="", intent="", outcome="refused")
for id_ in events:
    with state.together():
        if state.first_time(id_, now):
            state.log_question(QuestionLog(id=f"{id_} {who}", question=id_, **told))
            print(id_, flush=True)
"""


def test_four_processes_take_each_of_200_events_once(url: str) -> None:
    """200 events × 4 deliveries: each is new to exactly one process and has exactly one effect. All four open a store that is not there yet."""
    processes = [process(DELIVERIES, url, who) for who in range(4)]
    told = [line for each in processes for line in each.communicate(timeout=60)[0].split()]
    assert [each.returncode for each in processes] == [0] * 4
    assert sorted(told) == sorted(f"E{n}" for n in range(200))
    state = State.open(url)
    found = state.unanswered(NOW - DAY, limit=1000)
    assert len(found) == 200 and {each.times for each in found} == {1}
    state.close()


def test_sixteen_threads_share_one_store(state: State) -> None:
    """No thread sees another's transaction, and none fails for being one of many."""
    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(lambda n: state.first_time(f"E{n % 40}", NOW), range(160)))
    assert sum(told) == 40


WRITES = """
import sys
from datetime import UTC, datetime
from db.state import State
state, now, who = State.open(sys.argv[1]), datetime(2018, 2, 1, tzinfo=UTC), sys.argv[2]
for n in range(100_000):
    with state.together():
        state.first_time(f"{who} {n}", now)
        state.set_fact(f"{who} {n}", "done", now)
    print(n, flush=True)
"""


@pytest.mark.parametrize("seed", [20180201])
def test_kill_9_loses_nothing_that_was_acknowledged(url: str, seed: int) -> None:
    """Two writers, killed at any moment: all that they reported is there, and of the one under way both halves or neither."""
    chance = random.Random(seed)
    writers = [process(WRITES, url, f"W{who}") for who in range(2)]
    pipes = [writer.stdout for writer in writers if writer.stdout]
    assert [pipe.readline() for pipe in pipes] == ["0\n", "0\n"]
    time.sleep(chance.uniform(0.05, 0.4))
    for writer in writers:
        writer.send_signal(signal.SIGKILL)
    last = [int(["0", *pipe.read().split()][-1]) for pipe in pipes]
    for writer, pipe in zip(writers, pipes, strict=True):
        writer.wait(10)
        pipe.close()
    state = State.open(url)
    with state.reading() as connection:
        seen, done = (set(connection.execute(text(query)).scalars()) for query in ("SELECT id FROM seen_event", "SELECT key FROM fact WHERE value = 'done'"))
    assert seen == done
    for who, count in enumerate(last):
        acknowledged = {f"W{who} {n}" for n in range(count + 1)}
        assert acknowledged <= seen <= acknowledged | {f"W{who} {count + 1}"} | {id_ for id_ in seen if not id_.startswith(f"W{who}")}
    state.check()
    state.close()


# --- the log of questions ---------------------------------------------------------------------------------------------


def test_a_question_is_logged_once(state: State) -> None:
    assert state.log_question(asked("Q1", outcome="answered"))
    assert not state.log_question(asked("Q1", outcome="failed"))
    assert state.question("Q1") == asked("Q1", outcome="answered")
    assert state.question("Q2") is None


def test_many_questions_are_logged_at_once_and_each_once(state: State) -> None:
    """What is there stays as it is; none is no transaction."""
    state.log_question(asked("Q1", outcome="answered"))
    state.log_questions([asked("Q1", outcome="failed"), asked("Q2"), asked("Q3")])
    state.log_questions([])
    assert [state.question(id_) for id_ in ("Q1", "Q2", "Q3", "Q4")] == [asked("Q1", outcome="answered"), asked("Q2"), asked("Q3"), None]


TEXTS = {
    "NUL": "a\0b",
    "half a pair": "\ud83d",
    "the other half": "\udc00x",
    "beyond the BMP": "𠮷野家 🍊",
    "SQL": "' OR 1=1 --",
    "placeholders": "%s :at {x}",
    "nothing": "",
    "much": "あ" * 50_000,
}


@pytest.mark.parametrize("words", TEXTS.values(), ids=TEXTS)
def test_any_text_can_be_kept(state: State, words: str) -> None:
    """What no database keeps, NUL and half a surrogate pair, is replaced; all else comes back as it was."""
    state.log_question(asked("Q1", words))
    state.remember("T1", "C1", words[:99], (words,), "ja", "", NOW)
    log, thread = state.question("Q1"), state.recall("T1", "C1", words[:99], NOW)
    assert log is not None and thread is not None and len(log.question) == len(words)
    if words.isprintable():
        assert log.question == words and thread.turns == (words,)


def test_feedback_counts_once_a_person(state: State) -> None:
    """The latest wins; a question that is not in the log takes none, and takes its feedback along when it goes."""
    state.log_question(asked("Q1"))
    assert not state.feedback("Q2", "U1", "up", "", NOW)
    for user, value, note in (("U1", "up", ""), ("U2", "down", "違う"), ("U1", "down", "古い")):
        assert state.feedback("Q1", user, value, note, NOW)  # type: ignore[arg-type]
    assert state.feedback_on("Q1") == (Feedback(user="U1", value="down", note="古い", at=NOW), Feedback(user="U2", value="down", note="違う", at=NOW))
    assert state.purge_questions(NOW + SECOND) == 1
    assert state.feedback_on("Q1") == () and not state.feedback("Q1", "U1", "up", "", NOW)


def test_what_was_not_answered_most_asked_first(state: State) -> None:
    """Questions that differ in width, case and closing marks are one; what was answered, asked back or asked earlier is left out."""
    logs = [
        asked("1", "給食費は？", user="A"),
        asked("2", "給食費は", user="A", at=NOW + SECOND),
        asked("3", " 給食費は? ", user="B", at=NOW + 2 * SECOND, outcome="failed"),
        asked("4", "WHO PAYS?", at=NOW + SECOND),
        asked("5", "who pays", at=NOW),
        asked("6", "zebra", at=NOW),
        asked("7", "Zebra crossing", at=NOW),
        asked("8", "萩市は？", outcome="answered"),
        asked("9", "山口は？", outcome="asked"),
        asked("10", "昔の話", at=NOW - SECOND),
    ]
    for log in logs:
        state.log_question(log)
    found = state.unanswered(NOW)
    assert [(each.question, each.times, each.people) for each in found] == [
        (" 給食費は? ", 3, 2),
        ("WHO PAYS?", 2, 0),
        ("zebra", 1, 0),
        ("Zebra crossing", 1, 0),
    ]
    assert found[0] == Unanswered(
        times=3, people=2, last=NOW + 2 * SECOND, question=" 給食費は? ", lang="ja", reading="〔(オ)〕", intent="which", outcome="failed"
    )
    assert [each.times for each in state.unanswered(NOW, limit=1)] == [3]
    assert [each.question for each in state.unanswered(NOW, outcomes=("asked",))] == ["山口は？"]


def test_retention(state: State) -> None:
    """What is older goes, what is not stays."""
    for n in range(5):
        state.log_question(asked(f"Q{n}", at=NOW + n * DAY))
    assert state.purge_questions(NOW + 3 * DAY) == 3
    assert [state.question(f"Q{n}") is not None for n in range(5)] == [False] * 3 + [True] * 2


# --- transactions -----------------------------------------------------------------------------------------------------


class Cut(Exception):
    """The power is cut."""


def test_what_belongs_together_is_kept_together(state: State) -> None:
    """An exception inside takes all of it back, and the inside sees what it has done."""

    def inside() -> None:
        with state.together():
            assert [state.first_time("E1", NOW) for _ in range(2)] == [True, False]
            state.set_fact("a", "1", NOW)
            assert state.fact("a") == "1"
            raise Cut

    with pytest.raises(Cut):
        inside()
    assert state.fact("a") is None and state.first_time("E1", NOW)
    with state.together(), state.together():
        state.set_fact("a", "2", NOW)
    assert state.fact("a") == "2"


def test_a_failure_that_was_caught_inside_still_takes_all_back(state: State) -> None:
    """PostgreSQL would end such a transaction with a quiet rollback; here it is a failure on both."""

    def inside() -> None:
        with state.together():
            state.set_fact("a", "1", NOW)
            with pytest.raises(SQLAlchemyError):
                state.log_question(asked("Q1", outcome="nonsense"))  # type: ignore[arg-type]

    with pytest.raises(StateFailure, match="none of it was kept"):
        inside()
    assert state.fact("a") is None


OPERATIONS: dict[str, Callable[[State], object]] = {
    "together": lambda state: together_an_event_and_its_effect(state),
    "feedback": lambda state: state.feedback("Q0", "U1", "up", "", NOW),
    "prefer": lambda state: state.prefer("T1", "U1", lang="en", now=NOW),
    "purge": lambda state: state.purge_questions(NOW + DAY),
}


def together_an_event_and_its_effect(state: State) -> None:
    with state.together():
        state.first_time("E1", NOW)
        state.log_question(asked("Q1"))
        state.remember("T1", "C1", "1.0", ("a",), "ja", "", NOW)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_cut_at_every_statement_nothing_is_half_kept(state: State, operation: str) -> None:
    """Failing at the 1st, 2nd, 3rd … statement until none fails: as before each time, and whole at the end."""
    state.log_question(asked("Q0"))
    cut_everywhere(state, OPERATIONS[operation])


def test_cut_at_every_statement_no_tables_are_half_made(own: State) -> None:
    cut_everywhere(own, Outbox)


def cut_everywhere(state: State, operation: Callable[[State], object]) -> None:
    before, left = everything(state), 0
    while True:
        left += 1
        with cut_at(state, left):
            try:
                operation(state)
                break
            except Cut:
                pass
        assert everything(state) == before
    assert left > 1 and everything(state) != before


class cut_at:  # noqa: N801
    """Inside, the n-th statement of any connection raises Cut before it is done."""

    def __init__(self, state: State, n: int) -> None:
        self.state, self.left = state, n

    def __enter__(self) -> None:
        event.listen(self.state.engine, "before_cursor_execute", self.count)

    def __exit__(self, *_: object) -> None:
        event.remove(self.state.engine, "before_cursor_execute", self.count)

    def count(self, *_: object) -> None:
        self.left -= 1
        if self.left == 0:
            raise Cut


def everything(state: State) -> dict[str, list[object]]:
    """All rows of all tables."""
    with state.reading() as connection:
        names = {"sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'", "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"}
        tables = sorted(connection.execute(text(names[connection.dialect.name])).scalars())
        return {name: sorted(map(repr, connection.execute(text(f"SELECT * FROM {name}")))) for name in tables}


def test_instants_are_utc_to_the_microsecond_and_never_without_a_zone(state: State) -> None:
    japan = timezone(timedelta(hours=9))
    state.remember("T1", "C1", "1.0", ("a",), "ja", "", NOW.astimezone(japan))
    found = state.recall("T1", "C1", "1.0", NOW)
    assert found is not None and found.at == NOW and found.at.tzinfo is UTC
    with pytest.raises(ValueError, match="has no zone"):
        state.first_time("E1", datetime(2018, 2, 1))  # noqa: DTZ001


def test_the_clock_is_the_database_s(state: State) -> None:
    """The only time that is not an argument is asked for by name."""
    assert abs(state.clock() - datetime.now(UTC)) < timedelta(seconds=30)


# --- schema versions --------------------------------------------------------------------------------------------------


def part(version: int, *, breaks: bool = False, fails: bool = False) -> Part:
    """Tables of some part: version 2 has a second column, version 3 a third."""
    metadata = MetaData()
    columns = [Column("id", Words, primary_key=True), Column("second", Integer), Column("third", Integer)]
    table("thing", metadata, *columns[:version])

    def second(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE thing ADD COLUMN second INTEGER"))

    def third(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE thing ADD COLUMN third INTEGER"))
        if fails:
            raise Cut

    return Part(name="things", tables=metadata, steps=(Step(change=second), Step(change=third, breaks=breaks))[: version - 1])


@pytest.mark.parametrize("start", [0, 1, 2, 3])
def test_an_older_store_is_brought_up(own: State, start: int) -> None:
    """From any version, and from none, to the same tables; rows stay."""
    if start:
        own.ensure(part(start))
        with own.writing() as connection:
            connection.execute(text("INSERT INTO thing (id) VALUES ('a')"))
    own.ensure(part(3))
    with own.reading() as connection:
        assert [tuple(row) for row in connection.execute(text("SELECT id, second, third FROM thing"))] == [("a", None, None)] * bool(start)


def test_a_step_that_fails_leaves_the_store_as_it_was(own: State) -> None:
    own.ensure(part(2))
    before = everything(own)
    with pytest.raises(Cut):
        own.ensure(part(3, fails=True))
    assert everything(own) == before
    own.ensure(part(3))


def test_an_older_program_works_on_until_a_step_breaks_it(own: State) -> None:
    """During a deploy the old version runs beside the new; what it would misread it refuses."""
    own.ensure(part(3))
    own.ensure(part(2))
    other = MetaData()
    table("gone", other, Column("id", Words, primary_key=True))
    own.ensure(Part(name="gone", tables=other, steps=(Step(change=lambda _: None, breaks=True),)))
    with pytest.raises(StateUnusable, match="version 2, which needs code of version 2 or newer; this code has 1"):
        own.ensure(Part(name="gone", tables=other))


def test_the_oldest_program_is_that_of_the_last_break() -> None:
    steps = tuple(Step(change=lambda _: None, breaks=breaks) for breaks in (True, False, True, False))
    assert [Part(name="p", tables=MetaData(), steps=steps[:n]).oldest for n in range(5)] == [1, 2, 2, 4, 4]


def test_postgresql_sorts_as_sqlite_does() -> None:
    """Whatever the language of the server: every text column compares byte by byte."""
    query = "SELECT DISTINCT collation_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type IN ('text', 'character varying')"
    with closing(State.open(server().fresh())) as state:
        Outbox(state)
        with state.reading() as connection:
            assert connection.execute(text(query)).scalars().all() == ["C"]


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given", ["postgres://u:p@h:1/d", "postgresql://u:p@h:1/d?sslmode=require", "postgresql+psycopg2://u:p@h:1/d", " postgresql://u:p@h/d\n"]
)
def test_every_spelling_of_postgresql_is_psycopg_3(given: str) -> None:
    found = parse(given)
    assert (found.drivername, found.username, found.password, found.host, found.database) == ("postgresql+psycopg", "u", "p", "h", "d")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("", "no address of a database"),
        ("var/state.db", "no address of a database"),
        ("mysql://root:secret@host/db", "begins with mysql://"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:////proc/nowhere/state.db", "cannot be opened"),
        ("postgresql://who:secret@127.0.0.1:1/db", "cannot be opened"),
    ],
)
def test_an_address_that_cannot_be_opened_gets_a_sentence_without_the_password(given: str, says: str) -> None:
    with pytest.raises(StateUnusable, match=says) as caught:
        State.open(given)
    assert "secret" not in str(caught.value)


def test_a_postgresql_that_forgets_is_refused() -> None:
    url = server().fresh()
    server().execute(f"ALTER DATABASE {parse(url).database} SET synchronous_commit = off")
    with pytest.raises(StateUnusable, match="synchronous_commit = off"):
        State.open(url)


def test_a_postgresql_that_crashes_is_used_again_when_it_is_back() -> None:
    """While it is down everything fails in a sentence without what people wrote; afterwards all that was acknowledged is there."""
    state = State.open(server().fresh())
    state.log_question(asked("Q1", "秘密の質問"))
    server().crash()
    with pytest.raises(StateFailure) as caught:
        state.log_question(asked("Q2", "秘密の質問"))
    assert "秘密" not in str(caught.value)
    server().start()
    assert state.question("Q1") is not None
    assert state.log_question(asked("Q2"))
    server().crash()
    server().start()
    assert state.question("Q2") is not None, "a connection that died unnoticed is replaced"
    state.close()


def test_errors_do_not_quote_what_people_wrote(state: State) -> None:
    secret = "".join(map(chr, (0x79D8, 0x5BC6)))  # so that the traceback, which quotes this file, has it only if an error has
    with pytest.raises(StateFailure) as caught:
        state.log_question(asked("Q1", secret, outcome="nonsense"))  # type: ignore[arg-type]
    assert secret not in "".join(traceback.format_exception(caught.value))


# --- the file ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "truncate"),
        ((3, 44, 5), "truncate"),
        ((3, 44, 6), "wal"),
        ((3, 45, 1), "truncate"),
        ((3, 50, 6), "truncate"),
        ((3, 50, 7), "wal"),
        ((3, 51, 2), "truncate"),
        ((3, 51, 3), "wal"),
        ((4, 0, 0), "wal"),
    ],
)
def test_write_ahead_only_where_sqlite_does_it_right(version: tuple[int, int, int], mode: str) -> None:
    assert journal_mode(version) == mode


def test_every_connection_is_careful(path: Path) -> None:
    """Flushed at every commit, foreign keys held to, journalled as this version should be, and for nobody else's eyes."""
    state = State.open(f"sqlite:///{path}")
    with state.reading() as one, state.engine.connect() as two:
        for connection in (one, two):
            found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("synchronous", "foreign_keys", "mmap_size", "journal_mode")]
            assert found == [2, 1, 0, journal_mode(sqlite3.sqlite_version_info)]
    assert path.stat().st_mode & 0o077 == 0
    assert f"SQLite {sqlite3.sqlite_version}, journal {journal_mode(sqlite3.sqlite_version_info)}" in state.describe()
    state.close()


@pytest.mark.skipif(journal_mode(sqlite3.sqlite_version_info) == "wal", reason="this SQLite may use WAL")
def test_a_file_in_wal_mode_is_taken_out_of_it_unless_it_is_in_use(path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA journal_mode = WAL")
    other.execute("CREATE TABLE t (a)")
    other.execute("BEGIN")
    other.execute("SELECT * FROM t").fetchall()
    with pytest.raises(StateUnusable, match="run every process of Renkei with one Python"):
        State.open(f"sqlite:///{path}?timeout=0.1")
    other.close()
    state = State.open(f"sqlite:///{path}")
    assert "journal truncate" in state.describe()
    state.close()


def test_a_file_that_was_deleted_under_the_process_takes_no_more(path: Path) -> None:
    """SQLite itself would go on writing into nothing."""
    state = State.open(f"sqlite:///{path}")
    state.first_time("E1", NOW)
    path.unlink()
    with pytest.raises(StateUnusable, match="deleted or replaced while it was in use"):
        state.first_time("E2", NOW)
    State.open(f"sqlite:///{path}").close()
    with pytest.raises(StateUnusable, match="deleted or replaced"):
        state.preferences("T1", "U1")
    state.close()


def test_a_damaged_file_is_found(path: Path) -> None:
    state = State.open(f"sqlite:///{path}")
    with state.together():
        for n in range(500):
            state.set_fact(f"key {n}", "value" * 20, NOW)
    state.check()
    state.close()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises((StateUnusable, StateFailure)):
        State.open(f"sqlite:///{path}").check()
    path.write_bytes(b"This is no database. " * 500)
    with pytest.raises(StateUnusable, match="not a database"):
        State.open(f"sqlite:///{path}")


def test_a_locked_file_is_read_but_not_written(path: Path) -> None:
    """A writer that does not get the lock fails in time, and has changed nothing."""
    state = State.open(f"sqlite:///{path}?timeout=0.2")
    state.set_fact("a", "1", NOW)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert state.fact("a") == "1"
    began = time.monotonic()
    with pytest.raises(StateFailure, match="database is locked"):
        state.set_fact("a", "2", NOW)
    assert time.monotonic() - began < 3
    other.execute("ROLLBACK")
    other.close()
    state.set_fact("a", "2", NOW)
    assert state.fact("a") == "2"
    state.close()


def test_a_full_disk_is_a_failure_and_what_was_kept_stays(path: Path) -> None:
    """SQLITE_FULL, by way of SQLite's own limit on the size of a file."""
    state = State.open(f"sqlite:///{path}")
    state.set_fact("a", "1", NOW)
    event.listen(state.engine, "begin", lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 1"))
    with pytest.raises(StateFailure, match="full"):
        state.set_fact("b", "x" * 1_000_000, NOW)
    assert (state.fact("a"), state.fact("b")) == ("1", None)
    state.close()


def test_nobody_else_can_read_the_server_and_it_goes_when_the_tests_end() -> None:
    """The throw-away server asks for its password, and its folder is its own."""
    found = server()
    assert found.folder.stat().st_mode & 0o077 == 0
    with pytest.raises(StateUnusable, match="password"):
        State.open(found.url().replace(found.password, "wrong"))


def test_a_process_that_is_stopped_holds_up_no_reader(path: Path) -> None:
    """SIGSTOP in the middle of a writing transaction: others read on, and write once it goes on."""
    State.open(f"sqlite:///{path}").close()
    code = "import sys, time; from db.state import State; s = State.open(sys.argv[1])\nwith s.writing(): print('in', flush=True); time.sleep(0.3)"
    holder = process(code, f"sqlite:///{path}")
    assert holder.stdout is not None and holder.stdout.readline() == "in\n"
    os.kill(holder.pid, signal.SIGSTOP)
    state = State.open(f"sqlite:///{path}")
    assert state.fact("a") is None
    waiting = threading.Thread(target=state.set_fact, args=("a", "1", NOW))
    waiting.start()
    os.kill(holder.pid, signal.SIGCONT)
    waiting.join(10)
    assert state.fact("a") == "1"
    assert holder.wait(10) == 0
    holder.stdout.close()
    state.close()


def test_left_out_is_said() -> None:
    """Without the server's programs the tests of PostgreSQL are skipped, with the reason and the remedy."""
    code = "import postgres; postgres.programs_of_a_server = lambda: iter(()); postgres.server()"
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    assert "left out: PostgreSQL" in done.stderr and "apt-get install postgresql" in done.stderr
