"""Answer -> Message: the templates give the sentences, this file the parts of a reply and their order.

One template an intent and language (`which.ja.j2`, `which.en.j2`) with the blocks `headline` and `body`; the sentences
that all replies share (reading line, caveats, asking back, what is missing) are templates of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from bot.message import Action, Column, Message, Sheet
from bot.words import Words
from knowledge.base import KnowledgeBase
from knowledge.model import LANGS, Answer, Choice, Citation, Found, Grid, Lang, Municipality, NoData, OutOfScope, Pair, State, WhichOne

TEMPLATES = Path(__file__).parent.parent / "templates"
MOST_CHOICES, MOST_ACTIONS = 4, 5


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
            environment = Environment(loader=FileSystemLoader(self.folder), undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True, auto_reload=False)
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
        return Message(
            lang=lang,
            status="answered",
            reading=self._line("_reading", "reading", answer, lang),
            notices=self._lines("_reading", "notices", answer, lang),
            headline=self._line(name, "headline", answer, lang),
            body=self._lines(name, "body", answer, lang),
            sheets=tuple(self._sheet(grid, lang) for grid in answer.grids if grid.rows and grid.shown),
            notes=self._lines("_caveats", "notes", answer, lang),
            sources=self._sources(answer.sources, lang),
            actions=self._actions(answer.next, lang, MOST_ACTIONS),
        )

    def _which_one(self, answer: WhichOne, lang: Lang) -> Message:
        return Message(
            lang=lang,
            status="clarify",
            headline=self._line("_which_one", "headline", answer, lang),
            body=self._lines("_which_one", "body", answer, lang),
            choices=self._actions(answer.choices, lang, MOST_CHOICES),
        )

    def _no_data(self, answer: NoData, lang: Lang) -> Message:
        return Message(
            lang=lang,
            status="unknown",
            reading=self._line("_reading", "reading", answer, lang),
            headline=self._line("_no_data", "headline", answer, lang),
            body=self._lines("_no_data", "body", answer, lang),
            sources=self._sources(answer.sources, lang),
            actions=self._actions(answer.next, lang, MOST_ACTIONS),
        )

    def _out_of_scope(self, answer: OutOfScope, lang: Lang) -> Message:
        return Message(
            lang=lang,
            status="unknown",
            headline=self._line("_out_of_scope", "headline", answer, lang),
            body=self._lines("_out_of_scope", "body", answer, lang),
            actions=self._actions(answer.next, lang, MOST_ACTIONS),
        )

    # parts

    def _template(self, name: str, lang: Lang) -> Template:
        return self.environments[lang].get_template(f"{name}.{lang}.j2")

    def _block(self, name: str, block: str, answer: Answer, lang: Lang) -> str:
        template = self._template(name, lang)
        context = template.new_context({"a": answer, "q": answer.query, "f": getattr(answer, "facts", None)})
        return "".join(template.blocks[block](context))

    def _line(self, name: str, block: str, answer: Answer, lang: Lang) -> str:
        joint = "" if lang == "ja" else " "
        return joint.join(line.strip() for line in self._block(name, block, answer, lang).splitlines() if line.strip())

    def _lines(self, name: str, block: str, answer: Answer, lang: Lang) -> tuple[str, ...]:
        return tuple(line.strip() for line in self._block(name, block, answer, lang).splitlines() if line.strip())

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


@lru_cache(maxsize=4)
def speaker(kb: KnowledgeBase) -> Speaker:
    return Speaker(kb)
