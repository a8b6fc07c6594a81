"""Where Slack's questions are answered: the thread's memory and the asker's preferences in, a reply out, a line in the log.

What is kept must never stand between a question and its answer: when the state cannot be read or written, the question is
answered by itself, and the failure is in the log.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeVar

from bot.ask import LOG, STATUS, Asker, Reply, next_context, safe_ask
from bot.menus import Menus
from bot.message import Action
from bot.question import Asked, Question, asked_from
from bot.render.chart import charts
from bot.render.furniture import HEADING_MOST, Furniture, evidence, furnished
from bot.render.home import AUTO, Bar, Home, home
from bot.workbook import Book, book, has_table
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
CHOICES_LAST = 1.0  # seconds until what somebody has chosen at another machine is known here
ANSWERED_MOST = 4_096  # of some eight kilobytes each
NO_CHOICE = Preferences()
EXAMPLES = ("which", "tally", "municipality", "trend", "programmes")


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A reply with what it takes to give it again (`asked`), the id that it has in the log, and the thread's turns with this one."""

    reply: Reply
    asked: Asked
    name: str
    menus: Menus
    turns: tuple[str, ...] = ()

    def payload(self, *, share: bool = False, public: bool = False, page: int = 0, text_limit: int = 10_000) -> dict[str, Any]:
        """As Slack takes it, buttons and all; `public` without those that change what somebody else has shown."""
        if self.reply.failure:
            return furnished(self.reply.message, text_limit=text_limit)
        around = Furniture(
            carried=self.asked.carried(),
            feedback="" if public else self.name,
            share=share,
            sheet=has_table(self.reply),
            page=page,
            above=HEADING_MOST if public else 0,
            menus=() if public else self.menus.of(self.reply),
            charts=tuple(charts(self.reply.considered.answer, self.menus.words)),
        )
        return furnished(self.reply.message, around, text_limit=text_limit)


@dataclass
class Choices:
    """What people have chosen, all of it at once and at most a second old: there are few of them, and many questions.

    When the store does not answer, what was known last is better than nothing.
    """

    state: State
    known: Mapping[tuple[str, str], Preferences] = field(default_factory=dict)
    until: float = 0.0

    def of(self, team: str, user: str) -> Preferences:
        if time.monotonic() >= self.until:
            self.until = time.monotonic() + CHOICES_LAST
            try:
                self.known = self.state.everybodys_preferences()
            except (StateFailure, StateUnusable) as error:
                LOG.error("state: %s", error)
        return self.known.get((team, user), NO_CHOICE)

    def forget(self) -> None:
        """Somebody has just chosen."""
        self.until = 0.0


@dataclass
class Answered:
    """What was answered lately to questions that stand by themselves: the same question, from the same home on the same day, has the same answer.

    Most of what is asked of a button has just been asked by somebody: its evidence, its table, another page, another item.
    """

    asker: Asker
    kept: OrderedDict[tuple[str, Setting], Reply] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, text: str, setting: Setting, before: Query | None = None) -> Reply:
        """The reply to a question; a failure of ours is no answer to keep."""
        if before is not None:
            return safe_ask(self.asker, text, setting, before)
        key = (text, setting)
        with self.lock:
            known = self.kept.get(key)
            if known is not None:
                self.kept.move_to_end(key)
                return known
        reply = safe_ask(self.asker, text, setting)
        if not reply.failure:
            with self.lock:
                self.kept[key] = reply
                while len(self.kept) > ANSWERED_MOST:
                    self.kept.popitem(last=False)
        return reply


