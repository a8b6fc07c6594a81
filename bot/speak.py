"""Answer -> Message: the templates give the sentences, this file the parts of a reply and their order.

One template an intent and language (`which.ja.j2`, `which.en.j2`) with the blocks `headline` and `body`; the sentences
that all replies share (reading line, caveats, asking back, what is missing) are templates of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.runtime import Context

from bot.message import Action, Column, Message, Sheet
from bot.words import Words
from knowledge.base import KnowledgeBase
from knowledge.model import LANGS, Answer, Choice, Citation, Found, Grid, Lang, Municipality, NoData, OutOfScope, Pair, State, WhichOne

TEMPLATES = Path(__file__).parent.parent / "templates"
MOST_CHOICES, MOST_ACTIONS = 4, 5


@dataclass(frozen=True, slots=True)
class Page:
    """One template over one answer. Its context is made once and serves all of its blocks."""

    template: Template
    context: Context
    lang: Lang

    def lines(self, block: str) -> tuple[str, ...]:
        text = "".join(self.template.blocks[block](self.context))
        return tuple(line.strip() for line in text.splitlines() if line.strip())

    def line(self, block: str) -> str:
        return ("" if self.lang == "ja" else " ").join(self.lines(block))


@dataclass
class Speaker:
    """Both languages' templates over one knowledge base."""

    kb: KnowledgeBase
    folder: Path = TEMPLATES
    environments: dict[str, Environment] = field(default_factory=dict)
    words: dict[str, Words] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for lang in LANGS:
            self.words[lang] = Words(self.kb, lang)
            environment = Environment(
                loader=FileSystemLoader(self.folder), undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True, auto_reload=False
            )
            environment.filters |= self.words[lang].filters()
            environment.globals |= {"kb": self.kb}
            environment.globals["w"] = environment.get_template(f"_words.{lang}.j2").module
            self.environments[lang] = environment

    def speak(self, answer: Answer) -> Message:
        lang = answer.query.lang
        match answer:
            case Found():
                return self._found(answer, lang)
            case WhichOne():
                return self._which_one(answer, lang)
            case NoData():
                return self._no_data(answer, lang)
            case OutOfScope():
                return self._out_of_scope(answer, lang)

    # the four kinds of answer

    def _found(self, answer: Found, lang: Lang) -> Message:
        name = answer.query.intent
        reading, said = self._page("_reading", answer, lang), self._page(name, answer, lang)
        return Message(
            lang=lang,
            status="answered",
            reading=reading.line("reading"),
            notices=reading.lines("notices"),
            headline=said.line("headline"),
            body=said.lines("body"),
            sheets=tuple(self._sheet(grid, lang) for grid in answer.grids if grid.rows and grid.shown),
            notes=self._page("_caveats", answer, lang).lines("notes") if answer.caveats else (),
            sources=self._sources(answer.sources, lang),
            actions=self._actions(answer.next, lang, MOST_ACTIONS),
        )

    def _which_one(self, answer: WhichOne, lang: Lang) -> Message:
        said = self._page("_which_one", answer, lang)
        return Message(
            lang=lang,
            status="clarify",
            headline=said.line("headline"),
            body=said.lines("body"),
            choices=self._actions(answer.choices, lang, MOST_CHOICES),
        )

    def _no_data(self, answer: NoData, lang: Lang) -> Message:
        said = self._page("_no_data", answer, lang)
        return Message(
            lang=lang,
            status="unknown",
            reading=self._page("_reading", answer, lang).line("reading"),
            headline=said.line("headline"),
            body=said.lines("body"),
            sources=self._sources(answer.sources, lang),
            actions=self._actions(answer.next, lang, MOST_ACTIONS),
        )

    def _out_of_scope(self, answer: OutOfScope, lang: Lang) -> Message:
        said = self._page("_out_of_scope", answer, lang)
        return Message(
            lang=lang,
            status="unknown",
            headline=said.line("headline"),
            body=said.lines("body"),
            actions=self._actions(answer.next, lang, MOST_ACTIONS),
        )

    # parts

    def _page(self, name: str, answer: Answer, lang: Lang) -> Page:
        template = self.environments[lang].get_template(f"{name}.{lang}.j2")
        context = template.new_context({"a": answer, "q": answer.query, "f": getattr(answer, "facts", None)})
        return Page(template, context, lang)

    def _actions(self, choices: tuple[Choice, ...], lang: Lang, most: int) -> tuple[Action, ...]:
        return tuple(Action(label=choice.label[lang], question=choice.question[lang]) for choice in choices[:most])

    def _sources(self, citations: tuple[Citation, ...], lang: Lang) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.words[lang].cite(citation) for citation in citations))

    def _sheet(self, grid: Grid, lang: Lang) -> Sheet:
        columns = tuple(Column(label=column.label[lang], kind=column.kind) for column in grid.columns)
        return Sheet(title=grid.title[lang], columns=columns, rows=tuple(tuple(self.cell(cell, lang) for cell in row) for row in grid.rows))

    def cell(self, cell: Any, lang: Lang) -> Any:
        """A cell of an answer in words: a state as its mark, a municipality by name, a Pair in the language."""
        if isinstance(cell, State):
            return self.words[lang].mark(cell)
        if isinstance(cell, Municipality):
            return self.words[lang].name(cell)
        return cell[lang] if isinstance(cell, Pair) else cell
