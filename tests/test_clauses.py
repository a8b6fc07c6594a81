"""What a sentence says of items and states: and, or, neither, but not, only, except, all, at least … in both languages.

The table is the specification; what is right was decided by what a careful reader of the sentence takes it to mean.

    オ+ done   オ- not done   オp planned   オ0 neither done nor planned   オe done or planned
    ア+&イ-   ア+|イ+   !(ア+&イ+)   all+ every item is done   all!オ+ every item but (オ) is done
    n>=3- at least 3 items are not done   n=1+   n<=2+   n>=2+アイウ at least 2 of these three
    ?  asked back, since it can be read in two ways or is rarely said so      /  either of these is right

Two conditions are the same when they hold for the same municipalities: they are compared on every combination of states.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest

from bot.ask import Asker
from knowledge.conditions import And, AtLeast, Condition, Has, Not, Or, at_most, exactly, holds, items_of
from knowledge.model import DONE, EXPECTED, NEITHER, NOT_DONE, PLANNED, State, States
from knowledge.understand import Setting, hear

ITEMS = "アイウエオカキク"
STATES: dict[str, States] = {"+": DONE, "-": NOT_DONE, "p": PLANNED, "0": NEITHER, "e": EXPECTED}
SIGN = {states: sign for sign, states in STATES.items()}

# --- one state --------------------------------------------------------------------------------------------------------

ONE_STATE = [
    ("(オ)がまだの市町は？", "オ-"),
    ("(オ)を実施している市町は？", "オ+"),
    ("(オ)を実施していない市町は？", "オ-"),
    ("(オ)が済んでいないところは？", "オ-"),
    ("(オ)が手つかずの市町は？", "オ-"),
    ("まだ(オ)をやっていない市町は？", "オ-"),
    ("(オ)をいまだに始めていない市町は？", "オ-"),
    ("(オ)を予定している市町は？", "オp"),
    ("(オ)をまだ予定していない市町は？", "オ0"),
    ("(オ)の予定がない市町は？", "オ0"),
    ("(オ)の予定もない市町は？", "オ0"),
    ("(オ)が未実施で予定もない市町は？", "オ0"),
    ("(オ)を実施も予定もしていない市町は？", "オ0"),
    ("(オ)の実施も予定もない市町は？", "オ0"),
    ("(オ)が未実施だが予定ありの市町は？", "オp"),
    ("(オ)は未実施だけど予定はある市町は？", "オp"),
    ("(オ)が未実施で予定ありの市町は？", "オp"),
    ("(オ)がまだだが予定している市町は？", "オp"),
    ("(オ)を実施済みか予定の市町は？", "オe"),
    ("(オ)を実施か予定している市町は？", "オe"),
    ("(オ)を実施または予定している市町は？", "オe"),
    ("予定も含めて(オ)を実施している市町は？", "オe"),
    ("(オ)が未実施ではない市町は？", "オ+"),
    ("which towns haven't done (オ)?", "オ-"),
    ("who has done (オ)?", "オ+"),
    ("who has yet to do (オ)?", "オ-"),
    ("which municipalities still lack (オ)?", "オ-"),
    ("which municipalities are without (オ)?", "オ-"),
    ("who never started (オ)?", "オ-"),
    ("which municipalities plan (オ)?", "オp"),
    ("which municipalities have (オ) planned?", "オp"),
    ("which municipalities have no plan for (オ)?", "オ0"),
    ("who hasn't planned (オ)?", "オ0"),
    ("which municipalities have neither done nor planned (オ)?", "オ0"),
    ("which municipalities have not done or planned (オ)?", "オ0"),
    ("where is (オ) not done and not planned?", "オ0"),
    ("where is (オ) not done but planned?", "オp"),
    ("which municipalities have not done (オ) but plan to?", "オp"),
    ("which municipalities have done or planned (オ)?", "オe"),
    ("who has done (オ), including planned?", "オe"),
]

# --- and, or ----------------------------------------------------------------------------------------------------------

AND_OR = [
    ("(ア)と(イ)を実施している市町は？", "ア+&イ+"),
    ("(ア)と(イ)の両方を実施している市町は？", "ア+&イ+"),
    ("(ア)も(イ)も実施している市町は？", "ア+&イ+"),
    ("(ア)及び(イ)を実施している市町は？", "ア+&イ+"),
    ("(ア)・(イ)・(ウ)をすべて実施している市町は？", "ア+&イ+&ウ+"),
    ("(ア)、(イ)、(ウ)のどれも実施している市町は？", "ア+&イ+&ウ+"),
    ("(ア)と(イ)がともに予定の市町は？", "アp&イp"),
    ("(ア)から(エ)まですべて実施している市町は？", "ア+&イ+&ウ+&エ+"),
    ("(ア)か(イ)を実施している市町は？", "ア+|イ+"),
    ("(ア)または(イ)を実施している市町は？", "ア+|イ+"),
    ("(ア)か(イ)のどちらかを実施している市町は？", "ア+|イ+"),
    ("(ア)、(イ)、(ウ)のいずれかを実施している市町は？", "ア+|イ+|ウ+"),
    ("(ア)と(イ)のうち少なくとも一つを実施している市町は？", "ア+|イ+"),
    ("(ア)か(イ)を予定している市町は？", "アp|イp"),
    ("(ア)と(イ)、または(ウ)を実施している市町は？", "(ア+&イ+)|ウ+ / ?"),
    ("which municipalities have done (ア) and (イ)?", "ア+&イ+"),
    ("which municipalities have done both (ア) and (イ)?", "ア+&イ+"),
    ("which municipalities have done (ア), (イ) and (ウ)?", "ア+&イ+&ウ+"),
    ("which municipalities have done all of (ア), (イ), (ウ)?", "ア+&イ+&ウ+"),
    ("which municipalities have (ア) as well as (イ) done?", "ア+&イ+"),
    ("which municipalities have done (ア) or (イ)?", "ア+|イ+"),
    ("which municipalities have done either (ア) or (イ)?", "ア+|イ+"),
    ("which municipalities have done any of (ア), (イ) and (ウ)?", "ア+|イ+|ウ+"),
    ("which municipalities have done at least one of (ア), (イ) and (ウ)?", "ア+|イ+|ウ+"),
    ("which municipalities plan (ア) or (イ)?", "アp|イp"),
    ("which municipalities have done (ア) and either (イ) or (ウ)?", "ア+&(イ+|ウ+)"),
    ("which municipalities have done items a to e?", "ア+&イ+&ウ+&エ+ / ア+&イ+&ウ+&エ+&オ+ / ?"),  # e is (エ), and the fifth letter
]

# --- neither, not both ------------------------------------------------------------------------------------------------

NEITHER_NOR = [
    ("(ア)も(イ)も実施していない市町は？", "ア-&イ-"),
    ("(ア)も(イ)もまだの市町は？", "ア-&イ-"),
    ("(ア)と(イ)がどちらもまだの市町は？", "ア-&イ-"),
    ("(ア)と(イ)のどちらも実施していない市町は？", "ア-&イ-"),
    ("(ア)と(イ)のいずれも未実施の市町は？", "ア-&イ-"),
    ("(ア)も(イ)も(ウ)もまだの市町は？", "ア-&イ-&ウ-"),
    ("(ア)も(イ)も予定すらない市町は？", "ア0&イ0"),
    ("(ア)と(イ)がまだの市町は？", "ア-&イ- / ?"),
    ("まだなのは(ア)と(イ)の両方という市町は？", "ア-&イ-"),
    ("(ア)か(イ)がまだの市町は？", "ア-|イ-"),
    ("(ア)か(イ)のどちらかが未実施の市町は？", "ア-|イ-"),
    ("(ア)と(イ)のいずれかがまだの市町は？", "ア-|イ-"),
    ("(ア)または(イ)を実施していない市町は？", "ア-|イ- / ?"),
    ("(ア)と(イ)の両方を実施していない市町は？", "?"),
    ("(ア)と(イ)の両方は実施していない市町は？", "!(ア+&イ+) / ?"),
    ("(ア)と(イ)の両方とも実施していない市町は？", "ア-&イ- / ?"),
    ("(ア)か(イ)の片方だけ実施している市町は？", "(ア+&イ-)|(ア-&イ+)"),
    ("(ア)と(イ)のどちらか一方だけを実施している市町は？", "(ア+&イ-)|(ア-&イ+)"),
    ("which municipalities have done neither (ア) nor (イ)?", "ア-&イ-"),
    ("which municipalities have neither (ア) nor (イ) nor (ウ)?", "ア-&イ-&ウ-"),
    ("which municipalities have not done (ア) or (イ)?", "ア-&イ-"),
    ("which municipalities haven't done either (ア) or (イ)?", "ア-&イ-"),
    ("which municipalities haven't done any of (ア), (イ), (ウ)?", "ア-&イ-&ウ-"),
    ("which municipalities have done none of (ア), (イ) and (ウ)?", "ア-&イ-&ウ-"),
    ("which municipalities have not done (ア), (イ) or (ウ)?", "ア-&イ-&ウ-"),
    ("which municipalities haven't done (ア) and (イ)?", "ア-&イ- / ?"),
    ("which municipalities have not done both (ア) and (イ)?", "? / !(ア+&イ+)"),
    ("which municipalities lack both (ア) and (イ)?", "ア-&イ-"),
    ("which municipalities are missing (ア) or (イ)?", "ア-|イ-"),
    ("where are both (ア) and (イ) outstanding?", "ア-&イ-"),
    ("where is either (ア) or (イ) outstanding?", "ア-|イ-"),
    ("which municipalities have done (ア) or (イ) but not both?", "(ア+&イ-)|(ア-&イ+)"),
    ("which municipalities have done exactly one of (ア) and (イ)?", "(ア+&イ-)|(ア-&イ+)"),
    ("which municipalities have plans for neither (ア) nor (イ)?", "ア0&イ0 / ?"),
]

# --- but --------------------------------------------------------------------------------------------------------------

BUT = [
    ("(ア)は済みで(イ)がまだの市町は？", "ア+&イ-"),
    ("(ア)を実施しているが(イ)は実施していない市町は？", "ア+&イ-"),
    ("(ア)は未実施だが(イ)は実施済みの市町は？", "ア-&イ+"),
    ("(ア)が未実施なのに(イ)は実施している市町は？", "ア-&イ+"),
    ("(ア)を実施せず(イ)を実施している市町は？", "ア-&イ+"),
    ("(ア)は実施済み、(イ)は予定の市町は？", "ア+&イp"),
    ("(ア)が済んでいて(イ)の予定もない市町は？", "ア+&イ0"),
    ("(ア)と(イ)は実施済みだが(ウ)はまだの市町は？", "ア+&イ+&ウ-"),
    ("(ア)は済んだのに(イ)も(ウ)もまだの市町は？", "ア+&イ-&ウ-"),
    ("(ア)はやったけど(イ)か(ウ)がまだの市町は？", "ア+&(イ-|ウ-)"),
    ("(ア)か(イ)を実施していて(ウ)がまだの市町は？", "(ア+|イ+)&ウ-"),
    ("(ア)がまだで(イ)を予定している市町は？", "ア-&イp"),
    ("(ア)を実施し、(イ)と(ウ)を予定している市町は？", "ア+&イp&ウp"),
    ("(ア)が済み、または(イ)が予定の市町は？", "ア+|イp"),
    ("(ア)ではなく(イ)がまだの市町は？", "イ-"),
    ("(ア)じゃなくて(イ)を実施している市町は？", "イ+"),
    ("which municipalities have done (ア) but not (イ)?", "ア+&イ-"),
    ("which municipalities have done (ア) and not (イ)?", "ア+&イ-"),
    ("which municipalities have done (ア), yet not (イ)?", "ア+&イ-"),
    ("which municipalities have done (ア) without (イ)?", "ア+&イ-"),
    ("where is (ア) done while (イ) is still outstanding?", "ア+&イ-"),
    ("which municipalities have not done (ア) but have done (イ)?", "ア-&イ+"),
    ("which municipalities haven't done (ア) although they have done (イ)?", "ア-&イ+"),
    ("which municipalities have done (ア) and (イ) but not (ウ)?", "ア+&イ+&ウ-"),
    ("which municipalities have done (ア) but neither (イ) nor (ウ)?", "ア+&イ-&ウ-"),
    ("which municipalities have done (ア) but not (イ) or (ウ)?", "ア+&イ-&ウ-"),
    ("which municipalities have done (ア) and plan (イ)?", "ア+&イp"),
    ("which municipalities have done (ア) but only plan (イ)?", "ア+&イp"),
    ("which municipalities plan (ア) but have not done (イ)?", "アp&イ-"),
    ("which municipalities have done (ア) but have no plan for (イ)?", "ア+&イ0"),
    ("which municipalities have done (イ) rather than (ア)?", "イ+ / イ+&ア- / ?"),
    ("which municipalities have done (ア) or planned (イ)?", "ア+|イp / ?"),
    ("(ア) done, (イ) not: which municipalities?", "ア+&イ-"),
    ("where (ア) is done but (イ) is not yet?", "ア+&イ-"),
]

# --- only, except -----------------------------------------------------------------------------------------------------

ONLY_EXCEPT = [
    ("(オ)だけ実施している市町は？", "オ+&all!オ-"),
    ("(オ)しか実施していない市町は？", "オ+&all!オ-"),
    ("(ア)と(イ)しか実施していない市町は？", "ア+&イ+&all!アイ-"),
    ("(オ)だけがまだの市町は？", "オ-&all!オ+"),
    ("(オ)のみ未実施の市町は？", "オ-&all!オ+"),
    ("未実施が(オ)だけの市町は？", "オ-&all!オ+"),
    ("(オ)以外をすべて実施している市町は？", "all!オ+ / all!オ+&オ-"),
    ("(オ)以外は全部済みの市町は？", "all!オ+ / all!オ+&オ-"),
    ("(オ)を除くすべての項目を実施している市町は？", "all!オ+ / all!オ+&オ-"),
    ("(オ)以外がまだの市町は？", "all!オ- / all!オ-&オ+ / ?"),
    ("(ア)と(イ)以外をすべて実施している市町は？", "all!アイ+ / all!アイ+&ア-&イ-"),
    ("1項目だけ未実施の市町は？", "n=1-"),
    ("1つだけ実施している市町は？", "n=1+"),
    ("1つしか実施していない市町は？", "n=1+"),
    ("3項目しか実施していない市町は？", "n=3+"),
    ("which municipalities have done only (オ)?", "オ+&all!オ-"),
    ("which municipalities have done nothing but (オ)?", "オ+&all!オ-"),
    ("which municipalities lack only (オ)?", "オ-&all!オ+"),
    ("where is only (オ) outstanding?", "オ-&all!オ+"),
    ("which municipalities have done everything except (オ)?", "all!オ+ / all!オ+&オ-"),
    ("which municipalities have done all items other than (オ)?", "all!オ+ / all!オ+&オ-"),
    ("which municipalities have done all but (オ)?", "all!オ+ / all!オ+&オ-"),
    ("which municipalities have done everything apart from (ア) and (イ)?", "all!アイ+ / all!アイ+&ア-&イ-"),
    ("which municipalities have only one item left?", "n=1-"),
    ("which municipalities have done only one item?", "n=1+"),
]

# --- all, nothing -----------------------------------------------------------------------------------------------------

ALL = [
    ("全項目を実施している市町は？", "all+"),
    ("8項目すべて実施済みの市町は？", "all+"),
    ("未実施が1つもない市町は？", "all+"),
    ("未実施の項目がない市町は？", "all+"),
    ("まだの項目が1つもない市町は？", "all+"),
    ("すべての項目がまだの市町は？", "all-"),
    ("1つも実施していない市町は？", "all-"),
    ("何も実施していない市町は？", "all-"),
    ("どの項目も実施していない市町は？", "all-"),
    ("何一つ始めていない市町は？", "all-"),
    ("全部は実施していない市町は？", "!all+"),
    ("まだ全部は終わっていない市町は？", "!all+"),
    ("全項目を実施していない市町は？", "? / !all+"),
    ("1つでも未実施がある市町は？", "n>=1-"),
    ("未実施の項目がある市町は？", "n>=1-"),
    ("1項目でも実施している市町は？", "n>=1+"),
    ("予定も含めて全項目を実施している市町は？", "alle"),
    ("全項目が実施済みか予定の市町は？", "alle"),
    ("予定もない項目がある市町は？", "n>=1[0]"),
    ("予定もない項目が1つもない市町は？", "alle"),
    ("which municipalities have done all items?", "all+"),
    ("which municipalities have done everything?", "all+"),
    ("which municipalities have no item outstanding?", "all+"),
    ("which municipalities lack nothing?", "all+"),
    ("which municipalities have done nothing?", "all-"),
    ("which municipalities haven't done anything?", "all-"),
    ("which municipalities have not done any item?", "all-"),
    ("which municipalities have done none of the items?", "all-"),
    ("which municipalities have not done a single item?", "all-"),
    ("which municipalities haven't done all items?", "!all+"),
    ("which municipalities have not done everything?", "!all+"),
    ("where are not all items done?", "!all+"),
    ("which municipalities have any item outstanding?", "n>=1-"),
    ("which municipalities have at least one item outstanding?", "n>=1-"),
    ("which municipalities have everything done or planned?", "alle"),
]

# --- counts -----------------------------------------------------------------------------------------------------------

COUNTS = [
    ("7項目以上実施している市町は？", "n>=7+"),
    ("実施が2項目以下の市町は？", "n<=2+"),
    ("4項目未満しか実施していない市町は？", "n<=3+"),
    ("実施項目が4つを超える市町は？", "n>=5+"),
    ("ちょうど5項目実施している市町は？", "n=5+"),
    ("5項目を実施している市町は？", "n=5+"),
    ("少なくとも5項目実施している市町は？", "n>=5+"),
    ("未実施が3項目以上の市町は？", "n>=3-"),
    ("3つ以上がまだの市町は？", "n>=3-"),
    ("3項目以上を実施していない市町は？", "n>=3- / ?"),
    ("予定が3項目以上ある市町は？", "n>=3[p]"),
    ("予定もない項目が2つ以上ある市町は？", "n>=2[0]"),
    ("(ア)(イ)(ウ)のうち2つ以上実施している市町は？", "n>=2+アイウ"),
    ("(ア)から(エ)のうち3つ以上がまだの市町は？", "n>=3-アイウエ"),
    ("(ア)(イ)(ウ)のうち1つだけ実施している市町は？", "n=1+アイウ"),
    ("5項目以上7項目以下を実施している市町は？", "n>=5+&n<=7+"),
    ("5項目以上実施していて(オ)がまだの市町は？", "n>=5+&オ-"),
    ("which municipalities have done at least 7 items?", "n>=7+"),
    ("which municipalities have done 7 or more items?", "n>=7+"),
    ("which municipalities have done no more than 2 items?", "n<=2+"),
    ("which municipalities have done at most two items?", "n<=2+"),
    ("which municipalities have done fewer than 3 items?", "n<=2+"),
    ("which municipalities have done more than five items?", "n>=6+"),
    ("which municipalities have done exactly 4 items?", "n=4+"),
    ("which municipalities have done 4 items?", "n=4+"),
    ("which municipalities have 3 or more items outstanding?", "n>=3-"),
    ("which municipalities have not done at least 3 items?", "n>=3- / n<=2+ / ?"),
    ("which municipalities have at least 2 items planned?", "n>=2[p]"),
    ("which municipalities have done at least two of (ア), (イ) and (ウ)?", "n>=2+アイウ"),
    ("which municipalities have at least 3 items with no plan?", "n>=3[0]"),
    ("which municipalities have done at least 5 items but not (オ)?", "n>=5+&オ-"),
]


# --- mixed ------------------------------------------------------------------------------------------------------------

MIXED_JA = [
    ("(ア)と(イ)は済みで(ウ)と(エ)がまだの市町は？", "ア+&イ+&ウ-&エ-"),
    ("(ア)済み(イ)未実施の市町", "ア+&イ-"),
    ("(ア)未実施かつ(イ)未実施の市町", "ア-&イ-"),
    ("(ア)が未実施または(イ)が未実施の市町は？", "ア-|イ-"),
    ("(ア)が実施済みで、(イ)か(ウ)のどちらかが未実施の市町は？", "ア+&(イ-|ウ-)"),
    ("(ア)だけ済みで他はまだの市町は？", "ア+&all!ア- / ?"),
    ("相談支援と研修の両方がまだの市町は？", "オ-&カ-"),
    ("相談支援も研修もまだの市町は？", "オ-&カ-"),
    ("相談支援か研修がまだの市町は？", "オ-|カ-"),
    ("研修は済んでいるのに相談支援がまだの市町は？", "カ+&オ-"),
    ("オもカもまだの市町は？", "オ-&カ-"),
    ("オ・カともに未実施の市町", "オ-&カ-"),
    ("アとイは○でウは×の市町は？", "ア+&イ+&ウ- / ?"),
    ("(ア)○(イ)×の市町", "ア+&イ- / ?"),
    ("(オ)をやっていないし予定もない市町は？", "オ0"),
    ("(オ)が未実施、かつ予定もなしの市町は？", "オ0"),
    ("(オ)がまだのうち、予定がある市町は？", "オp"),
    ("(オ)がまだで予定がない市町は？", "オ0"),
    ("(オ)が未実施の市町のうち予定なしは？", "オ0"),
    ("(オ)を実施しておらず、(カ)も実施していない市町は？", "オ-&カ-"),
    ("(オ)は実施していないが(カ)は予定している市町は？", "オ-&カp"),
    ("(オ)と(カ)を両方とも予定している市町は？", "オp&カp"),
    ("(オ)と(カ)のいずれも実施していない市町は？", "オ-&カ-"),
    ("(ア)(イ)(ウ)が全部まだの市町は？", "ア-&イ-&ウ-"),
    ("(ア)(イ)(ウ)のどれかがまだの市町は？", "ア-|イ-|ウ-"),
    ("(ア)(イ)(ウ)のうち1つもやっていない市町は？", "ア-&イ-&ウ-"),
    ("(ア)(イ)(ウ)のうち2つ以下しか実施していない市町は？", "n<=2+アイウ"),
    ("8項目のうち6項目以上実施している市町は？", "n>=6+"),
    ("8項目中6項目以上を実施している市町は？", "n>=6+"),
    ("未実施が2つ以内の市町は？", "n<=2-"),
    ("未実施がちょうど1項目の市町は？", "n=1-"),
    ("残り1項目の市町は？", "n=1-"),
    ("全項目そろっている市町は？", "all+"),
    ("予定している項目がある市町は？", "n>=1[p]"),
    ("実施済みの項目が1つもない市町は？", "all-"),
    ("未実施ゼロの市町は？", "all+ / ?"),
    ("実施済みが3項目以上5項目以下の市町は？", "n>=3+&n<=5+"),
    ("実施が5項目より多い市町は？", "n>=6+"),
    ("実施が5項目より少ない市町は？", "n<=4+"),
    ("最低でも6項目は実施している市町は？", "n>=6+"),
    ("多くとも3項目しか実施していない市町は？", "n<=3+"),
    ("未実施が1つ以上ある市町は？", "n>=1-"),
    ("未実施が最大でも2項目の市町は？", "n<=2- / ?"),
    ("せいぜい2項目しか実施していない市町は？", "n<=2+"),
    ("(オ)も含めて全項目実施している市町は？", "all+"),
    ("(オ)と(カ)以外に未実施がない市町は？", "all!オカ+ / ?"),
    ("(オ)か(カ)のどちらも実施している市町は？", "オ+&カ+ / ?"),
    ("(ア)、(イ)は実施、(ウ)は未実施、(エ)は予定の市町は？", "ア+&イ+&ウ-&エp"),
    ("(ア)も(イ)も実施しているが(ウ)も(エ)もまだの市町は？", "ア+&イ+&ウ-&エ-"),
    ("(オ)実施済みでない市町は？", "オ-"),
    ("(オ)が実施済みとなっていない市町は？", "オ-"),
    ("(オ)が未実施ではなく予定でもない市町は？", "オ+ / ?"),
    ("(オ)が予定ではない市町は？", "オ0 / オ+|オ0 / ?"),
    ("(オ)が実施予定の市町は？", "オp"),
    ("(オ)を今後実施する予定の市町は？", "オp"),
    ("(オ)を実施する予定がない市町は？", "オ0"),
    ("(オ)の実施予定なしの市町は？", "オ0"),
    ("(オ)と(カ)を実施していない市町は？", "オ-&カ- / ?"),
    ("(オ)か(カ)を実施していない市町は？", "オ-|カ- / ?"),
    ("(オ)、(カ)、(キ)のうち2つがまだの市町は？", "n=2-オカキ"),
    ("(オ)、(カ)、(キ)のうちどれか1つでもまだの市町は？", "オ-|カ-|キ-"),
    ("(オ)、(カ)、(キ)のどれも予定がない市町は？", "オ0&カ0&キ0"),
    ("(オ)(カ)(キ)のうち実施済みが1つ以下の市町は？", "n<=1+オカキ"),
    ("(オ)が実施済みまたは(カ)が予定ありの市町は？", "オ+|カp"),
    ("(オ)が未実施で、かつ(カ)か(キ)が実施済みの市町は？", "オ-&(カ+|キ+)"),
    ("(オ)と(カ)が未実施で(キ)と(ク)が実施済みの市町は？", "オ-&カ-&キ+&ク+"),
    ("(オ)、(カ)ともに未実施だが(キ)は予定ありの市町は？", "オ-&カ-&キp"),
    ("(オ)は予定だが(カ)は予定もない市町は？", "オp&カ0"),
    ("(オ)のみ予定の市町は？", "オp&all!オe / オp / ? / オp&!(アp)&!(イp)&!(ウp)&!(エp)&!(カp)&!(キp)&!(クp)"),
    ("未実施が(オ)と(カ)だけの市町は？", "オ-&カ-&all!オカ+"),
    ("(オ)と(カ)だけ実施していない市町は？", "オ-&カ-&all!オカ+"),
    ("(オ)だけ実施していない市町は？", "オ-&all!オ+"),
    ("(オ)だけ予定もない市町は？", "オ0&all!オe / オ0 / ?"),
    ("(オ)以外に未実施がない市町は？", "all!オ+ / all!オ+&オ- / ?"),
    ("全項目が未実施の市町は？", "all-"),
    ("全項目実施または予定の市町は？", "alle"),
    ("全項目済みではない市町は？", "!all+ / ?"),
    ("未実施が残っている市町は？", "n>=1-"),
    ("6項目以上済んでいるが全部ではない市町は？", "n>=6+&n<=7+"),
    ("3項目以上未実施で予定もない市町は？", "n>=3[0] / n>=3- / ?"),
    ("予定が1項目だけの市町は？", "n=1[p]"),
    ("実施済みが0の市町は？", "all- / ?"),
    ("実施0項目の市町は？", "all-"),
    ("未実施0項目の市町は？", "all+"),
    ("半分以上の項目を実施している市町は？", "n>=4+ / ?"),
    ("過半数の項目を実施している市町は？", "n>=5+ / ?"),
    ("(オ)をまだ実施しておらず、予定もしていない市町は？", "オ0"),
    ("(オ)の実施予定がある市町は？", "オp"),
    ("(オ)をこれから始める市町は？", "オp / ?"),
    ("(オ)が予定もなく未実施の市町は？", "オ0"),
    ("(オ)を実施済みの市町以外は？", "オ-"),
    ("(オ)を実施していない市町以外は？", "オ+"),
    ("(オ)が済んでいる市町で(カ)がまだなのは？", "オ+&カ-"),
    ("(オ)がまだの市町のうち(カ)もまだなのは？", "オ-&カ-"),
    ("(オ)がまだの市町のうち(カ)が済んでいるのは？", "オ-&カ+"),
    ("アがまだでイが済みの市町", "ア-&イ+"),
    ("資源把握が済んで課題抽出がまだの市町", "ア+&イ-"),
    ("普及啓発も研修もやっている市町", "キ+&カ+"),
    ("情報共有か普及啓発のどちらかをやっていない市町", "エ-|キ-"),
    ("多職種研修と住民啓発の両方をやっているところ", "カ+&キ+"),
]

MIXED_EN = [
    ("which municipalities have done (ア) and (イ) but neither (ウ) nor (エ)?", "ア+&イ+&ウ-&エ-"),
    ("which municipalities have not done (ア) nor (イ)?", "ア-&イ-"),
    ("which municipalities have done not only (ア) but also (イ)?", "ア+&イ+ / ?"),
    ("which municipalities have (ア) or both (イ) and (ウ) done?", "ア+|(イ+&ウ+) / ?"),
    ("which municipalities have done (ア) and (イ), or (ウ)?", "(ア+&イ+)|ウ+ / ?"),
    ("which municipalities are still missing (ア) and (イ)?", "ア-&イ-"),
    ("which municipalities don't have (オ)?", "オ-"),
    ("which municipalities have no consultation desk?", "オ-"),
    ("which municipalities with a consultation desk have no training?", "オ+&カ-"),
    ("which municipalities have a consultation desk but no training?", "オ+&カ-"),
    ("which municipalities have neither consultation support nor training?", "オ-&カ-"),
    ("where is consultation support or training missing?", "オ-|カ-"),
    ("which municipalities have done five or fewer items?", "n<=5+"),
    ("which municipalities have done between 3 and 5 items?", "n>=3+&n<=5+ / ?"),
    ("which municipalities have done at least 6 of the 8 items?", "n>=6+"),
    ("which municipalities have done 6 of 8 items?", "n=6+ / ?"),
    ("which municipalities have done all but one item?", "n=7+ / ?"),
    ("which municipalities have done every item except (オ)?", "all!オ+ / all!オ+&オ-"),
    ("which municipalities lack at most one item?", "n<=1-"),
    ("which municipalities have only (オ) and (カ) left?", "オ-&カ-&all!オカ+"),
    ("which municipalities have done (ア) only?", "ア+&all!ア-"),
    ("which municipalities have not yet planned or done (オ)?", "オ0"),
    ("which municipalities have (オ) either done or planned?", "オe"),
    ("where is (オ) neither in place nor planned?", "オ0"),
    ("which municipalities have not even planned (オ)?", "オ0"),
    ("which municipalities have completed (ア) through (ウ)?", "ア+&イ+&ウ+"),
    ("which municipalities have done items 1 to 3?", "ア+&イ+&ウ+"),
    ("which municipalities have done items 1 and 5?", "ア+&オ+"),
    ("which municipalities have done item o but not item ka?", "オ+&カ-"),
    ("which municipalities have not done (オ), and not (カ) either?", "オ-&カ-"),
    ("who did (ア), but didn't do (イ)?", "ア+&イ-"),
    ("who has (ア) but lacks (イ)?", "ア+&イ-"),
    ("which municipalities have (ア) done, (イ) planned and (ウ) outstanding?", "ア+&イp&ウ-"),
    ("which municipalities have at least one of (オ) and (カ) outstanding?", "オ-|カ-"),
    ("which municipalities have less than two of (ア), (イ), (ウ)?", "n<=1+アイウ"),
    ("which municipalities have not completed any of the eight items?", "all-"),
    ("which municipalities have zero items outstanding?", "all+ / ?"),
    ("who has nothing left to do?", "all+"),
    ("who is not finished with everything?", "!all+"),
    ("which municipalities have not done all of (ア), (イ) and (ウ)?", "!(ア+&イ+&ウ+) / ?"),
    ("which municipalities have done no items?", "all-"),
    ("which municipalities have more than two items with no plan?", "n>=3[0]"),
    ("which municipalities have a plan for every outstanding item?", "alle / ?"),
    ("which municipalities have planned all remaining items?", "alle / ?"),
    ("which municipalities have done (オ) but, unlike others, not (カ)?", "オ+&カ- / ?"),
    ("which municipalities have done everything but (ア) and (イ)?", "all!アイ+ / all!アイ+&ア-&イ-"),
    ("which municipalities have either (ア) and (イ) or (ウ) done?", "(ア+&イ+)|ウ+ / ?"),
    ("which municipalities have (ア) but not both (イ) and (ウ)?", "ア+&!(イ+&ウ+) / ?"),
    ("which municipalities have done both (ア) and (イ) but not (ウ)?", "ア+&イ+&ウ-"),
    ("which municipalities have done either (ア) or (イ) but not (ウ)?", "(ア+|イ+)&ウ-"),
    ("which municipalities have neither done (ア) nor planned (イ)?", "ア-&イ0 / ?"),
    ("which municipalities have not done (ア) or have not done (イ)?", "ア-|イ-"),
    ("which municipalities have not done (ア) and have not done (イ)?", "ア-&イ-"),
    ("which municipalities have done (ア) or have done (イ)?", "ア+|イ+"),
    ("which municipalities have done (オ) but not yet (カ) and (キ)?", "オ+&カ-&キ- / ?"),
    ("which municipalities have done either (オ) or (カ), but not (キ)?", "(オ+|カ+)&キ-"),
    ("which municipalities have done (オ) and (カ) or (キ)?", "(オ+&カ+)|キ+ / オ+&(カ+|キ+) / ?"),
    ("which municipalities have two of (オ), (カ) and (キ) done?", "n=2+オカキ"),
    ("which municipalities have exactly two of (オ), (カ), (キ) outstanding?", "n=2-オカキ"),
    ("which municipalities have at most one of (オ), (カ), (キ) done?", "n<=1+オカキ"),
    ("which municipalities lack one of (オ), (カ) and (キ)?", "オ-|カ-|キ- / n=1-オカキ / ?"),
    ("which municipalities have not done one of (オ) and (カ)?", "オ-|カ- / ?"),
    ("which municipalities have every item done or planned?", "alle"),
    ("which municipalities have all items at least planned?", "alle / ?"),
    ("which municipalities are done with all items but one?", "n=7+ / ?"),
    ("which municipalities have everything outstanding?", "all-"),
    ("which municipalities have half of the items done?", "n=4+ / n>=4+ / ?"),
    ("which municipalities have done between four and six items?", "n>=4+&n<=6+ / ?"),
    ("which municipalities have done 4 to 6 items?", "n>=4+&n<=6+ / ?"),
    ("which municipalities have done at least 4 but fewer than 7 items?", "n>=4+&n<=6+ / ?"),
    ("which municipalities have done at least 4 and at most 6 items?", "n>=4+&n<=6+"),
    ("which municipalities have only planned (オ)?", "オp"),
    ("which municipalities have planned but not done (オ)?", "オp"),
    ("which municipalities have (オ) planned but not (カ)?", "オp&カ0 / オp&カ- / ?"),
    ("which municipalities have (オ) neither done nor planned, but (カ) done?", "オ0&カ+"),
    ("which municipalities have not done (オ) even though (カ) is done?", "オ-&カ+"),
    ("except for (オ), who has done everything?", "all!オ+ / all!オ+&オ- / ?"),
    ("apart from (オ), which municipalities have done all items?", "all!オ+ / all!オ+&オ- / ?"),
    ("which municipalities other than those that have done (オ)?", "オ- / ?"),
    ("which municipalities haven't done (オ) yet but will?", "オp / ?"),
    ("which municipalities don't plan to do (オ)?", "オ0"),
    ("which municipalities do not plan (オ) at all?", "オ0"),
    ("which municipalities have no intention of doing (オ)?", "オ0"),
    ("is there any municipality without (オ)?", "オ-"),
    ("who has consultation support and training but not awareness?", "オ+&カ+&キ-"),
    ("who has training or awareness but lacks consultation support?", "(カ+|キ+)&オ-"),
    ("list towns missing both training and awareness", "カ-&キ-"),
    ("towns that have not done training nor awareness", "カ-&キ-"),
    ("which municipalities have (オ), (カ) and (キ) all outstanding?", "オ-&カ-&キ-"),
    ("which municipalities have none of (オ), (カ), (キ) planned?", "オ0&カ0&キ0 / ?"),
    ("which municipalities have done no more than (オ)?", "オ+&all!オ- / ?"),
    ("which municipalities have done more than just (オ)?", "?"),
    ("not (オ) but (カ) done, which municipalities?", "オ-&カ+ / カ+ / ?"),
    ("who hasn't done anything except (オ)?", "オ+&all!オ-"),
    ("who hasn't done anything but (オ)?", "オ+&all!オ-"),
    ("who has done nothing except (オ) and (カ)?", "オ+&カ+&all!オカ- / ?"),
]


# --- the notation -----------------------------------------------------------------------------------------------------

TOKEN = re.compile(
    r"n(?P<compare>>=|<=|=)(?P<n>\d)(?P<of>[-+]|\[[p0e]\])(?P<among>[ア-ク]*)|all(?:!(?P<but>[ア-ク]+))?(?P<all>[-+p0e])|(?P<item>[ア-ク])(?P<state>[-+p0e])|[&|()!]"
)


def condition_of(text: str) -> Condition:
    """The condition that a string of the notation stands for; `&` binds closer than `|`."""
    assert TOKEN.sub("", text) == "", text
    tokens = list(TOKEN.finditer(text))
    condition = _either(tokens)
    assert not tokens, text
    return condition


def _either(tokens: list[re.Match[str]]) -> Condition:
    parts = [_both(tokens)]
    while tokens and tokens[0].group() == "|":
        tokens.pop(0)
        parts.append(_both(tokens))
    return parts[0] if len(parts) == 1 else Or(tuple(parts))


def _both(tokens: list[re.Match[str]]) -> Condition:
    parts = [_one(tokens)]
    while tokens and tokens[0].group() == "&":
        tokens.pop(0)
        parts.append(_one(tokens))
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _one(tokens: list[re.Match[str]]) -> Condition:
    token = tokens.pop(0)
    if token.group() == "!":
        return Not(_one(tokens))
    if token.group() == "(":
        inside = _either(tokens)
        assert tokens.pop(0).group() == ")"
        return inside
    if token["n"]:
        counted = {">=": AtLeast, "<=": at_most, "=": exactly}[token["compare"]]
        return counted(int(token["n"]), STATES[token["of"].strip("[]")], tuple(token["among"] or ITEMS))
    if token["all"]:
        return And(tuple(Has(item, STATES[token["all"]]) for item in ITEMS if item not in (token["but"] or "")))
    return Has(token["item"], STATES[token["state"]])


def rendered(condition: Condition) -> str:
    """A condition in the notation, for a failure to be read."""
    match condition:
        case Has(item, states):
            return f"{item}{SIGN.get(states, sorted(states))}"
        case And(parts):
            return "&".join(f"({rendered(part)})" if isinstance(part, Or) else rendered(part) for part in parts)
        case Or(parts):
            return "|".join(f"({rendered(part)})" if isinstance(part, And) else rendered(part) for part in parts)
        case Not(part):
            return f"!({rendered(part)})"
        case AtLeast(n, states, items):
            return f"n>={n}[{SIGN.get(states, sorted(states))}]{'' if len(items) == len(ITEMS) else ''.join(items)}"


def same(one: Condition, other: Condition) -> bool:
    """Whether two conditions hold for the same municipalities, whatever their states."""
    items = sorted({*items_of(one), *items_of(other)})
    return all(holds(one, states) == holds(other, states) for states in every_state(items))


def every_state(items: list[str]) -> Iterator[dict[str, State]]:
    return (dict(zip(items, states, strict=True)) for states in product(State, repeat=len(items)))


# --- the test ---------------------------------------------------------------------------------------------------------

TABLE = [*ONE_STATE, *AND_OR, *NEITHER_NOR, *BUT, *ONLY_EXCEPT, *ALL, *COUNTS, *MIXED_JA, *MIXED_EN]


def read(text: str, asker: Asker, setting: Setting) -> tuple[str, Condition | None]:
    """What is taken from a sentence: (how it is told, the condition); "?" and no condition where it is not answered at once."""
    if asker.ask(text, setting).message.status != "answered":
        return "?", None
    heard = hear(text, asker.understanding, setting)
    condition = heard.query.condition
    return (rendered(condition) if condition is not None else "no condition", condition)


@pytest.mark.parametrize(("text", "expected"), TABLE, ids=[text for text, _ in TABLE])
def test_sentence(text: str, expected: str, asker: Asker, setting: Setting) -> None:
    """The sentence is taken to mean what it says."""
    told, condition = read(text, asker, setting)
    right = expected.split(" / ")
    if condition is None:
        assert told in right, f"read as {told}"
    else:
        assert any(same(condition, condition_of(each)) for each in right if each != "?"), f"read as {told}"


def test_the_notation() -> None:
    """The notation says what it says: each form against the condition written out."""
    assert condition_of("オ-") == Has("オ", NOT_DONE)
    assert condition_of("ア+&(イp|ウ0)") == And((Has("ア", DONE), Or((Has("イ", PLANNED), Has("ウ", NEITHER)))))
    assert condition_of("!(ア+&イ+)") == Not(And((Has("ア", DONE), Has("イ", DONE))))
    assert condition_of("all!アイウエオカキ-") == And((Has("ク", NOT_DONE),))
    assert condition_of("n>=2[p]アイ") == AtLeast(2, PLANNED, ("ア", "イ"))
    assert same(condition_of("n<=0-"), condition_of("all+"))
    assert same(condition_of("n=1+アイ"), condition_of("(ア+&イ-)|(ア-&イ+)"))
    assert not same(condition_of("オ-"), condition_of("オ0"))


def test_the_table_is_a_table() -> None:
    """No sentence stands in it twice, and both languages are well represented."""
    texts = [text for text, _ in TABLE]
    assert len(texts) == len(set(texts))
    english = sum(text.isascii() or re.match("which|where|who|not |except|apart", text) is not None for text in texts)
    assert len(texts) >= 200
    assert min(english, len(texts) - english) >= 80
