"""Who is meant: the municipalities that a text names, and how sure that is.

Exact names first, then old names and readings, and only when asked for (`fuzzy`) what is one slip away from a name.
Every hit says how it was found and how strong it is, so that nobody has to trust a score:

    strong   it is the name; take it
    weak     it can be the name and can be an ordinary word (光, 萩, mine) or a prefecture (山口): take it only if the
             sentence lacks a municipality without it
    suggest  never take it silently: announce it if it is one code without rivals, ask otherwise. Whatever is
             "suggest" is also `how="fuzzy"`, and the other way round

All names of Japan are known, whatever the data cover (`local`), so that a place elsewhere is seen as such and a slip
that is as near to a place elsewhere is never taken for one of ours.

Texts are normalised (NFKC, Latin lower case) but not folded: the folding is done here, script by script.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from knowledge.reading import fold_kana, hepburn, kana_key, kanji_key, romaji_key, shorten, shorten_with_places

Script = Literal["kanji", "kana", "latin"]
How = Literal["exact", "alias", "reading", "fuzzy"]
Strength = Literal["strong", "weak", "suggest"]
Span = tuple[int, int]


class Place(Protocol):
    """What is needed of a municipality; `knowledge.model.Municipality` has it.

    `former` are other names, each in any script: kanji (徳山市), kana (とくやまし) or Latin letters (minami-alps).
    """

    @property
    def code(self) -> str: ...
    @property
    def prefecture(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def kana(self) -> str: ...
    @property
    def former(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NameForm:
    """One spelling of a name, folded for its script; what the index is loaded from.

    `key` is the whole name with 市, 町, 村 or 区 in the script's own writing (宇部市, うべし, ubesi). `form` is one of
    full        the official name, variant kanji folded
    spelt       the same before folding, where that makes a difference (鹿嶋市)
    no          with a の put between or left out (下の関市)
    reading     the official reading
    former      an old or other name
    prefecture  the name of a prefecture; then `code` has two digits
    """

    key: str
    script: str
    code: str
    form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NameHit:
    """A place in a text where municipalities are named.

    `codes` are all that the words can mean, several where a name is shared; `rivals` are further codes that are nearly
    as near. `score` runs from 0 to 100 and only orders hits; `strength` decides.
    """

    span: Span
    surface: str
    codes: tuple[str, ...]
    how: How
    strength: Strength
    score: int
    rivals: tuple[str, ...] = ()


# --- from municipalities to forms (build time) ------------------------------------------------------------------------


PREFECTURES = Path(__file__).parent / "reference" / "prefectures.csv"


def name_forms(municipalities: Iterable[Place]) -> tuple[NameForm, ...]:
    """Every form by which the municipalities, and the prefectures of reference/prefectures.csv, are known."""
    return tuple(dict.fromkeys(chain(chain.from_iterable(map(_forms_of, municipalities)), _forms_of_prefectures())))


def _forms_of_prefectures() -> Iterator[NameForm]:
    with PREFECTURES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for script, name in (("kanji", row["name"]), ("kana", row["kana"]), ("latin", row["kana"])):
                yield _form(name, script, row["code"], "prefecture")


def _forms_of(place: Place) -> Iterator[NameForm]:
    yield _form(place.name, "kanji", place.code, "full")
    if kanji_key(place.name) != place.name:
        yield NameForm(key=place.name, script="kanji", code=place.code, form="spelt")
    for name in _with_or_without_no(kanji_key(place.name[:-1]), place.kana):
        yield _form(name + place.kind, "kanji", place.code, "no")
    for script in ("kana", "latin"):
        yield _form(place.kana, script, place.code, "reading")
    for other in place.former:
        scripts = ("kana", "latin") if _ALL_KANA.fullmatch(other) else ("latin",) if other.isascii() else ("kanji",)
        for script in scripts:
            yield _form(other, script, place.code, "former")


def _form(name: str, script: str, code: str, form: str) -> NameForm:
    return NameForm(key=_KEYS[script](name), script=script, code=code, form=form)


def _key_of_kana_in_latin(name: str) -> str:
    return romaji_key(hepburn(name))


_KEYS: Mapping[str, Callable[[str], str]] = {"kanji": kanji_key, "kana": kana_key, "latin": _key_of_kana_in_latin}


def _with_or_without_no(bare: str, kana: str) -> Iterator[str]:
    """People write the の they hear (上の関, 下ノ関), or leave out the one that is written (上国町)."""
    if "の" in bare.strip("の"):
        yield bare.replace("の", "")
    elif "の" in kana[1:] and not set(bare) & set("野乃能濃納埜") and _ALL_KANJI.fullmatch(bare):
        yield from (bare[:gap] + "の" + bare[gap:] for gap in range(1, len(bare)))


# --- what may stand beside a name -------------------------------------------------------------------------------------

KINDS = "市町村区"
_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff"
_ALL_KANJI = re.compile(f"[{_HAN}]+")
_ALL_KANA = re.compile("[ぁ-ゖァ-ヺー]+")
_KANA_RUN = re.compile("[ぁ-ゖー]+|[ァ-ヺー]+")
_KANJI_RUN = re.compile(f"[{_HAN}]+")
_WORD = re.compile("[a-z\u00df-\u024f\u1e00-\u1eff]+")
_LONGEST = 16  # letters of the longest reading with its suffix
_BROKEN = re.compile(f"(?<=[{_HAN}]) (?=[{_HAN}])|(?<=[ぁ-ゖ]) (?=[ぁ-ゖ])|(?<=[ァ-ヺー]) (?=[ァ-ヺ])")

# Before a name, kanji that end a word of their own; 県 or 市 must end a place. Fewer before one kanji: 日光市, 光市.
_ENDS_BEFORE = re.compile("(?:[郡旧元現同対年月日末度]|時点|現在|項目|状況|圏域)$")
_ENDS_BEFORE_ONE = re.compile("(?:[郡旧元]|時点|現在)$")
# Words, not names, that the last kanji of a name makes with the next one.
_COMPOUNDS = frozenset("関係 関連 関心 関節 関東 関西 国保 国民 国家 国内 国際 部会 部分 部門 部局 部署 部長 口座 口頭".split())
_NOT_A_SUFFIX = {"市": "場況販価", "町": "並", "村": "落", "区": "域間分画切"}
_PERSON_OR_THING = re.compile(
    "さん|さま|様|氏|君|くん|ちゃん|殿|先生|(?:副|前|元|新)?(?:課|部|局|係|室|班|所|園|院|会|社|校|学|市|町|村|区)長|主[任事査幹]"
    "|議員|知事|大臣|[県府郡藩国城駅川港線湾島山橋寺峠岳湖産弁焼城]|の国|都(?!市)|道路|道の|大学|高校|高等|中学|小学|空港|銀行|新聞|放送|神社"
    "|テレビ|信用|商店|けん(?!と)|えき|がわ|だいがく|医療圏|保健医療|二次医療|圏|[0-9元]|年"
)
_PERSON = re.compile("さん|様|氏|君|課長|先生")
_STATION = re.compile("駅|港(?!区)")
# 岩国基地, 防府天満宮, 阿武隈川, 宇部興産: what the run of kanji ends in makes it something else.
_PLACE_OF_ITS_OWN = re.compile(f"[{_HAN}]+(?:(?<=[宮寺社城山川湖港駅線橋園校産省])|(?<=高専|基地|病院))(?![{_HAN}])")
_PARTICLE = re.compile("[のはがをにへでともやかだな、]|から|まで|より|って|じゃ|だけ|のみ|など|なら|です|とか|しか|ほど|ね|よ|ら|さえ|すら|について")
_FOLLOWS_A_NAME = re.compile(
    "以外|市内|地区|地域|管内|両[市町村]|含|除|状況|未|実施|予定|済|達成|完了|進捗|一覧|集計|対応|取組|比較|推移|全|担当|役[所場]|庁|分|側|同様|並|共"
)
_GOES_ON = re.compile(f"[{_HAN}ぁ-ゖァ-ヺー]")
_ITEM_LETTER = re.compile("[ア-ク](?![ァ-ヺー])")
_LISTED = re.compile(" ?(?:[とやか・、,/&+]|および|及び|又は|または|かつ|,? ?(?:and|or|vs))[ ]?")
_KIND_LETTERS = frozenset(KINDS)
_KIND = re.compile(f"[{KINDS}]")
_OWN_WORD = re.compile(f"[{_HAN}]*(?:郡|年度|時点|現在|[旧月日])")
_IN_PREFECTURE = re.compile(r"(?:,? ?\(?| in )([a-z]+)")
_IN_IT = re.compile(f"[の 、,]?(?:[{_HAN}]{{1,3}}郡)?")

_KANA_SUFFIXES = (("ちよ", "町"), ("まち", "町"), ("むら", "村"), ("そん", "村"), ("し", "市"), ("く", "区"))
_LATIN_SUFFIXES = (("tyo", "町"), ("mati", "町"), ("mura", "村"), ("son", "村"), ("si", "市"), ("ku", "区"))
_LATIN_ENDS = frozenset(suffix[-2:] for suffix, _ in _LATIN_SUFFIXES)
_SUFFIX_WORDS = {
    **dict.fromkeys(("city", "shi", "si"), "市区"),
    **dict.fromkeys(("town", "cho", "chou", "chō", "machi", "tyo"), "町"),
    **dict.fromkeys(("village", "mura", "son"), "村"),
    **dict.fromkeys(("ward", "ku"), "区"),
}
_NOT_AFTER = frozenset("mr mrs ms dr prof professor".split())
_NOT_BEFORE = frozenset(
    "prefecture prefectural pref ken san sama kun sensei station university college river airport port bay castle line bridge island lake mountain bank".split()
)

# Names that are ordinary words as well: reviewed by hand from the entries of a general dictionary (SudachiDict-core).
# Names of one kanji and kana names of one or two letters need no list.
_EVERYDAY_KANJI = frozenset(
    "平生 長門 昭和 中央 中間 出水 利根 北上 北方 千歳 半田 南国 南部 双葉 取手 名取 向日 和光 和気 国立 国見"
    " 大口 大山 大島 大川 大木 大樹 大玉 大空 大蔵 大鹿 天理 太子 安堵 小川 山元 川上 御所 新地 新宮 日の出 日光"
    " 日進 春日 最上 月形 朝日 東北 東洋 東海 東和 本宮 本山 本部 本郷 横手 橋本 水上 海士 清水 湧水 瀬戸 瑞穂"
    " 田野 相生 精華 総社 若桜 葉山 行方 裾野 西海 見附 豊富 豊田 貝塚 都城 野田 金山 長生 開成 階上 青木 青梅"
    " 養老 高原 高砂 黒潮 共和 上市 上田 下田 下野 中山 中島 中野 大和 明和 美里 山陽 日置 美和 文京 三隅 中川"
    " 石川 小松 松田 三原 小林 長島 高森 神山 高山 白石 平泉 大町 上町".split()
)
_EVERYDAY_KANA = frozenset(
    "あおき あかし あさひ あやせ いずみ いつき いとう おうじ おうむ おおい おおえ おおき おおぞら おおた おがわ"
    " おんな かいし かいづか かいよう かさい かさま かしわ かとう かわい かわら かんな きかい きじょう きたく"
    " げんかい こうか こうさ こうし こうち こうべ こうら こおり ごぼう さかい さかえ さかき さくら さよう"
    " しんごう しんとう じょうよう すさみ せいか せいよう せいろう そうさ たいき たいし たいじ たかさご だいご"
    " ちゅうおう ちょうし つばめ つるぎ とまり とりで どうし なかま ながい ながす なごみ にしき はさみ はんだ"
    " ひかり ひがし ふそう ふたば ほうき ほくと みずほ みつけ みどり みなと みなみ みやこ みよし むこう めぐろ"
    " やまなし ゆうき ゆうすい ようろう わかさ わたり わづか わらび".split()
)
# Hiragana that are grammar before they are a name (江東, 多摩, 北, 野田), and what such words begin with.
_GRAMMAR = frozenset("こと たま きた のだ ひの しま かい もの とき".split())
_GRAMMAR_BEGINS = re.compile(
    "でき|しや|しか|する|した|して|いく|いる|ある|あて|なら[なこ]|ない|なる|なん|たく|こ[のれう]|そ[のれう]|ど[のれう]|よう|と[いしす]|まだ|ます|まし|もし"
)
_EVERYDAY_KANA_KEYS = frozenset(map(kana_key, _EVERYDAY_KANA))
_EVERYDAY_LATIN = frozenset(
    "aka ama china chino date doshi fiji goose hero hilo ida ie ieee ina kami kana kin kohli kola kota mano mine"
    " nikki nose obama oh ora otto oui our out outa outta saga sai sate see sera shinto shoo so soo sosa sousa"
    " sue tara tina to tobe tome ton tone tonne too toon toyota tu usa wake you hour".split()
)
# English words within one letter of a name's key, for which a lower-case word must not be taken as a slip.
_NEAR_ENGLISH = frozenset(
    "abuse accuse aroma ashore award aware bamboo banjo bands bitten chase chloride choose chooses chose chosen"
    " collide colon curate figurine gotten hands harassing innate irate karate kinda lingo loosen mango mania"
    " massive mature minimise minimize mistake mistaken mistakes narrating narration neuro obese obtuse oppose"
    " outage panda rerun rumor rumour safari sable sabre sahara sandal sandy sands santa sarcoma sedan shale"
    " share sharp shark shown shows showy sings stake state suite suits takeoff takeout taken taker takes tango"
    " tempo tends tendon tenet unseen miners mines shine".split()
)
_FUNCTION_WORDS = frozenset("a an and are as at be by do for from has have in is it no not of on or so than that the to was we with".split())
_NOT_NAMES = frozenset(
    "各 本 全 同 他 両 県内 県下 管内 近隣 周辺 隣接 関係 対象 該当 下記 上記 以下 以上 政令 中核 一部 複数 当該"
    " 広域 圏域 地方 都 残 未実施 実施 予定 全国 国内 構成 参加 協力 回答 特別 指定 大都 中小 小規模 大規模".split()
)
# Kanji that are written for one another, by ear (IME) or by eye: a slip among these is half a slip. Not 生 and 尾:
# 平尾 is a place name of its own.
_ALIKE = tuple(
    "門戸渡 長永 周州秋 南男難 柳八 井伊居丼 美見実 祢弥称 宇卯鵜 部辺倍 防坊妨 府符付夫 岩磐 国邦 松末待 和輪倭"
    " 木気紀 関堰間 田多 布不 施勢世瀬 阿安亜 武蒲 萩荻 光晃 陽洋揚 島嶋縞 野乃".split()
)


# --- the index --------------------------------------------------------------------------------------------------------


class _Name(NamedTuple):
    """One name without its suffix, as the index keeps it. A tuple, as thousands are made at start-up."""

    code: str
    kind: str
    bare: str
    form: str


# 上関市 is nearer to 上関町 than to 下関市, but not so much that one need not ask.
_WRONG_KIND = 0.6
_BEGINNING = 4  # letters that tell early that no name goes on like this
_NEVER = re.compile("(?!)")


@dataclass(slots=True)
class _Names:
    """The names of one script by their bare key, and what tells quickly that none can begin somewhere."""

    by_key: dict[str, tuple[_Name, ...]] = field(default_factory=dict)
    lengths: dict[str, tuple[int, ...]] = field(default_factory=dict)  # by the first two letters, longest first
    first: re.Pattern[str] = _NEVER
    keys: tuple[str, ...] = ()
    beginnings: frozenset[str] = frozenset()

    def add(self, name: _Name) -> None:
        self.by_key[name.bare] = (*self.by_key.get(name.bare, ()), name)

    def close(self) -> None:
        self.lengths = _lengths(self.by_key)
        self.first = _any_of(self.lengths)
        self.keys = tuple(self.by_key)
        self.beginnings = frozenset(key[:size] for key in self.by_key for size in range(1, _BEGINNING + 1))


def _any_of(beginnings: Iterable[str]) -> re.Pattern[str]:
    """Finds every letter that one of these begins with."""
    every = "".join({beginning[0] for beginning in beginnings})
    return re.compile(f"[{re.escape(every)}]") if every else _NEVER


def _lengths(keys: Iterable[str]) -> dict[str, tuple[int, ...]]:
    lengths: dict[str, set[int]] = {}
    for key in keys:
        lengths.setdefault(key[:2], set()).add(len(key))
    return {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}


@dataclass(frozen=True, slots=True)
class _Scene:
    """One text being read: as given, with kanji folded, with kana folded, in its original case; all of one length."""

    text: str
    folded: str
    sounds: str
    original: str
    local: Collection[str]
    prefectures: tuple[tuple[int, int, str], ...]  # start, end, two-digit code
    kana_runs: tuple[Span, ...]  # hiragana or katakana, two letters or more


@dataclass(frozen=True, slots=True)
class _Find:
    """A name standing in the text, before it is weighed. `fit` tells how well it stands among its neighbours."""

    start: int
    end: int
    names: tuple[_Name, ...]
    script: str
    suffix: bool
    fit: Strength
    plain: bool = False  # an ordinary word, a prefecture or too short to be trusted alone
    stray: bool = False  # a kanji touches it wrongly: it may be a part of a longer name with a slip
    how: How | None = None


@dataclass(frozen=True, slots=True)
class _Heard:
    """A reading that stands in a run of kana: `length` letters of `key`, which begins at `start` of the text."""

    start: int
    key: str
    places: tuple[int, ...]
    length: int
    names: tuple[_Name, ...]
    trusted: bool  # the border before it

    def place(self, letters: int) -> int:
        """Where in the text so many letters of the key end."""
        return self.start + self.places[letters]


_RANK: Mapping[str, int] = {"strong": 0, "weak": 1, "suggest": 2}
_SCORES: Mapping[str, int] = {"exact": 100, "alias": 92, "reading": 96, "fuzzy": 80}


def _known_nothing(_: str) -> bool:
    return False


class NameIndex:
    """All names of all municipalities, ready for looking into texts. Immutable after it is built; safe for threads."""

    def __init__(self, forms: Iterable[NameForm]) -> None:
        rows = tuple(forms)
        self._scripts: dict[str, _Names] = {"kanji": _Names(), "kana": _Names(), "latin": _Names()}
        self._kinds = {row.code: row.key[-1] for row in rows if row.form == "full"}
        self._spelt = {row.code: row.key for row in rows if row.form == "full"}
        self._spelt.update((row.code, row.key) for row in rows if row.form == "spelt")
        self._prefectures = {row.key: row.code for row in rows if row.form == "prefecture"}
        self._prefecture_words = {_short(row): row.code for row in rows if row.form == "prefecture"}
        self._readings: dict[str, str] = {}
        for row in rows:
            if row.form not in ("prefecture", "spelt"):
                self._add(row)
        for names in self._scripts.values():
            names.close()
        self._fronts, self._backs = self._halves()
        self._front_ends = frozenset(front[-1] for front in self._fronts)
        self._back_starts = frozenset(back[0] for back in self._backs)
        written = [row for row in rows if row.form == "prefecture" and row.script == "kanji"]
        self._prefecture_lengths = _lengths(word for row in written for word in (row.key, _short(row)))
        self._prefecture_first = _any_of(self._prefecture_lengths)
        self._near_keys: dict[tuple[str, frozenset[str]], tuple[str, ...]] = {}

    def _add(self, row: NameForm) -> None:
        bare, kind = _split(row, self._kinds[row.code])
        if row.form == "reading" and row.script == "kana":
            self._readings[row.code] = bare
        # A name that is written in kana anyway is found, and judged, as kana.
        if row.script != "kanji" or _KANJI_RUN.search(bare):
            self._scripts[row.script].add(_Name(row.code, kind, bare, row.form))

    def _halves(self) -> tuple[dict[str, list[_Name]], dict[str, list[_Name]]]:
        """Current kanji names by each proper beginning and end, for names written half in kana (山陽おのだ)."""
        fronts: dict[str, list[_Name]] = {}
        backs: dict[str, list[_Name]] = {}
        for names in self._scripts["kanji"].by_key.values():
            for name in names:
                for cut in range(1, len(name.bare)) if name.form == "full" else ():
                    fronts.setdefault(name.bare[:cut], []).append(name)
                    backs.setdefault(name.bare[cut:], []).append(name)
        return fronts, backs

    # --- exact: the name as it is, was, or sounds

    def exact(self, text: str, local: Collection[str], original: str | None = None, taken: Iterable[Span] = ()) -> list[NameHit]:
        """Every place in `text` where a name stands, in order, not overlapping: leftmost, then longest.

        `local` are the codes that the data cover: a name shared with a place elsewhere means the local one. `original`
        is the same text in its original case (same length). Hits that touch a span of `taken` (a medical area such as
        宇部・小野田医療圏, an item) are left out.
        """
        scene = self._scene(text, local, original)
        finds = [*self._in_kanji(scene), *self._in_kana(scene), *self._in_mixed(scene), *self._in_latin(scene)]
        if _BROKEN.search(text):
            finds += self._in_broken(scene)
        return self._settle(scene, finds, tuple(taken))

    def _scene(self, text: str, local: Collection[str], original: str | None) -> _Scene:
        folded = kanji_key(text)
        runs = tuple(found.span() for found in _KANA_RUN.finditer(text) if found.end() - found.start() > 1)
        prefectures = tuple(self._prefectures_in(folded))
        return _Scene(text, folded, fold_kana(text), text if original is None else original, local, prefectures, runs)

    def _prefectures_in(self, text: str) -> Iterator[tuple[int, int, str]]:
        free = 0
        for first in self._prefecture_first.finditer(text):
            start = first.start()
            for length in self._prefecture_lengths.get(text[start : start + 2], ()) if start >= free else ():
                word = text[start : start + length]
                code = self._prefectures.get(word) or self._prefecture_words.get(word)
                if code:
                    free = start + length
                    yield start, free, code
                    break

    def _in_kanji(self, scene: _Scene) -> Iterator[_Find]:
        text, names = scene.folded, self._scripts["kanji"]
        ends = {end for start, end, _ in scene.prefectures if text[start:end] in self._prefectures}
        short = {end: code for _, end, code in scene.prefectures if end not in ends}  # 山口下関市, but not 山口津市
        for first in names.first.finditer(text):
            start = first.start()
            for length in (*names.lengths.get(text[start : start + 2], ()), *names.lengths.get(first[0], ())):
                found = names.by_key.get(text[start : start + length])
                if found:
                    after_place = start in ends or any(name.code[:2] == short.get(start) for name in found)
                    for find in self._stands_as_kanji(scene, start, start + length, found, after_place):
                        ends.update((find.end,) if find.suffix else ())
                        yield find

    def _stands_as_kanji(self, scene: _Scene, start: int, end: int, found: tuple[_Name, ...], after_place: bool) -> Iterator[_Find]:
        text = scene.folded
        kind = text[end : end + 1]
        if kind and kind in KINDS:
            fitting = tuple(name for name in found if name.kind == kind)
            fit = _fit_full(text, start, end + 1, after_place)
            if fitting and fit:
                yield _Find(start, end + 1, fitting, "kanji", True, fit, stray=fit == "suggest" or _lacks_no(fitting))
            return
        if any(begin <= start and end < stop for begin, stop, _ in scene.prefectures):
            return
        plain = end - start == 1 or text[start:end] in _EVERYDAY_KANJI or text[start:end] in self._prefecture_words
        fit = _fit_bare(text, start, end, after_place)
        if fit and not _any_local(found, scene) and (fit == "suggest" or found[0].form == "no" or (end - start == 1 and _BROKEN.match(text, start - 1))):
            return
        # Two kanji that run on into others (最上位, 下関医師会) can only be meant if they are no word.
        if fit == "suggest":
            fit = None if plain else "weak"
        if fit:
            stray = fit == "weak" and bool(_KANJI_RUN.match(text, end))
            yield _Find(start, end, found, "kanji", False, fit, plain, stray)

    def _in_broken(self, scene: _Scene) -> Iterator[_Find]:
        """Names with a blank in the middle (周防 大島町, しも のせき): to be announced."""
        places = [place for place in range(len(scene.text)) if not _BROKEN.match(scene.text, place)]
        joined = self._scene("".join(scene.text[place] for place in places), scene.local, None)
        for find in (*self._in_kanji(joined), *self._in_kana(joined)):
            start, end = places[find.start], places[find.end - 1] + 1
            blank = scene.text.find(" ", start, end)
            enough = find.suffix or find.script == "kana" or find.end - find.start > 3
            if start < blank < end - 1 and enough and find.fit == "strong":
                yield replace(find, start=start, end=end, how="fuzzy")

    def _in_kana(self, scene: _Scene) -> Iterator[_Find]:
        names, sounds = self._scripts["kana"], scene.sounds
        ends: set[int] = set()
        for begin, stop in scene.kana_runs:
            for start, trusted in _kana_starts(scene.text, begin, stop):
                # The second letter tells that no name begins here, unless it may be a long vowel.
                if sounds[start : start + 2] in names.beginnings or sounds[start + 1 : start + 2] in ("う", "お", "ー"):
                    find = self._kana_at(scene, start, min(stop, start + _LONGEST), trusted or bool({start, start - 1} & ends))
                    if find:
                        ends.add(find.end)
                        yield find

    def _kana_at(self, scene: _Scene, start: int, stop: int, trusted: bool) -> _Find | None:
        key, places = shorten_with_places(scene.sounds[start:stop])
        names = self._scripts["kana"]
        for length in (*names.lengths.get(key[:2], ()), *(names.lengths.get(key[:1], ()) if len(key) > 1 else ())):
            found = names.by_key.get(key[:length]) if length <= len(key) else None
            if found:
                find = self._stands_as_kana(scene, _Heard(start, key, places, length, found, trusted))
                if find:
                    return find
        return None

    def _stands_as_kana(self, scene: _Scene, heard: _Heard) -> _Find | None:
        whole = heard.length == len(heard.key)
        if whole and scene.folded[heard.place(heard.length) :][:1] in _KIND_LETTERS:
            return _kana_and_kind(scene, heard)
        if heard.length < 2:
            return None
        return _kana_and_suffix(scene, heard) or _kana_alone(scene, heard, self._prefecture_words)

    def _in_mixed(self, scene: _Scene) -> Iterator[_Find]:
        """Names half in kanji and half in kana: 山陽おのだ市, すおう大島町."""
        for start, end in scene.kana_runs:
            before, after = scene.folded[start - 1 : start], scene.folded[end : end + 1]
            key = shorten(scene.sounds[start:end]) if before in self._front_ends or after in self._back_starts else ""
            for size in range(1, min(4, start) + 1) if key and before in self._front_ends else ():
                for name in self._fronts.get(scene.folded[start - size : start], ()):
                    if self._readings[name.code][-2:] in key:
                        yield from self._kanji_then_kana(scene, (start, end), name, size)
            for size in range(1, 5) if key and after in self._back_starts else ():
                for name in self._backs.get(scene.folded[end : end + size], ()):
                    if self._readings[name.code][:2] in key:
                        yield from self._kana_then_kanji(scene, (start, end), name, size)

    def _kanji_then_kana(self, scene: _Scene, run: Span, name: _Name, size: int) -> Iterator[_Find]:
        for length in self._spelt_out(name, size, scene.folded[slice(*run)]):
            yield from self._stands_as_mixed(scene, run[0] - size, run[0] + length, name, length)

    def _kana_then_kanji(self, scene: _Scene, run: Span, name: _Name, size: int) -> Iterator[_Find]:
        reading = self._readings[name.code]
        for begin, trusted in _kana_starts(scene.text, *run):
            key = shorten(scene.sounds[begin : run[1]])
            missing = len(name.bare) - size
            if trusted and reading.startswith(key) and max(missing, 2) <= len(key) < len(reading):
                yield from self._stands_as_mixed(scene, begin, run[1] + size, name, len(key))

    def _spelt_out(self, name: _Name, size: int, kana: str) -> Iterator[int]:
        """How many letters of `kana` spell what follows the first `size` kanji of a name; mostly none do.

        The two halves are joined before they are compared: a long vowel may run across (さんよう・おのだ).
        """
        reading, missing = self._readings[name.code], len(name.bare) - size
        for length in range(missing, min(len(kana), 2 * len(reading)) + 1):
            if reading.endswith(kana_key(kana[:length])[-1:]) and any(kana_key(reading[:cut] + kana[:length]) == reading for cut in range(size, len(reading))):
                yield length

    def _stands_as_mixed(self, scene: _Scene, start: int, end: int, name: _Name, heard: int) -> Iterator[_Find]:
        """With its suffix anywhere; without (見つけ, 山陽おのだ) only of ours, and then weak."""
        full = scene.folded.startswith(name.kind, end)
        fit = (_fit_full if full else _fit_bare)(scene.folded, start, end + full, False)
        if fit and (full or (heard > 1 and name.code in scene.local)):
            yield _Find(start, end + full, (name,), "kana", full, fit, plain=not full)

    def _in_latin(self, scene: _Scene) -> Iterator[_Find]:
        words = [found.span() for found in _WORD.finditer(scene.text)]
        names = self._scripts["latin"]
        for first, (start, _) in enumerate(words):
            for last in range(first, min(first + 4, len(words))):
                if last > first and scene.text[words[last - 1][1] : words[last][0]] not in _JOINTS:
                    break
                key = _latin_key(scene.text[start : words[last][1]])
                found, kinds = names.by_key.get(key, ()), ""
                if not found:
                    found, kinds = _inflected(names.by_key, key)
                if found:
                    phrase = _Phrase(scene, words, first, last)
                    find = _stands_as_latin(phrase, found, kinds, self._prefecture_words)
                    yield from (find,) if find else ()
                # The last letter may still melt into the next word's first (suo + oshima).
                if key[:-1][:_BEGINNING] not in names.beginnings and len(key) > 1:
                    break

    # --- from finds to hits

    def _settle(self, scene: _Scene, finds: list[_Find], taken: tuple[Span, ...]) -> list[NameHit]:
        hits: list[NameHit] = []
        said = list(taken)  # and the prefectures that were said along with a name
        for find in sorted(finds, key=lambda find: (find.start, -find.end, _RANK[find.fit], find.script)):
            hit, prefecture = self._hit(scene, find)
            hit = self._whole(scene, find, hit) if find.stray else hit
            said += [prefecture] if prefecture else []
            clash = next((other for other in hits if _overlap(other.span, hit.span)), None)
            if clash is None:
                hits.append(hit)
            elif clash.span[1] < hit.span[1] and set(hit.codes) - set(clash.codes):
                hits[hits.index(clash)] = _doubtful(clash, hit)
        return _in_company(scene, [hit for hit in hits if not any(_overlap(span, hit.span) for span in said)])

    def _whole(self, scene: _Scene, find: _Find, hit: NameHit) -> NameHit:
        """For a name that seems to be a part (山陽小山野田市): the one that the whole is a slip from, if it is ours."""
        near = self._nearest(scene, _whole_run(scene, find))
        if near is None or not {*near.codes} & {*hit.codes, *scene.local}:
            return hit
        others = tuple(code for code in hit.codes if code not in near.codes) if _lacks_no(find.names) else ()
        return replace(near, rivals=tuple(dict.fromkeys(others + near.rivals)))

    def _hit(self, scene: _Scene, find: _Find) -> tuple[NameHit, Span | None]:
        """The hit that a find makes, and where the prefecture that decided it stands."""
        surface = scene.original[find.start : find.end]
        span, prefecture = self._prefecture_beside(scene, find)
        names, clear = _meant(self._as_spelt(find.names, surface), scene.local, prefecture)
        how = find.how or _how(find.script, names, surface, self._spelt)
        strength = "strong" if span and span[1] == find.start and clear else find.fit
        if find.plain and strength == "strong" and not (prefecture and clear):
            strength = "strong" if self._is_all(scene, find) and _any_local(names, scene) else "weak"
        if not clear and find.plain:
            strength = "weak"
        elif not clear or strength == "suggest":
            how = "fuzzy"
        if how == "fuzzy":
            strength = "suggest"
        return NameHit(
            span=(find.start, find.end),
            surface=surface,
            codes=_codes(names),
            how=how,
            strength=strength,
            score=_SCORES[how] - (0 if find.suffix else 4) - (25 if strength == "weak" else 0) - (0 if clear else 40),
        ), span if clear else None

    def _is_all(self, scene: _Scene, find: _Find) -> bool:
        """Whether the name is the whole message: then 光 is a name, while 山口 stays between city and prefecture."""
        rest = scene.text[: find.start] + scene.text[find.end :]
        return not re.search(r"\w", rest) and not any(name.bare in self._prefecture_words for name in find.names)

    def _as_spelt(self, names: tuple[_Name, ...], surface: str) -> tuple[_Name, ...]:
        """鹿嶋市 and 鹿島市 fold to one key; the official spelling, if it was used, decides."""
        if len(names) == 1:
            return names
        full = [name for name in names if name.form == "full"]
        exact = [name for name in full if self._spelt[name.code].startswith(surface)]
        if not exact or len(full) < 2:
            return names
        return tuple(name for name in names if name.form != "full" or name in exact)

    def _prefecture_beside(self, scene: _Scene, find: _Find) -> tuple[Span | None, str]:
        """Where the prefecture of a name is said (山口県下関市, 山口の下関市, 府中市(東京都)), and its code."""
        for start, end, code in scene.prefectures:
            gap = scene.folded[end : find.start] if end <= find.start < end + 6 else "?"
            whole = scene.folded[start:end] in self._prefectures
            inside = any(name.code[:2] == code for name in find.names)
            if _IN_IT.fullmatch(gap) and (whole or (inside and (gap[:1] == "の" or (not gap and find.suffix)))):
                return (start, end), code
            if find.end < start and scene.folded[find.end : start] in ("(", " (") and scene.folded[end : end + 1] == ")":
                return (start, end), code
        return self._latin_prefecture_after(scene, find)

    def _latin_prefecture_after(self, scene: _Scene, find: _Find) -> tuple[Span | None, str]:
        """Fuchu, Tokyo. Only where it decides: "Hagi, Yamaguchi" may as well be a list."""
        if find.script == "latin" and len({name.code[:2] for name in find.names}) > 1:
            after = _IN_PREFECTURE.match(scene.text, find.end)
            code = self._prefecture_words.get(_latin_key(after[1]), "") if after else ""
            if after and code:
                return after.span(1), code
        return None, ""

    # --- fuzzy: one slip away

    def fuzzy(
        self,
        text: str,
        taken: Iterable[Span],
        local: Collection[str],
        known: Callable[[str], bool] = _known_nothing,
        original: str | None = None,
    ) -> list[NameHit]:
        """Places outside `taken` that are one slip away from a name (two from 8 letters). All are "suggest".

        `known` tells of a word of the text (lower case) whether it belongs to the vocabulary: such a word is no slip.
        The nearest code stands in `codes`; `rivals` are those as near, wherever they are, nearest and local ones first.
        Two kanji without 市, 町 or 村 are one slip away from many words: there only kanji that are alike count.
        """
        scene = self._scene(text, local, original)
        whole = tuple((start, end) for start, end, _ in scene.prefectures if scene.folded[start:end] in self._prefectures)
        free = _Free(scene.text, (*taken, *whole))
        kanji = self._scripts["kanji"].by_key
        windows = [*_kanji_windows(scene, free, kanji), *_kana_windows(scene, free), *_latin_windows(scene, free)]
        hits: list[NameHit] = []
        for window in windows:
            if not known(window.surface) and not known(window.bare):
                hit = self._nearest(scene, window)
                if hit and not any(_overlap(hit.span, other.span) for other in hits):
                    hits.append(hit)
        return sorted(hits, key=lambda hit: hit.span)

    def _nearest(self, scene: _Scene, window: _Window) -> NameHit | None:
        near = self._near(scene, window)
        if not near:
            return None
        order = sorted(near.items(), key=lambda item: (item[1], item[0] not in scene.local, -self._likeness(item[0], window)))
        (code, distance), *others = order
        if code not in scene.local and window.script != "kanji" and len(window.key) < 4:
            return None
        surface = scene.original[window.start : window.end]
        size = max(len(window.key), 1) + bool(window.kinds)
        return NameHit(
            span=(window.start, window.end),
            surface=surface,
            codes=(code,),
            how="fuzzy",
            strength="suggest",
            score=round(100 * max(0.0, 1 - distance / size)),
            rivals=tuple(other for other, far in others if far - distance <= _margin(scene, code, other))[:9],
        )

    def _near(self, scene: _Scene, window: _Window) -> dict[str, float]:
        """Codes within reach of a window, with their distance: letters, plus one for a wrong suffix."""
        names = self._scripts[window.script].by_key
        same = (name for name in names.get(window.key, ()) if name.form != "no")
        if any(not window.kinds or name.kind in window.kinds for name in same):
            return {}  # the name itself, which did not stand as one: no slip either
        reach = 2 if len(window.key) >= 8 else 1
        ours = self._keys_of(window.script, scene.local)
        if not window.anywhere and not _slips(window.key, ours, reach):
            return {}
        slips = _slips(window.key, self._scripts[window.script].keys, reach)
        # One of ours that is a letter further away than a place elsewhere may still be what was meant.
        slips += _slips(window.key, ours, reach + 1) if len(window.key) > 4 else []
        near: dict[str, float] = {}
        for key, letters in slips:
            for name in names[key]:
                distance = self._distance(window, name, letters, name.code in scene.local)
                limit = reach + (len(window.key) > 4 and name.code in scene.local and bool(near))
                if distance is not None and distance <= limit and distance < near.get(name.code, 9):
                    near[name.code] = distance
        prefecture = self._prefecture_before(scene, window.start)
        inside = {code: distance for code, distance in near.items() if code[:2] == prefecture}
        return inside or (near if window.anywhere or set(near) & set(scene.local) else {})

    def _keys_of(self, script: str, local: Collection[str]) -> tuple[str, ...]:
        """The keys of our own names; made once for each set of codes."""
        codes = frozenset(local)
        if (script, codes) not in self._near_keys:
            names = self._scripts[script].by_key.items()
            self._near_keys[script, codes] = tuple(key for key, found in names if any(name.code in codes for name in found))
        return self._near_keys[script, codes]

    def _distance(self, window: _Window, name: _Name, letters: int, ours: bool) -> float | None:
        wrong_kind = bool(window.kinds) and name.kind not in window.kinds
        distance = letters - _half_slips(window.key, name.bare) + _WRONG_KIND * wrong_kind
        if window.script == "kanji" and distance >= _WRONG_KIND and not _plausible(window, name, ours):
            return None
        if len(window.key) < window.least or len(name.bare) < window.least - 1:
            return None
        if name.form == "no" or (name.form == "former" and len(name.bare) < (3 if window.script == "kanji" else 6)):
            return None
        return distance

    def _likeness(self, code: str, window: _Window) -> float:
        if window.script == "kanji":
            return JaroWinkler.similarity(window.key, self._spelt[code][:-1])
        reading = self._readings.get(code, "")
        return JaroWinkler.similarity(window.key, reading if window.script == "kana" else _latin_key(hepburn(reading)))

    def _prefecture_before(self, scene: _Scene, start: int) -> str:
        near = (code for _, end, code in scene.prefectures if end <= start and _IN_IT.fullmatch(scene.folded[end:start]))
        return next(near, "")


# --- how a find stands among its neighbours ---------------------------------------------------------------------------


def _fit_full(text: str, start: int, end: int, after_place: bool) -> Strength | None:
    """A name with its suffix: doubtful where a kanji touches it wrongly (国上関町, 光市場). None: no name at all."""
    one = end - start == 2
    if one and _PERSON.match(text, end):
        return None  # 東村さん, 森町さん
    stray = not after_place and _touches(text, start, _ENDS_BEFORE_ONE if one else _ENDS_BEFORE)
    if stray and one:
        return None  # 観光市; and 上関市 is nearer to 下関市 than to 関市
    if text[end - 1] == "区" and text[:start].endswith("市"):
        return None  # a ward of a designated city: 大阪市北区
    after = text[end : end + 1]
    if (after and after in _NOT_A_SUFFIX[text[end - 1]]) or _STATION.match(text, end):
        return None if one else "suggest"
    return "suggest" if stray else "strong"


def _fit_bare(text: str, start: int, end: int, after_place: bool) -> Strength | None:
    """A name in kanji without its suffix. None where it is a person, a thing or part of a longer word."""
    one = end - start == 1
    if not after_place and _touches(text, start, _ENDS_BEFORE_ONE if one else _ENDS_BEFORE):
        return None
    if text[end - 1 : end + 1] in _COMPOUNDS or _PERSON_OR_THING.match(text, end) or _PLACE_OF_ITS_OWN.match(text, end):
        return None
    if one and start and "ぁ" <= text[start - 1] <= "ー" and text[start - 1] not in "のはがをにへでともやか":
        return None
    if _ends_well(text, end) or _ITEM_LETTER.match(text, end):
        return "strong"
    return None if one else "weak" if end - start > 2 or not _KANJI_RUN.match(text, end) else "suggest"


def _kana_and_kind(scene: _Scene, heard: _Heard) -> _Find | None:
    """うべ市."""
    end = heard.place(heard.length) + 1
    fitting = tuple(name for name in heard.names if name.kind == scene.folded[end - 1])
    fit = _fit_full(scene.folded, heard.start, end, False)
    if fit and not heard.trusted:
        fit = "suggest" if heard.length > 2 and _any_local(fitting, scene) else None
    return _Find(heard.start, end, fitting, "kana", True, fit, stray=not heard.trusted) if fitting and fit else None


def _kana_and_suffix(scene: _Scene, heard: _Heard) -> _Find | None:
    """うべし, ひらおまち. The suffix may be a part of a word (かいし): short names elsewhere are left alone."""
    for suffix, kind in _KANA_SUFFIXES:
        fitting = tuple(name for name in heard.names if name.kind == kind)
        if fitting and heard.key.startswith(suffix, heard.length):
            letters = heard.length + len(suffix)
            fit = _fit_kana(scene, heard.start, heard.place(letters), heard.trusted)
            near, everyday = _any_local(fitting, scene), heard.key[:letters] in _EVERYDAY_KANA_KEYS
            if fit and (near or (heard.trusted and not everyday)):
                plain = everyday or (not near and heard.length < 3)
                return _Find(heard.start, heard.place(letters), fitting, "kana", True, fit, plain, not heard.trusted)
    return None


def _kana_alone(scene: _Scene, heard: _Heard, prefectures: Collection[str]) -> _Find | None:
    """うべ, イワクニ. The fewer letters, the clearer must be what follows."""
    word, end = heard.key[: heard.length], heard.place(heard.length)
    fit = _fit_kana(scene, heard.start, end, heard.trusted)
    run = _KANA_RUN.match(scene.text, end)
    closed = bool(_PARTICLES_ONLY.fullmatch(run[0] if run else ""))
    near, letters, everyday = _any_local(heard.names, scene), end - heard.start, word in _EVERYDAY_KANA_KEYS
    # Readings elsewhere and old ones are too many to be taken from a few letters (オーダー is not おおだ).
    if not near or all(name.form == "former" for name in heard.names):
        fit = fit if heard.length > 3 and closed and not everyday else None
    if scene.text[heard.start : end] in _GRAMMAR:
        return None
    least = 2 if closed else 3 if run and run[0][0] in _PARTICLE_AFTER else 4
    if not fit or letters < max(least, 2 if heard.trusted else 4):
        return None
    plain = not near or everyday or word in prefectures or letters < (3 if closed else 4)
    return _Find(heard.start, end, heard.names, "kana", False, fit, plain, not heard.trusted)


def _fit_kana(scene: _Scene, start: int, end: int, trusted: bool) -> Strength | None:
    """A reading in kana: the whole katakana run, or hiragana between borders that a reader would see."""
    text, katakana = scene.folded, "ァ" <= scene.folded[start] <= "ヺ"
    if _touches(text, start, _ENDS_BEFORE) or _PERSON_OR_THING.match(text, end):
        return None
    if katakana and "ァ" <= text[end : end + 1] <= "ー":
        return None
    if _ends_well(text, end):
        return "strong" if trusted else "suggest"
    return "weak" if katakana and not _KANJI_RUN.match(text, end) else None


def _ends_well(text: str, end: int) -> bool:
    """Whether a name may end here: before no letter, a particle, or a word that follows names."""
    return not _GOES_ON.match(text, end) or bool(_PARTICLE.match(text, end) or _FOLLOWS_A_NAME.match(text, end))


def _touches(text: str, start: int, ends: re.Pattern[str]) -> bool:
    """Whether a kanji that does not end a word of its own stands right before."""
    return start > 0 and bool(_KANJI_RUN.match(text, start - 1)) and not ends.search(text[:start])


_PARTICLE_BEFORE = "のはとやもをがにで"
_PARTICLE_AFTER = frozenset("のはがをにへでとも")
_WORD_END = re.compile(f"[{_HAN}ァ-ヺーa-z0-9)\\]」』]")
_PARTICLES_ONLY = re.compile("(?:[のはがをにへでともやかだなねよ]|から|まで|より|って|だけ|のみ|など|なら|です|とか|しか|ほど){0,3}")


def _kana_starts(text: str, begin: int, stop: int) -> list[tuple[int, bool]]:
    """Where in a run of kana a name may begin, and whether the border before it can be trusted.

    A particle is one if a word stands before it; after a word in kana and a blank (しも のせき) nothing is sure.
    """
    starts = [(begin, not (text[begin - 1 : begin] == " " and _KANA_RUN.match(text, begin - 2)) if begin > 1 else True)]
    if text[begin] <= "ゖ":
        attached = begin > 0 and bool(_WORD_END.match(text, begin - 1))
        starts += [(n, n == begin + 1 and attached) for n in range(begin + 1, stop) if text[n - 1] in _PARTICLE_BEFORE]
    return starts


# --- Latin letters ----------------------------------------------------------------------------------------------------

_JOINTS = frozenset((" ", "-", "'", "\u2019", "\u2010", "\u2011", "\u02bc", "- "))
_TIGHT = _JOINTS - {" "}
_latin_key = lru_cache(maxsize=4096)(romaji_key)


def _inflected(names: Mapping[str, tuple[_Name, ...]], key: str) -> tuple[tuple[_Name, ...], str]:
    """The names of a key that ends in a suffix (hohusi), and the kind that the suffix says."""
    for suffix, kind in _LATIN_SUFFIXES if key[-2:] in _LATIN_ENDS else ():
        found = key.endswith(suffix) and names.get(key[: -len(suffix)])
        fitting = tuple(name for name in found or () if name.kind == kind)
        if fitting:
            return fitting, kind
    return (), ""


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Some neighbouring words in Latin letters, among all such words of a text."""

    scene: _Scene
    words: Sequence[Span]
    first: int
    last: int

    @property
    def start(self) -> int:
        return self.words[self.first][0]

    @property
    def end(self) -> int:
        return self.words[self.last][1]

    @property
    def text(self) -> str:
        return self.scene.text[self.start : self.end]

    @property
    def key(self) -> str:
        return _latin_key(self.text)

    def word(self, number: int) -> str:
        return self.scene.text[slice(*self.words[number])] if 0 <= number < len(self.words) else ""

    def gap(self, number: int) -> str:
        """What stands between the words `number` and `number` + 1; "?" if there are none."""
        both = number >= 0 and number + 1 < len(self.words)
        return self.scene.text[self.words[number][1] : self.words[number + 1][0]] if both else "?"

    @property
    def capitals(self) -> bool:
        return all(self.scene.original[start].isupper() for start, _ in self.words[self.first : self.last + 1])

    @property
    def shown(self) -> bool:
        """Whether a capital tells a name: not where English writes one anyway."""
        return self.capitals and not _opens(self.scene, self.start)

    @property
    def is_other(self) -> bool:
        """Mr. Hagi, Hagi-san, Yamaguchi Prefecture, Ube Station."""
        follows = self.word(self.last + 1) in _NOT_BEFORE and self.gap(self.last) in _JOINTS
        return follows or self.word(self.first - 1) in _NOT_AFTER

    @property
    def is_part(self) -> bool:
        """A part of something joined (tabuse-chuo); Ube's is none."""
        after = self.gap(self.last) in _TIGHT and self.word(self.last + 1) != "s"
        return after or self.gap(self.first - 1) in _TIGHT

    def suffix(self) -> tuple[str, int]:
        """The kinds that City, -shi, 市 or "city of" beside it allow, "" if none, and where the name then ends."""
        kind = self.scene.text[self.end : self.end + 1]
        if kind and kind in KINDS:
            return kind, self.end + 1
        after = self.word(self.last + 1)
        if after in _SUFFIX_WORDS and self.gap(self.last) in _JOINTS:
            return _SUFFIX_WORDS[after], self.words[self.last + 1][1]
        before = self.word(self.first - 2)
        if self.word(self.first - 1) == "of" and before in ("city", "town", "village"):
            return _SUFFIX_WORDS[before], self.end
        return "", self.end

    def may_join(self, near: bool, full: bool) -> bool:
        """Words with blanks between them are one name if each is capitalised, or if chance is out of the question."""
        inside = range(self.first, self.last)
        if inside and any(self.word(number) in _FUNCTION_WORDS for number in (*inside, self.last)):
            return False
        if all(self.gap(number) != " " for number in inside) or self.capitals:
            return True
        return (near or full) and len(self.key) >= (5 if near and full else 7)


