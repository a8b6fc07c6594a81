"""How fast, how big: the gold questions on the shipped facts and on the whole country, side by side.

    python -m tests.bench              # everything; a few minutes
    python -m tests.bench --rounds 1 --starts 3

It prints and never fails: times on a busy machine say little by themselves. The data sets take turns, round by round, so
that whatever disturbs one disturbs the other, and their ratio stays true. docs/performance.md says what the rows mean.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from unicodedata import east_asian_width

from bot.ask import Asker
from bot.open import UnknownTerritory, folders, home_id, open_asker
from bot.render.blockkit import check
from bot.render.slack import TEXT_MOST, blocks, fallback, slack
from bot.settings import Settings
from knowledge.answer import answer
from knowledge.intents import discover
from knowledge.load import all_files, content_hash
from knowledge.mentions import find_mentions
from knowledge.normalise import normalise
from knowledge.query import Query
from knowledge.understand import Setting, hear
from tests import national

ROOT = Path(__file__).parent.parent
QUESTIONS = Path(__file__).parent / "questions"
TODAY = date(2018, 2, 1)
HOME, LARGEST = "山口県", "北海道"
COLD_QUESTIONS = {"ja": "(オ)がまだの市町は？", "en": "which towns haven't done (オ)?"}

# Asked only while there are no question tables: slips, other scripts, questions with no answer, threads.
OWN: tuple[tuple[str, ...], ...] = (
    ("萩市の状況は？",),
    ("はぎしは(オ)を実施していますか",),
    ("Hagi and Iwakuni: compare",),
    ("下まつ市の(ク)は？",),
    ("周防大嶋町の実施状況",),
    ("Yamaguti city status",),
    ("上の関町は？",),
    ("広島市の状況は？",),
    ("じょうほうきょうゆうしえんをじっしずみのところ",),
    ("which municipalities hvae done (ア) and (イ) but not (ウ)?",),
    ("平成29年度末に(エ)が実施されている市町の数",),
    ("(サ)は？",),
    ("光ファイバーの工事予定は？",),
    ("what's the weather in Ube tomorrow?",),
    ("(ア)から(ク)まですべて実施している市と、1つも実施していない町は？",),
    ("(オ)がまだの市町は？", "じゃあ(カ)は？", "町だけだと？"),
    ("how many have done (キ)?", "and including planned?"),
    ("山口県の各市町における在宅医療・介護連携推進事業の8項目について、平成29年6月時点でまだ実施していない市町名を項目別にすべて教えてください。",),
)


# --- the questions ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The turns of one thread, most often a single question, and the setting it asks for; "" is the default."""

    turns: tuple[str, ...]
    home: str = ""
    lang: str = ""
    today: str = ""


def gold(folder: Path = QUESTIONS) -> tuple[Thread, ...]:
    """Every question of the tables (tests/questions/*.toml), or examples of every kind as long as there are none."""
    found = tuple(thread for path in sorted(folder.glob("*.toml")) for thread in table(path))
    return found or tuple(examples())


def table(path: Path) -> Iterator[Thread]:
    """The threads of one table; `ja` and `en` of a case are wordings of one question, `thread` its turns."""
    for case in tomllib.loads(path.read_text(encoding="utf-8")).get("case", ()):
        setting = {key: str(case[key]) for key in ("home", "lang", "today") if case.get(key)}
        for question in (*case.get("ja", ()), *case.get("en", ())):
            yield Thread(turns=(question,), **setting)
        for turns in threads_of(case.get("thread", ())):
            yield Thread(turns=turns, **setting)


def threads_of(given: Sequence[Any]) -> tuple[tuple[str, ...], ...]:
    """One thread as a list of turns, or several such lists."""
    if not given:
        return ()
    return (tuple(given),) if all(isinstance(turn, str) for turn in given) else tuple(tuple(turns) for turns in given)


def examples() -> Iterator[Thread]:
    for intent in discover().values():
        for pair in intent.examples:
            yield from (Thread(turns=(question,)) for question in (pair.ja, pair.en))
    yield from (Thread(turns=turns) for turns in OWN)


