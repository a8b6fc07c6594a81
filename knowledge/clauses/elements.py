"""Mentions -> a line: which words of the sentence are items, states, counts and connectors, by what stands beside them."""

from __future__ import annotations

from collections.abc import Callable

from knowledge.clauses.fold import Run
from knowledge.clauses.line import STATES, Count, Items, Line, Said, Word
from knowledge.model import EXPECTED, NOT_DONE, Lang, Mention

# No more items than this are ever counted; a larger number counts something else (100,000 people).
MOST_COUNTED = 20
EVERY = frozenset({"全部", "ぜんぶ", "すべて", "全て"})
COMPLETING = ("揃", "そろ", "終わ", "終え", "完了", "コンプリート", "フルコンプ")
AUXILIARIES = frozenset({"do", "does", "did"})
QUESTION_WORDS = frozenset({"when", "what", "where", "why", "how", "since when", "what date"})
CONDITIONALS = frozenset({"ば", "れば", "たら", "だら"})
BEFORE_A_MAIN_DO = frozenset({"to", "must", "should", "will"})

Mentions = tuple[Mention, ...]


def live(mentions: Mentions, lang: Lang) -> Mentions:
    """The mentions without those that the asker takes back: 町ではなく市, "cities rather than towns"."""
    gone: set[int] = set()
    for at, mention in enumerate(mentions):
        if has(mention, "logic", "instead") and not _denies_both(mentions[at + 1 :]):
            gone |= {at, beside(mentions, at, lang)}
    return tuple(m for at, m in enumerate(mentions) if at not in gone)


def _denies_both(behind: Mentions) -> bool:
    """Whether what follows ではなく is denied too: 未実施ではなく予定でもない."""
    said = [m for m in behind if not is_fill(m) or m.surface in {"も", "でも"}]
    return len(said) > 2 and bool(_kinds(said[0]) & {"state", "verb"}) and said[1].surface in {"も", "でも"} and has(said[2], "neg")


def beside(mentions: Mentions, at: int, lang: Lang) -> int:
    """The place of what だけ, 以外 or "except" is said of: before it in Japanese, after it in English; -1 if there is nothing."""
    places = range(at + 1, len(mentions)) if lang == "en" else range(at - 1, -1, -1)
    return next((place for place in places if not is_fill(mentions[place])), -1)


def is_fill(mention: Mention) -> bool:
    return mention.kind == "word" and _kinds(mention) <= {"fill", "topic"}


def has(mention: Mention, kind: str, value: str = "") -> bool:
    return any(s.kind == kind and value in ("", s.value) for s in mention.senses)


def _values(mention: Mention) -> set[str]:
    return {s.value for s in mention.senses if s.kind in {"verb", "state"}}


def _kinds(mention: Mention) -> set[str]:
    return {s.kind for s in mention.senses}


def _is_item(mention: Mention) -> bool:
    return mention.kind == "item" or has(mention, "item")


def counts_items(mentions: Mentions, at: int) -> bool:
    """Whether a number counts items: it says so, or items or a comparison stand beside it."""
    mention = mentions[at]
    if mention.value > MOST_COUNTED:
        return False
    if mention.ref:
        return mention.ref == "item"
    after = mentions[at + 1 : at + 4]
    counted = [m for m in after if not has(m, "cmp")]
    if counted and (has(counted[0], "place") or has(counted[0], "unit")):
        return False
    if len(after) > 1 and after[0].surface == "of" and _is_item(after[1]):
        return True  # two of (ア), (イ) and (ウ)
    near = mentions[max(at - 2, 0) : at] + after
    return any(has(m, "cmp") or has(m, "subject", "item") or has(m, "item") and m.surface in {"items", "item"} for m in near)


def elements(mentions: Mentions, lang: Lang) -> Line:
    """The line of items, states, counts and joining words of a sentence."""
    reader = _Reader(mentions, lang)
    for at in range(len(mentions)):
        reader.take(at)
    return reader.line()


