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
from typing import Any, TypeVar
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
T = TypeVar("T")
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


def timed(what: Callable[[], T]) -> tuple[T, float]:
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


# --- everything measured ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Figures:
    """What was measured of one data set. Times in seconds, sizes in bytes; a list has one entry a question."""

    questions: tuple[str, ...] = ()
    answers: list[str] = field(default_factory=list)
    opened: float = 0.0
    first: list[float] = field(default_factory=list)
    rounds: list[list[float]] = field(default_factory=list)
    stages: list[list[dict[str, float]]] = field(default_factory=list)
    memory: float = 0.0
    builds: list[float] = field(default_factory=list)
    build_memory: float = 0.0
    size: float = 0.0
    cold: dict[str, list[float]] = field(default_factory=lambda: {lang: [] for lang in COLD_QUESTIONS})

    @property
    def warm(self) -> list[float]:
        """The median of all rounds for each question."""
        return [median(times) for times in zip(*self.rounds, strict=True)]

    def stage(self, name: str) -> list[float]:
        return [median(times) for times in zip(*([each[name] for each in one] for one in self.stages), strict=True)]


def measured(sets: Sequence[Data], threads: tuple[Thread, ...], rounds: int, starts: int, builds: int) -> dict[str, Figures]:
    """Everything, the data sets taking turns."""
    found = {data.name: Figures() for data in sets}
    for data in one_a_file(sets):
        for _ in range(1 if data.facts else builds):
            build(data, found[data.name])
    processes = {data.name: Process(data, threads) for data in sets}
    for name, process in processes.items():
        figures = found[name]
        figures.questions, figures.opened = process.do("questions"), process.do("opened")
        figures.first = process.do("round")
    for _ in range(rounds):
        for name, process in processes.items():
            found[name].rounds.append(process.do("round"))
    for name, process in processes.items():
        found[name].answers, found[name].memory = process.do("answers"), process.do("memory")
    for _ in range(rounds):
        for name, process in processes.items():
            found[name].stages.append(process.do("stages"))
    for process in processes.values():
        process.end()
    for _ in range(starts):
        for data in one_a_file(sets):
            for lang, question in COLD_QUESTIONS.items():
                found[data.name].cold[lang].append(run(data, "ask", question)[0])
    return found


def one_a_file(sets: Sequence[Data]) -> tuple[Data, ...]:
    """The data sets without those that only look at another's knowledge base from another home."""
    return tuple({data.knowledge: data for data in reversed(sets)}.values())[::-1]


def build(data: Data, figures: Figures) -> None:
    seconds, most = run(data, "build", "--force")
    figures.builds.append(seconds)
    figures.build_memory, figures.size = most, float(data.knowledge.stat().st_size)


def run(data: Data, *arguments: str) -> tuple[float, float]:
    """Seconds and peak memory of `python -m bot …` in a process of its own."""
    begun = perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "bot", *arguments], cwd=ROOT, env=data.environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"python -m bot {' '.join(arguments)} ended with {process.returncode} on the {data.name} data; its message stands above.")
    return seconds, float(usage.ru_maxrss if sys.platform == "darwin" else 1024 * usage.ru_maxrss)


def bare_start(starts: int) -> float:
    """What it takes to start Python at all: no cold start can be shorter."""
    return median(timed(lambda: subprocess.run([sys.executable, "-c", ""], check=True))[1] for _ in range(starts))


# --- the table --------------------------------------------------------------------------------------------------------

Row = tuple[str, ...]


def report(found: dict[str, Figures], floor: float) -> Iterator[str]:
    shipped, national_, *others = found.values()
    far = others[0]
    yield from aligned([("", *list(found)[:2], "growth", list(found)[2], "aim"), *answering(shipped, national_, far), *around(shipped, national_, far)])
    yield ""
    yield from aligned([("stage, p50 (p99)", *list(found)[:2], "growth", list(found)[2]), *stages(shipped, national_, far)])
    yield ""
    for name, figures in found.items():
        yield f"slowest, {name}:"
        worst = sorted(zip(figures.warm, figures.questions, strict=True), reverse=True)[:3]
        yield from (f"  {ms(seconds):>9}  {question if len(question) < 80 else question[:80] + '…'}" for seconds, question in worst)
    same = sum(one == other for one, other in zip(shipped.answers, national_.answers, strict=False))
    yield ""
    yield f"{len(shipped.questions)} questions; {same} have the same answer on both data sets. Python alone starts in {ms(floor)}."


