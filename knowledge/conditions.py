"""The algebra of status questions: which municipalities satisfy a condition over the eight items.

Five shapes compose: `Has(item, states)`, `And`, `Or`, `Not`, `AtLeast(n, states, items)`. States are sets, so "not done"
is {planned, neither}, "done or planned" a union and "not done but planned" an intersection. Since every municipality of a
survey has exactly one state per item, `Not(Has(i, S))` is `Has(i, all - S)`: `simplify` pushes every negation into the
leaves, which is what the database compiles.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from knowledge.model import ANY, State, States


@dataclass(frozen=True, slots=True)
class Has:
    """The item is in one of the states."""

    item: str
    states: States


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `n` of `items` are in one of the states."""

    n: int
    states: States
    items: tuple[str, ...]


Condition = Has | And | Or | Not | AtLeast


def both(parts: Iterable[Condition]) -> Condition:
    """All of them; a single part stands for itself, and a list of items is taken apart."""
    given = tuple(dict.fromkeys(parts))
    found = given if len(given) == 1 else tuple(dict.fromkeys(single for part in given for single in _singles(part)))
    return found[0] if len(found) == 1 else And(found)


def _singles(part: Condition) -> tuple[Condition, ...]:
    return part.parts if isinstance(part, And) and all(isinstance(each, Has) for each in part.parts) else (part,)


def either(parts: Iterable[Condition]) -> Condition:
    """Any of them; a single part stands for itself."""
    found = tuple(dict.fromkeys(parts))
    return found[0] if len(found) == 1 else Or(found)


def at_most(n: int, states: States, items: tuple[str, ...]) -> Condition:
    return Not(AtLeast(n + 1, states, items))


def exactly(n: int, states: States, items: tuple[str, ...]) -> Condition:
    return And((AtLeast(n, states, items), at_most(n, states, items)))


def holds(condition: Condition, states: Mapping[str, State]) -> bool:
    """Whether one municipality's states (item -> state) satisfy the condition: the definition, in Python."""
    match condition:
        case Has(item, wanted):
            return states[item] in wanted
        case And(parts):
            return all(holds(part, states) for part in parts)
        case Or(parts):
            return any(holds(part, states) for part in parts)
        case Not(part):
            return not holds(part, states)
        case AtLeast(n, wanted, items):
            return sum(states[item] in wanted for item in items) >= n


def simplify(condition: Condition, *, negate: bool = False) -> Condition:
    """The same condition with negations only where no set of states can take them: on `AtLeast`.

    >>> simplify(Not(Has("ア", frozenset({State.DONE})))) == Has("ア", frozenset({State.PLANNED, State.NEITHER}))
    True
    """
    match condition:
        case Has(item, states):
            return Has(item, ANY - states) if negate else condition
        case And(parts):
            return (either if negate else both)(simplify(part, negate=negate) for part in parts)
        case Or(parts):
            return (both if negate else either)(simplify(part, negate=negate) for part in parts)
        case Not(part):
            return simplify(part, negate=not negate)
        case AtLeast():
            return Not(condition) if negate else condition


def leaves(condition: Condition) -> Iterator[Has | AtLeast]:
    """Every Has and AtLeast in it, left to right."""
    match condition:
        case Has() | AtLeast():
            yield condition
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)


def items_of(condition: Condition) -> tuple[str, ...]:
    """The items that the condition speaks of, in the order in which they first occur."""
    found: dict[str, None] = {}
    for leaf in leaves(condition):
        found.update(dict.fromkeys((leaf.item,) if isinstance(leaf, Has) else leaf.items))
    return tuple(found)


def rename(condition: Condition, old: str, new: str) -> Condition:
    """The same condition with one item exchanged for another."""
    match condition:
        case Has(item, states):
            return Has(new if item == old else item, states)
        case And(parts):
            return And(tuple(rename(part, old, new) for part in parts))
        case Or(parts):
            return Or(tuple(rename(part, old, new) for part in parts))
        case Not(part):
            return Not(rename(part, old, new))
        case AtLeast(n, states, items):
            return AtLeast(n, states, tuple(new if item == old else item for item in items))


def with_states(condition: Condition, states: States) -> Condition:
    """The same condition asked of other states: "and including planned?"."""
    match condition:
        case Has(item, _):
            return Has(item, states)
        case And(parts):
            return And(tuple(with_states(part, states) for part in parts))
        case Or(parts):
            return Or(tuple(with_states(part, states) for part in parts))
        case Not(part):
            return Not(with_states(part, states))
        case AtLeast(n, _, items):
            return AtLeast(n, states, items)