# --- one data set in a process of its own -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """A data set: where its files and its knowledge base are, and who is at home in it."""

    name: str
    knowledge: Path
    facts: Path | None = None
    home: str = HOME

    @property
    def settings(self) -> Settings:
        return Settings(knowledge=self.knowledge, facts=self.facts, home=self.home)

    @property
    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("RENKEI_")}
        facts = {"RENKEI_FACTS": str(self.facts)} if self.facts else {}
        return kept | facts | {"RENKEI_KNOWLEDGE": str(self.knowledge), "RENKEI_HOME": self.home}


def work(door: Connection, data: Data, threads: tuple[Thread, ...]) -> None:
    """Open the data set, then do what comes through the door: run a round, take the stages apart, tell the memory."""
    begun = perf_counter()
    asker = open_asker(data.settings)
    opened = perf_counter() - begun
    known = tuple((thread, setting) for thread in threads if (setting := setting_of(thread, asker, data.home)))
    questions = tuple(turn for thread, _ in known for turn in thread.turns)
    tasks: dict[str, Callable[[], Any]] = {
        "questions": lambda: questions,
        "opened": lambda: opened,
        "memory": memory,
        "answers": lambda: [text for _, text in asked(asker, known)],
        "round": lambda: [seconds for seconds, _ in asked(asker, known)],
        "stages": lambda: list(taken_apart(asker, known)),
    }
    while (task := door.recv()) is not None:
        door.send(tasks[task]())


def setting_of(thread: Thread, asker: Asker, home: str) -> Setting | None:
    """The setting of a thread; None if it is at home in a territory that this data set does not have."""
    try:
        where = home_id(asker, thread.home or home)
    except UnknownTerritory:
        return None
    today = date.fromisoformat(thread.today) if thread.today else TODAY
    return Setting(home=where, today=today, lang=normalise("", thread.lang).lang if thread.lang else None)


def asked(asker: Asker, known: Iterable[tuple[Thread, Setting]]) -> Iterator[tuple[float, str]]:
    """For every turn the seconds from its text to what Slack is sent, and the answer in a line."""
    for thread, setting in known:
        before: Query | None = None
        for turn in thread.turns:
            begun = perf_counter()
            reply = asker.ask(turn, setting, before)
            slack(reply.message)
            seconds = perf_counter() - begun
            if reply.message.status == "answered" or before is None:
                before = reply.query
            yield seconds, f"{reply.message.status} {reply.message.headline}"


def taken_apart(asker: Asker, known: Iterable[tuple[Thread, Setting]]) -> Iterator[dict[str, float]]:
    """For every turn the seconds of each stage. Stages are run one by one; what holds another has it taken off."""
    base, kb = asker.understanding, asker.kb
    for thread, setting in known:
        before: Query | None = None
        for turn in thread.turns:
            said, normalising = timed(lambda: normalise(turn, setting.lang))
            _, finding = timed(lambda: find_mentions(said, kb, today=setting.today, local=base.local, eras=base.eras))
            _, hearing = timed(lambda: hear(turn, base, setting))
            considered, answering = timed(lambda: answer(turn, base, setting, before))
            message, speaking = timed(lambda: asker.speaker.speak(considered.answer))
            text, wording = timed(lambda: fallback(message, TEXT_MOST))
            built, building = timed(lambda: blocks(message))
            _, checking = timed(lambda: check({"text": text, "blocks": built}))
            if message.status == "answered" or before is None:
                before = considered.query
            yield {
                "normalise": normalising,
                "mentions": finding,
                "hear (slips, clauses, slots)": hearing - normalising - finding,
                "choose and answer": answering - hearing,
                "speak": speaking,
                "render text": wording,
                "render blocks": building,
                "(check blocks, before a send)": checking,
            }


def timed[T](what: Callable[[], T]) -> tuple[T, float]:
    begun = perf_counter()
    result = what()
    return result, perf_counter() - begun


def memory() -> float:
    """The most memory that this process ever held, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        return 1024 * float(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(most if sys.platform == "darwin" else 1024 * most)


class Process:
    """The other end of `work`."""

    def __init__(self, data: Data, threads: tuple[Thread, ...]) -> None:
        context = get_context("spawn")
        self.door, theirs = context.Pipe()
        self.process = context.Process(target=work, args=(theirs, data, threads), daemon=True)
        self.process.start()

    def do(self, task: str) -> Any:
        self.door.send(task)
        return self.door.recv()

    def end(self) -> None:
        self.door.send(None)
        self.process.join()
