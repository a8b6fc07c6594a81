"""A file of facts with an error is refused whole, in one sentence: file, place, value, and the nearest valid value.

GOOD is a file that is read. Every case breaks one thing in it. What was good before stays in use.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date
from functools import reduce
from operator import getitem, setitem
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.ask import Asker
from bot.open import ensure, open_asker
from bot.settings import ROOT, Settings
from db.build import build
from knowledge.load import DataError, Document, DocumentReader, Facts, Names, fact_files, load, load_items, load_municipalities
from knowledge.load.shapes import BASE, POINT, ROW, SCENES, SIZE, SOURCE, TABLES, TALLY, TOPICS
from knowledge.load.toml import lines as lines_of
from knowledge.load.toml import read_toml
from tests.conftest import Asked

GOOD = """\
[source]
id = "made-up"
document = { ja = "架空の調査", en = "Invented survey" }
publisher = { ja = "架空の課", en = "Invented section" }
date = "2017-07-01"

[[territory]]
id = "toyama"
name = "富山県"
en = "Toyama Prefecture"
kind = "prefecture"
prefecture = "富山県"

[[survey]]
id = "made-up-2017-06"
territory = "toyama"
place = "表1"
as_of = "2017-06"
kind = "actual"
label = "H29.6"
n = 15
plan_by = "2018-03-31"
total = 3
[survey.counts]
"ア" = 2
"イ" = 1
[survey.done]
"ア" = ["高岡市", "魚津市"]
"イ" = ["黒部市"]
[survey.planned]
"ア" = ["氷見市"]

[[survey]]
id = "made-up-2018-03"
territory = "toyama"
place = "表1"
as_of = "2018-03-31"
kind = "planned"
based_on = "made-up-2017-06"
n = 15
[survey.counts]
"ア" = 3

[[survey]]
id = "made-up-2016-06"
territory = "toyama"
place = "表1"
as_of = "2016-06"
kind = "actual"
n = 15
[[survey.tally]]
item = "ア"
no = "①"
question = { ja = "架空の設問", en = "Invented question" }
done = 5
done_share = 33.3
not_done = 10

[[table]]
id = "made-up-table"
territory = "toyama"
as_of = "2017-06"
place = "表2"
title = { ja = "架空の表", en = "Invented table" }
unit = { ja = "市町村", en = "municipalities" }
bases = [{ n = 15, of = { ja = "全市町村", en = "all municipalities" }, printed = true }]
words.ja = ["架空 表"]
words.en = ["invented table"]
[[table.row]]
label = { ja = "ある", en = "Yes" }
value = 3
share = 20.0
words.ja = ["架空 ある"]

[[programme]]
id = "made-up-programme"
territory = "toyama"
place = "2"
name = "架空の事業"
en = "Invented programme"
fiscal_year = "FY2017"
amount = 1000000
new = true
rate = "1/2"
cap = 500000
cap_per = { ja = "1市町村", en = "municipality" }
numbers = [{ label = { ja = "回数", en = "Times" }, value = 4, unit = { ja = "回", en = "times" }, at_least = true }]
contents = [{ ja = "架空の研修", en = "Invented training" }]
words.ja = ["架空の事業"]
words.en = ["invented programme"]

[[topic]]
id = "made-up-topic"
territory = "toyama"
place = "3"
kind = "guide"
title = { ja = "架空の手引き", en = "Invented guide" }
words.ja = ["架空 手引き"]
words.en = ["invented guide"]
[[topic.point]]
section = "(1)"
text = { ja = "架空の要点。", en = "An invented point." }
items = ["ア"]
since = "2017"
scene = ["daily"]

[[event]]
id = "made-up-event"
territory = "toyama"
place = "4"
kind = "meeting"
date = "2017-09-01"
title = { ja = "架空の会議", en = "Invented meeting" }
items = ["ア"]
words.ja = ["架空の会議"]
words.en = ["invented meeting"]
"""

SURVEY = "made-up-2017-06"
SHAPES = (SOURCE, *TABLES.values(), TALLY, ROW, BASE, SIZE, POINT)


def put(folder: Path, text: str | bytes, name: str = "facts.toml") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


MUNICIPALITIES, ITEMS = load_municipalities(), load_items()
LETTERS, NAMES = tuple(item.letter for item in ITEMS), Names(MUNICIPALITIES)


def read(path: Path) -> Document:
    """One file, read as `load` reads it, without making the index of all names again for every case."""
    return DocumentReader(path, NAMES, MUNICIPALITIES, LETTERS).read()


def refused(folder: Path, text: str | bytes) -> str:
    """What is said of a file that must not be read."""
    path = put(folder, text)
    with pytest.raises(DataError) as caught:
        read(path)
    return str(caught.value)


def broken(old: str, new: str) -> str:
    """GOOD with the first `old` exchanged for `new`."""
    assert old in GOOD, f"the case is stale: {old!r} is not in GOOD"
    return GOOD.replace(old, new, 1)


def shown(old: str, new: str) -> str:
    """A case's id: what was exchanged for what, on one line."""
    return " / ".join(f"{old} → {new[:100]}".split("\n"))


def test_the_good_file_is_read(tmp_path: Path) -> None:
    """GOOD is good: whatever is refused below is refused for what the case breaks."""
    facts = read(put(tmp_path, GOOD))
    assert [s.id for s in facts.surveys] == ["made-up-2017-06", "made-up-2018-03", "made-up-2016-06"]
    assert len(facts.statuses) == 15 * 8


