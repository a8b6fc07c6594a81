"""Words and numbers in one language: what templates call for a name, a date, a share, a sum. No sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from knowledge.base import KnowledgeBase
from knowledge.conditions import Has
from knowledge.dates import Period, period_label, period_of
from knowledge.model import Area, Lang, Municipality, Pair, Source, State, States, Territory
from knowledge.names import english_name
from knowledge.surveys import View

MARKS = {State.DONE: "✓", State.PLANNED: "○", State.NEITHER: "–"}
KIND_ORDER = "区市町村"


class Words:
    """The filters of one language's templates."""

    def __init__(self, kb: KnowledgeBase, lang: Lang) -> None:
        self.kb, self.lang = kb, lang

    def filters(self) -> dict[str, Any]:
        return {
            name: getattr(self, name)
            for name in (
                "item",
                "items",
                "name",
                "names",
                "date",
                "view",
                "period",
                "share",
                "unit",
                "yen",
                "say",
                "mark",
                "area",
                "territory",
                "number",
                "source",
                "day",
                "mean",
                "cite",
                "by_states",
            )
        }

    def item(self, letter: str) -> str:
        gap = "" if self.lang == "ja" else " "
        return f"({letter}){gap}{self.kb.items[letter].short[self.lang]}"

    def items(self, letters: Iterable[str]) -> str:
        return self.listed([self.item(letter) for letter in letters])

    def listed(self, words: Sequence[str]) -> str:
        return ("、" if self.lang == "ja" else ", ").join(words)

    def name(self, municipality: Municipality) -> str:
        """萩市; in English with its English name: 萩市 (Hagi)."""
        return municipality.name if self.lang == "ja" else f"{municipality.name} ({english_name(municipality)})"

    def names(self, municipalities: Iterable[Municipality]) -> str:
        return self.listed([self.name(m) for m in municipalities])

    def date(self, iso: str) -> str:
        """An ISO date of the facts with era and western year; "" stays ""."""
        return dated(iso, self.lang)

    def view(self, view: View) -> str:
        """The date of a survey as seen: 平成29年6月（2017年6月）, or the end of its plan."""
        return self.date(view.as_of)

    def period(self, period: Period) -> str:
        return period_label(period, self.lang)

    def share(self, count: int, of: int) -> str:
        return f"{100 * count / of:.1f} %" if of else "–"

    def number(self, value: float) -> str:
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:g}"

    def yen(self, amount: int) -> str:
        """Money as a budget paper prints it: in 千円 with 円 beside it, in English in yen."""
        return f"{amount // 1000:,}千円（{amount:,}円）" if self.lang == "ja" else f"{amount:,} yen"

    def unit(self, codes: Iterable[str], count: int = 2) -> str:
        """What these municipalities are called together: 市町, 市町村, 区市町村, 市 …"""
        kinds = {self.kb.municipalities[code].kind for code in codes}
        if self.lang == "ja":
            return "".join(kind for kind in KIND_ORDER if kind in kinds) or "市区町村"
        single, plural = {"市": ("city", "cities"), "町": ("town (町)", "towns (町)"), "村": ("village", "villages"), "区": ("ward", "wards")}.get(
            "".join(kinds), ("municipality", "municipalities")
        )
        return single if count == 1 else plural

    def say(self, pair: Any) -> Any:
        """A Pair in this language; anything else as it is."""
        return pair[self.lang] if isinstance(pair, Pair) else pair

    def mark(self, state: State) -> str:
        return MARKS[state]

    def area(self, area: Area) -> str:
        return f"{area.name}圏域" if self.lang == "ja" else f"the {area.en} area"

    def territory(self, territory: Territory) -> str:
        return territory.name if self.lang == "ja" else territory.en

    def source(self, source: Source) -> str:
        publisher, document = source.publisher[self.lang], source.document[self.lang]
        if self.lang == "ja":
            return f"{publisher}「{document}」"
        return f"{publisher}, “{document}” ({source.document.ja})"

    def cite(self, citation: Any) -> str:
        """Document, publisher and the place in it."""
        return f"{self.source(citation.source)}{'　' if self.lang == 'ja' else ', '}{citation.place}".rstrip("　, ")

    def day(self, iso: str) -> str:
        return self.date(iso)

    def by_states(self, parts: Iterable[Has]) -> list[tuple[States, list[str]]]:
        """The items of a list of simple conditions, together by their states, in the order said."""
        found: dict[States, list[str]] = {}
        for part in parts:
            found.setdefault(part.states, []).append(part.item)
        return list(found.items())

    def mean(self, letter: str) -> str:
        return self.kb.items[letter].meaning[self.lang]


@lru_cache(maxsize=4096)
@lru_cache(maxsize=4096)
def dated(iso: str, lang: Lang) -> str:
    return period_label(period_of(iso), lang) if iso else ""
