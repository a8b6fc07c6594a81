"""Where Slack's questions are answered: the thread's memory and the asker's preferences in, a reply out, a line in the log.

What is kept must never stand between a question and its answer: when the state cannot be read or written, the question is
answered by itself, and the failure is in the log.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeVar

from bot.ask import LOG, STATUS, Asker, Reply, next_context, safe_ask
from bot.message import Action
from bot.question import Asked, Question
from bot.render.furniture import evidence, furnished
from bot.render.home import AUTO, Bar, Home, home
from db.state import Outcome, Preferences, QuestionLog, State, StateFailure, StateUnusable, Thread
from knowledge.intents import discover
from knowledge.model import Lang, Territory
from knowledge.query import Query
from knowledge.understand import Setting

T = TypeVar("T")
JST = timezone(timedelta(hours=9))
NAMES = uuid.UUID("6f0c1f0e-8f53-4b06-9d0e-5d1f4d2f8a11")  # ids of ours are derived from Slack's under this
MAIN_LINE = timedelta(minutes=30)  # how long a direct message outside of threads goes on from the one before it
OUTCOMES: dict[str, Outcome] = {"answered": "answered", "clarify": "asked", "unknown": "refused"}
GLANCE = {"ja": "集計", "en": "tally by item"}
DEADLINES = {"ja": "締切", "en": "deadlines"}
EXAMPLES = ("which", "tally", "municipality", "trend", "programmes")


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A reply with what it takes to give it again (`asked`), the id that it has in the log, and the thread's turns with this one."""

    reply: Reply
    asked: Asked
    name: str
    turns: tuple[str, ...] = ()

    def payload(self, *, share: bool = False, text_limit: int = 10_000) -> dict[str, Any]:
        """As Slack takes it, buttons and all."""
        failed = bool(self.reply.failure)
        carried = "" if failed else self.asked.carried()
        return furnished(self.reply.message, carried=carried, feedback="" if failed else self.name, share=share, text_limit=text_limit)


