"""Mentions -> a condition over the items: how states, negations, lists and quantifiers of a sentence combine.

Three steps. `elements` turns the mentions into a short line of items, states, counts and logic words, with every verb,
negation and plan-word between two items folded into one set of states. `clauses` binds each set of states to the items that
it is said of (before them in Japanese, after them in most English). `_condition` builds the tree of one clause. Nothing
here knows a phrasing; what may stand for what is in reference/vocabulary.toml.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_

from knowledge.conditions import And, AtLeast, Condition, Has, Not, at_most, both, either, exactly
from knowledge.model import ANY, DONE, EXPECTED, NEITHER, NOT_DONE, PLANNED, Lang, Mention, States

STATES: dict[str, States] = {"done": DONE, "not_done": NOT_DONE, "planned": PLANNED, "neither": NEITHER, "expected": EXPECTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a sentence says of items and states.

    condition  the whole of it, None when no state is bound to items
    states     a state that is said of no particular item
    also       further states said side by side ("done and not done"): both are asked for
    items      letters in the order said; all_items when they were said as a whole
    asked_n    the sentence counts items (at least 3 …)
    unclear    "scope" when a negation of "both" or "all" has two readings, given in `readings`
    """

    condition: Condition | None = None
    states: States | None = None
    also: tuple[States, ...] = ()
    items: tuple[str, ...] = ()
    all_items: bool = False
    unclear: str = ""
    readings: tuple[Condition, ...] = ()


@dataclass(slots=True)
class _Items:
    letters: tuple[str, ...]


@dataclass(slots=True)
class _State:
    """`soft` is まだ, which gives way to a verb; `bare` a negation with no verb of its own ("but not (イ)"); `absent` a ない
    that denies that there is any (未実施が1つもない); `late` a state that is said with まだ; `included` one with what is planned."""

    states: States
    negated: bool = False
    soft: bool = False
    bare: bool = False
    absent: bool = False
    late: bool = False
    included: bool = False


@dataclass(slots=True)
class _Logic:
    value: str


@dataclass(slots=True)
class _Count:
    n: int
    compare: str = ""


@dataclass(slots=True)
class _Clause:
    items: list[_Items | _Logic] = field(default_factory=list)
    state: _State | None = None
    counts: list[_Count] = field(default_factory=list)
    joined: str = "and"


# Items said as a whole. "every" (すべて, 全部) is of the items said, if any are.
WHOLE = frozenset({"all", "every", "any_item", "nothing"})

_Element = _Items | _State | _Logic | _Count


def read(mentions: Iterable[Mention], lang: Lang, letters: tuple[str, ...]) -> Stated:
    """What the sentence says of items and states. `letters` are all the items there are."""
    line = elements(live(tuple(mentions), lang), lang)
    said = tuple(dict.fromkeys(letter for each in line if isinstance(each, _Items) for letter in each.letters))
    as_a_whole = any(isinstance(each, _Logic) and each.value in WHOLE for each in line)
    said_states = [each for each in line if isinstance(each, _State)]
    states = [each for each in said_states if not each.bare] or said_states
    counted = any(isinstance(each, _Count) for each in line)
    if not said and not as_a_whole and not counted:
        return _unbound(states)
    if not said_states and any(isinstance(each, _Count) and each.compare for each in _counts_compared(list(line))):
        line = [*line, _State(DONE)]  # "7 items or more", 7項目に届かない: of what is done
    clauses = bind(line, lang)
    stated = [clause for clause in clauses if clause.state is not None]
    if not stated:
        return Stated(items=said, all_items=as_a_whole)
    also = _side_by_side(stated)
    if also:
        return Stated(items=said, all_items=as_a_whole, also=also)
    built = [_build(clause, letters, lang) for clause in stated]
    unclear = next((readings for _, readings in built if readings), ())
    if unclear and len(built) == 1:
        return Stated(items=said, all_items=as_a_whole, unclear="scope", readings=unclear)
    return Stated(condition=_join(stated, [condition for condition, _ in built]), items=said, all_items=as_a_whole)


def _unbound(states: list[_State]) -> Stated:
    """States with no item: one is kept for whatever the question turns out to be about, several side by side."""
    sets = tuple(dict.fromkeys(each.states for each in states if not (each.soft and len(states) > 1)))
    if len(sets) > 1 and frozenset.intersection(*sets):
        sets = (frozenset.intersection(*sets),)
    return Stated(states=sets[0] if len(sets) == 1 else None, also=sets if len(sets) > 1 else ())