def _stands_as_latin(phrase: _Phrase, found: tuple[_Name, ...], kinds: str, prefectures: Collection[str]) -> _Find | None:
    said, end = (kinds, phrase.end) if kinds else phrase.suffix()
    if said:
        names = tuple(name for name in found if name.kind in said)
    else:
        names = tuple(name for name in found if name.form != "former" or len(phrase.key) > 4)
    near = _any_local(names, phrase.scene)
    if not names or phrase.is_other or not phrase.may_join(near, bool(said)):
        return None
    fit: Strength = "suggest" if phrase.is_part and not (said and end > phrase.end) else "strong"
    plain = len(phrase.key) < 3 and not near if said else _plain_latin(phrase, near, prefectures)
    return None if plain is None else _Find(phrase.start, end, names, "latin", bool(said), fit, plain)


def _plain_latin(phrase: _Phrase, near: bool, prefectures: Collection[str]) -> bool | None:
    """Whether a name without suffix may be something else (mine, yamaguchi); None if it is not worth a thought."""
    letters, everyday = len(phrase.key), phrase.text in _EVERYDAY_LATIN
    if near:
        return letters < 3 or (everyday and not phrase.shown) or phrase.key in prefectures
    if letters < (4 if phrase.capitals else 5) or everyday:
        return None
    return letters < 5 or not phrase.capitals or phrase.key in prefectures


