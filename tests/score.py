"""How well questions are answered, family by family, and what each way of saying them differently costs.

    python -m tests.score               the table
    python -m tests.score --failures    and every question that is not right, with what came
    python -m tests.score --family which --no-perturbations

The specification is `tests/questions/*.toml`. A case is a question in several wordings and what must hold of every answer:

    ja, en          wordings; `thread` a conversation of which the last turn is judged (with its `lang`)
    status          answered (when not said), clarify, unknown; several: any of them. `reason` likewise
    intent          the kind of question, where it matters; `not = true`: anything but an answer of the file's kind
    municipalities  the answer set in code order
    value           the headline number, "none" for none; `denominator`; `as_of` (its first characters)
    says            strings of the text; `says_any` one of them; `says_not` none of them
    rows            rows of the tables: each a list of cells that stand together in one row (a number equals a cell, a string is
                    in one); `rows_in_order` the same, in that order
    clock           today's date, where it matters
    family          the line of the score; `note` why it is so
    fails           the wordings of it that are known not to hold yet

says, says_any, says_not, rows and rows_in_order are lists, or one list a language: `says.ja`, `says.en`.

RS(10): +1 right (asking or refusing is right where the case says so), 0 asked back or refused though answerable, -10 wrong; mean.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot.ask import Asker, as_json, next_context
from bot.open import home_id, open_asker
from bot.settings import Settings
from knowledge.understand import Setting
from tests.perturb import PERTURBATIONS

ROOT = Path(__file__).parent.parent
QUESTIONS = Path(__file__).parent / "questions"
CLOCK = date(2025, 11, 4)
LANGUAGES = ("ja", "en")
KEYS = frozenset("ja en thread lang family note fails clock status reason intent not".split())
KEYS |= frozenset("municipalities value denominator as_of says says_any says_not rows rows_in_order".split())
RIGHT, ASKED, WRONG = "right", "asked back", "wrong"
POINTS = {RIGHT: 1, ASKED: 0, WRONG: -10}
VARIANTS = 3


# --- the tables -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One wording of a case: the turns (one, or a thread's), its language ("" if it has none) and what must hold."""

    kind: str
    family: str
    turns: tuple[str, ...]
    lang: str
    must: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.kind}: {' / '.join(turn.strip() or '(empty)' for turn in self.turns)}"

    @property
    def fails_today(self) -> bool:
        return " / ".join(self.turns) in self.must.get("fails", ())

    def said(self, text: str) -> Question:
        """The same question in another wording."""
        return Question(kind=self.kind, family=self.family, turns=(text,), lang=self.lang, must=self.must)


def questions(folder: Path = QUESTIONS) -> list[Question]:
    """Every wording of every table, in the order of the files. A key that no one knows is an error."""
    tables = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.toml"))}
    return [question for kind, table in tables.items() for case in table.get("case", ()) for question in wordings(kind, case)]


def wordings(kind: str, case: Mapping[str, Any]) -> Iterator[Question]:
    unknown = set(case) - KEYS
    if unknown:
        raise ValueError(f"{kind}.toml: unknown key {', '.join(sorted(unknown))} in {case}")
    family = case.get("family", kind)
    if "thread" in case:
        yield Question(kind=kind, family=family, turns=tuple(case["thread"]), lang=case.get("lang", ""), must=case)
    for lang in LANGUAGES:
        for text in case.get(lang, ()):
            yield Question(kind=kind, family=family, turns=(text,), lang=case.get("lang", lang) if any(char.isalnum() for char in text) else "", must=case)


# --- asking -----------------------------------------------------------------------------------------------------------


class Door:
    """The bot as `ask --json` is: turns in, the last reply's object out. Uses only what is shipped, never the environment."""

    def __init__(self, knowledge: Path = ROOT / "var" / "knowledge.db") -> None:
        settings = Settings(knowledge=knowledge, facts=None, home="山口県")
        self.asker: Asker = open_asker(settings)
        self.home = home_id(self.asker, settings.home)

    def ask(self, turns: Iterable[str], today: date = CLOCK) -> dict[str, Any]:
        before = reply = None
        for turn in turns:
            reply = self.asker.ask(turn, Setting(home=self.home, today=today), before)
            before = next_context(reply, before)
        assert reply is not None
        return as_json(reply)

    def answer(self, question: Question) -> dict[str, Any]:
        """The reply to a question; an exception is a reply too, the worst."""
        try:
            return self.ask(question.turns, question.must.get("clock", CLOCK))
        except Exception as error:
            return {"status": "broken", "text": f"{type(error).__name__}: {error}"}


# --- judging ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """right, asked back or wrong, and what did not hold."""

    kind: str
    why: str = ""


