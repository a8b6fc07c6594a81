"""What Slack's side costs: the bot beside a bare Bolt app that answers a constant, on one server kind, in one go.

Both are served by gunicorn as bot/server.py says (one process, sixteen threads) and asked by signed `/renkei` requests over
connections that stay open, as Slack does; the two take turns. The bot is asked the questions of tests/questions, every one
of them a first time (nothing that it has made before helps) and then again, the bare app as many times. At last the bot
answers 50,000 of them while its memory is looked at.

python -m tests.bench_slack [--rounds N] [--requests N]
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle, islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from slack_bolt import Ack, App
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult

from tests.bench import aligned, mb, met, ms, p50, p99
from tests.slack.local import BOT, SECRET, TEAM, TOKEN, LocalSlack, sign
from tests.slack.processes import ROOT, environment, free_port

QUESTIONS = Path(__file__).parent / "questions"
AT_ONCE = 16  # connections, as many as the server has threads
SAMPLES = 10  # looks at the memory
RATIO_LEAST, APART_MOST, GROWTH_MOST = 0.5, 1e-3, 0.02
NUMBERS = count(1)


# --- the bare app -----------------------------------------------------------------------------------------------------


def bare() -> SlackRequestHandler:
    """What is measured against: Bolt, its check of the signature, one listener, one constant."""
    app = App(signing_secret=SECRET, process_before_response=True, authorize=lambda: AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_token=TOKEN))

    @app.command("/renkei")
    def command(ack: Ack) -> None:
        ack("11 / 19 市町（57.9 %）")

    return SlackRequestHandler(app, "/slack/events")


# --- requests ---------------------------------------------------------------------------------------------------------


def questions() -> list[str]:
    """Every wording that tests/questions holds for a question that stands by itself, once."""
    tables = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(QUESTIONS.glob("*.toml"))]
    asked = (wording for table in tables for case in table.get("case", []) for lang in ("ja", "en") for wording in case.get(lang, []))
    return list(dict.fromkeys(wording for wording in asked if isinstance(wording, str)))


def request_of(text: str) -> bytes:
    """A whole HTTP request, signed now. Each is another one: a user of their own, a trigger of its own."""
    number = next(NUMBERS)
    body = urlencode(
        {
            "team_id": TEAM,
            "channel_id": "C0GENERAL",
            "user_id": f"U{number % 500:08d}",
            "command": "/renkei",
            "text": text,
            "response_url": f"https://hooks.invalid/commands/{number}",
            "trigger_id": f"{number}.{TEAM}.{BOT}",
        }
    )
    stamp = str(int(time.time()))
    head = [
        "POST /slack/events HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        f"X-Slack-Request-Timestamp: {stamp}",
        f"X-Slack-Signature: {sign(SECRET, stamp, body)}",
    ]
    return "\r\n".join([*head, "", body]).encode()


class Line:
    """One connection that stays open."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> tuple[float, bytes]:
        """Seconds until the whole answer was there, and its body."""
        begun = time.perf_counter()
        self.socket.sendall(request)
        data = self.socket.recv(65536)
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        head, body = data[:end].lower(), data[end + 4 :]
        size = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        while len(body) < size:
            body += self._more()
        seconds = time.perf_counter() - begun
        if not head.startswith(b"http/1.1 200"):
            raise SystemExit(f"not answered: {head.decode()}")
        return seconds, body

    def _more(self) -> bytes:
        data = self.socket.recv(65536)
        if not data:
            raise SystemExit("the connection was closed in the middle of an answer")
        return data

    def close(self) -> None:
        self.socket.close()


def one_by_one(port: int, texts: Sequence[str]) -> list[float]:
    """The seconds of each, over one connection."""
    line = Line(port)
    times = [line.ask(request_of(text))[0] for text in texts]
    line.close()
    return times


def all_at_once(port: int, texts: Sequence[str]) -> float:
    """Requests a second over sixteen connections. They are made before the clock starts."""
    requests = [request_of(text) for text in texts]
    parts = [requests[n::AT_ONCE] for n in range(AT_ONCE)]

    def work(part: list[bytes]) -> None:
        line = Line(port)
        for request in part:
            line.ask(request)
        line.close()

    begun = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(work, parts))
    return len(requests) / (time.perf_counter() - begun)


# --- servers ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A gunicorn that answers at `port`; `worker` is the process that does the work."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def worker(self) -> int:
        return int(Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()[0])

    def memory(self) -> float:
        """Bytes that the worker holds now; 0 where there is no /proc (macOS)."""
        try:
            status = Path(f"/proc/{self.worker}/status").read_text()
        except (OSError, IndexError):
            return 0.0
        return 1024 * float(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))