def _opens(scene: _Scene, start: int) -> bool:
    """Whether a word stands where English writes a capital anyway, or all is in capitals."""
    return not re.search(r"\w[^.?!]*$", scene.text[:start]) or scene.original.isupper()


# --- windows for fuzzy ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of text that may be a name with a slip. `kinds` are what its suffix allows, "" if it has none."""

    start: int
    end: int
    script: str
    surface: str
    bare: str
    key: str
    kinds: str
    least: int  # letters that a name and the window must have
    anywhere: bool  # worth a guess even if no name of ours is near


@dataclass(frozen=True, slots=True)
class _Free:
    """The parts of a text that nothing has taken yet."""

    text: str
    taken: tuple[Span, ...]

    def __contains__(self, span: Span) -> bool:
        return not any(_overlap(span, other) for other in self.taken)


def _whole_run(scene: _Scene, find: _Find) -> _Window:
    """All that a doubtful name stands in: the run of kanji up to 市, 町, 村 or 区, or the run of kana up to its end."""
    text = scene.folded
    if find.script == "kana":
        start = next(begin for begin, stop in scene.kana_runs if begin <= find.start < stop)
        said = {name.kind for name in find.names} if find.suffix else set()
        key = shorten(scene.sounds[start : find.end])
        suffixes = [suffix for suffix, kind in (*_KANA_SUFFIXES, *zip(KINDS, KINDS, strict=True)) if kind in said]
        bare = next((key.removesuffix(suffix) for suffix in suffixes if key.endswith(suffix)), key)
        return _Window(start, find.end, "kana", text[start : find.end], key, bare, "".join(said), 3, True)
    start = find.start
    while start > 0 and _KANJI_RUN.match(text, start - 1):
        start -= 1
    start = _after_own_words(scene, start, find.start + 2)
    run = _KANJI_RUN.match(text, find.end)
    ended = None if find.suffix or not run else _KIND.search(text, find.end, run.end())
    end = ended.end() if ended else find.end if find.suffix or not run else run.end()
    kind = text[end - 1] if text[end - 1] in KINDS else ""
    bare = text[start : end - len(kind)]
    return _Window(start, end, "kanji", text[start:end], bare, bare, kind, 1, True)