def _side_by_side(stated: list[_Clause]) -> tuple[States, ...]:
    """Two different states of the very same items, which exclude each other: both are asked for, not their impossible meeting."""
    sets = tuple(dict.fromkeys(clause.state.states for clause in stated if clause.state))
    same = len({tuple(each.letters for each in clause.items if isinstance(each, _Items)) for clause in stated}) == 1
    return sets if len(sets) > 1 and same and not frozenset.intersection(*sets) else ()


def _join(stated: list[_Clause], conditions: list[Condition]) -> Condition:
    alternatives: list[list[Condition]] = [[]]
    for clause, condition in zip(stated, conditions, strict=True):
        if clause.joined == "or" and alternatives[-1]:
            alternatives.append([])
        alternatives[-1].append(condition)
    return either(both(parts) for parts in alternatives)


# --- elements ---------------------------------------------------------------------------------------------------------


def live(mentions: tuple[Mention, ...], lang: Lang) -> tuple[Mention, ...]:
    """The mentions without those that the asker takes back: 町ではなく市, "cities rather than towns"."""
    gone: set[int] = set()
    for at, mention in enumerate(mentions):
        if _has(mention, "logic", "instead"):
            gone |= {at, beside(mentions, at, lang)}
    return tuple(m for at, m in enumerate(mentions) if at not in gone)


def beside(mentions: tuple[Mention, ...], at: int, lang: Lang) -> int:
    """The place of what だけ, 以外 or "except" is said of: before it in Japanese, after it in English; -1 if there is nothing."""
    places = range(at + 1, len(mentions)) if lang == "en" else range(at - 1, -1, -1)
    return next((place for place in places if not {s.kind for s in mentions[place].senses} <= {"fill", "topic"} or mentions[place].kind != "word"), -1)


def _has(mention: Mention, kind: str, value: str = "") -> bool:
    return any(s.kind == kind and value in ("", s.value) for s in mention.senses)


def _of_item(mentions: tuple[Mention, ...], at: int, lang: Lang) -> bool:
    """Whether "only" or "except" at this place is said of an item. "only" may follow what it is said of in English too."""
    places = [beside(mentions, at, lang)]
    if lang == "en" and _has(mentions[at], "logic", "only"):
        verbs = {"verb", "state", "neg", "fill"}
        behind = next((p for p in range(at + 1, len(mentions)) if not {s.kind for s in mentions[p].senses} & verbs or mentions[p].kind != "word"), -1)
        verb_next = places[0] >= 0 and {s.kind for s in mentions[places[0]].senses} & {"verb", "state"}
        plans = places[0] >= 0 and (_has(mentions[places[0]], "verb", "plan") or _has(mentions[places[0]], "state", "planned"))
        places += [] if plans else [behind] if verb_next else [beside(mentions, at, "ja")]
    return any(place >= 0 and (_has(mentions[place], "item") or mentions[place].kind == "item") for place in places)


