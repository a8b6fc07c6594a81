"""Names: what is taken, what is only thought of, what is asked, and what is no name at all.

The tables are the specification; a bug becomes a row first. Rows were written before and while the rules were; the
generated tests at the end run every municipality of Japan through every spelling, those of 山口県 through slips too.
"""

import csv
import random
import re
import string
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.model import Municipality
from knowledge.names import NameHit, NameIndex, english_name, name_forms
from knowledge.normalise import normalise
from knowledge.reading import hepburn, kana_key, kanji_key, romaji_key

REFERENCE = Path(__file__).parent.parent / "knowledge" / "reference"
KANA_SUFFIXES = {"市": ("し",), "町": ("ちょう", "まち"), "村": ("むら", "そん"), "区": ("く",)}


def rows_of(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ALL = tuple(Municipality(**{**row, "former": tuple(row["former"].split())}) for row in rows_of("municipalities.csv"))  # type: ignore[arg-type]
BY_CODE = {place.code: place for place in ALL}
HOME = frozenset(place.code for place in ALL if place.prefecture == "山口県")
# What the data cover once all five documents are in: 山口県, 東京都, 千葉県, 久留米市, 飯田下伊那.
WIDE = HOME | {p.code for p in ALL if p.prefecture in ("東京都", "千葉県") or p.name == "久留米市" or p.code[:3] == "204"}
INDEX = NameIndex(name_forms(ALL))


def exact(text: str, local: frozenset[str] = HOME) -> list[NameHit]:
    said = normalise(text)
    return INDEX.exact(said.text, local, said.cased)


def fuzzy(text: str, local: frozenset[str] = HOME, known: frozenset[str] = frozenset()) -> list[NameHit]:
    said = normalise(text)
    return INDEX.fuzzy(said.text, (), local, known.__contains__, said.cased)


def named(codes: tuple[str, ...]) -> str:
    """Names of codes; a place outside 山口県 with its prefecture."""
    places = (BY_CODE[code] for code in codes)
    return "/".join(place.name if place.code in HOME else place.prefecture + place.name for place in places)


def bare_kana(place: Municipality) -> str:
    return next(place.kana.removesuffix(end) for end in KANA_SUFFIXES[place.kind] if place.kana.endswith(end))


def katakana(text: str) -> str:
    return "".join(chr(ord(letter) + 0x60) if "ぁ" <= letter <= "ゖ" else letter for letter in text)


# --- the tables of reference ------------------------------------------------------------------------------------------


def test_all_municipalities_are_there() -> None:
    rows = rows_of("municipalities.csv")
    assert Counter(row["kind"] for row in rows) == {"市": 792, "町": 743, "村": 183, "区": 23}
    assert len({row["code"] for row in rows}) == len(rows) == 1741
    assert all(re.fullmatch(r"\d{5}", row["code"]) for row in rows)
    assert [row["code"] for row in rows] == sorted(row["code"] for row in rows)
    assert sum(count > 1 for count in Counter(row["name"] for row in rows).values()) == 25


def test_names_and_kana_end_alike() -> None:
    for row in rows_of("municipalities.csv"):
        assert row["name"].endswith(row["kind"])
        assert row["kana"].endswith(KANA_SUFFIXES[row["kind"]])
        assert re.fullmatch("[ぁ-ゖー]+", row["kana"])


def test_prefectures_agree_with_municipalities() -> None:
    prefectures = {row["code"]: row["name"] for row in rows_of("prefectures.csv")}
    assert len(prefectures) == 47
    assert {row["code"][:2]: row["prefecture"] for row in rows_of("municipalities.csv")} == prefectures


def test_old_names_of_yamaguchi_have_readings() -> None:
    """Each old name in kanji is followed by its reading, so that とくやま and Tokuyama are found too."""
    for place in ALL:
        if place.code in HOME:
            written = [name for name in place.former if not re.fullmatch("[ぁ-ゖー]+", name)]
            assert len(place.former) == 2 * len(written) or place.former[4:6] == ("むつみ村", "須佐町")


# --- taken ------------------------------------------------------------------------------------------------------------

STRONG = [
    # kanji
    ("宇部市の状況は？", "宇部市"),
    ("岩国の状況", "岩国市"),
    ("防府でまだの項目は", "防府市"),
    ("山口市と下関市を比べて", "山口市 下関市"),
    ("光市や萩市は", "光市 萩市"),
    ("柳井市と平生町を比べて", "柳井市 平生町"),
    ("下松以外", "下松市"),
    ("宇部オは？", "宇部市"),
    ("（オ）宇部市", "宇部市"),
    ("平成29年6月防府市", "防府市"),
    ("旧岩国市", "岩国市"),
    ("宇部市長", "宇部市"),
    ("宇部市役所さん", "宇部市"),
    ("光", "光市"),
    ("萩？", "萩市"),
    ("岩国と光と萩", "岩国市 光市 萩市"),
    ("熊毛郡上関町", "上関町"),
    ("下関市宇部市", "下関市 宇部市"),
    ("ＵＢＥ市", "宇部市"),
    # variants
    ("美禰市", "美祢市"),
    ("周防大嶋町", "周防大島町"),
    ("檮原町", "高知県梼原町"),
    ("鹿嶋市", "茨城県鹿嶋市"),
    ("鹿島市", "佐賀県鹿島市"),
    ("龍ヶ崎市", "茨城県龍ケ崎市"),
    ("竜ケ崎市", "茨城県龍ケ崎市"),
    # old names
    ("徳山の状況", "周南市"),
    ("新南陽市", "周南市"),
    ("小野田市", "山陽小野田市"),
    ("小郡町は？", "山口市"),
    ("とくやまの状況", "周南市"),
    ("Tokuyama", "周南市"),
    ("篠山市", "兵庫県丹波篠山市"),
    # kana
    ("ほうふのオは？", "防府市"),
    ("うべ市", "宇部市"),
    ("ウベシ", "宇部市"),
    ("ｳﾍﾞ市", "宇部市"),
    ("ｲﾜｸﾆの状況", "岩国市"),
    ("しものせきしの状況", "下関市"),
    ("しゅーなん市", "周南市"),
    ("ひらおまち", "平生町"),
    ("いわくにとうべは？", "岩国市 宇部市"),
    ("山陽おのだ市", "山陽小野田市"),
    ("さんよう小野田市", "山陽小野田市"),
    ("周防おおしま町", "周防大島町"),
    ("すおう大島町", "周防大島町"),
    # Latin letters
    ("hofu", "防府市"),
    ("houfu status", "防府市"),
    ("hōfu", "防府市"),
    ("hofu-shi", "防府市"),
    ("hofushi", "防府市"),
    ("Hofu City", "防府市"),
    ("city of Hofu", "防府市"),
    ("Suo-Oshima", "周防大島町"),
    ("suouooshima", "周防大島町"),
    ("suo oshima", "周防大島町"),
    ("Suo Oshima Town", "周防大島町"),
    ("San'yo-Onoda", "山陽小野田市"),
    ("Ube's status", "宇部市"),
    ("Iwakuni and Hagi", "岩国市 萩市"),
    ("which towns near ube haven't started", "宇部市"),
    ("has Mine done item o?", "美祢市"),
    ("mine city", "美祢市"),
    ("Hirao-cho", "平生町"),
    ("Kaminoseki Town", "上関町"),
    ("Yamaguchi City", "山口市"),
    # elsewhere
    ("広島市の状況は？", "広島県広島市"),
    ("福山市", "広島県福山市"),
    ("横浜市", "神奈川県横浜市"),
    ("Yokohama City", "神奈川県横浜市"),
    ("横浜の予定", "青森県横浜町/神奈川県横浜市"),
    ("目黒区役所で", "東京都目黒区"),
    ("久留米の取組", "福岡県久留米市"),
    ("大阪市北区", "大阪府大阪市"),
    # longest first
    ("山陽小野田市", "山陽小野田市"),
    ("北広島市", "北海道北広島市"),
    ("東広島市", "広島県東広島市"),
    ("上北山村", "奈良県上北山村"),
    # prefectures
    ("山口県下関市のオ", "下関市"),
    ("山口の下関市", "下関市"),
    ("山口県光", "光市"),
    ("府中市", "東京都府中市/広島県府中市"),
    ("広島県府中市", "広島県府中市"),
    ("府中市（東京都）", "東京都府中市"),
    ("東京の府中市", "東京都府中市"),
    ("Fuchu City, Tokyo", "東京都府中市"),
    ("福岡県那珂川市", "福岡県那珂川市"),
]


@pytest.mark.parametrize(("text", "names"), STRONG)
def test_taken(text: str, names: str) -> None:
    hits = exact(text)
    assert [named(hit.codes) for hit in hits] == names.split()
    assert {hit.strength for hit in hits} == {"strong"}


def test_the_words_are_quoted_as_they_stand() -> None:
    hits = exact("Status of Hofu City and 宇部？")
    assert [(hit.span, hit.surface, hit.how) for hit in hits] == [
        ((10, 19), "Hofu City", "reading"),
        ((24, 26), "宇部", "exact"),
    ]


LOCAL_FIRST = [
    ("府中市は", "東京都府中市"),
    ("府中は", "東京都府中市"),
    ("大島町は", "東京都大島町"),
    ("中央区", "東京都中央区"),
    ("ふちゅう市", "東京都府中市"),
    ("Fuchu City", "東京都府中市"),
    ("広島県府中市", "広島県府中市"),
    ("旭市", "千葉県旭市"),
]


@pytest.mark.parametrize(("text", "name"), LOCAL_FIRST)
def test_a_shared_name_means_the_place_in_the_data(text: str, name: str) -> None:
    assert [named(hit.codes) for hit in exact(text, WIDE)] == [name]


# --- only if a municipality is needed ---------------------------------------------------------------------------------

WEAK = [
    ("萩でまだの項目は？", "萩市"),
    ("萩の花は好き？", "萩市"),
    ("光の状況", "光市"),
    ("平生から備える", "平生町"),
    ("長門の状況は", "長門市"),
    ("山口の状況は？", "山口市"),
    ("集計 山口", "山口市"),  # at the very end of a text too
    ("山口", "山口市"),
    ("千葉では", "千葉県千葉市"),
    ("はぎの状況", "萩市"),
    ("みねは？", "美祢市"),
    ("わきの下", "和木町"),
    ("ひかりを浴びる", "光市"),
    ("mine is better", "美祢市"),
    ("yamaguchi status", "山口市"),
    ("下関医師会の状況", "下関市"),
    ("中央で決める", "東京都中央区/山梨県中央市"),
]


@pytest.mark.parametrize(("text", "name"), WEAK)
def test_thought_of(text: str, name: str) -> None:
    hits = exact(text)
    assert [(named(hit.codes), hit.strength) for hit in hits] == [(name, "weak")]


# --- asked or announced -----------------------------------------------------------------------------------------------

ANNOUNCED = [
    ("上の関町は？", "上関町"),
    ("下ノ関の状況", "下関市"),
    ("下之関市", "下関市"),
    ("周防 大島町", "周防大島町"),
    ("しも のせき市", "下関市"),
    ("国上関町", "上関町"),
    ("山口津市", "山口市"),
    ("下末市は？", "下松市"),
    ("荻市の状況", "萩市"),
    ("柳丼市", "柳井市"),
    ("田布勢町", "田布施町"),
    ("長戸の状況", "長門市"),
    ("防付の状況", "防府市"),
    ("山陽小田市", "山陽小野田市"),
    ("山陽小野山田市", "山陽小野田市"),
    ("しものぜきしの状況", "下関市"),
    ("いわぐにの状況", "岩国市"),
    ("シモノセギ", "下関市"),
    ("Shimonoseky status", "下関市"),
    ("Iwakumi City", "岩国市"),
    ("status of Kudamatus", "下松市"),
    ("yanay-shi", "柳井市"),
    ("Hirao City", "平生町"),
    ("宇部町", "宇部市"),
]
ASKED = [
    ("下関町", "下関市", "上関町"),
    ("上関市", "上関町", "下関市"),
    ("平尾町の状況", "平生町", "北海道平取町"),
    ("下松本市", "下松市", "長野県松本市"),
    ("大島町", "周防大島町", ""),
    ("山口県府中市", "東京都府中市", ""),
    ("岩手市", "岩手県岩手町", "岩国市"),
    ("上国町", "上関町", "北海道上ノ国町"),
]


def suggested(text: str) -> list[NameHit]:
    return exact(text) or fuzzy(text)


@pytest.mark.parametrize(("text", "name"), ANNOUNCED)
def test_announced(text: str, name: str) -> None:
    """One clear reading, never taken silently."""
    [hit] = suggested(text)
    assert (named(hit.codes), hit.how, hit.strength, hit.rivals) == (name, "fuzzy", "suggest", ())


@pytest.mark.parametrize(("text", "name", "rival"), ASKED)
def test_asked(text: str, name: str, rival: str) -> None:
    [hit] = suggested(text)
    assert (hit.how, hit.strength) == ("fuzzy", "suggest")
    assert len({*hit.codes, *hit.rivals}) > 1
    assert name in ("", named(hit.codes[:1]))
    assert not rival or rival in [named((code,)) for code in hit.rivals]


def test_a_word_of_the_vocabulary_is_no_slip() -> None:
    assert fuzzy("長戸の状況")
    assert not fuzzy("長戸の状況", known=frozenset(["長戸"]))


def test_fuzzy_leaves_alone_what_is_taken() -> None:
    said = normalise("下末市と宇辺市")
    assert [hit.surface for hit in INDEX.fuzzy(said.text, [(0, 3)], HOME)] == ["宇辺市"]


def test_exact_leaves_alone_what_is_taken() -> None:
    said = normalise("宇部・小野田医療圏と下関市")
    assert [hit.surface for hit in INDEX.exact(said.text, HOME, taken=[(0, 9)])] == ["下関市"]


# --- no name at all ---------------------------------------------------------------------------------------------------

NOTHING = """
光熱費の補助 光回線の工事 光ファイバーの工事予定は？ 観光振興の予算 日光浴 発光ダイオード 光る石 栄光の架け橋
光明 光太郎さん 光市場 萩焼を買う 萩原さんの担当 おはぎを食べる はぎれ 萩さん
山口さんに聞いて 山口課長の予定 山口県の状況 山口大学との連携 山口線の時刻 山口駅前 山口様 新山口駅
長門の国 長門峡に行く 長門湯本温泉 戦艦長門 上関係者との協議 以上関係者 国上関連の話 下松さんは誰 下松課長
防府天満宮 防府駅 岩国基地の話 岩国藩 宇部興産 宇部線 周南圏域 下関医療圏 柳井さんが担当 柳井港 和木さん
阿武さん 阿武隈川 徳山高専 小野田さん 小郡駅 橘さん 旭日 錦帯橋 本郷さん 美和さん
都市計画 市町村合併 関係市町の連携 各市町の取組 本市の課題 当市では 同町の担当 市場調査 港区域 地区の会議
この町は？ どの町がまだ？ 町だけ 平成29年6月 昭和64年1月 東京都の(ア)の実施状況 目黒川 横浜さん 最上位の項目
みねうち あぶない あぶらを売る うべきである すべし ひらおよぎ そうではやない はぎとる かいしはいつ こうかがあるか
こうしは誰 じょうほうきょうゆうしえんをじっしずみのところ
ケアマネジャー アブラ ワキガ ミネラル カメラ データ サービス オーダー
""".split()
NOTHING_IN_ENGLISH = """
who is on duty? | what is the date | to be or not to be | a tube of glue | wake up | the nose knows | china and japan
so what | sue them | see you too | tone of voice | saga of the year | kin and kith | abuse of data | line by line
never mind | Mr. Hagi said so | Mr Ube called | Ms. Yamaguchi asked | Hagi-san is here | Yamaguchi Prefecture
yamaguchi-ken | Yamaguchi University | Ube Station | Hofu station | you and me | on your own | they are sharing
state of things | item ka | item ku | tally o | missing ki | due date for item o | kobe beef? no, our state
""".strip()
ENGLISH_ROWS = [row.strip() for line in NOTHING_IN_ENGLISH.splitlines() for row in line.split("|")]


@pytest.mark.parametrize("local", [HOME, WIDE], ids=["home", "wide"])
@pytest.mark.parametrize("text", [*NOTHING, *ENGLISH_ROWS])
def test_no_name(text: str, local: frozenset[str]) -> None:
    ours = [hit for hit in (*exact(text, local), *fuzzy(text, local)) if set(hit.codes) & local]
    assert ours == []


# --- the index, kept --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["宇部市と光市", "すおう大島町", "Hofu City, Fuchu", "下末市", "山口県の大島町", "しものぜきし"])
def test_an_index_that_was_kept_finds_the_same(text: str) -> None:
    kept, said = NameIndex.from_json(INDEX.to_json()), normalise(text)
    assert kept.exact(said.text, WIDE, said.cased) == INDEX.exact(said.text, WIDE, said.cased)
    assert kept.fuzzy(said.text, (), WIDE, original=said.cased) == INDEX.fuzzy(said.text, (), WIDE, original=said.cased)


def test_a_hit_stays_inside_its_text() -> None:
    """Nothing is cut off at the end of a text: a name that would go on there is not there."""
    for place in ALL:
        for text in (place.name, place.name[:-1], place.prefecture, place.prefecture[:-1], place.kana[:-1]):
            assert all(0 <= hit.span[0] < hit.span[1] <= len(text) for hit in exact(text)), text


# --- in English -------------------------------------------------------------------------------------------------------

# As the Gazetteer of Japan has them: every way in which a reading can be long, joined, doubled or foreign.
ENGLISH_NAMES = """
大阪市 Osaka | 防府市 Hofu | 周南市 Shunan | 周防大島町 Suo-Oshima | 山陽小野田市 San'yo-Onoda | 萩市 Hagi | 大分市 Oita | 新潟市 Niigata
郡山市 Koriyama | 神戸市 Kobe | 高知市 Kochi | 甲府市 Kofu | 上越市 Joetsu | 長岡京市 Nagaokakyo | 東京都府中市 Fuchu | 調布市 Chofu
大田区 Ota | 江東区 Koto | 中央区 Chuo | 文京区 Bunkyo | 品川区 Shinagawa | 鳥取市 Tottori | 倶知安町 Kutchan | 八丈町 Hachijo
南陽市 Nan'yo | 天栄村 Ten'ei | 新温泉町 Shin'onsen | 観音寺市 Kan'onji | 丹波市 Tanba | 仙台市 Sendai | 群馬県明和町 Meiwa
豊浦町 Toyoura | 豊岡市 Toyooka | 松浦市 Matsuura | 広尾町 Hiroo | 山ノ内町 Yamanouchi | 滝上町 Takinoue | 西之表市 Nishinoomote | 湯浅町 Yuasa
桑折町 Koori | 小海町 Koumi | 南アルプス市 Minami-Alps | ニセコ町 Niseko | さいたま市 Saitama | 下松市 Kudamatsu | 光市 Hikari
"""
IN_ENGLISH = [tuple(row.split()) for line in ENGLISH_NAMES.strip().splitlines() for row in line.split("|")]


@pytest.mark.parametrize(("name", "english"), IN_ENGLISH)
def test_english_name(name: str, english: str) -> None:
    places = [place for place in ALL if name in (place.name, place.prefecture + place.name)]
    assert {english_name(place) for place in places} == {english}


def test_english_names_have_letters_hyphens_and_apostrophes_only() -> None:
    """No marks on vowels, a capital at the beginning of each part; and asked for in this spelling the place is found."""
    for place in ALL:
        name = english_name(place)
        assert re.fullmatch("[A-Z][a-z']+(?:-[A-Z][a-z]+)?", name), (place, name)
        if name != "Tsu":  # too short for anything
            assert place.code in exact(f"{name}{ENGLISH[place.kind]}", frozenset([place.code]))[0].codes, (place, name)


def test_long_vowels_are_written_short() -> None:
    """But for those that are not long: they meet where two words do. Every one of them is in the Gazetteer too."""
    meet = """
    Bungoono Hiroo Katsuura Koori Kotoura Koumi Matsuura Minoo Mooka Nachikatsuura Nishinoomote Setouchi Shoo Soo Takinoue
    Toon Toyooka Toyoura Wanouchi Yamanouchi
    """
    assert {english_name(place) for place in ALL if re.search("o[ou]|uu", english_name(place))} == set(meet.split())


def test_exceptions_are_exceptions() -> None:
    """Each line of the table names its municipality, says something that kana does not, and where that is from."""
    for row in rows_of("english_names.csv"):
        place = BY_CODE[row["code"]]
        assert place.name == row["name"]
        assert row["english"] != hepburn(bare_kana(place)).capitalize()
        assert row["why"] and row["source"]


# --- generated: all names, all scripts, one slip ----------------------------------------------------------------------

HAN = "上下山川田島大小中市町村東西南北光萩門関松平生口国宇部防府岩長柳井美祢周野陽木布施阿武新高原津和"
KANA = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわんがぎぐげござじずぜぞだでどばびぶべぼー"
ENGLISH = {"市": " City", "町": " Town", "村": " Village", "区": " Ward"}
SHI = {"市": "-shi", "町": "-cho", "村": "-mura", "区": "-ku"}


def spellings(place: Municipality) -> Iterator[tuple[str, str, str]]:
    """(script, spelling, sentence) for every usual way of writing a name with its suffix."""
    kana = bare_kana(place)
    for name in (place.name, place.prefecture + place.name):
        yield "kanji", name, "{}の状況は？"
    for name in (kana + place.kind, katakana(kana) + place.kind):
        yield "kana", name, "{}の状況は？"
    for long in ("plain", "macron", "letters"):
        latin = hepburn(kana, long=long)  # type: ignore[arg-type]
        for name in (latin.capitalize() + ENGLISH[place.kind], latin + SHI[place.kind]):
            yield "latin", name, "status of {}?"


@pytest.mark.parametrize("prefecture", sorted({place.prefecture for place in ALL}))
def test_every_name_is_found(prefecture: str) -> None:
    """With its suffix, every municipality is found by every spelling; if it is in the data, it is what is meant."""
    for place in (place for place in ALL if place.prefecture == prefecture):
        for _, name, sentence in spellings(place):
            if kana_key(bare_kana(place)) == "つ" and "津市" not in name:
                continue  # 津: つ and tsu are too short for anything
            [hit] = exact(sentence.format(name), frozenset([place.code]))
            assert (hit.codes, hit.strength) == ((place.code,), "strong"), name
            assert any(place.code in hit.codes for hit in exact(sentence.format(name))), name


def test_every_bare_name_in_the_data_is_found() -> None:
    """Without suffix a name is found too, taken or thought of."""
    for place in ALL:
        hits = exact(f"{place.name[:-1]}の状況は？", frozenset([place.code]))
        assert [hit.codes for hit in hits] == [(place.code,)], place.name


def slips(name: str, letters: str, chance: random.Random) -> set[str]:
    """One letter wrong, missing, too many or out of order; a blank in the middle."""
    inside = range(len(name))
    out = {name[:at] + name[at + 1 :] for at in inside}
    out |= {name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :] for at in inside}
    out |= {name[:at] + letter + name[at + 1 :] for at in inside for letter in chance.sample(letters, 6)}
    out |= {name[:at] + letter + name[at:] for at in inside for letter in (*chance.sample(letters, 6), " ")}
    return {slip.strip() for slip in out if len(slip.strip()) > 1} - {name}


