"""What a message has in Slack beside its answer: chart, menus, the buttons under it, the feedback, the modal, the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from bot.ask import Reply
from bot.menus import Menu
from bot.message import Message
from bot.render.blockkit import WORDS_MOST, characters
from bot.render.pages import Page, page
from bot.render.slack import DETAIL_LEAST, SHARE, Block, blocks, clip, defused, escape, fallback
from bot.words import Words
from knowledge.model import Found, Lang, Municipality, NoData, Pair

ID_MOST = 255  # of a block
BESIDE_ANYTHING = WORDS_MOST - sum(SHARE.values()) - DETAIL_LEAST  # characters that there is room for beside the longest message
OPTIONS_MOST, OPTION_TEXT, OPTION_VALUE, PLACEHOLDER = 100, 75, 150, 150

EVIDENCE = Pair("根拠", "Evidence")
SHEET = Pair("Excelで受け取る", "Get as Excel")
SHOW = Pair("みんなに表示", "Show to everyone")
GOOD, BAD = Pair("役に立った", "Helpful"), Pair("違う", "Not right")
BACK, ON = Pair("◀ 前へ", "◀ Previous"), Pair("次へ ▶", "Next ▶")
ASKED_BY = Pair("さんの質問：「{text}」", " asked: “{text}”")
THANKS = Pair("ありがとうございます。記録しました。", "Thank you, noted.")
MODAL = {
    "title": Pair("どこが違いましたか", "What was wrong?"),
    "submit": Pair("送る", "Send"),
    "close": Pair("やめる", "Cancel"),
    "label": Pair("違っていた点、知りたかったこと", "What was wrong, or what you wanted to know"),
    "hint": Pair("質問の記録に添えて、Renkei の管理者に伝わります。", "It is kept with your question for whoever runs Renkei."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Furniture:
    """What stands around an answer. "" and () leave things out.

    carried   the question as buttons and menus carry it; without it there is nothing to press but choices and next steps
    feedback  the id that a verdict is kept under
    share     whether it can be shown to everyone; sheet  whether its table can be had as a workbook
    page      which page of a long table is shown
    above     characters that are put above it afterwards
    """

    carried: str = ""
    feedback: str = ""
    share: bool = False
    sheet: bool = False
    page: int = 0
    above: int = 0
    menus: tuple[Menu, ...] = ()
    charts: tuple[Block, ...] = ()


BARE = Furniture()


def furnished(message: Message, around: Furniture = BARE, *, text_limit: int = 10_000) -> dict[str, Any]:
    """{"text", "blocks"}: the message with its chart, its menus, choices or next steps that can be told apart, and the buttons of `around`.

    The text is that of the whole answer, whatever page of it the blocks show; but a page that was turned to is told alone.
    Around a monstrous message there is less.
    """
    shown = page(message, around.page) if around.carried else Page(message=message, number=0, of=1)
    told = fallback(shown.message if shown.number else message, text_limit)
    for less in (around, replace(around, charts=(), menus=()), replace(BARE, feedback=around.feedback)):
        found, beside = _furnished(shown, less)
        if beside + around.above <= BESIDE_ANYTHING or characters(found) + around.above <= WORDS_MOST:
            break
    return {"text": told, "blocks": found}


def _furnished(shown: Page, around: Furniture) -> tuple[list[Block], int]:
    """The blocks, and how many characters stand beside the message's own."""
    lang, status = shown.message.lang, shown.message.status
    menus, turns, under = _menus(around), _turns(shown, around), list(_under(lang, status, around))
    beside = characters([*around.charts, *turns, *under]) + (sum(map(_size, around.menus)) if menus else 0)
    found = blocks(shown.message, around.above + beside)
    told_apart = [_told_apart(block, "choose" if status == "clarify" else "ask") for block in found]
    return [*_placed(told_apart, list(around.charts), turns, menus), *under], beside


def _placed(found: list[Block], charts: list[Block], turns: list[Block], menus: list[Block]) -> Iterator[Block]:
    """The chart after the headline, the turning of pages after the table, the menus above the buttons."""
    steps = found[-1:] if found and found[-1]["type"] == "actions" else []
    for block in found[: len(found) - len(steps)]:
        yield block
        if block["type"] == "rich_text" and charts:
            yield charts.pop(0)
        if block["type"] == "table":
            yield from turns
    yield from (*menus, *steps)


