"""What a message says besides its question: who is asking, and what for.

「来週の担当者会議の資料を作成しており、」 has nothing to do with what is asked, and its date is not the survey's. A stretch
between two stops is such an aside if it names an occasion (資料, 議会, a report) and nothing that a question is made of.
Asides are left out and told of, never dropped silently.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.lexicon import UNREAD
from knowledge.model import Mention
from knowledge.normalise import Normalised

STOP = re.compile(r"[。.!?！？\n;；、,]+(?![0-9])")
# What a question is made of. Verbs, negations and dates are in asides too (まだ説明していないので, 来週の).
BEARING = frozenset({"item", "state", "territory", "area", "home", "scene", "count", "cmp", "elsewhere"})
ASKING = frozenset({"who", "what", "which", "when", "where", "why", "how", "いつ", "どこ", "誰", "だれ", "何", "なぜ"})
BEARING_KINDS = frozenset({"item", "bad_item", "name", "number"})


def without_asides(said: Normalised, mentions: tuple[Mention, ...]) -> tuple[tuple[Mention, ...], tuple[str, ...]]:
    """The mentions of the question itself, and the asides in the asker's own words."""
    if not any(mention.has("aside") for mention in mentions):
        return mentions, ()
    found = [(span, part) for span, part in _stretches(said.text, mentions) if part]
    asides = [span for span, part in found if _is_aside(part) and not said.text[slice(*span)].rstrip().endswith("?")]
    rest = [mention for span, part in found if span not in asides for mention in part]
    if not asides or not any(_bears(mention) for mention in rest):
        return mentions, ()
    return tuple(rest), tuple(said.quote(*span).strip() for span in asides)


def _stretches(text: str, mentions: tuple[Mention, ...]) -> Iterator[tuple[tuple[int, int], tuple[Mention, ...]]]:
    """The text cut at its stops, but at none inside a mention, with the mentions of each stretch."""
    inside = {at for mention in mentions for at in range(mention.span[0] + 1, mention.span[1])}
    start = 0
    for end in [*(stop.end() for stop in STOP.finditer(text) if stop.start() not in inside), len(text)]:
        yield (start, end), tuple(mention for mention in mentions if start <= mention.span[0] < end)
        start = end


def _is_aside(part: tuple[Mention, ...]) -> bool:
    """Whether a stretch names an occasion, bears nothing, and would otherwise leave something unread or undated."""
    named = any(mention.has("aside") for mention in part)
    loose = any(mention.kind in {UNREAD, "date"} or mention.kinds == {"aside"} for mention in part)
    return named and loose and not any(_bears(mention) or mention.surface in ASKING for mention in part)


def _bears(mention: Mention) -> bool:
    if mention.has("aside"):
        return False
    quantity = any(mention.has("logic", value) for value in ("only", "except", "all", "any_item"))
    return mention.kind in BEARING_KINDS or bool(mention.kinds & BEARING) or quantity or mention.has("place", "市") or mention.has("place", "町")
