"""The kinds of question. One module each; `discover` finds them by looking, so a new kind edits nothing that is there.

A module of this package whose name has no leading underscore defines `INTENT`. Its sentences are the templates of the same
name, its specification the question table of the same name.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from knowledge.base import KnowledgeBase
from knowledge.model import Answer, Pair, Subject
from knowledge.query import Query
from knowledge.setting import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A kind of question.

    help      what can be asked, one line
    examples  questions that are this kind and no other; `help` shows the first
    fits      how well the slots of a question fit: 0 not at all; the highest of all intents wins. 40 is a kind that takes
              what nothing else wants, 60 a plain fit, more the more of the slots only this kind can use
    answer    the answer to a question that fits
    uses      the cues (when, share, trend …) that its answers take up: another cue in the question stays unread
    about     the subjects that it answers from where the question names none (all meetings, all programmes)
    topical   whether the answer is about a subject of the documents rather than about statuses
    """

    help: Pair
    examples: tuple[Pair, ...]
    fits: Callable[[Query, KnowledgeBase], int]
    answer: Callable[[Query, KnowledgeBase, Setting], Answer]
    uses: frozenset[str]
    about: Callable[[Query, KnowledgeBase], Iterable[Subject]] | None = None
    topical: bool = False


@lru_cache(maxsize=1)
def discover() -> dict[str, Intent]:
    """Every kind of question by its name, which is its module's."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    return {name: importlib.import_module(f"{__name__}.{name}").INTENT for name in names}
