"""knowledge.db, opened: built when missing or stale, and the last good one kept when the files have an error."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.ask import Asker
from bot.settings import Settings
from db.reader import SqliteKnowledge, stored_hash
from knowledge.load import SOURCES, DataError, all_files, content_hash, load
from knowledge.model import Territory


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A knowledge base on disk. `problem` is why a newer one could not be made, "" if it is up to date."""

    path: Path
    problem: str = ""
    made: bool = False


def folders(settings: Settings) -> tuple[Path, ...]:
    return (SOURCES, settings.facts) if settings.facts else (SOURCES,)


def ensure(settings: Settings, *, force: bool = False) -> Built:
    """Build the knowledge base if it is not what the files say. Raises DataError only if there is no older one to use."""
    wanted = content_hash(all_files(folders(settings)))
    stored = stored_hash(settings.knowledge)
    if stored == wanted and not force:
        return Built(path=settings.knowledge)
    from db.build import build  # sqlite-utils is needed only to write, and a cold start counts

    try:
        build(load(folders(settings)), settings.knowledge, wanted)
    except DataError as error:
        if not stored:
            raise
        return Built(path=settings.knowledge, problem=str(error))
    return Built(path=settings.knowledge, made=True)


def open_asker(settings: Settings, warn: Callable[[str], None] = lambda text: print(text, file=sys.stderr)) -> Asker:
    """The asker over an up-to-date knowledge base; what is wrong with newer files goes to `warn`."""
    built = ensure(settings)
    if built.problem:
        warn(f"The facts have an error, so the last good knowledge base stays in use. {built.problem}")
    return Asker(SqliteKnowledge(built.path))


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