@pytest.mark.parametrize("encoded", [GOOD.replace("\n", "\r\n"), "# 富山\n" + GOOD, GOOD.replace('"高岡市"', '"高岡市 "')], ids=["CRLF", "comment", "space"])
def test_harmless_differences(encoded: str | bytes, tmp_path: Path) -> None:
    """Windows line ends, comments and a space behind a name change nothing."""
    assert read(put(tmp_path, GOOD)) == read(put(tmp_path, encoded))


# Each: what is exchanged for what | what the sentence must hold besides the file's name.
BROKEN = [
    # municipalities
    ('"高岡市"', '"高岡"', [SURVEY, "done ア", "'高岡'", "高岡市"]),
    ('"高岡市"', '"高同市"', [SURVEY, "done ア", "'高同市'", "高岡市"]),
    ('["氷見市"]', '["永見市"]', [SURVEY, "planned ア", "'永見市'", "氷見市"]),
    ('"高岡市"', '"下関市"', [SURVEY, "done ア", "'下関市'", "富山県"]),
    ('"高岡市"', '"砺波町"', [SURVEY, "done ア", "'砺波町'", "砺波市"]),
    ('"高岡市"', '"朝日村"', [SURVEY, "done ア", "'朝日村'", "富山県", "朝日町"]),
    ('"高岡市"', '"府中市（東京）"', [SURVEY, "done ア", "'府中市（東京）'", "府中市（東京都）", "府中市（広島県）"]),
    ('"高岡市"', "5", [SURVEY, "done ア", "5"]),
    ('["黒部市"]', '"黒部市"', [SURVEY, "done イ", "'黒部市'", "list"]),
    ('"魚津市"]', '"高岡市"]', [SURVEY, "done ア", "'高岡市'", "twice"]),
    ('["氷見市"]', '["魚津市"]', [SURVEY, "planned ア", "'魚津市'", "both lists"]),
    ("[survey.done]\n", '[survey.done]\n"ウ" = []\nlabel = "H29.6"\n', [SURVEY, "done label", "not an item", "above this one's header"]),
    # territories
    ('prefecture = "富山県"', 'prefecture = "富山県"\nexcept = ["高同市"]', ["toyama", "except", "高同市", "高岡市"]),
    ('prefecture = "富山県"', 'prefecture = "富山県"\nexcept = ["札幌市"]', ["toyama", "except", "'札幌市'", "富山県"]),
    ('prefecture = "富山県"', 'except = ["富山市"]', ["toyama", "except", "goes with prefecture"]),
    ('prefecture = "富山県"', 'prefecture = "富山県"\nmembers = ["富山市"]\nexcept = ["高岡市"]', ["toyama", "except", "not with members"]),
    ('prefecture = "富山県"', 'members = ["富山市", "高岡市", "富山市"]', ["toyama", "members", "'富山市'", "twice"]),
    ('prefecture = "富山県"\n', "", ["toyama", "members", "are 0", "prefecture"]),
    ('kind = "prefecture"', 'kind = "city"', ["toyama", "members", "are 15", "itself alone"]),
    ('kind = "prefecture"', 'kind = "nation"', ["toyama", "members", "are 15", "none"]),
    ('kind = "prefecture"', 'kind = "prefekture"', ["toyama", "kind", "'prefekture'", "'prefecture'"]),
    ("[[survey]]", '[[territory]]\nid = "toyama"\nname = "富山県"\nen = "T"\nkind = "nation"\n[[survey]]', ["toyama", "'toyama'", "twice"]),
    # items
    ('"イ" = ["黒部市"]', '"ケ" = ["黒部市"]', [SURVEY, "done ケ", "'ケ'", "ク"]),
    ('"イ" = ["黒部市"]', '"ｲ" = ["黒部市"]', [SURVEY, "'ｲ'", "イ"]),
    ('"ア" = ["氷見市"]', '"ケ" = ["氷見市"]', [SURVEY, "planned ケ", "'ケ'"]),
    ('"イ" = 1\n', '"ケ" = 1\n', [SURVEY, "counts ケ", "not an item"]),
    ('items = ["ア"]\nsince', 'items = ["ケ"]\nsince', ["made-up-topic", "(1) items", "'ケ'", "ク"]),
    ('item = "ア"', 'item = "ケ"', ["made-up-2016-06", "item", "'ケ'"]),
    ('items = ["ア"]\nwords', 'items = "ア"\nwords', ["made-up-event", "items", "'ア'", "list"]),
    # numbers
    ('"ア" = 2', '"ア" = 3', [SURVEY, "counts ア", "3", "2 names"]),
    ("n = 15\nplan_by", "n = 14\nplan_by", [SURVEY, " n", "14", "富山県", "15"]),
    ("total = 3", "total = 4", [SURVEY, "total", "4", "3"]),
    ("not_done = 10", "not_done = 11", ["made-up-2016-06", "not_done", "5 + 11", "15"]),
    ('"ア" = 3\n\n', '"ア" = 16\n\n', ["made-up-2018-03", "counts ア", "16", "15"]),
    ("n = 15\n[[survey.tally]]", "n = 150\n[[survey.tally]]", ["made-up-2016-06", " n", "150", "富山県", "15"]),
    ("n = 15\nplan_by", "n = 0\nplan_by", [SURVEY, " n", "0", "whole number of 1 or more"]),
    ("bases = [{ n = 15,", "bases = [{ n = 0,", ["made-up-table", "bases no. 1 n", "0", "whole number of 1 or more"]),
    ('total = 3\n[survey.counts]\n"ア" = 2\n"イ" = 1\n', "total = 4\n", [SURVEY, "total", "4", "3"]),
    ("value = 3", 'value = "3"', ["made-up-table", "value", "'3'", "number", "did you mean 3,"]),
    ("value = 3", "value = nan", ["made-up-table", "value", "nan", "number"]),
    ("value = 3", "value = -inf", ["made-up-table", "value", "-inf", "number"]),
    ("value = 3", "value = 9_000_000_000_000_000_000", ["made-up-table", "value", "9000000000000000000", "more than"]),
    ("value = 3", f"value = 0x{'f' * 5000}", ["made-up-table", "value", "thousands of digits", "more than"]),
    ("share = 20.0", "share = 200", ["made-up-table", "share", "200", "100"]),
    ("share = 20.0", "share = -0.1", ["made-up-table", "share", "-0.1", "0 or more"]),
    ("done_share = 33.3", "done_share = 333", ["made-up-2016-06", "done_share", "333", "100"]),
    ("value = 3", "value = true", ["made-up-table", "value", "True", "number"]),
    ("amount = 1000000", "amount = -1", ["made-up-programme", "amount", "-1"]),
    ("amount = 1000000", 'amount = "1,000"', ["made-up-programme", "amount", "'1,000'", "did you mean 1000,"]),
    ("new = true", 'new = "yes"', ["made-up-programme", "new", "'yes'", "true or false"]),
    # dates
    ('as_of = "2017-06"\nkind', 'as_of = ""\nkind', [SURVEY, "as_of", "''", "2017-06"]),
    ('as_of = "2017-06"\nkind', 'as_of = "2017"\nkind', [SURVEY, "as_of", "'2017'", "2017-06"]),
    ('as_of = "2017-06"\nkind', 'as_of = "FY2017"\nkind', [SURVEY, "as_of", "'FY2017'", "2017-06"]),
    ('as_of = "2017-06"\nkind', 'as_of = "1017-06"\nkind', [SURVEY, "as_of", "'1017-06'", "calendar", "1017"]),
    ('plan_by = "2018-03-31"', 'plan_by = "2018-03"', [SURVEY, "plan_by", "'2018-03'", "2017-06-30"]),
    ('plan_by = "2018-03-31"', 'plan_by = ""', [SURVEY, "plan_by", "''", "2017-06-30"]),
    ('plan_by = "2018-03-31"', 'plan_by = "2017-03-31"', [SURVEY, "plan_by", "2017-03-31", "2017-06"]),
    ('plan_by = "2018-03-31"\n', "", [SURVEY, "plan_by", "missing"]),
    ('kind = "meeting"\ndate = "2017-09-01"', 'kind = "deadline"\ndate = ""', ["made-up-event", "date", "''", "2017-06"]),
    ('kind = "meeting"\ndate = "2017-09-01"', 'kind = "step"\ndate = ""', ["made-up-event", "date", "''", "FY2017"]),
    ('date = "2017-09-01"', 'date = "2017-09-01"\nuntil = "2017-08"', ["made-up-event", "until", "2017-08", "2017-09-01"]),
    ('fiscal_year = "FY2017"', 'fiscal_year = "2017"', ["made-up-programme", "fiscal_year", "'2017'", "FY2017"]),
    ('fiscal_year = "FY2017"', 'fiscal_year = "H29年度"', ["made-up-programme", "fiscal_year", "'H29年度'", "did you mean 'FY2017'?"]),
    ('"2017-06"\nkind', '"2017-13"\nkind', [SURVEY, "as_of", "'2017-13'", "calendar"]),
    ('"2017-06"\nkind', '"2017-6"\nkind', [SURVEY, "as_of", "'2017-6'", "2017-06"]),
    ('"2017-06"\nkind', '"H29.6"\nkind', [SURVEY, "as_of", "'H29.6'", "did you mean '2017-06'?"]),
    ('"2017-06"\nkind', '"今年6月"\nkind', [SURVEY, "as_of", "'今年6月'", "2017-06"]),
    ('"2017-06"\nkind', "2017-06-01\nkind", [SURVEY, "as_of", "quotation marks", "'2017-06-01'"]),
    ('"2017-09-01"', '"2017-02-30"', ["made-up-event", "date", "'2017-02-30'", "calendar"]),
    ('since = "2017"', 'since = "20170401"', ["made-up-topic", "(1) since", "'20170401'", "2017-06"]),
    # what is planned
    ("[survey.planned]", 'based_on = "made-up-2018-03"\n[survey.planned]', [SURVEY, "done based_on", "above this one's header"]),
    ("[survey.counts]", 'based_on = "made-up-2018-03"\n[survey.counts]', [SURVEY, "based_on", "kind 'planned'"]),
    ('[survey.done]\n"ア" = ["高岡市", "魚津市"]\n"イ" = ["黒部市"]\n', "", [SURVEY, "planned", "[survey.done]"]),
    ('based_on = "made-up-2017-06"', 'based_on = "made-up-2017-6"', ["made-up-2018-03", "based_on", "'made-up-2017-6'", "'made-up-2017-06'"]),
    ('based_on = "made-up-2017-06"', 'based_on = "made-up-2018-03"', ["made-up-2018-03", "based_on", "'made-up-2018-03'", "not an actual survey"]),
    ('based_on = "made-up-2017-06"', 'based_on = "made-up-2016-06"', ["made-up-2018-03", "as_of", "made-up-2016-06"]),
    ('based_on = "made-up-2017-06"\n', "", ["made-up-2018-03", "based_on", "missing"]),
    ('n = 15\n[survey.counts]\n"ア" = 3', 'n = 14\n[survey.counts]\n"ア" = 3', ["made-up-2018-03", " n", "14", "15", SURVEY]),
    ('as_of = "2018-03-31"', 'as_of = "2019-03-31"', ["made-up-2018-03", "as_of", "2019-03-31", "2018-03-31", SURVEY]),
    # words in both languages
    (', en = "Invented guide"', "", ["made-up-topic", "title", "架空の手引き", "both languages"]),
    ('en = "Invented guide"', 'en = ""', ["made-up-topic", "title", "架空の手引き", "both languages"]),
    ('{ ja = "架空の会議", en = "Invented meeting" }', '"架空の会議"', ["made-up-event", "title", "'架空の会議'", "both languages"]),
    ('en = "Invented meeting"', 'fr = "Réunion"', ["made-up-event", "title", "Réunion", "both languages"]),
    ('en = "Invented guide"', 'en = "Invented\\nguide"', ["made-up-topic", "title", "line break"]),
    ('en = "Invented programme"\n', "", ["made-up-programme", " en", "missing"]),
    ('en = "Toyama Prefecture"', 'en = "Toyama Prefecture"\nwords.ja = "越中"', ["toyama", "words ja", "'越中'", "list"]),
    ('en = "Toyama Prefecture"', 'en = "Toyama Prefecture"\nwords.jp = ["越中"]', ["toyama", "words jp", "'words.ja'"]),
    ('words.ja = ["架空 手引き"]', 'words.ja = [" "]', ["made-up-topic", "words ja", "' '", "empty"]),
    ('words.ja = ["架空 手引き"]', 'words.ja = ["\\u200b"]', ["made-up-topic", "words ja", "empty"]),
    # shapes
    ("[[event]]", "[event]", ["event", "[[event]]"]),
    ("[[table.row]]", "[table.row]", ["made-up-table", "row", "[[table.row]]"]),
    ("[source]", "[[source]]", ["source", "[source]"]),
    ("bases = [{", "bases = [54, {", ["made-up-table", "bases", "54", "n = …, of = …"]),
    ("numbers = [{", 'numbers = ["4", {', ["made-up-programme", "numbers", "'4'", "label = …"]),
    ('[[table.row]]\nlabel = { ja = "ある", en = "Yes" }\nvalue = 3\nshare = 20.0\nwords.ja = ["架空 ある"]\n', "", ["made-up-table", "row", "missing"]),
    ('words.ja = ["架空 ある"]', 'note = { ja = "注", en = "Note" }', ["made-up-table", "row", "note", "not a key here", "above this one's header"]),
    # keys
    ("label =", "lable =", [SURVEY, "lable", "'label'"]),
    ("[survey.planned]", "[survey.planed]", [SURVEY, "planed", "'planned'"]),
    ("[[event]]", "[[evnt]]", ["evnt", "'event'"]),
    ('place = "表1"\n', "", [SURVEY, "place", "missing"]),
    ('place = "表1"', 'plase = "表1"', [SURVEY, "place", "missing", "'plase'"]),
    ('place = "表1"', 'place = " "', [SURVEY, "place", "empty"]),
    ('id = "made-up-event"\n', "", ["[[event]]", " id", "missing"]),
    ('words.ja = ["架空 手引き"]', 'words.jp = ["架空 手引き"]', ["made-up-topic", "words", "words.ja"]),
    ('words.ja = ["架空 手引き"]', 'words.ja = "架空 手引き"', ["made-up-topic", "words", "'架空 手引き'", "list"]),
    ('kind = "meeting"', 'kind = "meating"', ["made-up-event", "kind", "'meating'", "'meeting'"]),
    ('kind = "actual"', 'kind = "actuel"', [SURVEY, "kind", "'actuel'", "'actual'"]),
    ('prefecture = "富山県"', 'prefecture = "富山"', ["toyama", "prefecture", "'富山'", "'富山県'"]),
    ('territory = "toyama"', 'territory = "toyma"', [SURVEY, "territory", "'toyma'", "'toyama'"]),
    # names of other things
    ('rate = "1/2"', 'rate = "1/2"\nparent = "made-up-programm"', ["made-up-programme", "parent", "'made-up-programm'", "'made-up-programme'"]),
    ('rate = "1/2"', 'rate = "1/2"\nparent = "made-up-programme"', ["made-up-programme", "parent", "itself"]),
    ('kind = "guide"', 'kind = "giude"', ["made-up-topic", "kind", "'giude'", "'guide'"]),
    ('scene = ["daily"]', 'scene = ["dialy"]', ["made-up-topic", "scene", "'dialy'", "'daily'"]),
    ('rate = "1/2"', 'rate = "1/2"\nscene = ["acut"]', ["made-up-programme", "scene", "'acut'", "'acute'"]),
    ('kind = "meeting"\n', 'kind = "meeting"\narea = "岩国圏"\n', ["made-up-event", "area", "'岩国圏'", "富山県"]),
    # ids
    ('id = "made-up-topic"', 'id = "made-up-event"', ["made-up-event", "twice"]),
    ('id = "made-up-2016-06"', 'id = "made-up-2017-06"', [SURVEY, "twice"]),
    ('id = "made-up-event"', 'id = "made-up-topic/1"', ["made-up-topic/1", "twice"]),
    ('id = "made-up-event"', 'id = "a\\nb"', ["[[event]] no. 1 id", "'a\\nb'", "line break"]),
]


