"""Normalised text -> mentions: every stretch of the question with what it can mean.

Finders propose (items, dates, numbers, territories, areas, municipalities, words); `lexicon.cover` picks the chain that
leaves least unread. Nothing is decided here about what the question wants.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from knowledge.base import KnowledgeBase
from knowledge.dates import DateMention, Period, find_dates, period_of
from knowledge.lexicon import UNREAD, cover, is_latin
from knowledge.model import Mention, Sense
from knowledge.normalise import Normalised

LETTERS = "アイウエオカキク"
HIRAGANA = "あいうえおかきく"
ROMAJI = ("a", "i", "u", "e", "o", "ka", "ki", "ku")
NUMERALS = {n: i for i, n in enumerate("一二三四五六七八九十", 1)}
NUMBER_WORDS = {w: i for i, w in enumerate("one two three four five six seven eight nine ten".split(), 1)}

_ROMAN = r"(?:ka|ki|ku|[aiueo])"
_JOIN = r"(?:\s*,\s*|\s*/\s*|\s*&\s*|\s+(?:and|or|nor|but\s+not|to)\s+(?:item\s+)?|\s+)"
_JOIN_JA = r"(?:\s*[,、・/]\s*|と|\s)"
_UNIT = r"(?:項目|つ|個|こ(?![ろのれと])|コ)"
ITEM_PATTERNS = {
    "bracketed": re.compile(rf"[(\[【「『〔《]\s*(?:項目)?([{LETTERS}{HIRAGANA}]|{_ROMAN}|[1-8])\s*[)\]】」』〕》](?:の項目)?"),
    "numbered": re.compile(
        r"(?<![0-9.])([1-8])(?:番目?(?:の項目)?|つ目(?:の項目)?|項目目)|(?:項目|第|no\.?\s?|#|item\s?#?\s?)([1-8])(?![0-9.つ個])(?:番|項目)?"
    ),
    "kana": re.compile(rf"(?<![ァ-ヶー])([{LETTERS}]+)(?![ァ-ヶー])(?:の?項目)?"),
    "hiragana": re.compile(rf"(?:(?<![ぁ-ゖ一-鿿])|(?=お))([{HIRAGANA}])の?項目|項目([{HIRAGANA}])(?![ぁ-ゖ])"),
}
BAD_ITEM = re.compile(
    r"[(\[【「『]\s*([ァ-ヶ](?<![アイウエオカキク])|9|[1-9][0-9])\s*[)\]】」』](?:の項目)?|(?<![ァ-ヶー一-鿿])([ケコサシスセソタチツテトナ])(?:の?項目|(?=[はのをがも?？]))|(?:item|項目)\s?#?(9|[1-9][0-9])\b|(?<![0-9])(9|[1-9][0-9])番目?の?項目|\bitem\s+(ke|ko|sa|shi|su|se|so|[b-df-hj-np-tv-z])\b"
)
_LISTED = rf"(?:{_ROMAN}\b|[1-8](?![0-9])(?!\s+items?))"
LATIN_LIST = re.compile(rf"\bitems?\s+({_LISTED}(?:{_JOIN}{_LISTED})*)|項目\s?([1-8](?:{_JOIN_JA}[1-8])+)(?![0-9])|(?<![0-9])([1-8](?:{_JOIN_JA}[1-8])+)番")
NUMBER = re.compile(
    rf"(?<![0-9.,第])([0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]{{1,4}}|[一二三四五六七八九十]{{1,2}})({_UNIT}(?![目])|市町村?|自治体|か所|カ所|ヶ所|箇所|[市町村](?![民長役場内]))?"
    rf"|\b({'|'.join(NUMBER_WORDS)})\b"
)
FROM_HERE = ("以降", "から先", "から後", "からあと")
OPEN_RANGE = re.compile(rf"\(([{LETTERS}])\)({'|'.join(FROM_HERE)}|以前|まで(?=[のはがを全す]))(?:の項目)?")
FROM_THE_FIRST = re.compile(rf"\({LETTERS[0]}\)から順番?に")
_N = rf"([1-9][0-9]?|{'|'.join(NUMBER_WORDS)})"
NUMBER_RANGE = re.compile(rf"(?<![0-9.,第])(?:between\s+)?{_N}(?:項目|つ)?\s*(-|~|〜|~|–|から|ないし|to|and|or|か)\s*{_N}\s*(?:{_UNIT}(?:まで)?|items?\b)")
RANGE = re.compile(rf"\(?([{LETTERS}])\)?\s*(?:から|~|-|〜|～|–|to|through)\s*\(?([{LETTERS}])\)?(?:まで)?")


def find_mentions(said: Normalised, kb: KnowledgeBase, *, today: date, local: frozenset[str], eras: tuple[Period, ...] = ()) -> tuple[Mention, ...]:
    """The chain of mentions that covers the question best, left to right, unread stretches included.

    `local` are the codes of the municipalities that the data name; `eras` are the known survey dates, for a date without era.
    """
    text = said.text
    found = [
        *items(text),
        *dates(text, today, eras),  # before the numbers: 2016 is a year where it can be one
        *numbers(text),
        *number_ranges(text),
        *remaining(text),
        *names(said, kb, local),
        *kb.lexicon.candidates(text),
    ]
    return cover(text, _fitting(found))


def _fitting(found: Iterable[Mention]) -> list[Mention]:
    """Drop words that would bite into a date or a bracketed item: those are whole or nothing."""
    mentions = list(found)
    words = [m.span for m in mentions if m.kind == "word" and m.span[1] - m.span[0] > 2]
    # 実施済みの市 holds みの市 too: a name in kana does not begin inside a word.
    mentions = [m for m in mentions if not (m.kind == "name" and "ぁ" <= m.surface[0] <= "ん" and any(s < m.span[0] < e for s, e in words))]
    whole = [m.span for m in mentions if m.kind in {"date", "item", "bad_item"}]
    return [m for m in mentions if m.kind != "word" or not any(_bites(m.span, span) for span in whole)]


def _bites(one: tuple[int, int], other: tuple[int, int]) -> bool:
    crosses = one[0] < other[0] < one[1] < other[1] or other[0] < one[0] < other[1] < one[1]
    return crosses


# --- items ------------------------------------------------------------------------------------------------------------


def items(text: str) -> Iterator[Mention]:
    """Items by letter, number or romaji, lists and ranges of them, and letters that are no item."""
    for start, end, letters in _ranges(text):
        yield _item(text, start, end, letters)
    for match in OPEN_RANGE.finditer(text):
        at = LETTERS.index(match[1])
        yield _item(text, *match.span(), LETTERS[at:] if match[2] in FROM_HERE else LETTERS[: at + 1])
    for match in FROM_THE_FIRST.finditer(text):
        yield Mention(span=match.span(), surface=match.group(), kind="word", ref="all", senses=(Sense(kind="logic", value="all"),))
    for kind, pattern in ITEM_PATTERNS.items():
        for match in pattern.finditer(text):
            yield from _letters(text, match, kind)
    for match in LATIN_LIST.finditer(text):
        yield from _latin_list(text, match)
    yield from _short_command(text)
    for match in BAD_ITEM.finditer(text):
        letter = next(group for group in match.groups() if group)
        yield Mention(span=match.span(), surface=match.group(), kind="bad_item", ref=letter)


def letter_of(said: str) -> str:
    """The item letter for a letter in either kana, a number or romaji; "" if it is none.

    >>> [letter_of(said) for said in ("オ", "お", "5", "ka", "x")]
    ['オ', 'オ', 'オ', 'カ', '']
    """
    for names in (LETTERS, HIRAGANA, "12345678", ROMAJI):
        if said in names and said:
            return LETTERS[list(names).index(said)]
    return ""


def _item(text: str, start: int, end: int, letters: str) -> Mention:
    return Mention(span=(start, end), surface=text[start:end], kind="item", ref=letters, senses=tuple(Sense(kind="item", value=each) for each in letters))


def _ranges(text: str) -> Iterator[tuple[int, int, str]]:
    for match in RANGE.finditer(text):
        first, last = LETTERS.index(match[1]), LETTERS.index(match[2])
        if first < last:
            yield match.start(), match.end(), LETTERS[first : last + 1]


def _letters(text: str, match: re.Match[str], kind: str) -> Iterator[Mention]:
    group = next(i for i, said in enumerate(match.groups(), 1) if said)
    said, start = match.group(group), match.start(group)
    if kind != "kana":
        yield _item(text, match.start(), match.end(), letter_of(said))
    elif len(said) == 1:
        yield _item(text, match.start(), match.end(), said)
    elif list(said) == sorted(set(said), key=LETTERS.index):
        # アイウ typed as one run; カキ or アイ alone are words too, so only runs in the items' own order count.
        for offset, letter in enumerate(said):
            yield _item(text, start + offset, start + offset + 1, letter)


def _latin_list(text: str, match: re.Match[str]) -> Iterator[Mention]:
    group = next(i for i in (1, 2, 3) if match.group(i))
    words = list(re.finditer(rf"\b{_ROMAN}\b|[1-8]", match.group(group)))
    if len(words) == 2 and re.search(r"\bto\b", match.group(group)):
        first, last = (LETTERS.index(letter_of(word.group())) for word in words)
        yield _item(text, *match.span(), LETTERS[first : last + 1])
        return
    for at, word in enumerate(words):
        start = match.start() if at == 0 else match.start(group) + word.start()
        end = match.end() if at == len(words) - 1 else match.start(group) + word.end()
        yield _item(text, start, end, letter_of(word.group()))


def _short_command(text: str) -> Iterator[Mention]:
    """`tally o`, `o tally`, `missing ka`: a romaji letter beside one or two words of a command."""
    words = list(re.finditer(r"[a-z]+", text))
    if not 2 <= len(words) <= 3 or not is_latin(text) or text.rstrip("?").count(" ") > 2:
        return
    for at, word in enumerate(words):
        if word.group() in ROMAJI and (at == len(words) - 1 or word.group() not in {"a", "i"}):
            yield _item(text, *word.span(), letter_of(word.group()))


# --- numbers, dates ---------------------------------------------------------------------------------------------------


def numbers(text: str) -> Iterator[Mention]:
    """Plain numbers; `ref` is what they count: item, place or nothing."""
    for match in NUMBER.finditer(text):
        said, unit, word = match.group(1), match.group(2) or "", match.group(3)
        value = NUMBER_WORDS[word] if word else _numeral(said)
        counted = "item" if re.fullmatch(_UNIT, unit) else "place" if unit else ""
        # A bare kanji numeral is a part of some word far more often than a number.
        if said and not unit and said[0] in NUMERALS:
            continue
        yield Mention(span=match.span(), surface=match.group(), kind="number", ref=counted, score=80.0, value=value)


def number_ranges(text: str) -> Iterator[Mention]:
    """4 to 6 items, 4〜6項目: one mention, `value` the most and a sense `range` the least. "4 or 6" is no range."""
    for match in NUMBER_RANGE.finditer(text):
        first, link, last = match.groups()
        least, most = NUMBER_WORDS.get(first) or int(first), NUMBER_WORDS.get(last) or int(last)
        listed = link == "and" and not match.group().startswith("between")
        if least < most and not listed and (link not in {"or", "か"} or most == least + 1):
            senses = (Sense(kind="range", value=str(least)),)
            yield Mention(span=match.span(), surface=match.group(), kind="number", ref="item", value=most, senses=senses)


REMAINING = re.compile(rf"(?:あと|残り)(?=[0-9一二三四五六七八]+{_UNIT})")


def remaining(text: str) -> Iterator[Mention]:
    """あと2項目: what is counted is not done."""
    for match in REMAINING.finditer(text):
        yield Mention(span=match.span(), surface=match.group(), kind="word", ref="remaining", senses=(Sense(kind="state", value="not_done"),))


def _numeral(said: str) -> int:
    if said.replace(",", "").isdigit():
        return int(said.replace(",", ""))
    if len(said) == 2:
        return NUMERALS[said[1]] + 10 if said[0] == "十" else NUMERALS[said[0]] * 10
    return NUMERALS[said]


BARE_YEAR = re.compile(r"(?<![0-9a-z.,/\-])((?:19|20)[0-9]{2})(?![0-9]|[,./\-][0-9]|-| items?\b|\s*(?:yen|people|times|places|[人円千万件回個%か〜~年]))")


def dates(text: str, today: date, eras: tuple[Period, ...]) -> Iterator[Mention]:
    """Dates, and a bare year: "in 2014", 2016の."""
    for match in BARE_YEAR.finditer(text):
        year = replace(period_of(match.group(1)), surface=match.group(1), span=match.span(1))
        found = DateMention(span=match.span(1), surface=match.group(1), kind="period", value=year, candidates=(year,))
        yield Mention(span=match.span(1), surface=match.group(1), kind="date", ref="period", value=found)
    for found in find_dates(text, today=today, eras=eras):
        yield Mention(span=found.span, surface=found.surface, kind="date", ref=found.kind, value=found)


# --- requests ---------------------------------------------------------------------------------------------------------

REQUESTING = ("ください", "下さい", "いただ", "頂", "もらえ", "もらい", "くれ", "ほしい", "欲しい", "お願い", "おねがい", "願い")
TE_FORMS = frozenset({"て", "で", "って", "いて", "して", "んで", "し"})


def is_requested(mentions: tuple[Mention, ...], at: int) -> bool:
    """Whether an unknown word is only the verb of a request: ところを拾ってください.

    Only behind the municipalities or the list that are asked for, and right before the request itself: of anything else
    (萩市は…てください) it may well leave something out.
    """
    before = next((m for m in reversed(mentions[:at]) if not m.is_fill), None)
    after = [m.surface for m in mentions[at + 1 : at + 4]]
    asked_for = before is not None and (before.has("place", "all") or before.has("place", "who") or before.has("ask", "list"))
    return asked_for and len(after) > 1 and after[0] in TE_FORMS and after[1].startswith(REQUESTING)


# --- names ------------------------------------------------------------------------------------------------------------


def names(said: Normalised, kb: KnowledgeBase, local: frozenset[str]) -> Iterator[Mention]:
    for hit in kb.names.exact(said.text, local, original=said.cased):
        yield _named(hit)


def _named(hit) -> Mention:  # type: ignore[no-untyped-def]
    return Mention(
        span=hit.span,
        surface=hit.surface,
        kind="name",
        ref=hit.strength,
        how=hit.how,
        score={"strong": 100.0, "weak": 70.0, "suggest": 60.0}[hit.strength],
        value=hit.codes,
        rivals=hit.rivals,
    )


def misspelt_names(said: Normalised, taken: Iterable[tuple[int, int]], kb: KnowledgeBase, local: frozenset[str]) -> tuple[Mention, ...]:
    """Names one slip away from what stands in the text outside `taken`."""
    return tuple(_named(hit) for hit in kb.names.fuzzy(said.text, tuple(taken), local, known=kb.lexicon.knows, original=said.cased))


# Words whose slips may be mended: what they mean is plain from the reading line. A misread "not" or "only" would not be.
REPAIRED = frozenset({"place", "verb", "state", "item", "ask", "subject", "count"})
# Shorter words are one slip away from too many others.
SHORTEST_SLIP, SHORTEST_LATIN_SLIP = 3, 6


def misspelt_word(mention: Mention, kb: KnowledgeBase) -> Mention | None:
    """The word that an unread stretch is one slip away from, if all such words mean the same; None otherwise."""
    if mention.kind != UNREAD or len(mention.surface) < (SHORTEST_LATIN_SLIP if is_latin(mention.surface) else SHORTEST_SLIP):
        return None
    near = kb.lexicon.near(mention.surface)
    meanings = {tuple(sorted((s.kind, s.value) for s in senses if s.kind in REPAIRED)) for _, senses in near}
    if len(meanings) != 1 or () in meanings:
        return None
    senses = tuple(Sense(kind=kind, value=value) for kind, value in next(iter(meanings)))
    return Mention(span=mention.span, surface=mention.surface, kind="word", ref=near[0][0], how="fuzzy", score=90.0, senses=senses)


# --- content -----------------------------------------------------------------------------------------------------------

# What is never the content of a question: words that join, and words that a status question is made of.
SIDE_WORDS = {"fill", "ellipsis", "logic", "cmp", "mod"}
STATUS_SENSES = {"state", "verb", "neg", "place", "subject", "count", "ask", "item", "territory", "area", "elsewhere", "relative", "home", "scene"}


def is_content(mention: Mention) -> bool:
    """Whether the mention is a word that only a subject of the documents can explain, or nothing can."""
    kinds = {s.kind for s in mention.senses}
    return mention.kind == UNREAD or mention.kind == "word" and bool(kinds & {"topic", "aside"}) and not kinds & (STATUS_SENSES | SIDE_WORDS)
