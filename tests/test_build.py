"""knowledge.db: a function of the files, checked by SQLite itself, replaced as a whole or not at all, and only read when answering."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlite_utils.utils

from bot.ask import Asker
from bot.open import Built, Unusable, ensure, fingerprint, open_asker
from bot.settings import ROOT, Settings
from db.build import ABANDONED, build, write
from db.reader import QUERIES, SqliteKnowledge, connect, stored_hash
from db.seal import is_ours, is_whole
from knowledge.conditions import Has
from knowledge.entries import entries, topic_words
from knowledge.lexicon import Lexicon
from knowledge.load import DataError, Facts, content_hash
from knowledge.model import NOT_DONE, Sense, State, Status
from knowledge.subjects import Ways
from tests.conftest import Asked

QUESTION = "(オ)がまだの市町は？"
ANSWER = 11


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An installation of the shipped facts, built. Tests that change something copy it."""
    found = Settings(knowledge=tmp_path_factory.mktemp("installation") / "knowledge.db", facts=None, home="山口県")
    assert ensure(found).made
    return found


@pytest.fixture
def copy(settings: Settings, tmp_path: Path) -> Settings:
    """A copy of the installation that may be broken."""
    shutil.copy(settings.knowledge, tmp_path / "knowledge.db")
    return replace(settings, knowledge=tmp_path / "knowledge.db")


@pytest.fixture
def connection(settings: Settings) -> Iterator[sqlite3.Connection]:
    """The shipped knowledge base, read-only."""
    opened = connect(settings.knowledge)
    yield opened
    opened.close()


def answers(settings: Settings) -> bool:
    """Whether a question is answered right from it, without a warning."""
    warned: list[str] = []
    return Asked(asker=open_asker(settings, warned.append))(QUESTION)["value"] == ANSWER and not warned


def dump(path: Path) -> list[str]:
    opened = connect(path)
    try:
        return list(opened.iterdump())
    finally:
        opened.close()


# --- the tables -------------------------------------------------------------------------------------------------------


def test_one_sqlite() -> None:
    """sqlite-utils and the reader use the same SQLite: what one writes the other can read."""
    assert sqlite_utils.utils.sqlite3 is sqlite3


def test_every_table_is_strict(connection: sqlite3.Connection) -> None:
    """No table takes a value of another type than its column's."""
    tables = {name: strict for _, name, kind, _, _, strict in connection.execute("PRAGMA table_list") if kind == "table" and not name.startswith("sqlite_")}
    assert len(tables) >= 10
    assert [name for name, strict in tables.items() if not strict] == []


def test_foreign_keys_hold(connection: sqlite3.Connection) -> None:
    """Whatever refers to something refers to something that is there, and statuses refer to all three of theirs."""
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert {row[2] for row in connection.execute("PRAGMA foreign_key_list(status)")} == {"municipality", "survey", "item"}


def test_the_file_is_whole(connection: sqlite3.Connection) -> None:
    """SQLite's own check finds nothing."""
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


REFUSED = [
    ("INSERT INTO status VALUES ('35201', 'yamaguchi-2015-08', 'ア', 'maybe')", "CHECK"),
    ("INSERT INTO status VALUES ('99999', 'yamaguchi-2015-08', 'ア', 'done')", "FOREIGN KEY"),
    ("INSERT INTO status VALUES ('35201', 'yamaguchi-2015-08', 'ケ', 'done')", "FOREIGN KEY"),
    ("INSERT INTO status VALUES ('35201', 'nowhere-2015', 'ア', 'done')", "FOREIGN KEY"),
    ("INSERT INTO status VALUES ('35201', 'yamaguchi-2017-06', 'ア', 'done')", "UNIQUE"),
    ("INSERT INTO tally VALUES ('tokyo-2015-10', 99, 'ア', '①', NULL, NULL, NULL, NULL, 'many', 4, 1.0, 2.0)", "INTEGER"),
    ("INSERT INTO municipality VALUES ('352011', '架空市', '市', 'かくうし', '山口県', '')", "CHECK"),
    ("INSERT INTO municipality VALUES ('35999', '架空郡', '郡', 'かくうぐん', '山口県', '')", "CHECK"),
]


@pytest.mark.parametrize(("sql", "why"), REFUSED, ids=[f"{why}: {sql[12:48]}" for sql, why in REFUSED])
def test_wrong_rows_are_refused(sql: str, why: str, copy: Settings) -> None:
    """The schema itself refuses what cannot be."""
    opened = sqlite3.connect(copy.knowledge)
    try:
        opened.execute("PRAGMA foreign_keys = ON")
        with pytest.raises(sqlite3.IntegrityError, match=why):
            opened.execute(sql)
    finally:
        opened.close()


