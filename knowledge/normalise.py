"""Text as it was typed -> Normalised: one spelling to match on, and the way back to the asker's own words.

NFKC alone leaves dashes, wave dashes, macrons and circled digits apart, and changes lengths, so that every position
carries its offset in the original. Kanji variants are not folded here: that belongs to names.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, cast

from knowledge.pattern import Pattern
from knowledge.reading import mask_kanji

Lang = Literal["ja", "en"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalised:
    """A text in one spelling. `normalise(n.text).text == n.text`."""

    original: str
    text: str
    """Lower case, NFKC, single spaces, no Slack markup."""
    offsets: tuple[int, ...]
    """len(text) + 1 indices into `original`, never falling; the last one is where the last character ends."""
    cased: str
    """`text` with its capitals; same length."""
    lang: Lang

    def quote(self, start: int, end: int) -> str:
        """The asker's own words for text[start:end]; whole characters, so that half of ㍻ quotes ㍻."""
        if start >= end:
            return ""
        return self.original[self.offsets[start] : _unit_end(self.original, self.offsets[end - 1])]


def normalise(raw: str, lang: str | None = None) -> Normalised:
    """Fold `raw`; never fails and takes linear time. `lang` ("ja" or "en") overrides what the text looks like."""
    cased, offsets = _folded(raw)
    if _SUSPECT.search(cased):
        cased, offsets = _without_markup(cased, offsets)
    if "  " in cased or cased[:1] == " " or cased[-1:] == " ":
        cased, offsets = _single_spaced(cased, offsets)
    offsets.append(_unit_end(raw, offsets[-1]) if offsets else 0)
    text = cased.lower()
    said = cast(Lang, lang) if lang in ("ja", "en") else language(text, cased)
    return Normalised(original=raw, text=text, offsets=tuple(offsets), cased=cased, lang=said)


# --- characters -----------------------------------------------------------------------------------------------

# Invisible: controls that are no white space, zero width, bidi, variation selectors, fillers, stray surrogates, tags.
_INVISIBLE = (
    "\\x00-\\x08\\x0e-\\x1b\\x7f-\\x84\\x86-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f"
    "\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb"
    "\\ud800-\\udfff\\U000e0000-\\U000e0fff"
)
# Marks that join the character before them: Latin accents, voiced sound marks in all widths, the keycap.
_MARKS = "\\u0300-\\u034e\\u0350-\\u036f\\u20e3\\u3099\\u309a\\u309b\\u309c\\uff9e\\uff9f"
_COMPOUND = Pattern(f"[{_INVISIBLE}{_MARKS}]")
_UNSEEN = Pattern(f"[{_INVISIBLE}]+")
# At most four marks a character: canonical ordering of a long run would be quadratic.
_UNIT = Pattern(f"[^{_INVISIBLE}](?:[{_INVISIBLE}]*+[{_MARKS}]){{0,4}}|[{_INVISIBLE}]+")
_ENTITY = Pattern("&(?:amp;)*(?:amp|lt|gt);", re.IGNORECASE | re.ASCII)

# NFKC would take the circle, or the quote, away from these; ⑴ becomes (1) by itself.
_CIRCLED = ((0x2460, 1, 20), (0x2776, 1, 10), (0x2780, 1, 10), (0x278A, 1, 10), (0x24EB, 11, 10), (0x24F5, 1, 10))
_BEFORE = str.maketrans(
    {chr(code + i): f"({first + i})" for code, first, n in _CIRCLED for i in range(n)}
    | {"゛": "\u3099", "゜": "\u309a", "ﾞ": "\u3099", "ﾟ": "\u309a", "´": "'", "˜": "~", "″": '"', "‶": '"'}
)
_AFTER = (
    dict.fromkeys("‐‑‒–—―⸺⸻−─━⁃˗", "-")
    | dict.fromkeys("〜～∼∿〰⁓", "~")
    | dict.fromkeys("‘’‚‛′‵`ʻʼʹ", "'")
    | dict.fromkeys("“”„‟〝〞〟", '"')
    | {"⁄": "/", "∕": "/"}
)
_DROPPED = frozenset(("Cc", "Cf", "Cs", "Mn", "Me"))


