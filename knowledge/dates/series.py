"""A place in the series of surveys: 最新, 前回, last survey, 年度末."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from knowledge.dates.periods import Relative
from knowledge.dates.points import FISCAL_WORD, KANJI, Asked, Word
from knowledge.pattern import Pattern

_SURVEY = r"\s(?:survey|time|round|results?|answers?|data|figures?)"
_JAPANESE = Pattern(
    rf"(?P<latest>最新(?!情報)|直近|現在(?!地)|現時点|今回|今(?=[のはもでどっ何、。?!\s]|$)(?<!{KANJI}.))"
    r"|(?P<before_previous>前々回|前前回|前の前)|(?P<previous>前回|前の調査)|(?P<next>次回|次の調査)"
    r"|(?P<first>初回|最初の(?:調査|時点|とき)|第1回調査)|(?P<fiscal_end>年度(?:末|内)(?<![毎各0-9]...))"
)
_ENGLISH = Pattern(
    rf"(?<![a-z])(?:(?P<latest>latest|newest|most\srecent|current(?:ly)?|now|at\spresent|this{_SURVEY})"
    r"|(?P<before_previous>(?:survey|one|time|round)\sbefore\s(?:the\s)?last(?:\ssurvey)?)"
    rf"|(?P<previous>previous|prior|last{_SURVEY})|(?P<next>next{_SURVEY})|(?P<first>first{_SURVEY}|initial|earliest)"
    rf"|(?P<fiscal_end>(?:the\s)?end\sof\s(?:the\s)?{FISCAL_WORD}|{FISCAL_WORD}[\s-]end))(?![a-z0-9])"
)


def japanese(asked: Asked) -> Iterator[Word]:
    """最新, 前回 …"""
    return _words(_JAPANESE, asked)


def english(asked: Asked) -> Iterator[Word]:
    """latest, last survey …"""
    return _words(_ENGLISH, asked)


def _words(pattern: Pattern, asked: Asked) -> Iterator[Word]:
    for match in pattern.finditer(asked.text):
        yield Word(span=match.span(), value=cast(Relative, match.lastgroup))
