"""The same question said differently. Each function takes a question and returns its other wordings, none if it has none.

Pure: the same text always gives the same wordings, and none of them is the text itself. Nothing of the code that is tested is
used, so the romaniser and the lists of forms here are a second opinion; the names come from the reference table of municipalities.

    kana    a municipality or an item in hiragana or katakana      相談支援 -> そうだんしえん
    romaji  a municipality in Latin letters, in its spellings      防府 -> Houfu, Hofu -> Hōfu
    width   full and half width                                    (オ) -> （ｵ）
    typo    one wrong, missing or extra character in a municipality's name
    era     another form of the same date                          H29.6 -> 2017年6月
    reword  synonyms of the states and of what is asked for        がまだの -> を実施していない
    polite  politeness and chatter around it
    item    another form of the same item                          (オ) -> ⑤, 5番, 相談支援
"""

from __future__ import annotations

import csv
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

MUNICIPALITIES = Path(__file__).parent.parent / "knowledge" / "reference" / "municipalities.csv"
LETTERS = "アイウエオカキク"
CIRCLED = "①②③④⑤⑥⑦⑧"


def japanese(text: str) -> bool:
    """Whether the question is in Japanese: not two Latin words (what an English question names stays Japanese), nor one alone."""
    words = len(re.findall(r"[A-Za-z]{2,}", text))
    return words == 0 or words == 1 and bool(re.search(r"[ぁ-ゖ一-龥]", text))


def others(text: str, variants: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(variant for variant in variants if variant != text))


# --- municipalities ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def municipalities() -> dict[str, tuple[str, str]]:
    """Official name -> (kana, prefecture) of those whose name and kana no other municipality has."""
    with MUNICIPALITIES.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names, kana = [row["name"] for row in rows], [row["kana"] for row in rows]
    return {row["name"]: (row["kana"], row["prefecture"]) for row in rows if names.count(row["name"]) == 1 and kana.count(row["kana"]) == 1}


HOME = "山口県"
STEMS_THAT_ARE_WORDS = {"山口", "萩", "光"}
NOT_A_NAME = r"(?![県都府道市区町村]|圏|医療圏|役所|・|の花)"


@lru_cache(maxsize=1)
def written() -> dict[str, str]:
    """How a municipality is written in a question -> its kana: the official names, and those of 山口県 without their suffix."""
    found = {name: kana for name, (kana, _) in municipalities().items()}
    for name, (kana, prefecture) in municipalities().items():
        if prefecture == HOME and name[:-1] not in STEMS_THAT_ARE_WORDS:
            found[name[:-1]] = stem_of(kana)
    return found


def stem_of(kana: str) -> str:
    return re.sub(r"(し|く|ちょう|まち|そん|むら)$", "", kana)


def suffix_of(kana: str) -> str:
    return kana[len(stem_of(kana)) :]


@lru_cache(maxsize=1)
def name_pattern() -> re.Pattern[str]:
    names = sorted(written(), key=len, reverse=True)
    return re.compile(f"(?<![一-龥])(?:{'|'.join(map(re.escape, names))}){NOT_A_NAME}")


def names_in(text: str) -> list[re.Match[str]]:
    return list(name_pattern().finditer(text))


def replaced(text: str, found: Iterable[tuple[int, int, str]]) -> str:
    """The text with each (start, end, new) in its place."""
    for start, end, new in sorted(found, reverse=True):
        text = text[:start] + new + text[end:]
    return text


# --- kana -------------------------------------------------------------------------------------------------------------

ITEM_KANA = {
    "資源の把握": "しげんのはあく",
    "資源把握": "しげんはあく",
    "課題抽出": "かだいちゅうしゅつ",
    "情報共有支援": "じょうほうきょうゆうしえん",
    "情報共有": "じょうほうきょうゆう",
    "切れ目のない提供体制": "きれめのないていきょうたいせい",
    "提供体制": "ていきょうたいせい",
    "相談支援": "そうだんしえん",
    "相談窓口": "そうだんまどぐち",
    "研修": "けんしゅう",
    "普及啓発": "ふきゅうけいはつ",
    "広域連携": "こういきれんけい",
}