def _kanji_windows(scene: _Scene, free: _Free, names: Collection[str]) -> Iterator[_Window]:
    text = scene.folded
    for run in _KANJI_RUN.finditer(text):
        start = _after_own_words(scene, *run.span())
        ended = _KIND.search(text, start + 1, run.end())
        end = ended.end() if ended else run.end()
        bare = text[start : end - bool(ended)]
        if not 0 < len(bare) <= 7 or not _ends_well(text, end) or bare in _NOT_NAMES or bare[-1] in KINDS:
            continue
        if (start, end) in free and (ended or len(bare) > 1) and not _names_a_thing(bare, names):
            yield _Window(start, end, "kanji", text[start:end], bare, bare, ended[0] if ended else "", 1, bool(ended))


def _names_a_thing(run: str, names: Collection[str]) -> bool:
    """宇部駅, 山口県, 防府課長: a name and what makes it another thing."""
    return any(run[:cut] in names and _PERSON_OR_THING.match(run, cut) for cut in range(1, len(run)))


def _after_own_words(scene: _Scene, start: int, end: int) -> int:
    """Where in a run of kanji a name may begin: after a prefecture, a 郡, a date."""
    beside = [stop for begin, stop, _ in scene.prefectures if begin >= start and stop < end and scene.folded[stop - 1] in "県府都道"]
    found = _OWN_WORD.match(scene.folded, start, max(start, end - 2))
    return max([start, *beside, *([found.end()] if found else [])])