def test_what_is_read_is_what_was_written(facts: Facts, settings: Settings) -> None:
    """Every value of the files comes back from SQLite as it went in."""
    kb = SqliteKnowledge(settings.knowledge)
    assert {s.id: s for s in facts.subjects} == dict(kb.subjects)
    assert {s.id: s for s in facts.surveys} == dict(kb.surveys)
    assert {s.id: s for s in facts.sources} == dict(kb.sources)
    assert {t.id: t for t in facts.territories} == dict(kb.territories)
    assert {m.code: m for m in facts.municipalities} == dict(kb.municipalities)
    assert set(facts.areas) == set(kb.areas)
    for survey in facts.surveys:
        assert [t for t in facts.tallies if t.survey == survey.id] == list(kb.tallies(survey.id))
        members = kb.territories[survey.territory].members
        held = kb.statuses(survey.id, members, kb.items)
        assert {(s.municipality, s.item): s.state for s in facts.statuses if s.survey == survey.id} == {
            (code, item): state for code, by_item in held.items() for item, state in by_item.items()
        }


def test_what_is_derived_is_what_would_be(settings: Settings) -> None:
    """The lexicon and the ways that are read are those that the tables would make, down to the order of the senses."""
    kb = SqliteKnowledge(settings.knowledge)
    lexicon = Lexicon(entries(((surface, Sense(kind=kind, value=value)) for surface, kind, value in kb.rows(QUERIES["words"])), kb))
    lexicon.add_words(topic_words(kb))
    ways = Ways(kb.subjects.values(), lexicon)
    assert len(lexicon.chars) > 1000
    assert len(ways.ways) > 1000
    assert {name: list(value.items()) for name, value in vars(lexicon).items()} == {name: list(value.items()) for name, value in vars(kb.lexicon).items()}
    assert {name: value for name, value in vars(ways).items() if name != "lexicon"} == {
        name: value for name, value in vars(kb.ways).items() if name != "lexicon"
    }
    assert kb.ways.lexicon is kb.lexicon


def test_the_asker_uses_what_is_derived(copy: Settings) -> None:
    """Understanding takes the ways from the file and does not make them again."""
    asker = Asker(SqliteKnowledge(copy.knowledge))
    assert asker.understanding.ways is asker.kb.ways


def test_some_and_all_are_counted_alike(settings: Settings) -> None:
    """Asked of all municipalities of a survey or of two halves of them, statuses and counts are the same."""
    kb = SqliteKnowledge(settings.knowledge)
    members = kb.territories["yamaguchi"].members
    halves = (members[:9], members[9:])
    whole = kb.statuses("yamaguchi-2017-06", members, kb.items)
    assert whole == {code: found for half in halves for code, found in kb.statuses("yamaguchi-2017-06", half, kb.items).items()}
    counted = kb.counts("yamaguchi-2017-06", members)
    found = {item: Counter(states[item] for states in whole.values()) for item in kb.items}
    assert counted == {item: {state: found[item][state] for state in State} for item in kb.items}
    parts = [kb.counts("yamaguchi-2017-06", half) for half in halves]
    assert counted == {item: {state: sum(part[item][state] for part in parts) for state in State} for item in kb.items}


def test_building_is_a_function(facts: Facts, settings: Settings, tmp_path: Path) -> None:
    """The same facts make the same rows."""
    assert dump(settings.knowledge) == dump(build(facts, tmp_path / "again.db", stored_hash(settings.knowledge)))


# --- fresh and stale --------------------------------------------------------------------------------------------------


def test_the_content_hash_is_in_it(settings: Settings) -> None:
    """The file says which facts it was made from."""
    assert len(stored_hash(settings.knowledge)) == 64
    assert stored_hash(settings.knowledge) == fingerprint(settings)


def test_the_content_hash_sees_every_byte(tmp_path: Path) -> None:
    """Another byte, another name or another file is another hash; the order of bytes across files counts."""
    one, two = tmp_path / "a.toml", tmp_path / "b.toml"
    seen = set()
    for contents in ((b"x", b"y"), (b"xy", b""), (b"", b"xy"), (b"y", b"x")):
        one.write_bytes(contents[0])
        two.write_bytes(contents[1])
        seen.add(content_hash((one, two)))
    assert len(seen) == 4
    assert content_hash((one,)) != content_hash((one.rename(tmp_path / "c.toml"),))


