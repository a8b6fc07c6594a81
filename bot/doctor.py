"""`python -m bot doctor`: everything that a bot in Slack stands on, looked at; for what is wrong, what to do."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from slack_sdk import WebClient

from bot.app import client_of
from bot.open import ensure
from bot.reply import trouble
from bot.settings import ROOT, Settings, SettingsError, SlackSettings, slack_from_environment
from bot.ways import TIMEOUT
from db.state import State, StateFailure, StateUnusable, journal_mode
from knowledge.load import DataError

MANIFEST = ROOT / "manifest.json"
FIX = {
    "state": "make DATABASE_URL a database that can be reached, or unset it to keep the state in an SQLite file beside knowledge.db",
    "sqlite": "nothing to do: this version has the WAL-reset bug, so the safe, slower journal is used; SQLite 3.51.3 or newer is faster",
    "way in": "set SLACK_SIGNING_SECRET for `serve` (HTTP), or SLACK_APP_TOKEN for `socket`; docs/slack.md says which",
    "secret": "copy the Signing Secret (32 characters, 0-9 a-f) from Basic Information, not the Client Secret",
    "clock": "set the clock by NTP: requests whose time differs by five minutes are refused",
    "scopes": "paste manifest.json into App Manifest of the app, then install it again",
    "listing": "nothing to do: listing them needs a scope that the bot does not ask for",
}
CLOCK_MOST = 60  # seconds that we may differ from Slack; signatures are good for 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at. `fix` says what to do, "" if it is as it should be; `grave` means that the bot cannot work so."""

    what: str
    seen: str
    fix: str = ""
    grave: bool = True


def examined(settings: Settings, environ: Mapping[str, str]) -> tuple[bool, str]:
    """(whether the bot can work, a line or two a finding)."""
    slack = slack_from_environment(environ, settings)
    findings = [finding for look in (_knowledge, _store, _secrets, _bot, _socket) for finding in look(settings, slack)]
    lines = [line for finding in findings for line in _lines(finding)]
    return not any(finding.fix and finding.grave for finding in findings), "\n".join(lines)


def _lines(finding: Finding) -> Iterator[str]:
    mark = "ok  " if not finding.fix else "FAIL" if finding.grave else "note"
    yield f"{mark} {finding.what}: {finding.seen}"
    if finding.fix:
        yield f"     -> {finding.fix}"


Look = Callable[[Settings, SlackSettings], Iterator[Finding]]


def _knowledge(settings: Settings, slack: SlackSettings) -> Iterator[Finding]:  # noqa: ARG001
    try:
        built = ensure(settings)
    except (DataError, OSError) as error:
        yield Finding(what="knowledge base", seen=str(error), fix="correct the file of facts; `python -m bot check` says more")
        return
    if built.problem:
        yield Finding(what="knowledge base", seen=f"the last good one is in use: {built.problem}", fix="correct the file of facts", grave=False)
    else:
        yield Finding(what="knowledge base", seen=str(built.path))


def _store(settings: Settings, slack: SlackSettings) -> Iterator[Finding]:  # noqa: ARG001
    try:
        state = State.open(slack.database)
        state.check()
        seen, ahead = state.describe(), abs((state.clock() - datetime.now(UTC)).total_seconds())
        state.close()
    except (StateUnusable, StateFailure) as error:
        yield Finding(what="state", seen=str(error), fix=FIX["state"])
        return
    yield Finding(what="state", seen=seen)
    if ahead > CLOCK_MOST:
        yield Finding(what="clock of the database", seen=f"{ahead:.0f} s from ours", fix="let both machines set their clocks by NTP")
    if slack.database.startswith("sqlite"):
        mode = journal_mode(sqlite3.sqlite_version_info)
        note = "" if mode == "wal" else FIX["sqlite"]
        yield Finding(what="SQLite", seen=f"{sqlite3.sqlite_version}, journal {mode}", fix=note, grave=False)