def _kana_windows(scene: _Scene, free: _Free) -> Iterator[_Window]:
    for begin, stop in scene.kana_runs:
        for start, trusted in _kana_starts(scene.text, begin, stop):
            if trusted and not _touches(scene.text, start, _ENDS_BEFORE) and not _GRAMMAR_BEGINS.match(scene.text, start):
                yield from _kana_windows_from(scene, free, start, stop)


def _kana_windows_from(scene: _Scene, free: _Free, start: int, stop: int) -> Iterator[_Window]:
    text = scene.text
    katakana = "ァ" <= text[start] <= "ヺ"
    for end in (stop,) if katakana else range(stop, start + 2, -1):
        kind = text[end : end + 1] if end == stop and text[end : end + 1] in KINDS else ""
        closed = kind or (not _KANJI_RUN.match(text, end) if end == stop else _PARTICLE.match(text, end))
        if not closed or end - start < (3 if kind else 4) or end - start > _LONGEST or (start, end) not in free:
            continue
        bare, key = text[start:end], kana_key(text[start:end])
        yield _Window(start, end + len(kind), "kana", bare + kind, bare, key, kind, 2 if kind else 4, bool(kind))
        for suffix, said in () if kind else _KANA_SUFFIXES:
            if key.endswith(suffix):
                yield _Window(start, end, "kana", bare, bare, key[: -len(suffix)], said, 4, False)