def yamaguchi_spellings() -> Iterator[tuple[Municipality, str, str, str]]:
    """(place, spelling, letters to slip into, sentence)"""
    for place in (place for place in ALL if place.code in HOME):
        kana = bare_kana(place)
        for name in (place.name, place.name[:-1]):
            yield place, name, HAN, "{}の状況は？"
        for name in (place.kana, kana, kana + place.kind):
            yield place, name, KANA, "{}の状況は？"
        yield place, katakana(kana), katakana(KANA), "{}の状況は？"
        for latin in {hepburn(kana), hepburn(kana, long="letters")}:
            for name in (latin, latin.capitalize() + ENGLISH[place.kind], latin + SHI[place.kind]):
                yield place, name, string.ascii_lowercase, "status of {}?"


def is_named(code: str, words: str) -> bool:
    """Whether the words are, letter by letter, a name of the municipality: then nobody can tell that it was a slip."""
    place = BY_CODE[code]
    names = [place.name, *place.former]
    kanji = {key for name in names for key in (kanji_key(name), kanji_key(name[:-1]))}
    kana = [place.kana, *(name for name in place.former if re.fullmatch("[ぁ-ゖー]+", name))]
    bare = [re.sub("(し|ちょう|まち|むら|そん|く)$", "", name) for name in kana]
    ends = ("", "市", "町", "村", "区", "し", "ちょう", "まち", "むら", "そん", "く")
    heard = {kana_key(name) for name in kana} | {kana_key(name + end) for name in bare for end in ends}
    latin = {romaji_key(hepburn(name)) for name in (*kana, *bare)}
    word = re.sub(r"(?i)( City| Town|-shi|-cho)$", "", words)
    return kanji_key(words) in kanji or kana_key(words) in heard or {romaji_key(word), romaji_key(words)} & latin - {""} != set()