@pytest.mark.parametrize(("old", "new", "said"), BROKEN, ids=[shown(*case[:2]) for case in BROKEN])
def test_what_is_wrong_is_refused(old: str, new: str, said: list[str], tmp_path: Path) -> None:
    """The sentence names file, place and value, and what would be right where something is near."""
    sentence = refused(tmp_path, broken(old, new))
    assert sentence.startswith("facts.toml: ")
    assert [part for part in said if part not in sentence] == [], sentence
    assert "\n" not in sentence


def test_the_line_is_told(tmp_path: Path) -> None:
    """The line of the value itself; of what is missing, the line of the table that lacks it."""
    text = broken('"高岡市", "魚津市"', '\n  "高岡市", # 富山 [1]\n  "魚ず市",\n')
    assert f"facts.toml: line {text[: text.index('魚ず市')].count(chr(10)) + 1}, " in refused(tmp_path, text)
    text = broken('id = "made-up-event"\n', "")
    assert f"facts.toml: line {text[: text.index('[[event]]')].count(chr(10)) + 1}, " in refused(tmp_path, text)


def test_all_names_that_are_equally_near_are_offered(tmp_path: Path) -> None:
    """下末市 in a list of 山口県 is as near to 下松市 as to 下関市: the sentence names both."""
    text = (
        GOOD.replace("toyama", "yamaguchi")
        .replace("富山県", "山口県")
        .replace("Toyama", "Yamaguchi")
        .replace("n = 15", "n = 19")
        .replace("not_done = 10", "not_done = 14")
    )
    text = text.replace("高岡市", "下末市").replace("魚津市", "光市").replace("黒部市", "萩市").replace("氷見市", "周南市")
    sentence = refused(tmp_path, text)
    assert [part for part in (SURVEY, "done ア", "'下末市'", "下松市", "下関市") if part not in sentence] == [], sentence


