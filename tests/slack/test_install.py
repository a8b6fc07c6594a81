"""Installing: the manifest asks for what the listeners need and no more; doctor says what is wrong and what to do."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import build
from bot.doctor import examined
from bot.listeners.command import COMMAND
from bot.settings import Settings, SettingsError, SlackSettings, from_environment, slack_from_environment
from bot.unanswered import listed
from db.state import QuestionLog, State
from tests.conftest import Asked
from tests.slack.local import APP_TOKEN, SECRET, TOKEN, LocalSlack
from tests.slack.processes import ROOT, environment

MANIFEST = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))
# What each scope is asked for: an event, a method of the Web API, or a feature.
NEEDS = {
    "app_mentions:read": "app_mention",
    "im:history": "message.im",
    "commands": "slash_commands",
    "chat:write": "chat.postMessage",
    "assistant:write": "agent_view",
    "files:write": "files.completeUploadExternal",
    "channels:history": "conversations.replies",  # whether a post of unknown fate stands in the channel
    "groups:history": "conversations.replies",
}


@pytest.fixture(scope="module")
def registered(base: Path) -> set[str]:
    """The source of every listener that the Bolt app has: which module it is in."""
    settings = Settings(knowledge=base / "knowledge.db", facts=None, home="山口県")
    database = f"sqlite:///{base / 'manifest.db'}"
    with LocalSlack() as local:
        bot = build(settings, SlackSettings(token=TOKEN, signing_secret=SECRET, app_token="", api=local.api, database=database, port=0, settle=1))
        found = {f"{listener.ack_function.__module__}.{listener.ack_function.__name__}" for listener in bot.app._listeners}
        bot.close()
    return found


def test_every_scope_is_needed_and_every_need_has_its_scope() -> None:
    """Least scopes: each with its reason, and none without."""
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == set(NEEDS)
    assert set(MANIFEST["settings"]["event_subscriptions"]["bot_events"]) == {"app_mention", "message.im", "app_home_opened"}


def test_the_manifest_and_the_listeners_agree(registered: set[str]) -> None:
    """An event, a command or a button that Slack sends has a listener, and no listener waits for nothing."""
    events = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    interactive = MANIFEST["settings"]["interactivity"]["is_enabled"]
    listeners = {
        "bot.listeners.mention.mention": "app_mention" in events,
        "bot.listeners.direct.direct": "message.im" in events,
        "bot.listeners.home.opened": "app_home_opened" in events and MANIFEST["features"]["app_home"]["home_tab_enabled"],
        "bot.listeners.command.command": [c["command"] for c in MANIFEST["features"]["slash_commands"]] == [COMMAND],
        **{f"bot.listeners.{name}": interactive for name in ("action.action", "action.wrong", "home.ask", "home.choose")},
    }
    assert registered == set(listeners)
    assert all(listeners.values())


def test_the_manifest_keeps_slacks_limits() -> None:
    """As of the manifest schema, November 2026."""
    shown, agent, command = MANIFEST["display_information"], MANIFEST["features"]["agent_view"], MANIFEST["features"]["slash_commands"][0]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4_000
    assert len(agent["agent_description"]) <= 300
    assert len(agent["suggested_prompts"]) <= 4
    assert len(command["command"]) <= 32
    assert len(command["usage_hint"]) <= 1_000
    urls = {command["url"], MANIFEST["settings"]["interactivity"]["request_url"], MANIFEST["settings"]["event_subscriptions"]["request_url"]}
    assert len(urls) == 1
    assert urls.pop().endswith("/slack/events")


def test_suggested_prompts_are_answered(ask: Asked) -> None:
    """What Slack offers to ask has an answer."""
    prompts = [prompt["message"] for prompt in MANIFEST["features"]["agent_view"]["suggested_prompts"]]
    assert [ask(prompt)["status"] for prompt in prompts] == ["answered"] * 4


def doctor(base: Path, slack: LocalSlack, **more: str) -> tuple[bool, str]:
    (base / "install").mkdir(exist_ok=True)
    given = environment(slack, base / "install", **more)
    return examined(from_environment(given), given)


def test_doctor_finds_nothing_wrong(base: Path) -> None:
    with LocalSlack() as slack:
        good, told = doctor(base, slack)
        assert good
        assert "FAIL" not in told
        for what in ("knowledge base", "state", "bot token", "clock", "scopes", "channels", "app-level token"):
            assert f"ok   {what}" in told


def test_doctor_says_what_to_do(base: Path) -> None:
    """One line what is wrong, one line what to do, and no secret in any."""
    with LocalSlack(scopes="commands,chat:write") as slack:
        good, told = doctor(base, slack, SLACK_APP_TOKEN="xapp-wrong", SLACK_SIGNING_SECRET="short")
        assert not good
        assert "FAIL scopes: missing: app_mentions:read" in told
        assert "paste manifest.json" in told
        assert "FAIL app-level token: invalid_auth" in told
        assert "xoxb-" not in told
        good, told = doctor(base, slack, SLACK_BOT_TOKEN="xoxb-wrong", DATABASE_URL="mysql://nowhere")
        assert "FAIL bot token" in told
        assert "FAIL state" in told


def test_missing_settings_are_named_in_one_sentence(tmp_path: Path) -> None:
    settings = from_environment({"RENKEI_KNOWLEDGE": str(tmp_path / "knowledge.db")})
    with pytest.raises(SettingsError, match=r"SLACK_BOT_TOKEN.*SLACK_SIGNING_SECRET"):
        slack_from_environment({}, settings, "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET")
    with pytest.raises(SettingsError, match="PORT is 'x'"):
        slack_from_environment({"PORT": "x"}, settings)
    assert slack_from_environment({"SLACK_API_URL": "http://127.0.0.1:1/api", "SLACK_APP_TOKEN": APP_TOKEN}, settings).api == "http://127.0.0.1:1/api/"


def test_unanswered_lists_what_was_refused(tmp_path: Path) -> None:
    """Most asked first, in the askers' own words, with what became of it."""
    moment = datetime.now(UTC)
    database = f"sqlite:///{tmp_path / 'state.db'}"
    state = State.open(database)
    asked = [("今日の天気は？", "refused"), ("今日の天気は", "refused"), ("会費は？", "failed"), ("集計", "answered")]
    for number, (question, outcome) in enumerate(asked):
        line = {"id": str(number), "at": moment, "team": "T", "channel_kind": "direct", "lang": "ja", "user": str(number)}
        state.log_question(QuestionLog(**line, question=question, reading="", intent="", outcome=outcome))
    state.close()
    lines = listed(database, 90, 50).splitlines()
    assert "天気" in lines[1]
    assert lines[1].split()[:2] == ["2", "2"]
    assert "FAILED" in lines[2]
    assert len(lines) == 3
