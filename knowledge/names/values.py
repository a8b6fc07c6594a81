"""What passes between the steps: places, forms of their names, finds in a text, and hits.

What is made by the thousand, or for every question, is a NamedTuple: it is made in a fraction of a dataclass's time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

Script = Literal["kanji", "kana", "latin"]
How = Literal["exact", "alias", "reading", "fuzzy"]
Strength = Literal["strong", "weak", "suggest"]
Span = tuple[int, int]

KINDS = "市町村区"
KIND_LETTERS = frozenset(KINDS)


class Place(Protocol):
    """What is needed of a municipality; `knowledge.model.Municipality` has it.

    `former` are other names, each in any script: kanji (徳山市), kana (とくやまし) or Latin letters (minami-alps).
    """

    @property
    def code(self) -> str: ...
    @property
    def prefecture(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def kana(self) -> str: ...
    @property
    def former(self) -> Sequence[str]: ...


class NameForm(NamedTuple):
    """One spelling of a name, folded for its script; what the index is loaded from.

    `key` is the whole name with 市, 町, 村 or 区 in the script's own writing (宇部市, うべし, ubesi). `form` is one of
    full        the official name, variant kanji folded
    spelt       the same before folding, where that makes a difference (鹿嶋市)
    no          with a の put between or left out (下の関市)
    reading     the official reading
    former      an old or other name
    prefecture  the name of a prefecture; then `code` has two digits
    """

    key: str
    script: str
    code: str
    form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NameHit:
    """A place in a text where municipalities are named.

    `codes` are all that the words can mean, several where a name is shared; `rivals` are further codes that are nearly
    as near. `score` runs from 0 to 100 and only orders hits; `strength` decides.
    """

    span: Span
    surface: str
    codes: tuple[str, ...]
    how: How
    strength: Strength
    score: int
    rivals: tuple[str, ...] = ()


class Name(NamedTuple):
    """One name without its suffix, as the index keeps it; `kind` is the suffix in kanji, `form` as in NameForm."""

    code: str
    kind: str
    bare: str
    form: str


class Find(NamedTuple):
    """A name standing in the text, before it is weighed. `fit` tells how well it stands among its neighbours."""

    start: int
    end: int
    names: tuple[Name, ...]
    script: Script
    suffix: bool
    fit: Strength
    plain: bool = False
    """An ordinary word, a prefecture, or too short to be trusted alone."""
    stray: bool = False
    """A kanji touches it wrongly: it may be a part of a longer name with a slip."""
    how: How | None = None


def overlap(one: Span, other: Span) -> bool:
    """Whether two stretches of a text share a letter.

    >>> overlap((0, 2), (1, 3)), overlap((0, 2), (2, 3))
    (True, False)
    """
    return one[0] < other[1] and other[0] < one[1]
