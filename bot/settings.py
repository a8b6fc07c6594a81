"""The environment, read once into one frozen value. One error names everything that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this installation runs.

    knowledge    where knowledge.db is built         RENKEI_KNOWLEDGE, default var/knowledge.db beside the code
    facts        a folder of the users' own files    RENKEI_FACTS, default none; read after the shipped ones
    home         the home territory's name or id     RENKEI_HOME, default 山口県
    """

    knowledge: Path
    facts: Path | None
    home: str


class SettingsError(Exception):
    """The environment cannot be used as it is; the message says what to change."""


def from_environment(environ: Mapping[str, str]) -> Settings:
    facts = environ.get("RENKEI_FACTS", "").strip()
    folder = Path(facts) if facts else None
    if folder is not None and not folder.is_dir():
        raise SettingsError(f"RENKEI_FACTS is {facts}, which is no folder; make it, or unset RENKEI_FACTS")
    return Settings(
        knowledge=Path(environ.get("RENKEI_KNOWLEDGE") or ROOT / "var" / "knowledge.db"),
        facts=folder,
        home=environ.get("RENKEI_HOME", "").strip() or "山口県",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSettings:
    """What the Slack side needs beside `Settings`.

    token           the bot token, xoxb-…                       SLACK_BOT_TOKEN
    signing_secret  what requests are signed with (HTTP)         SLACK_SIGNING_SECRET
    app_token       the app-level token, xapp-… (Socket Mode)    SLACK_APP_TOKEN
    api             where the Web API is                         SLACK_API_URL, default https://slack.com/api/
    database        SQLAlchemy URL of what must be kept          DATABASE_URL, default an SQLite file beside knowledge.db
    port            where `serve` listens                        PORT, default 3000
    settle          seconds before a post of unknown fate is looked for in Slack and, if absent, sent again
                    (RENKEI_SETTLE, default 15)
    keep            days that questions stay in the log          RENKEI_KEEP_DAYS, default 365
    """

    token: str
    signing_secret: str
    app_token: str
    api: str
    database: str
    port: int
    settle: float
    keep: float = 365


SLACK_API = "https://slack.com/api/"
WHERE_FROM = {
    "SLACK_BOT_TOKEN": "the bot token (xoxb-…) from OAuth & Permissions of the app",
    "SLACK_SIGNING_SECRET": "the signing secret from Basic Information of the app",
    "SLACK_APP_TOKEN": "the app-level token (xapp-…, scope connections:write) from Basic Information of the app",
}


def slack_from_environment(environ: Mapping[str, str], settings: Settings, *needed: str) -> SlackSettings:
    """The Slack side of the environment; `needed` names the variables that must be there."""
    missing = [name for name in needed if not environ.get(name, "").strip()]
    if missing:
        named = "; ".join(f"{name}, {WHERE_FROM[name]}" for name in missing)
        raise SettingsError(f"Missing in the environment: {named}. docs/slack.md says where to find them.")
    api = environ.get("SLACK_API_URL", "").strip() or SLACK_API
    return SlackSettings(
        token=environ.get("SLACK_BOT_TOKEN", "").strip(),
        signing_secret=environ.get("SLACK_SIGNING_SECRET", "").strip(),
        app_token=environ.get("SLACK_APP_TOKEN", "").strip(),
        api=api if api.endswith("/") else api + "/",
        database=environ.get("DATABASE_URL", "").strip() or f"sqlite:///{settings.knowledge.with_name('state.db')}",
        port=int(_number(environ, "PORT", 3000)),
        settle=_number(environ, "RENKEI_SETTLE", 15),
        keep=_number(environ, "RENKEI_KEEP_DAYS", 365),
    )


def _number(environ: Mapping[str, str], name: str, default: float) -> float:
    given = environ.get(name, "").strip()
    try:
        return float(given) if given else default
    except ValueError:
        raise SettingsError(f"{name} is {given!r}, which is no number; set it to one like {default:g}, or unset it") from None
