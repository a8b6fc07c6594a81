"""What a message has in Slack beside its answer: the buttons under it, the feedback, the modal, the evidence."""

from __future__ import annotations

from typing import Any

from bot.ask import Reply
from bot.message import Message
from bot.render.slack import Block, clip, defused, escape, slack
from bot.words import Words
from knowledge.model import Found, Lang, NoData, Pair

RESERVE = 3_000 + 200  # two buttons that carry the question (1,200 each at most) and the two of the feedback

EVIDENCE = Pair("根拠", "Evidence")
SHARE = Pair("みんなに表示", "Show to everyone")
GOOD, BAD = Pair("役に立った", "Helpful"), Pair("違う", "Not right")
ASKED_BY = Pair("さんの質問：「{text}」", " asked: “{text}”")
THANKS = Pair("ありがとうございます。記録しました。", "Thank you, noted.")
MODAL = {
    "title": Pair("どこが違いましたか", "What was wrong?"),
    "submit": Pair("送る", "Send"),
    "close": Pair("やめる", "Cancel"),
    "label": Pair("違っていた点、知りたかったこと", "What was wrong, or what you wanted to know"),
    "hint": Pair("質問の記録に添えて、Renkei の管理者に伝わります。", "It is kept with your question for whoever runs Renkei."),
}


def furnished(message: Message, *, carried: str = "", feedback: str = "", share: bool = False, text_limit: int = 10_000) -> dict[str, Any]:
    """{"text", "blocks"}: the message with choices or next steps that can be told apart, 根拠, 「みんなに表示」 and feedback.

    `carried` is the question as buttons carry it, `feedback` the id that a verdict is kept under; "" leaves those buttons out.
    """
    found = slack(message, text_limit=text_limit, reserve=RESERVE)
    prefix = "choose" if message.status == "clarify" else "ask"
    blocks = [_told_apart(block, prefix) for block in found["blocks"]]
    tools = _tools(message, carried, share)
    blocks += [{"type": "actions", "elements": tools}] if tools else []
    blocks += [_feedback(feedback, message.lang)] if feedback else []
    return {"text": found["text"], "blocks": blocks}


def _told_apart(block: Block, prefix: str) -> Block:
    if block["type"] != "actions":
        return block
    return block | {"elements": [element | {"action_id": f"{prefix}_{n}"} for n, element in enumerate(block["elements"])]}


def _tools(message: Message, carried: str, share: bool) -> list[Block]:
    if not carried:
        return []
    evidence = [_button("evidence", EVIDENCE[message.lang], carried)] if message.status == "answered" else []
    return evidence + ([_button("share", SHARE[message.lang], carried)] if share and message.status != "clarify" else [])


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


def attributed(payload: dict[str, Any], user: str, text: str, lang: Lang) -> dict[str, Any]:
    """The message with who asked what above it. The name is a mention of the asker alone; their words stay words."""
    said = ASKED_BY[lang].format(text=defused(clip(" ".join(text.split()), 200)))
    line = [{"type": "user", "user_id": user}, {"type": "text", "text": said}]
    block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": line}]}
    return {"text": f"<@{user}>{escape(said)}\n{payload['text']}", "blocks": [block, *payload["blocks"]]}


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
        lines.append(LINES["names"][lang].format(n=len(given.municipalities), names=words.listed(given.municipalities)))
        others = _left_out(given, words)
        if others:
            lines.append(LINES["others"][lang].format(n=len(others), names=words.listed(others)))
    rows = sum(len(grid.rows) for grid in given.grids)
    return [*lines, LINES["rows"][lang].format(n=rows)] if rows else lines


def _left_out(given: Found, words: Words) -> tuple[str, ...]:
    """The municipalities of the denominator that are not in the answer, where the answer knows them."""
    codes = getattr(getattr(given.facts, "scope", None), "members", ())
    if len(codes) != given.denominator:
        return ()
    names = [words.kb.municipalities[code].name for code in codes]
    return tuple(name for name in names if name not in given.municipalities)


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
