"""A long table a page at a time: the first page with the answer, the others in its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.message import Message, Sheet, worded
from knowledge.model import Pair

ROWS_MOST = 20
WORDS_MOST = 4_000  # of the cells of a page: what is left beside the rest of a message

SPAN = Pair("{total}行のうち{first}〜{last}行", "rows {first}–{last} of {total}")
TITLED = Pair("{title}（{span}）", "{title} ({span})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The message with one page of its table; `number` counts from 0, `of` is 1 where there is nothing to turn."""

    message: Message
    number: int
    of: int


def page(message: Message, number: int) -> Page:
    """The page of this number, or the nearest that there is."""
    at = next((n for n, sheet in enumerate(message.sheets) if sheet.rows and sheet.columns), None)
    if at is None or not _is_long(message.sheets[at]):
        return Page(message=message, number=0, of=1)
    rows = worded(message.sheets[at])
    spans = list(_spans(rows))
    number = min(max(number, 0), len(spans) - 1)
    sheets = (*message.sheets[:at], _part(message.sheets[at], rows, *spans[number], message), *message.sheets[at + 1 :])
    return Page(message=replace(message, sheets=sheets), number=number, of=len(spans))


def _is_long(sheet: Sheet) -> bool:
    return len(sheet.rows) > ROWS_MOST or sum(len(str(cell)) for row in sheet.rows for cell in row) > WORDS_MOST


def _spans(rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
    """From which row to before which: as many as a page holds, one at least."""
    start, room = 0, WORDS_MOST
    for n, row in enumerate(rows):
        size = sum(map(len, row))
        if n > start and (n - start == ROWS_MOST or size > room):
            yield start, n
            start, room = n, WORDS_MOST
        room -= size
    yield start, len(rows)


def _part(sheet: Sheet, rows: Sequence[tuple[str, ...]], start: int, stop: int, message: Message) -> Sheet:
    span = SPAN[message.lang].format(total=len(rows), first=start + 1, last=stop)
    title = TITLED[message.lang].format(title=sheet.title, span=span) if sheet.title else span
    return replace(sheet, title=title, rows=tuple(rows[start:stop]))