def test_missing_is_built(tmp_path: Path, settings: Settings) -> None:
    """Without a file there is one afterwards, folders and all."""
    fresh = replace(settings, knowledge=tmp_path / "deep" / "deeper" / "knowledge.db")
    assert ensure(fresh) == Built(path=fresh.knowledge, made=True)
    assert [path.name for path in fresh.knowledge.parent.iterdir()] == ["knowledge.db"]


def test_up_to_date_is_left_alone(copy: Settings) -> None:
    """A file that is what the facts say is not touched."""
    before = copy.knowledge.stat()
    assert ensure(copy) == Built(path=copy.knowledge)
    after = copy.knowledge.stat()
    assert (before.st_ino, before.st_mtime_ns, before.st_size) == (after.st_ino, after.st_mtime_ns, after.st_size)


def test_forced_is_built(copy: Settings) -> None:
    """`build --force` makes it anew, with the same rows."""
    before = copy.knowledge.stat().st_ino
    held = dump(copy.knowledge)
    assert ensure(copy, force=True).made
    assert before != copy.knowledge.stat().st_ino
    assert held == dump(copy.knowledge)


def test_stale_is_rebuilt(copy: Settings, tmp_path: Path) -> None:
    """A new file of facts makes a new knowledge base at the next use, and taking it away does so again."""
    (tmp_path / "facts").mkdir()
    more = replace(copy, facts=tmp_path / "facts")
    assert not ensure(more).made
    (tmp_path / "facts" / "note.toml").write_text(
        '[source]\nid = "note"\ndocument = { ja = "覚書", en = "Note" }\npublisher = { ja = "課", en = "Section" }\ndate = ""\n', encoding="utf-8"
    )
    assert ensure(more).made
    assert "note" in SqliteKnowledge(more.knowledge).sources
    assert not ensure(more).made
    assert ensure(copy).made
    assert "note" not in SqliteKnowledge(copy.knowledge).sources


def truncated(whole: bytes) -> bytes:
    return whole[: len(whole) * 3 // 4 // 4096 * 4096]


def overwritten(whole: bytes) -> bytes:
    middle = len(whole) // 2 // 4096 * 4096
    return whole[:middle] + b"\xff" * 16384 + whole[middle + 16384 :]


def one_bit(whole: bytes) -> bytes:
    """A digit of a fact: SQLite itself takes no notice of that."""
    return changed(whole, whole.rindex("実施済".encode()))


def changed(whole: bytes, at: int) -> bytes:
    return whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]


DAMAGED = [
    pytest.param(truncated, id="truncated"),
    pytest.param(overwritten, id="overwritten"),
    pytest.param(one_bit, id="one bit of a text"),
    pytest.param(lambda whole: changed(whole, len(whole) - 1), id="one bit at the end"),
    pytest.param(lambda whole: changed(whole, 27), id="one bit of the header"),
    pytest.param(lambda whole: changed(whole, 61), id="one bit of the sum"),
    pytest.param(lambda whole: whole + b"\0", id="a byte more"),
]
GARBAGE = [
    pytest.param(lambda _: b"not a database\n" * 500, id="text"),
    pytest.param(lambda _: bytes(100_000), id="zeros"),
    pytest.param(lambda whole: whole[:50], id="half a header"),
    pytest.param(lambda whole: b"X" + whole[1:], id="broken header"),
]


@pytest.mark.parametrize("spoil", DAMAGED)
def test_damaged_is_rebuilt(spoil: Callable[[bytes], bytes], copy: Settings) -> None:
    """A knowledge base of which one bit is not as it was written is not answered from, though its hash is still there: it is made anew."""
    good = copy.knowledge.read_bytes()
    copy.knowledge.write_bytes(spoil(good))
    assert not is_whole(copy.knowledge)
    assert answers(copy)
    assert is_whole(copy.knowledge)
    assert stored_hash(copy.knowledge) == fingerprint(copy)


def test_damaged_is_not_kept(copy: Settings, tmp_path: Path) -> None:
    """When the files have an error and the knowledge base is damaged, there is nothing to answer from, and the error is told."""
    copy.knowledge.write_bytes(overwritten(copy.knowledge.read_bytes()))
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / "bad.toml").write_text("[source", encoding="utf-8")
    with pytest.raises(DataError, match="bad"):
        open_asker(replace(copy, facts=tmp_path / "facts"))


def test_from_before_the_seal_is_rebuilt(facts: Facts, copy: Settings) -> None:
    """What an earlier version wrote, without a seal, is ours too, under whatever path."""
    write(facts, copy.knowledge, stored_hash(copy.knowledge))
    connection = sqlite3.connect(copy.knowledge)
    connection.execute("PRAGMA application_id = 0")
    connection.close()
    assert not is_whole(copy.knowledge)
    assert not is_ours(copy.knowledge)
    assert ensure(copy).made
    assert is_whole(copy.knowledge)