def katakana(text: str) -> str:
    return "".join(chr(ord(char) + 0x60) if "ぁ" <= char <= "ゖ" else char for char in text)


def kana(text: str) -> tuple[str, ...]:
    """Municipalities, then items, in hiragana and in katakana."""
    found = names_in(text)
    ways = [[(m.start(), m.end(), form(written()[m.group()])) for m in found] for form in (str, katakana)]
    ways.append([(m.start(), m.end(), stem_of(written()[m.group()]) + m.group()[-1]) for m in found if m.group() in municipalities()])
    variants = [replaced(text, way) for way in ways if way]
    if about_items(text):
        names = re.compile(f"(?<!関係者の)(?:{'|'.join(map(re.escape, sorted(ITEM_KANA, key=len, reverse=True)))})")
        variants += [replaced(text, [(m.start(), m.end(), form(ITEM_KANA[m.group()])) for m in names.finditer(text)]) for form in (str, katakana)]
    return others(text, variants)


# --- romaji -----------------------------------------------------------------------------------------------------------

HEPBURN_ROWS = """あいうえお a i u e o|かきくけこ ka ki ku ke ko|さしすせそ sa shi su se so|たちつてと ta chi tsu te to|なにぬねの na ni nu ne no
|はひふへほ ha hi fu he ho|まみむめも ma mi mu me mo|やゆよ ya yu yo|らりるれろ ra ri ru re ro|わを wa o|がぎぐげご ga gi gu ge go
|ざじずぜぞ za ji zu ze zo|だぢづでど da ji zu de do|ばびぶべぼ ba bi bu be bo|ぱぴぷぺぽ pa pi pu pe po|ん n"""
HEPBURN = {char: latin for row in HEPBURN_ROWS.split("|") for kana, *latins in [row.split()] for char, latin in zip(kana, latins, strict=True)}
GLIDES = {"ゃ": "a", "ゅ": "u", "ょ": "o"}
KUNREI = [pair.split(":") for pair in "shi:si sha:sya shu:syu sho:syo chi:ti cha:tya chu:tyu cho:tyo tsu:tu fu:hu ji:zi".split()]
SPACED = {"すおうおおしま": "すおう おおしま", "さんようおのだ": "さんよう おのだ"}
LONG = {"ou": "ō", "oo": "ō", "uu": "ū"}


def wapuro(text: str) -> str:
    """Romaji kana by kana, long vowels as they are spelt: ほうふ -> houfu."""
    out: list[str] = []
    for at, char in enumerate(text):
        if char in GLIDES:
            base = out.pop()
            out.append(base[:-1] + ("" if base in ("shi", "chi", "ji") else "y") + GLIDES[char])
        elif char == "っ":
            after = HEPBURN.get(text[at + 1 : at + 2], "")
            out.append("t" if after.startswith("ch") else after[:1])
        else:
            out.append(HEPBURN.get(char, char))
    return "".join(out)


def shortened(word: str) -> str:
    """A word's long vowels written short: houfu -> hofu."""
    for long, macron in LONG.items():
        word = word.replace(long, macron)
    return word.replace("ō", "o").replace("ū", "u")


def macron(word: str) -> str:
    for long, sign in LONG.items():
        word = word.replace(long, sign)
    return word


def spellings(stem: str) -> tuple[str, ...]:
    """A name without its suffix in the usual spellings, the official one first."""
    words = [wapuro(word) for word in SPACED.get(stem, stem).split()]
    short, long = [shortened(word) for word in words], [macron(word) for word in words]
    kunrei = shortened("".join(words))
    for hepburn, other in KUNREI:
        kunrei = kunrei.replace(hepburn, other)
    hyphened, plain = "-".join(word.capitalize() for word in short), "".join(short)
    forms = (hyphened, plain.capitalize(), "".join(words).capitalize(), "-".join(word.capitalize() for word in long), plain, kunrei.capitalize(), plain.upper())
    return tuple(dict.fromkeys(forms))


