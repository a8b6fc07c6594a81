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