def _told_apart(block: Block, prefix: str) -> Block:
    if block["type"] != "actions":
        return block
    return block | {"elements": [element | {"action_id": f"{prefix}_{n}"} for n, element in enumerate(block["elements"])]}


def _under(lang: Lang, status: str, around: Furniture) -> Iterator[Block]:
    """The row of tools, and the feedback."""
    answered = status == "answered"
    tools = (("evidence", EVIDENCE, answered), ("sheet", SHEET, answered and around.sheet), ("share", SHOW, around.share and status != "clarify"))
    buttons = [_button(action, label[lang], around.carried) for action, label, wanted in tools if wanted and around.carried]
    if buttons:
        yield {"type": "actions", "elements": buttons}
    if around.feedback:
        yield _feedback(around.feedback, lang)


def _turns(shown: Page, around: Furniture) -> list[Block]:
    """Buttons to the page before and after; the block's id says which answer and page this is, so that it is another after each turn."""
    if shown.of == 1 or not around.carried:
        return []
    lang = shown.message.lang
    turns = ((BACK, shown.number - 1), (ON, shown.number + 1))
    elements = [_button(f"page_{to}", label[lang], around.carried) for label, to in turns if 0 <= to < shown.of]
    return [{"type": "actions", "block_id": f"page {around.feedback or '-'} {shown.number}", "elements": elements}]


def _menus(around: Furniture) -> list[Block]:
    """One row of menus. Its id is the question that an option goes on from; where that is too long there are no menus."""
    if not around.menus or not around.carried or len(around.carried) > ID_MOST:
        return []
    elements = [element for menu in around.menus if (element := _select(menu))]
    return [{"type": "actions", "block_id": around.carried, "elements": elements}] if elements else []


@lru_cache(maxsize=4096)
def _select(menu: Menu) -> Block | None:
    """None if an option is too long to be carried whole: half a question is another question."""
    options = [{"text": _plain(clip(option.label, OPTION_TEXT)), "value": option.question} for option in menu.options[:OPTIONS_MOST]]
    if any(len(option.question) > OPTION_VALUE for option in menu.options):
        return None
    element = {"type": "static_select", "action_id": f"pick_{menu.kind}", "placeholder": _plain(clip(menu.label, PLACEHOLDER)), "options": options}
    chosen = next((option for option in options if option["value"] == menu.chosen), None)
    return element | ({"initial_option": chosen} if chosen else {})


@lru_cache(maxsize=4096)
def _size(menu: Menu) -> int:
    return characters(_select(menu))


def _button(action: str, label: str, value: str) -> Block:
    return {"type": "button", "action_id": action, "text": _plain(label), "value": value}


def _feedback(name: str, lang: Lang) -> Block:
    buttons = {
        "positive_button": {"text": _plain(GOOD[lang]), "value": f"good {lang} {name}", "accessibility_label": GOOD[lang]},
        "negative_button": {"text": _plain(BAD[lang]), "value": f"bad {lang} {name}", "accessibility_label": BAD[lang]},
    }
    return {"type": "context_actions", "elements": [{"type": "feedback_buttons", "action_id": "feedback"} | buttons]}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}


# --- shown to everyone ------------------------------------------------------------------------------------------------


HEADING = "asked by"
HEADING_MOST = 300  # characters of who asked what
TEXT_MOST = 4_000  # of a message that is changed


def attributed(payload: dict[str, Any], user: str, text: str, lang: Lang) -> dict[str, Any]:
    """The message with who asked what above it. The name is a mention of the asker alone; their words stay words."""
    said = ASKED_BY[lang].format(text=defused(clip(" ".join(text.split()), 200)))
    line = [{"type": "user", "user_id": user}, {"type": "text", "text": said}]
    block = {"type": "rich_text", "block_id": HEADING, "elements": [{"type": "rich_text_section", "elements": line}]}
    return {"text": f"<@{user}>{escape(said)}\n{payload['text']}", "blocks": [block, *payload["blocks"]]}


