"""How a Japanese name sounds and looks, whatever the spelling: one folded key a script.

Two spellings of one name have one key, and a key is only ever compared with a key of the same script. `kanji_key` keeps
the length of the text, so that places in it stay true; the other two do not, because they drop long vowels.

All functions are pure and take text that is already NFKC-normalised (half-width katakana would otherwise slip through).
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from knowledge.pattern import Pattern

# --- kana -------------------------------------------------------------------------------------------------------------


class _Letters(dict[int, str]):
    """For `str.translate`: what each character becomes, found out when it is first met.

    A dict of only those that change would be four times as slow: each character that stays costs an exception inside.
    """

    def __init__(self, read: Callable[[str], str]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, code: int) -> str:
        letter = self.read(chr(code))
        if code < _KEPT:
            self[code] = letter
        return letter


_KEPT = 0x10000  # so that no stream of rare characters fills the memory

KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
# Official tables write small ゃゅょっ large now and then (総務省: ぎようだし), so small and large are one.
_LARGE = str.maketrans("ぁぃぅぇぉゃゅょゎっゕゖぢづゐゑゔ", "あいうえおやゆよわつかけじずいえぶ")
_FOLD_KANA: dict[int, int | str] = {
    **{code: chr(to).translate(_LARGE) for code, to in KATAKANA_TO_HIRAGANA.items()},
    **_LARGE,
}
_FOLDED = _Letters(lambda letter: letter.translate(_FOLD_KANA))
_O_ROW = "おこごそぞとどのほぼぽもよろ"
_U_ROW = "うくぐすずつぬふぶぷむゆる"
_LONG_VOWEL = Pattern(f"(?<=[{_O_ROW}])[うおー]+|(?<=[{_U_ROW}])[うー]+|ー")


def hiragana(text: str) -> str:
    """Katakana as hiragana, everything else as it is; same length.

    >>> hiragana("ウベ市")
    'うべ市'
    """
    return text.translate(KATAKANA_TO_HIRAGANA)


def fold_kana(text: str) -> str:
    """Kana of either kind with sounds and sizes made one, long vowels kept; same length, other text as it is.

    >>> fold_kana("シュウナンの(ア)")
    'しゆうなんの(あ)'
    """
    return text.translate(_FOLDED)


def kana_key(kana: str) -> str:
    """The folded key of a reading in kana of either kind.

    >>> kana_key("ホーフ"), kana_key("ほうふ"), kana_key("ほおふ")
    ('ほふ', 'ほふ', 'ほふ')
    >>> kana_key("シュウナン"), kana_key("しゅーなん"), kana_key("とくぢ")
    ('しゆなん', 'しゆなん', 'とくじ')
    """
    return shorten(fold_kana(kana))


def shorten(folded: str) -> str:
    """What `fold_kana` gave, without long vowels."""
    return _LONG_VOWEL.sub("", folded)


def shorten_with_places(folded: str) -> tuple[str, tuple[int, ...]]:
    """The same, and for each letter that is left (and the end) the place in `folded` where it stands.

    >>> shorten_with_places("ほうふし")
    ('ほふし', (0, 2, 3, 4))
    """
    dropped = {place for found in _LONG_VOWEL.finditer(folded) for place in range(*found.span())}
    if not dropped:
        return folded, tuple(range(len(folded) + 1))
    places = tuple(place for place in range(len(folded)) if place not in dropped)
    return "".join(folded[place] for place in places), (*places, len(folded))


# --- Latin letters ----------------------------------------------------------------------------------------------------

# Hepburn, one line a row; a kana without a spelling of its own (ゐ, ゑ) is read as it sounds today.
_TABLE = """
あ a  い i   う u   え e  お o  ゐ i  ゑ e  を o  ゔ vu
か ka き ki  く ku  け ke こ ko きゃ kya きゅ kyu きょ kyo
が ga ぎ gi  ぐ gu  げ ge ご go ぎゃ gya ぎゅ gyu ぎょ gyo
さ sa し shi す su  せ se そ so しゃ sha しゅ shu しょ sho しぇ she
ざ za じ ji  ず zu  ぜ ze ぞ zo じゃ ja  じゅ ju  じょ jo  じぇ je
た ta ち chi つ tsu て te と to ちゃ cha ちゅ chu ちょ cho ちぇ che
だ da ぢ ji  づ zu  で de ど do ぢゃ ja  ぢゅ ju  ぢょ jo
な na に ni  ぬ nu  ね ne の no にゃ nya にゅ nyu にょ nyo
は ha ひ hi  ふ fu  へ he ほ ho ひゃ hya ひゅ hyu ひょ hyo
ば ba び bi  ぶ bu  べ be ぼ bo びゃ bya びゅ byu びょ byo
ぱ pa ぴ pi  ぷ pu  ぺ pe ぽ po ぴゃ pya ぴゅ pyu ぴょ pyo
ま ma み mi  む mu  め me も mo みゃ mya みゅ myu みょ myo
や ya ゆ yu  よ yo  わ wa ん n  ゃ ya ゅ yu ょ yo ゎ wa
ら ra り ri  る ru  れ re ろ ro りゃ rya りゅ ryu りょ ryo
ぁ a  ぃ i   ぅ u   ぇ e  ぉ o  ゕ ka ゖ ke
ふぁ fa ふぃ fi ふぇ fe ふぉ fo てぃ ti でぃ di うぃ wi うぇ we うぉ wo ゔぁ va ゔぃ vi ゔぇ ve ゔぉ vo
"""
_SYLLABLES: Mapping[str, str] = dict(zip(_TABLE.split()[::2], _TABLE.split()[1::2], strict=True))
_MORA = Pattern("|".join(sorted(_SYLLABLES, key=len, reverse=True)) + "|っ|ー|.")
_VOWELS = "aiueo"

# Where two words meet the vowels stay: とよ・うら, やま・の・うち, たき・の・うえ, ひろ・お, とよ・おか, まつ・うら.
_LONG_PAIR = Pattern("(?P<meet>[nty]o(?:ura|uchi|ue)$|noomote$|oo(?:ka)?$|uura$)|o[uo]|uu")

Long = Literal["plain", "macron", "letters"]


def hepburn(kana: str, *, long: Long = "plain") -> str:
    """A reading in Hepburn letters, lower case: plain (hofu), with macrons (hōfu) or letter by letter (houfu).

    What is not kana stays as it is. Vowels that merely meet (まつ・うら) can't be told from long ones by kana alone;
    the few that meet in municipalities' names are known, so that all but 4 of 1,735 official spellings come out right.

    >>> [hepburn("ほうふ", long=way) for way in ("plain", "macron", "letters")]
    ['hofu', 'hōfu', 'houfu']
    >>> hepburn("さんようおのだ"), hepburn("とっとり"), hepburn("ボッチャ"), hepburn("まつうら")
    ("san'yoonoda", 'tottori', 'botcha', 'matsuura')
    """
    letters = _letters(hiragana(kana))
    if long == "letters":
        return letters
    spelt = {"o": "ō", "u": "ū"} if long == "macron" else {"o": "o", "u": "u"}
    return _LONG_PAIR.sub(lambda found: found["meet"] or spelt[found[0][0]], letters)


def _letters(kana: str) -> str:
    out = [""]
    double = False
    for mora in _MORA.findall(kana):
        if mora != "っ":
            out.append(_sound(mora, out[-1], double))
        double = mora == "っ"
    return "".join(out)


def _sound(mora: str, before: str, double: bool) -> str:
    """The letters of one mora after those of another; `double` after っ."""
    if mora == "ー":
        return before[-1:] if before[-1:] in _VOWELS else ""
    sound = _SYLLABLES.get(mora, mora)
    if double and sound[0] not in _VOWELS:
        return ("t" if sound.startswith("ch") else sound[0]) + sound
    apart = before == "n" and mora != "ん" and sound[0] in _VOWELS + "y"
    return "'" + sound if apart else sound


_MARKED_LETTER = Pattern("[\u00c0-\u024f\u1e00-\u1eff]")
_NOT_A_LETTER = Pattern("[^a-z]+")
# From Hepburn to the letters of Kunrei, which write what is heard with fewer choices: what depends on the letters beside
# it, what does not, and what is left of long vowels and doubled letters. Order matters.
_BY_NEIGHBOURS = (
    (Pattern("oh(?=[^aiueo]|$)"), "o"),
    (Pattern("m(?=[bmp])"), "n"),
    (Pattern("[ct]ch"), "tty"),
    (Pattern("[jd](?=[iy])|dz(?=u)|d(?=u)"), "z"),
)
_ANYWHERE = (("sh", "sy"), ("ch", "ty"), ("tsu", "tu"), ("j", "zy"), ("f", "h"), ("l", "r"))
_SHORTENED = (
    (Pattern("(?<=[szt])yi"), "i"),
    (Pattern("([a-np-z])\\1+"), "\\1"),
    (Pattern("o[ou]+"), "o"),
)


def strip_marks(text: str) -> str:
    """Latin letters without their marks, nothing else touched (taking ゙ from ベ would leave ヘ); same length.

    >>> strip_marks("hōfu ベ")
    'hofu ベ'
    """
    return _MARKED_LETTER.sub(lambda found: unicodedata.normalize("NFD", found[0])[0], text)


def romaji_key(text: str) -> str:
    """The folded key of a name in Latin letters: Hepburn, Kunrei, with and without marks, long vowels and joints.

    >>> {romaji_key(text) for text in ("Hofu", "houfu", "Hōfu", "HOHU", "hoofu", "Hohfu")}
    {'hohu'}
    >>> {romaji_key(text) for text in ("Suo-Oshima", "suouooshima", "Suō Ōshima", "SUOOSHIMA")}
    {'suosima'}
    >>> romaji_key("San'yo-Onoda"), romaji_key("Shimbashi"), romaji_key("Tottori"), romaji_key("Kudamatsu")
    ('sanyonoda', 'sinbasi', 'totori', 'kudamatu')
    """
    key = _NOT_A_LETTER.sub("", strip_marks(text).lower())
    for pattern, letters in _BY_NEIGHBOURS:
        key = pattern.sub(letters, key)
    for hepburn_letters, letters in _ANYWHERE:
        key = key.replace(hepburn_letters, letters)
    for pattern, letters in _SHORTENED:
        key = pattern.sub(letters, key)
    return key


# --- kanji ------------------------------------------------------------------------------------------------------------

_KANJI = (("\u3005", "\u3006"), ("\u3400", "\u4dbf"), ("\u4e00", "\u9fff"), ("\uf900", "\ufaff"), ("\U00020000", "\U0002ffff"))
_FOLDS = Path(__file__).parent / "reference" / "kanji_folds.csv"
_BETWEEN_KANJI = dict.fromkeys("ヶケヵ", "が") | dict.fromkeys("ノ之乃", "の")


def _masked(letter: str) -> str:
    return "漢" if any(first <= letter <= last for first, last in _KANJI) else letter


_MASK = _Letters(_masked)


def mask_kanji(text: str) -> str:
    """The text with every kanji as 漢, so that patterns need not hold the ranges of all kanji; same length. 〇 stays.

    >>> mask_kanji("宇部市の々は(オ)、〇？")
    '漢漢漢の漢は(オ)、〇？'
    """
    return text.translate(_MASK)


@cache
def kanji_folds() -> Mapping[int, str]:
    """The table of variant kanji, as `str.translate` wants it. ValueError if a pair is not one character for one."""
    with _FOLDS.open(encoding="utf-8", newline="") as file:
        pairs = [(row["variant"], row["standard"]) for row in csv.DictReader(file)]
    for pair in pairs:
        if len(pair[0]) != 1 or len(pair[1]) != 1:
            raise ValueError(f"{_FOLDS.name}: {pair[0]!r},{pair[1]!r} is not one character for one")
    return {ord(variant): standard for variant, standard in pairs}


_STANDARD = _Letters(lambda letter: letter.translate(kanji_folds()))


def kanji_key(text: str) -> str:
    """A name or a whole text with variant kanji as standard ones, and ケ/ヶ/ヵ as が, ノ/之 as の between kanji.

    Same length. The table of variants is reference/kanji_folds.csv; what stands between kanji is a rule, here.

    >>> kanji_key("龍ヶ崎"), kanji_key("下ノ関"), kanji_key("髙﨑"), kanji_key("(ノ)")
    ('竜が崎', '下の関', '高崎', '(ノ)')
    """
    folded = text.translate(_STANDARD)
    if _BETWEEN_KANJI.keys().isdisjoint(folded):
        return folded
    masked = mask_kanji(folded)
    return "".join(_BETWEEN_KANJI.get(char, char) if masked[at - 1 : at] == masked[at + 1 : at + 2] == "漢" else char for at, char in enumerate(folded))
