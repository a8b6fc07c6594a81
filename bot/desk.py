"""Where Slack's questions are answered: the thread's memory and the asker's preferences in, a reply out, a line in the log.

What is kept must never stand between a question and its answer: when the state cannot be read or written, the question is
answered by itself, and the failure is in the log.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from bot.ask import LOG, Asker, Reply, failure_id, next_context, safe_ask
from bot.question import Asked, Question
from bot.render import home as home_tab
from bot.render.furniture import furnished
from db.state import State
from knowledge.intents import discover
from knowledge.intents._scope import starters
from knowledge.message_types import *  # noqa
