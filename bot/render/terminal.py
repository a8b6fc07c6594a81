"""Message -> text for a person at a terminal: tables that line up, lines that break where the language allows it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import zip_longest

from bot.message import Message, Sheet, worded
from bot.render.plain import WORDS, body, head, in_words, tail, visible
from knowledge.model import Lang

GAP = "  "
NARROWEST = 20
NARROWEST_COLUMN = 16  # cells of text narrower than this are a ladder of syllables
MOST_PARTS = 3  # a table cut into more groups of columns than this is easier to read row by row, in words

# Kinsoku (JIS X 4051): what may not begin a line, and what may not end one.
NOT_FIRST = frozenset(
    "、。，．・：；？！ー―…‥〜～々ゝゞヽヾ）」』】〕〉》｝］’”ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ％℃°､｡｣･ｰ%)]},.:;?!"
)
NOT_LAST = frozenset("（「『【〔〈《｛［‘“￥＄｢([{")
COUNTERS = frozenset("年月日時回件人円市町村区項番")  # not parted from their number


def terminal(message: Message, width: int = 80) -> str:
    """The whole answer in lines of at most `width` cells (at least 20), with aligned tables where they fit."""
    width = max(width, NARROWEST)
    groups = [
        _wrapped((*head(message), *body(message)), message.lang, width),
        *(_sheet(sheet, message.lang, width) for sheet in message.sheets),
        _wrapped(tail(message), message.lang, width),
    ]
    return "\n\n".join("\n".join(group) for group in groups if group)


# --- widths -----------------------------------------------------------------------------------------------------------


def cells(text: str) -> int:
    """How many terminal cells it takes.

    Wide and fullwidth characters take two, combining and format characters none, everything else one. Ambiguous ones
    (○ – ① …) count as one: that is what UTF-8 terminals do unless told otherwise (Unicode TR11 §5, wcwidth). Where a
    terminal is set to draw them wide, a column of marks still lines up with itself, since ○ and – are both ambiguous.
    The standard library knows all this; wcwidth would add only emoji sequences, which no answer has.
    """
    return sum(map(_cells, text))


@cache
def _cells(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _pad(text: str, width: int, kind: str) -> str:
    """Numbers to the right, marks in the middle, text to the left."""
    room = width - cells(text)
    left = {"number": room, "mark": room // 2}.get(kind, 0)
    return " " * left + text + " " * (room - left)


# --- lines ------------------------------------------------------------------------------------------------------------


def wrap(text: str, width: int, hang: str = "") -> list[str]:
    """Lines of at most `width` cells; the second and later ones start with `hang`.

    English breaks at spaces, Japanese anywhere that kinsoku allows; what is longer than a line is cut hard.
    """
    lines, line = [], ""
    for atom in _fitting(_atoms(text.strip()), width - cells(hang)):
        if line and cells(line + atom.rstrip()) > width:
            lines.append(line.rstrip())
            line, atom = hang, atom.lstrip()
        line += atom
    return [*lines, line.rstrip()]


def _atoms(text: str) -> list[str]:
    """The pieces that may not be broken. Joined they are the text again."""
    atoms: list[str] = []
    for char in text:
        if atoms and _bound(atoms[-1][-1], char):
            atoms[-1] += char
        else:
            atoms.append(char)
    return atoms


def _bound(before: str, char: str) -> bool:
    """Whether no line may end between these two."""
    if char == " " or _cells(char) == 0 or char in NOT_FIRST or before in NOT_LAST or before == "\u200d":
        return True
    if before.isdecimal() and char in COUNTERS:
        return True
    return before != " " and not _ideographic(before) and not _ideographic(char)


def _ideographic(char: str) -> bool:
    """Written without spaces between words, halfwidth kana included."""
    return unicodedata.east_asian_width(char) in "WFH"


def _fitting(atoms: Iterable[str], room: int) -> Iterator[str]:
    """The atoms, with those that no line can hold cut into pieces that one can."""
    for atom in atoms:
        piece = ""
        for char in atom:
            if piece and cells((piece + char).rstrip()) > room:
                yield piece
                piece = ""
            piece += char
        yield piece


def _wrapped(texts: Iterable[str], lang: Lang, width: int) -> list[str]:
    lines = (line for text in texts for line in visible(text).splitlines())
    return [part for line in lines for part in wrap(line, width, _hang(line, lang))]


def _hang(line: str, lang: Lang) -> str:
    """Spaces as wide as the bullet, number or label that the line begins with."""
    labels = (WORDS[name][lang] for name in ("bullet", "note", "source", "next"))
    label = next((label for label in labels if line.startswith(label)), "")
    numbered = re.match(r"\d+\. ", line)
    return " " * cells(numbered[0] if numbered else label)


# --- tables -----------------------------------------------------------------------------------------------------------


def _sheet(sheet: Sheet, lang: Lang, width: int) -> list[str]:
    """Aligned, at need with its widest text wrapped or in up to three groups of columns; else row by row in words."""
    table = [tuple(map(_line, row)) for row in ([column.label for column in sheet.columns], *worded(sheet))]
    widths = _narrowed(sheet, [max(map(cells, column)) for column in zip(*table, strict=True)], width)
    groups = _groups(widths, width)
    if not groups or len(groups) > MOST_PARTS:
        return _wrapped(in_words(sheet, lang), lang, width)
    title = _wrapped([sheet.title], lang, width) if sheet.title else []
    parts = [_aligned(sheet, table, widths, group) for group in groups]
    return title + [line for n, part in enumerate(parts) for line in ([""] * bool(n) + part)]


def _line(cell: str) -> str:
    return " ".join(map(visible, cell.splitlines()))


def _narrowed(sheet: Sheet, widths: list[int], width: int) -> list[int]:
    """The widths with the widest column of text made to fit, if that leaves it enough."""
    texts = [n for n, column in enumerate(sheet.columns) if column.kind == "text"]
    widest = max(texts, key=widths.__getitem__, default=-1)
    over = _span(widths, range(len(widths))) - width
    if over <= 0 or widest < 0 or widths[widest] - over < NARROWEST_COLUMN:
        return widths
    return [size - over if n == widest else size for n, size in enumerate(widths)]


def _groups(widths: Sequence[int], width: int) -> list[list[int]]:
    """The columns by number, in groups that fit, each led by the first column; empty when one does not fit."""
    groups: list[list[int]] = [[0]] if widths else []
    for column in range(1, len(widths)):
        if _span(widths, [*groups[-1], column]) > width and len(groups[-1]) > 1:
            groups.append([0])
        groups[-1].append(column)
    return groups if all(_span(widths, group) <= width for group in groups) else []


def _span(widths: Sequence[int], group: Sequence[int]) -> int:
    return sum(widths[column] for column in group) + len(GAP) * (len(group) - 1)


def _aligned(sheet: Sheet, table: list[tuple[str, ...]], widths: list[int], group: list[int]) -> list[str]:
    lines = [_set(sheet, row, widths, group) for row in table]
    return [*lines[0], "-" * _span(widths, group), *(line for row in lines[1:] for line in row)]


def _set(sheet: Sheet, row: tuple[str, ...], widths: list[int], group: list[int]) -> list[str]:
    """One row of a table, as many lines as its tallest cell needs."""
    stacks = zip_longest(*(wrap(row[n], widths[n]) for n in group), fillvalue="")
    kinds = [(widths[n], sheet.columns[n].kind) for n in group]
    return [GAP.join(_pad(cell, *kind) for cell, kind in zip(stack, kinds, strict=True)).rstrip() for stack in stacks]
