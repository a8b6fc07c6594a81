"""Message -> the whole answer in words, nothing lost. What screen readers, notifications and `--json` get."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from bot.message import Action, Message, Sheet, worded
from knowledge.model import Lang, Pair

WORDS = {
    "note": Pair("注：", "Note: "),
    "source": Pair("出典：", "Source: "),
    "next": Pair("次に：", "Next: "),
    "query": Pair("「{}」", '"{}"'),
    "between queries": Pair("", ", "),
    "choice": Pair("{n}. {label}", "{n}. {label}"),
    "choice and query": Pair("{n}. {label}：「{query}」", '{n}. {label}: "{query}"'),
    "colon": Pair("：", ": "),
    "comma": Pair("、", ", "),
    "full stop": Pair("。", "."),
    "after a full stop": Pair("", " "),
    "brackets": Pair("（{}）", "({})"),
    "title and brackets": Pair("{}（{}）", "{} ({})"),
    "bullet": Pair("・", "- "),
    "1 row": Pair("ほか {n} 行", "{n} more row"),
    "rows": Pair("ほか {n} 行", "{n} more rows"),
    "1 column": Pair("ほか {n} 列", "{n} more column"),
    "columns": Pair("ほか {n} 列", "{n} more columns"),
    "1 line": Pair("（ほか {n} 行は省略しました）", "({n} more line left out)"),
    "lines": Pair("（ほか {n} 行は省略しました）", "({n} more lines left out)"),
    "nothing": Pair("（表示する内容がありません）", "(nothing to show)"),
}

BULLET = "・"  # how a body line says that it is a bullet, in either language


def plain(message: Message) -> str:
    """The whole answer. Parts stand in reading order; sheets and what follows them are set off by an empty line."""
    groups = [(*head(message), *body(message)), *(in_words(s, message.lang) for s in message.sheets), tail(message)]
    return "\n\n".join("\n".join(group) for group in groups if group)


def head(message: Message) -> tuple[str, ...]:
    """How the question was read, and the answer."""
    return _filled((message.reading, *message.notices, message.headline))


def body(message: Message) -> tuple[str, ...]:
    """The detail; bullets as the language writes them."""
    bullet = WORDS["bullet"][message.lang]
    lines = _filled(message.body)
    return tuple(bullet + line[1:].lstrip() if line.startswith(BULLET) else line for line in lines)


def in_words(sheet: Sheet, lang: Lang) -> tuple[str, ...]:
    """A table read out: its title with the headings that the rows do not repeat, then a line a row."""
    rows = (_row(sheet, cells, lang) for cells in worded(sheet))
    return _filled((heading(sheet, lang), *rows))


def heading(sheet: Sheet, lang: Lang) -> str:
    """The title, with the labels of the columns whose cells stand in the rows without them."""
    labels = [column.label for column in sheet.columns]
    told = WORDS["colon"][lang].join(_filled(labels if len(labels) == 2 else labels[:1]))
    if not told:
        return sheet.title
    return WORDS["title and brackets"][lang].format(sheet.title, told) if sheet.title else WORDS["brackets"][lang].format(told)


def _row(sheet: Sheet, cells: tuple[str, ...], lang: Lang) -> str:
    """`label：value` for two columns, `first：col2 cell2、col3 cell3` for more; blanks are passed over."""
    if len(cells) < 2:
        return "".join(cells)
    labels = ["" for _ in cells] if len(cells) == 2 else [column.label for column in sheet.columns]
    rest = (f"{label} {cell}".strip() for label, cell in zip(labels[1:], cells[1:], strict=True) if cell)
    return WORDS["colon"][lang].join(_filled((cells[0], _listed(rest, lang))))


def _listed(parts: Iterable[str], lang: Lang) -> str:
    """Joined by commas, but after a part that is a sentence and has its own end."""
    listed = ""
    for part in parts:
        ended = listed.endswith(WORDS["full stop"][lang])
        listed += (WORDS["after a full stop" if ended else "comma"][lang] if listed else "") + part
    return listed


def tail(message: Message) -> tuple[str, ...]:
    """Caveats, sources, offered choices and next steps."""
    return (*notes(message), *sources(message), *_choices(message), *_next(message))


def notes(message: Message) -> tuple[str, ...]:
    return tuple(WORDS["note"][message.lang] + note for note in _filled(message.notes))


def sources(message: Message) -> tuple[str, ...]:
    return tuple(WORDS["source"][message.lang] + source for source in _filled(message.sources))


def _choices(message: Message) -> Iterator[str]:
    """Numbered, each with the words to type where they are not the label itself."""
    for n, choice in enumerate(message.choices, 1):
        form = "choice" if choice.question in ("", choice.label) else "choice and query"
        yield WORDS[form][message.lang].format(n=n, label=choice.label, query=choice.question)


def _next(message: Message) -> tuple[str, ...]:
    """One line with the questions that can be typed; a label says nothing more than its question."""
    queries = [WORDS["query"][message.lang].format(query) for query in _queries(message.actions)]
    return (WORDS["next"][message.lang] + WORDS["between queries"][message.lang].join(queries),) if queries else ()


def _queries(actions: Iterable[Action]) -> tuple[str, ...]:
    return _filled(action.question or action.label for action in actions)


def counted(what: str, n: int, lang: Lang) -> str:
    """How much is left out, in words: `what` is rows, columns or lines."""
    return WORDS[what if n != 1 else f"1 {what[:-1]}"][lang].format(n=n)


def blank(text: str) -> bool:
    """Whether nothing of it can be seen: empty, spaces, controls, joiners."""
    if text.isprintable():  # no control, no joiner, and no space but the common one
        return not text.strip()
    return all(unicodedata.category(char) in _UNSEEN for char in text)


def visible(text: str) -> str:
    """Without what could act on a terminal or a client: controls become spaces, direction marks and surrogates go."""
    harmless = text.replace("\n", " ").replace("\u3000", " ").isprintable()  # nearly always, and much sooner seen than put right
    return text if harmless else text.translate(_SAFE)


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"})
_SAFE = {
    **dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " "),
    **dict.fromkeys((0x0A, 0x2028, 0x2029), "\n"),
    **dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), ""),  # bidi overrides show text in a false order
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
}


def _filled(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(line for line in lines if not blank(line))