class _Run:
    """Folds the verbs, negations and plan-words between two items into sets of states."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self.line: list[_Element] = []
        self.start()

    def start(self) -> None:
        self.sets: list[_State] = []
        self.verbs: list[str] = []
        self.link = ""
        self.pending = False
        self.include = False
        self.have = False
        self.future = False
        self.sticky = False
        self.each = False
        self.auxiliary = False
        self.completing = False
        self.dangling = ""

    def close(self) -> None:
        """End the run: put what it says into the line."""
        state = self._folded()
        there_is = self.have and not self.sets and self.lang == "ja" and any(isinstance(each, _State) for each in self.line)
        if state is not None and not there_is:  # 未実施が5項目ある: the ある says only that there are
            self.line.append(state)
        if state is not None and self.dangling in {"or", "but"}:
            self.line.append(_Logic(self.dangling))  # (ア)が済み、または(イ)が…: it joins what follows
        carried = self.include and not self.sets  # 計画どおりなら8項目すべて…: of what comes later
        self.start()
        self.include = carried

    # what a word does to the run

    def state(self, name: str) -> None:
        if name == "not_done" and self.sets and self.sets[-1].soft:
            self.sets.pop()
        if self.sets and self.verbs[-1:] == ["do"] and not self.link and STATES[name] & NOT_DONE and self.lang == "ja":
            self.sets.pop()
        self._push(STATES[name], name)

    def verb(self, name: str) -> None:
        last = self.verbs[-1] if self.verbs else ""
        if name == "do":
            if last in {"do", "plan", "planned", "not_done", "neither", "expected", "done"} and not self.link:
                return  # "planned to do", "yet to do", 取り組みを始め: one thing said with two verbs
            self._push(DONE, "do")
        else:
            if last == "do" and not self.link and self.lang == "ja":
                self.sets.pop()  # 実施予定
                self.verbs.pop()
            self._push(PLANNED, "plan")

    def negate(self) -> None:
        if self.lang == "en":
            if self.auxiliary and self.sets:
                self.sets[-1].states, self.sets[-1].negated = _negation(self.sets[-1].states), True  # "how many do not?"
            else:
                self.pending = True
            return
        if not self.sets:
            self._push(NOT_DONE, "neg")
            self.sets[-1].negated = self.sets[-1].absent = True
            return
        last = self.sets[-1]
        if not last.soft:
            last.states, last.negated = _negation(last.states), True
            last.late = last.late or self.completing  # 全部そろわない: not all, rather than none
        if self.each and self.link != "but":
            for earlier in self.sets[:-1]:  # 実施も予定もない: one negation, two verbs
                if earlier.states == DONE:
                    earlier.states, earlier.negated = _negation(earlier.states), True

    def yet(self) -> None:
        if not self.sets:
            self._push(NOT_DONE, "yet")
            self.sets[-1].soft = True

    def _push(self, states: States, verb: str) -> None:
        negated = self.pending
        late = bool(self.sets and self.sets[-1].soft and not negated)
        if late:
            self.sets.pop()  # まだ予定 / まだ実施して…: what follows says what is not yet so
        self.sets.append(_State(_negation(states) if negated else states, negated=negated, late=late))
        self.verbs.append(verb)
        self.pending = negated and (self.link == "or" or self.sticky)
        self.dangling = ""

    def connect(self, link: str) -> None:
        self.link = self.dangling = link if self.sets else ""
        if self.lang == "en" and self.sets and self.sets[-1].negated and link == "or":
            self.pending = True  # haven't done or planned
        elif link in {"and", "but"}:
            self.pending = False

    def _folded(self) -> _State | None:
        if not self.sets:
            if self.have or self.pending:
                states = NOT_DONE if self.pending else DONE
                return _State(states, negated=self.pending, bare=self.pending and not self.have)
            return None
        joined = self._joined()
        single = self.sets[0] if len(self.sets) == 1 else _State(joined)
        return _State(
            joined,
            negated=any(s.negated for s in self.sets),
            soft=single.soft,
            absent=single.absent,
            late=any(s.late for s in self.sets),
            included=self.include,
        )

    def _joined(self) -> States:
        """The sets of the run as one: met where both are said, united where "or" is said or they exclude each other."""
        every = [each.states for each in self.sets]
        met: States = reduce(and_, every)
        alternatives = self.link == "or" and not any(each.negated for each in self.sets)
        joined: States = reduce(or_, every) if alternatives or not met else met
        if self.include:
            joined = self._with_planned(joined)
        if self.future:
            joined = {NOT_DONE: NEITHER, DONE: EXPECTED}.get(joined, joined)
        return joined

    @staticmethod
    def _with_planned(joined: States) -> States:
        """予定も含めて: done with what is planned; not done without it."""
        if joined <= NOT_DONE and joined != PLANNED:
            return joined - PLANNED
        return EXPECTED if joined == ANY else joined | EXPECTED


def _negation(states: States) -> States:
    """Not planned means: nothing done and no plan. Everything else is the rest of the states."""
    return NEITHER if states == PLANNED else ANY - states


def elements(mentions: tuple[Mention, ...], lang: Lang) -> list[_Element]:
    """The line of items, states, counts and logic words of a sentence."""
    run = _Run(lang)
    for at, mention in enumerate(mentions):
        _element(run, mentions, at, {s.kind: s.value for s in reversed(mention.senses)}, mention, lang)
    run.close()
    if run.include and not any(isinstance(each, _State) for each in run.line):
        run.line.append(_State(EXPECTED))  # 予定どおり進めば(キ)は…: with what is planned, and no other state
    return run.line


def _element(run: _Run, mentions: tuple[Mention, ...], at: int, senses: dict[str, str], mention: Mention, lang: Lang) -> None:
    if mention.kind == "item" or "item" in senses:
        run.close()
        run.line.append(_Items(tuple(s.value for s in mention.senses if s.kind == "item")))
    elif mention.kind == "number" and senses.get("logic") != "all":
        if counts_items(mentions, at):
            _number(run, mention)
    elif "cmp" in senses and not (mention.surface == "でも" and not (run.line and isinstance(run.line[-1], _Count) and not run.sets)):
        _compare(run, senses["cmp"])
    elif "logic" in senses:
        if "verb" in senses:
            run.verb(senses["verb"])  # "done everything" is both
        _logic(run, senses["logic"], mentions, at, lang)
    elif "state" in senses:
        run.state(senses["state"])
    elif "neg" in senses:
        run.yet() if senses["neg"] == "yet" else run.negate()
    elif "verb" in senses or "mod" in senses:
        run.future = run.future or "mod" in senses
        if "verb" in senses:
            _verb(run, senses["verb"], mentions, at, lang)
        run.auxiliary = mention.surface in AUXILIARIES
    elif lang == "ja" and mention.surface in {"も", "でも"}:
        run.each = bool(run.sets)
    elif lang == "ja" and mention.surface in {"と", "や"} and _between_items(mentions, at):
        run.line.append(_Logic("and"))
    elif lang == "ja" and senses.get("subject") == "item" and run.sets:
        _there_is(run, mentions, at)


def _between_items(mentions: tuple[Mention, ...], at: int) -> bool:
    return 0 < at < len(mentions) - 1 and _has(mentions[at - 1], "item") and _has(mentions[at + 1], "item")


def _there_is(run: _Run, mentions: tuple[Mention, ...], at: int) -> None:
    """未実施の項目がある, 予定している項目がない: at least one item in the state, or none."""
    after = next((m for m in mentions[at + 1 :] if not {s.kind for s in m.senses} <= {"fill", "topic"}), None)
    if after is not None and _has(after, "verb", "have"):
        run.close()
        run.line.append(_Count(1, "at_least"))
    elif after is not None and _has(after, "neg"):
        run.close()
        run.line.append(_Logic("any_item"))


def _verb(run: _Run, name: str, mentions: tuple[Mention, ...], at: int, lang: Lang) -> None:
    if lang == "en" and mentions[at].surface in AUXILIARIES and _opens_question(mentions, at) and (_asked(mentions, at) or _more_content(mentions[at + 1 :])):
        return
    if name == "plan" and mentions[at].surface.startswith("will ") and any(m.kind == "date" for m in mentions):
        run.future = True  # what will be done by a date is what is done by then
        run.verb("do")
    elif name != "have":
        run.completing = mentions[at].surface.startswith(COMPLETING)
        run.verb(name)
    elif lang == "en" and _verb_behind_items(mentions, at):
        return  # "have (カ) done"
    elif not _more_verbs(mentions[at + 1 :]) and not run.sets:
        # "have" and ある mean doing only when nothing else does: 相談窓口がある, who has a consultation desk
        run.have = True


# No more items than this are ever counted; a larger number counts something else (100,000 people).
MOST_COUNTED = 20
EVERY = frozenset({"全部", "ぜんぶ", "すべて", "全て"})
COMPLETING = ("揃", "そろ", "終わ", "終え", "完了", "コンプリート", "フルコンプ")
AUXILIARIES = frozenset({"do", "does", "did"})


def _opens_question(mentions: tuple[Mention, ...], at: int) -> bool:
    """Whether a "do" stands where an auxiliary does: first, or behind a question word, not behind who does it."""
    before = mentions[at - 1] if at else None
    return before is None or not (
        {s.kind for s in before.senses} & {"place", "neg"} or before.kind in {"name", "item"} or before.surface in {"to", "must", "should", "will"}
    )


def _asked(mentions: tuple[Mention, ...], at: int) -> bool:
    return at > 0 and mentions[at - 1].surface in {"when", "what", "where", "why", "how", "since when", "what date"}


def _more_content(mentions: tuple[Mention, ...]) -> bool:
    """Whether another verb or cue follows that can be the question's own."""
    return any({s.kind for s in m.senses} & {"verb", "state", "ask"} for m in mentions)