class _Reader:
    """Takes the mentions one by one into a run; `at` is the place of the one in hand."""

    def __init__(self, mentions: Mentions, lang: Lang) -> None:
        self.mentions = mentions
        self.lang = lang
        self.run = Run(lang)
        self.at = 0

    def line(self) -> Line:
        self.run.close()
        if self.run.include and not any(isinstance(each, Said) for each in self.run.line):
            self.run.line.append(Said(EXPECTED))  # 予定どおり進めば(キ)は…: with what is planned, and no other state
        return self.run.line

    @property
    def here(self) -> Mention:
        return self.mentions[self.at]

    def after(self, step: int = 1) -> Mention | None:
        place = self.at + step
        return self.mentions[place] if 0 <= place < len(self.mentions) else None

    def take(self, at: int) -> None:
        self.at = at
        senses = {s.kind: s.value for s in reversed(self.here.senses)}
        verdict = senses.get("verdict", "")
        if verdict and self._behind_an_item():
            self.run.state(verdict)
        elif "lack" in senses and self._before_an_item():
            self.run.state(senses["lack"])
            if "only" in self.here.surface:
                self._break(Word("only"))
        elif _is_item(self.here):
            self._break(Items(tuple(s.value for s in self.here.senses if s.kind == "item")))
        elif self.here.kind == "number" and senses.get("logic") != "all":
            self._number()
        elif "cmp" in senses and self._compares(senses):
            self._compare(senses["cmp"])
        else:
            kind = next((kind for kind in TAKES if kind in senses), "")
            if kind:
                TAKES[kind](self, senses)
            elif self.lang == "ja":
                self._particle()

    def _behind_an_item(self) -> bool:
        """ "(ア) yes, (カ) no": a verdict stands right behind its item, and nothing but a stop behind it."""
        before, after = self.after(-1), self.after()
        ends = after is None or after.span[0] - self.here.span[1] > 1
        return self.lang == "en" and before is not None and _is_item(before) and ends

    def _before_an_item(self) -> bool:
        place = beside(self.mentions, self.at, "en")
        return place >= 0 and _is_item(self.mentions[place])

    def _break(self, element: Items | Count | Word) -> None:
        self.run.close()
        self.run.line.append(element)

    # --- by what the word is ------------------------------------------------------------------------------------------

    def _take_logic(self, senses: dict[str, str]) -> None:
        if "verb" in senses:
            self.run.verb(senses["verb"])  # "done everything" is both
        self._logic(senses["logic"])

    def _take_state(self, senses: dict[str, str]) -> None:
        if self._remains(senses["state"]):
            self._break(Count(1, "at_least"))
        else:
            self.run.state(senses["state"])

    def _remains(self, state: str) -> bool:
        """未実施が残っている, with no item: some item is in the state before it."""
        before = self.after(-1)
        again = bool(self.run.sets) and self.run.sets[-1].states == STATES[state] == NOT_DONE and not self.run.sets[-1].soft
        return again and before is not None and before.surface in {"が", "の"} and not any(isinstance(each, Items) for each in self.run.line)

    def _take_negation(self, senses: dict[str, str]) -> None:
        after, then = self.after(), self.after(2)
        if self.here.surface == "no" and after is not None and after.has("place"):
            if then is not None and then.span[0] - after.span[1] <= 1 and then.kinds & {"verb", "mod"}:
                self._break(Word("nobody"))  # "no town has done (オ)": of none, which is not asked of towns
            return  # "cities only, no towns"
        self.run.yet() if senses["neg"] == "yet" else self.run.negate()

    def _take_verb(self, senses: dict[str, str]) -> None:
        self.run.future = self.run.future or FUTURES.get(senses.get("mod", ""), "")
        if "verb" in senses:
            self._verb(senses["verb"])
        self.run.auxiliary = self.here.surface in AUXILIARIES

    def _take_subject(self, senses: dict[str, str]) -> None:
        if self.lang == "ja" and senses["subject"] == "item" and self.run.sets:
            self._there_is()

    def _particle(self) -> None:
        if self.here.surface in CONDITIONALS and self.run.sets and any(map(_is_item, self.mentions[: self.at])) and self._says_more():
            self._break(Word("if"))  # (オ)が済めば8項目そろう: supposed, not said
            return
        if self.here.surface in {"も", "でも"}:
            self.run.each = bool(self.run.sets)
        elif self.here.surface in {"と", "や"} and self._between(_is_item):
            self.run.line.append(Word("and"))

    def _says_more(self) -> bool:
        """Whether a state or a whole is said behind this place."""
        return any(has(m, "verb", "do") or has(m, "state") or has(m, "logic", "all") for m in self.mentions[self.at + 1 :])

    def _between(self, test: Callable[[Mention], bool]) -> bool:
        before, after = self.after(-1), self.after()
        return before is not None and after is not None and test(before) and test(after)

    def _there_is(self) -> None:
        """未実施の項目がある, 予定している項目がない: at least one item in the state, or none."""
        after = next((m for m in self.mentions[self.at + 1 :] if not is_fill(m)), None)
        if after is not None and has(after, "verb", "have"):
            self._break(Count(1, "at_least"))
        elif after is not None and has(after, "neg"):
            self._break(Word("any_item"))

    # --- numbers ------------------------------------------------------------------------------------------------------

    def _number(self) -> None:
        if not counts_items(self.mentions, self.at) or self.here.ref == "place":
            return
        least = next((int(s.value) for s in self.here.senses if s.kind == "range"), None)
        if least is None:
            self._break(Count(self.here.value))
        else:
            self._break(Count(least, "at_least"))
            self.run.line.append(Count(self.here.value, "at_most"))

    def _compares(self, senses: dict[str, str]) -> bool:
        """Whether the word compares a number here: でも is a particle elsewhere, "under" a preposition."""
        counted = bool(self.run.line) and isinstance(self.run.line[-1], Count) and not self.run.sets
        return counted or self.here.surface != "でも" and ("fill" not in senses or self._number_next())

    def _compare(self, compare: str) -> None:
        last = self.run.line[-1] if self.run.line and not self.run.sets else None
        if isinstance(last, Count):
            last.compare = compare
        else:
            self._break(Word(compare=compare))

    # --- verbs --------------------------------------------------------------------------------------------------------

    def _verb(self, name: str) -> None:
        surface, following = self.here.surface, self.mentions[self.at + 1 :]
        if self.lang == "en" and surface in AUXILIARIES and self._is_auxiliary(following):
            return
        if name == "plan" and surface.startswith("will ") and any(m.kind == "date" for m in self.mentions):
            self.run.future = "expected"  # what will be done by a date is what is done by then
            self.run.verb("do")
        elif name != "have":
            self.run.completing = surface.startswith(COMPLETING)
            self.run.verb(name)
        elif self.lang == "en" and _verb_behind_items(following):
            return  # "have (カ) done"
        elif not _more_verbs(following) and not self.run.sets:
            # "have" and ある mean doing only when nothing else does: 相談窓口がある, who has a consultation desk
            self.run.have = True

    def _is_auxiliary(self, following: Mentions) -> bool:
        """Whether a "do" only asks or only carries a negation: "when did they do", "do not plan"."""
        if following and has(following[0], "neg") and _kinds_before_items(following[1:]) & {"verb", "state"}:
            return True
        before = self.after(-1)
        asked = before is not None and before.surface in QUESTION_WORDS
        return self._opens_question(before) and (asked or any(_kinds(m) & {"verb", "state", "ask"} for m in following))

    @staticmethod
    def _opens_question(before: Mention | None) -> bool:
        """Whether a "do" stands where an auxiliary does: first, or behind a question word, not behind who does it."""
        if before is None:
            return True
        return not (_kinds(before) & {"place", "neg"} or before.kind in {"name", "item"} or before.surface in BEFORE_A_MAIN_DO)

    # --- joining words ------------------------------------------------------------------------------------------------

    def _logic(self, value: str) -> None:
        if value == "include":
            self._include()
        elif value in {"or", "and", "but"}:
            self._connect(value)
        elif value == "neither" and self._verb_next():
            self.run.pending = self.run.sticky = True  # "neither done nor planned (ク)"
        elif value == "instead":
            self.run.negate()  # 未実施ではなく予定でもない
        elif value == "nor":
            self.run.pending = self._verb_next()
        elif value == "one_of" and self.run.line and isinstance(self.run.line[-1], Word) and self.run.line[-1].compare:
            self._break(Count(1))  # at most one of
        elif value == "xor" and self._but_not_both():
            self._break(Word("but"))
            self.run.line += [Said(NOT_DONE, negated=True, bare=True), Word("both")]
        elif value == "except" and self.lang == "en" and self._number_next():
            self._break(Word(compare="all_but"))
        elif value == "except" and self._of_a_clause():
            self._break(Word("outside"))
        elif value not in {"only", "except"} or self._of_item():
            self._quantify(value)  # else 町だけ, 萩市以外: not of items

    def _include(self) -> None:
        """予定も含めて, 予定どおり進めば: with what is planned. (オ)も含めて only says that it is one of them."""
        said = self.here.surface.startswith(("予定", "計画"))
        near = self.mentions[max(self.at - 3, 0) : self.at] + (self.mentions[self.at + 1 : self.at + 4] if self.lang == "en" else ())
        planned = any(_values(mention) & {"plan", "planned", "expected"} for mention in near)
        self.run.include = self.run.include or said or planned

    def _connect(self, value: str) -> None:
        if value == "or" and self.here.surface == "か" and not self._between_alike():
            return  # a question's か
        if value == "but" and self._but_is_except():
            self._break(Word("except"))  # "not anything but (オ)"
            return
        self.run.connect(value)
        if not self.run.sets:
            if value != "and" or self.lang == "en":
                self.run.line.append(Word(value))
        elif value == "but":
            self._break(Word("but"))

    def _quantify(self, value: str) -> None:
        if not self.run.pending:
            self.run.close()
        of_these = self.lang == "en" and value == "all" and has(self.here, "verb") and bool(self.run.line) and isinstance(self.run.line[-1], (Items, Said))
        of_these = of_these and any(isinstance(each, Items) for each in self.run.line)  # "(ア), (イ) and (エ) all done"
        self.run.line.append(Word("every" if self.here.surface in EVERY or of_these else value))
        if value == "all" and self.lang == "ja" and self._denied():
            self.run.line.append(Word("not_all"))

    def _denied(self) -> bool:
        """全部は…: whatever is denied of it is denied of the whole; 全部ではない by itself."""
        after, next_ = self.after(), self.after(2)
        return after is not None and (after.surface == "は" or after.surface in {"では", "じゃ"} and next_ is not None and has(next_, "neg"))

    def _but_is_except(self) -> bool:
        line, after = self.run.line, self.after()
        return bool(line) and not self.run.sets and line[-1] in (Word("any_item"), Word("nothing")) and after is not None and _is_item(after)

    def _verb_next(self) -> bool:
        place = beside(self.mentions, self.at, "en")
        return place >= 0 and bool(_kinds(self.mentions[place]) & {"verb", "state"}) and not has(self.mentions[place], "verb", "have")

    def _but_not_both(self) -> bool:
        """ "but not both (イ) and (ウ)": of the items behind it, not of those before."""
        after = self.after()
        return self.lang == "en" and self.here.surface == "but not both" and after is not None and _is_item(after)

    def _number_next(self) -> bool:
        after = self.after()
        return after is not None and after.kind == "number"

    def _of_a_clause(self) -> bool:
        """Whether "except" is said of those of whom something holds: 実施済みの市町以外, "other than those that have (オ)"."""
        place = beside(self.mentions, self.at, self.lang)
        if place < 0 or not (has(self.mentions[place], "place", "all") or has(self.mentions[place], "place", "who")):
            return False
        if self.lang == "ja":
            return bool(self.run.sets) or bool(self.run.line) and isinstance(self.run.line[-1], Said)
        those, following = self.mentions[place], self.mentions[place + 1 : place + 2]
        near = bool(following) and following[0].span[0] - those.span[1] <= 1  # no comma between
        return near and (following[0].surface in RELATIVES or bool(_kinds(following[0]) & {"verb", "state", "neg"}))

    def _of_item(self) -> bool:
        """Whether "only" or "except" is said of an item. "only" may follow what it is said of in English too."""
        places = [beside(self.mentions, self.at, self.lang)]
        if self.lang == "en" and has(self.here, "logic", "only"):
            places += self._said_behind(places[0])
        return any(place >= 0 and (_is_item(self.mentions[place]) or self._item_as_such(place)) for place in places)

    def _item_as_such(self, place: int) -> bool:
        """ "the only item not done is (ク)": which item it is is said behind."""
        return self.lang == "en" and has(self.mentions[place], "subject", "item") and any(_is_item(m) for m in self.mentions[place:])

    def _said_behind(self, next_: int) -> list[int]:
        """Where else the item of an English "only" may stand: behind its verb, or before it ("(オ) only")."""
        word = self.mentions[next_] if next_ >= 0 else None
        if word is not None and (has(word, "verb", "plan") or has(word, "state", "planned")):
            return []
        if word is None or not _kinds(word) & {"verb", "state"}:
            return [beside(self.mentions, self.at, "ja")]
        skipped = {"verb", "state", "neg", "fill"}
        behind = range(self.at + 1, len(self.mentions))
        return [place for place in behind if self.mentions[place].kind != "word" or not _kinds(self.mentions[place]) & skipped][:1]

    def _between_alike(self) -> bool:
        """Whether a か stands between two things of a kind: items, names, or states."""
        before, after = self.after(-1), self.after()
        return before is not None and after is not None and bool(_sort(before) & _sort(after))


