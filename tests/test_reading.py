"""Readings: every usual spelling of a name has one key, and different names keep different ones."""

import csv
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.reading import (
    fold_kana,
    hepburn,
    hiragana,
    kana_key,
    kanji_folds,
    kanji_key,
    mask_kanji,
    romaji_key,
    shorten_with_places,
    strip_marks,
)

REFERENCE = Path(__file__).parent.parent / "knowledge" / "reference"

SAME_KANA = [
    "ほうふ ホウフ ほーふ ホーフ ほおふ",
    "しゅうなん シュウナン しゅーなん しゆうなん",
    "すおうおおしま スオウオオシマ すおーおーしま すおおしま",
    "さんようおのだ サンヨウオノダ さんよーおのだ",
    "やまぐち ヤマグチ",
    "とくぢ とくじ トクヂ",
    "あいづ あいず",
    "おおいた おーいた",
    "しもつけ シモツケ",
    "ちゃたん ちやたん",
]
OTHER_KANA = ["うべ うぶ", "かみのせき しものせき", "はぎ はき", "ひらお ひらの", "いわくに いわふね", "みね みの"]

SAME_ROMAJI = [
    "Hofu Houfu Hōfu Hôfu Hohu HOFU hoofu hohfu",
    "Suo-Oshima Suou-Ooshima Suō-Ōshima suouooshima suooshima suôôsima",
    "San'yo-Onoda Sanyo-Onoda San’yō-Onoda sanyouonoda sanyoonoda",
    "Shimonoseki Simonoseki SHIMONOSEKI",
    "Kudamatsu Kudamatu",
    "Shunan Shuunan Syunan Shūnan",
    "Yamaguchi Yamaguti",
    "Oita Ooita Ōita",
    "Shimbashi Shinbashi",
    "Tottori Totori",
    "Botchan Bocchan Bottyan",
    "Kochi Kouchi Kōchi Kohchi",
    "Fuji Huzi",
]
OTHER_ROMAJI = ["Hagi Haga", "Ube Uba", "Mine Mino", "Hikari Hikawa", "Waki Yaki"]

SPELT = [
    ("はぎ", "hagi", "hagi", "hagi"),
    ("ほうふ", "hofu", "hōfu", "houfu"),
    ("しゅうなん", "shunan", "shūnan", "shuunan"),
    ("すおうおおしま", "suooshima", "suōōshima", "suouooshima"),
    ("さんようおのだ", "san'yoonoda", "san'yōonoda", "san'youonoda"),
    ("とっとり", "tottori", "tottori", "tottori"),
    ("くっちゃん", "kutchan", "kutchan", "kutchan"),
    ("にいがた", "niigata", "niigata", "niigata"),
    ("ひらお", "hirao", "hirao", "hirao"),
    ("まつうら", "matsuura", "matsuura", "matsuura"),
    ("とようら", "toyoura", "toyoura", "toyoura"),
    ("じょうえつ", "joetsu", "jōetsu", "jouetsu"),
    ("にせこ", "niseko", "niseko", "niseko"),
    ("おぢか", "ojika", "ojika", "ojika"),
    ("ニューヨーク", "nyuyoku", "nyūyōku", "nyuuyooku"),
    ("ーー", "", "", ""),
]

SAME_KANJI = [
    ("山﨑", "山崎"),
    ("髙松", "高松"),
    ("檮原", "梼原"),
    ("美禰", "美祢"),
    ("濵松", "浜松"),
    ("龍ヶ崎", "竜ケ崎"),
    ("袖ケ浦", "袖が浦"),
    ("下ノ関", "下の関"),
    ("下之関", "下の関"),
    ("舊國", "旧国"),
]
UNTOUCHED = ["上関と下関", "(ノ)", "ケ", "カ未実施", "研修カ未実施", "萩荻", "埼崎", "大阪大坂"]


def pairs(rows: list[str]) -> list[tuple[str, str]]:
    return [(row.split()[0], other) for row in rows for other in row.split()[1:]]


@pytest.mark.parametrize(("one", "other"), pairs(SAME_KANA))
def test_one_reading_has_one_key(one: str, other: str) -> None:
    assert kana_key(one) == kana_key(other)


@pytest.mark.parametrize(("one", "other"), pairs(OTHER_KANA))
def test_other_readings_have_other_keys(one: str, other: str) -> None:
    assert kana_key(one) != kana_key(other)


@pytest.mark.parametrize(("one", "other"), pairs(SAME_ROMAJI))
def test_one_name_in_romaji_has_one_key(one: str, other: str) -> None:
    assert romaji_key(one) == romaji_key(other)


@pytest.mark.parametrize(("one", "other"), pairs(OTHER_ROMAJI))
def test_other_names_in_romaji_have_other_keys(one: str, other: str) -> None:
    assert romaji_key(one) != romaji_key(other)


@pytest.mark.parametrize(("kana", "plain", "macron", "letters"), SPELT)
def test_hepburn(kana: str, plain: str, macron: str, letters: str) -> None:
    assert (hepburn(kana), hepburn(kana, long="macron"), hepburn(kana, long="letters")) == (plain, macron, letters)
    assert len({romaji_key(kana) for kana in (plain, macron, letters)}) == 1


@pytest.mark.parametrize(("variant", "standard"), SAME_KANJI)
def test_variant_kanji_are_folded(variant: str, standard: str) -> None:
    assert kanji_key(variant) == kanji_key(standard)


@pytest.mark.parametrize("text", UNTOUCHED)
def test_what_is_no_variant_stays(text: str) -> None:
    assert kanji_key(text) == text


def test_the_table_of_variants_folds_in_one_step() -> None:
    """A standard kanji is no variant itself, no variant stands twice, and NFKC leaves every variant alone."""
    with (REFERENCE / "kanji_folds.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    variants = [row["variant"] for row in rows]
    assert len(rows) >= 70
    assert len(set(variants)) == len(rows)
    assert not set(variants) & {row["standard"] for row in rows}
    assert all(unicodedata.normalize("NFKC", variant) == variant for variant in variants)
    assert len(kanji_folds()) == len(rows)


HIRAGANA, KATAKANA = (range(ord(first), ord(last) + 1) for first, last in ("ぁゖ", "ァヶ"))
KANA = st.text(alphabet=[*map(chr, HIRAGANA), *map(chr, KATAKANA), "ー"])


@given(KANA)
def test_keys_are_stable(kana: str) -> None:
    """Folding what is folded changes nothing, katakana or hiragana makes no difference, and romaji is only letters."""
    assert kana_key(kana_key(kana)) == kana_key(kana) == kana_key(hiragana(kana))
    key = romaji_key(hepburn(kana))
    assert romaji_key(key) == key
    assert all("a" <= letter <= "z" for letter in key)


@given(st.text())
def test_places_are_kept(text: str) -> None:
    """What promises the same length keeps it, and every letter of a shortened key points at a letter of the text."""
    same = (hiragana, fold_kana, kanji_key, mask_kanji, strip_marks)
    assert {len(fold(text)) for fold in same} == {len(text)}
    key, places = shorten_with_places(fold_kana(text))
    assert len(places) == len(key) + 1
    assert list(places) == sorted(set(places))
    assert all(fold_kana(text)[place] == letter for letter, place in zip(key, places, strict=False))