def test_a_missing_key_is_not_blamed_on_a_right_one(tmp_path: Path) -> None:
    """Only a key that has no place here is offered as what was meant by a missing one."""
    assert "plan_by" not in refused(tmp_path, broken('place = "表1"\n', ""))


def test_two_municipalities_of_one_name(tmp_path: Path) -> None:
    """府中市 is a name in two prefectures: a file about neither must say which."""
    sentence = refused(tmp_path, broken('"高岡市"', '"府中市"'))
    assert [part for part in (SURVEY, "done ア", "府中市", "2", "（東京都）") if part not in sentence] == [], sentence


@pytest.mark.parametrize("name", ["朝日町", "朝日町（富山県）", "朝日町(富山県)"])
def test_a_name_of_the_territory_is_its_own(name: str, tmp_path: Path) -> None:
    """朝日町 is a name in several prefectures; in a file about 富山県 it is that one, with or without saying so."""
    statuses = read(put(tmp_path, broken('"高岡市"', f'"{name}"'))).statuses
    assert any(s.municipality == "16343" and s.item == "ア" and s.state == "done" for s in statuses)


# --- files that are no files of facts ---------------------------------------------------------------------------------

NO_FACTS = [
    ("x = = 1\n", ["TOML", "line 1"], "not TOML"),
    ("municipality,item\n高岡市,ア\n", ["TOML", "line 1"], "CSV"),
    (GOOD.replace('"表1"', '"表1', 1), ["TOML", "line"], "a quotation mark missing"),
    (GOOD.encode("cp932"), ["UTF-8"], "Shift JIS"),
    (GOOD.encode("utf-16"), ["UTF-8"], "UTF-16"),
    (b"PK\x03\x04" + bytes(range(256)), ["UTF-8"], "a zip file"),
    (b"\0" * 64, ["TOML"], "NUL"),
    ("", ["source", "missing"], "empty"),
    ("# nothing\n", ["source", "missing"], "only a comment"),
    (
        GOOD[: GOOD.index("[[survey]]")] + '[[survey]]\nid = "a"\nterritory = "toyama"\nas_of = "2017"\nkind = "actual"\nn = 1\nplace = "1"\n',
        ["line 14, [[survey]] a", "neither done, counts nor tally"],
        "a survey without answers",
    ),
    # What people write who do not write TOML every day: the remedy is told.
    (broken('"ア" = 2', "ア = 2"), ["TOML", "line 25", '"ア"'], "a key in Japanese without quotation marks"),
    (broken("[survey.counts]", "[survey.実施]"), ["TOML", "line 24", '"実施"'], "a header in Japanese without quotation marks"),
    (broken("n = 15", "n ＝ 15"), ["TOML", "line 21", "full-width", "＝"], "a full-width equals sign"),
    (broken('"高岡市", ', '"高岡市"、'), ["TOML", "line 28", "full-width", "、"], "a Japanese comma"),
    (broken("[source]", "［source］"), ["TOML", "line 1", "full-width"], "full-width brackets"),
    (broken('"表1"', "“表1”"), ["TOML", "line 17", "quotation marks are plain"], "curly quotation marks"),
    (broken('"actual"', "actual"), ["TOML", "line 19", 'quotation marks: "actual"'], "text without quotation marks"),
    (broken('"2017-06"', "2017-06"), ["TOML", "line 18", "a date stands in quotation marks"], "a date without quotation marks"),
    (broken("amount = 1000000", "amount = 1,000,000"), ["TOML", "line 82", "without commas"], "a number with commas"),
    (broken("total = 3", "total = 3\ntotal = 4"), ["TOML", "line 24", "stands twice"], "a key twice"),
    (broken("[[survey]]", '[[survey]]\nid = "a"\n[survey]'), ["TOML", "double brackets"], "single brackets after double ones"),
    (f"x = {'[' * 5000}", ["TOML", "deep"], "brackets within brackets"),
    (f"x = {'9' * 5000}", ["TOML", "digits"], "a number of thousands of digits"),
]


