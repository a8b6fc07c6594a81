"""A PostgreSQL of the tests' own: made in a temporary folder, on a free port, and thrown away when the tests end.

`server()` is the same one for every test of a session; `server().fresh()` is the address of a new, empty database in it.
Where the server's programs are missing, `server()` skips the test and says what to install.

For tests that run on both engines: parametrise with ENGINES, and take the address from `fresh_store`.
"""

from __future__ import annotations

import atexit
import functools
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

ROOT = Path(__file__).parent.parent
LEFT_OUT = "left out: PostgreSQL, because initdb and pg_ctl are neither in /usr/lib/postgresql/*/bin nor on the PATH; on Debian: apt-get install postgresql"

# Nothing here outlives the session, so nothing is flushed; the server still keeps what it acknowledged when its processes are killed.
SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
fsync = off
full_page_writes = off
max_connections = 100
shared_buffers = 16MB
timezone = 'Asia/Tokyo'
log_min_messages = fatal
"""
NUMBERS = count(1)
ENGINES = ("sqlite", "postgres")


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A server that runs, or that `crash` has killed."""

    programs: Path
    folder: Path
    user: str
    password: str
    port: int

    def url(self, database: str = "postgres") -> str:
        """As hosts put it into DATABASE_URL."""
        return f"postgres://postgres:{self.password}@127.0.0.1:{self.port}/{database}"

    def fresh(self) -> str:
        """The address of a new, empty database."""
        name = f"renkei_{next(NUMBERS)}"
        self.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def execute(self, sql: str) -> None:
        """One statement, outside of a transaction."""
        engine = create_engine(self.url().replace("postgres://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.execute(text(sql))
        finally:
            engine.dispose()

    def start(self) -> None:
        self.control("start", "-w", "-l", str(self.folder / "log"))

    def crash(self) -> None:
        """Kills the server where it stands; at `start` it recovers what it had acknowledged."""
        self.control("stop", "-w", "-m", "immediate")

    def control(self, *arguments: str) -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), *arguments)

    def run(self, program: str, *arguments: str) -> None:
        """Runs one of the server's programs as the user that may: the server refuses root."""
        command = [str(self.programs / program), *arguments]
        account = pwd.getpwnam(self.user)
        switch = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
            **switch,  # type: ignore[call-overload]
        )
        if done.returncode:
            log = self.folder / "log"
            raise RuntimeError(f"{' '.join(command)}: {done.stderr.decode()}{log.read_text() if log.exists() else ''}")


def fresh_store(engine: str, folder: Path) -> str:
    """DATABASE_URL of a store that nobody has opened."""
    return server().fresh() if engine == "postgres" else f"sqlite:///{folder / 'state.db'}"


@contextmanager
def memory_folder() -> Iterator[Path]:
    """A folder that costs no disk, where there is such a thing: for tests that stop the program, not the power."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="renkei-", dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


def process(code: str, *arguments: object) -> subprocess.Popen[str]:
    """A real process beside the tests that runs this code from the project's folder; it prints to a pipe."""
    return subprocess.Popen([sys.executable, "-c", code, *map(str, arguments)], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def server() -> Postgres:
    """The session's server, started when it is first asked for."""
    found = running()
    if found is None:
        pytest.skip(LEFT_OUT)
    return found


@functools.cache
def running() -> Postgres | None:
    programs = next(programs_of_a_server(), None)
    if programs is None:
        return None
    user = unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="renkei-postgres-"))
    shutil.chown(folder, user)
    made = Postgres(programs=programs, folder=folder, user=user, password=secrets.token_hex(8), port=free_port())
    atexit.register(throw_away, made)
    secret = folder / "password"
    secret.write_text(made.password)
    made.run("initdb", "-D", str(folder / "data"), "-U", "postgres", "-E", "UTF8", "--no-sync", "-A", "scram-sha-256", f"--pwfile={secret}")
    with (folder / "data" / "postgresql.conf").open("a") as settings:
        settings.write(SETTINGS.format(port=made.port, folder=folder))
    made.start()
    return made


def throw_away(server: Postgres) -> None:
    if (server.folder / "data" / "postmaster.pid").exists():
        server.crash()
    shutil.rmtree(server.folder, ignore_errors=True)


def programs_of_a_server() -> Iterator[Path]:
    """Folders with a server's programs, the newest version first."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True)
    on_path = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    return (folder for folder in (*debian, *on_path) if (folder / "initdb").exists() and (folder / "pg_ctl").exists())


def unprivileged() -> str:
    """Who runs the server: whoever runs the tests, or, for root, somebody with fewer rights."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    names = {account.pw_name for account in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