@dataclass
class Desk:
    """`home` is the id of the home territory of those who have chosen none, `clock` an aware datetime of now."""

    asker: Asker
    state: State
    home: str
    clock: Callable[[], datetime] = now
    salt: str = field(init=False)
    lock: threading.Lock = field(default_factory=threading.Lock)
    unwritten: list[QuestionLog] = field(default_factory=list)
    menus: dict[str, Menus] = field(init=False)
    choices: Choices = field(init=False)
    answered: Answered = field(init=False)

    def __post_init__(self) -> None:
        self.menus = {lang: Menus(words) for lang, words in self.asker.speaker.words.items()}
        self.choices = Choices(self.state)
        self.answered = Answered(self.asker)
        self.salt = self._kept(self._salt, secrets.token_hex(16))

    def answer(self, question: Question) -> Told:
        """The reply to a question, in its thread if it stands in one. Nothing is kept yet."""
        chosen = self.choices.of(question.team, question.user)
        thread = self._thread(question)
        setting = self._setting(chosen, thread)
        turns = thread.turns if thread else ()
        before, since = self._context(turns, setting)
        text = question.text or discover()["help"].examples[0][setting.lang or "ja"]
        reply = self.answered.ask(text, setting, before)
        chain = (*turns[since:], text) if reply.query.carried else (text,)
        return self._told(reply, Asked(turns=chain, home=setting.home, lang=setting.lang), name_of(question.key), (*turns, text))

    def change(self, question: Question, asked: Asked) -> Told:
        """The reply to what the menus of an answer are set to; whoever goes on in its thread goes on from this."""
        return self._told(self.again(asked), asked, name_of(question.key), asked.all_turns)

    def told(self, asked: Asked, name: str) -> Told:
        """What a button's question was told, under the id that it has in the log."""
        return self._told(self.again(asked), asked, name)

    def _told(self, reply: Reply, asked: Asked, name: str, turns: tuple[str, ...] = ()) -> Told:
        return Told(reply=reply, asked=asked, name=name, menus=self.menus[reply.message.lang], turns=turns)

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
        *before, last = asked.all_turns
        context, _ = self._context(before, setting)
        return self.answered.ask(last, setting, context)

    def evidence(self, asked: Asked) -> dict[str, Any]:
        """Where the answer of a button's question stands."""
        reply = self.again(asked)
        if reply.failure:
            return furnished(reply.message)
        return furnished(evidence(reply, self.asker.speaker.words[reply.message.lang], self.hash))

    def book(self, carried: str) -> Book:
        """The workbook of the answer to a button's question."""
        reply = self.again(asked_from(carried))
        return book(reply, self.asker.speaker.words[reply.message.lang], self.hash)

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
            reply = self.answered.ask(turn, setting, before)
            after = next_context(reply, before)
            since = number if after is not before and not reply.query.carried else since
            before = after
        return before, since

    def _remember(self, question: Question, told: Told) -> None:
        """Under the thread that the answer opens, and in direct messages also as the latest outside of threads."""
        if question.door == "command":
            return
        for thread in {question.thread, question.follows, *([""] if question.main_line else [])}:
            if thread or question.main_line:
                self.state.remember(question.team, question.channel, thread, told.turns, told.asked.lang or "", told.asked.home, self.clock())

    # the log

    def log(self, question: Question, told: Told) -> bool:
        """Has the line of the log kept soon, by `write_log`; True if nobody else has asked for that yet."""
        with self.lock:
            self.unwritten.append(self.line(question, told))
            return len(self.unwritten) == 1

    def write_log(self) -> None:
        """Keeps the lines that have come since the last time, as one."""
        with self.lock:
            lines, self.unwritten = self.unwritten, []
        self._kept(lambda: self.state.log_questions(lines), None)

    def log_failure(self, question: Question, lang: Lang, failure: str) -> None:
        """Keeps that a question came to nothing, under the id that the asker was given."""
        line = self._line(question, name_of(question.key), lang, "failed", error_id=failure)
        self._kept(lambda: self.state.log_question(line), False)

    def line(self, question: Question, told: Told) -> QuestionLog:
        """The question, how it was read, what became of it. Nothing else that was written."""
        reply = told.reply
        outcome: Outcome = "failed" if reply.failure else OUTCOMES[STATUS[type(reply.considered.answer)]]
        read = {"reading": reply.message.reading, "intent": reply.query.intent, "error_id": reply.failure}
        return self._line(question, told.name, reply.message.lang, outcome, **read)

    def _line(self, question: Question, name: str, lang: Lang, outcome: Outcome, *, reading: str = "", intent: str = "", error_id: str = "") -> QuestionLog:
        return QuestionLog(
            id=name,
            at=self.clock(),
            team=question.team,
            channel_kind=question.door,
            lang=lang,
            question=question.text,
            reading=reading,
            intent=intent,
            outcome=outcome,
            user=self.pseudonym(question.team, question.user),
            error_id=error_id,
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
        chosen = self.choices.of(team, user)
        setting = self._setting(chosen)
        spoken: Lang = setting.lang or "ja"
        setting = Setting(home=setting.home, today=setting.today, lang=spoken)
        tally, deadlines = (self.answered.ask(words[spoken], setting) for words in (GLANCE, DEADLINES))
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
        self.choices.forget()


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
