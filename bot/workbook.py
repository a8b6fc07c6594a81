"""An answer's tables as an Excel workbook: one header row, one value a cell, and on every row what it is of.

Figures stay figures with their number format, states are words, a municipality has its code beside it. The last columns of
every row are the as-of date, the number of municipalities (n) and the source, so that a row that is copied elsewhere still
says where it comes from. A last sheet holds the question, how it was read, the notes and the sources.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.ask import Reply
from bot.render.plain import visible
from bot.words import Words
from knowledge.model import Column, Found, Grid, Lang, Municipality, Pair, State

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_LEAST = 2  # fewer are no table
WIDTH_LEAST, WIDTH_MOST = 8, 60  # of a column, in characters
CELL_MOST = 32_000  # characters that Excel takes in a cell, and a few to spare

TABLE, ABOUT = Pair("表", "Table"), Pair("この表について", "About")
FILE = Pair("Renkei_{what}.xlsx", "Renkei_{what}.xlsx")
STATES = {State.DONE: Pair("実施済み", "Done"), State.PLANNED: Pair("予定", "Planned"), State.NEITHER: Pair("予定なし", "No plan")}
CODE = Pair("団体コード", "Code")
AS_OF, N, SOURCE = Pair("時点", "As of"), Pair("母数（n）", "n"), Pair("出典", "Source")
LINES = {
    "question": Pair("質問", "Question"),
    "reading": Pair("読み取り", "Read as"),
    "answer": Pair("回答", "Answer"),
    "note": Pair("注", "Note"),
    "source": Pair("出典", "Source"),
    "base": Pair("知識ベース", "Knowledge base"),
}
DATES = frozenset({"as_of", "date", "due"})  # columns that say it row by row
PERCENT, COUNT, BROKEN = "0.0", "#,##0", "#,##0.0##"


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A workbook as it is sent: `name` of the file, `title` in Slack, the `comment` above it."""

    name: str
    title: str
    comment: str
    data: bytes


def has_table(reply: Reply) -> bool:
    """Whether an answer has rows that are worth a workbook."""
    given = reply.considered.answer
    return isinstance(given, Found) and any(len(grid.rows) >= ROWS_LEAST for grid in given.grids)


def book(reply: Reply, words: Words, base: str) -> Book:
    """The workbook of an answer; `base` is the hash of the knowledge base. An answer without a table has the last sheet only."""
    from openpyxl import Workbook  # type: ignore[import-untyped]  # takes a tenth of a second, and few ask for it

    made, lang = Workbook(), words.lang
    made.remove(made.active)
    given = reply.considered.answer
    grids = [grid for grid in given.grids if grid.rows] if isinstance(given, Found) else []
    for number, grid in enumerate(grids, 1):
        _sheet(made.create_sheet(f"{TABLE[lang]}{number}"), grid, given, words)
    _about(made.create_sheet(ABOUT[lang]), reply, words, base)
    data = io.BytesIO()
    made.save(data)
    title = _title(reply)
    return Book(name=FILE[lang].format(what=_safe(title)), title=title, comment=reply.message.reading or reply.message.headline, data=data.getvalue())


def _title(reply: Reply) -> str:
    """Short, from the reading line: 平成29年6月（2017年6月）時点｜山口県19市町."""
    said = reply.message.reading.strip("〔〕") or reply.query.text
    return " ".join(visible(said).split())[:80]


def _safe(title: str) -> str:
    """As part of a file's name on every system."""
    return "".join("_" if char in '\\/:*?"<>|｜ ' else char for char in title)[:60]


# --- a table ----------------------------------------------------------------------------------------------------------

Cell = tuple[Any, str]  # a value and its number format


def _sheet(sheet: Any, grid: Grid, given: Any, words: Words) -> None:
    headings = [heading for at, column in enumerate(grid.columns) for heading in _headings(column, _column(grid, at), words)]
    fixed = _fixed(grid, given, words)
    rows = [[cell for at, value in enumerate(row) for cell in _cells(grid.columns[at], value, _column(grid, at), words)] for row in grid.rows]
    _write(sheet, [*headings, *(name for name, _ in fixed)], [[*row, *(cell for _, cell in fixed)] for row in rows])


def _column(grid: Grid, at: int) -> list[Any]:
    return [row[at] for row in grid.rows]