def _verb_behind_items(mentions: tuple[Mention, ...], at: int) -> bool:
    """Whether the verb of "have" stands behind its items: "have (カ) and (キ) done"."""
    seen_item = False
    for place in range(at + 1, len(mentions)):
        mention = mentions[place]
        if _has(mention, "item"):
            seen_item = True
        elif seen_item and (_has(mention, "verb") or _has(mention, "state")):
            return not _has(mention, "verb", "have")
        elif _has(mention, "logic", "either") or _has(mention, "logic", "both"):
            continue
        elif not _has(mention, "fill") and not _joins_items(mentions, place):
            return False
    return False


def _joins_items(mentions: tuple[Mention, ...], place: int) -> bool:
    """Whether an "and" or "or" at this place has an item behind it."""
    mention = mentions[place]
    return _has(mention, "logic") and not _has(mention, "logic", "but") and place + 1 < len(mentions) and _has(mentions[place + 1], "item")


def _more_verbs(mentions: tuple[Mention, ...]) -> bool:
    for mention in mentions:
        kinds = {s.kind for s in mention.senses}
        if mention.kind in {"item", "name"} or "item" in kinds:
            return False
        if kinds & {"verb", "state"} and not any(s.kind == "verb" and s.value == "have" for s in mention.senses):
            return True
    return False


