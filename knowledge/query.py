"""A question as it was understood: the one value that intents are chosen by, answered from and carried over a thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import eq, ge, gt, le, lt

from knowledge.conditions import Condition
from knowledge.dates import Period
from knowledge.model import Lang, Mention, States


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """How many municipalities: `compare` (at_least, at_most, more, less, exactly) with `amount`, counted in `unit`.

    unit  places (a number of municipalities) or percent of all of them
    """

    compare: str
    amount: float
    unit: str

    def holds(self, count: int, of: int) -> bool:
        """Whether `count` of `of` municipalities meet it."""
        left, right = (100 * count, self.amount * of) if self.unit == "percent" else (count, self.amount)
        return COMPARISONS[self.compare](left, right)


COMPARISONS: dict[str, Callable[[float, float], bool]] = {"at_least": ge, "at_most": le, "more": gt, "less": lt, "exactly": eq}


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What was asked. An empty slot was not said; `carried` names the slots that come from earlier in the thread.

    items       letters, in the order said; `all_items` when they were said as a whole
    condition   over the items, None when no state was said; `states` are the said states when no item takes them
    measure     list, count or share: what of the set is wanted
    subject     municipality or item: what is asked for, "" when neither was said
    places      codes of municipalities; `kinds` (市 町 村 区) and `areas` narrow them; `excluded` are left out
    territories ids; empty is the home territory; elsewhere  prefectures that the data do not cover
    wants_places  the question asks for municipalities by name (市町は？, which towns …), so nothing else can answer it
    threshold   how many municipalities are asked for (10市町以上が実施している項目)
    periods     what the said dates can mean; `relative` is latest, previous, fiscal_end …
    asks        the cues heard (trend, compare, amount …)
    numbers     plain numbers that belong to nothing else
    subjects    ids of topics, programmes, tables, rows, points, events, best first
    scenes      of the guide's four scenes (daily, discharge, acute, endoflife)
    unread      the asker's words that nothing explains; `asides` stretches of the message that are not part of the question
    """

    text: str
    lang: Lang
    intent: str = ""
    items: tuple[str, ...] = ()
    all_items: bool = False
    condition: Condition | None = None
    states: States | None = None
    also_states: tuple[States, ...] = ()
    measure: str = "list"
    subject: str = ""
    places: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    wants_places: bool = False
    threshold: Threshold | None = None
    periods: tuple[Period, ...] = ()
    relative: tuple[str, ...] = ()
    asks: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    scenes: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    asides: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()

    def but(self, **changes: object) -> Query:
        """The same question with some slots exchanged."""
        return replace(self, **changes)  # type: ignore[arg-type]
