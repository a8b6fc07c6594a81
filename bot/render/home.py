"""The Home tab: the home territory at a glance, the next deadlines, what to ask, and how one likes to be answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.message import Action, Message
from bot.render.plain import WORDS
from bot.render.slack import Block, clip, shorten
from knowledge.model import Lang, Pair, Territory

BAR = 10
LINES_MOST = 12
AUTO = "auto"

TITLE = Pair("Renkei（在宅医療・介護連携推進事業）", "Renkei (linking home medical care and long-term care)")
AT_A_GLANCE = Pair("{territory}のいま", "{territory} at a glance")
DEADLINES = Pair("期限", "Deadlines")
ASK = Pair("尋ねてみる", "What to ask")
HOW = Pair(
    "チャンネルでは @Renkei に続けて、このアプリのメッセージではそのまま、どこでも /renkei に続けて、ふだんの言葉でお尋ねください。",
    "Ask in your own words: after @Renkei in a channel, directly in this app's messages, or after /renkei anywhere.",
)
CHOICES = Pair("答え方", "How to answer")
LANGUAGE = {AUTO: Pair("質問と同じ言語", "The question's language"), "ja": Pair("日本語", "Japanese"), "en": Pair("英語", "English")}
LANGUAGE_LABEL = Pair("答えの言語", "Language of the answers")
HOME_LABEL = Pair("地域を言わないときの地域", "Territory when none is named")
NO_TALLY = Pair("この地域の調査の集計は収録していません。", "There are no survey figures for this territory.")
COLUMNS = {
    "item": Pair("項目", "Item"),
    "bar": Pair("実施済", "Done"),
    "count": Pair("市区町村数", "Municipalities"),
    "open": Pair("未実施", "Still open"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One line of the glance: how many of `of` have done it, how many have not."""

    label: str
    done: int
    of: int
    rest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """What a Home tab shows to one person. `lang` is auto, ja or en; `spoken` is the language of the tab itself."""

    spoken: Lang
    lang: str
    territory: Territory
    territories: tuple[Territory, ...]
    tally: Message
    bars: tuple[Bar, ...]
    deadlines: Message
    examples: tuple[Action, ...]


def home(shown: Home) -> dict[str, Any]:
    """The view that views.publish takes."""
    lang = shown.spoken
    name = shown.territory.name if lang == "ja" else shown.territory.en
    blocks = [
        _header(TITLE[lang]),
        _context([HOW[lang]]),
        _header(AT_A_GLANCE[lang].format(territory=name)),
        *_glance(shown),
        {"type": "divider"},
        _header(DEADLINES[lang]),
        *_told(shown.deadlines),
        {"type": "divider"},
        _header(ASK[lang]),
        *_asks(shown.examples),
        {"type": "divider"},
        _header(CHOICES[lang]),
        _menu("set_home", HOME_LABEL[lang], [(t.id, t.name if lang == "ja" else t.en) for t in shown.territories], shown.territory.id),
        _menu("set_lang", LANGUAGE_LABEL[lang], [(value, pair[lang]) for value, pair in LANGUAGE.items()], shown.lang),
    ]
    return {"type": "home", "blocks": blocks}


def bar(done: int, of: int) -> str:
    """Ten squares, full as far as done; not empty for the first one done, not full before the last.

    >>> bar(1, 100), bar(99, 100), bar(0, 3)
    ('■□□□□□□□□□', '■■■■■■■■■□', '□□□□□□□□□□')
    """
    full = 0 if not done else BAR if done >= of else min(max(round(BAR * done / of), 1), BAR - 1)
    return "■" * full + "□" * (BAR - full)


def _glance(shown: Home) -> list[Block]:
    lang = shown.spoken
    if not shown.bars:
        return [_section([NO_TALLY[lang]]), *_told(shown.tally)[:1]]
    head = [_cell(COLUMNS[name][lang]) for name in ("item", "bar", "count", "open")]
    lines = ((clip(line.label, 200), bar(line.done, line.of), f"{line.done} / {line.of}", str(line.rest)) for line in shown.bars)
    rows = [[_cell(words) for words in line] for line in lines]
    settings = [{"align": align, "is_wrapped": True} for align in ("left", "left", "right", "right")]
    sources = [WORDS["source"][lang] + source for source in shown.tally.sources]
    small = [shown.tally.reading, *(WORDS["note"][lang] + note for note in shown.tally.notes), *sources]
    return [{"type": "table", "rows": [head, *rows], "column_settings": settings}, *([_context(small)] if any(small) else [])]


def _told(message: Message) -> list[Block]:
    """Headline, body and sources in short."""
    lang = message.lang
    lines = shorten([message.headline, *message.body], 2_500, lang)[: LINES_MOST + 1]
    sources = [WORDS["source"][lang] + source for source in message.sources]
    return [_section(lines), *([_context(sources)] if sources else [])]


def _asks(examples: Iterable[Action]) -> list[Block]:
    labels = [(_plain(clip(action.label, 75)), action.question) for action in examples]
    buttons = [{"type": "button", "action_id": f"home_{n}", "text": label, "value": question} for n, (label, question) in enumerate(labels)]
    return [{"type": "actions", "elements": buttons}] if buttons else []


def _menu(action: str, label: str, options: list[tuple[str, str]], chosen: str) -> Block:
    given = [{"text": _plain(clip(text, 75)), "value": value} for value, text in options]
    picked = next((option for option in given if option["value"] == chosen), None)
    menu: Block = {"type": "static_select", "action_id": action, "options": given}
    return {"type": "section", "text": _plain(label), "accessory": menu | ({"initial_option": picked} if picked else {})}


def _header(text: str) -> Block:
    return {"type": "header", "text": _plain(clip(text, 150))}


def _section(lines: Iterable[str]) -> Block:
    return {"type": "section", "text": _plain(clip("\n".join(lines), 3_000)), "expand": True}


def _context(lines: Iterable[str]) -> Block:
    return {"type": "context", "elements": [_plain(clip("\n".join(line for line in lines if line), 3_000))]}


def _cell(text: str) -> Block:
    return {"type": "raw_text", "text": text or " "}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}
