"""Answer -> Message: the templates give the sentences, this file the parts of a reply and their order.

One template an intent and language (`which.ja.j2`, `which.en.j2`) with the blocks `headline` and `body`; the sentences
that all replies share (reading line, caveats, asking back, what is missing) are templates of their own.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, Template
from jinja2.bccache import Bucket
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


class Compiled(FileSystemBytecodeCache):
    """Templates as bytecode, kept where and when Python keeps this module's: compiling those of one answer takes 0.1 s."""

    def __init__(self) -> None:
        super().__init__(str(Path(cache_from_source(__file__)).parent), "%s.j2c")
        self.compilers = [Path(file).stat().st_mtime_ns for file in (jinja2.__file__, __file__)]

    def get_source_checksum(self, source: str) -> str:
        """Of what is compiled and of what compiles it: another jinja2, or other settings here, would make something else of it."""
        return super().get_source_checksum(f"{source}{self.compilers}")

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):  # no such folder, nor place for one
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):  # a folder that may only be read
            if not sys.dont_write_bytecode:
                Path(self.directory).mkdir(parents=True, exist_ok=True)
                super().dump_bytecode(bucket)


@dataclass
class Speaker:
    """Both languages' templates over one knowledge base; a language's own words are made when it is first spoken."""

    kb: KnowledgeBase
    folder: Path = TEMPLATES
    environments: dict[str, Environment] = field(default_factory=dict)
    words: dict[str, Words] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for lang in LANGS:
            self.words[lang] = Words(self.kb, lang)
            self.environments[lang] = self._environment(lang)

    def _environment(self, lang: Lang) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(self.folder),
            undefined=StrictUndefined,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=Compiled(),
        )
        environment.filters |= self.words[lang].filters()
        environment.globals |= {"kb": self.kb}
        return environment

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
            reading=self._page("_reading", answer.facts, lang).line("reading") if isinstance(answer.facts, Found) else "",
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
        environment = self.environments[lang]
        if "w" not in environment.globals:
            environment.globals["w"] = environment.get_template(f"_words.{lang}.j2").module
        template = environment.get_template(f"{name}.{lang}.j2")
        given = {**environment.globals, "a": answer, "q": answer.query, "f": getattr(answer, "facts", None)}
        # As template.new_context makes it, but for a chain of mappings that nothing here needs and that costs more than the page.
        return Page(template, Context(environment, given, template.name, template.blocks), lang)

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
