"""What falls due, what is said of it, and in which words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.ask import Asker
from bot.calendar import LADDER, Office, OwnDay, is_business_day
from bot.due import (
    BEGINNING,
    Count,
    Facts,
    Goal,
    Open,
    Post,
    Standing,
    Timetable,
    digest_id,
    facts_of,
    instant,
    local_day,
    plans,
    post_of,
    with_the_day,
    zone_of,
)
from bot.message import Message
from bot.notice import Notices
from bot.rehearse import NOTHING, SAMPLE, printed, rehearse, sample
from bot.render.blockkit import check
from bot.render.slack import slack
from bot.standing import goals, standing
from db.schedule import Due, Kept, Mark, Rule, Said, Step, Subscription
from knowledge.model import LANGS, Pair

JST = "Asia/Tokyo"
DAY = timedelta(days=1)
START = datetime(2018, 1, 1, tzinfo=UTC)
CODES = ("35201", "35202", "35203")  # 下関市, 宇部市, 山口市


def goal(id_: str = "D1", day: date = date(2018, 3, 30), **given: Any) -> Goal:
    return Goal(id=id_, ids=frozenset({id_}), title=Pair(f"締切{id_}", f"deadline {id_}"), day=day, territory="yamaguchi", **given)


def rule(id_: str = "R1", channel: str = "C1", since: datetime = BEGINNING, **given: Any) -> Kept[Rule]:
    made = Rule(id=id_, team="T1", channel=channel, owner="U1", territory="yamaguchi", **({"ladder": LADDER} | given))
    return Kept(made, 1, since, since, "U1", "added")


def weekly(id_: str = "S1", channel: str = "C1", **given: Any) -> Kept[Subscription]:
    return Kept(Subscription(id=id_, team="T1", channel=channel, owner="U1", territory="yamaguchi", **given), 1, BEGINNING, BEGINNING, "U1", "added")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone_of(JST)).astimezone(UTC)


def shown(dues: tuple[Due, ...]) -> list[str]:
    return [f"{due.at.astimezone(zone_of(JST)):%m-%d %H:%M} {due.rule} {','.join(str(step.days) for step in due.steps)}" for due in dues]


def everything(timetable: Timetable) -> tuple[Due, ...]:
    return timetable.dues(START, START + 300 * DAY)


# --- what falls due ---------------------------------------------------------------------------------------------------


def test_a_ladder_falls_due_at_its_hour() -> None:
    assert shown(everything(Timetable(rules=(rule(),), goals=(goal(day=date(2018, 3, 31)),)))) == [
        "03-02 09:00 R1 -20",
        "03-16 09:00 R1 -10",
        "03-26 09:00 R1 -5",
        "03-30 09:00 R1 -1,0",
        "04-04 09:00 R1 3",
    ]


def test_nothing_is_due_from_before_it_was_set() -> None:
    since = moment("2018-03-16T09:00")
    late_rule = Timetable(rules=(rule(since=since),), goals=(goal(),))
    late_goal = Timetable(rules=(rule(),), goals=(goal(since=since),))
    assert shown(everything(late_rule)) == shown(everything(late_goal)) == ["03-23 09:00 R1 -5", "03-29 09:00 R1 -1", "03-30 09:00 R1 0", "04-04 09:00 R1 3"]


def test_a_rule_concerns_its_deadline_or_all_of_its_territory() -> None:
    goals_ = (goal("D1"), goal("D2"), replace(goal("D3"), territory="chiba"), replace(goal("D4"), territory="japan", everywhere=True))
    found = everything(Timetable(rules=(rule("one", deadline="D2", ladder=(0,)), rule("all", ladder=(0,))), goals=goals_))
    assert [(due.rule, [step.deadline for step in due.steps]) for due in found] == [("all", ["D1", "D2", "D4"]), ("one", ["D2"])]
    stopped = rule("stopped", ladder=(0,), stopped="asked")
    assert everything(Timetable(rules=(stopped,), goals=goals_)) == ()


def test_a_week_with_a_closed_monday_comes_before_it() -> None:
    found = Timetable(subscriptions=(weekly(),)).dues(moment("2018-02-01T00:00"), moment("2018-02-20T00:00"))
    assert shown(found) == ["02-05 09:00 S1 None", "02-09 09:00 S1 None", "02-19 09:00 S1 None"]


ZONES = ("Asia/Tokyo", "America/New_York", "UTC")
TIMETABLES = st.builds(
    lambda days, ladders, minute, zone, weekday: Timetable(
        rules=tuple(rule(f"R{n}", channel=f"C{n % 2}", ladder=tuple(ladder), minute=minute, zone=zone) for n, ladder in enumerate(ladders)),
        subscriptions=(weekly(weekday=weekday, minute=minute, zone=zone),),
        goals=tuple(goal(f"D{n}", day=day) for n, day in enumerate(days)),
        office=Office(own=(OwnDay(month=3, day=30, name="閉庁"),)),
    ),
    st.lists(st.dates(date(2018, 1, 10), date(2018, 12, 31)), min_size=1, max_size=3),
    st.lists(st.lists(st.integers(-30, 10), min_size=1, max_size=4, unique=True), min_size=1, max_size=3),
    st.sampled_from([0, 540, 1439]),
    st.sampled_from(ZONES),
    st.integers(0, 6),
)


@settings(max_examples=60, deadline=None)
@given(timetable=TIMETABLES, cuts=st.lists(st.integers(0, 400 * 24 * 60), min_size=1, max_size=4))
def test_an_interval_may_be_split_anywhere(timetable: Timetable, cuts: list[int]) -> None:
    """Nothing is due twice, nothing is lost, and nothing is due on a closed day."""
    ends = [START, *(START + timedelta(minutes=n) for n in sorted(cuts)), START + 400 * DAY]
    parts = [due for first, last in pairwise(ends) for due in timetable.dues(first, last)]
    assert parts == list(timetable.dues(ends[0], ends[-1]))
    assert len({(due.rule, due.at) for due in parts}) == len(parts)
    assert [due for due in parts if not is_business_day(due.day, timetable.office)] == []


# --- when it is posted ------------------------------------------------------------------------------------------------


def planned(timetable: Timetable, after: str, now: str, taken: tuple[str, ...] = ()) -> list[str]:
    found = with_the_day(timetable.dues(moment(after), moment(now)), moment(now), timetable)
    made = plans(found, moment(now), timetable, lambda id_: id_ in taken)
    return [f"{plan.digest.channel} {plan.digest.at.astimezone(zone_of(JST)):%m-%d %H:%M} {len(plan.dues)}" for plan in made]


def test_one_post_a_channel_and_day_at_the_earliest_hour() -> None:
    rules = (rule("R1", minute=780), rule("R2", minute=540), rule("R3", channel="C2", minute=600))
    assert planned(Timetable(rules=rules, goals=(goal(), goal("D2"))), "2018-03-30T00:00", "2018-03-30T09:00") == ["C1 03-30 09:00 2"]


# A post of Thursday 29 March (the step -1) that was missed: when it goes out, by when the machine is up again.
@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2018-03-29T09:00", "C1 03-29 09:00 1"),
        ("2018-03-29T17:59", "C1 03-29 09:00 1"),
        ("2018-03-29T18:00", "C1 03-30 09:00 1"),
        ("2018-03-29T23:30", "C1 03-30 09:00 1"),
        ("2018-03-30T03:00", "C1 03-30 09:00 1"),
        ("2018-03-30T12:00", "C1 03-30 09:00 1"),
        ("2018-03-31T12:00", "C1 04-02 09:00 1"),
        ("2018-04-01T12:00", "C1 04-02 09:00 1"),
    ],
)
def test_what_was_missed_goes_out_at_a_decent_hour_of_a_business_day(now: str, expected: str) -> None:
    assert planned(Timetable(rules=(rule(ladder=(-1,)),), goals=(goal(),)), "2018-03-28T12:00", now) == [expected]


def test_many_missed_ones_make_one_post() -> None:
    timetable = Timetable(rules=(rule("R1"), rule("R2", deadline="D2")), goals=(goal(), goal("D2", day=date(2018, 3, 28))))
    assert planned(timetable, "2018-03-01T00:00", "2018-03-27T10:00") == ["C1 03-27 09:00 9"]


def test_when_the_days_post_is_worded_the_next_one_speaks() -> None:
    timetable = Timetable(rules=(rule(ladder=(-1,)),), goals=(goal(),))
    assert planned(timetable, "2018-03-28T12:00", "2018-03-29T09:00", (digest_id("T1", "C1", date(2018, 3, 29)),)) == ["C1 03-30 09:00 1"]


# --- what it says -----------------------------------------------------------------------------------------------------


def post(timetable: Timetable, day: date, opens: dict[str, Standing], last: dict[str, Said] | None = None) -> Post:
    dues = timetable.dues(instant(day, 0, JST), instant(day + DAY, 0, JST))
    (plan,) = plans(dues, instant(day, 0, JST), timetable, lambda _: False)
    facts = Facts(standing=lambda goal, *_: opens[goal.id], last=lambda name: (last or {}).get(name), counts=lambda *_: ((), "", ()))
    return post_of(plan.digest, dues, timetable, facts)


def open_(*codes: str, marked: tuple[str, ...] = ()) -> Standing:
    return Standing(members=CODES, open=tuple(Open(code=code) for code in codes), marked=marked)


def remembered(mood: Any, *codes: str) -> dict[str, Said]:
    return {"D1 yamaguchi": Said(subject="D1 yamaguchi", day=date(2018, 3, 16), mood=mood, facts=facts_of(open_(*codes)))}


TABLE = Timetable(rules=(rule(),), goals=(goal(),))


def test_progress_since_the_last_post() -> None:
    (section,) = post(TABLE, date(2018, 3, 23), {"D1": open_("35201", "35203")}, remembered("open", "35201", "35202")).sections
    assert (section.mood, section.days, section.business_days, section.before) == ("open", 7, 5, date(2018, 3, 16))
    assert (section.newly, section.again, section.moved) == (("35202",), ("35203",), ())


def test_all_done_is_said_once() -> None:
    done = {"D1": open_(marked=CODES)}
    assert [section.mood for section in post(TABLE, date(2018, 3, 23), done, remembered("open", "35201")).sections] == ["done"]
    assert not post(TABLE, date(2018, 3, 23), done, remembered("done"))
    reopened = post(TABLE, date(2018, 3, 23), {"D1": open_("35201")}, remembered("done"))
    assert [(section.mood, section.again) for section in reopened.sections] == [("open", ("35201",))]


def test_without_names_nobody_is_named_and_nothing_is_done_until_all_are_marked() -> None:
    unnamed = Standing(members=CODES, open=(), named=False, marked=("35201",))
    assert [section.mood for section in post(TABLE, date(2018, 3, 23), {"D1": unnamed}).sections] == ["open"]
    assert [section.mood for section in post(TABLE, date(2018, 3, 23), {"D1": replace(unnamed, marked=CODES)}).sections] == ["done"]
    assert not Standing(members=(), open=()).is_done


def test_a_changed_deadline_has_no_part_in_what_was_due_before() -> None:
    dues = TABLE.dues(instant(date(2018, 3, 23), 0, JST), instant(date(2018, 3, 24), 0, JST))
    facts = Facts(standing=lambda *_: open_("35201"), last=lambda _: None, counts=lambda *_: ((), "", ()))
    (plan,) = plans(dues, instant(date(2018, 3, 23), 0, JST), TABLE, lambda _: False)
    assert post_of(plan.digest, dues, TABLE, facts)
    for changed in (replace(TABLE, goals=(goal(day=date(2018, 4, 2)),)), replace(TABLE, goals=()), replace(TABLE, rules=(rule(stopped="asked"),))):
        assert not post_of(plan.digest, dues, changed, facts)


# --- who is open, from the facts --------------------------------------------------------------------------------------


def test_deadlines_that_the_documents_word_differently_are_one(asker: Asker) -> None:
    """The end of fiscal H29 and "by April 2018" are one deadline with three sources; the target of Iida-Shimoina is another."""
    found = {each.id: each for each in goals(asker.kb)}
    one = found["minamishinshu-2015-deadline-fy2017"]
    assert (one.day, one.everywhere, len(one.ids), len(one.sources)) == (date(2018, 3, 31), True, 3, 3)
    assert {each.day for each in found.values()} == {date(2016, 4, 1), date(2018, 3, 31)}


def test_who_is_open_by_the_facts_and_the_marks(asker: Asker) -> None:
    """(オ) in June 2017: 11 of 19, of whom 4 have no plan; a mark takes one away, and gives it back."""
    of_o = goal(items=("オ",))
    found = standing(of_o, "yamaguchi", date(2018, 2, 1), asker.kb)
    assert (len(found.members), len(found.open), sum(bool(each.unplanned) for each in found.open), found.as_of) == (19, 11, 4, "2017-06")
    marks = [Mark(sign=sign, team="T1", deadline="D1", about="35204", who="U2", at=START) for sign in ("done", "undone")]
    assert len(standing(of_o, "yamaguchi", date(2018, 2, 1), asker.kb, marks[:1]).open) == 10
    assert standing(of_o, "yamaguchi", date(2018, 2, 1), asker.kb, marks) == found
    assert len(standing(goal(), "yamaguchi", date(2018, 2, 1), asker.kb).open) == 19


def test_a_survey_that_was_not_there_yet_is_not_used(asker: Asker) -> None:
    """In May 2017 the latest survey was that of August 2016, which names nobody."""
    assert not standing(goal(items=("オ",)), "yamaguchi", date(2017, 5, 31), asker.kb).named
    assert standing(goal(items=("オ",)), "yamaguchi", date(2017, 6, 1), asker.kb).named


# --- the real deadline, rehearsed -------------------------------------------------------------------------------------

# By hand from table 2(2) of the source: without a plan for some item; and planned for all that is left.
UNPLANNED = "下関市 山口市 萩市 岩国市 長門市 柳井市 美祢市 周防大島町 和木町 上関町 田布施町 平生町".split()
PLANNED = "防府市 下松市 光市 周南市 山陽小野田市 阿武町".split()
REHEARSED = [
    ("2018-03-02", "あと29日（営業日は19日）"),
    ("2018-03-16", "あと15日（営業日は9日）"),
    ("2018-03-26", "あと5日（営業日は4日）"),
    ("2018-03-30", "あと1日（営業日は本日が最後）"),
    ("2018-04-04", "4日過ぎています"),
]


def rehearsed(asker: Asker, first: date, last: date, lang: Any = "ja", **given: Any) -> list[Any]:
    timetable = Timetable(rules=(sample("yamaguchi", lang),), goals=goals(asker.kb), **given)
    return list(rehearse(asker, timetable, first, last))


def test_the_end_of_fiscal_h29_rehearsed(asker: Asker) -> None:
    found = rehearsed(asker, date(2018, 2, 1), date(2018, 4, 10))
    assert [local_day(each.at, JST).isoformat() for each in found] == [day for day, _ in REHEARSED]
    for each, (_, left) in zip(found, REHEARSED, strict=True):
        lines = each.text.splitlines()
        assert left in lines[0]
        assert re.findall("[^、　]+?[市町](?=[(])", lines[2]) == UNPLANNED
        assert re.findall("[^、　]+?[市町](?=[(])", lines[3]) == PLANNED
        assert "：18 / 19" in lines[1] and "平成29年6月（2017年6月）時点" in lines[1] and "宇部市" not in each.text
        assert each.text.count("出典：") == 4
    assert "萩市(オ)〔予定(イ)(ウ)〕" in found[0].text and "下松市(ア)(ウ)(エ)(オ)(キ)(ク)" in found[0].text
    assert "前回" not in found[0].text and all("変わりありません" in each.text for each in found[1:])


def test_a_rehearsal_may_begin_and_end_anywhere(asker: Asker) -> None:
    assert [local_day(each.at, JST).day for each in rehearsed(asker, date(2018, 3, 16), date(2018, 3, 26))] == [16, 26]
    assert rehearsed(asker, date(2018, 3, 3), date(2018, 3, 15)) == []


@pytest.mark.parametrize("lang", LANGS)
def test_what_due_prints(lang: Any, asker: Asker) -> None:
    text = printed(asker, None, Office(), "yamaguchi", lang, date(2018, 2, 1), date(2018, 4, 10))
    assert text.startswith(SAMPLE[lang]) and len(re.findall("^== ", text, re.M)) == 5
    assert ("平成30年3月2日（2018年3月2日）（金） 09:00" if lang == "ja" else "Friday, 2 March 2018 (Heisei 30) 09:00") in text
    assert printed(asker, None, Office(), "yamaguchi", lang, date(2019, 1, 1), date(2019, 2, 1)).endswith(NOTHING[lang])


# --- words ------------------------------------------------------------------------------------------------------------


def worded(asker: Asker, made: Post) -> Message:
    message = Notices(asker.speaker).message(made)
    assert not check(slack(message))
    return message


@pytest.mark.parametrize("lang", LANGS)
def test_every_kind_of_post_has_words_that_slack_takes(lang: Any, asker: Asker) -> None:
    """Open and done, with and without items and names, early, on the day and after, alone and together, with a week."""
    items = goal("D2", items=("ア", "オ"), responsible="高齢者支援課", note="様式3 <b>&", programme="推進事業")
    opens = {
        "D1": open_("35201", "35203", marked=("35202",)),
        "D2": replace(open_(), open=(Open(code="35201", planned=("ア",), unplanned=("オ",)), Open(code="35203", planned=("オ",))), as_of="2017-06"),
        "D3": Standing(members=CODES, open=(), named=False, marked=("35201",)),
        "D4": open_(marked=CODES),
    }
    table = Timetable(rules=(rule(lang=lang),), goals=(goal(), items, goal("D3"), goal("D4")))
    for day in (date(2018, 3, 23), date(2018, 3, 30), date(2018, 4, 4)):
        made = post(table, day, opens, remembered("open", "35201", "35202"))
        message = worded(asker, made)
        assert len(made.sections) == 4 and message.headline == ("期限のお知らせが4件あります。" if lang == "ja" else "4 deadlines:")
        assert "宇部市" not in slack(message)["text"] and "<b>" not in slack(message)["text"]
    late = worded(asker, replace(made, sections=made.sections[:1], missed=(date(2018, 3, 30), date(2018, 3, 29))))
    assert len(late.notes) == 1


def test_a_week_in_words(asker: Asker) -> None:
    """After a first digest: what was done, what was set; and nothing where nothing changed."""
    table = Timetable(subscriptions=(weekly(),), goals=(goal(),))
    first, second = (Count(item="オ", done=codes, n=3) for codes in (("35201",), ("35201", "35202")))
    monday = date(2018, 3, 19)
    dues = table.dues(instant(monday, 0, JST), instant(monday + DAY, 0, JST))
    (plan,) = plans(dues, instant(monday, 0, JST), table, lambda _: False)
    facts = Facts(standing=lambda *_: open_("35201"), last=lambda _: None, counts=lambda *_: ((first,), "2017-06", ()))
    made = post_of(plan.digest, dues, table, facts)
    (said,) = made.said()
    assert worded(asker, made).body[0] == "・実施済み：(オ) 1（3市町中）"
    assert not post_of(plan.digest, dues, table, replace(facts, last=lambda _: said))
    later = replace(facts, last=lambda _: said, counts=lambda *_: ((second,), "2017-06", ()))
    again = worded(asker, post_of(plan.digest, dues, replace(table, goals=(goal(day=date(2018, 4, 2)),)), later))
    assert again.body[:2] == ("・(オ)相談支援：新たに完了 1（宇部市）", "・期限が変わりました：締切D1（平成30年4月2日（2018年4月2日））")


def test_a_step_says_nothing_of_a_deadline_it_does_not_know() -> None:
    due = Due(rule="R1", at=START, team="T1", channel="C1", day=date(2018, 1, 1), steps=(Step(deadline="gone", days=0),))
    (plan,) = plans((due,), START, TABLE, lambda _: False)
    assert not post_of(plan.digest, (due,), TABLE, Facts(standing=lambda *_: open_(), last=lambda _: None, counts=lambda *_: ((), "", ())))
