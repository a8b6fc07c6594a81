"""What the bot could not answer, most asked first: what to teach it next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.settings import SettingsError
from db.state import State, StateFailure, StateUnusable

NONE = "Nothing went unanswered in the last {days} days."
WHY = {"refused": "refused", "failed": "FAILED", "asked": "asked back", "answered": "answered"}


def listed(database: str, days: int, most: int) -> str:
    """A line a question: how often, by how many people, when last, what became of it, in whose words."""
    try:
        state = State.open(database)
        found = state.unanswered(datetime.now(UTC) - timedelta(days=days), most)
        state.close()
    except (StateFailure, StateUnusable) as error:
        raise SettingsError(str(error)) from None
    lines = [f"{one.times:>5} {one.people:>6}  {one.last:%Y-%m-%d}  {WHY[one.outcome]:<9}  {' '.join(one.question.split()) or '(empty)'}" for one in found]
    return "\n".join(["times people  last        became     question", *lines]) if lines else NONE.format(days=days)
