"""Verbs, negations and plan-words that follow one another -> one set of states.

実施 + 予定 is planned, まだ + 実施 + していない is not done, "not" + "planned" is no plan at all. A run goes from one item
(or number, or "all") to the next.
"""

from __future__ import annotations

from functools import reduce
from operator import and_, or_

from knowledge.clauses.line import STATES, Line, Said, Word, negation
from knowledge.model import ANY, DONE, EXPECTED, NEITHER, NOT_DONE, PLANNED, Lang, States

# A second verb behind one of these says the same thing again: planned to do, yet to do, 取り組みを始め.
TOLD_BEFORE_DO = frozenset({"do", "plan", "planned", "not_done", "neither", "expected", "done"})
IN_FUTURE: dict[States, States] = {NOT_DONE: NEITHER, DONE: EXPECTED}
FROM_NOW_ON: dict[States, States] = {DONE: PLANNED, EXPECTED: PLANNED}


class Run:
    """What has been said since the last item, and the line before it."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self.line: Line = []
        self.start()

    def start(self) -> None:
        self.sets: list[Said] = []
        self.verbs: list[str] = []
        self.link = ""  # and, or, but since the last verb
        self.dangling = ""  # the same, if nothing has followed it
        self.pending = False  # an English negation waits for its verb …
        self.sticky = False  # … and for every further one (neither done nor planned)
        self.include = False  # 予定も含めて
        self.have = False  # ある, "have": a state only if nothing else is one
        self.future = ""  # will, by then: "expected"; これから: "planned"
        self.each = False  # 実施も予定も: a negation is of every one of them
        self.auxiliary = False  # "do" that may only carry a negation
        self.completing = False  # そろう, 終える: its negation is of the whole

    def close(self) -> None:
        """End the run: put what it says into the line."""
        state = self._folded()
        there_is = self.have and not self.sets and self.lang == "ja" and any(isinstance(each, Said) for each in self.line)
        if state is not None and not there_is:  # 未実施が5項目ある: the ある says only that there are
            self.line.append(state)
        if state is not None and self.dangling in {"or", "but"}:
            self.line.append(Word(self.dangling))  # (ア)が済み、または(イ)が…: it joins what follows
        carried = self.include and not self.sets  # 計画どおりなら8項目すべて…: of what comes later
        self.start()
        self.include = carried

    def state(self, name: str) -> None:
        """A word that is a whole state by itself (未実施, 予定なし)."""
        if name == "not_done" and self.sets and self.sets[-1].soft:
            self.sets.pop()
        if self.sets and self.verbs[-1:] == ["do"] and not self.link and STATES[name] & NOT_DONE and self.lang == "ja":
            self.sets.pop()
        self._push(STATES[name], name)

    def verb(self, name: str) -> None:
        """A verb of doing or of planning."""
        last = self.verbs[-1] if self.verbs else ""
        if name == "do":
            if last in TOLD_BEFORE_DO and not self.link:
                return
            self._push(DONE, "do")
        else:
            if last == "do" and not self.link and self.lang == "ja":
                self.sets.pop()  # 実施予定
                self.verbs.pop()
            self._push(PLANNED, "plan")

    def negate(self) -> None:
        if self.lang == "en":
            if self.auxiliary and self.sets:
                self._negate(self.sets[-1])  # "how many do not?"
            else:
                self.pending = True
        elif not self.sets:
            self._push(NOT_DONE, "neg")
            self.sets[-1].negated = self.sets[-1].absent = True
        else:
            self._negate_behind()

    def _negate_behind(self) -> None:
        last = self.sets[-1]
        if not last.soft:
            self._negate(last)
            last.late = last.late or self.completing  # 全部そろわない: not all, rather than none
        if self.each and self.link != "but":
            for earlier in self.sets[:-1]:  # 実施も予定もない: one negation, two verbs
                if earlier.states == DONE and not earlier.negated:
                    self._negate(earlier)

    @staticmethod
    def _negate(said: Said) -> None:
        said.states, said.negated = negation(said.states), True

    def yet(self) -> None:
        if not self.sets:
            self._push(NOT_DONE, "yet")
            self.sets[-1].soft = True

    def connect(self, link: str) -> None:
        self.link = self.dangling = link if self.sets else ""
        if self.lang == "en" and self.sets and self.sets[-1].negated and link == "or":
            self.pending = True  # haven't done or planned
        elif link in {"and", "but"}:
            self.pending = False

    def _push(self, states: States, verb: str) -> None:
        negated = self.pending
        late = bool(self.sets and self.sets[-1].soft and not negated)
        if late:
            self.sets.pop()  # まだ予定 / まだ実施して…: what follows says what is not yet so
        self.sets.append(Said(negation(states) if negated else states, negated=negated, late=late))
        self.verbs.append(verb)
        self.pending = negated and (self.link == "or" or self.sticky)
        self.dangling = ""

    def _folded(self) -> Said | None:
        if not self.sets:
            return self._without_verb()
        single = self.sets[0] if len(self.sets) == 1 else Said(ANY)
        return Said(
            self._joined(),
            negated=any(s.negated for s in self.sets),
            soft=single.soft,
            absent=single.absent,
            late=any(s.late for s in self.sets),
            included=self.include,
            clash=any(s.negated for s in self.sets) and not reduce(and_, (s.states for s in self.sets)),
        )

    def _without_verb(self) -> Said | None:
        if self.have or self.pending:
            return Said(NOT_DONE if self.pending else DONE, negated=self.pending, bare=self.pending and not self.have)
        but_will = self.future == "expected" and self.lang == "en" and self.line and self.line[-1] == Word("but")
        return Said(PLANNED) if but_will else None  # "haven't done (オ) but will"

    def _joined(self) -> States:
        """The sets of the run as one: met where both are said, united where "or" is said or they exclude each other."""
        every = [each.states for each in self.sets]
        met: States = reduce(and_, every)
        alternatives = self.link == "or" and not any(each.negated for each in self.sets)
        joined: States = reduce(or_, every) if alternatives or not met else met
        if self.include:
            joined = _with_planned(joined)
        if self.future:
            joined = (FROM_NOW_ON if self.future == "planned" else IN_FUTURE).get(joined, joined)
        return joined


def _with_planned(joined: States) -> States:
    """予定も含めて: done with what is planned; not done without it."""
    if joined <= NOT_DONE and joined != PLANNED:
        return joined - PLANNED
    return EXPECTED if joined == ANY else joined | EXPECTED
