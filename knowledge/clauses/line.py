"""The short line that a sentence comes down to: items, states, counts and the words that join them.

A line holds nothing of the wording. `letters` said together stand in one `Items`; every verb, negation and plan-word
between two items is folded (fold.py) into one `Said`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from knowledge.model import ANY, DONE, EXPECTED, NEITHER, NOT_DONE, PLANNED, States

STATES: dict[str, States] = {"done": DONE, "not_done": NOT_DONE, "planned": PLANNED, "neither": NEITHER, "expected": EXPECTED}

# Items said as a whole. "every" (すべて, 全部) is of the items said, if any are.
WHOLE = frozenset({"all", "every", "any_item", "nothing"})


@dataclass(slots=True)
class Items:
    letters: tuple[str, ...]


@dataclass(slots=True)
class Said:
    """A set of states that the sentence says.

    negated   by a word of its own, not as 未実施 is
    soft      it is まだ, which gives way to a verb
    bare      a negation with no verb of its own ("but not (イ)")
    absent    a ない that denies that there is any (未実施が1つもない)
    late      said with まだ
    included  said with what is planned
    clash     no municipality can be in what was said ("neither done nor not done")
    """

    states: States
    negated: bool = False
    soft: bool = False
    bare: bool = False
    absent: bool = False
    late: bool = False
    included: bool = False
    clash: bool = False


@dataclass(slots=True)
class Word:
    """A word that joins or measures: and, or, but, both, only, except, all …; `compare` when it compares a number."""

    value: str = ""
    compare: str = ""


@dataclass(slots=True)
class Count:
    """A number of items, compared (`at_least`, `less` …) or exact."""

    n: int
    compare: str = ""


Element = Items | Said | Word | Count
Line = list[Element]


@dataclass(slots=True)
class Clause:
    """One set of states with the items and words that it is said with.

    joined   how it joins the clause before it: "and" or "or"
    outside  those of whom it holds are left out (…の市町以外)
    """

    items: list[Items | Word] = field(default_factory=list)
    state: Said | None = None
    counts: list[Count] = field(default_factory=list)
    joined: str = "and"
    outside: bool = False


def negation(states: States) -> States:
    """Not planned means: nothing done and no plan. Everything else is the rest of the states."""
    return NEITHER if states == PLANNED else ANY - states


def is_whole(each: Element) -> bool:
    return isinstance(each, Word) and each.value in WHOLE


def of_items(each: Element) -> bool:
    """Whether a state can be said of this: items, a number of them, or all of them."""
    return isinstance(each, (Items, Count)) or is_whole(each)
