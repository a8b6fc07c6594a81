"""knowledge.db, opened: built when missing or stale, and the last good one kept when the files have an error."""

from __future__ import annotations

import gc
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bot.ask import Asker
from bot.settings import ROOT, Settings
from db.reader import SqliteKnowledge, stored_hash
from db.seal import is_ours, is_whole
from knowledge.load import SOURCES, DataError, all_files, content_hash, load
from knowledge.model import Territory

# The code that writes knowledge.db decides what is in it as much as the facts do.
BUILDERS = tuple(ROOT / "db" / name for name in "build.py codec.py derived.py queries.sql reader.py schema.py seal.py".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A knowledge base on disk. `problem` is why a newer one could not be made, "" if it is up to date."""

    path: Path
    problem: str = ""
    made: bool = False


def folders(settings: Settings) -> tuple[Path, ...]:
    return (SOURCES, settings.facts) if settings.facts else (SOURCES,)


def fingerprint(settings: Settings) -> str:
    """The content hash of the knowledge base that the files as they are now would give."""
    return content_hash((*all_files(folders(settings)), *BUILDERS, *_stemmer()))


def _stemmer() -> Iterator[Path]:
    """The code by which English words are stemmed, found without running it: the words of knowledge.db are stems."""
    spec = find_spec("snowballstemmer")
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).with_name("english_stemmer.py")


class Unusable(Exception):
    """The place of knowledge.db cannot be used; the message says why and what to set instead."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"The knowledge base cannot be kept in {path}: {why}. Set RENKEI_KNOWLEDGE to a file in a folder that you may write to.")


def ensure(settings: Settings, *, force: bool = False) -> Built:
    """Build the knowledge base if it is not what the files say.

    Raises DataError only if there is no older one to use, Unusable if there is no place for it.
    """
    wanted = fingerprint(settings)
    stored = _stored(settings.knowledge)
    if stored == wanted and not force:
        return Built(path=settings.knowledge)
    from db.build import build  # sqlite-utils is needed only to write, and a cold start counts

    try:
        facts = load(folders(settings))
    except DataError as error:
        if not stored:
            raise
        return Built(path=settings.knowledge, problem=str(error))
    try:
        build(facts, settings.knowledge, wanted)
    except (OSError, sqlite3.OperationalError) as error:
        raise Unusable(settings.knowledge, _why(error)) from None
    return Built(path=settings.knowledge, made=True)


def _stored(path: Path) -> str:
    """The content hash in a sound knowledge base; "" if there is none, or a damaged one. What is somebody else's raises Unusable."""
    try:
        stored = stored_hash(path)
        if stored and is_whole(path):
            return stored
        if stored or is_ours(path) or not path.exists() or path == ROOT / "var" / "knowledge.db":
            return ""
        if path.is_dir() or path.stat().st_size:
            raise Unusable(path, "it is a folder" if path.is_dir() else "another file is there, or a damaged one, which is not overwritten")
    except OSError as error:
        raise Unusable(path, _why(error)) from None
    return ""


def _why(error: OSError | sqlite3.OperationalError) -> str:
    said = error.strerror if isinstance(error, OSError) else str(error)
    return (said or type(error).__name__).lower()


def open_asker(settings: Settings, warn: Callable[[str], None] = lambda text: print(text, file=sys.stderr)) -> Asker:
    """The asker over an up-to-date knowledge base; what is wrong with newer files goes to `warn`."""
    built = ensure(settings)
    if built.problem:
        warn(f"The facts have an error, so the last good knowledge base stays in use. {built.problem}")
    with for_good():
        return Asker(SqliteKnowledge(built.path))


@contextmanager
def for_good() -> Iterator[None]:
    """What is made here stays as long as the process: the collector need not look for garbage in it, neither now nor later."""
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()


class UnknownTerritory(Exception):
    """The home territory is not in the data; the message lists those that are."""


def home_id(asker: Asker, name: str) -> str:
    """The id of a territory given by id, name or English name."""
    territories = asker.kb.territories.values()
    for territory in territories:
        if name.casefold() in {territory.id.casefold(), territory.name, territory.en.casefold(), *territory.words}:
            return territory.id
    raise UnknownTerritory(f"There is no territory {name!r} in the data. There are: {', '.join(described(t) for t in territories)}.")


def described(territory: Territory) -> str:
    return f"{territory.name} ({territory.id})"