@pytest.mark.parametrize("local", [HOME, WIDE], ids=["home", "wide"])
def test_a_slip_is_never_taken_for_another_name(local: frozenset[str]) -> None:
    """After one slip a name is taken, suggested or not found; another is taken only if the words are its name."""
    chance, tried, found = random.Random(2026), 0, Counter[str]()
    for place, name, letters, sentence in yamaguchi_spellings():
        for slip in sorted(slips(name, letters, chance)):
            tried += 1
            for hit in exact(sentence.format(slip), local):
                found[hit.strength] += 1
                if hit.strength == "strong" and hit.codes != (place.code,):
                    # 山口萩市 is 萩市 with its prefecture, 山陽町野田市 two whole names, ながらと ends in a particle
                    said = slip.removeprefix("山口").removeprefix("山陽町")
                    assert hit.surface in (said, said[:-1]), (slip, hit)
                    assert all(is_named(code, hit.surface) for code in hit.codes), (slip, hit)
    assert tried > 10_000
    assert found["strong"] > 1_000


def test_most_slips_are_suggested() -> None:
    """The right place stands among the suggestions for most slips of three letters and more (reference §4.3)."""
    chance, told = random.Random(7), Counter[tuple[str, bool]]()
    for place, name, letters, sentence in yamaguchi_spellings():
        if len(name) < 3 or (letters == HAN and name[-1] not in "市町"):
            continue
        for slip in sorted(slips(name, letters, chance))[::4]:
            hits = exact(sentence.format(slip)) or fuzzy(sentence.format(slip))
            told[letters[0], any(place.code in (*hit.codes, *hit.rivals) for hit in hits)] += 1
    share = {script: told[script, True] / (told[script, True] + told[script, False]) for script in (HAN[0], "あ", "ア", "a")}
    assert share[HAN[0]] > 0.6
    assert share["あ"] > 0.6
    assert share["a"] > 0.8
