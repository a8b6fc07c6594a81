"""A condition is told as what it is: two that differ are never told in the same words, in either language."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from typing import get_args

import pytest

from bot.ask import Asker
from knowledge.conditions import And, AtLeast, Condition, Has, Not, Or, at_most, both, either, exactly, holds, items_of, simplify
from knowledge.model import DONE, EXPECTED, NEITHER, NOT_DONE, PLANNED, Lang, State

STATES = (DONE, NOT_DONE, PLANNED, NEITHER, EXPECTED)
ITEMS = tuple("アイウエオカキク")
SOME = ("ア", "イ", "ウ")


def singles() -> Iterator[Condition]:
    for states in STATES:
        yield from (Has(item, states) for item in SOME)
        for among in (SOME, ITEMS):
            for n in (1, 2, 3):
                yield AtLeast(n, states, among)
                yield at_most(n, states, among)
                yield exactly(n, states, among)
            yield And((AtLeast(1, states, among), at_most(2, states, among)))
            yield And((AtLeast(2, states, among), at_most(3, states, among)))


def composed() -> Iterator[Condition]:
    """Pairs of unlike conditions with and, or and not between them; whole lists; what only some of the items are."""
    few = [each for at, each in enumerate(singles()) if at % 5 == 0]
    for one, other in combinations(few, 2):
        yield both((one, other))
        yield either((one, other))
    for states, other in product(STATES, STATES):
        yield both([Has("ア", states), Has("イ", other), Has("ウ", states)])
        yield either([Has("ア", states), both([Has("イ", other), Has("ウ", states)])])
        yield both([either([Has("ア", states), Has("イ", other)]), Has("ウ", states)])
        yield both(Has(item, states if item in SOME else other) for item in ITEMS)
    yield from (Not(And(tuple(Has(item, states) for item in SOME))) for states in STATES)


def said(condition: Condition, lang: Lang, asker: Asker) -> str:
    """The condition in words, as every reading line and headline tells it."""
    return str(asker.speaker.environments[lang].get_template(f"_words.{lang}.j2").module.cond(condition)).strip()  # type: ignore[attr-defined]


def same(one: Condition, other: Condition) -> bool:
    """Whether two conditions hold for the same states, over every combination of those that a few of the items can be in."""
    items = sorted({*items_of(one), *items_of(other)})
    shown = items[:4]
    rest = dict.fromkeys(items[4:], State.DONE)
    return all(
        holds(one, {**rest, **dict(zip(shown, states, strict=True))}) == holds(other, {**rest, **dict(zip(shown, states, strict=True))})
        for states in product(State, repeat=len(shown))
    )


@pytest.mark.parametrize("lang", get_args(Lang))
def test_told_apart(asker: Asker, lang: Lang) -> None:
    """Different conditions, different words."""
    told: dict[str, Condition] = {}
    for condition in map(simplify, [*singles(), *composed()]):
        text = said(condition, lang, asker)
        assert same(told.setdefault(text, condition), condition), f"{text}\n{told[text]}\n{condition}"
    assert len(told) > 500


def test_ranges_are_told(asker: Asker) -> None:
    """Two to four items are not "exactly two"."""
    between = And((AtLeast(2, DONE, ITEMS), at_most(4, DONE, ITEMS)))
    assert said(between, "ja", asker) == "実施済みが2項目以上4項目以下"
    assert said(between, "en", asker) == "2 to 4 items done"
    assert said(Or((Has("ア", DONE), Has("イ", DONE))), "ja", asker) == "(ア)(イ)のいずれかが実施済み"
