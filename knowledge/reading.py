"""How a Japanese name sounds and looks, whatever the spelling: one folded key a script.

Two spellings of one name have one key, and a key is only ever compared with a key of the same script. `kanji_key` keeps
the length of the text, so that places in it stay true; the other two do not, because they drop long vowels.

All functions are pure and take text that is already NFKC-normalised (half-width katakana would otherwise slip through).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

# --- kana -------------------------------------------------------------------------------------------------------------

KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
# Official tables write small ゃゅょっ large now and then (総務省: ぎようだし), so small and large are one.
_LARGE = str.maketrans("ぁぃぅぇぉゃゅょゎっゕゖぢづゐゑゔ", "あいうえおやゆよわつかけじずいえぶ")
_FOLD_KANA: dict[int, int | str] = {
    **{code: chr(to).translate(_LARGE) for code, to in KATAKANA_TO_HIRAGANA.items()},
    **_LARGE,
}
_O_ROW = "おこごそぞとどのほぼぽもよろ"
_U_ROW = "うくぐすずつぬふぶぷむゆる"
_LONG_VOWEL = re.compile(f"(?<=[{_O_ROW}])[うおー]+|(?<=[{_U_ROW}])[うー]+|ー")


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
    return text.translate(_FOLD_KANA)


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
_MORA = re.compile("|".join(sorted(_SYLLABLES, key=len, reverse=True)) + "|っ|ー|.")
_VOWELS = "aiueo"

# Where two words meet the vowels stay: とよ・うら, やま・の・うち, たき・の・うえ, ひろ・お, とよ・おか, まつ・うら.
_LONG_PAIR = re.compile("(?P<meet>[nty]o(?:ura|uchi|ue)$|noomote$|oo(?:ka)?$|uura$)|o[uo]|uu")

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
    out: list[str] = []
    double = False
    for mora in _MORA.findall(kana):
        sound = _SYLLABLES.get(mora, mora)
        if mora == "っ":
            double = True
            continue
        if mora == "ー":
            sound = out[-1][-1] if out and out[-1][-1] in _VOWELS else ""
        elif double and sound[0] not in _VOWELS:
            sound = ("t" if sound.startswith("ch") else sound[0]) + sound
        elif out and out[-1] == "n" and mora != "ん" and sound[0] in _VOWELS + "y":
            sound = "'" + sound
        double = False
        out.append(sound)
    return "".join(out)


_MARKED_LETTER = re.compile("[\u00c0-\u024f\u1e00-\u1eff]")
_NOT_A_LETTER = re.compile("[^a-z]+")
# From Hepburn to the letters of Kunrei, which write what is heard with fewer choices; order matters.
_TO_KUNREI = (
    (re.compile("oh(?=[^aiueo]|$)"), "o"),
    (re.compile("m(?=[bmp])"), "n"),
    (re.compile("[ct]ch"), "tty"),
    (re.compile("sh|ch"), lambda found: "sy" if found[0] == "sh" else "ty"),
    (re.compile("tsu"), "tu"),
    (re.compile("[jd](?=[iy])|dz(?=u)|d(?=u)"), "z"),
    (re.compile("j"), "zy"),
    (re.compile("f"), "h"),
    (re.compile("l"), "r"),
    (re.compile("(?<=[szt])yi"), "i"),
    (re.compile("a{2,}"), "a"),
    (re.compile("i{2,}"), "i"),
    (re.compile("u{2,}"), "u"),
    (re.compile("e{2,}"), "e"),
    (re.compile("o[ou]+"), "o"),
    (re.compile("([b-df-hj-np-tv-z])\\1+"), "\\1"),
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
    for pattern, letters in _TO_KUNREI:
        key = pattern.sub(letters, key)
    return key


# --- kanji ------------------------------------------------------------------------------------------------------------

_KANJI = "\u3005\u3006\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff"
_FOLDS = Path(__file__).parent / "reference" / "kanji_folds.csv"
_SMALL_KE = re.compile(f"(?<=[{_KANJI}])[ヶケヵ](?=[{_KANJI}])")
_SMALL_NO = re.compile(f"(?<=[{_KANJI}])[ノ之乃](?=[{_KANJI}])")


@cache
def kanji_folds() -> Mapping[int, str]:
    """The table of variant kanji, as `str.translate` wants it. ValueError if a pair is not one character for one."""
    with _FOLDS.open(encoding="utf-8", newline="") as file:
        pairs = [(row["variant"], row["standard"]) for row in csv.DictReader(file)]
    for pair in pairs:
        if len(pair[0]) != 1 or len(pair[1]) != 1:
            raise ValueError(f"{_FOLDS.name}: {pair[0]!r},{pair[1]!r} is not one character for one")
    return {ord(variant): standard for variant, standard in pairs}


def kanji_key(text: str) -> str:
    """A name or a whole text with variant kanji as standard ones, and ケ/ヶ/ヵ as が, ノ/之 as の between kanji.

    Same length. The table of variants is reference/kanji_folds.csv; what stands between kanji is a rule, here.

    >>> kanji_key("龍ヶ崎"), kanji_key("下ノ関"), kanji_key("髙﨑"), kanji_key("(ノ)")
    ('竜が崎', '下の関', '高崎', '(ノ)')
    """
    return _SMALL_NO.sub("の", _SMALL_KE.sub("が", text.translate(kanji_folds())))
