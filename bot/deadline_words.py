"""What somebody types after `/renkei 締切`: a deadline to set, change or end, understood, or a sentence that says what to write instead.

    締切                                                        all of them
    締切 追加 実績報告の提出 3月30日 (オ) 担当：高齢者支援課 メモ：様式3
    締切 変更 実績報告の提出 4月6日
    締切 完了 実績報告の提出        締切 取消 実績報告の提出

Dates, items and territories are read by the same engine as in a question. Nothing is guessed: of a month the day is asked
for, and a date without its year is the next one, which the confirmation shows with its year and weekday.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from bot.calendar import STEP_MOST, WEEKDAYS, day_words, step_words
from bot.due import Goal
from bot.words import dated as date_words
from knowledge.dates import DateMention, Period, find_dates, fiscal_year_of
from knowledge.model import LANGS, Mention, Pair
from knowledge.normalise import normalise
from knowledge.understand import Heard, Setting, Understanding, hear

Verb = Literal["list", "add", "change", "done", "cancel"]
NAME_MOST, FIELD_MOST = 100, 200
FURTHEST = timedelta(days=3660)  # ten years ahead is a slip of the finger

VERBS: tuple[tuple[str, Verb], ...] = (
    ("追加|登録|add|set", "add"),
    ("変更|修正|change|move", "change"),
    ("完了|終了|done|close", "done"),
    ("取消|取り消し|取り消す|削除|中止|cancel|delete", "cancel"),
    ("一覧|list", "list"),
)
FIELDS = {
    "担当": "responsible",
    "担当者": "responsible",
    "responsible": "responsible",
    "メモ": "note",
    "備考": "note",
    "note": "note",
    "事業": "programme",
    "programme": "programme",
    "program": "programme",
    "項目": "items",
    "事業項目": "items",
    "item": "items",
    "items": "items",
    "対象": "territory",
    "地域": "territory",
    "territory": "territory",
}
FIELD = re.compile(rf"(?:(?<=\s)|^)({'|'.join(sorted(FIELDS, key=len, reverse=True))})\s*[：:]\s*", re.I)
QUOTED = re.compile('「([^」]*)」|"([^"]*)"|“([^”]*)”')
SAID_WEEKDAY = re.compile("[(（]([月火水木金土日])")
LOOSE = " 　、,。・:："
BEFORE = re.compile(r"(?:を|は|が|の|、|\b(?:due|by|until|on))\s*$", re.I)
AFTER = re.compile(r"\s*(?:(?:まで)?に?(?:締め?切り?|〆切|期限)?(?:の|は|が)?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was understood. `day` is None where none was said; `items` () for what is no item's."""

    verb: Verb
    name: str = ""
    day: date | None = None
    territory: str = ""
    items: tuple[str, ...] = ()
    responsible: str = ""
    note: str = ""
    programme: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Instead:
    """It cannot be taken as it is; nothing was saved. What to write instead."""

    words: Pair


Read = Wanted | Instead