def _latin_windows(scene: _Scene, free: _Free) -> Iterator[_Window]:
    words = [found.span() for found in _WORD.finditer(scene.text)]
    for first in range(len(words)):
        for last in range(min(first + 3, len(words)) - 1, first - 1, -1):
            window = _latin_window(_Phrase(scene, words, first, last))
            if window and (window.start, window.end) in free:
                yield window


def _latin_window(phrase: _Phrase) -> _Window | None:
    gaps = {phrase.gap(number) for number in range(phrase.first, phrase.last)}
    if not gaps <= _JOINTS or (" " in gaps and not phrase.capitals) or phrase.word(phrase.last) in _SUFFIX_WORDS:
        return None
    word, key, (kinds, end) = phrase.text, phrase.key, phrase.suffix()
    if word in _EVERYDAY_LATIN or word in _NEAR_ENGLISH or phrase.is_other or len(key) < (3 if kinds else 4):
        return None
    shown = phrase.shown
    least = 3 if kinds else 6 if " " in gaps else 4 if shown else 5
    return _Window(phrase.start, end, "latin", word, word, key, kinds, least, bool(kinds) or (shown and len(key) > 4))


# --- small things -----------------------------------------------------------------------------------------------------


def _split(row: NameForm, kind: str) -> tuple[str, str]:
    """The bare key and the kind of a form. A current name has its municipality's kind, an old one what it ends in."""
    if row.script == "kanji":
        return row.key[:-1], row.key[-1]
    suffixes = _KANA_SUFFIXES if row.script == "kana" else _LATIN_SUFFIXES
    for suffix, said in suffixes:
        if row.key.endswith(suffix) and (row.form == "former" or said == kind):
            return row.key[: -len(suffix)], said
    return row.key, kind


