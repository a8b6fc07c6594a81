"""The algebra of conditions: what SQLite selects is what `holds` says, and rewriting a condition never changes its meaning."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.ask import Asker
from db.reader import SqliteKnowledge, compile_condition
from knowledge.base import KnowledgeBase
from knowledge.conditions import And, AtLeast, Condition, Has, Not, Or, at_most, both, either, exactly, holds, items_of, leaves, rename, simplify, with_states
from knowledge.model import ANY, DONE, EXPECTED, NEITHER, NOT_DONE, PLANNED, State

ITEMS = tuple("アイウエオカキク")
SURVEYS = {"yamaguchi-2017-06": "yamaguchi", "toyama-2017-10": "toyama"}
EXAMPLES = settings(max_examples=200, deadline=None)

items = st.sampled_from(ITEMS)
state_sets = st.frozensets(st.sampled_from(State))
some_items = st.lists(items, unique=True, max_size=8).map(tuple)
counts = st.builds(AtLeast, st.integers(0, 9), state_sets, some_items)
states_of_all = st.fixed_dictionaries({item: st.sampled_from(State) for item in ITEMS})


def inner(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(parts, min_size=1, max_size=4).map(tuple)
    return st.one_of(several.map(And), several.map(Or), parts.map(Not))


conditions = st.recursive(st.one_of(st.builds(Has, items, state_sets), counts), inner, max_leaves=8)


def by_definition(kb: KnowledgeBase, survey: str, condition: Condition) -> list[str]:
    """The codes that satisfy it according to `holds`."""
    held: Mapping[str, Mapping[str, State]] = kb.statuses(survey, kb.territories[SURVEYS[survey]].members, ITEMS)
    return [code for code, states in held.items() if holds(condition, states)]


# --- SQLite ------------------------------------------------------------------------------------------------------------


def at_least_none(condition: Condition) -> bool:
    """Whether it holds an "at least 0 of", which see below."""
    return any(isinstance(leaf, AtLeast) and leaf.n == 0 for leaf in leaves(condition))


@pytest.mark.parametrize("survey", SURVEYS)
def test_sqlite_selects_what_holds(survey: str, world: Asker) -> None:
    """Any condition of the five shapes, nested anyhow, selects exactly the municipalities for which it holds."""
    kb = world.kb
    among = kb.territories[SURVEYS[survey]].members

    @EXAMPLES
    @given(conditions.filter(lambda condition: not at_least_none(condition)))
    def check(condition: Condition) -> None:
        assert list(kb.select(survey, condition, among)) == by_definition(kb, survey, condition)

    check()


ZERO = [
    (AtLeast(0, DONE, ITEMS), "at least 0 done"),
    (exactly(0, DONE, ITEMS), "exactly 0 done"),
    (exactly(0, PLANNED, ITEMS), "exactly 0 planned"),
    (AtLeast(0, NEITHER, ()), "at least 0 of no items"),
    (AtLeast(0, frozenset(), ITEMS), "at least 0 in no state"),
    (Not(AtLeast(0, DONE, ("オ",))), "fewer than 0 of (オ)"),
]


@pytest.mark.parametrize("condition", [condition for condition, _ in ZERO], ids=[name for _, name in ZERO])
def test_at_least_none(condition: Condition, world: Asker) -> None:
    """At least 0 holds for everyone, also for a municipality that has done nothing (富山県's 舟橋村 in the invented survey)."""
    survey = "toyama-2017-10"
    assert list(world.kb.select(survey, condition, world.kb.territories["toyama"].members)) == by_definition(world.kb, survey, condition)


def test_someone_has_done_nothing(world: Asker) -> None:
    """The invented survey has a municipality with nothing done and one with everything: the edges are there to be tested."""
    assert by_definition(world.kb, "toyama-2017-10", Not(AtLeast(1, DONE, ITEMS))) == ["16321"]
    assert by_definition(world.kb, "toyama-2017-10", AtLeast(8, DONE, ITEMS)) == ["16201"]


@pytest.mark.parametrize(("state", "count"), [(DONE, 8), (NOT_DONE, 11), (PLANNED, 7), (NEITHER, 4), (EXPECTED, 15), (ANY, 19), (frozenset(), 0)], ids=str)
def test_states_of_one_item(state: frozenset[State], count: int, asker: Asker) -> None:
    """(オ) at H29.6: 8 done, 11 not done, of which 7 planned and 4 with no plan."""
    assert len(asker.kb.select("yamaguchi-2017-06", Has("オ", state), asker.kb.territories["yamaguchi"].members)) == count


def test_only_those_asked_among(asker: Asker) -> None:
    """A selection never leaves the municipalities that it is made among, and keeps official order."""
    found = asker.kb.select("yamaguchi-2017-06", Has("オ", NOT_DONE), ("35341", "35204", "35201", "13101"))
    assert found == ("35204",)


def test_a_survey_without_names_selects_nobody(asker: Asker) -> None:
    """Counts are no names: for H27.8 not even "any state" selects a municipality."""
    assert asker.kb.select("yamaguchi-2015-08", Has("オ", ANY), asker.kb.territories["yamaguchi"].members) == ()


def test_nothing_of_a_condition_is_sql() -> None:
    """Item letters are quoted: a quotation mark in one can't end the text."""
    assert "'o''o'" in compile_condition(Has("o'o", DONE))
    assert compile_condition(AtLeast(2, DONE, ("ア'; DROP TABLE status; --",))).count("''") == 1


def test_hostile_items_select_nobody(asker: Asker) -> None:
    """What is no item is in no state."""
    reader = asker.kb
    assert isinstance(reader, SqliteKnowledge)
    assert reader.select("yamaguchi-2017-06", Has("' OR 1=1 --", ANY), reader.territories["yamaguchi"].members) == ()


# --- rewriting ---------------------------------------------------------------------------------------------------------


@EXAMPLES
@given(conditions, states_of_all)
def test_simplify_keeps_the_meaning(condition: Condition, states: dict[str, State]) -> None:
    """The simplified condition holds exactly when the condition does; negated, exactly when it does not."""
    assert holds(simplify(condition), states) == holds(condition, states)
    assert holds(simplify(condition, negate=True), states) != holds(condition, states)


def negations(condition: Condition) -> list[Condition]:
    """What stands under a Not."""
    match condition:
        case Not(part):
            return [part, *negations(part)]
        case And(parts) | Or(parts):
            return [each for part in parts for each in negations(part)]
        case _:
            return []


@EXAMPLES
@given(conditions)
def test_simplify_leaves_not_only_on_counts(condition: Condition) -> None:
    """After it, a negation stands only on AtLeast, and doing it twice changes nothing."""
    simple = simplify(condition)
    assert [part for part in negations(simple) if not isinstance(part, AtLeast)] == []
    assert simplify(simple) == simple


@EXAMPLES
@given(conditions, conditions, states_of_all)
def test_de_morgan(one: Condition, other: Condition, states: dict[str, State]) -> None:
    """Not both is either not; not either is both not; not not is itself."""
    assert holds(Not(And((one, other))), states) == holds(Or((Not(one), Not(other))), states)
    assert holds(Not(Or((one, other))), states) == holds(And((Not(one), Not(other))), states)
    assert holds(Not(Not(one)), states) == holds(one, states)
    assert simplify(Not(And((one, other)))) == simplify(Or((Not(one), Not(other))))


@EXAMPLES
@given(items, state_sets, states_of_all)
def test_not_has_is_the_other_states(item: str, wanted: frozenset[State], states: dict[str, State]) -> None:
    """Every municipality has one state an item, so "not in S" is "in the rest"."""
    assert holds(Not(Has(item, wanted)), states) == holds(Has(item, ANY - wanted), states)


@EXAMPLES
@given(st.integers(0, 8), state_sets, states_of_all)
def test_counts(n: int, wanted: frozenset[State], states: dict[str, State]) -> None:
    """At most, exactly and at least are what they say of the number of items."""
    number = sum(state in wanted for state in states.values())
    assert holds(AtLeast(n, wanted, ITEMS), states) == (number >= n)
    assert holds(at_most(n, wanted, ITEMS), states) == (number <= n)
    assert holds(exactly(n, wanted, ITEMS), states) == (number == n)


@EXAMPLES
@given(st.lists(conditions, min_size=1, max_size=4), states_of_all)
def test_both_and_either(parts: list[Condition], states: dict[str, State]) -> None:
    """`both` is all of its parts, `either` any of them, also with repeated parts and a single one."""
    assert holds(both(parts + parts), states) == all(holds(part, states) for part in parts)
    assert holds(either(parts + parts), states) == any(holds(part, states) for part in parts)
    assert both(parts[:1]) == either(parts[:1]) == parts[0]


@EXAMPLES
@given(conditions, items, items)
def test_rename(condition: Condition, old: str, new: str) -> None:
    """Exchanging an item leaves none of the old one, and the shape as it is."""
    renamed = rename(condition, old, new)
    assert set(items_of(renamed)) == {new if item == old else item for item in items_of(condition)}
    assert len(list(leaves(renamed))) == len(list(leaves(condition)))
    assert rename(condition, old, old) == condition


@EXAMPLES
@given(conditions, state_sets)
def test_with_states(condition: Condition, wanted: frozenset[State]) -> None:
    """Asking the same of other states changes every leaf's states and nothing else."""
    asked = with_states(condition, wanted)
    assert {leaf.states for leaf in leaves(asked)} == {wanted}
    assert items_of(asked) == items_of(condition)


@EXAMPLES
@given(conditions, states_of_all, items, st.sampled_from(State))
def test_only_the_items_named_matter(condition: Condition, states: dict[str, State], item: str, state: State) -> None:
    """An item that the condition does not name can be in any state."""
    if item not in items_of(condition):
        assert holds(condition, states) == holds(condition, states | {item: state})