def counts_items(mentions: tuple[Mention, ...], at: int) -> bool:
    """Whether a number counts items: it says so, or items or a comparison stand beside it."""
    mention = mentions[at]
    if mention.value > MOST_COUNTED:
        return False
    if mention.ref:
        return mention.ref == "item"
    if at + 1 < len(mentions) and (_has(mentions[at + 1], "place") or _has(mentions[at + 1], "unit")):
        return False
    near = mentions[max(at - 2, 0) : at] + mentions[at + 1 : at + 4]
    return any(_has(m, "cmp") or _has(m, "subject", "item") or _has(m, "item") and m.surface in {"items", "item"} for m in near)


def _number(run: _Run, mention: Mention) -> None:
    if mention.ref != "place":
        run.close()
        run.line.append(_Count(mention.value))


def _compare(run: _Run, compare: str) -> None:
    last = run.line[-1] if run.line and not run.sets else None
    if isinstance(last, _Count):
        last.compare = compare
    else:
        run.close()
        run.line.append(_Logic(f"cmp:{compare}"))


def _logic(run: _Run, value: str, mentions: tuple[Mention, ...], at: int, lang: Lang) -> None:
    if value == "include":
        if _has(mentions[beside(mentions, at, "ja")], "item"):
            return  # (オ)も含めて: only says that it is one of them
        run.include = True
        if not run.sets and lang == "en":
            return
    elif value in {"or", "and", "but"}:
        if value == "or" and lang == "ja" and mentions[at].surface == "か" and not _between(mentions, at):
            return  # a question's か
        run.connect(value)
        if value != "and" or lang == "en":
            _flush_connector(run, value)
    elif value == "xor" and mentions[at].surface == "but not both" and at + 1 < len(mentions) and _has(mentions[at + 1], "item") and lang == "en":
        run.close()
        run.line += [_Logic("but"), _State(NOT_DONE, negated=True, bare=True), _Logic("both")]  # "but not both (イ) and (ウ)"
    elif value == "neither" and _verb_next(mentions, at):
        run.pending = run.sticky = True  # "neither done nor planned (ク)"
    elif value == "nor":
        run.pending = _verb_next(mentions, at)
    elif value == "except" and _number_next(mentions, at, lang):
        run.close()
        run.line.append(_Logic("cmp:all_but"))
    elif value in {"only", "except"} and not _of_item(mentions, at, lang):
        return  # 町だけ, 萩市以外: not of items
    else:
        if not run.pending:
            run.close()
        run.line.append(_Logic("every" if mentions[at].surface in EVERY else value))
        if value == "all" and lang == "ja" and at + 1 < len(mentions) and mentions[at + 1].surface == "は":
            run.line.append(_Logic("not_all"))


def _verb_next(mentions: tuple[Mention, ...], at: int) -> bool:
    place = beside(mentions, at, "en")
    return place >= 0 and bool({s.kind for s in mentions[place].senses} & {"verb", "state"}) and not _has(mentions[place], "verb", "have")


def _number_next(mentions: tuple[Mention, ...], at: int, lang: Lang) -> bool:
    return lang == "en" and at + 1 < len(mentions) and mentions[at + 1].kind == "number"


def _flush_connector(run: _Run, value: str) -> None:
    """Put the connector between items into the line; inside a run of verbs it only links them."""
    if not run.sets:
        run.line.append(_Logic(value))
    elif value == "but":
        run.close()
        run.line.append(_Logic("but"))


def _between(mentions: tuple[Mention, ...], at: int) -> bool:
    """Whether a か stands between two things of a kind: items, names, or states."""
    before, after = mentions[at - 1] if at else None, mentions[at + 1] if at + 1 < len(mentions) else None
    return before is not None and after is not None and bool(_sort(before) & _sort(after) - {"fill"})


def _sort(mention: Mention) -> set[str]:
    kinds = {s.kind for s in mention.senses} | {mention.kind}
    if kinds & {"state", "verb", "neg"}:
        kinds.add("state")
    return kinds - {"word", "topic", "fill"}


# --- clauses ----------------------------------------------------------------------------------------------------------


def bind(line: list[_Element], lang: Lang) -> list[_Clause]:
    """Each set of states with the items that it is said of."""
    line = _without_soft(_absent(_counts_compared(line)))
    first = next((each for each in line if isinstance(each, (_Items, _State)) or _is_whole(each) or isinstance(each, _Count)), None)
    last_state = max((at for at, each in enumerate(line) if isinstance(each, _State)), default=-1)
    last_items = max((at for at, each in enumerate(line) if isinstance(each, (_Items, _Count)) or _is_whole(each)), default=-1)
    state_first = isinstance(first, _State) and (lang == "en" or last_state < last_items)
    return _state_first(line) if state_first else _items_first(line)


