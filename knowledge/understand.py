"""Question -> Query, or a question back: what was asked, in words that nothing has to guess at any more.

    normalise -> mentions -> names decided -> states and items (clauses) -> slots -> carried over from the thread -> intent

The intent is the kind of question that fits the slots best; what no part of that reading explains is `unread`, and a
question with something unread is asked back about, never answered as if it had not been said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from knowledge import clauses, subjects
from knowledge.base import KnowledgeBase
from knowledge.conditions import Has, both, items_of, leaves, rename, with_states
from knowledge.dates import DateMention, Period, period_of
from knowledge.lexicon import UNREAD
from knowledge.mentions import find_mentions, misspelt_names, misspelt_word
from knowledge.model import Choice, Lang, Mention, OutOfScope, Pair, WhichOne
from knowledge.normalise import Normalised, normalise
from knowledge.query import Query

# A longer message is no question; reading it would only hold up the others.
LONGEST = 2000
KINDS = ("市", "町", "村", "区")
SIDE_WORDS = {"fill", "ellipsis", "logic", "cmp", "mod"}
STATUS_SENSES = {"state", "verb", "neg", "place", "subject", "count", "ask", "item", "territory", "area", "elsewhere", "relative", "home", "scene"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where a question is asked: the home territory, today, the reply's language if forced."""

    home: str
    today: date
    lang: Lang | None = None


