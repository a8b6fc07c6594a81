"""How fast, how big: the gold questions on the shipped facts and on the whole country, side by side.

    python -m tests.bench                          # everything: about ten minutes
    python -m tests.bench --rounds 1 --starts 3    # a first idea

It prints and never fails: times on a busy machine say little by themselves. Questions are measured in processor time,
which is the clock's on an idle machine (nothing in an answer waits), the data sets taking turns every hundred questions,
so that whatever disturbs one disturbs the other. docs/performance.md says what the rows mean.
"""

from __future__ import annotations

import argparse
import logging
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from shutil import copytree, ignore_patterns
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, sleep, thread_time
from typing import Any, TypeVar
from unicodedata import east_asian_width

from bot.ask import Asker, next_context, safe_ask
from bot.open import folders, home_id, open_asker
from bot.render.blockkit import check
from bot.render.slack import TEXT_MOST, blocks, fallback, slack
from bot.settings import Settings
from knowledge.answer import answer
from knowledge.load import all_files, content_hash
from knowledge.mentions import find_mentions
from knowledge.normalise import normalise
from knowledge.query import Query
from knowledge.understand import Setting, hear
from tests import national
from tests.score import CLOCK, questions

ROOT = Path(__file__).parent.parent
HOME, LARGEST = "山口県", "北海道"
AT_ONCE = 100
WORDED, SENT = 0, 1  # what of Times
COLD_QUESTIONS = {"ja": "(オ)がまだの市町は？", "en": "which towns haven't done (オ)?"}
T = TypeVar("T")
Times = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The turns of one conversation, most often a single question, and the day they are asked on."""

    turns: tuple[str, ...]
    setting: Setting


def gold(home: str) -> tuple[Thread, ...]:
    """Every wording of the question tables (tests/questions/*.toml), asked by somebody at home in a territory (its id)."""
    return tuple(Thread(turns=each.turns, setting=Setting(home=home, today=each.must.get("clock", CLOCK))) for each in questions())


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

    def environment(self, *, compiled: bool = True) -> dict[str, str]:
        """Of a process that works on this data. `compiled` keeps bytecode, as any Python does that is not told otherwise."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("RENKEI_", "PYTHONDONTWRITE", "PYTHONPYCACHE"))}
        kept |= {"PYTHONPYCACHEPREFIX": str(self.knowledge.with_name("bytecode"))} if compiled else {"PYTHONDONTWRITEBYTECODE": "1"}
        facts = {"RENKEI_FACTS": str(self.facts)} if self.facts else {}
        return kept | facts | {"RENKEI_KNOWLEDGE": str(self.knowledge), "RENKEI_HOME": self.home, "PYTHONIOENCODING": "utf-8"}


def work(door: Connection, data: Data) -> None:
    """Open the data set, then do what comes through the door: run a round, or take the stages apart."""
    logging.disable()
    asker, opened = timed(lambda: open_asker(data.settings))
    every = gold(home_id(asker, data.home))
    tasks: dict[str, Callable[[Sequence[Thread]], Any]] = {
        "questions": lambda threads: [turn for thread in threads for turn in thread.turns],
        "opened": lambda _: opened,
        "answers": lambda threads: [line for _, line in asked(asker, threads)],
        "round": lambda threads: [times for times, _ in asked(asker, threads)],
        "stages": lambda threads: list(taken_apart(asker, threads)),
    }
    door.send(len(every))
    while (task := door.recv()) is not None:
        name, start, stop = task
        door.send(tasks[name](every[start:stop]))


def asked(asker: Asker, threads: Iterable[Thread]) -> Iterator[tuple[Times, str]]:
    """For every turn the seconds from its text to the answer in words and to what Slack is sent, and the answer in a line."""
    for thread in threads:
        before: Query | None = None
        for turn in thread.turns:
            begun = thread_time()
            reply = safe_ask(asker, turn, thread.setting, before)
            worded = thread_time() - begun
            slack(reply.message)
            sent = thread_time() - begun
            before = next_context(reply, before)
            yield (worded, sent), "failed" if reply.failure else f"{reply.message.status} {reply.message.headline}"


def taken_apart(asker: Asker, threads: Iterable[Thread]) -> Iterator[dict[str, float]]:
    """For every turn the seconds of each stage, run one by one; `hear` holds the two before it, `answer` holds `hear`."""
    base, kb = asker.understanding, asker.kb
    for thread in threads:
        before: Query | None = None
        for turn in thread.turns:
            reply = safe_ask(asker, turn, thread.setting, before)
            if not reply.failure:
                said, normalising = timed(lambda: normalise(turn))
                _, finding = timed(lambda: find_mentions(said, kb, today=thread.setting.today, local=base.local, eras=base.eras))
                _, hearing = timed(lambda: hear(turn, base, thread.setting))
                considered, answering = timed(lambda: answer(turn, base, thread.setting, before))
                message, speaking = timed(lambda: asker.speaker.speak(considered.answer))
                text, wording = timed(lambda: fallback(message, TEXT_MOST))
                built, building = timed(lambda: blocks(message))
                _, checking = timed(lambda: check({"text": text, "blocks": built}))
                times = (normalising, finding, hearing, answering, speaking, wording, building, checking)
                yield dict(zip(("normalise", "mentions", "hear", "answer", "speak", "text", "blocks", "check"), times, strict=True))
            before = next_context(reply, before)


def timed(what: Callable[[], T]) -> tuple[T, float]:
    """What comes of it, and the seconds of processor time."""
    begun = thread_time()
    result = what()
    return result, thread_time() - begun


class Process:
    """The other end of `work`."""

    def __init__(self, data: Data) -> None:
        context = get_context("spawn")
        self.door, theirs = context.Pipe()
        self.process = context.Process(target=work, args=(theirs, data), daemon=True)
        self.process.start()
        self.threads: int = self.door.recv()

    def do(self, task: str, start: int = 0, stop: int | None = None) -> Any:
        """The result of a task over some of the threads."""
        self.door.send((task, start, stop))
        return self.door.recv()

    def end(self) -> None:
        self.door.send(None)
        self.process.join()


# --- everything measured ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Figures:
    """What was measured of one data set. Times in seconds, sizes in bytes; a list has one entry a question."""

    questions: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    opened: float = 0.0
    first: list[Times] = field(default_factory=list)
    rounds: list[list[Times]] = field(default_factory=list)
    apart: list[list[dict[str, float]]] = field(default_factory=list)
    memory: float = 0.0
    builds: list[float] = field(default_factory=list)
    build_memory: float = 0.0
    size: float = 0.0
    cold: dict[str, list[tuple[float, float]]] = field(default_factory=dict)  # by the clock, by the processor

    def warm(self, what: int) -> list[float]:
        """The best of all rounds for each question: what it takes when nothing else disturbs."""
        return [min(times[what] for times in each) for each in zip(*self.rounds, strict=True)]

    def stages(self) -> dict[str, list[float]]:
        """The best of all rounds for each question by stage, each without the stages that it holds."""
        one = [{name: min(times[name] for times in each) for name in each[0]} for each in zip(*self.apart, strict=True)]
        return {
            "normalise": [t["normalise"] for t in one],
            "mentions": [t["mentions"] for t in one],
            "hear (slips, clauses, slots)": [t["hear"] - t["mentions"] - t["normalise"] for t in one],
            "choose and answer": [t["answer"] - t["hear"] for t in one],
            "speak": [t["speak"] for t in one],
            "render text": [t["text"] for t in one],
            "render blocks": [t["blocks"] for t in one],
            "check blocks, before a send": [t["check"] for t in one],
        }


def measured(sets: Sequence[Data], rounds: int, starts: int, builds: int) -> dict[str, Figures]:
    """Everything, the data sets taking turns."""
    found = {data.name: Figures() for data in sets}
    own = one_a_file(sets)
    bare = uncompiled(sets[0].knowledge.with_name("bare"))
    for data in own:
        for _ in range(1 if data.facts else builds):
            built(data, found[data.name])
    answered(sets, found, rounds)
    for data in sets:
        found[data.name].memory = memory_of_all(data, found[data.name].questions)
    for turn in range(starts + 1):  # the first one writes the bytecode
        for data in own:
            for lang, question in COLD_QUESTIONS.items():
                started(data, found[data.name], lang, question, ROOT, counts=turn > 0)
            started(data, found[data.name], "nothing compiled", COLD_QUESTIONS["ja"], bare, counts=turn > 0)
    return found


def one_a_file(sets: Sequence[Data]) -> tuple[Data, ...]:
    """The data sets without those that only look at another's knowledge base from another home."""
    return tuple(data for n, data in enumerate(sets) if data.knowledge not in {other.knowledge for other in sets[:n]})


def answered(sets: Sequence[Data], found: dict[str, Figures], rounds: int) -> None:
    processes = [(found[data.name], Process(data)) for data in sets]
    for figures, process in processes:
        figures.questions, figures.opened = process.do("questions"), process.do("opened")
    for (figures, _), times in zip(processes, in_turns(processes, "round"), strict=True):
        figures.first = times
    for _ in range(rounds):
        for (figures, _), times in zip(processes, in_turns(processes, "round"), strict=True):
            figures.rounds.append(times)
        for (figures, _), apart in zip(processes, in_turns(processes, "stages"), strict=True):
            figures.apart.append(apart)
    for figures, process in processes:
        figures.answers = process.do("answers")
        process.end()


def in_turns(processes: Sequence[tuple[Figures, Process]], task: str) -> list[list[Any]]:
    """A task over all threads in every process, the processes taking turns."""
    found: list[list[Any]] = [[] for _ in processes]
    for start in range(0, processes[0][1].threads, AT_ONCE):
        for results, (_, process) in zip(found, processes, strict=True):
            results += process.do(task, start, start + AT_ONCE)
    return found


# --- processes as people start them -----------------------------------------------------------------------------------


def uncompiled(folder: Path) -> Path:
    """A copy of the program without any bytecode."""
    for package in ("bot", "db", "knowledge", "templates"):
        copytree(ROOT / package, folder / package, ignore=ignore_patterns("__pycache__"))
    return folder


def started(data: Data, figures: Figures, name: str, question: str, program: Path, *, counts: bool) -> None:
    """One `python -m bot ask` from a cold process. A copy of the program is one that may not keep bytecode."""
    seconds = spent([sys.executable, "-m", "bot", "ask", question], data.environment(compiled=program == ROOT), program)
    if counts:
        figures.cold.setdefault(name, []).append(seconds)


def spent(command: list[str], environment: Mapping[str, str], folder: Path = ROOT) -> tuple[float, float]:
    """The seconds of a process by the clock and by the processor."""
    begun, before = perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return perf_counter() - begun, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def built(data: Data, figures: Figures) -> None:
    """One `python -m bot build`."""
    command = [sys.executable, "-m", "bot", "build", "--force"]
    begun = perf_counter()
    with subprocess.Popen(command, cwd=ROOT, env=data.environment(), stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            figures.build_memory = max(figures.build_memory, peak(process.pid))
            sleep(0.02)
    figures.builds.append(perf_counter() - begun)
    if process.returncode:
        raise SystemExit(f"The {data.name} data set could not be built; why stands above.")
    figures.size = float(data.knowledge.stat().st_size)


def memory_of_all(data: Data, turns: Iterable[str]) -> float:
    """The most memory of a `python -m bot ask --json -` that has answered every question."""
    command = [sys.executable, "-m", "bot", "ask", "--json", "--today", CLOCK.isoformat(), "-"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=data.environment(), stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as process:
        assert process.stdin is not None and process.stdout is not None
        for turn in turns:
            process.stdin.write(" ".join(turn.split()).encode(errors="replace") + b"\n")
            process.stdin.flush()
            process.stdout.readline()
        most = peak(process.pid)
        process.stdin.close()
    return most


def peak(pid: int) -> float:
    """The most memory that a running process ever held, in bytes; 0 where there is no /proc (macOS) or no process."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return 1024 * float(next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")), 0))


def bare_start(starts: int) -> float:
    """What it takes to start Python at all: no cold start can be shorter."""
    return median(spent([sys.executable, "-c", ""], os.environ)[0] for _ in range(starts))


# --- the table --------------------------------------------------------------------------------------------------------

Row = tuple[str, ...]
Three = tuple[Figures, Figures, Figures]


def report(found: dict[str, Figures], floor: float) -> Iterator[str]:
    """The tables. The first data set is what the second is compared with; the third stands beside them."""
    one, two, three = found.values()
    names = list(found)
    yield from aligned([("", *names[:2], "growth", names[2], "aim"), *answering((one, two, three)), *around((one, two, three))])
    yield ""
    yield from aligned([("stage: p50, p99", *names[:2], "growth", names[2]), *stages((one, two, three))])
    for name, figures in found.items():
        yield f"\nslowest, {name}:"
        worst = sorted(zip(figures.warm(SENT), figures.questions, strict=True), reverse=True)[:5]
        yield from (f"  {ms(seconds):>9}  {clipped(question)}" for seconds, question in worst)
    same = sum(here == there for here, there in zip(one.answers, two.answers, strict=True))
    yield f"\n{len(one.questions)} questions; {same} have the same answer on both data sets. Python alone starts in {ms(floor)}."
    yield f"Load at the end: {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores, of which 1.0 is this program."
    yield from (f"Failed on the {name} data: {clipped(q)}" for name, f in found.items() for q, a in zip(f.questions, f.answers, strict=True) if a == "failed")


def answering(three: Three) -> Iterator[Row]:
    """Per question: from its text to the answer in words, and on to what Slack is sent."""
    for what, name in ((WORDED, "text → answer in words"), (SENT, "text → Slack message")):
        warm = [figures.warm(what) for figures in three]
        for part, of, most in (("p50", p50, 1e-3), ("p99", p99, 5e-3), ("max", max, None)):
            one, two, other = map(of, warm)
            aim = f"≤ {ms(most)} {met(one <= most)}, growth ≤ 2 {met(two <= 2 * one)}" if most else ""
            yield f"{name}: {part}", ms(one), ms(two), ratio(two, one), ms(other), aim
        yield "  the same question on both: p50", "", "", f"{p50(there / here for here, there in zip(*warm[:2], strict=True)):.2f}×", "", ""
    for part, of in (("p50", p50), ("p99", p99), ("max", max)):
        one, two, other = (of([times[SENT] for times in figures.first]) for figures in three)
        yield f"the first time that it is asked: {part}", ms(one), ms(two), ratio(two, one), ms(other), ""


def around(three: Three) -> Iterator[Row]:
    """Starting, building, and how much room it takes."""
    shipped, country, other = three
    for name in shipped.cold:
        (one, two), (one_cpu, two_cpu) = zip(middle(shipped.cold[name]), middle(country.cold[name]), strict=True)
        yield f"ask from a cold process, {name}", ms(one), ms(two), ratio(two, one), "", f"< 500 ms {met(one < 0.5)}"
        yield "  of that, processor", ms(one_cpu), ms(two_cpu), ratio(two_cpu, one_cpu), "", ""
        one, two = (min(clock for clock, _ in figures.cold[name]) for figures in (shipped, country))
        yield "  the best of all", ms(one), ms(two), ratio(two, one), "", ""
    yield "opening in a running process", ms(shipped.opened), ms(country.opened), ratio(country.opened, shipped.opened), ms(other.opened), ""
    one, two = median(shipped.builds), median(country.builds)
    yield "build", f"{one:.2f} s", f"{two:.2f} s", ratio(two, one), "", ""
    for name, room in (("memory after all questions", "memory"), ("memory of a build", "build_memory"), ("knowledge.db", "size")):
        one, two, third = (getattr(figures, room) for figures in three)
        yield name, mb(one), mb(two), ratio(two, one), mb(third) if third else "", ""


def stages(three: Three) -> Iterator[Row]:
    one, two, third = (figures.stages() for figures in three)
    for name in one:
        yield name, spread(one[name]), spread(two[name]), ratio(p50(two[name]), p50(one[name])), spread(third[name])


def middle(times: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The medians by the clock and by the processor."""
    return median(clock for clock, _ in times), median(processor for _, processor in times)


def p50(times: Iterable[float]) -> float:
    return median(times)


def p99(times: Iterable[float]) -> float:
    """The time that 99 questions of 100 keep within."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]


def spread(times: Sequence[float]) -> str:
    return f"{1000 * p50(times):.2f}, {1000 * p99(times):6.2f} ms"


def ms(seconds: float) -> str:
    return f"{1000 * seconds:.{2 if seconds < 0.1 else 0}f} ms"


def mb(size: float) -> str:
    return f"{size / 1e6:.1f} MB"


def ratio(two: float, one: float) -> str:
    return f"{two / one:.2f}×" if one > 0 else "–"


def met(good: bool) -> str:
    return "✓" if good else "✗"


def clipped(question: str) -> str:
    line = " ".join(question.split())
    return line if len(line) <= 80 else line[:79] + "…"


def aligned(rows: Iterable[Row]) -> Iterator[str]:
    """Columns of equal width: the first and the sixth to the left, figures to the right."""
    lines = list(rows)
    widths = [max(width(row[n]) for row in lines) for n in range(len(lines[0]))]
    for row in lines:
        blanks = [" " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)]
        yield "   ".join(cell + blank if n in (0, 5) else blank + cell for n, (cell, blank) in enumerate(zip(row, blanks, strict=True))).rstrip()


def width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


# --- command line -----------------------------------------------------------------------------------------------------


def main() -> None:
    given = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.split("\n")[0])
    given.add_argument("--rounds", type=int, default=3, help="times that every question is asked of each data set (default: 3)")
    given.add_argument("--starts", type=int, default=15, help="cold starts of each data set and kind (default: 15)")
    given.add_argument("--builds", type=int, default=3, help="builds of the shipped data; the national one is built once (default: 3)")
    chosen = given.parse_args()
    with TemporaryDirectory(prefix="renkei-bench-") as name:
        place = Path(name)
        facts = place / "national"
        national.generate(facts)
        sets = (
            Data(name="shipped", knowledge=place / "shipped.db"),
            Data(name="national", knowledge=place / "national.db", facts=facts),
            Data(name=f"national, {LARGEST}", knowledge=place / "national.db", facts=facts, home=LARGEST),
        )
        before = content_hash(all_files(folders(sets[1].settings)))
        found = measured(sets, chosen.rounds, chosen.starts, chosen.builds)
        print("\n".join(report(found, bare_start(chosen.starts))))
        if content_hash(all_files(folders(sets[1].settings))) != before:
            print("The facts or the code changed while this ran: cold starts and builds above are not to be trusted.", file=sys.stderr)


if __name__ == "__main__":
    main()