EXAMPLE = Pair(
    "/renkei 締切 追加 実績報告の提出 3月30日 担当：高齢者支援課", "/renkei deadline add Annual report 30 March 2018 responsible: Elderly Support Division"
)
NO_DATE = Pair("日付が見つかりませんでした。「{example}」のように、日付を書いてください。", "There is no date. Write one, as in: {example}")
NO_SUCH_DATE = Pair(
    "「{said}」という日付はありません。暦にある日を、3月30日、H30.3.30、2018-03-30 のように書いてください。",
    "There is no such date as “{said}”. Write a day of the calendar, as in 30 March 2018 or 2018-03-30.",
)
PAST = Pair(
    "「{said}」は{day}で、もう過ぎています。本日（{today}）以降の日付を、年も付けて書いてください。",
    "“{said}” is {day}, which has passed. Write a date from today ({today}) on, with its year.",
)
TOO_FAR = Pair(
    "「{said}」は{day}で、10年より先です。年を確かめて書き直してください。", "“{said}” is {day}, more than ten years away. Check the year and write it again."
)
NOT_A_DAY = Pair(
    "「{said}」だけでは日が決まりません。{day} のように日まで書いてください（月の末日なら「3月末」）。",
    "“{said}” is not one day. Write the day, as in {day} (for the last day of a month: end of March).",
)
SEVERAL_DATES = Pair(
    "日付が{n}つあります（{said}）。期限の日を1つだけ書いてください。名前の中の日付は「」で囲んでください。",
    "There are {n} dates ({said}). Write only the one that is the deadline, and set the name in quotation marks if it has a date.",
)
UNCLEAR_DATE = Pair("「{said}」は{days}のどれとも読めます。年を付けて書いてください。", "“{said}” can be read as {days}. Write it with its year.")
WRONG_WEEKDAY = Pair(
    "{day}は{right}曜日で、{said}曜日ではありません。日付か曜日を直してください。",
    "{day} is not a {said} but a {right}. Correct the date or the day of the week.",
)
NO_NAME = Pair("何の期限かが書かれていません。「{example}」のように、名前を付けてください。", "It does not say what is due. Give it a name, as in: {example}")
TOO_LONG = Pair("{what}が長すぎます（{n}字）。{most}字までにしてください。", "The {what} is too long ({n} characters). Keep it to {most}.")
LONG_NAMES = {
    "name": Pair("期限の名前", "name"),
    "responsible": Pair("担当", "responsible party"),
    "programme": Pair("事業", "programme"),
    "note": Pair("メモ", "note"),
}
NOT_COVERED = Pair(
    "「{said}」はこのデータの対象地域ではありません。対象は{known}です。地域を書かなければ{home}になります。",
    "“{said}” is not a territory of the data. There are {known}. Without a territory it is {home}.",
)
SEVERAL_PLACES = Pair("地域が{n}つあります（{said}）。1つずつ登録してください。", "There are {n} territories ({said}). Set one deadline for each.")
BAD_ITEM = Pair("事業項目は（ア）から（ク）までです。", "The items are (ア) to (ク).")
UNKNOWN = Pair("「{said}」という期限は見つかりませんでした。いまあるのは{known}です。", "There is no deadline “{said}”. There are: {known}.")
NONE_SET = Pair(
    "「{said}」という期限は見つかりませんでした。職場で登録した期限はまだありません。", "There is no deadline “{said}”: the office has set none yet."
)
NOT_OURS = Pair(
    "「{said}」は資料に書かれた期限なので、変更や取消はできません。別の期限は「{example}」のように追加できます。",
    "“{said}” is in the documents and cannot be changed or cancelled. Another one can be added, as in: {example}",
)
WHICH = Pair("「{said}」に当てはまる期限が{n}件あります：{known}。名前を全部書いてください。", "“{said}” fits {n} deadlines: {known}. Write the whole name.")
NOTHING_NEW = Pair(
    "何をどう変えるのかが書かれていません。新しい日付を書いてください。例：「{example}」",
    "It does not say what to change. Write the new date, as in: {example}",
)
CHANGE_EXAMPLE = Pair("/renkei 締切 変更 実績報告の提出 4月6日", "/renkei deadline change Annual report 6 April 2018")


def instead(words: Pair, **given: object) -> Instead:
    """The sentence in both languages; a Pair among what is given is itself in the language."""
    return Instead(Pair(*(words[lang].format(**{key: value[lang] if isinstance(value, Pair) else value for key, value in given.items()}) for lang in LANGS)))


# --- deadlines --------------------------------------------------------------------------------------------------------


def read_deadline(text: str, understanding: Understanding, setting: Setting) -> Read:
    """What stands after 締切, with its verb; no verb and nothing else is the list."""
    verb, rest = verb_of(text.strip())
    if verb == "list":
        return Wanted(verb=verb, said=text)
    body, fields = fields_of(rest)
    found = dated(body, setting) if verb in ("add", "change") else None
    if isinstance(found, Instead):
        return found
    day, body = found or (None, body)
    quoted = QUOTED.search(body)
    rest = QUOTED.sub(" ", body) if quoted else body
    named = parted(rest, fields, understanding, setting)
    if isinstance(named, Instead):
        return named
    name, of = named
    if quoted:
        name = next(group for group in quoted.groups() if group is not None).strip()
    territory = next(iter(of.territories), setting.home)
    kept = {label: value for label, value in fields.items() if label in ("responsible", "note", "programme")}
    return checked(Wanted(verb=verb, name=name, day=day, items=of.items, territory=territory, said=text, **kept))