def _is_whole(each: _Element) -> bool:
    return isinstance(each, _Logic) and each.value in WHOLE


def _without_soft(line: list[_Element]) -> list[_Element]:
    """まだ(オ)をやっていない says "not yet" twice: the まだ before the items gives way to the verb behind them."""
    out: list[_Element] = []
    items_before = False
    for at, each in enumerate(line):
        following = next((s for s in line[at + 1 :] if isinstance(s, _State) and not s.soft), None)
        if isinstance(each, _State) and each.soft and not items_before and following is not None:
            following.late = True
            continue
        items_before = isinstance(each, (_Items, _Count)) or _is_whole(each) or items_before and not isinstance(each, _State)
        out.append(each)
    return out


def _absent(line: list[_Element]) -> list[_Element]:
    """未実施が1つもない: no item is in the state before it. One state and a quantifier take the place of the four words."""
    out: list[_Element] = []
    for each in line:
        before = out[-2:]
        if isinstance(each, _State) and each.absent and len(before) == 2 and isinstance(before[0], _State) and _is_one(before[1]):
            out[-2:] = [_Logic("all"), _State(ANY - before[0].states)]
        else:
            out.append(each)
    return out


def _is_one(each: _Element) -> bool:
    return isinstance(each, _Count) and each.n == 1 and not each.compare or isinstance(each, _Logic) and each.value == "any_item"


def _counts_compared(line: list[_Element]) -> list[_Element]:
    """Give each comparison to the count beside it: "at least 7", 7項目以上, 未実施が3項目以上."""
    out: list[_Element] = []
    waiting = ""
    for each in _ranges_of_counts(line):
        if isinstance(each, _Logic) and each.value.startswith("cmp:"):
            compare = each.value[4:]
            count = next((c for c in reversed(out[-2:]) if isinstance(c, _Count) and not c.compare), None)
            if count:
                count.compare = compare
            else:
                waiting = compare
        else:
            if isinstance(each, _Count) and waiting:
                each.compare, waiting = waiting, ""
            out.append(each)
    return out


def _ranges_of_counts(line: list[_Element]) -> list[_Element]:
    """between 3 and 5 items: at least the first and at most the second."""
    counts = [each for each in line if isinstance(each, _Count)]
    ranged = any(isinstance(each, _Logic) and each.value == "cmp:between" for each in line)
    if ranged and len(counts) == 2:
        counts[0].compare, counts[1].compare = "at_least", "at_most"
        return [each for each in line if not isinstance(each, _Logic) or each.value not in {"cmp:between", "and"}]
    return line


def _items_first(line: list[_Element]) -> list[_Clause]:
    clauses: list[_Clause] = []
    open_ = _Clause()
    lead: _State | None = None
    for each in line:
        if isinstance(each, _State):
            if each.bare and not open_.items and clauses:
                continue
            if not open_.items and not open_.counts and not clauses:
                lead = each
                continue
            if not open_.items and not open_.counts and clauses and clauses[-1].state:
                if clauses[-1].state.states <= each.states:
                    clauses[-1].state = each  # "done, planned included"
                else:
                    clauses.append(_Clause(items=clauses[-1].items, state=each, joined=open_.joined))
            else:
                open_.state = _led(lead, each)
                lead = None
                clauses.append(open_)
            open_ = _Clause()
        elif isinstance(each, _Count):
            open_.counts.append(each)
        elif isinstance(each, _Logic) and each.value in {"or", "but"} and not open_.items and clauses:
            open_.joined = "or" if each.value == "or" else "and"
        else:
            open_.items.append(each)
    if lead is not None and not clauses:
        open_.state = lead
        return [open_]
    _leftover(clauses, open_)
    return clauses


def _led(lead: _State | None, state: _State) -> _State:
    """A state with the one said before any item: 予定も含めて(オ)を実施."""
    if lead is None:
        return state
    if lead.included:
        wider = state.states - PLANNED if state.states <= NOT_DONE else state.states | lead.states
        return _State(wider, negated=state.negated, late=state.late)
    met = lead.states & state.states
    return _State(met or state.states, negated=state.negated, late=state.late)


def _leftover(clauses: list[_Clause], open_: _Clause) -> None:
    """Items and quantifiers behind the last state: they belong to it (まだなのは(オ)と(カ)の両方)."""
    if (open_.items or open_.counts) and clauses and clauses[-1].state:
        if not any(isinstance(each, _Items) for each in clauses[-1].items) or not any(isinstance(each, _Items) for each in open_.items):
            clauses[-1].items += open_.items
            clauses[-1].counts += open_.counts