def judge(question: Question, reply: Mapping[str, Any]) -> Verdict:
    """What a reply is worth to its question."""
    must, status = question.must, reply["status"]
    if status == "broken":
        return Verdict(kind=WRONG, why=str(reply["text"]))
    if must.get("not"):
        taken = status == "answered" and reply["intent"] == question.kind
        return Verdict(kind=WRONG, why=f"answered as {question.kind}") if taken else Verdict(kind=RIGHT)
    wanted = several(must.get("status", "answered"))
    if status not in wanted:
        came = f"{status} ({reply['reason'] or ''}), not {' or '.join(wanted)}"
        return Verdict(kind=WRONG if status == "answered" else ASKED, why=came)
    why = "; ".join(problem for check in CHECKS for problem in check(question, reply))
    if not why:
        return Verdict(kind=RIGHT)
    return Verdict(kind=WRONG if status == "answered" else ASKED, why=why)


def several(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def in_language(value: Any, lang: str) -> Sequence[Any]:
    """A list, or the language's own of one list a language."""
    found: Sequence[Any] = value.get(lang, ()) if isinstance(value, Mapping) else value
    return found


def check_reason(question: Question, reply: Mapping[str, Any]) -> Iterator[str]:
    wanted = question.must.get("reason")
    if wanted and reply["status"] == "unknown" and reply["reason"] not in several(wanted):
        yield f"reason {reply['reason']}, not {wanted}"


def check_slots(question: Question, reply: Mapping[str, Any]) -> Iterator[str]:
    if reply["status"] != "answered":
        return
    for key in ("intent", "municipalities", "denominator"):
        if key in question.must and reply[key] != question.must[key]:
            yield f"{key} {shown(reply[key])}, not {shown(question.must[key])}"
    value = question.must.get("value")
    if value is not None and reply["value"] != (None if value == "none" else value):
        yield f"value {reply['value']}, not {value}"
    as_of = question.must.get("as_of")
    if as_of and not str(reply["as_of"] or "").startswith(as_of):
        yield f"as of {reply['as_of']}, not {as_of}"


def shown(value: Any) -> str:
    return "、".join(value) or "nobody" if isinstance(value, list) else str(value)


def check_text(question: Question, reply: Mapping[str, Any]) -> Iterator[str]:
    text, must = reply["text"], question.must
    for wanted in in_language(must.get("says", ()), question.lang):
        if wanted not in text:
            yield f"does not say {wanted!r}"
    any_of = in_language(must.get("says_any", ()), question.lang)
    if any_of and not any(wanted in text for wanted in any_of):
        yield f"says none of {any_of}"
    for unwanted in in_language(must.get("says_not", ()), question.lang):
        if unwanted in text:
            yield f"says {unwanted!r}"


def check_rows(question: Question, reply: Mapping[str, Any]) -> Iterator[str]:
    if reply["status"] != "answered":
        return
    rows = [list(row.values()) for row in reply["rows"]]
    for wanted in in_language(question.must.get("rows", ()), question.lang):
        if not any(holds_row(row, wanted) for row in rows):
            yield f"no row {wanted}"
    left = iter(rows)
    for wanted in in_language(question.must.get("rows_in_order", ()), question.lang):
        if not any(holds_row(row, wanted) for row in left):
            yield f"no row {wanted} in its place"
            return


def holds_row(row: Sequence[Any], wanted: Sequence[Any]) -> bool:
    """Whether every wanted cell has a cell of its own: a number that equals it, or a string that it is part of."""
    cells = list(row)
    for want in wanted:
        at = next((at for at, cell in enumerate(cells) if same_cell(cell, want)), None)
        if at is None:
            return False
        del cells[at]
    return True


def same_cell(cell: Any, want: Any) -> bool:
    if isinstance(want, str):
        return isinstance(cell, str) and want in cell
    return isinstance(cell, int | float) and not isinstance(cell, bool) and cell == want


CHECKS: tuple[Callable[[Question, Mapping[str, Any]], Iterator[str]], ...] = (check_reason, check_slots, check_text, check_rows)


# --- scoring ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, the reply and its verdict."""

    question: Question
    reply: Mapping[str, Any]
    verdict: Verdict

    @property
    def points(self) -> int:
        return POINTS[self.verdict.kind]


def put(question: Question, door: Door) -> Asked:
    reply = door.answer(question)
    return Asked(question=question, reply=reply, verdict=judge(question, reply))


def mean(points: Iterable[int]) -> float:
    found = list(points)
    return sum(found) / len(found) if found else 0.0


def counted(asked: Sequence[Asked]) -> tuple[int, int, int, int, float]:
    """(n, right, asked back, wrong, RS(10))"""
    kinds = [each.verdict.kind for each in asked]
    return (len(kinds), kinds.count(RIGHT), kinds.count(ASKED), kinds.count(WRONG), mean(each.points for each in asked))


def perturbed(asked: Sequence[Asked], how: Callable[[str], tuple[str, ...]], door: Door) -> list[tuple[Asked, list[Asked]]]:
    """Every single question that can be said differently in this way, with its other wordings asked."""
    pairs = []
    for each in asked:
        if len(each.question.turns) == 1:
            variants = some(how(each.question.turns[0]))
            if variants:
                pairs.append((each, [put(each.question.said(text), door) for text in variants]))
    return pairs


def some(variants: tuple[str, ...]) -> tuple[str, ...]:
    """A few of many, always the same ones."""
    return tuple(sorted(variants, key=lambda text: zlib.crc32(text.encode()))[:VARIANTS])


# --- the table --------------------------------------------------------------------------------------------------------


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def padded(text: str, to: int, *, right: bool = False) -> str:
    gap = " " * max(to - width(text), 0)
    return gap + text if right else text + gap


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns that line up in a terminal: the first to the left, numbers to the right."""
    widths = [max(width(row[at]) for row in (head, *rows)) for at in range(len(head))]
    lines = ["  ".join(padded(cell, widths[at], right=at > 0) for at, cell in enumerate(row)).rstrip() for row in (head, *rows)]
    return "\n".join((lines[0], "-" * max(map(width, lines)), *lines[1:]))


def by_family(asked: Sequence[Asked]) -> str:
    families = dict.fromkeys(each.question.family for each in asked)
    rows = [(family, counted([each for each in asked if each.question.family == family])) for family in families]
    rows += [(f"all, {lang}", counted([each for each in asked if each.question.lang == lang])) for lang in LANGUAGES]
    rows.append(("all", counted(asked)))
    return table(("family", "n", RIGHT, ASKED, WRONG, "RS(10)"), [(name, *(str(cell) for cell in cells[:4]), f"{cells[4]:.3f}") for name, cells in rows])


def by_perturbation(pairs: Mapping[str, list[tuple[Asked, list[Asked]]]]) -> str:
    head = ("said differently", "questions", "wordings", RIGHT, ASKED, WRONG, "RS before", "RS after", "drop")
    rows = []
    for name, found in pairs.items():
        after = [each for _, variants in found for each in variants]
        before = mean(original.points for original, variants in found for _ in variants)
        n, right, back, wrong, score = counted(after)
        rows.append((name, str(len(found)), str(n), str(right), str(back), str(wrong), f"{before:.3f}", f"{score:.3f}", f"{score - before:+.3f}"))
    return table(head, rows)


def failure(each: Asked, was: Asked | None = None) -> str:
    """Three lines about a question that is not right: it, what did not hold, what came."""
    reply = each.reply
    came = " ".join(str(reply.get("text", "")).split())
    known = " (known)" if each.question.fails_today else ""
    origin = f"\n    from  {was.question.turns[-1]}" if was else ""
    said = f"[{each.verdict.kind}{known}] {each.question.family} | {each.question.name}{origin}"
    return f"{said}\n    why   {each.verdict.why}\n    came  {reply.get('intent')}: {came[:160]}"


def main(arguments: Sequence[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    door = Door()
    chosen = [q for q in questions() if not given.family or given.family in (q.family, q.kind)]
    if not chosen:
        print(f"There is no family {given.family!r}. There are: {', '.join(dict.fromkeys(q.family for q in questions()))}.", file=sys.stderr)
        return 2
    asked = [put(question, door) for question in chosen]
    print(by_family(asked))
    pairs = {} if given.no_perturbations else {name: perturbed(asked, how, door) for name, how in PERTURBATIONS.items()}
    if pairs:
        print()
        print(by_perturbation(pairs))
    if given.failures:
        print()
        for each in asked:
            if each.verdict.kind != RIGHT:
                print(failure(each))
        for name, found in pairs.items():
            for original, variants in found:
                for each in variants:
                    if each.points < original.points:
                        print(f"{name}: {failure(each, original)}")
    return 0


def parser() -> argparse.ArgumentParser:
    about = "Scores the question tables: right, asked back, wrong and RS(10) by family, and the drop under each perturbation."
    top = argparse.ArgumentParser(prog="python -m tests.score", description=about)
    top.add_argument("--failures", action="store_true", help="list every question that is not right, with what came")
    top.add_argument("--family", metavar="NAME", help="only this family, or this file")
    top.add_argument("--no-perturbations", action="store_true", help="only the questions as they are written")
    return top


if __name__ == "__main__":
    sys.exit(main())
