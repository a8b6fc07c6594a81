"""What may stand in a table of a file, as data: a `Shape` is a mapping from keys to readers.

A reader takes a value as TOML gives it, and the names that may be referred to, and gives what the bot works with, or raises
`Wrong` with what was seen, what was expected and what is nearest. The way to the value is added by each table around it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.dates import Period, find_dates, period_of
from knowledge.model import Pair
from knowledge.normalise import normalise

Known = Mapping[str, Collection[str]]
Read = Callable[[Any, Known], Any]

NEAR = 0.4
MOST_OFFERED = 4
MOST_LISTED = 15
MOST_SHOWN = 80
LARGEST = 10**15  # more than any sum of yen or people, and less than SQLite's and JSON's integers hold


class Wrong(Exception):
    """What is wrong with a value, and the way to it from where this is caught: keys, and positions in lists from 0.

    `stray` is a key that has no business where it stands; a table around that place may know it.
    """

    def __init__(self, problem: str, *path: str | int, stray: str = "") -> None:
        super().__init__(problem)
        self.problem, self.path, self.stray = problem, path, stray

    def under(self, *path: str | int) -> Wrong:
        self.path = (*path, *self.path)
        return self


@contextmanager
def inside(*path: str | int) -> Iterator[None]:
    """Whatever is wrong in this block is wrong with what stands at `path`."""
    try:
        yield
    except Wrong as wrong:
        raise wrong.under(*path) from None


# --- what an error says -----------------------------------------------------------------------------------------------


def shown(value: Any) -> str:
    """A value on one line, cut where it would fill the screen."""
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    try:
        said = repr(value)
    except ValueError:  # Python writes no number of thousands of digits
        return "a number of thousands of digits"
    return said if len(said) <= MOST_SHOWN else f"{said[:MOST_SHOWN]}…"


def listed(given: Iterable[str]) -> str:
    """a, b or c."""
    *others, last = given
    return f"{', '.join(others)} or {last}" if others else last


def near(value: str, valid: Iterable[str]) -> str:
    """The valid values that look most like this one, all that are equally near; "" if none is near."""
    found = process.extract(_folded(value), {each: _folded(each) for each in valid}, scorer=OSA.normalized_similarity, score_cutoff=NEAR, limit=None)
    return listed(repr(each) for _, score, each in found[:MOST_OFFERED] if score == found[0][1]) if found else ""


def nearest(value: str, valid: Iterable[str]) -> str:
    """The same as the end of an error's sentence."""
    found = near(value, valid)
    return f"; did you mean {found}?" if found else ""


def _folded(value: str) -> str:
    return unicodedata.normalize("NFKC", value).casefold()


def unknown(value: Any, what: str, valid: Collection[str]) -> Wrong:
    """`value` is not `what`: the valid values, if they are few enough to be listed, and the nearest."""
    all_ = f": {', '.join(valid)}" if 0 < len(valid) <= MOST_LISTED else "" if valid else ": there is none"
    return Wrong(f"{shown(value)} is not {what}{all_}{nearest(value, valid) if isinstance(value, str) else ''}")


# --- single values ----------------------------------------------------------------------------------------------------


def scalar(types: tuple[type, ...], expected: str, least: float, most: float) -> Read:
    """A number of exactly one of these types (true is none, nor is "5") within bounds."""

    def read(value: Any, _: Known) -> Any:
        if type(value) not in types or not value >= least:  # what is not a number is not larger either
            raise Wrong(f"{shown(value)} is not {expected}{_digits(value, types)}")
        if value > most:
            raise Wrong(f"{shown(value)} is not {expected}: it is more than {most:,}")
        return value

    return read


def _digits(value: Any, types: tuple[type, ...]) -> str:
    """The number that is written as text, with commas, a percent sign or full-width digits."""
    said = unicodedata.normalize("NFKC", value).replace(",", "").strip(" %") if isinstance(value, str) else ""
    written = re.fullmatch(r"[0-9]+(\.[0-9]+)?" if float in types else "[0-9]+", said)
    return f"; did you mean {said}, without quotation marks?" if written else ""


def whole(least: int = 0) -> Read:
    return scalar((int,), f"a whole number of {least} or more", least, LARGEST)


