"""Date expressions -> what they mean. The tables are the specification: a bug is a row first.

Provenance: EXPRESSIONS began as the 51 rows of the reference on matching (§3.2) and its misses (§3.3), SENTENCES are in
the words of officers, COUNTS are figures of the source documents and names that hold a numeral. A period is written
as its precision and first day, a range as first/last, an open one with one side left out; " | " joins candidates,
"; " mentions.
"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.dates import (
    DateMention,
    MonthDay,
    Period,
    era_form,
    era_label,
    era_year,
    find_dates,
    fiscal_year_of,
    period_label,
    period_of,
    read_number,
    short_label,
    unit,
    western_label,
)
from knowledge.normalise import normalise

TODAY = date(2018, 2, 1)  # a Thursday
KNOWN = tuple(map(period_of, ("2015-08", "2015-10", "2016-08", "2017-06", "2018-03-31", "2023-06", "FY2024")))

JUNE = "month 2017-06-01"
FIRST_OF_JUNE = "day 2017-06-01"
FY2017 = "fiscal_year 2017-04-01"
END_FY2017 = "fiscal_end 2018-03-31"

EXPRESSIONS = [
    # month
    ("H29.6", JUNE),
    ("Ｈ２９．６", JUNE),
    ("h29.6", JUNE),
    ("H29/6", JUNE),
    ("H29-6", JUNE),
    ("H29年6月", JUNE),
    ("平成29年6月", JUNE),
    ("平成２９年６月", JUNE),
    ("平成 29 年 6 月", JUNE),
    ("平成二十九年六月", JUNE),
    ("二〇一七年六月", JUNE),
    ("二千十七年六月", JUNE),
    ("㍻29年6月", JUNE),
    ("平29.6", JUNE),
    ("平成29.6", JUNE),
    ("2017年6月", JUNE),
    ("2017年の6月", JUNE),
    ("2017/6", JUNE),
    ("2017/06", JUNE),
    ("2017-06", JUNE),
    ("2017.6", JUNE),
    ("June 2017", JUNE),
    ("june, 2017", JUNE),
    ("June of 2017", JUNE),
    ("Jun. 2017", JUNE),
    ("Jun 2017", JUNE),
    ("June Heisei 29", JUNE),
    ("June H29", JUNE),
    ("6/2017", JUNE),
    ("06/2017", JUNE),
    ("S63.4", "month 1988-04-01"),
    ("R5.6", "month 2023-06-01"),
    ("令和元年5月", "month 2019-05-01"),
    ("R元.5", "month 2019-05-01"),
    ("May 2017", "month 2017-05-01"),
    # day
    ("H29.6.1", FIRST_OF_JUNE),
    ("平成29年6月1日", FIRST_OF_JUNE),
    ("平成二十九年六月一日", FIRST_OF_JUNE),
    ("2017年6月1日", FIRST_OF_JUNE),
    ("2017年6月1日(木)", FIRST_OF_JUNE),
    ("2017/6/1", FIRST_OF_JUNE),
    ("2017-06-01", FIRST_OF_JUNE),
    ("2017.6.1", FIRST_OF_JUNE),
    ("1 June 2017", FIRST_OF_JUNE),
    ("1st of June 2017", FIRST_OF_JUNE),
    ("June 1, 2017", FIRST_OF_JUNE),
    ("June 1st, 2017", FIRST_OF_JUNE),
    ("R7.3.25", "day 2025-03-25"),
    ("令和7年3月25日", "day 2025-03-25"),
    ("昭和64年1月7日", "day 1989-01-07"),
    ("平成元年1月8日", "day 1989-01-08"),
    ("平成31年4月30日", "day 2019-04-30"),
    # part of a month
    ("平成29年6月末", "day 2017-06-30"),
    ("H29.6末", "day 2017-06-30"),
    ("H29年2月末日", "day 2017-02-28"),
    ("end of June 2017", "day 2017-06-30"),
    ("平成29年6月上旬", "day 2017-06-01/2017-06-10"),
    ("2017年6月下旬", "day 2017-06-21/2017-06-30"),
    # year
    ("平成29年", "year 2017-01-01"),
    ("2017年", "year 2017-01-01"),
    ("H29", "year 2017-01-01"),
    ("平成29", "year 2017-01-01"),
    ("Heisei 29", "year 2017-01-01"),
    ("2017", "year 2017-01-01"),
    ("in 2017", "year 2017-01-01"),
    ("令和元年", "year 2019-01-01"),
    ("令和元", "year 2019-01-01"),
    ("昭和64年", "year 1989-01-01"),
    ("end of 2017", "day 2017-12-31"),
    ("平成29年末", "day 2017-12-31"),
    ("2017年夏", "season 2017-06-01"),
    ("平成29年の秋頃", "season 2017-09-01"),
    ("summer of 2017", "season 2017-06-01"),
    ("winter 2017", "season 2017-12-01"),
    ("2017年第3四半期", "quarter 2017-07-01"),
    # fiscal year
    ("H29年度", FY2017),
    ("平成29年度", FY2017),
    ("平成二十九年度", FY2017),
    ("2017年度", FY2017),
    ("FY2017", FY2017),
    ("FY 2017", FY2017),
    ("FY2017/18", FY2017),
    ("FY H29", FY2017),
    ("FYH29", FY2017),
    ("fiscal 2017", FY2017),
    ("fiscal year 2017", FY2017),
    ("fiscal H29", FY2017),
    ("Heisei 29 fiscal year", FY2017),
    ("2017 fiscal year", FY2017),
    ("29年度", FY2017),
    ("FY29", FY2017),
    ("FY17", FY2017),
    ("令和元年度", "fiscal_year 2019-04-01"),
    ("平成31年度", "fiscal_year 2019-04-01"),
    ("R6年度", "fiscal_year 2024-04-01"),
    ("平成29年度末", END_FY2017),
    ("平成29年度の末", END_FY2017),
    ("H29年度末", END_FY2017),
    ("2017年度末", END_FY2017),
    ("FY2017年度末", END_FY2017),
    ("FY2017末", END_FY2017),
    ("end of FY2017", END_FY2017),
    ("the end of fiscal 2017", END_FY2017),
    ("end of the fiscal year 2017", END_FY2017),
    ("FY2017 end", END_FY2017),
    ("FY2017 year-end", END_FY2017),
    ("平成29年度上半期", "half 2017-04-01"),
    ("平成29年度の下期", "half 2017-10-01"),
    ("first half of FY2017", "half 2017-04-01"),
    ("H1 FY2017", "half 2017-04-01"),
    ("H29年度第3四半期", "quarter 2017-10-01"),
    ("H29年度第四四半期", "quarter 2018-01-01"),
    ("H29年度3Q", "quarter 2017-10-01"),
    ("Q3 FY2017", "quarter 2017-10-01"),
    ("FY2017 Q3", "quarter 2017-10-01"),
    ("third quarter of FY2017", "quarter 2017-10-01"),
    ("平成29年度の3月", "month 2018-03-01"),
    # the era goes on counting
    ("H31.5", "month 2019-05-01"),
    ("平成35年", "year 2023-01-01"),
    ("昭和64年2月", "month 1989-02-01"),
    # from today
    ("今日", "day 2018-02-01"),
    ("明日", "day 2018-02-02"),
    ("昨日", "day 2018-01-31"),
    ("明後日", "day 2018-02-03"),
    ("tomorrow", "day 2018-02-02"),
    ("the day after tomorrow", "day 2018-02-03"),
    ("今週", "week 2018-01-29"),
    ("来週", "week 2018-02-05"),
    ("来週金曜", "day 2018-02-09"),
    ("来週の金曜日", "day 2018-02-09"),
    ("今週の金曜", "day 2018-02-02"),
    ("金曜", "day 2018-02-02"),
    ("木曜日", "day 2018-02-01"),
    ("next Friday", "day 2018-02-09"),
    ("this Friday", "day 2018-02-02"),
    ("Friday", "day 2018-02-02"),
    ("今月", "month 2018-02-01"),
    ("先月", "month 2018-01-01"),
    ("来月", "month 2018-03-01"),
    ("再来月", "month 2018-04-01"),
    ("来月10日", "day 2018-03-10"),
    ("来月末", "day 2018-03-31"),
    ("月末", "day 2018-02-28"),
    ("last month", "month 2018-01-01"),
    ("end of this month", "day 2018-02-28"),
    ("end of the month", "day 2018-02-28"),
    ("今年", "year 2018-01-01"),
    ("本年", "year 2018-01-01"),
    ("去年", "year 2017-01-01"),
    ("昨年", "year 2017-01-01"),
    ("一昨年", "year 2016-01-01"),
    ("来年", "year 2019-01-01"),
    ("last year", "year 2017-01-01"),
    ("今年6月", "month 2018-06-01"),
    ("昨年の6月1日", "day 2017-06-01"),
    ("年末", "day 2018-12-31"),
    ("今年度", FY2017),
    ("昨年度", "fiscal_year 2016-04-01"),
    ("前年度", "fiscal_year 2016-04-01"),
    ("来年度", "fiscal_year 2018-04-01"),
    ("今年度末", END_FY2017),
    ("昨年度末", "fiscal_end 2017-03-31"),
    ("今年度上半期", "half 2017-04-01"),
    ("昨年度の3月", "month 2017-03-01"),
    ("this fiscal year", FY2017),
    ("last fiscal year", "fiscal_year 2016-04-01"),
    ("end of this fiscal year", END_FY2017),
    ("end of last FY", "fiscal_end 2017-03-31"),
    ("上半期", "half 2017-04-01"),
    ("第3四半期", "quarter 2017-10-01"),
    ("next March", "month 2018-03-01"),
    ("last June", "month 2017-06-01"),
    ("3月末", "day 2018-03-31"),
    ("1月末", "day 2019-01-31"),
    ("三月末", "day 2018-03-31"),
    ("end of March", "day 2018-03-31"),
    # the era or the year is missing: the data decide, or nobody does
    ("27年10月", "month 2015-10-01"),
    ("27年10月現在", "month 2015-10-01"),
    ("5年6月", "month 2023-06-01"),
    ("30年4月", "month 2018-04-01"),
    ("29年", "year 2017-01-01"),
    ("10月", "month 2015-10-01"),
    ("in October", "month 2015-10-01"),
    ("October", "month 2015-10-01"),
    ("8月", "month 2016-08-01 | month 2015-08-01"),
    ("六月", "month 2023-06-01 | month 2017-06-01"),
    ("in June", "month 2023-06-01 | month 2017-06-01"),
    ("9月4日", "month_only 9-4"),
    ("11/30(金)", "month_only 11-30"),
    ("in March", "month 2018-03-01"),
    ("by May", "month_only 5"),
    ("May", "month_only 5"),
    ("FY2017-18", "fiscal_year 2017-04-01 | fiscal_year 2017-04-01/2019-03-31"),
    ("end of the year", "day 2018-12-31 | fiscal_end 2018-03-31"),
    # ranges
    ("H29.6～H30.3", "month 2017-06-01/2018-03-31"),
    ("H29.6〜30.3", "month 2017-06-01/2018-03-31"),
    ("H29.6～8", "month 2017-06-01/2017-08-31"),
    ("H29.6.1～6.30", "day 2017-06-01/2017-06-30"),
    ("2017-06 - 2018-03", "month 2017-06-01/2018-03-31"),
    ("平成29年6月から平成30年3月まで", "month 2017-06-01/2018-03-31"),
    ("平成29年6月〜30年3月", "month 2017-06-01/2018-03-31"),
    ("平成29年6月より平成30年3月まで", "month 2017-06-01/2018-03-31"),
    ("2017年4月から6月", "month 2017-04-01/2017-06-30"),
    ("2017年4～6月", "month 2017-04-01/2017-06-30"),
    ("平成29年11月～3月", "month 2017-11-01/2018-03-31"),
    ("2017年6月1～5日", "day 2017-06-01/2017-06-05"),
    ("H26～29年度", "fiscal_year 2014-04-01/2018-03-31"),
    ("H26～H29年度", "fiscal_year 2014-04-01/2018-03-31"),
    ("26～29年度", "fiscal_year 2014-04-01/2018-03-31"),
    ("平成26年から29年度", "fiscal_year 2014-04-01/2018-03-31"),
    ("平成23・24年度", "fiscal_year 2011-04-01/2013-03-31"),
    ("H26-29", "year 2014-01-01/2017-12-31"),
    ("FY2015-2017", "fiscal_year 2015-04-01/2018-03-31"),
    ("FY2015-17", "fiscal_year 2015-04-01/2018-03-31"),
    ("FY2015 to FY2017", "fiscal_year 2015-04-01/2018-03-31"),
    ("June 2017 to March 2018", "month 2017-06-01/2018-03-31"),
    ("June to August 2017", "month 2017-06-01/2017-08-31"),
    ("November to March 2018", "month 2017-11-01/2018-03-31"),
    ("between June 2016 and June 2017", "month 2016-06-01/2017-06-30"),
    ("2015年から2017年", "year 2015-01-01/2017-12-31"),
    ("2015-2017", "year 2015-01-01/2017-12-31"),
    ("2015-17", "year 2015-01-01/2017-12-31"),
    ("9月4日から10月20日まで", "day 2015-09-04/2015-10-20"),
    ("第1四半期から第3四半期", "quarter 2017-04-01/2017-12-31"),
    ("月曜から金曜まで", "day 2018-02-05/2018-02-09"),
    # open ranges
    ("H29.4〜", "month 2017-04-01/"),
    ("H29.4以降", "month 2017-04-01/"),
    ("平成27年4月から", "month 2015-04-01/"),
    ("R元年度～", "fiscal_year 2019-04-01/"),
    ("since 2016", "year 2016-01-01/"),
    ("from June 2017", "month 2017-06-01/"),
    ("after June 2017", "month 2017-07-01/"),
    ("〜H30.3", "month /2018-03-31"),
    ("H30.3まで", "month /2018-03-31"),
    ("平成30年3月以前", "month /2018-03-31"),
    ("until March 2018", "month /2018-03-31"),
    ("by the end of FY2017", "fiscal_end /2018-03-31"),
    ("before June 2017", "month /2017-05-31"),
    # a place in the series
    ("最新", "latest"),
    ("直近の調査", "latest"),
    ("現在", "latest"),
    ("今はどこ", "latest"),
    ("latest", "latest"),
    ("currently", "latest"),
    ("now", "latest"),
    ("前回", "previous"),
    ("last survey", "previous"),
    ("previous", "previous"),
    ("前々回", "before_previous"),
    ("the survey before last", "before_previous"),
    ("初回", "first"),
    ("最初の調査", "first"),
    ("first survey", "first"),
    ("次回", "next"),
    ("next survey", "next"),
    ("年度末", "fiscal_end"),
    ("by the end of the fiscal year", "fiscal_end"),
    # no such date
    ("2017-13", "invalid"),
    ("2017年13月", "invalid"),
    ("H29.13", "invalid"),
    ("H29.2.30", "invalid"),
    ("平成29年6月31日", "invalid"),
    ("13月", "invalid"),
    ("2月30日", "invalid"),
    ("平成0年", "invalid"),
    ("H30.3～H29.6", "invalid"),
]

SENTENCES = [
    ("平成27年8月の(カ)はいくつ", "month 2015-08-01"),
    ("H28.8に(イ)をやっていた市町の名前は？", "month 2016-08-01"),
    ("H27.8とH28.8とH29.6の(オ)の推移", "month 2015-08-01; month 2016-08-01; month 2017-06-01"),
    ("H27.8、28.8、29.6の推移", "month 2015-08-01; month 2016-08-01; month 2017-06-01"),
    ("平成28年8月と29年6月を比べて", "month 2016-08-01; month 2017-06-01"),
    ("H28.8よりH29.6のほうが多い項目", "month 2016-08-01; month 2017-06-01"),
    ("H29.6、3.5倍になった", "month 2017-06-01"),
    ("29.6%だったH29.6", "month 2017-06-01"),
    ("平成29年秋田市と春日市", "year 2017-01-01"),
    ("年度末に(エ)が実施されている市町の数", "fiscal_end"),
    ("来週金曜までに(オ)が年度末でもまだの市町に通知", "day /2018-02-09; fiscal_end"),
    ("H29年度と6年度の予算", "fiscal_year 2017-04-01; fiscal_year 2024-04-01"),
    ("which towns will have done (ク) by the end of FY2017?", "fiscal_end /2018-03-31"),
    ("what changed between August 2016 and June 2017?", "month 2016-08-01/2017-06-30"),
    ("19 towns in June 2017 for item 5", JUNE),
    ("(オ)の現在の状況と前回", "latest; previous"),
    ("平成29年6月1日現在の11 / 19 市町", FIRST_OF_JUNE),
    ("今治市の今年度", FY2017),
]

COUNTS = [
    *"7項目 19市町 3つ 5市 第115条の45の10 4項目以上 24時間 (1) 10/10 500名/回×7回 Ver.3 vol.447 92.5% 75歳".split(),
    *"n=2017 #2017 H1 M3 T2 H1N1 R2-D2 PM2.5 2/3 11/19 19/19 29.6% 38.5% n=53 365日 八つの項目 (ア)から(ク) ⑤ 4番 1,741".split(),
    *"2017円 2017市町 2,017人 第2025号 老発0609001号 0120-2017-0601 ¥2017 3年間 10年 5年以内 3年ごと 10年計画".split(),
    *"3か月 三か月 第3月曜日 毎週金曜 第2金曜日 毎年度末 各年度末 過去 今後 今まで 今治市 明日香村 春日市 秋田市 千年".split(),
    *"四日市市 十日町市 八日市 三木市 五島市 大月市 二次医療圏 平成 年度 月額 現在地 一部 全8項目 年末年始 最新情報".split(),
    "補助率 10/10",
    "12 / 19 市町 (63.2 %)",
    "item 5",
    "2000 people",
    "2017 municipalities",
    "7,500千円",
    "8項目中 5.6 項目",
    "every Friday",
    "may I ask which towns",
    "which towns may 3 of them name",
    "which towns march ahead",
    "item 1 may be done",
    "Jun Tanaka",
    "towns with at least 7 items",
]


@pytest.mark.parametrize(("text", "meaning"), EXPRESSIONS)
def test_expression(text: str, meaning: str) -> None:
    assert told(text) == meaning


@pytest.mark.parametrize(("text", "meaning"), EXPRESSIONS)
def test_expression_in_a_sentence(text: str, meaning: str) -> None:
    """The words around a date neither change it nor become part of it; only May alone is a verb in a sentence."""
    if text != "May":
        assert told(f"(オ) {text}") == told(f"{text} (オ)") == meaning


@pytest.mark.parametrize(("text", "meaning"), SENTENCES)
def test_sentence(text: str, meaning: str) -> None:
    assert told(text) == meaning


@pytest.mark.parametrize("text", COUNTS)
def test_counts_and_names_are_no_dates(text: str) -> None:
    assert told(text) == ""
    assert told(f"{text}は？") == ""


@pytest.mark.parametrize(
    ("text", "known", "meaning"),
    [
        ("27年10月", (), "month 2015-10-01"),
        ("5年6月", (), "month 2023-06-01 | month 1993-06-01"),
        ("63年4月", (), "month 1988-04-01"),
        ("29年", (), ""),
        ("6月", (), "month_only 6"),
        ("6月1日", (), "month_only 6-1"),
        ("4月から6月", (), "month_only 4/6"),
        ("6月", ("2017-06",), JUNE),
        ("6月1日", ("2017-06",), FIRST_OF_JUNE),
        ("9月4日", ("2015-09-04", "2015-09-07"), "day 2015-09-04"),
        ("9月", ("2015-09-04", "2015-09-07"), "month 2015-09-01"),
        ("4月から6月", ("2017-06",), "month 2017-04-01/2017-06-30"),
        ("5年6月", ("2017-06", "2018-06"), "month 1993-06-01"),
    ],
)
def test_known_periods_fill_in(text: str, known: tuple[str, ...], meaning: str) -> None:
    assert told(text, known=tuple(map(period_of, known))) == meaning


def test_two_eras_are_both_offered() -> None:
    """In 2026 5年6月 may be of 1993 or of 2023: no value, two candidates."""
    assert told("5年6月", today=date(2026, 1, 1), known=()) == "month 2023-06-01 | month 1993-06-01"


def test_month_without_year_has_its_neighbours() -> None:
    (mention,) = find_dates("3月10日までに", today=TODAY)
    assert mention.value == MonthDay(month=3, day=10)
    assert [period.end for period in mention.candidates] == [date(2017, 3, 10), date(2018, 3, 10)]


def test_spans_and_surfaces() -> None:
    text = "h29.6から30年3月まで、最新の(オ)"
    first, second = find_dates(text, today=TODAY)
    assert (first.surface, second.surface) == ("h29.6から30年3月まで", "最新")
    assert isinstance(first.value, Period)
    assert (first.value.surface, first.value.span) == (first.surface, first.span)
    assert text[slice(*second.span)] == "最新"


def test_an_open_period_keeps_the_date_it_was_said_with() -> None:
    (mention,) = find_dates("平成30年4月まで", today=TODAY)
    assert isinstance(mention.value, Period)
    assert mention.value.edge == (date(2018, 4, 1), date(2018, 4, 30))


@pytest.mark.parametrize(
    ("day", "precision", "ja", "en", "short"),
    [
        ("2017-06-01", "month", "平成29年6月（2017年6月）", "June 2017 (Heisei 29)", "H29.6"),
        ("2017-06-01", "day", "平成29年6月1日（2017年6月1日）", "1 June 2017 (Heisei 29)", "H29.6.1"),
        ("2018-03-31", "fiscal_end", "平成29年度末（2018年3月31日）", "end of FY2017 (31 March 2018)", "H29年度末"),
        ("2017-04-01", "fiscal_year", "平成29年度（2017年度）", "FY2017 (Heisei 29)", "H29年度"),
        ("2017-01-01", "year", "平成29年（2017年）", "2017 (Heisei 29)", "H29"),
        ("2017-10-01", "quarter", "平成29年度第3四半期（2017年10月〜12月）",
         "Q3 of FY2017 (October–December 2017)", "H29年度第3四半期"),
        ("2017-10-01", "half", "平成29年度下半期（2017年10月〜2018年3月）",
         "second half of FY2017 (October 2017–March 2018)", "H29年度下半期"),
        ("2018-01-15", "season", "平成30年冬（2018年冬）", "winter 2018 (Heisei 30)", "H30年冬"),
        ("2018-02-07", "week", "平成30年2月5日の週（2018年2月5日の週）", "week of 5 February 2018 (Heisei 30)",
         "H30.2.5の週"),
        ("2019-04-30", "day", "平成31年4月30日（2019年4月30日）", "30 April 2019 (Heisei 31)", "H31.4.30"),
        ("2019-05-01", "day", "令和元年5月1日（2019年5月1日）", "1 May 2019 (Reiwa 1)", "R1.5.1"),
        ("2019-05-01", "month", "令和元年5月（2019年5月）", "May 2019 (Reiwa 1)", "R1.5"),
        ("2019-04-01", "fiscal_year", "令和元年度（2019年度）", "FY2019 (Reiwa 1)", "R1年度"),
        ("2019-01-01", "year", "平成31年・令和元年（2019年）", "2019 (Heisei 31 / Reiwa 1)", "H31"),
        ("1989-01-07", "day", "昭和64年1月7日（1989年1月7日）", "7 January 1989 (Showa 64)", "S64.1.7"),
        ("1989-01-08", "day", "平成元年1月8日（1989年1月8日）", "8 January 1989 (Heisei 1)", "H1.1.8"),
        ("2023-06-01", "month", "令和5年6月（2023年6月）", "June 2023 (Reiwa 5)", "R5.6"),
        ("1850-06-01", "month", "1850年6月", "June 1850", "1850年6月"),
    ],
)  # fmt: skip
def test_labels(day: str, precision: str, ja: str, en: str, short: str) -> None:
    d = date.fromisoformat(day)
    assert (era_label(d, precision, "ja"), era_label(d, precision, "en")) == (ja, en)  # type: ignore[arg-type]
    assert short_label(d, precision) == short  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "ja", "en"),
    [
        ("H29.6", "平成29年6月（2017年6月）", "June 2017 (Heisei 29)"),
        ("H29.6～H30.3", "平成29年6月（2017年6月）〜平成30年3月（2018年3月）",
         "June 2017 (Heisei 29) to March 2018 (Heisei 30)"),
        ("H29.4～", "平成29年4月（2017年4月）以降", "from April 2017 (Heisei 29)"),
        ("H29年度末まで", "平成29年度末（2018年3月31日）まで", "until end of FY2017 (31 March 2018)"),
        ("FY2015 to end of FY2017", "平成27年4月（2015年4月）〜平成29年度末（2018年3月31日）",
         "April 2015 (Heisei 27) to end of FY2017 (31 March 2018)"),
    ],
)  # fmt: skip
def test_period_labels(text: str, ja: str, en: str) -> None:
    (mention,) = find_dates(normalise(text).text, today=TODAY)
    assert isinstance(mention.value, Period)
    assert (period_label(mention.value, "ja"), period_label(mention.value, "en")) == (ja, en)


def test_western_and_era_forms() -> None:
    assert western_label(date(2018, 3, 31), "fiscal_end", "ja") == "2017年度末"
    assert western_label(date(2018, 3, 31), "fiscal_end", "en") == "end of FY2017"
    assert era_form(date(2017, 6, 1), "month") == "平成29年6月"


@pytest.mark.parametrize(
    ("iso", "first", "last"),
    [
        ("2015", date(2015, 1, 1), date(2015, 12, 31)),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29)),
        ("2015-09-04", date(2015, 9, 4), date(2015, 9, 4)),
        ("FY2017", date(2017, 4, 1), date(2018, 3, 31)),
    ],
)
def test_dates_of_the_files_of_facts(iso: str, first: date, last: date) -> None:
    period = period_of(iso)
    assert (period.start, period.end, period.single) == (first, last, True)


@pytest.mark.parametrize("iso", ["", "2017-13", "2017-02-30", "FY2017-04", "29", "H29.6", "2017-6"])
def test_other_dates_are_refused(iso: str) -> None:
    with pytest.raises(ValueError):
        period_of(iso)


@pytest.mark.parametrize(("text", "number"), [("元", 1), ("十", 10), ("二十九", 29), ("二〇一七", 2017), ("二千十七", 2017)])
def test_numbers(text: str, number: int) -> None:
    assert read_number(text) == number


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_back_from_its_labels(day: date) -> None:
    era, year = era_year(day) or pytest.fail("no era")
    for text in (
        era_form(day, "day"), western_label(day, "day", "ja"), western_label(day, "day", "en"), day.isoformat(),
        f"{era.letter}{year}年{day.month}月{day.day}日",
    ):  # fmt: skip
        assert told(text) == f"day {day}"


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_fiscal_year_is_read_back(day: date) -> None:
    start, end = unit(day, "fiscal_year")
    assert fiscal_year_of(start) == fiscal_year_of(end) == fiscal_year_of(day)
    assert told(era_form(day, "fiscal_year")) == told(f"FY{fiscal_year_of(day)}") == f"fiscal_year {start}"
    assert told(era_form(end, "fiscal_end")) == f"fiscal_end {end}"


PIECES = st.lists(
    st.sampled_from(
        "平成 令和 h r 29 6 30.3 h29.6 2017 13 元 年 月 日 度 末 年度末 の から まで ~ - / . ・ 、 june may march 1st , end of fy q3 h1"
        " fiscal next last friday 来週 金曜 今 今年 前回 第 四半期 夏 十 二〇一七 現在 以降 since by between and to (月) オ 市町".split(" ")
    )
)
ANY_TEXT = st.one_of(st.text(), PIECES.map("".join), PIECES.map(" ".join))
DAYS = st.dates(date(1900, 1, 1), date(2150, 12, 31))


@given(ANY_TEXT, DAYS)
def test_any_text_gives_mentions_inside_it(raw: str, today: date) -> None:
    text = normalise(raw).text
    mentions = find_dates(text, today=today, eras=KNOWN)
    end = 0
    for mention in mentions:
        assert end <= mention.span[0] < mention.span[1] <= len(text)
        assert mention.surface == text[slice(*mention.span)]
        end = mention.span[1]


@given(ANY_TEXT, DAYS)
def test_any_mention_keeps_its_promise(raw: str, today: date) -> None:
    for mention in find_dates(normalise(raw).text, today=today, eras=KNOWN):
        assert all(period.start <= period.end for period in mention.candidates)
        assert all(period_label(period, lang) for period in mention.candidates for lang in ("ja", "en"))
        if mention.kind == "period":
            assert mention.value == (mention.candidates[0] if len(mention.candidates) == 1 else None)
            assert mention.candidates


def told(text: str, *, today: date = TODAY, known: tuple[Period, ...] = KNOWN) -> str:
    return "; ".join(map(_mention, find_dates(normalise(text).text, today=today, eras=known)))


def _mention(mention: DateMention) -> str:
    if mention.kind == "period":
        return " | ".join(map(_period, mention.candidates))
    if isinstance(mention.value, MonthDay):
        until = f"/{mention.value.until.month}" if mention.value.until else ""
        return f"month_only {mention.value.month}{f'-{mention.value.day}' if mention.value.day else ''}{until}"
    return str(mention.value or mention.kind)


def _period(period: Period) -> str:
    first = "" if period.open == "until" else str(period.start)
    last = "" if period.open == "from" else str(period.end)
    return f"{period.precision} {first}" if period.single else f"{period.precision} {first}/{last}"


def test_a_week_later_is_a_week_later() -> None:
    """来週 moves with today, whatever the weekday."""
    for offset in range(14):
        today = TODAY + timedelta(days=offset)
        assert told("来週", today=today) == f"week {unit(today + timedelta(weeks=1), 'week')[0]}"