@dataclass
class Desk:
    """`home` is the id of the home territory of those who have chosen none, `clock` an aware datetime of now."""

    asker: Asker
    state: State
    home: str
    clock: Callable[[], datetime] = now
    salt: str = field(init=False)

    def __post_init__(self) -> None:
        self.salt = self._kept(self._salt, secrets.token_hex(16))

    def answer(self, question: Question) -> Told:
        """The reply to a question, in its thread if it stands in one. Nothing is kept yet."""
        chosen = self._kept(lambda: self.state.preferences(question.team, question.user), Preferences())
        thread = self._thread(question)
        setting = self._setting(chosen, thread)
        turns = thread.turns if thread else ()
        before, since = self._context(turns, setting)
        text = question.text or discover()["help"].examples[0][setting.lang or "ja"]
        reply = safe_ask(self.asker, text, setting, before)
        chain = (*turns[since:], text) if reply.query.carried else (text,)
        return Told(reply=reply, asked=Asked(turns=chain, home=setting.home, lang=setting.lang), name=name_of(question.key), turns=(*turns, text))

    def keep(self, question: Question, told: Told, more: Callable[[], object] = lambda: None) -> bool:
        """Log, memory and whatever `more` keeps, as one; False if this delivery was kept before. Raises StateFailure."""
        with self.state.together():
            if not self.state.first_time(question.key, self.clock()):
                return False
            self.state.log_question(self.line(question, told))
            if not told.reply.failure:
                self._remember(question, told)
            more()
        return True

    def again(self, asked: Asked) -> Reply:
        """The reply that a button's question had."""
        setting = Setting(home=asked.home if asked.home in self.asker.kb.territories else self.home, today=self.today, lang=asked.lang)
        before, _ = self._context(asked.turns[:-1], setting)
        return safe_ask(self.asker, asked.turns[-1], setting, before)

    def evidence(self, asked: Asked) -> dict[str, Any]:
        """Where the answer of a button's question stands."""
        reply = self.again(asked)
        if reply.failure:
            return furnished(reply.message)
        return furnished(evidence(reply, self.asker.speaker.words[reply.message.lang], self.hash))

    @property
    def hash(self) -> str:
        """Which knowledge base answers."""
        return str(getattr(self.asker.kb, "hash", ""))

    @property
    def today(self) -> Any:
        """The day in Japan."""
        return self.clock().astimezone(JST).date()

    # memory

    def _setting(self, chosen: Preferences, thread: Thread | None = None) -> Setting:
        wanted = (thread.home if thread else "") or chosen.home
        lang: Lang | None = "ja" if chosen.lang == "ja" else "en" if chosen.lang == "en" else None
        return Setting(home=wanted if wanted in self.asker.kb.territories else self.home, today=self.today, lang=lang)

    def _thread(self, question: Question) -> Thread | None:
        if question.door == "command" or not question.channel or (question.door != "direct" and not question.follows):
            return None
        found = self._kept(lambda: self.state.recall(question.team, question.channel, question.follows, self.clock()), None)
        if found and not question.follows and self.clock() - found.at > MAIN_LINE:
            return None
        return found

    def _context(self, turns: Sequence[str], setting: Setting) -> tuple[Query | None, int]:
        """The query that the next turn goes on from, and the turn that stands alone before it: asked again, since words are all that is kept."""
        before: Query | None = None
        since = 0
        for number, turn in enumerate(turns):
            reply = safe_ask(self.asker, turn, setting, before)
            after = next_context(reply, before)
            since = number if after is not before and not reply.query.carried else since
            before = after
        return before, since

    def _remember(self, question: Question, told: Told) -> None:
        """Under the thread that the answer opens, and for a direct message outside of threads also as the latest of these."""
        if not question.thread:
            return
        for thread in {question.thread, question.follows}:
            if thread or question.door == "direct":
                self.state.remember(question.team, question.channel, thread, told.turns, told.asked.lang or "", told.asked.home, self.clock())

    # the log

    def log(self, question: Question, told: Told) -> None:
        """Keeps the line of the log, and nothing else."""
        line = self.line(question, told)
        self._kept(lambda: self.state.log_question(line), False)

    def line(self, question: Question, told: Told) -> QuestionLog:
        """The question, how it was read, what became of it. Nothing else that was written."""
        reply = told.reply
        return QuestionLog(
            id=told.name,
            at=self.clock(),
            team=question.team,
            channel_kind=question.door,
            lang=reply.message.lang,
            question=question.text,
            reading=reply.message.reading,
            intent=reply.query.intent,
            outcome="failed" if reply.failure else OUTCOMES[STATUS[type(reply.considered.answer)]],
            user=self.pseudonym(question.team, question.user),
            error_id=reply.failure,
        )

    def pseudonym(self, team: str, user: str) -> str:
        """Somebody, always the same, and not who."""
        return hashlib.blake2b(f"{team}/{user}".encode(), key=self.salt.encode(), digest_size=8).hexdigest()

    def judge(self, name: str, team: str, user: str, *, good: bool, note: str = "") -> bool:
        """Keeps what somebody thinks of an answer; False if it is no longer in the log."""
        who = self.pseudonym(team, user)
        return self._kept(lambda: self.state.feedback(name, who, "up" if good else "down", note, self.clock()), False)

    def _salt(self) -> str:
        """What pseudonyms are made with: made up once, and the same for every process that shares the store."""
        return self.state.first_fact("pseudonyms", secrets.token_hex(16), self.clock())

    def _kept(self, work: Callable[[], T], otherwise: T) -> T:
        """What the state gives, or `otherwise` when it does not answer."""
        try:
            return work()
        except (StateFailure, StateUnusable) as error:
            LOG.error("state: %s", error)
            return otherwise

    # the Home tab

    def home_of(self, team: str, user: str) -> dict[str, Any]:
        """What one person's Home tab shows."""
        chosen = self._kept(lambda: self.state.preferences(team, user), Preferences())
        setting = self._setting(chosen)
        spoken: Lang = setting.lang or "ja"
        setting = Setting(home=setting.home, today=setting.today, lang=spoken)
        tally, deadlines = (safe_ask(self.asker, words[spoken], setting) for words in (GLANCE, DEADLINES))
        kinds = discover()
        examples = tuple(kinds[name].examples[0][spoken] for name in EXAMPLES)
        shown = Home(
            spoken=spoken,
            lang=chosen.lang or AUTO,
            territory=self.asker.kb.territories[setting.home],
            territories=self.territories(),
            tally=tally.message,
            bars=bars(tally, spoken),
            deadlines=deadlines.message,
            examples=tuple(Action(label=question, question=question) for question in examples),
        )
        return home(shown)

    def territories(self) -> tuple[Territory, ...]:
        """Those that may be somebody's home: all but the whole nation."""
        return tuple(territory for territory in self.asker.kb.territories.values() if territory.kind != "nation")

    def prefer(self, team: str, user: str, *, lang: str | None = None, home: str | None = None) -> None:
        """Keeps a choice of the Home tab; auto takes that of the language back. Raises StateFailure: a choice that is not kept must be said."""
        self.state.prefer(team, user, now=self.clock(), lang="" if lang == AUTO else lang, home=home)


def name_of(key: str) -> str:
    """The id of what follows from one delivery: the same for the same, whoever computes it."""
    return str(uuid.uuid5(NAMES, key))


def bars(tally: Reply, lang: Lang) -> tuple[Bar, ...]:
    """The lines of a tally, as its table has them; none if it is not one."""
    given = tally.considered.answer
    found = []
    for grid in getattr(given, "grids", ()):
        keys = [column.key for column in grid.columns]
        for row in grid.rows:
            cells = dict(zip(keys, row, strict=True))
            of = cells.get("n") or getattr(given, "denominator", 0) or 0
            item = cells["item"][lang] if hasattr(cells.get("item"), "ja") else str(cells.get("item", ""))
            if isinstance(cells.get("done"), int) and of:
                found.append(Bar(label=item, done=cells["done"], of=of, rest=of - cells["done"]))
    return tuple(found)