@pytest.mark.parametrize(("content", "said"), [case[:2] for case in NO_FACTS], ids=[case[2] for case in NO_FACTS])
def test_no_file_of_facts(content: str | bytes, said: list[str], tmp_path: Path) -> None:
    """What is no file of facts is refused by name, never with a traceback."""
    sentence = refused(tmp_path, content)
    assert sentence.startswith("facts.toml: ")
    assert [part for part in said if part not in sentence] == [], sentence


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    """Windows editors put a byte order mark before UTF-8: the file is read all the same."""
    assert len(read(put(tmp_path, b"\xef\xbb\xbf" + GOOD.encode())).surveys) == 3


# --- two files --------------------------------------------------------------------------------------------------------


def test_the_same_id_in_two_files(tmp_path: Path) -> None:
    """A file that repeats another's survey is refused, and the survey named."""
    put(tmp_path, GOOD)
    put(tmp_path, GOOD.replace('id = "made-up"', 'id = "made-up-again"', 1), "second.toml")
    with pytest.raises(DataError, match=r"^second\.toml: line 15, \[\[survey\]\] made-up-2017-06 id: .*another file, facts\.toml"):
        load((tmp_path,))


def test_the_same_source_in_two_files(tmp_path: Path) -> None:
    """One document is one file."""
    put(tmp_path, GOOD)
    put(tmp_path, GOOD.replace("made-up-", "other-"), "second.toml")
    with pytest.raises(DataError, match=r"^second\.toml: line 2, \[source\] id: 'made-up' .*another file, facts\.toml"):
        load((tmp_path,))