@pytest.mark.parametrize("spoil", GARBAGE)
def test_garbage_elsewhere_is_somebody_elses(spoil: Callable[[bytes], bytes], copy: Settings) -> None:
    """What lies under a path of the users' own and is no knowledge base is not overwritten: one sentence says what to set."""
    garbage = spoil(copy.knowledge.read_bytes())
    copy.knowledge.write_bytes(garbage)
    with pytest.raises(Unusable, match="RENKEI_KNOWLEDGE"):
        open_asker(copy)
    assert garbage == copy.knowledge.read_bytes()


def test_an_empty_file_is_rebuilt(copy: Settings) -> None:
    """An empty file is nobody's work: it is replaced."""
    copy.knowledge.write_bytes(b"")
    assert answers(copy)


def test_another_database_is_left_alone(copy: Settings) -> None:
    """A good SQLite file without our hash is somebody else's."""
    copy.knowledge.unlink()
    other = sqlite3.connect(copy.knowledge)
    other.execute("CREATE TABLE meta (key TEXT, value TEXT)")
    other.commit()
    other.close()
    before = copy.knowledge.read_bytes()
    assert stored_hash(copy.knowledge) == ""
    with pytest.raises(Unusable, match="another file"):
        ensure(copy)
    assert before == copy.knowledge.read_bytes()


def test_a_folder_is_left_alone(copy: Settings) -> None:
    """A folder under that name is refused in one sentence."""
    copy.knowledge.unlink()
    copy.knowledge.mkdir()
    with pytest.raises(Unusable, match="folder"):
        ensure(copy)


