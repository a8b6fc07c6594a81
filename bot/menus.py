"""What can be changed in an answer where it stands: its item, the date of its survey, its territory.

An option is a short canonical question that names all that the menus of the answer show, with one thing changed:
「山口県の2016-08の(カ)は？」. Asked after the question of the answer it gives the same answer of something else, by the one
engine. Nothing is asked here: an option whose figures do not exist says so when it is chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.ask import Reply
from bot.message import Action
from bot.words import Words
from knowledge.conditions import Has
from knowledge.model import Answer, Found, NoData, Pair, Territory
from knowledge.query import Query
from knowledge.surveys import NoSurvey, actual, choose

Kind = Literal["item", "date", "territory"]

LABELS: dict[Kind, Pair] = {"item": Pair("項目", "Item"), "date": Pair("時点", "As of"), "territory": Pair("地域", "Territory")}
ALL = Pair("すべての項目", "All items")
EXPECTED = Pair("{date}見込み", "{date}, expected")
EVERY = "*"  # all items, where an answer can be about all

# The menus of an answer, by its kind of question. "all": its items can be taken together. "named": only a survey that names
# municipalities can answer it, so that the others are not offered.
OFFERED: dict[str, frozenset[str]] = {
    "which": frozenset({"item", "date", "territory"}),
    "tally": frozenset({"item", "all", "date", "territory"}),
    "trend": frozenset({"item", "all", "territory", "several"}),
    "matrix": frozenset({"date", "territory", "named"}),
    "ranking": frozenset({"date", "named"}),
    "has_done": frozenset({"item", "date", "named"}),
    "municipality": frozenset({"date", "named"}),
    "compare": frozenset({"item"}),
    "plan": frozenset({"item"}),
    "items": frozenset({"item"}),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # made once and kept, so that one is like no other
class Menu:
    """One menu and its options. `chosen` is the question of the option that the answer is now, "" if it is none of them."""

    kind: Kind
    label: str
    options: tuple[Action, ...]
    chosen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What an answer is about, as far as menus can change it: a letter or EVERY, an ISO date, a territory's id; "" where it is about none.

    `said`: whether the territory can be said without losing what lies in it.
    """

    item: str = ""
    date: str = ""
    territory: str = ""
    said: bool = False

    def question(self, words: Words) -> str:
        """The short question that names it: 「山口県の2016-08の(カ)は？」, "what about (カ) in Yamaguchi Prefecture as of 2016-08?"."""
        every = "全項目" if words.lang == "ja" else "all items"
        item = every if self.item == EVERY else f"({self.item})" if self.item else ""
        place = words.territory(words.kb.territories[self.territory]) if self.said and self.territory else ""
        if words.lang == "ja":
            return "の".join(part for part in (place, self.date, item) if part) + "は？"
        parts = (item, f"in {place}" if place else "", f"as of {self.date}" if self.date else "")
        return "what about " + " ".join(part for part in parts if part) + "?"


@dataclass(frozen=True, slots=True)
class Menus:
    """The menus of one language's answers. They depend on little of an answer, so that they are made once for each of its kind."""

    words: Words
    made: dict[tuple[Shown, str, bool], tuple[Menu, ...]] = field(default_factory=dict)

    def of(self, reply: Reply) -> tuple[Menu, ...]:
        """The menus of an answer, or of what says that there is no such figure; () if it has none."""
        given, query = reply.considered.answer, reply.query
        if query.intent not in OFFERED or reply.failure or not _can_change(given):
            return ()
        key = (_shown(query, territory_of(given), self.words), query.intent, not query.items or bool(query.asks & {"tally", "trend"}))
        if key not in self.made:
            self.made[key] = self._make(*key)
        return self.made[key]

    def _make(self, shown: Shown, intent: str, every: bool) -> tuple[Menu, ...]:
        offered = OFFERED[intent]
        made = (
            _menu("item", shown, _items(shown, every and "all" in offered, self.words), self.words),
            _menu("date", shown, _dates(shown, offered, self.words), self.words),
            _menu("territory", shown, _territories(shown, offered, self.words) if "territory" in offered else (), self.words),
        )
        return tuple(menu for menu in made if len(menu.options) > 1)


def _can_change(given: Answer) -> bool:
    """An answer, or a figure that the sources do not have; but nothing that an order or an algebra of one item decides: they would be lost."""
    if not isinstance(given, Found) and not (isinstance(given, NoData) and given.why in ("no_names", "no_survey") and territory_of(given)):
        return False
    query: Query = given.query
    if query.intent == "tally" and (query.states is not None or query.asks & {"most", "least", "rank", "total"}):
        return False
    return len(query.items) != 1 or query.condition is None or isinstance(query.condition, Has)


def territory_of(given: Answer) -> Territory | None:
    """The territory that an answer looked into, if it looked into one."""
    facts = getattr(given, "facts", None)
    found: Territory | None = getattr(getattr(facts, "scope", None), "territory", None) or getattr(facts, "territory", None)
    return found


def _shown(query: Query, territory: Territory | None, words: Words) -> Shown:
    """Several items, or several dates, are nothing that one menu could show. An area or a municipality lies in its territory."""
    offered = OFFERED[query.intent]
    item = query.items[0] if len(query.items) == 1 else EVERY if "all" in offered and not query.items else ""
    views = choose(query, words.kb, territory.id) if territory and "date" in offered else ()
    return Shown(
        item=item if "item" in offered else "",
        date="" if isinstance(views, NoSurvey) or len(views) != 1 else views[0].as_of,
        territory=territory.id if territory else "",
        said="territory" in offered and not (query.areas or query.places or query.excluded),
    )


Option = tuple[str, Shown]


def _items(shown: Shown, every: bool, words: Words) -> Iterator[Option]:
    """All items together only where the question says what of them: the tally, the trend."""
    if shown.item and every:
        yield ALL[words.lang], replace(shown, item=EVERY)
    if shown.item:
        yield from ((words.item(letter), replace(shown, item=letter)) for letter in words.kb.items)


def _dates(shown: Shown, offered: frozenset[str], words: Words) -> Iterator[Option]:
    """The surveys of the territory, and the end of the plans of the latest."""
    if not shown.territory or "date" not in offered:
        return
    surveys = [survey for survey in actual(words.kb, shown.territory) if survey.named or "named" not in offered]
    for survey in surveys:
        yield words.date(survey.as_of), replace(shown, date=survey.as_of)
    end = next((survey.plan_by for survey in reversed(surveys) if survey.plan_by), "")
    if end:
        yield EXPECTED[words.lang].format(date=words.date(end)), replace(shown, date=end)


def _territories(shown: Shown, offered: frozenset[str], words: Words) -> Iterator[Option]:
    """Those that have a survey; another territory has its own dates, so that none is said."""
    if not shown.said or not shown.territory:
        return
    for id_ in dict.fromkeys(survey.territory for survey in words.kb.surveys.values()):
        if "several" in offered and len(actual(words.kb, id_)) < 2:
            continue
        yield words.territory(words.kb.territories[id_]), shown if id_ == shown.territory else replace(shown, territory=id_, date="")


def _menu(kind: Kind, shown: Shown, options: Iterable[Option], words: Words) -> Menu:
    given = tuple(Action(label=label, question=about.question(words)) for label, about in options)
    now = shown.question(words)
    return Menu(kind=kind, label=LABELS[kind][words.lang], options=given, chosen=now if any(option.question == now for option in given) else "")
