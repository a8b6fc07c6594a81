"""Mentions -> a condition over the items: how states, negations, lists and quantifiers of a sentence combine.

    elements    mentions -> a line of items, states, counts and joining words (fold.py joins the verbs between two items)
    bind        line -> clauses, each a set of states with the items that it is said of
    build       clause -> condition

Nothing here knows a phrasing; what may stand for what is in reference/vocabulary.toml. Whatever has no place in the
outcome makes the sentence `unclear`: no word of logic is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from knowledge.clauses.bind import bind
from knowledge.clauses.build import Built, build
from knowledge.clauses.elements import beside, counts_items, elements, live
from knowledge.clauses.line import Clause, Count, Items, Line, Said, Word, is_whole
from knowledge.conditions import Condition, both, either
from knowledge.model import DONE, Lang, Mention, States

__all__ = ["Stated", "beside", "counts_items", "live", "read"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a sentence says of items and states.

    condition  the whole of it, None when no state is bound to items
    states     a state that is said of no particular item
    also       further states said side by side ("done and not done"): both are asked for
    items      letters in the order said; all_items when they were said as a whole
    unclear    "scope" when a negation of "both" or "all" has two readings, given in `readings`;
               "logic" when some word of the sentence has no place in its reading
    """

    condition: Condition | None = None
    states: States | None = None
    also: tuple[States, ...] = ()
    items: tuple[str, ...] = ()
    all_items: bool = False
    unclear: str = ""
    readings: tuple[Condition, ...] = ()


# Words of logic that say nothing without a state.
NEEDS_A_STATE = (Word("except"), Word("xor"), Word("nothing"), Word("outside"), Word("if"))


def read(mentions: Iterable[Mention], lang: Lang, letters: tuple[str, ...]) -> Stated:
    """What the sentence says of items and states. `letters` are all the items there are."""
    line = elements(live(tuple(mentions), lang), lang)
    said = tuple(dict.fromkeys(letter for each in line if isinstance(each, Items) for letter in each.letters))
    as_a_whole = any(is_whole(each) for each in line)
    states = [each for each in line if isinstance(each, Said)]
    if not said and not as_a_whole and not any(isinstance(each, Count) for each in line):
        return _unbound([each for each in states if not each.bare] or states)
    if not states and (_compares_a_count(line) or Word("neither") in line):
        line = [*line, Said(DONE)]  # "7 items or more", 7項目に届かない, "neither (オ) nor (カ)": of what is done
    bound = bind(line, lang)
    stated = _others(bound.clauses, letters)
    plain = Stated(items=said, all_items=as_a_whole)
    if not stated:
        return replace(plain, unclear="logic") if any(each in line for each in NEEDS_A_STATE) else plain
    also = _side_by_side(stated)
    if also:
        return Stated(items=said, all_items=as_a_whole, also=also)
    built = [build(clause, letters, lang) for clause in stated]
    return _stated(plain, stated, built, lost=bound.lost)


def _others(clauses: list[Clause], letters: tuple[str, ...]) -> list[Clause]:
    """The clauses that say a state; "the others" in one are the items that none before it spoke of."""
    stated = [clause for clause in clauses if clause.state is not None]
    for at, clause in enumerate(stated):
        if Word("others") in clause.items:
            before = {letter for each in stated[:at] for part in each.items if isinstance(part, Items) for letter in part.letters}
            rest = Items(tuple(letter for letter in letters if letter not in before))
            clause.items = [rest if part == Word("others") else part for part in clause.items]
    return stated


def _stated(plain: Stated, clauses: list[Clause], built: list[Built], *, lost: bool) -> Stated:
    readings = next((each.readings for each in built if each.readings), ())
    if readings and len(built) == 1:
        return Stated(items=plain.items, all_items=plain.all_items, unclear="scope", readings=readings)
    unclear = lost or bool(readings) or any(each.left for each in built)
    return Stated(
        condition=_join(clauses, [each.condition for each in built]),
        items=plain.items,
        all_items=plain.all_items,
        unclear="logic" if unclear else "",
    )


def _compares_a_count(line: Line) -> bool:
    """Whether a number is compared: by its own word, or by one that stands beside it."""
    compared = any(isinstance(each, Word) and each.compare for each in line)
    return any(isinstance(each, Count) and (each.compare or compared) for each in line)


def _unbound(states: list[Said]) -> Stated:
    """States with no item: one is kept for whatever the question turns out to be about, several side by side."""
    sets = tuple(dict.fromkeys(each.states for each in states if not (each.soft and len(states) > 1)))
    if len(sets) > 1 and frozenset.intersection(*sets):
        sets = (frozenset.intersection(*sets),)
    return Stated(states=sets[0] if len(sets) == 1 else None, also=sets if len(sets) > 1 else ())


def _side_by_side(stated: list[Clause]) -> tuple[States, ...]:
    """Two different states of the very same items, which exclude each other: both are asked for, not their impossible meeting."""
    sets = tuple(dict.fromkeys(clause.state.states for clause in stated if clause.state))
    same = all(clause.items == stated[0].items and not clause.counts for clause in stated)
    return sets if len(sets) > 1 and same and not frozenset.intersection(*sets) else ()


def _join(stated: list[Clause], conditions: list[Condition]) -> Condition:
    alternatives: list[list[Condition]] = [[]]
    for clause, condition in zip(stated, conditions, strict=True):
        if clause.joined == "or" and alternatives[-1]:
            alternatives.append([])
        alternatives[-1].append(condition)
    return either(both(parts) for parts in alternatives)