def _short(row: NameForm) -> str:
    """A prefecture without 県, 府, 都 in the row's script; 北海道 stays whole."""
    ends = {"kanji": "県府都", "kana": ("けん", "ふ", "と"), "latin": ("ken", "hu", "to")}[row.script]
    if row.code == "01":
        return row.key
    return next((row.key[: -len(end)] for end in ends if row.key.endswith(end)), row.key)


def _margin(scene: _Scene, best: str, other: str) -> float:
    """How much further away another place may be and still be a rival; one elsewhere must be much nearer than ours."""
    if other not in scene.local:
        return 0.3
    return 0.4 if best in scene.local else 1.0


def _plausible(window: _Window, name: _Name, ours: bool) -> bool:
    """A kanji name that lost or changed a letter is still known by the rest: by two of three, or one and its suffix."""
    if min(len(window.key), len(name.bare)) < 2:
        return ours and window.key == name.bare  # 光町
    return bool(window.kinds) or len(name.bare) > 2 or (window.anywhere and len(window.key) > 2)


def _slips(key: str, names: Collection[str], reach: int) -> list[tuple[str, int]]:
    """The names within `reach` letters of a key, with their distance (OSA: two swapped letters are one slip)."""
    found = process.extract(key, names, scorer=OSA.distance, score_cutoff=reach, limit=None)
    return [(name, int(letters)) for name, letters, _ in found]