def test_a_territory_in_two_files_must_be_the_same(tmp_path: Path) -> None:
    """A territory may be repeated, but not with other members."""
    other = (
        GOOD.replace("made-up", "other")
        .replace("n = 15", "n = 14")
        .replace("not_done = 10", "not_done = 9")
        .replace('prefecture = "富山県"', 'prefecture = "富山県"\nexcept = ["舟橋村"]')
    )
    put(tmp_path, GOOD)
    put(tmp_path, other, "second.toml")
    with pytest.raises(DataError, match=r"^second\.toml: line \d+, \[\[territory\]\] toyama id: .*members in another file, facts\.toml"):
        load((tmp_path,))


@pytest.mark.parametrize("name", ["a.toml", "z.toml"])
def test_a_good_file_does_not_save_a_bad_one(name: str, tmp_path: Path) -> None:
    """Reading is whole or not at all, whichever file comes first."""
    put(tmp_path, GOOD.replace("made-up", "other"), "m.toml")
    put(tmp_path, broken('"高岡市"', '"高同市"'), name)
    with pytest.raises(DataError, match="高同市"):
        load((tmp_path,))


# --- docs/facts.md ----------------------------------------------------------------------------------------------------


def test_the_format_is_described() -> None:
    """docs/facts.md tells of every key and of every word of a fixed set, and of no key that is none."""
    said = (ROOT / "docs" / "facts.md").read_text(encoding="utf-8")
    code = " ".join(re.findall(r"`[^`\n]+`|^## \[.*?\] ", said, re.M))
    known = {*TABLES, *(key for shape in SHAPES for key in shape.keys), *TOPICS, *SCENES}
    assert [word for word in sorted(known) if not re.search(rf"(?<![\w-]){word}(?![\w-])", code)] == []
    first = [cell for line in said.splitlines() if line.startswith("| `") for cell in re.findall(r"`\[*(?:\w+\.)?(\w+)\]*`", line.split("|")[1])]
    assert len(first) > 30
    assert [key for key in first if key not in known] == []


# --- where it stands --------------------------------------------------------------------------------------------------

Way = tuple[str | int, ...]


def leaves(value: Any, way: Way = ()) -> Iterator[tuple[Way, Any]]:
    """(way, value) of everything in a document that holds nothing else."""
    for key, each in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(each, (dict, list)) and each:
            yield from leaves(each, (*way, key))
        else:
            yield (*way, key), each


@pytest.mark.parametrize("path", fact_files(), ids=lambda path: path.stem)
def test_every_value_is_found_in_its_line(path: Path) -> None:
    """For every text and number of the shipped files, the line that an error would name is the one where it is written."""
    found = read_toml(path)
    lines, at = re.sub(r"(?<=\d)_(?=\d)|\\", "", found.text).split("\n"), dict(lines_of(found.text))
    values = [(way, value) for way, value in leaves(found.values) if isinstance(value, (str, int, float)) and not isinstance(value, bool)]
    assert len(values) > 300
    assert [(way, value) for way, value in values if str(value) not in lines[at[way] - 1]] == []


def test_lines_of_all_that_toml_can_write() -> None:
    """Strings over several lines, quotation marks in quotation marks, nested lists, dotted and quoted keys, headers below headers."""
    text = '''# [no] = "table"
a = """
[[b]] # no header
\\""" x = 1"""
"b c".d = [[1], [
  2, # ]
], {e = "]", "f.g" = [3, \'#"\']}]
h.i = 2017-06-01 07:32:00
[[j]]
k = 1.5
[[j.l]]
m = "}"
[[j.l]]
m = []
[j.n]
o = \'\'\'
"\'\'\'
[[j]]
[[j.l]]
m = false'''
    at = dict(lines_of(text))
    values = dict(leaves(tomllib.loads(text)))
    assert set(values) <= set(at)
    assert {way: at[way] for way in values} == {
        ("a",): 2,
        ("b c", "d", 0, 0): 5,
        ("b c", "d", 1, 0): 6,
        ("b c", "d", 2, "e"): 7,
        ("b c", "d", 2, "f.g", 0): 7,
        ("b c", "d", 2, "f.g", 1): 7,
        ("h", "i"): 8,
        ("j", 0, "k"): 10,
        ("j", 0, "l", 0, "m"): 12,
        ("j", 0, "l", 1, "m"): 14,
        ("j", 0, "n", "o"): 16,
        ("j", 1, "l", 0, "m"): 20,
    }
    assert (at["j", 1], at["j", 0, "l", 1]) == (18, 13)


