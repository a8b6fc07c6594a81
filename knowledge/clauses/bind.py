"""A line -> clauses: each set of states with the items that it is said of.

The items stand before their state in Japanese, behind it in most English. What can be bound to nothing is kept in
`Bound.lost`, so that a word is never dropped unnoticed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from knowledge.clauses.line import Clause, Count, Element, Items, Line, Said, Word, negation, of_items
from knowledge.model import ANY, EXPECTED, NEITHER, NOT_DONE, PLANNED, Lang, States

LEADING = frozenset({"both", "pair", "either", "one_of", "neither", "only", "except", "all", "every", "any_item", "xor", "nothing"})


@dataclass(slots=True)
class Bound:
    clauses: list[Clause] = field(default_factory=list)
    lost: bool = False


def bind(line: Line, lang: Lang) -> Bound:
    """The clauses of a line, in the order said."""
    line, outside = _outside(_prepared(line), lang)
    bound = _in_order(line, lang)
    left_out = _in_order(outside, lang).clauses if outside else []
    for clause in left_out:
        clause.outside = True
    bound.clauses += left_out
    bound.lost = bound.lost or len(left_out) > 1 or any(clause.state is not None and clause.state.clash for clause in bound.clauses)
    return bound


def _in_order(line: Line, lang: Lang) -> Bound:
    first = next((each for each in line if isinstance(each, Said) or of_items(each)), None)
    last_state = max((at for at, each in enumerate(line) if isinstance(each, Said)), default=-1)
    last_items = max((at for at, each in enumerate(line) if of_items(each)), default=-1)
    state_first = isinstance(first, Said) and (lang == "en" or last_state < last_items)
    return _StateFirst().bind(line) if state_first else _ItemsFirst().bind(line)


def _outside(line: Line, lang: Lang) -> tuple[Line, Line]:
    """Those who are left out: all that is said before 以外 in Japanese, all that is said behind "except" in English."""
    at = next((place for place, each in enumerate(line) if each == Word("outside")), -1)
    if at < 0:
        return line, []
    before, behind = line[:at], line[at + 1 :]
    return (behind, before) if lang == "ja" else (before, behind)


# --- what several elements say together -------------------------------------------------------------------------------


def _prepared(line: Line) -> Line:
    return _met(_without_soft(_absent(_compared(line))))


def _compared(line: Line) -> Line:
    """Each comparison with what it compares: "at least 7", 7項目以上, "at least planned", "no more than (オ)"."""
    out: Line = []
    waiting: Word | None = None
    for each in line:
        if isinstance(each, Word) and each.compare:
            count = next((c for c in reversed(out[-2:]) if isinstance(c, Count) and not c.compare), None)
            if count:
                count.compare = each.compare
            else:
                out.append(each)
                waiting = each
        else:
            if waiting is not None and _takes(each, waiting.compare, out):
                out.remove(waiting)
                waiting = None
            out.append(each)
    return out


def _takes(each: Element, compare: str, out: Line) -> bool:
    """Give a comparison to the element behind it, if it can be compared."""
    if isinstance(each, Count):
        each.compare = compare
        return True
    if isinstance(each, Said) and each.states == PLANNED and compare in ON_THE_SCALE:
        each.states = ON_THE_SCALE[compare]
        return True
    if isinstance(each, Items) and compare == "at_most":
        out.append(Word("only"))  # no more than (オ)
        return True
    return False


# neither < planned < done
ON_THE_SCALE: dict[str, States] = {"at_least": EXPECTED, "at_most": NOT_DONE, "less": NEITHER}


def _absent(line: Line) -> Line:
    """未実施が1つもない: no item is in the state before it. One state and a quantifier take the place of the four words."""
    out: Line = []
    for each in line:
        before = out[-2:]
        if isinstance(each, Said) and each.absent and len(before) == 2 and isinstance(before[0], Said) and _is_one(before[1]):
            out[-2:] = [Word("all"), Said(ANY - before[0].states)]
        else:
            out.append(each)
    return out


def _is_one(each: Element) -> bool:
    return isinstance(each, Count) and each.n == 1 and not each.compare or each == Word("any_item")


def _without_soft(line: Line) -> Line:
    """まだ(オ)をやっていない says "not yet" twice: the まだ before the items gives way to the verb behind them."""
    out: Line = []
    items_before = False
    for at, each in enumerate(line):
        following = next((s for s in line[at + 1 :] if isinstance(s, Said) and not s.soft), None)
        if isinstance(each, Said) and each.soft and not items_before and following is not None:
            following.late = True
            continue
        items_before = of_items(each) or items_before and not isinstance(each, Said)
        out.append(each)
    return out


def _met(line: Line) -> Line:
    """ "planned but not done (オ)": two states with nothing but a connector between are one, if they have states in common."""
    out: Line = []
    for at, each in enumerate(line):
        link = [w for w in _trailing_words(out) if w.value in {"but", "and"}]
        state = out[-len(link) - 1] if link and len(out) > len(link) else None
        if isinstance(each, Said) and isinstance(state, Said) and not each.bare and _stand_together(out, line[at + 1 :], state, each):
            out[-len(link) - 1 :] = [Said(state.states & each.states, negated=state.negated and each.negated)]
        else:
            out.append(each)
    return out


def _trailing_words(line: Line) -> list[Word]:
    found: list[Word] = []
    for each in reversed(line):
        if not isinstance(each, Word):
            break
        found.append(each)
    return found


def _stand_together(before: Line, behind: Line, one: Said, other: Said) -> bool:
    """Whether both are said of what follows, and nothing before them could have the first."""
    return bool(one.states & other.states) and not any(of_items(each) for each in before) and any(of_items(each) for each in behind)


# --- items before their state -----------------------------------------------------------------------------------------


class _ItemsFirst:
    """(ア)が実施済みで(イ)が未実施."""

    def __init__(self) -> None:
        self.bound = Bound()
        self.open = Clause()
        self.lead: Said | None = None

    def bind(self, line: Line) -> Bound:
        for at, each in enumerate(line):
            if isinstance(each, Said):
                self._state(each, line[at + 1 :])
            elif isinstance(each, Count):
                self.open.counts.append(each)
            elif isinstance(each, Word) and each.value in {"or", "but"} and not self.open.items and self.bound.clauses:
                self.open.joined = "or" if each.value == "or" else "and"
            elif isinstance(each, (Items, Word)):
                self.open.items.append(each)
        return self._closed()

    def _state(self, said: Said, behind: Line) -> None:
        clauses = self.bound.clauses
        empty = not self.open.items and not self.open.counts
        if said.bare and empty and clauses:
            self._bare(said, behind)
        elif empty and not clauses:
            self.lead = said if self.lead is None else Said(self.lead.states & said.states or said.states, included=self.lead.included)
        elif empty:
            self._again(clauses[-1], said)
        else:
            if clauses and self._only_pronouns():
                self.open.items = [*clauses[-1].items, *self.open.items]  # (ウ)も(オ)も未実施で、両方とも予定なし
            self.open.state, self.lead = self._led(_of_the_whole(said, self.open, clauses)), None
            clauses.append(self.open)
            self.open = Clause()

    def _only_pronouns(self) -> bool:
        """Whether nothing but "both" or "either" stands for the items."""
        return not self.open.counts and all(isinstance(each, Word) and each.value in {"both", "pair", "either"} for each in self.open.items)

    def _bare(self, said: Said, behind: Line) -> None:
        """ "(ア) planned but not (イ)": the items of a bare negation are behind it."""
        if any(of_items(each) for each in behind) and not any(isinstance(each, Said) for each in behind):
            self.open.state = _inherited(said, self.bound.clauses)

    def _again(self, before: Clause, said: Said) -> None:
        """A second state of the same items."""
        assert before.state is not None
        if before.state.states <= said.states:
            before.state = said  # "done, planned included"
        else:
            self.bound.clauses.append(Clause(items=before.items, counts=before.counts, state=said, joined=self.open.joined))
        self.open = Clause()

    def _led(self, said: Said) -> Said:
        """A state with the one said before any item: 予定も含めて(オ)を実施."""
        if self.lead is None:
            return said
        if self.lead.included:
            wider = said.states - PLANNED if said.states <= NOT_DONE else said.states | self.lead.states
            return Said(wider, negated=said.negated, late=said.late)
        met = self.lead.states & said.states
        return Said(met or said.states, negated=said.negated, late=said.late, clash=not met and not self.lead.soft)

    def _closed(self) -> Bound:
        clauses, open_ = self.bound.clauses, self.open
        if self.lead is not None and not clauses:
            open_.state = self.lead
        if open_.state is not None:
            clauses.append(open_)
        elif (open_.items or open_.counts) and clauses:
            self.bound.lost = not self._leftover(clauses[-1], open_)
        return self.bound

    @staticmethod
    def _leftover(last: Clause, open_: Clause) -> bool:
        """Items and quantifiers behind the last state: they belong to it (まだなのは(オ)と(カ)の両方)."""
        said, more = ({letter for each in clause.items if isinstance(each, Items) for letter in each.letters} for clause in (last, open_))
        if said and not more <= said:
            return False
        last.items += open_.items
        last.counts += open_.counts
        return True


def _of_the_whole(said: Said, clause: Clause, before: list[Clause]) -> Said:
    """6項目以上済んでいるが全部ではない: what is denied of the whole is the state before it."""
    denied = said.absent and before and any(each == Word("not_all") for each in clause.items)
    return Said(negation(before[-1].state.states), negated=True) if denied and before[-1].state else said


# --- the state before its items ---------------------------------------------------------------------------------------


class _StateFirst:
    """ "done (ア) but not (イ)"."""

    def __init__(self) -> None:
        self.clauses: list[Clause] = []
        self.lead: list[Items | Word] = []
        self.counts: list[Count] = []
        self.since_but: list[Items | Word] | None = None
        self.joined = "and"

    def bind(self, line: Line) -> Bound:
        for at, each in enumerate(line):
            if isinstance(each, Said):
                self._state(each, line[at + 1 :])
            elif isinstance(each, Count):
                (self.clauses[-1].counts if self.clauses else self.counts).append(each)
            elif isinstance(each, Word):
                self._word(each, line[at + 1 :])
            else:
                self._items(each)
        return Bound(self.clauses)

    def _state(self, said: Said, behind: Line) -> None:
        follow = any(of_items(each) for each in behind)
        if self.since_but and not follow and self.clauses:
            self._take_back(self.since_but, said)
        else:
            self.clauses.append(Clause(items=[*self.lead], counts=[*self.counts], state=_inherited(said, self.clauses), joined=self.joined))
            if len(self.clauses) > 1 and not self.lead and not self.counts and not follow:
                self._of_the_same()
        self.lead, self.counts, self.joined, self.since_but = [], [], "and", None

    def _of_the_same(self) -> None:
        """ "done (カ), including planned" widens the state; "not done (カ) and no plan either" adds one."""
        before, last = self.clauses[-2:]
        assert before.state is not None and last.state is not None
        if before.state.states < last.state.states:
            before.state = last.state
            self.clauses.pop()
        elif last.state.states < before.state.states == EXPECTED:
            self.clauses.pop()  # "including plans, where does (オ) exist?"
        else:
            last.items, last.counts = before.items, before.counts

    def _word(self, word: Word, behind: Line) -> None:
        if word.value in {"but", "and", "or"} and behind and isinstance(behind[0], Said):
            self.joined = "or" if word.value == "or" else "and"
            self.since_but = []
        elif word.value == "neither" and self.clauses and self.clauses[-1].state and any(isinstance(each, Items) for each in self.clauses[-1].items):
            self.clauses.append(Clause(items=[word], state=self.clauses[-1].state))  # "done (イ) but neither (ウ) nor (オ)"
        elif word.value in LEADING and not self.clauses:
            self.lead.append(word)
        else:
            if word.value == "but":
                self.since_but = []
            (self.clauses[-1].items if self.clauses else self.lead).append(word)

    def _items(self, items: Items) -> None:
        (self.clauses[-1].items if self.clauses else self.lead).append(items)
        if self.since_but is not None:
            self.since_but.append(items)

    def _take_back(self, items: list[Items | Word], said: Said) -> None:
        """ "done (ア) but (イ) not yet": the items after "but" belong to the state that ends the sentence."""
        taken = {id(each) for each in items}
        self.clauses[-1].items = [each for each in self.clauses[-1].items if id(each) not in taken]
        self.clauses.append(Clause(items=list(items), state=_inherited(said, self.clauses)))


def _inherited(said: Said, clauses: list[Clause]) -> Said:
    """ "done (ア) but not (イ)": a bare negation is of the state before it."""
    if not (said.bare and clauses and clauses[-1].state):
        return said
    before = clauses[-1].state
    if before.negated:
        return Said(before.states, negated=True, bare=True)  # "not done (オ), and not (カ) either"
    return Said(NOT_DONE if before.states in (EXPECTED, PLANNED) else negation(before.states), negated=True, bare=True)
