"""Buttons and menus of messages, and the modal behind 👎."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App

from bot.counter import Counter
from bot.question import asked_from, from_button, picked_from
from bot.render.slack import unescape
from knowledge.model import Lang

ACTIONS = re.compile(r"(ask|choose|pick|page|evidence|sheet|share|feedback)(_\w+)?")


def register(app: App, counter: Counter) -> None:
    kinds: dict[str, Callable[[dict[str, Any], str, str], None]] = {
        "ask": lambda body, value, _: counter.ask(from_button(body, value)),
        "choose": lambda body, value, _: counter.choose(from_button(body, value)),
        "pick": lambda body, _, __: _pick(counter, body),
        "page": lambda body, value, which: counter.turn(from_button(body, ""), asked_from(value), int(which), _name(body), body.get("message") or {}),
        "evidence": lambda body, value, _: counter.evidence(from_button(body, ""), asked_from(value)),
        "sheet": lambda body, value, _: counter.sheet(from_button(body, ""), asked_from(value)),
        "share": lambda body, value, _: counter.share(from_button(body, ""), asked_from(value)),
        "feedback": lambda body, value, _: counter.judge(from_button(body, ""), *_verdict(value), body["trigger_id"]),
    }

    @app.action(ACTIONS)
    def action(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        pressed = body["actions"][0]
        kind, _, which = pressed["action_id"].partition("_")
        kinds[kind](body, unescape(pressed.get("value") or ""), which)

    @app.view("feedback")
    def wrong(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        view = body["view"]
        _, _, name = view["private_metadata"].partition(" ")
        counter.note(name, (body.get("team") or {}).get("id") or "", body["user"]["id"], view["state"]["values"]["wrong"]["wrong"].get("value") or "")


def _pick(counter: Counter, body: dict[str, Any]) -> None:
    asked = picked_from(body)
    counter.pick(from_button(body, asked.picked), asked)


def _name(body: dict[str, Any]) -> str:
    """The id in the log of the answer whose page is turned: it stands in the id of the buttons' block."""
    name = body["actions"][0]["block_id"].split(" ")[1]
    return "" if name == "-" else name


def _verdict(value: str) -> tuple[bool, Lang, str]:
    """(good, language, id in the log) of a feedback button."""
    verdict, lang, name = value.split(" ", 2)
    return verdict == "good", "en" if lang == "en" else "ja", name
