"""A local Slack and the two processes of the Procfile, started once and shared; each test sees an empty Slack."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests import postgres
from tests.slack.local import GENERAL, LocalSlack
from tests.slack.processes import Running

CARD = "(オ)がまだの市町は？"
CARD_ANSWER = "11 / 19 市町"


@dataclass(frozen=True, slots=True)
class Way:
    """One way in. What a test sends goes through it, whichever it is."""

    name: str
    slack: LocalSlack
    running: Running

    def event(self, body: dict[str, Any], attempt: int = 0, connection: int = 0) -> None:
        if self.name == "web":
            assert self.running.door.event(body, attempt).status == 200
        else:
            self.slack.envelope("events_api", body, connection, attempt=attempt)

    def command(self, body: dict[str, str]) -> dict[str, Any]:
        """What is shown to the asker."""
        if self.name == "web":
            answered = self.running.door.command(body)
            assert answered.status == 200
            return answered.json
        return self.slack.envelope("slash_commands", body)["payload"]

    def kept(self, query: str) -> list[tuple[Any, ...]]:
        """What stands in the bot's store."""
        if "DATABASE_URL" in self.running.more:
            with contextlib.closing(psycopg.connect(self.running.more["DATABASE_URL"])) as server:
                return server.execute(query.encode()).fetchall()
        connection = sqlite3.connect(f"file:{self.running.folder / 'state.db'}?mode=ro", uri=True, timeout=5)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def interaction(self, body: dict[str, Any]) -> None:
        if self.name == "web":
            assert self.running.door.interaction(body).status == 200
        else:
            self.slack.envelope("interactive", body)


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose knowledge.db the processes share; the state is each one's own."""
    return tmp_path_factory.mktemp("slack")


def _process(name: str, folder: Path, **more: str) -> Iterator[Way]:
    with LocalSlack() as slack, Running(name, slack, folder, more) as running:
        yield Way(name, slack, running)


@pytest.fixture(scope="session")
def web_process(base: Path) -> Iterator[Way]:
    yield from _process("web", base / "web")


@pytest.fixture(scope="session")
def worker_process(base: Path) -> Iterator[Way]:
    yield from _process("worker", base / "worker")


@pytest.fixture(scope="session")
def postgres_process(base: Path) -> Iterator[Way]:
    yield from _process("web", base / "postgres", DATABASE_URL=postgres.server().fresh())


def _emptied(way: Way) -> Iterator[Way]:
    way.slack.empty()
    yield way
    assert way.slack.problems == []


@pytest.fixture
def web(web_process: Way) -> Iterator[Way]:
    """The bot over HTTP."""
    yield from _emptied(web_process)


@pytest.fixture(params=["web", "worker"])
def way(request: pytest.FixtureRequest) -> Iterator[Way]:
    """The bot over HTTP, then over Socket Mode."""
    yield from _emptied(request.getfixturevalue(f"{request.param}_process"))


@pytest.fixture(params=["web", "postgres"])
def either(request: pytest.FixtureRequest) -> Iterator[Way]:
    """The bot over HTTP with an SQLite file, then with a PostgreSQL server."""
    yield from _emptied(request.getfixturevalue(f"{request.param}_process"))


@pytest.fixture(params=["web", "worker", "postgres"])
def each(request: pytest.FixtureRequest) -> Iterator[Way]:
    """Every way in, and every store."""
    yield from _emptied(request.getfixturevalue(f"{request.param}_process"))


@pytest.fixture(params=postgres.ENGINES)
def store(request: pytest.FixtureRequest) -> dict[str, str]:
    """A store that several processes of one test share: what to add to their environment."""
    return {"DATABASE_URL": postgres.server().fresh()} if request.param == "postgres" else {}


__all__ = ["CARD", "CARD_ANSWER", "GENERAL"]