number = scalar((int, float), "a number", -LARGEST, LARGEST)
share = scalar((int, float), "a share in percent of 0 or more", 0, 100)


def flag(value: Any, _: Known) -> bool:
    if type(value) is not bool:
        raise Wrong(f"{shown(value)} is not true or false (without quotation marks)")
    return value


BROKEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def text(value: Any, _: Known) -> str:
    """Text on one line, perhaps empty."""
    if type(value) is not str:
        meant = f"; did you mean {value.isoformat()!r}?" if isinstance(value, date) else ""
        raise Wrong(f"{shown(value)} is not text in quotation marks{meant}")
    if BROKEN.search(value):
        raise Wrong(f"{shown(value)} holds a line break or another control character; write it on one line")
    return value


def words(value: Any, known: Known) -> str:
    """Text that is not empty."""
    given = text(value, known)
    if not given.strip():
        raise Wrong(f"{shown(value)} is empty")
    return given


def pair(value: Any, known: Known) -> Pair:
    """The same words in both languages."""
    if type(value) is not dict or value.keys() != {"ja", "en"} or not all(type(each) is str and each.strip() for each in value.values()):
        raise Wrong(f'{shown(value)} is not words in both languages: {{ ja = "…", en = "…" }}')
    return Pair(text(value["ja"], known), text(value["en"], known))


def one_of(*valid: str) -> Read:
    """One of a fixed set of words."""

    def read(value: Any, _: Known) -> str:
        if value not in valid:
            raise unknown(value, "one of these", valid)
        return str(value)

    return read


def named(kind: str, what: str) -> Read:
    """The name of something of this kind that is known when the file is read."""

    def read(value: Any, known: Known) -> str:
        if type(value) is not str or value not in known[kind]:
            raise unknown(value, what, known[kind])
        return value

    return read


# --- dates ------------------------------------------------------------------------------------------------------------

EXAMPLES = {"year": "2017", "month": "2017-06", "day": "2017-06-30", "fiscal_year": "FY2017"}
FORMS = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d", "fiscal_year": "FY%Y"}
_ISO = re.compile(r"(FY)?[0-9]{4}(?(1)|(-[0-9]{2}(-[0-9]{2})?)?)")


def dated(*precisions: str, stated: bool = True) -> Read:
    """ISO text of one of these precisions (of any, if none is given). A date that need not be stated may be ""."""
    allowed = {each: EXAMPLES[each] for each in precisions or EXAMPLES}
    expected = f"a date such as {listed(allowed.values())}{'' if stated else ' (empty if not stated)'}"

    def read(value: Any, known: Known) -> str:
        given = text(value, known)
        if not given and not stated:
            return given
        if not _ISO.fullmatch(given):
            raise Wrong(f"{shown(given)} is not {expected}{_meant(given, allowed)}")
        if _period(given).precision not in allowed:
            raise Wrong(f"{shown(given)} is not {expected}")
        return given

    return read


def _period(iso: str) -> Period:
    try:
        return period_of(iso)
    except ValueError as error:
        raise Wrong(f"{shown(iso)} does not exist in the calendar: {error}") from None


def _meant(given: str, allowed: Mapping[str, str]) -> str:
    """A date in another writing (H29.6, 2017-6) in the one that the file wants. What depends on the day of asking means no date."""
    found = {_iso_in(given, today) for today in (date(2000, 1, 1), date(2021, 7, 15))}
    precision, iso = found.pop()
    return f"; did you mean {iso!r}?" if not found and precision in allowed else ""


def _iso_in(given: str, today: date) -> tuple[str, str]:
    said = normalise(given).text
    dates = [mention for mention in find_dates(said, today=today) if mention.surface == said]
    value = dates[0].value if dates else None
    if not isinstance(value, Period) or not value.single or value.precision not in FORMS:
        return "", ""
    return value.precision, value.start.strftime(FORMS[value.precision])


# --- tables and lists -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Key:
    """How the value under a key is read, and what stands for it where it is missing; `...` if it must be there."""

    read: Read
    default: Any = ...


def need(read: Read) -> Key:
    return Key(read)