def verb_of(text: str) -> tuple[Verb, str]:
    """What is to be done, and with what. Words without a verb are a question: the list answers it."""
    for words, verb in VERBS:
        match = re.match(rf"(?:{words})(?:\s+|$|(?<=[一-龠]))", text, re.I)
        if match:
            return verb, text[match.end() :].strip()
    return "list", text


def fields_of(text: str) -> tuple[str, dict[str, str]]:
    """The text before the first label, and what stands after each."""
    parts = FIELD.split(text)
    labels, values = parts[1::2], parts[2::2]
    return parts[0].strip(), {FIELDS[label.lower()]: value.strip() for label, value in zip(labels, values, strict=True)}


def checked(wanted: Wanted) -> Read:
    """As it is, or what is missing or too much."""
    if not wanted.name:
        return instead(NO_NAME, example=EXAMPLE)
    for what, most in (("name", NAME_MOST), ("responsible", FIELD_MOST), ("programme", FIELD_MOST), ("note", FIELD_MOST)):
        n = len(getattr(wanted, what))
        if n > most:
            return instead(TOO_LONG, what=LONG_NAMES[what], n=n, most=most)
    if wanted.verb == "change" and wanted.day is None and not (wanted.responsible or wanted.note):
        return instead(NOTHING_NEW, example=CHANGE_EXAMPLE)
    return instead(NO_DATE, example=EXAMPLE) if wanted.verb == "add" and wanted.day is None else wanted


# --- the date ---------------------------------------------------------------------------------------------------------


def dated(text: str, setting: Setting) -> tuple[date, str] | Instead | None:
    """The day that is meant, and the text without it; None if there is none. 平成29年度の報告 4月20日 has one day: the other is a year."""
    said = normalise(text, setting.lang)
    quoted = [match.span() for match in QUOTED.finditer(said.text)]
    mentions = [m for m in find_dates(said.text, today=setting.today) if not any(a <= m.span[0] < b for a, b in quoted)]
    days = [m for m in mentions if is_day(m)] or mentions
    if not days:
        return None
    surfaces = [said.quote(*m.span) for m in days]
    if len(days) > 1:
        return instead(SEVERAL_DATES, n=len(days), said="、".join(surfaces))
    day = day_of(days[0], surfaces[0], setting.today)
    return day if isinstance(day, Instead) else (day, without(text, said.offsets[days[0].span[0]], said.offsets[days[0].span[1]]))


def is_day(mention: DateMention) -> bool:
    """Whether it names a day, be it none of the calendar."""
    candidates = (mention.value,) if isinstance(mention.value, Period) else mention.candidates
    return mention.kind == "invalid" or mention.value == "fiscal_end" or any(last_day(each) for each in candidates)


def without(text: str, start: int, end: int) -> str:
    """The text without its date, and without what only led up to it: 報告を…までに, report by …"""
    end += len(AFTER.match(text, end)[0])  # type: ignore[index]
    return f"{BEFORE.sub('', text[:start])} {text[end:]}"


def day_of(mention: DateMention, said: str, today: date) -> date | Instead:
    """The one day of a mention, from today on."""
    if mention.kind == "invalid":
        return instead(NO_SUCH_DATE, said=said)
    if mention.value == "fiscal_end":
        return date(fiscal_year_of(today) + 1, 3, 31)
    candidates = [mention.value] if isinstance(mention.value, Period) else list(mention.candidates)
    days = sorted(day for day in {last_day(each) for each in candidates} if day is not None)
    if not days:
        return instead(NOT_A_DAY, said=said, day=day_words(_example(candidates, today)))
    if mention.kind == "period" and len(days) > 1:
        return instead(UNCLEAR_DATE, said=said, days="、".join(map(str, days)))
    coming = next((day for day in days if day >= today), None)
    if coming is None:
        return instead(PAST, said=said, day=day_words(days[-1]), today=day_words(today))
    return checked_day(said, coming, today)