def _state_first(line: list[_Element]) -> list[_Clause]:
    clauses: list[_Clause] = []
    lead: list[_Items | _Logic] = []
    counts: list[_Count] = []
    since_but: list[_Items | _Logic] | None = None
    joined = "and"
    for at, each in enumerate(line):
        if isinstance(each, _State):
            if since_but and not _items_follow(line[at + 1 :]) and clauses:
                _take_back(clauses, since_but, each)
            else:
                clauses.append(_Clause(items=[*lead], counts=[*counts], state=_inherited(each, clauses), joined=joined))
            if len(clauses) > 1 and not lead and not counts and not _items_follow(line[at + 1 :]) and _widens(clauses):
                clauses.pop()
            elif len(clauses) > 1 and not lead and not counts and not _items_follow(line[at + 1 :]):
                clauses[-1].items, clauses[-1].counts = clauses[-2].items, clauses[-2].counts  # "not done (カ) and no plan either"
            lead, counts, joined, since_but = [], [], "and", None
        elif isinstance(each, _Count):
            (clauses[-1].counts if clauses else counts).append(each)
        elif isinstance(each, _Logic) and each.value in {"but", "and", "or"} and _state_follows(line[at + 1 :]):
            joined = "or" if each.value == "or" else "and"
            since_but = []
        elif isinstance(each, _Logic) and each.value == "neither" and clauses and clauses[-1].state and _any_items(clauses[-1]):
            clauses.append(_Clause(items=[each], state=clauses[-1].state))  # "done (イ) but neither (ウ) nor (オ)"
        elif (
            isinstance(each, _Logic)
            and each.value in {"both", "pair", "either", "neither", "only", "except", "all", "every", "any_item", "xor", "nothing"}
            and not clauses
        ):
            lead.append(each)
        else:
            if isinstance(each, _Logic) and each.value == "but":
                since_but = []
            (clauses[-1].items if clauses else lead).append(each)
            if since_but is not None and isinstance(each, _Items):
                since_but.append(each)
    return clauses


def _widens(clauses: list[_Clause]) -> bool:
    """Whether the last state takes in the one before it ("done, including planned"): then it takes its place."""
    last, before = clauses[-1].state, clauses[-2].state
    if last is None or before is None or not before.states < last.states:
        return False
    clauses[-2].state = last
    return True


def _any_items(clause: _Clause) -> bool:
    return any(isinstance(each, _Items) for each in clause.items)


def _items_follow(line: list[_Element]) -> bool:
    return any(isinstance(each, (_Items, _Count)) or _is_whole(each) for each in line)


def _state_follows(line: list[_Element]) -> bool:
    return bool(line) and isinstance(line[0], _State)


def _inherited(state: _State, clauses: list[_Clause]) -> _State:
    """ "done (ア) but not (イ)": a bare negation is of the state before it."""
    if state.bare and clauses and clauses[-1].state:
        before = clauses[-1].state.states
        if clauses[-1].state.negated:
            return _State(before, negated=True, bare=True)  # "not done (オ), and not (カ) either"
        return _State(NOT_DONE if before in (EXPECTED, PLANNED) else _negation(before), negated=True, bare=True)
    return state


def _take_back(clauses: list[_Clause], items: list[_Items | _Logic], state: _State) -> None:
    """ "done (ア) but (イ) not yet": the items after "but" belong to the state that ends the sentence."""
    taken = {id(each) for each in items}
    clauses[-1].items = [each for each in clauses[-1].items if id(each) not in taken]
    clauses.append(_Clause(items=list(items), state=_inherited(state, clauses)))


# --- one clause -------------------------------------------------------------------------------------------------------


