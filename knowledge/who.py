"""Of whom: territories, kinds of municipality, areas, who is left out, and whether municipalities are what is asked for."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.clauses import Stated
from knowledge.model import Lang, Mention
from knowledge.query import Threshold
from knowledge.setting import Setting

KINDS = ("市", "町", "村", "区")


def territories(mentions: Iterable[Mention], setting: Setting) -> tuple[str, ...]:
    """Territories said as such, うちの県 among them. A bare name that is a municipality too (山口) is left to `_Names`."""
    found = [value if s == "territory" else setting.home for m in mentions if m.kind != "name" for s in ("territory", "home") for value in m.values(s)]
    return tuple(dict.fromkeys(found))


def wants_places(mentions: tuple[Mention, ...], lang: Lang, stated: Stated) -> bool:
    """Whether municipalities are what is asked for: 市町は？ at the end, "which towns", どこ or "who" of a status."""
    stating = stated.condition is not None or stated.states is not None
    for at, mention in enumerate(mentions):
        places = [value for value in mention.values("place") if mention.kind == "word"]
        if not places:
            continue
        if places == ["who"] and not stating:
            continue
        if places == ["who"] and mention.surface in ASKING_WHO:
            return True
        if lang == "en" and (at and mentions[at - 1].surface in {"which", "what"} or stating and places != ["who"] and _opens(mentions[:at])):
            return True
        if lang == "ja" and (at + 1 == len(mentions) or mentions[at + 1].surface in {"は", "って", "を"} and _ends(mentions[at + 2 :])):
            return True
    return False


ASKING_WHO = frozenset({"どこ", "ドコ", "何処", "誰", "だれ", "どちら", "who", "whom", "where"})


def _opens(before: tuple[Mention, ...]) -> bool:
    """Whether nothing but politeness or "list" stands before: "towns that …", "list cities with …"."""
    return all(m.is_fill or m.has("ask", "list") for m in before)


def _ends(mentions: tuple[Mention, ...]) -> bool:
    """Whether nothing but politeness and question words follow."""
    return all({s.kind for s in m.senses} & {"fill", "place", "neg", "verb"} and m.kind == "word" for m in mentions)


# Quantities of municipalities that are no number: (comparison, percent of all).
QUANTITIES = {"all": ("exactly", 100.0), "none": ("exactly", 0.0), "half": ("exactly", 50.0), "majority": ("more", 50.0)}
TENTHS = "割"


def threshold(mentions: tuple[Mention, ...]) -> Threshold | None:
    """How many municipalities a question speaks of: 10市町以上, 全市町, half of them, 実施率が30%未満."""
    for at, mention in enumerate(mentions):
        compare = next((value for m in mentions[max(at - 2, 0) : at] + mentions[at + 1 : at + 4] for value in m.values("cmp")), "")
        quantity = next(iter(mention.values("quantity")), "")
        if quantity:
            by_itself, share = QUANTITIES[quantity]
            return Threshold(compare=compare if quantity == "half" and compare else by_itself, amount=share, unit="percent")
        unit = _unit_of(mentions, at) if mention.kind == "number" else ""
        if unit:
            tenths = any(m.surface == TENTHS for m in mentions[at + 1 : at + 2])
            return Threshold(compare=compare or "exactly", amount=mention.value * (10 if tenths else 1), unit=unit)
    return None


def _unit_of(mentions: tuple[Mention, ...], at: int) -> str:
    """What a number counts: municipalities, or percent of them; "" for anything else."""
    after = [m for m in mentions[at + 1 : at + 3] if not m.has("cmp")][:1]
    if mentions[at].ref == "place" or any(m.has("place") for m in after):
        return "places"
    return "percent" if any(m.has("ask", "share") or m.surface == TENTHS or m.surface.startswith(("percent", "per cent")) for m in after) else ""


def areas(mentions: Iterable[Mention]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for m in mentions for value in m.values("area")))


def kinds(mentions: tuple[Mention, ...], counted: tuple[str, ...], lang: Lang) -> tuple[str, ...]:
    """市 or 町 alone narrow the question to that kind; said together, or as 市町, they mean all."""
    said = [value for m in mentions if m.kind == "word" for value in m.values("place")] + [c for c in counted if c in KINDS]
    said += [m.surface[-1] for m in mentions if m.kind == "number" and m.surface[-1] in KINDS and m.surface[-2] not in KINDS]
    excepted = [m for at, m in enumerate(mentions) if m.kind == "word" and _is_excepted(mentions, at, lang)]
    without = {value for m in excepted for value in (*m.values("place"), *m.values("except_kind")) if value in KINDS}
    if without:
        return tuple(kind for kind in KINDS if kind not in without)
    found = tuple(dict.fromkeys(value for value in said if value in KINDS))
    return found if len(found) == 1 else ()


def _is_excepted(mentions: tuple[Mention, ...], at: int, lang: Lang) -> bool:
    """Whether "except" is said of the mention, by itself or in a list of its like: before 以外, behind "except"."""
    here = mentions[at]
    for near in range(at + 1, len(mentions)) if lang == "ja" else range(at - 1, -1, -1):
        mention = mentions[near]
        if mention.has("logic", "except") or mention.surface == "no" and near == at - 1:
            return True
        listed = mention.kind == here.kind == "name" or mention.is_fill or mention.has("logic", "and") or mention.has("logic", "or")
        if not listed:
            return False
    return False


def excluded(mentions: tuple[Mention, ...], lang: Lang, accepted: list[Mention]) -> tuple[str, ...]:
    """The codes of the municipalities that are left out."""
    return tuple(m.value[0] for at, m in enumerate(mentions) if m.kind == "name" and len(m.value) == 1 and m in accepted and _is_excepted(mentions, at, lang))


def noun_asked_for(mentions: tuple[Mention, ...], lang: Lang) -> str:
    """Of 項目 and 市町 in one question, the one that is asked for: the last in Japanese, the first in English."""
    nouns = ["item" if m.has("subject") else "municipality" for m in mentions if m.kind == "word" and (m.has("subject") or m.has("place"))]
    return "" if not nouns else nouns[-1] if lang == "ja" else nouns[0]


def _ranked_subject(mentions: tuple[Mention, ...], lang: Lang) -> str:
    """What "most" is asked of: the word behind 一番多い, the word behind "which"."""
    for at, mention in reversed(list(enumerate(mentions[:-1]))):
        if lang == "en" and "rank" in mention.values("ask") and any(m.values("subject") for m in mentions[at + 1 : at + 3]):
            return "item"
        asks = mention.surface in {"which", "what"} if lang == "en" else bool({"most", "least"} & set(mention.values("ask")))
        if asks and {"most", "least"} & {value for m in mentions for value in m.values("ask")}:
            after = mentions[at + 1]
            if after.values("subject") or after.kind == "item":
                return "item"
            if after.values("place"):
                return "municipality"
    return ""


def subject(mentions: tuple[Mention, ...], counted: tuple[str, ...], lang: Lang) -> str:
    ranked = _ranked_subject(mentions, lang)
    if ranked:
        return ranked
    if threshold(mentions) is not None:
        return noun_asked_for(mentions, lang)
    if any(m.values("place") for m in mentions if m.kind == "word") or "places" in counted or set(counted) & set(KINDS):
        return "municipality"
    if any(m.values("subject") for m in mentions) or "items" in counted:
        return "item"
    return ""
