"""What many tests share: a knowledge base built from the shipped facts, the same with an invented prefecture, and how to ask.

Everything is real: the files, SQLite, the templates. The clock stands at 2018-02-01 and the home territory is 山口県,
unless a question says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.ask import Asker, Reply, as_json, next_context
from bot.open import home_id
from db.build import build
from db.reader import SqliteKnowledge
from knowledge.load import SOURCES, Facts, all_files, content_hash, load
from knowledge.query import Query
from knowledge.understand import Setting

WORLD = Path(__file__).parent / "world" / "facts"
SETTING = Setting(home="yamaguchi", today=date(2018, 2, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Asks questions of one asker and gives the object that `ask --json` prints.

    Called with the turns of a thread it gives the answer to the last one: ask("(オ)がまだの市町は？", "じゃあ(カ)は？").
    """

    asker: Asker
    setting: Setting = SETTING

    def __call__(self, *turns: str, home: str = "", lang: str | None = None, today: date | None = None) -> dict[str, Any]:
        replies = self.replies(*turns, home=home, lang=lang, today=today)
        return as_json(replies[-1])

    def replies(self, *turns: str, home: str = "", lang: str | None = None, today: date | None = None) -> list[Reply]:
        """The reply to every turn of a thread."""
        setting = replace(self.setting, home=home_id(self.asker, home) if home else self.setting.home, lang=lang, today=today or self.setting.today)
        before: Query | None = None
        found = []
        for turn in turns:
            reply = self.asker.ask(turn, setting, before)
            before = next_context(reply, before)
            found.append(reply)
        return found


def made(folders: Iterable[Path], folder: Path) -> Asker:
    """An asker over a knowledge base that is built from these folders of facts into `folder`."""
    folders = tuple(folders)
    return Asker(SqliteKnowledge(build(load(folders), folder / "knowledge.db", content_hash(all_files(folders)))))


@pytest.fixture(scope="session")
def facts() -> Facts:
    """Everything that the shipped files hold."""
    return load()


@pytest.fixture(scope="session")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Asker:
    """The asker over the shipped facts."""
    return made((SOURCES,), tmp_path_factory.mktemp("shipped"))


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Asker:
    """The asker over the shipped facts and the invented ones of tests/world/facts/."""
    return made((SOURCES, WORLD), tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="session")
def setting() -> Setting:
    """Home 山口県, today 2018-02-01."""
    return SETTING


@pytest.fixture(scope="session")
def ask(asker: Asker) -> Asked:
    """Asks the shipped facts."""
    return Asked(asker=asker)


@pytest.fixture(scope="session")
def ask_world(world: Asker) -> Asked:
    """Asks the shipped and the invented facts."""
    return Asked(asker=world)
