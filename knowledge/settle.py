"""Which of the names that were found are municipalities of the question, and which must be asked back about."""

from __future__ import annotations

from knowledge.model import Choice, Mention, Pair, WhichOne
from knowledge.normalise import Normalised
from knowledge.query import Query
from knowledge.setting import Setting, Understanding


class Names:
    """Decides which of the names found are municipalities of the question."""

    def __init__(self, mentions: tuple[Mention, ...], base: Understanding, setting: Setting) -> None:
        self.base, self.setting = base, setting
        self.found = [m for m in mentions if m.kind == "name"]
        self.accepted: list[Mention] = []

    def decide(
        self,
        text: str,
        said: Normalised,
        subject: str,
        territories: tuple[str, ...],
        asks: frozenset[str],
        about_items: bool,
    ) -> tuple[tuple[str, ...], tuple[str, ...], WhichOne | None]:
        """(codes, territories, question back)."""
        codes: list[str] = []
        extra: list[str] = []
        needed = about_items or bool(asks & {"status", "compare", "by_item", "neighbours"}) or subject == "item"
        others = any(m.ref == "strong" for m in self.found)
        for mention in self.found:
            territory = next(iter(mention.values("territory")), "")
            if territory and self._is_territory(mention, territory, subject, territories):
                extra.append(territory)
                continue
            if territory and mention.ref != "strong" and mention.value and self._both_named(mention):
                if not others:
                    return (), (), self._city_or_prefecture(text, said, mention, territory)
            if mention.ref == "weak" and not needed and len(said.text.strip("?!。？！ はのを")) > len(mention.surface) + 2:
                continue
            prefecture = self._prefecture_of_the_name(mention)
            if mention.how == "fuzzy" and prefecture:
                return (), (), self._city_or_prefecture(text, said, mention, prefecture)
            if mention.how == "fuzzy" and (mention.rivals or len(mention.value) != 1):
                return (), (), self._which(text, said, mention)
            if len(mention.value) > 1:
                return (), (), self._which(text, said, mention)
            self.accepted.append(mention)
            codes += mention.value
        own = [self.base.city_territories[code] for code in codes if code in self.base.city_territories]
        return tuple(dict.fromkeys(codes)), tuple(dict.fromkeys(extra + own)), None

    def _prefecture_of_the_name(self, mention: Mention) -> str:
        """The territory that a misspelt bare name can be as well: Yamagutchi is 山口市 or 山口県."""
        names = {self.base.kb.municipalities[code].name[:-1] for code in mention.value if not mention.surface.endswith(("市", "町", "村", "city", "-shi"))}
        return next((t.id for t in self.base.kb.territories.values() if t.kind == "prefecture" and t.name[:-1] in names), "")

    def _both_named(self, mention: Mention) -> bool:
        return bool(set(mention.value) & self.base.local)

    def _is_territory(self, mention: Mention, territory: str, subject: str, territories: tuple[str, ...]) -> bool:
        if mention.ref == "strong" and self.base.kb.territories[territory].kind != "prefecture":
            return False
        if mention.surface == self.base.kb.territories[territory].name:
            return True
        if not self._both_named(mention):
            return True
        other_bare = any(m.values("territory") for m in self.found if m is not mention)
        return subject == "municipality" or bool(territories) or other_bare

    def _city_or_prefecture(self, text: str, said: Normalised, mention: Mention, territory: str) -> WhichOne:
        kb = self.base.kb
        city = kb.municipalities[next(iter(set(mention.value) & self.base.local))]
        prefecture = kb.territories[territory].name
        choices = tuple(Choice(label=Pair(name, name), question=_both_languages(_replaced(said, mention, name))) for name in (city.name, prefecture))
        return WhichOne(query=Query(text=text, lang=said.lang), why="city_or_prefecture", word=said.quote(*mention.span), choices=choices)

    def _which(self, text: str, said: Normalised, mention: Mention) -> WhichOne:
        kb = self.base.kb
        codes = tuple(dict.fromkeys((*mention.value, *mention.rivals)))[:4]
        choices = []
        for code in codes:
            m = kb.municipalities[code]
            same = sum(other.name == m.name for other in kb.municipalities.values()) > 1
            name = f"{m.prefecture}{m.name}" if same or code not in self.base.local else m.name
            choices.append(Choice(label=Pair(name, name), question=_both_languages(_replaced(said, mention, name))))
        return WhichOne(query=Query(text=text, lang=said.lang), why="which_name", word=said.quote(*mention.span), choices=tuple(choices))


def _both_languages(question: str) -> Pair:
    return Pair(question, question)


def _replaced(said: Normalised, mention: Mention, name: str) -> str:
    """The question with one stretch exchanged: what a choice stands for."""
    start, end = mention.span
    return f"{said.cased[:start]}{name}{said.cased[end:]}"