def answering(shipped: Figures, far_and_wide: Figures, far: Figures) -> Iterator[Row]:
    """Per question: text -> what Slack is sent."""
    three = (shipped, far_and_wide, far)
    for name, of, most in (("p50", p50, 1e-3), ("p99", p99, 5e-3), ("max", max, None)):
        one, two, other = (of(figures.warm) for figures in three)
        aim = f"≤ {ms(most)} {met(one <= most)}; growth ≤ 2 {met(two <= 2 * one)}" if most else ""
        yield f"question, warm: {name}", ms(one), ms(two), ratio(two, one), ms(other), aim
    growth = median(two / one for one, two in zip(shipped.warm, far_and_wide.warm, strict=False))
    yield "question, warm: growth of one", "", "", f"{growth:.2f}×", "", ""
    for name, of in (("p50", p50), ("p99", p99), ("max", max)):
        one, two, other = (of(figures.first) for figures in three)
        yield f"question, first time: {name}", ms(one), ms(two), ratio(two, one), ms(other), ""


def around(shipped: Figures, far_and_wide: Figures, far: Figures) -> Iterator[Row]:
    """Starting, building, and how much room it takes."""
    for lang in COLD_QUESTIONS:
        one, two = median(shipped.cold[lang]), median(far_and_wide.cold[lang])
        yield f"ask from a cold process ({lang})", ms(one), ms(two), ratio(two, one), "", f"< 500 ms {met(one < 0.5)}"
    yield "opening, in a running process", ms(shipped.opened), ms(far_and_wide.opened), ratio(far_and_wide.opened, shipped.opened), ms(far.opened), ""
    one, two = median(shipped.builds), median(far_and_wide.builds)
    yield "build", f"{one:.2f} s", f"{two:.2f} s", ratio(two, one), "", ""
    for name, room in (("memory after all questions", "memory"), ("memory of a build", "build_memory"), ("knowledge.db", "size")):
        one, two, other = (getattr(figures, room) for figures in (shipped, far_and_wide, far))
        yield name, mb(one), mb(two), ratio(two, one), mb(other) if other else "", ""


def stages(shipped: Figures, far_and_wide: Figures, far: Figures) -> Iterator[Row]:
    for name in shipped.stages[0][0]:
        one, two, other = (figures.stage(name) for figures in (shipped, far_and_wide, far))
        yield name, spread(one), spread(two), ratio(p50(two), p50(one)), spread(other)


def p50(times: Iterable[float]) -> float:
    return median(times)


def p99(times: Iterable[float]) -> float:
    """The time that 99 questions of 100 keep within."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]


def spread(times: Sequence[float]) -> str:
    return f"{ms(p50(times))} ({ms(p99(times))})"


def ms(seconds: float) -> str:
    return f"{1000 * seconds:.{3 if seconds < 1e-3 else 2 if seconds < 0.1 else 0}f} ms"


def mb(size: float) -> str:
    return f"{size / 1e6:.1f} MB"


def ratio(two: float, one: float) -> str:
    return f"{two / one:.2f}×" if one > 0 else "–"


def met(good: bool) -> str:
    return "✓" if good else "✗"


def aligned(rows: Iterable[Row]) -> Iterator[str]:
    """Columns of equal width, the first to the left, figures to the right, the aim to the left again."""
    table_ = list(rows)
    widths = [max(width(row[n]) for row in table_) for n in range(len(table_[0]))]
    for row in table_:
        first, *figures = (cell_ + " " * (wide - width(cell_)) if n in (0, 5) else " " * (wide - width(cell_)) + cell_ for n, (cell_, wide) in enumerate(zip(row, widths, strict=True)))
        yield "   ".join((first, *figures)).rstrip()


def width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


# --- command line -----------------------------------------------------------------------------------------------------


def main() -> None:
    given = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.split("\n")[0])
    given.add_argument("--rounds", type=int, default=5, help="times that every question is asked of each data set (default: 5)")
    given.add_argument("--starts", type=int, default=15, help="cold starts of each data set and language (default: 15)")
    given.add_argument("--builds", type=int, default=3, help="builds of the shipped data; the national one is built once (default: 3)")
    chosen = given.parse_args()
    threads = gold()
    with TemporaryDirectory(prefix="renkei-bench-") as name:
        place = Path(name)
        facts = place / "national"
        national.generate(facts)
        sets = (
            Data(name="shipped", knowledge=place / "shipped.db"),
            Data(name="national", knowledge=place / "national.db", facts=facts),
            Data(name=f"national, at home in {LARGEST}", knowledge=place / "national.db", facts=facts, home=LARGEST),
        )
        before = content_hash(all_files(folders(sets[1].settings)))
        found = measured(sets, threads, chosen.rounds, chosen.starts, chosen.builds)
        print("\n".join(report(found, bare_start(chosen.starts))))
        if content_hash(all_files(folders(sets[1].settings))) != before:
            print("The files of facts or the code changed while this ran: cold starts and builds above are not to be trusted.", file=sys.stderr)


if __name__ == "__main__":
    main()