def _headings(column: Column, values: Sequence[Any], words: Words) -> Iterator[str]:
    """The column's own, and for municipalities that of their codes too."""
    yield column.label[words.lang]
    if any(isinstance(value, Municipality) for value in values):
        yield CODE[words.lang]


def _cells(column: Column, value: Any, values: Sequence[Any], words: Words) -> Iterator[Cell]:
    yield _value(value, words.lang), _format(column, values) if isinstance(value, (int, float)) else ""
    if any(isinstance(other, Municipality) for other in values):
        yield (value.code if isinstance(value, Municipality) else None), "@"


def _value(value: Any, lang: Lang) -> Any:
    """A figure as it is, a state and a pair in words, a municipality by its official name."""
    if isinstance(value, State):
        return STATES[value][lang]
    if isinstance(value, Municipality):
        return value.name
    return value[lang] if isinstance(value, Pair) else value


def _format(column: Column, values: Sequence[Any]) -> str:
    """Shares with one decimal, as the answer says them; counts and money with their thousands."""
    if "share" in column.key or "%" in column.label.en:
        return PERCENT
    return BROKEN if any(isinstance(value, float) and not value.is_integer() for value in values) else COUNT


def _fixed(grid: Grid, given: Any, words: Words) -> list[tuple[str, Cell]]:
    """What is the same for every row: as-of and n unless the table has a column of them, and the sources."""
    keys = {column.key for column in grid.columns}
    found: list[tuple[str, Cell]] = []
    if given.as_of and not keys & DATES:
        found.append((AS_OF[words.lang], (words.date(given.as_of), "")))
    n = _n(given)
    if n is not None and "n" not in keys:
        found.append((N[words.lang], (n, COUNT)))
    sources = "；".join(dict.fromkeys(words.cite(citation) for citation in given.sources))
    return [*found, (SOURCE[words.lang], (sources, ""))]


def _n(given: Any) -> int | None:
    """How many municipalities the figures are of, if they are of any."""
    scope = getattr(given.facts, "scope", None)
    n: int | None = getattr(given.facts, "n", None)
    if n is None and scope is not None:
        n = len(scope.members) if scope.survey.named else scope.survey.n
    return n if isinstance(n, int) else given.denominator if given.query.intent == "figures" else None


def _write(sheet: Any, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Header in bold and always in sight, filters, columns as wide as they need be."""
    from openpyxl.styles import Alignment, Font  # type: ignore[import-untyped]
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

    widths = [_width(name) for name in headings]
    for at, name in enumerate(headings, 1):
        _put(sheet.cell(1, at), name).font = Font(bold=True)
        sheet.cell(1, at).alignment = Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate(rows, 2):
        for at, (value, form) in enumerate(row, 1):
            cell = _put(sheet.cell(number, at), value)
            cell.number_format = form or cell.number_format
            cell.alignment = Alignment(wrap_text=isinstance(value, str), vertical="top")
            widths[at - 1] = max(widths[at - 1], _width(value))
    for at, wide in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(at)].width = wide
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"


def _put(cell: Any, value: Any) -> Any:
    """Words stay words: what begins with = is no formula here."""
    if isinstance(value, str):
        cell.value = visible(value)[:CELL_MOST]
        cell.data_type = "s"
    else:
        cell.value = value
    return cell


def _width(value: Any) -> float:
    """Characters, a Japanese one counting two."""
    if value is None:
        return 0
    longest = max((sum(2 if ord(char) > 0xFF else 1 for char in line) for line in str(value).splitlines()), default=0)
    return min(max(longest + 2, WIDTH_LEAST), WIDTH_MOST)


# --- about it ---------------------------------------------------------------------------------------------------------


def _about(sheet: Any, reply: Reply, words: Words, base: str) -> None:
    message, lang = reply.message, words.lang
    lines = [("question", reply.query.text), ("reading", message.reading), *(("answer", line) for line in (message.headline, *message.body))]
    lines += [*(("note", note) for note in message.notes), *(("source", source) for source in message.sources), ("base", base[:12])]
    for number, (name, text) in enumerate(((name, text) for name, text in lines if text), 1):
        _put(sheet.cell(number, 1), LINES[name][lang])
        _put(sheet.cell(number, 2), text)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 16, 100
