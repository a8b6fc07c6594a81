"""What the bot says, before anything knows where it is said: a document of words and tables, with no Slack in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from knowledge.model import Lang

Cell = str | int | float | None
Status = Literal["answered", "clarify", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A natural follow-up: what a button says, and the short query it stands for (at most 2,000 characters).

    A longer query is never cut, since half a question is another question: it gets no button.
    """

    label: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A heading and how its cells are set: text to the left, numbers to the right, marks (○ ✓ –) in the middle."""

    label: str
    kind: Literal["text", "number", "mark"] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table whose cells are already worded; None is a blank.

    Raises ValueError for a row that has more or fewer cells than there are columns.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows, 1):
            if len(row) != len(self.columns):
                raise ValueError(
                    f"sheet {self.title!r}, row {number}: {len(row)} cells for {len(self.columns)} columns; "
                    "give one cell a column, None for a blank"
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One reply.

    `reading` is how the question was understood, in 〔…〕, or "". `notices` are fuzzy readings and the like.
    A line of `body` that starts with ・ is a bullet. `choices` are offered when `status` is clarify (at most 4),
    `actions` are next steps (at most 5).
    """

    lang: Lang
    status: Status
    headline: str
    reading: str = ""
    notices: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    choices: tuple[Action, ...] = ()
    actions: tuple[Action, ...] = ()


def worded(sheet: Sheet) -> tuple[tuple[str, ...], ...]:
    """The rows as words on one line: None is "", 11.0 is "11", but 50.0 stays "50.0" in a column that has a 57.9."""
    broken = [any(_broken(cell) for cell in column) for column in zip(*sheet.rows, strict=True)]
    return tuple(tuple(map(_word, row, broken)) for row in sheet.rows)


def _word(cell: Cell, broken: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and not broken:
        return str(int(cell))
    return " ".join(str(cell).splitlines())


def _broken(cell: Cell) -> bool:
    return isinstance(cell, float) and not cell.is_integer()