def _example(candidates: Iterable[Period], today: date) -> date:
    """A day such as was perhaps meant."""
    return min((each.edge[1] for each in candidates if today <= each.edge[1] < date.max), default=today + timedelta(days=30))


def last_day(period: Period) -> date | None:
    """Of a period that names a day (3月30日まで): that day. Of a month, a year, a range: none."""
    first, last = period.edge
    return last if first == last else None


def checked_day(said: str, day: date, today: date) -> date | Instead:
    """Not centuries away, and on the day of the week that was said, if one was."""
    if day - today > FURTHEST:
        return instead(TOO_FAR, said=said, day=day_words(day))
    match = SAID_WEEKDAY.search(said)
    if match and match[1] != WEEKDAYS[day.weekday()].ja:
        named_day = next(pair for pair in WEEKDAYS if pair.ja == match[1])
        return instead(WRONG_WEEKDAY, day=Pair(*(date_words(day.isoformat(), lang) for lang in LANGS)), right=WEEKDAYS[day.weekday()], said=named_day)
    return day


# --- items, territory, name -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Which items and territory a stretch of words names; `only`: it names nothing else."""

    items: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    bad: bool = False
    only: bool = False


def about(text: str, understanding: Understanding, setting: Setting) -> About:
    """As a question would be read."""
    heard = hear(text, understanding, setting) if text else None
    if not isinstance(heard, Heard):
        return About()
    query = heard.query
    items = tuple(understanding.kb.items) if query.all_items else query.items
    only = all(_says_it(mention, mention.surface in query.elsewhere) for mention in heard.mentions)
    return About(items=items, territories=query.territories, elsewhere=query.elsewhere, bad="bad_item" in query.asks, only=only)


def _says_it(mention: Mention, elsewhere: bool) -> bool:
    """A word for an item or a territory, or one that only binds them together."""
    return (
        mention.kind in ("item", "bad_item") or bool(mention.kinds & {"item", "territory", "elsewhere"}) or mention.is_fill or elsewhere or mention.has("logic")
    )


def parted(text: str, fields: Mapping[str, str], understanding: Understanding, setting: Setting) -> tuple[str, About] | Instead:
    """The name, and the items and territory that stand beside it as words of their own: 相談支援の報告 is a name, and (オ) after it an item.

    In Latin letters only labels count: "a" is a word.
    """
    words, found = [], [about(fields.get(label, ""), understanding, setting) for label in ("items", "territory")]
    for word in text.split():
        one = about(word, understanding, setting) if not word.isascii() else About()
        if one.only and (one.items or one.territories or one.elsewhere or one.bad):
            found.append(one)
        else:
            words.append(word)
    together = About(
        items=tuple(item for item in understanding.kb.items if any(item in one.items for one in found)),
        territories=tuple(dict.fromkeys(id_ for one in found for id_ in one.territories)),
        elsewhere=tuple(name for one in found for name in one.elsewhere),
        bad=any(one.bad for one in found),
    )
    return refused(together, understanding, setting) or (" ".join(words).strip(LOOSE), together)


def refused(found: About, understanding: Understanding, setting: Setting) -> Instead | None:
    """What is named and is no item, no territory of the data, or more than one."""
    known = understanding.kb.territories
    if found.bad:
        return instead(BAD_ITEM)
    if len(found.territories) > 1:
        return instead(SEVERAL_PLACES, n=len(found.territories), said="、".join(known[id_].name for id_ in found.territories))
    if found.elsewhere and not found.territories:
        return instead(NOT_COVERED, said=found.elsewhere[0], known="、".join(each.name for each in known.values()), home=known[setting.home].name)
    return None


# --- which one --------------------------------------------------------------------------------------------------------


def the_one(said: str, found: Iterable[Goal]) -> Goal | Instead:
    """The deadline of this name: exactly, or the only one that contains it. Those of the documents cannot be changed."""
    goals = tuple(found)
    ours = [goal for goal in goals if not goal.sources]
    key = normalise(said).text
    exact = [goal for goal in ours if normalise(goal.title.ja).text == key]
    fits = exact or [goal for goal in ours if key in normalise(goal.title.ja).text]
    if len(fits) == 1:
        return fits[0]
    if fits:
        return instead(WHICH, said=said, n=len(fits), known=_listed(fits))
    if any(key in normalise(goal.title[lang]).text for goal in goals if goal.sources for lang in LANGS):
        return instead(NOT_OURS, said=said, example=EXAMPLE)
    return instead(UNKNOWN, said=said, known=_listed(ours)) if ours else instead(NONE_SET, said=said)


