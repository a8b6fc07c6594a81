"""Buttons and menus of messages, and the modal behind 👎."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App

from bot.counter import Counter
from bot.question import asked_from, from_button
from bot.render.slack import unescape
from knowledge.model import Lang

ACTIONS = re.compile(r"(ask|choose|evidence|share|feedback)(_\d+)?")


def register(app: App, counter: Counter) -> None:
    kinds: dict[str, Callable[[dict[str, Any], str], None]] = {
        "ask": lambda body, value: counter.ask(from_button(body, value), _url(body)),
        "choose": lambda body, value: counter.choose(from_button(body, value), _url(body), _clicked(body)),
        "evidence": lambda body, value: counter.evidence(from_button(body, ""), asked_from(value), _url(body)),
        "share": lambda body, value: counter.share(from_button(body, ""), asked_from(value), _url(body)),
        "feedback": lambda body, value: counter.judge(from_button(body, ""), *_verdict(value), body["trigger_id"], _url(body)),
    }

    @app.action(ACTIONS)
    def action(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        pressed = body["actions"][0]
        kinds[pressed["action_id"].partition("_")[0]](body, unescape(pressed.get("value") or ""))

    @app.view("feedback")
    def wrong(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        view = body["view"]
        _, _, name = view["private_metadata"].partition(" ")
        counter.note(name, (body.get("team") or {}).get("id") or "", body["user"]["id"], view["state"]["values"]["wrong"]["wrong"].get("value") or "")


def _url(body: dict[str, Any]) -> str:
    return body.get("response_url") or ""


def _clicked(body: dict[str, Any]) -> str:
    """The ts of the message that holds the button; "" for one that only the clicker sees."""
    container = body.get("container") or {}
    return "" if container.get("is_ephemeral") else container.get("message_ts") or (body.get("message") or {}).get("ts") or ""


def _verdict(value: str) -> tuple[bool, Lang, str]:
    """(good, language, id in the log) of a feedback button."""
    verdict, lang, name = value.split(" ", 2)
    return verdict == "good", "en" if lang == "en" else "ja", name

