"""A TOML file -> its values, and where in it each of them stands.

What is no TOML, or no text, is refused with line and remedy: an officer's editor writes full-width signs and byte order marks.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from knowledge.load.fields import BROKEN, Wrong

Way = tuple[str | int, ...]


class DataError(Exception):
    """A file of facts cannot be read: says file, place, value, and what would be right."""

    def __init__(self, file: str, where: str, problem: str) -> None:
        super().__init__(f"{file}: {where}: {problem}" if where else f"{file}: {problem}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Toml:
    """A file that was read: its values as TOML gives them, and what an error in them says of their place."""

    path: Path
    text: str
    values: dict[str, Any]

    def error(self, wrong: Wrong) -> DataError:
        """The sentence for somebody who has the file open: its line, its table by name, its key."""
        line = self.line(wrong.path)
        return DataError(self.path.name, ", ".join(filter(None, (f"line {line}" if line else "", self._place(wrong.path)))), wrong.problem)

    def line(self, way: Way) -> int:
        """The line where the value stands, or what it would stand in; 0 if nothing of it is there."""
        found = dict(lines(self.text))
        return next((found[way[:length]] for length in range(len(way), 0, -1) if way[:length] in found), 0)

    def _place(self, way: Way) -> str:
        """[[survey]] yamaguchi-2017-06 done ア: tables by their names, keys as they are."""
        words: list[str] = []
        here: Any = self.values
        for depth, step in enumerate(way):
            here = _inside(here, step)
            if isinstance(step, int):
                words += [_name(here, step)] if isinstance(here, dict) else []
            elif isinstance(here, list) and way[depth + 1 :] and f"{step}]]" in self.text:
                words.append(f"[[{step}]]")
            else:
                words.append(f"[{step}]" if isinstance(here, dict) and not depth else _key(step))
        return " ".join(words)


def _inside(value: Any, step: str | int) -> Any:
    try:
        return value[step]
    except (KeyError, IndexError, TypeError):
        return None


def _name(table: dict[str, Any], position: int) -> str:
    """What people call one of several tables: its id, the section that it is of, or its number."""
    called = (table.get(key) for key in ("id", "section"))
    return next((name for name in called if isinstance(name, str) and _plain(name)), f"no. {position + 1}")


def _key(key: str) -> str:
    return key if _plain(key) else repr(key)


def _plain(name: str) -> bool:
    """Whether a name can stand in a sentence as it is."""
    return bool(name.strip()) and len(name) <= 60 and not BROKEN.search(name)


# --- from bytes to values ---------------------------------------------------------------------------------------------


def read_toml(path: Path) -> Toml:
    """Raises DataError for whatever is no TOML in UTF-8, with or without a byte order mark."""
    said = _decoded(path).replace("\r\n", "\n")
    try:
        return Toml(path=path, text=said, values=tomllib.loads(said))
    except tomllib.TOMLDecodeError as error:
        raise no_toml(path, said, str(error)) from None
    except RecursionError:
        raise DataError(path.name, "", "is not TOML that can be read: brackets within brackets, hundreds deep") from None
    except ValueError:
        raise DataError(path.name, "", "is not TOML that can be read: it holds a number of thousands of digits") from None


def _decoded(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DataError(path.name, "", f"cannot be read: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DataError(
            path.name, f"line {line}", f"is not UTF-8: byte {error.start} is no character of it; save the file as UTF-8, not as Shift JIS"
        ) from None


_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)")
# What the parser says | what stands at the place, {0} | what to do about it; the first that fits.
HINTS = [
    ("", "[“”„‟〝〞＂「」『』]", 'quotation marks are plain ones: "…"'),
    ("", "[＝［］｛｝，、．：＃]", "{0} is a full-width sign; those of TOML are half-width: = [ ] {{ }} , . #"),
    ("", "\u3000", "a full-width space stands here; spaces are half-width"),
    ("Invalid statement|Invalid initial character for a key", r"[^\x00-\x7f][^\s=.,\]}]*", 'a key in Japanese stands in quotation marks: "{0}"'),
    ("Invalid value", r"[^\W\d][^\s,\]}]*", 'text stands in quotation marks: "{0}"'),
    ("Expected '='", "[:,;]", "a value follows an equals sign, as in n = 19"),
    ("Expected newline", ",", "a number is written without commas, as in 1000000"),
    ("Expected newline", "-", 'a date stands in quotation marks, as in "2017-06"'),
    ("Expected newline", "[%％]", "a share is a number alone, as in 59.3"),
    ("Unescaped", "", "a backslash in text is written twice"),
    ("Cannot declare", "", "a table that stands more than once has double brackets, as in [[survey]]"),
    ("Cannot overwrite", "", "the same key stands twice"),
    ("Unclosed array|Unterminated|Illegal character", "", "a comma, a bracket or a quotation mark is missing"),
]


def no_toml(path: Path, said: str, message: str) -> DataError:
    """What the parser says, with its place first and a remedy for the usual slips last."""
    at = _AT.search(message)
    line, column = (int(at[1]), int(at[2])) if at and at[1] else (0, 0)
    what = _AT.sub("", message)
    rest = said.split("\n")[line - 1][column - 1 :] if line else ""
    remedy = next((f"; {hint.format(at[0])}" for problem, here, hint in HINTS if re.match(problem, what) and (at := re.match(here, rest))), "")
    place = f"line {line}, column {column}" if line else "at its end"
    return DataError(path.name, place, f"is not TOML: {what}{remedy}")


# --- where in the text what stands ------------------------------------------------------------------------------------


class Token(NamedTuple):
    """A piece of TOML: `kind` is text (in quotation marks), bare, sign or end (of a line)."""

    kind: str
    said: str
    line: int


_TOKEN = re.compile(
    r"""(?P<blank>[ \t]+|\#[^\n]*)
    |(?P<end>\n)
    |(?P<text>\"{3}(?:\\.|[^\\])*?\"{3,5}|'{3}.*?'{3,5}|"(?:\\.|[^"\\])*"|'[^']*')
    |(?P<sign>[\[\]{}=,.])
    |(?P<bare>[^\s"'\[\]{}=,.\#]+)""",
    re.VERBOSE | re.DOTALL,
)


def lines(said: str) -> Iterator[tuple[Way, int]]:
    """(way, line) of every table, key and value of a text that is TOML, in the order of the text."""
    yield from _Lines(said).statements()


def tokens(said: str) -> Iterator[Token]:
    line = 1
    for found in _TOKEN.finditer(said):
        if found.lastgroup != "blank":
            yield Token(str(found.lastgroup), found[0], line)
        line += found[0].count("\n")
    yield Token("end", "", line)


class _Lines:
    """Goes through the tokens once. The text has been read as TOML before, so what comes next is never a surprise."""

    def __init__(self, said: str) -> None:
        self.tokens, self.at = tuple(tokens(said)), 0
        self.last: dict[Way, int] = {}  # of tables in double brackets, the position of the latest

    @property
    def next(self) -> Token:
        return self.tokens[min(self.at, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.next
        self.at += 1
        return token

    def skip(self, *said: str) -> bool:
        """Step over one of these signs, if one is next."""
        if self.next.kind in {"sign", "end"} and self.next.said in said:
            self.at += 1
            return True
        return False

    def statements(self) -> Iterator[tuple[Way, int]]:
        table: Way = ()
        while self.at < len(self.tokens):
            line = self.next.line
            if self.skip("\n", ""):
                continue
            if self.skip("["):
                table = self.header()
                yield table, line
            else:
                yield from self.pair(table)

    def header(self) -> Way:
        double = self.skip("[")
        names = self.key()
        while self.skip("]"):
            pass
        return self.resolved(names, double)

    def resolved(self, names: list[str], double: bool) -> Way:
        """The way of a header: of tables in double brackets it means the latest, and begins one more if it has them itself."""
        way: Way = ()
        for depth, name in enumerate(names, 1):
            way = (*way, name)
            if double and depth == len(names):
                self.last[way] = self.last.get(way, -1) + 1
            if way in self.last:
                way = (*way, self.last[way])
        return way

    def key(self) -> list[str]:
        names = [_bare(self.take())]
        while self.skip("."):
            names.append(_bare(self.take()))
        return names

    def pair(self, table: Way) -> Iterator[tuple[Way, int]]:
        line, names = self.next.line, self.key()
        yield from (((*table, *names[:length]), line) for length in range(1, len(names)))
        self.skip("=")
        yield from self.value((*table, *names))

    def value(self, way: Way) -> Iterator[tuple[Way, int]]:
        yield way, self.next.line
        if self.skip("["):
            yield from self.list(way)
        elif self.skip("{"):
            while self.at < len(self.tokens) and not self.skip("}"):
                if not self.skip("\n", ","):
                    yield from self.pair(way)
        else:
            while self.next.kind != "end" and self.next.said not in {",", "]", "}"}:
                self.at += 1

    def list(self, way: Way) -> Iterator[tuple[Way, int]]:
        position = 0
        while self.at < len(self.tokens) and not self.skip("]"):
            if not self.skip("\n", ","):
                yield from self.value((*way, position))
                position += 1


def _bare(token: Token) -> str:
    return str(tomllib.loads(f"key = {token.said}")["key"]) if token.kind == "text" else token.said