def _listed(goals: Iterable[Goal]) -> str:
    return "、".join(f"「{goal.title.ja}」（{goal.day.isoformat()}）" for goal in goals)


# --- a rule's times ---------------------------------------------------------------------------------------------------

NOT_A_MEMBER = Pair(
    "Renkei はこのチャンネルのメンバーではないため、投稿できても確かめられません。チャンネルで /invite @Renkei としてから、もう一度登録してください。",
    "Renkei is no member of this channel and could not check what it posts. Type /invite @Renkei there, then try again.",
)
NO_OWNER = Pair(
    "このお知らせの責任者が決まっていません。投稿できなくなったときに知らせる人を1人選んでください。",
    "Nobody answers for this reminder. Choose one person to be told if it cannot be posted.",
)
NO_MEMBERS = Pair(
    "{territory}には市町村の一覧がないため、お知らせの対象にできません。都道府県などを選んでください。",
    "{territory} has no list of municipalities. Choose a prefecture or another territory.",
)
BAD_STEP = Pair(
    "「{said}」は段取りとして読めません。「20,10,5,1,当日,+3」のように、何営業日前か（＋は後）を並べてください。{most}営業日までです。",
    "“{said}” is no step. List business days before, and after with a plus, as in 20,10,5,1,0,+3; at most {most}.",
)
BAD_TIME = Pair("「{said}」は時刻として読めません。9:00 や 13時30分 のように書いてください。", "“{said}” is no time of day. Write it as in 9:00 or 13:30.")
STEP = re.compile(r"(?:(?P<day>当日|the day)|(?P<sign>[+＋\-−－]?)\s*(?P<n>[0-9]{1,3})\s*(?:営業)?日?\s*(?P<side>前|後|before|after)?)", re.I)
TIME = re.compile(r"(?:午前|am)?\s*(?P<pm>午後|pm)?\s*(?P<hour>[0-9]{1,2})(?:[:時](?P<minute>[0-5][0-9])?分?(?P<half>半)?)", re.I)


def read_ladder(text: str) -> tuple[int, ...] | Instead:
    """20,10,5,1,当日,+3 -> (-20, -10, -5, -1, 0, 3). A number alone, or with a minus, is days before."""
    steps: set[int] = set()
    for said in re.split(r"[,、;\s]+", text.strip()):
        match = STEP.fullmatch(normalise(said).text)
        n = int(match["n"] or 0) if match else STEP_MOST + 1
        if match is None or n > STEP_MOST:
            return instead(BAD_STEP, said=said, most=STEP_MOST)
        after = match["sign"] == "+" or match["side"] in ("後", "after")
        steps.add(n if after else -n)
    return tuple(sorted(steps))


def read_time(text: str) -> int | Instead:
    """9:00, 13時30分, 午後1時半 -> minutes of the day."""
    match = TIME.fullmatch(normalise(text).text)
    if match is None or int(match["hour"]) > (11 if match["pm"] else 23):
        return instead(BAD_TIME, said=text)
    minute = 30 if match["half"] else int(match["minute"] or 0)
    return (int(match["hour"]) + (12 if match["pm"] else 0)) * 60 + minute


def checked_rule(*, owner: str, member: bool, members: tuple[str, ...], territory: Pair) -> Instead | None:
    """What keeps a rule from being saved: nobody who answers for it, a channel that the bot is not in, a territory without municipalities."""
    if not owner:
        return instead(NO_OWNER)
    if not member:
        return instead(NOT_A_MEMBER)
    return None if members else instead(NO_MEMBERS, territory=territory)


def ladder_words(ladder: Iterable[int]) -> Pair:
    """20営業日前、10営業日前、当日 …"""
    steps = [step_words(step) for step in ladder]
    return Pair("、".join(step.ja for step in steps), ", ".join(step.en for step in steps))