def headed(payload: dict[str, Any], message: Mapping[str, Any]) -> dict[str, Any]:
    """The payload with who asked what above it, as it stands above the message now, if it does."""
    first: Block = next(iter(message.get("blocks") or []), {})
    if first.get("block_id") != HEADING:
        return payload
    line = str(message.get("text") or "").split("\n", 1)[0]
    return payload | {"text": f"{line}\n{payload['text']}"[:TEXT_MOST], "blocks": [first, *payload["blocks"]]}


# --- evidence ---------------------------------------------------------------------------------------------------------

LINES = {
    "source": Pair("出典：{source}", "Source: {source}"),
    "as_of": Pair("時点：{date}", "As of: {date}"),
    "counted": Pair("数えた数：{value} / {of}（数えなかった：{rest}）", "Counted: {value} of {of} (left out: {rest})"),
    "names": Pair("数えた市区町村（{n}）：{names}", "Municipalities counted ({n}): {names}"),
    "others": Pair("数えなかった市区町村（{n}）：{names}", "Municipalities left out ({n}): {names}"),
    "rows": Pair("根拠の表：{n} 行", "Rows behind it: {n}"),
    "base": Pair("知識ベース：{hash}", "Knowledge base: {hash}"),
}


def evidence(reply: Reply, words: Words, base: str) -> Message:
    """Where an answer stands: source, place in it, as-of, what was counted and what was left out."""
    given, message = reply.considered.answer, reply.message
    lang = message.lang
    lines = [LINES["source"][lang].format(source=source) for source in message.sources]
    if isinstance(given, (Found, NoData)) and given.as_of:
        lines.append(LINES["as_of"][lang].format(date=words.date(given.as_of)))
    if isinstance(given, Found):
        lines += _counted(given, words, lang)
    lines.append(LINES["base"][lang].format(hash=base[:12]))
    body = tuple(f"・{line}" for line in lines)
    return Message(lang=lang, status="answered", reading=message.reading, headline=EVIDENCE[lang], body=body, notes=message.notes)


def _counted(given: Found, words: Words, lang: Lang) -> list[str]:
    lines = []
    value, of = given.value, given.denominator
    if value is not None and of and 0 <= value <= of:
        lines.append(LINES["counted"][lang].format(value=words.number(value), of=of, rest=words.number(of - value)))
    if given.municipalities:
        counted, others = _told_names(given.municipalities, given, words), _left_out(given, words)
        lines.append(LINES["names"][lang].format(n=len(counted), names=words.listed(counted)))
        if others:
            lines.append(LINES["others"][lang].format(n=len(others), names=words.listed(others)))
    rows = sum(len(grid.rows) for grid in given.grids)
    return [*lines, LINES["rows"][lang].format(n=rows)] if rows else lines


def _left_out(given: Found, words: Words) -> tuple[str, ...]:
    """The municipalities of the denominator that are not in the answer, where the answer knows them."""
    members = _members(given, words)
    if len(members) != given.denominator:
        return ()
    return tuple(words.name(municipality) for name, municipality in members.items() if name not in given.municipalities)


def _told_names(names: Iterable[str], given: Found, words: Words) -> tuple[str, ...]:
    """Official names as this language says them: in English with their readings."""
    members = _members(given, words)
    return tuple(words.name(members[name]) if name in members else name for name in names)


def _members(given: Found, words: Words) -> dict[str, Municipality]:
    """The municipalities that an answer looked at, by name."""
    codes = getattr(getattr(given.facts, "scope", None), "members", ())
    return {words.kb.municipalities[code].name: words.kb.municipalities[code] for code in codes}


# --- the modal --------------------------------------------------------------------------------------------------------


def modal(name: str, lang: Lang) -> dict[str, Any]:
    """What was wrong? `name` is the id that the verdict is kept under."""
    words = {key: _plain(pair[lang]) for key, pair in MODAL.items()}
    field = {"type": "plain_text_input", "action_id": "wrong", "multiline": True, "max_length": 1_000}
    return {
        "type": "modal",
        "callback_id": "feedback",
        "private_metadata": f"{lang} {name}",
        "title": words["title"],
        "submit": words["submit"],
        "close": words["close"],
        "blocks": [{"type": "input", "block_id": "wrong", "label": words["label"], "hint": words["hint"], "element": field}],
    }