def _meant(names: tuple[_Name, ...], local: Collection[str], prefecture: str) -> tuple[tuple[_Name, ...], bool]:
    """Which of several names of one spelling are meant, and whether that is clear.

    In the prefecture that is named with it, else in the data, else anywhere; a present name before an old one. Not
    clear is a prefecture without such a place, and an old name of ours that is a present one elsewhere (大島町).
    """
    if len(names) == 1:
        return names, prefecture in ("", names[0].code[:2])
    clear = True
    if prefecture:
        inside = tuple(name for name in names if name.code[:2] == prefecture)
        names, clear = inside or names, bool(inside)
    current = tuple(name for name in names if name.form != "former")
    ours = tuple(name for name in names if name.code in local)
    current_ours = tuple(name for name in current if name.code in local)
    if current_ours:
        return current_ours, clear
    if ours and current:
        return ours + current, False
    return ours or current or names, clear


def _codes(names: Iterable[_Name]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.code for name in names))


def _how(script: str, names: tuple[_Name, ...], surface: str, spelt: Mapping[str, str]) -> How:
    forms = {name.form for name in names}
    if forms == {"no"}:
        return "fuzzy"
    if forms == {"former"}:
        return "alias"
    official = script == "kanji" or any(surface in (spelt[name.code], spelt[name.code][:-1]) for name in names)
    return "exact" if official else "reading"


def _lacks_no(names: tuple[_Name, ...]) -> bool:
    """上国町 for 上ノ国町: a form with the の left out is as far from the name as a slip is from another."""
    return names[0].form == "no" and "の" not in names[0].bare


def _any_local(names: Iterable[_Name], scene: _Scene) -> bool:
    return any(name.code in scene.local for name in names)


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _in_company(scene: _Scene, hits: list[NameHit]) -> list[NameHit]:
    """A weak name of ours that is listed with a strong one (岩国と光, Iwakuni and Hagi) is as strong, and so on."""
    forth = [(here, here - 1) for here in range(1, len(hits))]
    for here, other in (*forth, *((b, a) for a, b in reversed(forth))):
        hit = hits[here]
        if hit.strength == "weak" and hits[other].strength == "strong" and _listed(scene, hit, hits[other]):
            hits[here] = replace(hit, strength="strong", score=hit.score + 25)
    return hits


def _listed(scene: _Scene, hit: NameHit, other: NameHit) -> bool:
    between = scene.text[min(hit.span[1], other.span[1]) : max(hit.span[0], other.span[0])]
    ours = any(code in scene.local for code in hit.codes) and hit.surface not in _EVERYDAY_LATIN
    return ours and bool(_LISTED.fullmatch(between))


def _doubtful(hit: NameHit, other: NameHit) -> NameHit:
    """Two names share letters (下松本市): neither is sure."""
    rivals = tuple(code for code in other.codes if code not in hit.codes)
    return replace(hit, how="fuzzy", strength="suggest", score=min(hit.score, 50), rivals=hit.rivals + rivals)


def _half_slips(one: str, other: str) -> float:
    """Half a slip back for each kanji that is written for another by ear or eye."""
    if len(one) != len(other):
        return 0.0
    return 0.5 * sum(a != b and any(a in group and b in group for group in _ALIKE) for a, b in zip(one, other, strict=True))