# --- any value anywhere -----------------------------------------------------------------------------------------------

WRONG: list[Any] = [5, "x", [5], {"a": 1}, [{"a": 1}]]


def dumped(value: Any) -> str:
    """A value as TOML, tables inline."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{dumped(str(key))} = {dumped(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(dumped, value)) + "]"
    if isinstance(value, (date, float)):
        return str(value)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def written(document: dict[str, Any]) -> str:
    """A document as a file, a line for each of its keys."""
    return "\n".join(f"{dumped(key)} = {dumped(each)}" for key, each in document.items())


def ways(value: Any, way: Way = ()) -> Iterator[Way]:
    """The way to everything in a document, tables and lists too."""
    for key, each in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*way, key)
        if isinstance(each, (dict, list)):
            yield from ways(each, (*way, key))


def changed(document: dict[str, Any], way: Way, change: Callable[[Any, Any], None]) -> dict[str, Any]:
    """A copy in which `change` was made to what holds the last step of `way`."""
    copy = deepcopy(document)
    change(reduce(getitem, way[:-1], copy), way[-1])
    return copy


def put_in(value: Any) -> Callable[[Any, Any], None]:
    return lambda holder, key: setitem(holder, key, value)


def test_no_value_anywhere_is_a_traceback(tmp_path: Path) -> None:
    """Whatever stands wherever in a file, it is read or refused with a DataError; no other exception comes out."""
    document = tomllib.loads(GOOD)
    escaped: dict[str, str] = {}
    for way in ways(document):
        for wrong in WRONG:
            file = put(tmp_path, written(changed(document, way, put_in(wrong))))
            try:
                read(file)
            except DataError:
                continue
            except Exception as error:
                escaped[".".join(map(str, way))] = f"{wrong!r}: {error!r}"
    assert not escaped, "\n".join(f"{where} = {what}" for where, what in escaped.items())


SHIPPED = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in fact_files()}
WAYS = {stem: list(ways(document)) for stem, document in SHIPPED.items()}
VALUES: list[Any] = [
    *("", " ", "x", "架空の値", "令和6年度", "2017-06", "FY2017", "\u200b", "a\nb", "\x7f", "長" * 5000, "🙂", "山口県", "萩市", "ア"),
    *(0, -1, 1, 10**6, 10**18, -(10**18), 10**400, 0.5, -0.0, 1e308, float("nan"), float("inf"), True, False, date(2017, 6, 1)),
    *([], [[]], [""], [5], ["ア"], ["萩市", "萩市"], {}, {"": 1}, {"ja": "値", "en": "value"}, {"ja": ["値"], "en": []}, {"ア": 1}, {"ア": []}, [{}]),
]


@st.composite
def mutated(draw: st.DrawFn, stem: str) -> dict[str, Any]:
    """A shipped file with one thing in it missing, renamed, doubled, or replaced: by something made up, or by something else of the file."""
    document = SHIPPED[stem]
    way = WAYS[stem][draw(st.integers(0, len(WAYS[stem]) - 1))]
    other = reduce(getitem, WAYS[stem][draw(st.integers(0, len(WAYS[stem]) - 1))], document)
    key = draw(st.sampled_from(["x", "", "id", "place", "ja", "kind", "ア", "ケ", "項目", "as_of", f"{way[-1]}s", f"{way[-1]}"[1:], f"{way[-1]} "]))
    change = draw(st.sampled_from(["drop", "rename", "double", "made up", "other"]))
    changes: dict[str, Callable[[Any, Any], Any]] = {
        "drop": lambda holder, last: holder.pop(last),
        "rename": lambda holder, last: holder.update({key: holder.pop(last)}) if isinstance(holder, dict) else holder.reverse(),
        "double": lambda holder, last: holder.append(holder[last]) if isinstance(holder, list) else None,
        "made up": put_in(draw(st.sampled_from(VALUES))),
        "other": put_in(other),
    }
    return changed(document, way, changes[change])


def facts_of(document: Document) -> Facts:
    """What a file says, with no more of the tables that all files share than it needs."""
    said = {name: getattr(document, name) for name in ("territories", "surveys", "statuses", "tallies", "subjects")}
    own = {code for territory in document.territories for code in territory.members}
    municipalities = tuple(m for m in MUNICIPALITIES if m.code in own)
    return Facts(items=ITEMS, municipalities=municipalities, forms=(), areas=(), words=(), sources=(document.source,), **said)


def read_or_told(path: Path) -> Document | str:
    try:
        return read(path)
    except DataError as error:
        return str(error)


@pytest.mark.parametrize("stem", SHIPPED)
def test_a_change_anywhere_is_read_or_refused(stem: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A shipped file with one random change is refused with a sentence that names the file, or it is read, and then SQLite takes it too."""
    folder = tmp_path_factory.mktemp(stem)

    @settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(mutated(stem))
    def hold(document: dict[str, Any]) -> None:
        path = put(folder, written(document), f"{stem}.toml")
        found = read_or_told(path)
        if isinstance(found, Document):
            build(facts_of(found), folder / "knowledge.db", "hash")
        else:
            assert re.fullmatch(rf"{stem}\.toml: \S.*", found)

    hold()