@pytest.mark.parametrize("spoil", [case for case in (*GARBAGE, *DAMAGED) if case.id in {"text", "overwritten"}])
def test_garbage_in_our_own_place_is_rebuilt(spoil: Callable[[bytes], bytes], settings: Settings, tmp_path: Path) -> None:
    """In var/ beside the code there is nothing but ours: whatever lies there as knowledge.db, the next question is answered right."""
    for folder in ("bot", "db", "knowledge", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "knowledge.db").write_bytes(spoil(settings.knowledge.read_bytes()))
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("RENKEI_", "PYTHONPATH"))}
    done = subprocess.run([sys.executable, "-m", "bot", "ask", QUESTION], cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert "11 / 19" in done.stdout


# --- all or nothing ---------------------------------------------------------------------------------------------------

DIES = """
import os, sys
from dataclasses import replace
from pathlib import Path
from db.build import build
from knowledge.load import load


class Dying(tuple):
    def __iter__(self):
        for number, each in enumerate(tuple.__iter__(self)):
            if number == 40:
                print("dying", flush=True)
                os._exit(9)  # as a power cut: no cleaning up
            yield each


facts = load()
build(replace(facts, subjects=Dying(facts.subjects)), Path(sys.argv[1]), "a hash that must never be seen")
"""


def python(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_build_that_dies_leaves_the_old_one(copy: Settings) -> None:
    """A process that dies in the middle of writing changes nothing of the file that was there."""
    before = copy.knowledge.read_bytes()
    process = python("-c", DIES, str(copy.knowledge))
    said, wrong = process.communicate(timeout=60)
    assert (said, process.returncode) == ("dying\n", 9), wrong
    assert before == copy.knowledge.read_bytes()
    assert answers(copy)


def test_what_a_dead_build_left_is_cleared_away(copy: Settings) -> None:
    """A build takes away what builds that died have left, but not what one that may still be at work has just written."""
    python("-c", DIES, str(copy.knowledge)).communicate(timeout=60)
    left = {path for path in copy.knowledge.parent.iterdir() if path != copy.knowledge}
    assert left
    assert ensure(copy, force=True).made
    assert set(copy.knowledge.parent.iterdir()) == {copy.knowledge, *left}
    for path in left:
        os.utime(path, (time.time() - 2 * ABANDONED,) * 2)
    assert ensure(copy, force=True).made
    assert [path.name for path in copy.knowledge.parent.iterdir()] == ["knowledge.db"]


def test_a_build_that_fails_leaves_the_old_one(facts: Facts, copy: Settings) -> None:
    """Facts that refer to nothing are refused by the check at the end; the old file stays, nothing else is left."""
    before = copy.knowledge.read_bytes()
    ghost = Status(survey="yamaguchi-2017-06", municipality="99999", item="ア", state=facts.statuses[0].state)
    with pytest.raises(ValueError, match="not in it"):
        build(replace(facts, statuses=(*facts.statuses, ghost)), copy.knowledge, "never")
    assert before == copy.knowledge.read_bytes()
    assert [path.name for path in copy.knowledge.parent.iterdir()] == ["knowledge.db"]


def test_a_reader_keeps_its_file(facts: Facts, copy: Settings) -> None:
    """A process that has the old file open goes on answering from it while a new one takes its place."""
    old = SqliteKnowledge(copy.knowledge)
    build(replace(facts, statuses=()), copy.knowledge, "another")
    among = old.territories["yamaguchi"].members
    assert len(old.select("yamaguchi-2017-06", Has("オ", NOT_DONE), among)) == ANSWER
    assert SqliteKnowledge(copy.knowledge).select("yamaguchi-2017-06", Has("オ", NOT_DONE), among) == ()


def test_builders_at_once(tmp_path: Path) -> None:
    """Two processes that build the same file at once both end well, and what is there is good."""
    path = tmp_path / "knowledge.db"
    processes = [python("-m", "bot", "build", "--force", RENKEI_KNOWLEDGE=str(path)) for _ in range(2)]
    ended = [(process.communicate(timeout=120)[1], process.returncode) for process in processes]
    assert ended == [("", 0)] * 2
    assert [each.name for each in tmp_path.iterdir()] == ["knowledge.db"]
    assert answers(Settings(knowledge=path, facts=None, home="山口県"))


def test_askers_at_once_on_a_fresh_machine(tmp_path: Path) -> None:
    """Two first questions at once, with no knowledge base yet: each is answered."""
    path = tmp_path / "knowledge.db"
    processes = [python("-m", "bot", "ask", QUESTION, RENKEI_KNOWLEDGE=str(path), RENKEI_HOME="山口県") for _ in range(2)]
    ended = [(*process.communicate(timeout=120), process.returncode) for process in processes]
    assert [(wrong, code) for _, wrong, code in ended] == [("", 0)] * 2
    assert all("11 / 19" in said for said, _, _ in ended)


# --- only read --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sql", ["DELETE FROM status", "UPDATE meta SET value = ''", "CREATE TABLE more (x)", "DROP TABLE item", "PRAGMA user_version = 5"])
def test_the_reader_cannot_write(sql: str, connection: sqlite3.Connection) -> None:
    """A connection for reading refuses every kind of writing."""
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute(sql)


def test_reading_makes_no_file(tmp_path: Path) -> None:
    """Connecting to what is not there is an error, not an empty database."""
    with pytest.raises(sqlite3.OperationalError):
        connect(tmp_path / "nothing.db").execute("SELECT 1 FROM meta")
    assert list(tmp_path.iterdir()) == []


def test_answering_changes_nothing(copy: Settings) -> None:
    """Questions leave the file and its folder as they were: no journal, no lock, not a byte."""
    before = copy.knowledge.read_bytes()
    ask = Asked(asker=Asker(SqliteKnowledge(copy.knowledge)))
    for question in (QUESTION, "(キ)の推移", "'; DROP TABLE status; --", "岩国市の状況"):
        ask(question)
    assert before == copy.knowledge.read_bytes()
    assert [path.name for path in copy.knowledge.parent.iterdir()] == ["knowledge.db"]


def test_a_file_without_permission_to_write(copy: Settings) -> None:
    """A knowledge base that may only be read, in a folder that may only be read, answers."""
    copy.knowledge.chmod(0o444)
    copy.knowledge.parent.chmod(0o555)
    try:
        assert answers(copy)
    finally:
        copy.knowledge.parent.chmod(0o755)


@pytest.mark.parametrize("name", ["在宅 医療", "100%", "what?", "#1", "it's", "a;b"])
def test_any_folder_will_do(name: str, settings: Settings, tmp_path: Path) -> None:
    """The path may hold signs that mean something in a URI."""
    folder = tmp_path / name
    folder.mkdir()
    shutil.copy(settings.knowledge, folder / "knowledge.db")
    assert stored_hash(folder / "knowledge.db") == stored_hash(settings.knowledge)
    assert len(SqliteKnowledge(folder / "knowledge.db").items) == 8


def test_many_threads(asker: Asker) -> None:
    """Threads that ask at once all get the right answer: each has its own connection."""
    ask = Asked(asker=asker)
    wrong: list[object] = []

    def work() -> None:
        try:
            wrong.extend(found for found in (ask(QUESTION, today=date(2018, 2, 1))["value"] for _ in range(5)) if found != ANSWER)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