@lru_cache(maxsize=8192)
def _fold(unit: str) -> str:
    """One character with its marks -> its folded spelling, capitals kept; "" for what cannot be seen."""
    seen = _UNSEEN.sub("", unit)
    if seen.endswith("\u20e3") and seen[0].isdigit():
        return f"({unicodedata.digit(seen[0], seen[0])})"
    return "".join(map(_fold_one, unicodedata.normalize("NFKC", seen.translate(_BEFORE))))


def _fold_one(char: str) -> str:
    if char in _AFTER:
        return _AFTER[char]
    if char.isspace():
        return " "
    if "\u3041" <= char <= "\u30ff" and unicodedata.category(char) != "Mn":
        return char  # taking marks apart here would turn ベ into ヘ
    bare = "".join(c for c in unicodedata.normalize("NFD", char) if unicodedata.category(c) not in _DROPPED)
    return "" if _UNSEEN.fullmatch(bare) else _AFTER.get(bare) or unicodedata.normalize("NFC", bare)


def _folded(raw: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the index in `raw` of what it came from."""
    if not _COMPOUND.search(raw):
        pieces = list(map(_fold, raw))
        cased = "".join(pieces)
        if len(cased) == len(raw) and "" not in pieces:
            return cased, list(range(len(raw)))
        return cased, [i for i, piece in enumerate(pieces) for _ in piece]
    units = [(match.start(), _fold(match[0])) for match in _UNIT.finditer(raw)]
    return "".join(piece for _, piece in units), [i for i, piece in units for _ in piece]


def _unit_end(raw: str, index: int) -> int:
    """Where the character with its marks, or the entity, that begins at `index` ends."""
    if raw.startswith("&", index) or _COMPOUND.search(raw, index):
        match = _ENTITY.match(raw, index) or _UNIT.match(raw, index)
        return match.end() if match else index
    return index + 1


# --- markup and spaces ----------------------------------------------------------------------------------------

_SUSPECT = Pattern("[<&:]|(?<![ぁ-ヿ])ー")
_MARKUP = Pattern(
    r"""<(?:https?://|mailto:|tel:|\#|!date)[^<>|]*+(?:\|(?P<label>[^<>]*+))?>   # a link, a channel, a date: its label
      | <[@!][^<>]*+>                                                            # a person, a group, @here
      | &(?:amp;)*(?P<entity>amp|lt|gt);
      | :(?=[0-9_+'-]*[a-z]|[+-]1:)[a-z0-9_+'-]{1,80}:                           # an emoji; 10:30:00 is none
      | https?://[!-;=?-{}~]+
      | (?:(?<=[0-9a-z年月日度])ー+|(?<![ぁ-ヿ])ー+(?=[0-9]))                       # a long mark typed for a dash
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_ROUNDS = 4


def _without_markup(cased: str, offsets: list[int]) -> tuple[str, list[int]]:
    """Slack's markup read or removed. What comes to light is read again; what keeps nesting loses its signs."""
    for _ in range(_ROUNDS):
        before = cased
        cased, offsets = _replace(_MARKUP, _read_markup, cased, offsets)
        if cased == before or not _SUSPECT.search(cased):
            return cased, offsets
    return re.sub("[<>&:ー]", " ", cased), offsets


def _read_markup(match: re.Match[str]) -> tuple[str, range]:
    """The text that stands for a piece of markup, and the positions that its characters come from."""
    here = range(match.start(), match.start() + 1)
    if match["entity"]:
        return _ENTITIES[match["entity"].lower()], here
    if match["label"]:
        return match["label"], range(*match.span("label"))
    if match[0][0] == "ー":
        return "-" * len(match[0]), range(*match.span())
    return " ", here


def _single_spaced(cased: str, offsets: list[int]) -> tuple[str, list[int]]:
    cased, offsets = _replace(Pattern(" {2,}"), lambda m: (" ", range(m.start(), m.start() + 1)), cased, offsets)
    start, end = int(cased[:1] == " "), len(cased) - int(cased[-1:] == " ")
    return cased[start:end], offsets[start:end]


def _replace(
    pattern: Pattern,
    read: Callable[[re.Match[str]], tuple[str, range]],
    cased: str,
    offsets: list[int],
) -> tuple[str, list[int]]:
    """re.sub that keeps the offsets in step: `read` says the new text and where each character of it comes from."""
    parts: list[str] = []
    kept: list[int] = []
    last = 0
    for match in pattern.finditer(cased):
        text, sources = read(match)
        parts += cased[last : match.start()], text
        kept += offsets[last : match.start()] + offsets[sources.start : sources.stop]
        last = match.end()
    return "".join(parts) + cased[last:], kept + offsets[last:]


# --- language -------------------------------------------------------------------------------------------------

# All of these are looked for where every kanji is 漢.
_JAPANESE = "ぁ-ゖァ-ヺー漢"
_ANY_JAPANESE = Pattern(f"[{_JAPANESE}]")
_RUN = Pattern(f"[{_JAPANESE}]+")
_WORD = Pattern("[a-z]+")
_CASED_WORD = Pattern("[A-Za-z]+")
# (オ), [オ], 【お】 and a katakana that stands alone name an item in either language.
_ITEM_MARK = Pattern(f"[(\\[【「〔] ?[ぁ-ゖァ-ヺ] ?[)\\]】」〕]|(?<![{_JAPANESE}])[ァ-ヺ](?![{_JAPANESE}])")
# H29.6 is written by Japanese and English askers alike, so that it says nothing.
_ERA_DATE = Pattern(r"(?<![a-z0-9])[mtshr]\d{1,2}(?:[./-]\d{1,2}){0,2}(?![a-z0-9])")
_PARTICLE = "のをはがでにともへや"
# Japanese grammar: a kana glued to a Latin word, a particle that stands alone or follows a noun, a verb's ending.
_GLUED = Pattern("[a-z0-9][ぁ-ゖ]|[ぁ-ゖ][a-z]")
_GRAMMAR = Pattern(f"(?:[{_PARTICLE}]|って|から|まで)(?:[^ぁ-ゖ].*)?|.*[ァ-ヺー漢][{_PARTICLE}]|.+(?:て|です|ます|か|ください|する|した|たい|だ|よ|ね|は)")
# Enough of what an English question is made of; a lone foreign word (Excel, Slack, BCP) makes no English sentence.
_ENGLISH = frozenset(
    """
    a about after all an and any are area as at average been before between biggest both budget but by can
    changed cities city compare compared contact could count current deadline did do does doing done each end
    ever every fewest fiscal for fraction from gave give had has hasn have haven having help how i in
    incomplete is it item items its largest latest least list many map match me meeting meetings met missing
    month more most much municipalities municipality name names need neither no none nor not now of on only
    open or other our outstanding overview percent percentage percentages place places plan planned planning
    plans please previous program programme programmes progress remaining remind reminder share should show
    since source sources started state status summary survey surveys table tally tell than that the their
    there these this to total town towns trend unfinished until up versus village villages vs was we were what
    when where which while who whose why will with without year you
    """.split()
)


def language(text: str, cased: str = "") -> Lang:
    """The language of a folded text. Item marks and era dates say nothing; grammar decides a mixture; "" is ja.

    A Japanese name in an English sentence (has 萩市 done (ク)?) leaves it English, a Latin name in a Japanese one
    (BCPの予算は) leaves it Japanese. `cased` tells an acronym (IT) from a word (it).
    """
    masked = mask_kanji(text)
    if not _WORD.search(masked):
        return "ja"
    if _ANY_JAPANESE.search(masked):
        masked = _ITEM_MARK.sub(" ", masked)
        runs = _RUN.findall(masked)
        if runs:
            return "en" if _is_english(cased or text) and not _is_japanese(masked, runs) else "ja"
    return "en" if _WORD.search(_ERA_DATE.sub(" ", masked)) else "ja"


def _is_japanese(masked: str, runs: list[str]) -> bool:
    return bool(_GLUED.search(masked)) or any(map(_GRAMMAR.fullmatch, runs))


def _is_english(cased: str) -> bool:
    """Whether an English word stands there; capitals count only when there are several (HAS 萩市 DONE, not IT 研修)."""
    words = [word for word in _CASED_WORD.findall(cased) if word.lower() in _ENGLISH]
    return len(words) > 1 or any(not word.isupper() for word in words)