# --- the last good one stays ------------------------------------------------------------------------------------------


def installed(folder: Path) -> Settings:
    return Settings(knowledge=folder / "var" / "knowledge.db", facts=folder / "facts", home="山口県")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the users' facts (GOOD) and the knowledge base built with them."""
    folder = tmp_path_factory.mktemp("installation")
    (folder / "facts").mkdir()
    put(folder / "facts", GOOD)
    assert ensure(installed(folder)).made
    return folder


@pytest.fixture
def installed_copy(installation: Path, tmp_path: Path) -> Settings:
    """A copy of the installation, up to date."""
    shutil.copytree(installation, tmp_path, dirs_exist_ok=True)
    found = installed(tmp_path)
    assert not ensure(found).made
    return found


BAD = broken('"高岡市"', '"高同市"')


def test_the_last_good_one_stays(installed_copy: Settings) -> None:
    """With an error in a file, the knowledge base that was there stays byte for byte, and the problem is told."""
    assert installed_copy.facts is not None
    before = installed_copy.knowledge.read_bytes()
    put(installed_copy.facts, BAD)
    built = ensure(installed_copy)
    assert not built.made
    assert "facts.toml" in built.problem
    assert "高同市" in built.problem
    assert before == installed_copy.knowledge.read_bytes()
    assert [installed_copy.knowledge.name] == [path.name for path in installed_copy.knowledge.parent.iterdir()]


def test_questions_are_answered_from_the_last_good_one(installed_copy: Settings) -> None:
    """The asker opens all the same, warns in one sentence that names file and value, and answers as before."""
    assert installed_copy.facts is not None
    put(installed_copy.facts, BAD)
    warned: list[str] = []
    asker: Asker = open_asker(installed_copy, warned.append)
    assert len(warned) == 1
    assert [part for part in ("facts.toml", "高同市", "高岡市", "last good") if part not in warned[0]] == []
    answered = Asked(asker=asker)("富山県で(ア)を実施済みの市町村は？")
    assert answered["municipalities"] == ["高岡市", "魚津市"]


def test_mended_facts_are_taken_up(installed_copy: Settings) -> None:
    """As soon as the file is right again, it counts."""
    assert installed_copy.facts is not None
    put(installed_copy.facts, BAD)
    assert ensure(installed_copy).problem
    put(installed_copy.facts, GOOD.replace('"高岡市"', '"砺波市"', 1))
    assert ensure(installed_copy).made
    assert Asked(asker=open_asker(installed_copy))("富山県で(ア)を実施済みの市町村は？")["municipalities"] == ["魚津市", "砺波市"]


@pytest.mark.parametrize("spoil", [Path.mkdir, lambda path: path.symlink_to("nowhere.toml")], ids=["folder", "dangling link"])
def test_what_cannot_be_read_keeps_the_last_good_one(spoil: Callable[[Path], None], installed_copy: Settings) -> None:
    """What bears the name of a file of facts and cannot be read is told by its name, and questions are answered as before."""
    assert installed_copy.facts is not None
    spoil(installed_copy.facts / "other.toml")
    assert ensure(installed_copy).problem.startswith("other.toml: cannot be read: ")


def test_without_an_older_one_the_error_is_told(tmp_path: Path) -> None:
    """Where there is nothing to fall back on, the error itself comes out, and nothing half-made is left behind."""
    put(tmp_path, BAD)
    with pytest.raises(DataError, match="高同市"):
        ensure(Settings(knowledge=tmp_path / "var" / "knowledge.db", facts=tmp_path, home="山口県"))
    assert not (tmp_path / "var").exists() or not list((tmp_path / "var").iterdir())


def test_a_reference_to_nothing_keeps_the_last_good_one(installed_copy: Settings) -> None:
    """A parent that does not exist is an error of the file like any other: the last good one stays."""
    assert installed_copy.facts is not None
    put(installed_copy.facts, broken('rate = "1/2"', 'rate = "1/2"\nparent = "nobody"'))
    assert "nobody" in ensure(installed_copy).problem


def test_the_command_line_goes_on(installed_copy: Settings) -> None:
    """`python -m bot ask` with a broken file: the answer on standard output, one sentence on standard error, no traceback."""
    assert installed_copy.facts is not None
    put(installed_copy.facts, BAD)
    environment = {**os.environ, "RENKEI_FACTS": str(installed_copy.facts), "RENKEI_KNOWLEDGE": str(installed_copy.knowledge), "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, "-m", "bot", "ask", "富山県の(ア)の集計"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert "富山県" in done.stdout
    assert "facts.toml" in done.stderr
    assert "高同市" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_command_line_without_an_older_one(tmp_path: Path) -> None:
    """With no knowledge base at all: one sentence, exit code 2, no traceback."""
    facts = tmp_path / "facts"
    facts.mkdir()
    put(facts, BAD)
    environment = {**os.environ, "RENKEI_FACTS": str(facts), "RENKEI_KNOWLEDGE": str(tmp_path / "knowledge.db"), "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, "-m", "bot", "ask", "集計"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert "高同市" in done.stderr
    assert "Traceback" not in done.stderr


def test_facts_that_load_can_be_built(tmp_path: Path) -> None:
    """GOOD alone, without any shipped file, makes a knowledge base."""
    put(tmp_path, GOOD)
    assert build(load((tmp_path,)), tmp_path / "knowledge.db", "hash").stat().st_size > 0