def _build(clause: _Clause, letters: tuple[str, ...], lang: Lang) -> tuple[Condition, tuple[Condition, ...]]:
    """The condition of one clause; with its two readings instead where a negation's scope is unclear."""
    assert clause.state is not None
    states, words = clause.state.states, [each.value for each in clause.items if isinstance(each, _Logic)]
    said = tuple(dict.fromkeys(letter for each in clause.items if isinstance(each, _Items) for letter in each.letters))
    rest = len(letters) - len(said)
    if "except" in words and all(count.n == rest and not count.compare for count in clause.counts):
        clause.counts = []  # ク以外の7項目: the number only says how many are left
    if clause.counts:
        counted = ANY - states if "shika" in words and clause.state.negated else states
        return _counted(clause.counts, counted, said or letters), ()
    if "except" in words and rest <= 0:
        everything = And(tuple(Has(letter, states) for letter in letters))
        return everything, (everything, Not(everything))  # all items but all items: nothing is left to ask of
    if "except" in words:
        return both(Has(letter, states) for letter in letters if letter not in said), ()
    if said and "shika" in words:
        kept = ANY - states if clause.state.negated else states
        return And(tuple(Has(letter, kept if letter in said else ANY - kept) for letter in letters)), ()
    if said and ("only" in words and "xor" not in words):
        return And(tuple(Has(letter, states if letter in said else ANY - states) for letter in letters)), ()
    if not said or "all" in words:
        return _whole(words, states, clause.state, letters, lang)
    if "xor" in words and {"pair", "both"} & set(words):
        return both(Has(letter, states) for letter in said), (exactly(1, states, said), either(Has(letter, ANY - states) for letter in said))
    if "xor" in words:
        return exactly(1, states, said), ()
    return _listed(clause, words, states, said, lang)


def _listed(clause: _Clause, words: list[str], states: States, said: tuple[str, ...], lang: Lang) -> tuple[Condition, tuple[Condition, ...]]:
    assert clause.state is not None
    if "neither" in words:
        none_of = states if clause.state.negated else _negation(states)
        return both(Has(letter, none_of) for letter in said), ()
    each_of = [Has(letter, states) for letter in said]
    if clause.state.bare and "both" in words:
        return Not(both(Has(letter, ANY - states) for letter in said)), ()  # "but not both"
    if clause.state.negated and len(said) > 1 and lang == "en":
        if words[:1] == ["both"] and isinstance(clause.items[0], _Logic):
            return both(each_of), (both(each_of), Not(both(Has(letter, ANY - states) for letter in said)))
        return both(each_of), ()
    if lang == "en" and "or" in words and {"and", "both"} & set(words) or "or" in words and "and" in words:
        return _grouped(clause, states), ()
    if "either" in words:
        return either(each_of), ()
    if "pair" in words and clause.state.negated:
        return both(each_of), (both(each_of), Not(both(Has(letter, ANY - states) for letter in said)))
    if "both" in words or "pair" in words:
        return both(each_of), ()
    return _grouped(clause, states), ()


def _grouped(clause: _Clause, states: States) -> Condition:
    """A list with its connectors: "and" binds closer than "or", and a list joined by one "or" is alternatives throughout."""
    first = [each.letters for each in _before_either(clause)]
    if first:
        at = next(place for place, each in enumerate(clause.items) if isinstance(each, _Logic) and each.value == "either")
        return both([*(Has(letter, states) for letters in first for letter in letters), _alternatives(clause.items[at:], states)])
    return _alternatives(clause.items, states)


def _before_either(clause: _Clause) -> list[_Items]:
    """The items before an "either" in the middle of a list: "(ア) and either (イ) or (ウ)"."""
    at = next((place for place, each in enumerate(clause.items) if isinstance(each, _Logic) and each.value == "either"), 0)
    return [each for each in clause.items[:at] if isinstance(each, _Items)]


def _alternatives(items: list[_Items | _Logic], states: States) -> Condition:
    connectors = [each.value for each in items if isinstance(each, _Logic) and each.value in {"or", "and"}]
    groups: list[list[Condition]] = [[]]
    for each in items:
        if isinstance(each, _Logic) and each.value == "or":
            groups.append([])
        elif isinstance(each, _Items):
            if "or" in connectors and "and" not in connectors and groups[-1]:
                groups.append([])
            groups[-1] += [Has(letter, states) for letter in each.letters]
    return either(both(group) for group in groups if group)


def _whole(words: list[str], states: States, state: _State, letters: tuple[str, ...], lang: Lang) -> tuple[Condition, tuple[Condition, ...]]:
    """All items, any item, no item."""
    if "nothing" in words:
        kept = ANY - states if state.negated else states
        return And(tuple(Has(letter, ANY - kept) for letter in letters)), ()
    if "any_item" in words:
        return (And(tuple(Has(letter, states) for letter in letters)) if state.negated or lang == "ja" else AtLeast(1, states, letters)), ()
    everything = And(tuple(Has(letter, states) for letter in letters))
    if state.negated:
        some = AtLeast(1, states, letters)
        partial = lang == "en" or "not_all" in words or state.late  # 全部は…ない, まだ全部…ない: not all
        return (some, ()) if partial else (everything, (everything, some))
    return everything, ()


def _counted(counts: list[_Count], states: States, among: tuple[str, ...]) -> Condition:
    return both(_compared(count, states, among) for count in counts)


def _compared(count: _Count, states: States, among: tuple[str, ...]) -> Condition:
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