@lru_cache(maxsize=1)
def latin() -> dict[str, str]:
    """Official spelling (lower case) -> kana stem of the municipalities of 山口県; 山口 is a prefecture too and stays out."""
    stems = [stem_of(kana) for name, (kana, prefecture) in municipalities().items() if prefecture == HOME and name != "山口市"]
    return {spellings(stem)[0].casefold(): stem for stem in stems} | {"san'yo-onoda": "さんようおのだ"}


@lru_cache(maxsize=1)
def latin_pattern() -> re.Pattern[str]:
    names = sorted(latin(), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b(?!['’-]|\s+(?:area|medical|pottery))", re.I)


def romaji(text: str) -> tuple[str, ...]:
    """A Japanese name in Latin letters; a Latin one in its other spellings. Every name of the question alike; Yamaguchi keeps its -shi."""
    if not japanese(text):
        found = [m for m in latin_pattern().finditer(text) if m.group()[0].isupper()]
        if not found:
            return ()
        count = max(len(spellings(latin()[m.group().casefold()])) for m in found)
        return others(text, (replaced(text, [(m.start(), m.end(), nth(spellings(latin()[m.group().casefold()]), at)) for m in found]) for at in range(count)))
    names = [m for m in names_in(text) if municipalities().get(m.group(), ("", HOME))[1] == HOME]
    if not names:
        return ()
    variants = []
    for at in range(0 if "山口市" in text else 4):
        variants.append(replaced(text, [(m.start(), m.end(), nth(spellings(stem_of(written()[m.group()])), at)) for m in names]))
    variants.append(replaced(text, [(m.start(), m.end(), with_suffix(m.group())) for m in names]))
    return others(text, variants)


def with_suffix(name: str) -> str:
    """岩国市 -> Iwakuni-shi; a name written without its suffix stays without."""
    kana = written()[name]
    return spellings(stem_of(kana))[0] + (f"-{wapuro(suffix_of(kana)).replace('chou', 'cho')}" if name in municipalities() else "")


def nth(forms: tuple[str, ...], at: int) -> str:
    return forms[min(at, len(forms) - 1)]


# --- width ------------------------------------------------------------------------------------------------------------

FULL = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
HALF = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in (*range(0xFF66, 0xFF6F), *range(0xFF70, 0xFF9E))}
PUNCTUATION = {"（": "(", "）": ")", "？": "?", "、": "､", "。": "｡", "「": "｢", "」": "｣", "！": "!", "　": " "}


def halved(text: str) -> str:
    """Katakana and punctuation in half width: （オ）？ -> (ｵ)?"""
    out = []
    for char in text:
        parts = unicodedata.normalize("NFD", char)
        base = parts[0]
        marks = "".join({"゙": "ﾞ", "゚": "ﾟ"}.get(mark, mark) for mark in parts[1:])
        out.append(HALF[base] + marks if base in HALF else PUNCTUATION.get(char, char))
    return "".join(out)


def width(text: str) -> tuple[str, ...]:
    """All of it in full width; katakana and punctuation in half width; only brackets and digits in full width."""
    some = re.sub(r"[()0-9.]", lambda m: chr(FULL[ord(m.group())]), text)
    return others(text, (text.translate(FULL), halved(text), some))


# --- typo -------------------------------------------------------------------------------------------------------------

PAIRS = """松末 関間 防妨 府付 岩若 国囲 門問 柳栁 井丼 祢弥 陽湯 野里 田由 島鳥 布市 施旋
平干 生主 武式 阿何 宇字 部陪 南楠 周固 和私 木本 長辰 美実 大犬 下不 上土"""
LOOKS_LIKE = {pair[0]: pair[1] for pair in PAIRS.split()}


@lru_cache(maxsize=1)
def all_names() -> frozenset[str]:
    """Every official name, with and without its suffix, and every one in Latin letters."""
    with MUNICIPALITIES.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    kanji = {name for row in rows for name in (row["name"], row["name"][:-1])}
    return frozenset(kanji | {spelling.casefold() for row in rows for spelling in spellings(stem_of(row["kana"]))})


def typo(text: str) -> tuple[str, ...]:
    """One slip in one name that is at least three characters long; a slip that makes another municipality's name is none."""
    if japanese(text):
        spots = [m for m in names_in(text) if len(m.group()) > 2 and municipalities().get(m.group(), ("", ""))[1] == HOME]
        slips = kanji_slips
    else:
        spots = [m for m in latin_pattern().finditer(text) if len(m.group()) > 4 and m.group()[0].isupper()]
        slips = latin_slips
    variants = [(m, slip) for m in spots for slip in slips(m.group()) if not {slip.casefold(), slip[:-1]} & all_names()]
    return others(text, (replaced(text, [(m.start(), m.end(), slip)]) for m, slip in variants))


def kanji_slips(name: str) -> list[str]:
    """Wrong, missing and extra characters in the name; its suffix stays."""
    stem, suffix = name[:-1], name[-1]
    wrong = [stem[:at] + LOOKS_LIKE[char] + stem[at + 1 :] + suffix for at, char in enumerate(stem) if char in LOOKS_LIKE]
    missing = [stem[:at] + stem[at + 1 :] + suffix for at in range(len(stem))] if len(stem) > 2 else []
    return [*wrong, *missing, stem + stem[-1] + suffix]


def latin_slips(name: str) -> list[str]:
    """One letter exchanged, left out or doubled, never the first; where it happens depends on the name only."""
    at = 1 + zlib.crc32(name.casefold().encode()) % (len(name) - 2)
    while not name[at].isalpha():
        at -= 1
    wrong = "e" if name[at] in "aiou" else "r" if name[at] != "r" else "t"
    return [name[:at] + wrong + name[at + 1 :], name[:at] + name[at + 1 :], name[:at] + name[at] + name[at:]]


# --- era --------------------------------------------------------------------------------------------------------------

MONTHS = "January February March April May June July August September October November December".split()
ERAS = {"H": (1988, "平成"), "R": (2018, "令和"), "平成": (1988, "平成"), "令和": (2018, "令和")}
KANJI_DIGITS = "〇一二三四五六七八九"
WESTERN = r"20\d\d"
MONTH = re.compile(
    rf"(?<![A-Za-z0-9])(?:(?P<letter>[HR])(?P<lyear>\d{{1,2}})\.(?P<lmonth>1[0-2]|[1-9])(?![\d.])"
    rf"|(?P<era>平成|令和)(?P<eyear>\d{{1,2}})年(?P<emonth>1[0-2]|[1-9])月(?!\d+日)"
    rf"|(?P<wyear>{WESTERN})年(?P<wmonth>1[0-2]|[1-9])月(?!\d+日)"
    rf"|(?P<iyear>{WESTERN})-(?P<imonth>\d\d)(?![\d-])"
    rf"|(?<!\d )(?P<name>{'|'.join(MONTHS)}) (?P<nyear>{WESTERN}))"
)
FISCAL = re.compile(r"(?<![A-Za-z0-9])(?P<form>H|平成|令和|R|FY ?H?|(?=20))(?P<year>\d{2,4})(?P<nendo>年度)?(?P<end>末)?")


def numeral(number: int) -> str:
    """21 -> 二十一, as in 平成二十一年."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else ("" if tens == 1 else KANJI_DIGITS[tens]) + "十") + ("" if ones == 0 and tens else KANJI_DIGITS[ones])


def era(text: str) -> tuple[str, ...]:
    """Every date of the question in the same other form: months, and fiscal years."""
    forms = JA_FORMS if japanese(text) else EN_FORMS
    months = [(m, month_of(m)) for m in MONTH.finditer(text)]
    variants = [replaced(text, [(m.start(), m.end(), form(*when)) for m, when in months]) for form in forms if months]
    years = [(m, fiscal_of(m)) for m in FISCAL.finditer(text) if m["nendo"] or m["form"].startswith("FY")]
    fiscal = FISCAL_JA if japanese(text) else FISCAL_EN
    variants += [replaced(text, [(m.start(), m.end(), form(year) + (m["end"] or "")) for m, year in years]) for form in fiscal if years]
    return others(text, variants)


def month_of(found: re.Match[str]) -> tuple[int, int]:
    for era, year, month in (("letter", "lyear", "lmonth"), ("era", "eyear", "emonth")):
        if found[era]:
            return ERAS[found[era]][0] + int(found[year]), int(found[month])
    for year, month in (("wyear", "wmonth"), ("iyear", "imonth")):
        if found[year]:
            return int(found[year]), int(found[month])
    return int(found["nyear"]), MONTHS.index(found["name"]) + 1


def fiscal_of(found: re.Match[str]) -> int:
    year = int(found["year"])
    return year if year > 100 else year + (2018 if found["form"] in {"R", "令和"} else 1988)


def reign(year: int, month: int = 12) -> tuple[str, str, int]:
    """(letter, era, year of the era) of a month."""
    return ("R", "令和", year - 2018) if (year, month) >= (2019, 5) else ("H", "平成", year - 1988)


JA_FORMS: tuple[Callable[[int, int], str], ...] = (
    lambda y, m: f"{reign(y, m)[0]}{reign(y, m)[2]}.{m}",
    lambda y, m: f"{reign(y, m)[1]}{reign(y, m)[2]}年{m}月",
    lambda y, m: f"{y}年{m}月",
    lambda y, m: f"{y}-{m:02}",
    lambda y, m: f"{reign(y, m)[1]}{numeral(reign(y, m)[2])}年{numeral(m)}月",
)
EN_FORMS: tuple[Callable[[int, int], str], ...] = (
    lambda y, m: f"{MONTHS[m - 1]} {y}",
    lambda y, m: f"{MONTHS[m - 1][:3]} {y}",
    lambda y, m: f"{y}-{m:02}",
    lambda y, m: f"{reign(y, m)[0]}{reign(y, m)[2]}.{m}",
    lambda y, m: f"{reign(y, m)[1]}{reign(y, m)[2]}年{m}月",
)
FISCAL_JA: tuple[Callable[[int], str], ...] = (
    lambda y: f"{reign(y)[0]}{reign(y)[2]}年度",
    lambda y: f"{reign(y)[1]}{reign(y)[2]}年度",
    lambda y: f"{y}年度",
)
FISCAL_EN: tuple[Callable[[int], str], ...] = (lambda y: f"FY{y}", lambda y: f"FY {reign(y)[0]}{reign(y)[2]}", lambda y: f"FY {y}")


# --- reword -----------------------------------------------------------------------------------------------------------

PLACES = r"(?=(?:市町村|市町|自治体|区市町村|市|町|ところ))"
JA_SYNONYMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        rf"(?:が未実施の|がまだの|をまだやっていない|を(?:まだ)?実施していない|が済んでいない|をやっていない){PLACES}",
        tuple("が未実施の がまだの をまだやっていない を実施していない が済んでいない に取り組んでいない に着手していない が未着手の".split()),
    ),
    (
        rf"(?:が実施済みの|を実施済みの|を実施している|が済んでいる|をやっている|を行っている){PLACES}",
        tuple("を実施済みの を実施している が済んでいる をやっている を行っている に取り組んでいる".split()),
    ),
    (rf"(?:を予定している|が予定されている){PLACES}", ("を予定している", "を実施予定の", "を計画している")),
    (rf"(?:の予定もない|が予定なしの){PLACES}", ("の予定もない", "が予定なしの", "を実施も予定もしていない")),
    (r"(?<!圏域の)(?<!医療圏の)(?<!圏の)市町は[？?]$", ("市町は？", "自治体は？", "市町村は？", "ところは？", "市町はどこですか", "市町を教えて")),
    (r"はいくつ(?:ですか|ありますか)?[？?]?$", ("はいくつ？", "はいくつありますか", "の数は？")),
)
EN_SYNONYMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        r"\bhaven't done\b",
        ("haven't done", "have not done", "have not implemented", "have not carried out", "have yet to do", "haven't started", "haven't completed"),
    ),
    (r"\bhasn't done\b", ("hasn't done", "has not done", "has not implemented", "has yet to do")),
    (
        r"(?<!will )(?<!had )(?<!could )\bhave done(?= (?:\(|item|at least|all|both|either))",
        ("have done", "have implemented", "have completed", "have carried out", "have already done"),
    ),
    (r"^(?:which|what) municipalities\b", ("which municipalities", "what municipalities", "which places", "which local governments")),
    (r"\bplan to do\b", ("plan to do", "are planning to do", "intend to do")),
    (r"\bare planning\b", ("are planning", "plan", "intend to do")),
    (r"\bno plan for\b", ("no plan for", "no plans for")),
    (r"\bby the end of the fiscal year\b", ("by the end of the fiscal year", "by fiscal year end", "at the end of the fiscal year")),
)


TWO_WAYS = re.compile(r"全項目|すべて|両方|どちらも|いずれも|\b(?:all|both|everything)\b")
NEGATED = re.compile(r"未実施|n't")


def reword(text: str) -> tuple[str, ...]:
    """Each phrase that has synonyms by each of them, one at a time; no negation of "all", whose two readings the words decide."""
    variants = []
    for pattern, synonyms in JA_SYNONYMS if japanese(text) else EN_SYNONYMS:
        if TWO_WAYS.search(text) and NEGATED.search(pattern):
            continue
        found = list(re.finditer(pattern, text, re.I))
        if len(found) == 1:
            variants += [replaced(text, [(found[0].start(), found[0].end(), new)]) for new in synonyms]
    return others(text, variants)


# --- polite -----------------------------------------------------------------------------------------------------------


def polite(text: str) -> tuple[str, ...]:
    """Politeness and chatter before and after; nothing around what is no question."""
    if not any(char.isalnum() for char in text) or text.startswith(("/", "<", "@")):
        return ()
    core = text.strip()
    if not japanese(text):
        plain = core.rstrip("?.!")
        whole = core if core.endswith(("?", ".", "!")) else f"{core}."
        before = (f"Hi! {core}", f"Hello, could you please tell me: {core}", f"Sorry to bother you, but {plain}?", f"For a council paper: {core}")
        return others(text, (*before, f"{whole} Thanks in advance!", f"{whole} Best regards"))
    asking = re.sub(r"(?:は)?[？?]$", "", core)
    variants = [before + core for before in ("お疲れ様です。", "すみません、", "至急です！", "議会資料用です。", "ちょっと教えてほしいのですが、")]
    variants.append(f"{core}　よろしくお願いします。")
    if core.endswith(("は？", "は?")) and not core.endswith(("とは？", "では？")):
        variants.append(f"{asking}を教えていただけますでしょうか。")
    return others(text, variants)


# --- item -------------------------------------------------------------------------------------------------------------

SHORT_JA = ("資源把握", "課題抽出", "切れ目のない提供体制", "情報共有支援", "相談支援", "研修", "普及啓発", "関係市区町村の連携")
OFFICIAL_JA = (
    "地域の医療・介護の資源の把握",
    "在宅医療・介護連携の課題の抽出と対応策の検討",
    "切れ目のない在宅医療と介護の提供体制の構築推進",
    "医療・介護関係者の情報共有の支援",
    "在宅医療・介護連携に関する相談支援",
    "医療・介護関係者の研修",
    "地域住民への普及啓発",
    "在宅医療・介護連携に関する関係市区町村の連携",
)
SHORT_EN = (
    "resource mapping",
    "identifying issues",
    "seamless provision",
    "information sharing",
    "consultation support",
    "staff training",
    "public awareness",
    "inter-municipal cooperation",
)
ROMAJI_LETTERS = "a i u e o ka ki ku".split()
ITEM = re.compile(rf"[(（]([{LETTERS}])[)）]|(?<![ァ-ヶー])([{LETTERS}])(?=[をがはのもとに]|か(?!ら))|([{CIRCLED}])(?=[がをはの])")
SHORT_ITEM = re.compile(f"(?<!関係者の)(?:{'|'.join(SHORT_JA)})")
BRACKETED = re.compile(rf"\(([{LETTERS}])\)")
LATIN_ITEM = re.compile(r"\bitem ([1-8])\b(?!-)", re.I)
JA_ITEMS: tuple[Callable[[int], str], ...] = (
    lambda i: f"({LETTERS[i]})",
    lambda i: f"（{LETTERS[i]}）",
    lambda i: LETTERS[i],
    lambda i: CIRCLED[i],
    lambda i: f"{i + 1}番",
    lambda i: f"({halved(LETTERS[i])})",
    lambda i: SHORT_JA[i],
    lambda i: OFFICIAL_JA[i],
)
EN_ITEMS: tuple[Callable[[int], str], ...] = (
    lambda i: f"({LETTERS[i]})",
    lambda i: LETTERS[i],
    lambda i: CIRCLED[i],
    lambda i: f"item {i + 1}",
    lambda i: f"item {ROMAJI_LETTERS[i]}",
    lambda i: SHORT_EN[i],
    lambda i: SHORT_JA[i],
)


STATUS_WORDS = re.compile(r"未実施|まだ|実施|予定|済|推移|集計|割合|率|状況|やって")
OTHER_MATTERS = re.compile(r"拠点|事業|久留米|福岡|予算|手引|BCP|課題は|検討課題|要望|意見|規模|対象|条|理由|養成")


def about_items(text: str) -> bool:
    """Whether 研修 and the like are items here, and not words of a programme, a hub or a guide."""
    return bool(STATUS_WORDS.search(text)) and not OTHER_MATTERS.search(text)


def item(text: str) -> tuple[str, ...]:
    """Every item of the question in the same other form. Ranges, (ア)(イ) without a word between, and items of laws are left alone."""
    if re.search(r"[〜~～]|[)）][(（]|\) to \(|rticle|paragraph", text):
        return ()
    if not japanese(text):
        found = [(m, LETTERS.index(m[1])) for m in BRACKETED.finditer(text)] + [(m, int(m[1]) - 1) for m in LATIN_ITEM.finditer(text)]
        forms = EN_ITEMS
    else:
        found = [(m, LETTERS.index(m[1] or m[2]) if m[1] or m[2] else CIRCLED.index(m[3])) for m in ITEM.finditer(text)]
        if not found and about_items(text):
            found = [(m, SHORT_JA.index(m.group())) for m in SHORT_ITEM.finditer(text)]
        forms = JA_ITEMS
    return others(text, (replaced(text, [(m.start(), m.end(), form(at)) for m, at in found]) for form in forms)) if found else ()


PERTURBATIONS: dict[str, Callable[[str], tuple[str, ...]]] = {
    "kana": kana,
    "romaji": romaji,
    "width": width,
    "typo": typo,
    "era": era,
    "reword": reword,
    "polite": polite,
    "item": item,
}