def _secrets(settings: Settings, slack: SlackSettings) -> Iterator[Finding]:  # noqa: ARG001
    if not slack.signing_secret and not slack.app_token:
        yield Finding(what="way in", seen="neither SLACK_SIGNING_SECRET nor SLACK_APP_TOKEN is set", fix=FIX["way in"])
    if slack.signing_secret and (len(slack.signing_secret) != 32 or set(slack.signing_secret) - set("0123456789abcdef")):
        yield Finding(what="signing secret", seen=f"{len(slack.signing_secret)} characters", fix=FIX["secret"], grave=False)
    elif slack.signing_secret:
        yield Finding(what="signing secret", seen="has the right form")


def _bot(settings: Settings, slack: SlackSettings) -> Iterator[Finding]:  # noqa: ARG001
    if not slack.token.startswith("xoxb-"):
        seen = "SLACK_BOT_TOKEN is not set" if not slack.token else "SLACK_BOT_TOKEN does not begin with xoxb-"
        yield Finding(what="bot token", seen=seen, fix="copy the Bot User OAuth Token from OAuth & Permissions of the app")
        return
    client = client_of(slack)
    begun = time.time()
    try:
        who = client.auth_test()
    except Exception as error:
        yield Finding(what="bot token", seen=f"auth.test at {slack.api}: {trouble(error).error}", fix=_why_not(trouble(error).error))
        return
    yield Finding(what="bot token", seen=f"{who['user']} in {who['team']}")
    yield from _clock(who.headers, begun)
    yield from _scopes(who.headers)
    yield from _membership(client)


def _why_not(error: str) -> str:
    if error in ("invalid_auth", "not_authed", "token_revoked", "account_inactive"):
        return "install the app again and copy the new Bot User OAuth Token"
    return "see that this machine reaches Slack: proxy, firewall, SLACK_API_URL"


def _header(headers: Mapping[str, Any], name: str) -> str:
    return str({key.lower(): value for key, value in headers.items()}.get(name, ""))


def _clock(headers: Mapping[str, Any], begun: float) -> Iterator[Finding]:
    told = _header(headers, "date")
    if told:
        apart = abs(parsedate_to_datetime(told).timestamp() - (begun + time.time()) / 2)
        late = apart > CLOCK_MOST
        yield Finding(what="clock", seen=f"{apart:.0f} s from Slack's", fix=FIX["clock"] if late else "")


def _scopes(headers: Mapping[str, Any]) -> Iterator[Finding]:
    wanted = set(json.loads(MANIFEST.read_text(encoding="utf-8"))["oauth_config"]["scopes"]["bot"])
    granted = {scope.strip() for scope in _header(headers, "x-oauth-scopes").split(",") if scope.strip()}
    if not granted:
        yield Finding(what="scopes", seen="Slack did not say", fix="compare them with manifest.json by hand", grave=False)
    elif wanted - granted:
        yield Finding(what="scopes", seen=f"missing: {', '.join(sorted(wanted - granted))}", fix=FIX["scopes"])
    else:
        yield Finding(what="scopes", seen=f"all {len(wanted)} of manifest.json")


def _membership(client: WebClient) -> Iterator[Finding]:
    try:
        found: Any = client.users_conversations(types="public_channel,private_channel", limit=200, exclude_archived=True)
    except Exception as error:
        yield Finding(what="channels", seen=f"cannot be listed ({trouble(error).error})", fix=FIX["listing"], grave=False)
        return
    names = [f"#{channel.get('name') or channel['id']}" for channel in found["channels"]]
    fix = "" if names else "write /invite @Renkei in the channels where it is to be asked; direct messages and /renkei need none"
    yield Finding(what="channels", seen=", ".join(names) or "a member of none", fix=fix, grave=False)


def _socket(settings: Settings, slack: SlackSettings) -> Iterator[Finding]:  # noqa: ARG001
    if not slack.app_token:
        return
    try:
        WebClient(base_url=slack.api, timeout=TIMEOUT, retry_handlers=[]).apps_connections_open(app_token=slack.app_token)
        yield Finding(what="app-level token", seen="Socket Mode can be opened")
    except Exception as error:
        fix = "make an app-level token with the scope connections:write in Basic Information, and switch Socket Mode on"
        yield Finding(what="app-level token", seen=trouble(error).error, fix=fix)


__all__ = ["SettingsError", "examined"]
