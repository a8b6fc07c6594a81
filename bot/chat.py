"""A conversation in the terminal: a thread as in Slack, its choices and next steps numbered. Piped input gets answers alone."""

from __future__ import annotations

import contextlib
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TextIO

from bot.ask import Asker, next_context, read_lines, safe_ask
from bot.message import Action, Message
from bot.render.plain import WORDS, visible
from bot.render.terminal import terminal, wrap
from knowledge.intents import discover
from knowledge.model import LANGS, Lang, Pair
from knowledge.query import Query
from knowledge.understand import Setting

WIDEST = 100
PROMPT = "> "
NEW = frozenset({"", "新しい話題", "新しい質問", "new", "new topic"})
END = frozenset({"終了", "終わり", "quit", "exit", "bye"})

GREETING = Pair(
    "Renkei：在宅医療・介護連携推進事業について、資料にあることだけを出典つきでお答えします。",
    "Renkei answers questions about 在宅医療・介護連携推進事業 (linking home medical care and long-term care) from sourced documents, and from nothing else.",
)
KEYS = Pair(
    "番号を打つとその質問をします。空行か「新しい話題」で話題が変わり、「終了」で終わります。",
    'Type a number to ask that question, an empty line or "new" for a new topic, "quit" to end.',
)
NEXT = Pair("次に：", "Next:")
STARTED = Pair("（新しい話題です）", "(new topic)")
NO_SUCH = Pair("{n} 番はありません。1～{last} の番号か、質問を打ってください。", "There is no number {n}. Type a number from 1 to {last}, or a question.")


def converse(asker: Asker, setting: Setting, typed: TextIO, shown: TextIO) -> None:
    """Ask and answer until the input ends or the person says so, by 終了, Ctrl-D or Ctrl-C."""
    person = typed.isatty() and shown.isatty()
    talk = Talk(asker=asker, setting=setting, shown=shown, person=person)
    with contextlib.suppress(KeyboardInterrupt):
        if person:
            talk.greet()
        for line in _at_prompt(shown) if person else read_lines(typed):
            if _command(line) in END:
                return
            talk.turn(line)


def _at_prompt(shown: TextIO) -> Iterator[str]:
    """What a person types, with the line editing and the history that the system has."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  importing it is what gives input() its history
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="replace")
    while True:
        try:
            yield input(PROMPT)
        except EOFError:
            print(file=shown)
            return


def _command(line: str) -> str:
    """A line as the words of the conversation itself are compared: any width, any case."""
    return unicodedata.normalize("NFKC", line).strip().casefold()


@dataclass
class Talk:
    """One conversation: what the next turn goes on from, and the questions that the numbers now stand for."""

    asker: Asker
    setting: Setting
    shown: TextIO
    person: bool
    before: Query | None = None
    offered: tuple[str, ...] = ()
    lang: Lang = "ja"

    def greet(self) -> None:
        """Who answers and how to ask, with a question in each language."""
        example = discover()["which"].examples[0]
        self.offered = tuple(example[lang] for lang in LANGS)
        for number, lang in enumerate(LANGS, 1):
            self.say([GREETING[lang], KEYS[lang], *options([Action(label=example[lang], question=example[lang])], lang, first=number)])

    def turn(self, line: str) -> None:
        """One line: a question, the number of one, or a new topic."""
        command = _command(line)
        if command in NEW:
            self.start_anew()
        elif command.isdecimal() and self.offered:
            self.choose(int(command))
        else:
            self.answer(line)

    def start_anew(self) -> None:
        if self.person and self.before is not None:
            self.say([STARTED[self.lang]])
        self.before, self.offered = None, ()

    def choose(self, number: int) -> None:
        """Ask the question that the number stands for."""
        if not 1 <= number <= len(self.offered):
            self.say([NO_SUCH[self.lang].format(n=number, last=len(self.offered))])
            return
        question = self.offered[number - 1]
        if self.person:
            print(*wrap(PROMPT + visible(question), self.width), sep="\n", file=self.shown)
        self.answer(question)

    def answer(self, question: str) -> None:
        """Ask, say the answer, and number what can be asked next."""
        reply = safe_ask(self.asker, question, self.setting, self.before)
        self.before = next_context(reply, self.before)
        self.lang, actions = reply.message.lang, (*reply.message.choices, *reply.message.actions)
        self.offered = tuple(action.question or action.label for action in actions)
        print(terminal(replace(reply.message, choices=(), actions=()), self.width), end="\n\n", file=self.shown)
        if actions:
            self.say(numbered(reply.message))
        self.shown.flush()

    def say(self, lines: Iterable[str]) -> None:
        """Lines, broken where they are too long, and an empty one."""
        hangs = ((line, "   " if line[:1].isdecimal() else "") for line in lines)
        print(*(part for line, hang in hangs for part in wrap(visible(line), self.width, hang)), "", sep="\n", file=self.shown, flush=True)

    @property
    def width(self) -> int:
        """The terminal's width now, since windows change; of 100 cells at most, since long lines are hard to read."""
        return min(shutil.get_terminal_size().columns, WIDEST)


def numbered(message: Message) -> list[str]:
    """The choices by label, then the next steps by their question, numbered on."""
    steps = [replace(action, label=action.question or action.label) for action in message.actions]
    more = options(steps, message.lang, first=len(message.choices) + 1)
    return [*options(message.choices, message.lang), *([NEXT[message.lang], *more] if more else [])]


def options(actions: Iterable[Action], lang: Lang, first: int = 1) -> list[str]:
    """`1. label：「question」`, without the question where it is the label."""
    forms = ((action, WORDS["choice" if action.question in ("", action.label) else "choice and query"][lang]) for action in actions)
    return [form.format(n=n, label=action.label, query=action.question) for n, (action, form) in enumerate(forms, first)]
