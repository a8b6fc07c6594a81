"""One clause -> its condition: what "both", "neither", "only", "at least" … make of a state and its items.

Rules are tried in order; each names the words that it explains. A word that no rule explains is `left`, and the question is
asked back about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from knowledge.clauses.line import Clause, Count, Items, Said, Word, negation
from knowledge.conditions import And, AtLeast, Condition, Has, Not, at_most, both, either, exactly
from knowledge.model import ANY, Lang, States

CONNECTORS = frozenset({"and", "or", "but"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """The condition; `readings` instead where the scope of a negation is unclear; `left` are words that had no effect."""

    condition: Condition
    readings: tuple[Condition, ...] = ()
    left: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Parts:
    """A clause taken apart: all letters there are, those said, and the words around them."""

    clause: Clause
    lang: Lang
    letters: tuple[str, ...]
    said: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def state(self) -> Said:
        assert self.clause.state is not None
        return self.clause.state

    @property
    def states(self) -> States:
        return self.state.states

    @property
    def kept(self) -> States:
        """The states that the verb says, its negation taken away: 「(オ)しかやっていない」 is of doing (オ)."""
        return ANY - self.states if self.state.negated else self.states

    @property
    def rest(self) -> tuple[str, ...]:
        return tuple(letter for letter in self.letters if letter not in self.said)

    def has(self, *words: str) -> bool:
        return bool(set(words) & set(self.words))

    def each(self, states: States) -> list[Condition]:
        return [Has(letter, states) for letter in self.said]

    def all_of(self, states: States) -> Condition:
        return And(tuple(Has(letter, states) for letter in self.letters))

    def split(self, of_said: States) -> Condition:
        """The items said are in these states, all others in none of them."""
        return And(tuple(Has(letter, of_said if letter in self.said else ANY - of_said) for letter in self.letters))


def build(clause: Clause, letters: tuple[str, ...], lang: Lang) -> Built:
    """The condition of one clause."""
    said = tuple(dict.fromkeys(letter for each in clause.items if isinstance(each, Items) for letter in each.letters))
    words = tuple(each.value or each.compare for each in clause.items if isinstance(each, Word))
    parts = _Parts(clause, lang, letters, said, words)
    rule = next(rule for rule in RULES if rule.when(parts))
    condition, *readings = rule.build(parts)
    if clause.outside:
        condition, readings = Not(condition), []
    return Built(condition=condition, readings=tuple(readings), left=frozenset(words) - rule.explains - CONNECTORS)


@dataclass(frozen=True, slots=True)
class _Rule:
    """What applies when; the words that it explains; the condition, followed by its two readings where there are two."""

    when: Callable[[_Parts], bool]
    build: Callable[[_Parts], tuple[Condition, ...]]
    explains: frozenset[str]


def _counts_the_rest(parts: _Parts) -> bool:
    """ク以外の7項目: the number only says how many are left."""
    return all(count.n == len(parts.rest) and not count.compare for count in parts.clause.counts)


def _counted(parts: _Parts) -> tuple[Condition, ...]:
    states = parts.kept if parts.has("shika") else parts.states
    return (both(_compared(count, states, parts.said or parts.letters) for count in parts.clause.counts),)


def _compared(count: Count, states: States, among: tuple[str, ...]) -> Condition:
    match count.compare:
        case "at_least":
            return AtLeast(count.n, states, among)
        case "at_most":
            return at_most(count.n, states, among)
        case "less":
            return at_most(count.n - 1, states, among)
        case "all_but":
            return exactly(len(among) - count.n, states, among)
        case "more":
            return AtLeast(count.n + 1, states, among)
        case _:
            return exactly(count.n, states, among)


def _nothing_left(parts: _Parts) -> tuple[Condition, ...]:
    """All items but all items: nothing is left to ask of."""
    everything = parts.all_of(parts.states)
    return everything, everything, Not(everything)


def _but_for(parts: _Parts) -> tuple[Condition, ...]:
    return (both(Has(letter, parts.states) for letter in parts.rest),)


def _only_those(parts: _Parts) -> tuple[Condition, ...]:
    return (parts.split(parts.kept),)


def _only(parts: _Parts) -> tuple[Condition, ...]:
    return (parts.split(parts.states),)


def _nothing(parts: _Parts) -> tuple[Condition, ...]:
    return (parts.all_of(ANY - parts.kept),)


def _any_item(parts: _Parts) -> tuple[Condition, ...]:
    none = parts.state.negated or parts.lang == "ja"
    return (parts.all_of(parts.states) if none else AtLeast(1, parts.states, parts.letters),)


def _all_items(parts: _Parts) -> tuple[Condition, ...]:
    """全部は…ない, まだ全部…ない, "not all": at least one is not; a plain negation of the whole has two readings."""
    everything, some = parts.all_of(parts.states), AtLeast(1, parts.states, parts.letters)
    if not parts.state.negated:
        return (everything,)
    partial = parts.lang == "en" or parts.has("not_all") or parts.state.late
    return (some,) if partial else (everything, everything, some)


def _one_not_the_other(parts: _Parts) -> tuple[Condition, ...]:
    return both(parts.each(parts.states)), exactly(1, parts.states, parts.said), either(parts.each(ANY - parts.states))


def _exactly_one(parts: _Parts) -> tuple[Condition, ...]:
    """片方だけ, どちらか片方しか…ない."""
    return (exactly(1, parts.kept if parts.has("shika") else parts.states, parts.said),)


def _neither(parts: _Parts) -> tuple[Condition, ...]:
    return (both(parts.each(parts.states if parts.state.negated else negation(parts.states))),)


def _not_both(parts: _Parts) -> tuple[Condition, ...]:
    return (Not(both(parts.each(ANY - parts.states))),)


def _each(parts: _Parts) -> tuple[Condition, ...]:
    return (both(parts.each(parts.states)),)


def _some(parts: _Parts) -> tuple[Condition, ...]:
    return (either(parts.each(parts.states)),)


def _each_or_not_both(parts: _Parts) -> tuple[Condition, ...]:
    every = both(parts.each(parts.states))
    return every, every, Not(both(parts.each(ANY - parts.states)))


def _grouped(parts: _Parts) -> tuple[Condition, ...]:
    """A list with its connectors: "and" binds closer than "or", and a list joined by one "or" is alternatives throughout."""
    items = parts.clause.items
    at = next((place for place, each in enumerate(items) if each == Word("either") and any(isinstance(i, Items) for i in items[place:])), 0)
    first = [Has(letter, parts.states) for each in items[:at] if isinstance(each, Items) for letter in each.letters]
    alternatives = _alternatives(items[at:] if first else items, parts.states)
    return (both([*first, alternatives]) if first else alternatives,)  # "(ア) and either (イ) or (ウ)"


def _alternatives(items: list[Items | Word], states: States) -> Condition:
    connectors = {each.value for each in items if isinstance(each, Word)} & {"or", "and"}
    groups: list[list[Condition]] = [[]]
    for each in items:
        if each == Word("or"):
            groups.append([])
        elif isinstance(each, Items):
            if connectors == {"or"} and groups[-1]:
                groups.append([])
            groups[-1] += [Has(letter, states) for letter in each.letters]
    return either(both(group) for group in groups if group)


def _mixed(parts: _Parts) -> bool:
    """Whether "or" stands beside "and" or "both", so that only their order can tell what belongs together."""
    return parts.has("or") and parts.has("and", *(("both",) if parts.lang == "en" else ()))


def _opens_with_both(parts: _Parts) -> bool:
    return parts.words[:1] == ("both",) and isinstance(parts.clause.items[0], Word)


def _negated_list(parts: _Parts) -> bool:
    return parts.lang == "en" and parts.state.negated and len(parts.said) > 1


WHOLE_WORDS = frozenset({"all", "every", "any_item", "nothing", "not_all", "both"})

RULES: tuple[_Rule, ...] = (
    _Rule(
        lambda p: bool(p.clause.counts) and not (p.has("except") and _counts_the_rest(p)),
        _counted,
        frozenset({"shika", "only", "every", "all", "both", "either"}),
    ),
    _Rule(lambda p: p.has("except") and not p.rest, _nothing_left, frozenset({"except"})),
    _Rule(lambda p: p.has("except") and p.lang == "en" and p.has("any_item") and p.state.negated, _only_those, frozenset({"except", "any_item"})),
    _Rule(lambda p: p.has("except"), _but_for, frozenset({"except", "all", "every", "nothing", "any_item", "both", "either", "not_all"})),
    _Rule(lambda p: len(p.said) > 1 and p.has("either") and p.has("shika", "only"), _exactly_one, frozenset({"either", "shika", "only"})),
    _Rule(lambda p: bool(p.said) and p.has("shika"), _only_those, frozenset({"shika", "only"})),
    _Rule(lambda p: bool(p.said) and p.has("only") and not p.has("xor"), _only, frozenset({"only", "both", "pair", "every", "nothing"})),
    _Rule(lambda p: p.has("nothing") and (not p.said or p.has("all")), _nothing, WHOLE_WORDS),
    _Rule(lambda p: p.has("any_item") and (not p.said or p.has("all")), _any_item, WHOLE_WORDS),
    _Rule(lambda p: not p.said or p.has("all"), _all_items, WHOLE_WORDS),
    _Rule(lambda p: p.has("xor") and p.has("pair", "both"), _one_not_the_other, frozenset({"xor", "pair", "both", "only"})),
    _Rule(lambda p: p.has("xor"), _exactly_one, frozenset({"xor", "only", "either"})),
    _Rule(lambda p: p.has("neither"), _neither, frozenset({"neither", "either"})),
    _Rule(lambda p: p.state.bare and p.has("both"), _not_both, frozenset({"both"})),
    _Rule(lambda p: _negated_list(p) and p.has("one_of"), lambda p: (*_some(p), *_some(p), *_each(p)), frozenset({"one_of"})),
    _Rule(lambda p: _negated_list(p) and _opens_with_both(p), _each_or_not_both, frozenset({"both"})),
    _Rule(_negated_list, _each, frozenset({"both", "either", "pair", "every"})),
    _Rule(_mixed, _grouped, frozenset({"both", "either"})),
    _Rule(lambda p: p.has("either", "one_of"), _some, frozenset({"either", "one_of"})),
    _Rule(lambda p: p.has("pair") and p.state.negated, _each_or_not_both, frozenset({"pair", "both"})),
    _Rule(lambda p: p.has("both", "pair"), _each, frozenset({"both", "pair", "every"})),
    _Rule(lambda _: True, _grouped, frozenset({"every", "any_item"})),
)