@dataclass
class Understanding:
    """The knowledge base with what understanding derives from it once."""

    kb: KnowledgeBase
    cache: dict[str, object] = field(default_factory=dict)

    @cached_property
    def ways(self) -> subjects.Ways:
        return subjects.Ways(self.kb.subjects.values(), self.kb.lexicon)

    @cached_property
    def eras(self) -> tuple[Period, ...]:
        """The dates of the data: of surveys, and of the ends of their plans."""
        surveys = [iso for survey in self.kb.surveys.values() for iso in (survey.as_of, survey.plan_by)]
        events = [subject.of.date for subject in self.kb.subjects.values() if subject.kind == "event"]
        return tuple(period_of(iso) for iso in dict.fromkeys(surveys + events) if iso)

    def dates_of(self, territories: tuple[str, ...]) -> tuple[Period, ...]:
        """The dates of the events in some territories."""
        return tuple(period_of(s.of.date) for s in self.kb.subjects.values() if s.kind == "event" and s.territory in territories and s.of.date)

    @cached_property
    def local(self) -> frozenset[str]:
        """The municipalities that the data name."""
        named = {survey.territory for survey in self.kb.surveys.values() if survey.named}
        return frozenset(code for territory in named for code in self.kb.territories[territory].members)

    @cached_property
    def city_territories(self) -> dict[str, str]:
        """Municipalities that are a territory of their own (久留米市)."""
        return {t.members[0]: t.id for t in self.kb.territories.values() if t.kind == "city"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the mentions say before an intent is chosen: the slots, and the mentions that filled them."""

    said: Normalised
    query: Query
    mentions: tuple[Mention, ...]
    unclear: WhichOne | None = None


def hear(text: str, base: Understanding, setting: Setting) -> Heard | OutOfScope:
    """The slots of one question by itself."""
    said = normalise(text, setting.lang)
    empty = Query(text=text, lang=said.lang)
    if len(said.text) > LONGEST:
        return OutOfScope(query=empty, reason="out_of_scope")
    if not any(char.isalnum() for char in said.text):
        return OutOfScope(query=empty, reason="empty")
    local = base.local
    mentions = find_mentions(said, base.kb, today=setting.today, local=local, eras=base.eras)
    mentions = _repaired(said, mentions, base, local)
    return _slots(text, said, mentions, base, setting)


def _repaired(said: Normalised, mentions: tuple[Mention, ...], base: Understanding, local: frozenset[str]) -> tuple[Mention, ...]:
    """Unread stretches exchanged for what they are one slip away from. Each stays marked `fuzzy` and is spoken of."""
    if not any(m.kind == UNREAD for m in mentions):
        return mentions
    taken = [m.span for m in mentions if m.kind in {"item", "date", "number"} or (m.kind == "name" and m.ref == "strong")]
    guesses = misspelt_names(said, taken, base.kb, local)
    repaired = [m for m in mentions if not any(_touch(m.span, g.span) for g in guesses)] + list(guesses)
    out = [misspelt_word(m, base.kb) or m if m.kind == UNREAD else m for m in repaired]
    return tuple(sorted(out, key=lambda m: m.span))


def _touch(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


# --- slots ------------------------------------------------------------------------------------------------------------


def _slots(text: str, said: Normalised, mentions: tuple[Mention, ...], base: Understanding, setting: Setting) -> Heard:
    kb = base.kb
    asks = frozenset(s.value for m in mentions for s in m.senses if s.kind == "ask")
    counted = tuple(s.value for m in mentions for s in m.senses if s.kind == "count")
    bad = next((m for m in mentions if m.kind == "bad_item"), None)
    stated = clauses.read(mentions, said.lang, tuple(kb.items))
    territories = _territories(mentions, setting)
    names = _Names(mentions, base, setting)
    kinds = _kinds(clauses.live(mentions, said.lang), counted, said.lang)
    subject = _subject(mentions, counted, said.lang)
    places, extra, unclear = names.decide(text, said, subject, territories, asks, bool(stated.items or stated.states or stated.condition))
    excluded = _excluded(mentions, said.lang, names)
    periods, relative, bad_date = _dates(mentions, base.eras)
    periods = tuple(_in_documents_year(period, base.dates_of(territories)) for period in periods)
    relative = relative or () if periods else tuple(dict.fromkeys((*relative, *(value for m in mentions for value in _senses(m, "relative")))))
    content = tuple(m.surface for m in mentions if is_content(m))
    matches = subjects.best(said.text, content, base.ways, kb, territories + extra, stated.items, asks | _cues_besides(mentions, counted, subject))
    scenes = tuple(dict.fromkeys(value for m in mentions for value in _senses(m, "scene")))
    doing = "action" in _cues_besides(mentions, counted, subject)
    about = _told_of_scenes(territories + extra, scenes, kb) if doing and scenes else ()
    about = about or tuple(match.subject for match in matches) or _told_of_items(territories + extra, stated.items, kb)
    query = Query(
        text=text,
        lang=said.lang,
        items=stated.items,
        all_items=stated.all_items,
        condition=stated.condition,
        states=stated.states,
        also_states=stated.also,
        measure="share" if "share" in asks else "count" if counted else "list",
        subject=subject,
        places=tuple(code for code in places if code not in excluded),
        excluded=excluded,
        kinds=kinds,
        areas=_areas(mentions),
        territories=tuple(dict.fromkeys(territories + extra)),
        elsewhere=tuple(dict.fromkeys(value for m in mentions for value in _senses(m, "elsewhere") if not _senses(m, "territory"))),
        wants_places=_wants_places(mentions, said.lang, stated),
        periods=periods,
        relative=relative,
        asks=asks | _flags(bad_date=bad_date, bad_item=bad is not None, unclear=stated.unclear == "logic"),
        words=tuple(dict.fromkeys(word for match in matches for word in match.words)),
        subjects=about,
        scenes=scenes,
        mentions=mentions,
    )
    return Heard(said=said, query=query, mentions=mentions, unclear=unclear or _scope(text, said, stated))


def _told_of_scenes(territories: tuple[str, ...], scenes: tuple[str, ...], kb: KnowledgeBase) -> tuple[str, ...]:
    """What is done in a scene in a named territory: the points of its actions."""
    points = (s for s in kb.subjects.values() if s.kind == "point" and s.territory in territories and set(s.of.scene) & set(scenes))
    return tuple(s.id for s in points if kb.subjects[s.parent].of.kind == "action")


def _told_of_items(territories: tuple[str, ...], items: tuple[str, ...], kb: KnowledgeBase) -> tuple[str, ...]:
    """What the documents say of an item in a territory without a survey: its points."""
    unsurveyed = set(territories) - {survey.territory for survey in kb.surveys.values()}
    return tuple(s.id for s in kb.subjects.values() if s.kind == "point" and s.territory in unsurveyed and set(s.items) & set(items))


def _cues_besides(mentions: tuple[Mention, ...], counted: tuple[str, ...], subject: str) -> frozenset[str]:
    """Cues for subjects that are no cue words: a number is asked for, or what is being done."""
    doing = subject == "item" or any(_senses(m, "verb") for m in mentions)
    return frozenset((*(("count",) if counted else ()), *(("action",) if doing else ())))


def _flags(**said: bool) -> frozenset[str]:
    """What stands in the way of an answer, beside the cues that were heard."""
    return frozenset(name for name, so in said.items() if so)


def _scope(text: str, said: Normalised, stated: clauses.Stated) -> WhichOne | None:
    if stated.unclear != "scope":
        return None
    query = Query(text=text, lang=said.lang, items=stated.items, all_items=stated.all_items)
    return WhichOne(query=query, why="scope", word="", choices=(), facts=stated.readings)


def is_content(mention: Mention) -> bool:
    """Whether the mention is a word that only a subject of the documents can explain, or nothing can."""
    kinds = {s.kind for s in mention.senses}
    return mention.kind == UNREAD or mention.kind == "word" and "topic" in kinds and not kinds & (STATUS_SENSES | SIDE_WORDS)


def _senses(mention: Mention, kind: str) -> list[str]:
    return [s.value for s in mention.senses if s.kind == kind]


def _territories(mentions: Iterable[Mention], setting: Setting) -> tuple[str, ...]:
    """Territories said as such, うちの県 among them. A bare name that is a municipality too (山口) is left to `_Names`."""
    found = [value if s == "territory" else setting.home for m in mentions if m.kind != "name" for s in ("territory", "home") for value in _senses(m, s)]
    return tuple(dict.fromkeys(found))


def _wants_places(mentions: tuple[Mention, ...], lang: Lang, stated: clauses.Stated) -> bool:
    """Whether municipalities are what is asked for: 市町は？ at the end, "which towns", どこ or "who" of a status."""
    stating = stated.condition is not None or stated.states is not None
    for at, mention in enumerate(mentions):
        places = [value for value in _senses(mention, "place") if mention.kind == "word"]
        if not places:
            continue
        if places == ["who"] and not stating:
            continue
        if places == ["who"] and mention.surface in ASKING_WHO:
            return True
        if lang == "en" and at and mentions[at - 1].surface in {"which", "what"}:
            return True
        if lang == "ja" and (at + 1 == len(mentions) or mentions[at + 1].surface in {"は", "って", "を"} and _ends(mentions[at + 2 :])):
            return True
    return False


ASKING_WHO = frozenset({"どこ", "ドコ", "何処", "誰", "だれ", "どちら", "who", "whom", "where"})


def _ends(mentions: tuple[Mention, ...]) -> bool:
    """Whether nothing but politeness and question words follow."""
    return all({s.kind for s in m.senses} & {"fill", "place", "neg", "verb"} and m.kind == "word" for m in mentions)


def _areas(mentions: Iterable[Mention]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for m in mentions for value in _senses(m, "area")))


def _kinds(mentions: tuple[Mention, ...], counted: tuple[str, ...], lang: Lang) -> tuple[str, ...]:
    """市 or 町 alone narrow the question to that kind; said together, or as 市町, they mean all."""
    said = [value for m in mentions if m.kind == "word" for value in _senses(m, "place")] + [c for c in counted if c in KINDS]
    excepted = [m for at, m in enumerate(mentions) if m.kind == "word" and _is_excepted(mentions, at, lang)]
    excluded = {value for m in excepted for value in (*_senses(m, "place"), *_senses(m, "except_kind")) if value in KINDS}
    kinds = tuple(dict.fromkeys(value for value in said if value in KINDS and value not in excluded))
    if excluded:
        return tuple(kind for kind in KINDS if kind not in excluded)
    return kinds if len(kinds) == 1 else ()


def _is_excepted(mentions: tuple[Mention, ...], at: int, lang: Lang) -> bool:
    """Whether the mention is what "except" is said of: the one before 以外, the one after "except"."""
    step = (range(at + 1, min(at + 3, len(mentions))), range(at - 1, max(at - 3, -1), -1))[lang == "en"]
    for near in step:
        if "except" in _senses(mentions[near], "logic"):
            return True
        if not {s.kind for s in mentions[near].senses} <= {"fill", "topic"}:
            return False
    return False


def _excluded(mentions: tuple[Mention, ...], lang: Lang, names: _Names) -> tuple[str, ...]:
    return tuple(
        m.value[0] for at, m in enumerate(mentions) if m.kind == "name" and len(m.value) == 1 and m in names.accepted and _is_excepted(mentions, at, lang)
    )


def _ranked_subject(mentions: tuple[Mention, ...], lang: Lang) -> str:
    """What "most" is asked of: the word behind 一番多い, the word behind "which"."""
    for at, mention in reversed(list(enumerate(mentions[:-1]))):
        if lang == "en" and "rank" in _senses(mention, "ask") and any(_senses(m, "subject") for m in mentions[at + 1 : at + 3]):
            return "item"
        asks = mention.surface in {"which", "what"} if lang == "en" else bool({"most", "least"} & set(_senses(mention, "ask")))
        if asks and {"most", "least"} & {value for m in mentions for value in _senses(m, "ask")}:
            after = mentions[at + 1]
            if _senses(after, "subject") or after.kind == "item":
                return "item"
            if _senses(after, "place"):
                return "municipality"
    return ""


def _subject(mentions: tuple[Mention, ...], counted: tuple[str, ...], lang: Lang) -> str:
    ranked = _ranked_subject(mentions, lang)
    if ranked:
        return ranked
    if any(_senses(m, "place") for m in mentions if m.kind == "word") or "places" in counted or set(counted) & set(KINDS):
        return "municipality"
    if any(_senses(m, "subject") for m in mentions) or "items" in counted:
        return "item"
    return ""


def _meant(candidates: tuple[Period, ...], known: tuple[Period, ...]) -> list[Period]:
    """The only candidate, else those that are a date of the data, else those that meet one."""
    if len(candidates) == 1:
        return list(candidates)
    same = [p for p in candidates if any((p.start, p.end) == (k.start, k.end) for k in known)]
    return same or [p for p in candidates if any(_meets(p, k) for k in known)]


SAYS_YEAR = re.compile(r"[0-9]{4}|年|[mtshr][0-9]|heisei|reiwa|showa")


def _in_documents_year(period: Period, known: tuple[Period, ...]) -> Period:
    """9月, "September": of the year in which a named territory's documents have something in that month."""
    if SAYS_YEAR.search(period.surface) or not period.single:
        return period
    years = {k.start.year for k in known if k.start.month == period.start.month}
    year = next(iter(years)) if len(years) == 1 else period.start.year
    return period if year == period.start.year else replace(period, start=period.start.replace(year=year), end=period.end.replace(year=year))


def _meets(period: Period, known: Period) -> bool:
    return period.start <= known.end and known.start <= period.end


def _dates(mentions: Iterable[Mention], known_dates: tuple[Period, ...]) -> tuple[tuple[Period, ...], tuple[str, ...], bool]:
    """The periods and the relative dates that were said; whether one of them does not exist or could not be placed.

    Of several readings of a date the one that meets a date of the data is meant, if only one does.
    """
    periods: list[Period] = []
    relative: list[str] = []
    bad = False
    for mention in mentions:
        if mention.kind != "date":
            continue
        found: DateMention = mention.value
        if isinstance(found.value, Period):
            periods.append(found.value)
        elif isinstance(found.value, str):
            relative.append(found.value)
        elif any(p.precision == "fiscal_end" for p in found.candidates):
            relative.append("fiscal_end")  # "the year end": for officers the fiscal year's
        else:
            candidates = _meant(found.candidates, known_dates)
            periods += candidates if len(candidates) == 1 else []
            bad = bad or len(candidates) != 1
    return tuple(dict.fromkeys(periods)), tuple(dict.fromkeys(relative)), bad


class _Names:
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
            territory = next(iter(_senses(mention, "territory")), "")
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
        other_bare = any(_senses(m, "territory") for m in self.found if m is not mention)
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


# --- thread -----------------------------------------------------------------------------------------------------------

CARRIED = ("items", "condition", "places", "kinds", "areas", "territories", "periods", "states", "subjects")


def opens_on(query: Query) -> bool:
    """Whether the first word of a question says that it goes on from another: "and", じゃあ."""
    return bool(query.mentions) and any(s.kind == "ellipsis" for s in query.mentions[0].senses)


def says_something(query: Query) -> bool:
    """Whether there is more in a message than politeness ("thanks!")."""
    return any(m.kind != "word" or {s.kind for s in m.senses} - {"fill", "topic"} or is_content(m) for m in query.mentions)


def goes_on(query: Query) -> bool:
    """Whether a question leaves open what one before it may fill: it opens with "and", "じゃあ", or lacks its own topic."""
    opens = any(s.kind == "ellipsis" for m in query.mentions for s in m.senses)
    return opens or not stands_alone(query)


def stands_alone(query: Query) -> bool:
    """Whether the slots of a question suffice for an answer by themselves."""
    about = query.items or query.all_items or query.condition or query.subjects
    return bool(about and (query.condition or query.subject or query.asks or query.places or query.subjects)) or bool(
        query.asks & {"help", "items_list", "surveys", "coverage", "deadline"}
    )


def carry(query: Query, before: Query | None) -> Query:
    """The question with what it does not say taken from the one before. `carried` names those slots."""
    if before is None or not goes_on(query) or not says_something(query):
        return query
    return _carried(query, before)


def _carried(query: Query, before: Query) -> Query:
    changes: dict[str, object] = {}
    if query.items and not query.condition and before.condition is not None:
        changes |= _other_items(query, before)
    elif query.states is not None and not query.items and before.condition is not None:
        changes |= {"condition": with_states(before.condition, query.states), "items": before.items, "states": None}
    elif not query.items and not query.all_items and not query.subjects:
        changes |= {
            "items": before.items,
            "all_items": before.all_items,
            "condition": query.condition or before.condition,
            "states": query.states or before.states,
            "subjects": before.subjects,
            "also_states": query.also_states or before.also_states,
        }
    if query.states is not None and not query.items and before.condition is None and before.items:
        changes |= {"items": before.items, "states": query.states}
    for slot in ("places", "kinds", "areas", "excluded"):
        if (
            not getattr(query, slot)
            and getattr(before, slot)
            and not (slot == "kinds" and _says_all(query))
            and not (query.territories and slot in {"places", "areas"})
        ):
            changes[slot] = getattr(before, slot)
    if query.places and before.places and set(query.places) != set(before.places):
        changes.pop("places", None)
    if not query.territories and not (query.places and before.territories):
        changes["territories"] = before.territories
    if not query.periods and not query.relative:
        changes |= {"periods": before.periods, "relative": before.relative}
    if query.measure == "list" and before.measure != "list" and not query.places:
        changes["measure"] = before.measure
    changes["subject"] = query.subject or before.subject
    counts = any(s.kind == "count" for m in query.mentions for s in m.senses)
    changes["asks"] = query.asks if query.asks or counts else before.asks - {"list"}
    said = {slot: value for slot, value in changes.items() if value and value != getattr(query, slot)}
    return replace(query, **changes, carried=tuple(sorted(said)))  # type: ignore[arg-type]


def _says_all(query: Query) -> bool:
    return any(s.kind == "place" and s.value == "all" for m in query.mentions for s in m.senses)


def _other_items(query: Query, before: Query) -> dict[str, object]:
    """じゃあ(カ)は？: the same thing asked of another item, or of several alike."""
    assert before.condition is not None
    old = items_of(before.condition)
    if len(old) == 1 and len(query.items) == 1:
        return {"condition": rename(before.condition, old[0], query.items[0])}
    states = {leaf.states for leaf in leaves(before.condition)}
    if len(states) == 1:
        wanted = query.states or next(iter(states))
        return {"condition": both(Has(item, wanted) for item in query.items)}
    return {}