@contextmanager
def served(slack: LocalSlack, folder: Path, *application: str) -> Iterator[Server]:
    """gunicorn with the settings of the Procfile's web, for the bot or for another application."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", "python:bot.server", *application]
    with (folder / f"{port}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(slack, folder, port), stdout=log, stderr=log)
        try:
            _wait(port, process)
            yield Server(port=port, process=process)
        finally:
            process.terminate()
            process.wait(60)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            Line(port).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("gunicorn did not start; bot/server.py says what it needs")


# --- measuring --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Figures:
    """Of one application: seconds of each request one by one, requests a second at once (one a round), memory in bytes."""

    alone: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return median(self.rates)


def measured(slack: LocalSlack, folder: Path, texts: Sequence[str], rounds: int) -> tuple[Figures, Figures, Figures]:
    """The bare app; the bot with questions that it hears for the first time (a new process a round); the bot with those that it has heard."""
    plain, first, again = Figures(), Figures(), Figures()
    with served(slack, folder, "tests.bench_slack:bare()") as other:
        all_at_once(other.port, texts[:200])
        for _ in range(rounds):
            half = len(texts) // 2
            with served(slack, folder) as renkei:
                sanity(renkei.port)
                plain.alone += one_by_one(other.port, texts[:half])
                first.alone += one_by_one(renkei.port, texts[:half])
                plain.rates.append(all_at_once(other.port, texts[half:]))
                first.rates.append(all_at_once(renkei.port, texts[half:]))
                again.alone += one_by_one(renkei.port, texts)
                plain.rates.append(all_at_once(other.port, texts))
                again.rates.append(all_at_once(renkei.port, texts))
        plain.memory.append(other.memory())
    return plain, first, again


def sanity(port: int) -> None:
    """What is measured is the right answer."""
    line = Line(port)
    told = json.loads(line.ask(request_of("(オ)がまだの市町は？"))[1])
    line.close()
    if "11 / 19 市町" not in told["text"] or not told["blocks"]:
        raise SystemExit(f"this is not the answer: {told['text']}")


def memory_over(slack: LocalSlack, folder: Path, texts: Sequence[str], requests: int) -> list[float]:
    """Bytes after each tenth of so many requests."""
    found = []
    with served(slack, folder) as renkei:
        source = cycle(texts)
        for _ in range(SAMPLES):
            all_at_once(renkei.port, list(islice(source, requests // SAMPLES)))
            found.append(renkei.memory())
    return found


# --- the table --------------------------------------------------------------------------------------------------------


def report(plain: Figures, first: Figures, again: Figures, memory: Sequence[float], asked: int, requests: int) -> Iterator[str]:
    rows = [
        ("signed /renkei requests", "bare Bolt app", "bot, first time", "bot, again", "", "aim"),
        *(_alone(name, of, plain, first, again) for name, of in (("p50", p50), ("p99", p99))),
        _rate(plain, first, again),
    ]
    yield from aligned(rows)
    yield ""
    half = memory[len(memory) // 2 - 1 :]
    growth = (max(half) - half[0]) / half[0] if half and half[0] else 0.0
    yield f"{asked} questions. Memory of the bot over {requests:,} requests: {', '.join(mb(size) for size in memory)};"
    yield f"growth over the last half {100 * growth:.1f} %, aim ≤ {100 * GROWTH_MOST:.0f} % {met(growth <= GROWTH_MOST)}. The bare app: {mb(plain.memory[-1])}."
    yield f"Load at the end: {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores, which the servers share with who asks them."


def _alone(name: str, of: Any, plain: Figures, first: Figures, again: Figures) -> tuple[str, ...]:
    bare_, one, two = (of(figures.alone) for figures in (plain, first, again))
    aim = f"at most {ms(APART_MOST)} apart: {met(one - bare_ <= APART_MOST)} first, {met(two - bare_ <= APART_MOST)} again" if name == "p50" else ""
    return f"one by one: {name}", ms(bare_), ms(one), ms(two), "", aim


def _rate(plain: Figures, first: Figures, again: Figures) -> tuple[str, ...]:
    ratios = [figures.rate / plain.rate for figures in (first, again)]
    told = [f"{figures.rate:,.0f}/s ({part:.2f})" for figures, part in zip((first, again), ratios, strict=True)]
    aim = f"at least {RATIO_LEAST}: {met(ratios[0] >= RATIO_LEAST)} first, {met(ratios[1] >= RATIO_LEAST)} again"
    return f"{AT_ONCE} at once", f"{plain.rate:,.0f}/s", *told, "", aim


def main() -> None:
    given = argparse.ArgumentParser(prog="python -m tests.bench_slack", description=__doc__.split("\n")[0])
    given.add_argument("--rounds", type=int, default=3, help="rounds, each with a new process of the bot (default: 3)")
    given.add_argument("--requests", type=int, default=50_000, help="requests over which memory is looked at (default: 50,000)")
    chosen = given.parse_args()
    texts = questions()
    with TemporaryDirectory(prefix="renkei-bench-") as name, LocalSlack() as slack:
        folder = Path(name) / "one"
        folder.mkdir()
        plain, first, again = measured(slack, folder, texts, chosen.rounds)
        memory = memory_over(slack, folder, texts, chosen.requests)
        print("\n".join(report(plain, first, again, memory, len(texts), chosen.requests)))


if __name__ == "__main__":
    main()