# What a word does, by the first of these that it can be.
TAKES: dict[str, Callable[[_Reader, dict[str, str]], None]] = {
    "logic": _Reader._take_logic,
    "state": _Reader._take_state,
    "neg": _Reader._take_negation,
    "verb": _Reader._take_verb,
    "mod": _Reader._take_verb,
    "subject": _Reader._take_subject,
}
FUTURES = {"future": "expected", "from_now_on": "planned"}
RELATIVES = frozenset({"that", "which", "who", "with", "where"})


def _kinds_before_items(mentions: Mentions) -> set[str]:
    """The kinds of word that stand before the first item or name."""
    found: set[str] = set()
    for mention in mentions:
        if _is_item(mention) or mention.kind == "name":
            break
        found |= _kinds(mention)
    return found


def _sort(mention: Mention) -> set[str]:
    kinds = _kinds(mention) | {mention.kind}
    if kinds & {"state", "verb", "neg"}:
        kinds.add("state")
    return kinds - {"word", "topic", "fill"}


def _verb_behind_items(mentions: Mentions) -> bool:
    """Whether the verb of "have" stands behind its items: "have (カ) and (キ) done", "have exactly two of (カ), (キ) outstanding"."""
    seen_item = False
    for place, mention in enumerate(mentions):
        if _is_item(mention):
            seen_item = True
        elif seen_item and (has(mention, "verb") or has(mention, "state")):
            return not has(mention, "verb", "have")
        elif not _may_stand_between(mentions, place, seen_item):
            return False
    return False


def _may_stand_between(mentions: Mentions, place: int, seen_item: bool) -> bool:
    """Whether a word may stand between "have" and the verb that its items are said with."""
    mention = mentions[place]
    if has(mention, "fill") or has(mention, "cmp") or mention.kind == "number":
        return True
    if any(has(mention, "logic", value) for value in ("either", "one_of", "both", "neither", "nor")):
        return True
    if has(mention, "neg"):
        return seen_item and place > 0 and _is_item(mentions[place - 1])
    joins = has(mention, "logic") and not has(mention, "logic", "but")
    return joins and place + 1 < len(mentions) and _is_item(mentions[place + 1])


def _more_verbs(mentions: Mentions) -> bool:
    for mention in mentions:
        if _is_item(mention) or mention.kind == "name":
            return False
        if _kinds(mention) & {"verb", "state"} and not has(mention, "verb", "have"):
            return True
    return False