def may(read: Read, default: Any = None) -> Key:
    return Key(read, default)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A table: its keys, those of which one at least must be there, and what is made of its values.

    `written` is how a key of it is written where that is not the bare key: "words." for words.ja. Called, it is a reader.
    """

    keys: Mapping[str, Key]
    one_at_least: tuple[str, ...] = ()
    make: Callable[..., Any] = dict
    written: str = ""

    def __call__(self, value: Any, known: Known) -> Any:
        if type(value) is not dict:
            needed = [f"{self.written}{name} = …" for name, key in self.keys.items() if key.default is ... or self.written]
            raise Wrong(f"{shown(value)} is not a table: {', '.join(needed)}")
        self._refuse_missing(value)
        self._refuse_unknown(value)
        return self.make(**{name: self._read(name, key, value, known) for name, key in self.keys.items()})

    def _read(self, name: str, key: Key, value: dict[str, Any], known: Known) -> Any:
        if name not in value:
            return key.default
        try:
            return key.read(value[name], known)
        except Wrong as wrong:
            if wrong.stray in self.keys:
                wrong.problem += "; if the table around this one is meant, write it above this one's header"
                wrong.stray = ""
            raise wrong.under(name) from None

    def _refuse_missing(self, value: dict[str, Any]) -> None:
        for name, key in self.keys.items():
            if key.default is ... and name not in value:
                slip = near(name, value.keys() - self.keys.keys())
                raise Wrong(f"is missing{f'; is {slip} meant to be it?' if slip else ''}", name)
        if self.one_at_least and not value.keys() & set(self.one_at_least):
            *others, last = self.one_at_least
            raise Wrong(f"has neither {', '.join(others)} nor {last}")

    def _refuse_unknown(self, value: dict[str, Any]) -> None:
        for name in value:
            if name not in self.keys:
                free = [f"{self.written}{key}" for key in self.keys if key not in value]
                raise Wrong(f"is not a key here{nearest(f'{self.written}{name}', free) or nearest(name, self.keys)}", name, stray=name)


def single(shape: Shape, name: str) -> Read:
    """A table under a header of its own, [name]."""

    def read(value: Any, known: Known) -> Any:
        if type(value) is list:
            raise Wrong(f"stands once in a file, in single brackets: [{name}]")
        return shape(value, known)

    return read


def each(shape: Shape, name: str) -> Read:
    """Tables under headers of their own, [[name]]; one at least, since an empty list says nothing."""

    read_all = many(shape, least=1)

    def read(value: Any, known: Known) -> Any:
        if type(value) is dict:
            raise Wrong(f"may stand more than once, so it has double brackets: [[{name}]]")
        return read_all(value, known)

    return read


def many(read: Read, least: int = 0) -> Read:
    """A list, as a tuple."""

    def read_all(value: Any, known: Known) -> tuple[Any, ...]:
        if type(value) is not list or len(value) < least:
            raise Wrong(f"{shown(value)} is not a list in square brackets{' with something in it' if value == [] else ''}")
        found = []
        for position, one in enumerate(value):
            try:
                found.append(read(one, known))
            except Wrong as wrong:
                raise wrong.under(position) from None
        return tuple(found)

    return read_all


def by(key: Read, read: Read, least: int = 0) -> Read:
    """A table whose keys are themselves values: items, kinds of words."""

    def read_all(value: Any, known: Known) -> dict[str, Any]:
        if type(value) is not dict or len(value) < least:
            raise Wrong(f"{shown(value)} is not a table with something in it")
        return dict(_entry(key, read, name, one, known) for name, one in value.items())

    return read_all


def _entry(key: Read, read: Read, name: str, value: Any, known: Known) -> tuple[Any, Any]:
    try:
        entry = key(name, known)
    except Wrong as wrong:
        raise Wrong(wrong.problem, name, stray=name) from None
    try:
        return entry, read(value, known)
    except Wrong as wrong:
        raise wrong.under(name) from None


def filled(kind: type[Any], given: Mapping[str, Any]) -> Any:
    """A dataclass from the values whose keys are the names of its fields."""
    return kind(**{each.name: given[each.name] for each in fields(kind)})
