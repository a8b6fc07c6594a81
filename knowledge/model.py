"""The values that flow: facts, and what a question and its answer are made of.

All are frozen and made of tuples, so that they can be shared by threads, compared and used as keys.
Municipalities are named by their 5-digit official code, items by their letter (ア … ク), everything else by its id.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

Lang = Literal["ja", "en"]
LANGS: tuple[Lang, ...] = ("ja", "en")


@dataclass(frozen=True, slots=True)
class Pair:
    """The same words in both languages. There is no default: a missing translation is an error where it is missing."""

    ja: str
    en: str

    def __getitem__(self, lang: str) -> str:
        return self.ja if lang == "ja" else self.en


# --- facts ------------------------------------------------------------------------------------------------------------


class State(StrEnum):
    """What a survey says of one municipality and one item. Every pair has exactly one."""

    DONE = "done"
    PLANNED = "planned"
    NEITHER = "neither"


States = frozenset[State]
DONE: States = frozenset({State.DONE})
PLANNED: States = frozenset({State.PLANNED})
NEITHER: States = frozenset({State.NEITHER})
NOT_DONE: States = PLANNED | NEITHER
EXPECTED: States = DONE | PLANNED
ANY: States = frozenset(State)


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality:
    """One of the 1,741 市区町村. `kind` is 市, 町, 村 or 区; `kana` is the whole name in hiragana."""

    code: str
    name: str
    kind: str
    kana: str
    prefecture: str
    former: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One of the eight 事業項目. `short` is what a reply calls it, `names` every wording the sources use."""

    letter: str
    number: int
    romaji: str
    short: Pair
    official: Pair
    meaning: Pair
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A secondary medical area (二次医療圏)."""

    name: str
    en: str
    prefecture: str
    members: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A document. `date` is ISO text with the precision the document gives, "" if it bears none."""

    id: str
    document: Pair
    publisher: Pair
    date: str
    note: Pair | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Territory:
    """The area that facts are about. `members` are codes in official order; a nation has none."""

    id: str
    name: str
    en: str
    kind: str
    members: tuple[str, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """One collection of answers. `named` tells whether the source names municipalities or only counts them.

    `as_of` is ISO text (month or day). A planned survey is what was expected for `as_of`, said in `based_on`.
    """

    id: str
    source: str
    territory: str
    as_of: str
    label: str
    kind: Literal["actual", "planned"]
    n: int
    named: bool
    place: str
    plan_by: str = ""
    based_on: str = ""
    total: int | None = None
    note: Pair | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A published count: of a whole item (`no` is "") or of one of its sub-questions."""

    survey: str
    item: str
    no: str
    question: Pair | None
    part: Pair | None
    done: int
    not_done: int
    done_share: float | None = None
    not_done_share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What one survey says of one municipality and one item."""

    survey: str
    municipality: str
    item: str
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A denominator: how many, of what, and whether the printed shares use it."""

    n: int
    of: Pair
    printed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Something that facts are told of and that a question can be about; what it is about stands in `of`.

    `ways` are the ways of asking for it: sets of words that must all occur. `text` is everything printed of it, in
    both languages, to explain further words of a question by.
    """

    id: str
    kind: Literal["table", "row", "programme", "topic", "point", "event"]
    source: str
    territory: str
    place: str
    title: Pair
    ways: tuple[frozenset[str], ...] = ()
    parent: str = ""
    items: tuple[str, ...] = ()
    text: str = ""
    of: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a published table; `share` is as printed, in percent."""

    label: Pair
    value: float
    share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Any other published figures. `bases` are the denominators; the first is the one that printed shares use."""

    as_of: str
    unit: Pair
    bases: tuple[Base, ...] = ()
    note: Pair | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A countable size of a programme: 40 visits or more, 100 doctors."""

    label: Pair
    value: int
    unit: Pair
    at_least: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A budget line. Money is in yen; `fiscal_year` is "" where the source does not state it."""

    name: str
    fiscal_year: str
    new: bool
    amount: int | None = None
    rate: str = ""
    cap: int | None = None
    cap_per: Pair | None = None
    target: Pair | None = None
    size: Pair | None = None
    numbers: tuple[Size, ...] = ()
    purpose: Pair | None = None
    costs: Pair | None = None
    contents: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A heading under which points stand: a guide, a law, a plan, opinions, reasons …"""

    kind: str
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of a topic, in our own words, with the section it stands in."""

    section: str
    text: Pair
    scene: tuple[str, ...] = ()
    since: str = ""
    audience: Pair | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something dated: a meeting, a step of a history, a deadline."""

    kind: Literal["meeting", "step", "deadline"]
    date: str
    until: str = ""
    venue: str = ""
    area: str = ""
    weekday: str = ""
    detail: Pair | None = None


# --- questions --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Sense:
    """One thing that a stretch of text can mean: `kind` is the class of meaning, `value` which one."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A stretch of the question and how it was understood.

    `span` is in the normalised text; `how` is exact, alias, reading or fuzzy; `score` is 0 to 100; `value` is the
    understood thing where a string does not do (a Period, a tuple of codes).
    """

    span: tuple[int, int]
    surface: str
    kind: str
    ref: str
    how: str = "exact"
    score: float = 100.0
    value: Any = None
    senses: tuple[Sense, ...] = ()
    rivals: tuple[str, ...] = ()

    @property
    def kinds(self) -> set[str]:
        """The kinds of its senses."""
        return {sense.kind for sense in self.senses}

    def values(self, kind: str) -> list[str]:
        """The values of its senses of one kind, in order."""
        return [sense.value for sense in self.senses if sense.kind == kind]

    def has(self, kind: str, value: str = "") -> bool:
        """Whether it can be this kind of word, with this value if one is given."""
        return any(sense.kind == kind and value in ("", sense.value) for sense in self.senses)

    @property
    def is_fill(self) -> bool:
        """Whether it is a word that only makes the sentence whole."""
        return self.kind == "word" and self.kinds <= {"fill", "topic"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of the offered readings: what the button says, and the short question that it stands for."""

    label: Pair
    question: Pair


# --- answers ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where a number or a point stands."""

    source: Source
    place: str
    as_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of an answer's table: its key in the rows of `--json`, its heading, how its cells are set."""

    key: str
    label: Pair
    kind: Literal["text", "number", "mark"] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The table behind an answer. A cell is text, a number, None, or a Pair where the languages differ.

    `shown` is False where the sentences of the answer already say all of it: then it only stands in the rows of `--json`.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    title: Pair = field(default=Pair("", ""))
    shown: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An answer. `facts` is what the intent's template words; the rest is the same for every kind of question."""

    query: Any
    facts: Any
    sources: tuple[Citation, ...]
    as_of: str = ""
    municipalities: tuple[str, ...] = ()
    value: float | None = None
    denominator: int | None = None
    grids: tuple[Grid, ...] = ()
    caveats: tuple[tuple[str, Any], ...] = ()
    next: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WhichOne:
    """The question has several readings: ask, naming the word that is unclear. `why` names the sentence."""

    query: Any
    why: str
    word: str
    choices: tuple[Choice, ...]
    facts: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoData:
    """The question is understood and the data do not hold it. `why` names the sentence; `facts` are its figures."""

    query: Any
    why: str
    facts: Any = None
    sources: tuple[Citation, ...] = ()
    as_of: str = ""
    value: float | None = None
    denominator: int | None = None
    next: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfScope:
    """The question is not about what the bot knows, or is empty. `heard` are the words that were not understood."""

    query: Any
    reason: Literal["out_of_scope", "empty"]
    heard: tuple[str, ...] = ()
    next: tuple[Choice, ...] = ()


Answer = Found | WhichOne | NoData | OutOfScope
