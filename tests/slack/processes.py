"""The real processes of the Procfile, started against the local Slack."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.slack.local import APP_TOKEN, SECRET, TOKEN, Door, LocalSlack

ROOT = Path(__file__).parent.parent.parent
PROXIES = {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}


def procfile(name: str) -> list[str]:
    """The command of one process type, with this Python."""
    lines = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text(encoding="utf-8").splitlines() if line)
    command = shlex.split(lines[name])
    return [sys.executable, *command[1:]] if command[0] == "python" else command


def environment(slack: LocalSlack, folder: Path, port: int = 0, **more: str) -> dict[str, str]:
    """What a process of ours needs, and nothing of Slack's or a proxy's that stands in ours."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "RENKEI_")) and k.lower() not in PROXIES and k != "DATABASE_URL"}
    ours = {
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_API_URL": slack.api,
        "RENKEI_KNOWLEDGE": str(folder.parent / "knowledge.db"),
        "DATABASE_URL": f"sqlite:///{folder / 'state.db'}",
        "RENKEI_SETTLE": "0.5",
        "PORT": str(port),
    }
    return kept | ours | more


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Running:
    """One process; `log` is all that it has written."""

    name: str
    slack: LocalSlack
    folder: Path
    more: dict[str, str] = field(default_factory=dict)
    port: int = 0

    def __enter__(self) -> Running:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()
        self.path = self.folder / f"{self.name}-{self.port}.log"
        with self.path.open("ab") as out:
            env = environment(self.slack, self.folder, self.port, **self.more)
            self.process = subprocess.Popen(procfile(self.name), cwd=ROOT, env=env, stdout=out, stderr=out)
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def log(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def door(self) -> Door:
        return Door(slack=self.slack, port=self.port)

    def _wait(self, seconds: float = 20) -> None:
        until = time.monotonic() + seconds
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > until:
                self.process.kill()
                raise AssertionError(f"{self.name} did not start:\n{self.log}")
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        if self.name == "worker":
            return len(self.slack.sockets) >= 2
        try:
            return self.door.send("GET", "/healthz").status == 200
        except OSError:
            return False

    def stop(self, number: int = signal.SIGTERM, seconds: float = 30) -> int:
        """Ends it and gives its exit code. Only this very process is signalled."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"{self.name} did not end:\n{self.log}") from None
