"""Message -> what chat.postMessage takes: `text` with the whole answer in words, `blocks` with the same answer set out.

No block holds mrkdwn. Words go into plain_text, raw_text cells and rich_text spans, which Slack shows as they are: an
asker's `*`, `_`, `~` or `<!channel>` stays what it is, bold needs no spaces in Japanese, and nothing links or pings
(composition-objects/text-object: markup is read "when type is mrkdwn"). Only the top-level `text` is mrkdwn, so only
there & < > are escaped. Whoever sends it still says link_names=False, parse="none", unfurl_links=False and
unfurl_media=False. The value of a clicked button comes back with & < > escaped (bolt-python #513): `unescape` it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from bot.message import Action, Message, Sheet, worded
from bot.render import plain as words
from bot.render.blockkit import (
    BUTTON_TEXT,
    BUTTON_VALUE,
    LIVE,
    SECTION_MOST,
    TABLE_COLUMNS,
    TABLE_ROWS,
    WORDS_MOST,
    characters,
)
from knowledge.model import Lang

Block = dict[str, Any]

TEXT_MOST = 10_000
CELL_MOST = 500
CHOICES_MOST = 4
ACTIONS_MOST = 5

# How many of the 10,000 characters a part may take. Only a monstrous message meets these limits. Buttons take what they
# need of the rest but for DETAIL_LEAST, then the body, and the sheets what the body leaves, one part in four at least.
SHARE = {"reading": 1_000, "notices": 800, "headline": 2_000, "notes": 1_000, "sources": 1_500}
DETAIL_LEAST = 1_500
ONE_IN = 4


def slack(message: Message, *, text_limit: int = TEXT_MOST, reserve: int = 0) -> dict[str, Any]:
    """{"text", "blocks"} that `blockkit.check` has nothing to say against, whatever the message holds.

    `text_limit` is 4,000 for chat.update, and 200 at least; `reserve` are characters kept free for blocks that the caller
    adds, 1,500 at most. What does not fit is left out from the least important
    end, table rows before body, and how much is said in its place.
    """
    return {"text": fallback(message, text_limit), "blocks": blocks(message, reserve)}


def blocks(message: Message, reserve: int = 0) -> list[Block]:
    """At most 50 blocks and 10,000 characters, less what is reserved."""
    opening = [*_context(message, "reading"), *_context(message, "notices"), *_headline(message)]
    sourced = _context(message, "notes", "sources")
    room = WORDS_MOST - reserve - characters([*opening, *sourced])
    choices, actions = _asked(message, room - DETAIL_LEAST)
    detail = _detail(message, room - characters([*choices, *actions]), choices)
    return [*opening, *detail, *sourced, *actions] or [_section(words.WORDS["nothing"][message.lang])]


# --- parts ------------------------------------------------------------------------------------------------------------


def _context(message: Message, *names: str) -> list[Block]:
    """One block of small print, an element a part."""
    lines = {
        "reading": (message.reading,),
        "notices": message.notices,
        "notes": words.notes(message),
        "sources": words.sources(message),
    }
    parts = ("\n".join(_fit(lines[name], SHARE[name], message.lang)) for name in names)
    elements = [_plain(part) for part in parts if part]
    return [{"type": "context", "elements": elements}] if elements else []


def _headline(message: Message) -> list[Block]:
    return _bold(_fit((message.headline,), SHARE["headline"], message.lang))


def _detail(message: Message, room: int, choices: list[Block]) -> list[Block]:
    """Body, choices, sheets: the body first of all that there is room for, but for the sheets' share."""
    sheets_least = min(room // ONE_IN, sum(_size(sheet, message.lang) for sheet in message.sheets))
    body = _sections(words.body(message), room - sheets_least, message.lang)
    return [*body, *choices, *_sheets(message, room - characters(body))]


def _sections(lines: Iterable[str], room: int, lang: Lang) -> list[Block]:
    """The lines in as few sections as hold them."""
    return [_section("\n".join(pack)) for pack in _packs(_fit(lines, room, lang), SECTION_MOST)]


def _asked(message: Message, room: int) -> tuple[list[Block], list[Block]]:
    """A row of buttons for the choices, then one for the next steps out of what is left of the room."""
    choices = _buttons(message.choices[:CHOICES_MOST], 0, room)
    actions = _buttons(message.actions[:ACTIONS_MOST], CHOICES_MOST if message.choices else 0, room - characters(choices))
    return choices, actions


def _buttons(actions: Sequence[Action], first: int, room: int) -> list[Block]:
    """A row of buttons as far as there is room; action_id counts on from `first`."""
    elements: list[Block] = []
    for n, action in enumerate(actions, first):
        button = _button(action, n)
        size = characters(button)
        if button and size <= room:
            elements.append(button)
            room -= size
    return [{"type": "actions", "elements": elements}] if elements else []


def _button(action: Action, n: int) -> Block | None:
    """None for a question that is blank or too long to be carried whole: half a question is another question."""
    question = words.visible(action.question)
    if words.blank(question) or len(question) > BUTTON_VALUE:
        return None
    label = clip(_line(question if words.blank(action.label) else action.label), BUTTON_TEXT)
    return {"type": "button", "text": _plain(label), "action_id": f"ask_{n}", "value": question}


# --- sheets -----------------------------------------------------------------------------------------------------------


def _sheets(message: Message, room: int) -> list[Block]:
    """The first sheet that can be a table is one (Slack takes one a message), the others follow in words."""
    first = next((n for n, sheet in enumerate(message.sheets) if sheet.rows and sheet.columns), None)
    others = [sheet for n, sheet in enumerate(message.sheets) if n != first]
    reserved = min(room // ONE_IN, sum(_size(sheet, message.lang) for sheet in others))
    table = [] if first is None else _table(message.sheets[first], room - reserved, message.lang)
    told = others if table else message.sheets
    lines = [line for sheet in told for line in words.in_words(sheet, message.lang)]
    return [*table, *_sections(lines, room - characters(table), message.lang)]


def _table(sheet: Sheet, room: int, lang: Lang) -> list[Block]:
    """Title, table and what is left out of it; nothing if not even one row fits."""
    title = _bold(_fit((sheet.title,), room // ONE_IN, lang))
    header = [_cell(column.label) for column in sheet.columns[:TABLE_COLUMNS]]
    room -= characters([*title, *header]) + len(_left_out(sheet, 0, lang))
    rows = _rows(sheet, room)
    if not rows:
        return []
    left = _left_out(sheet, len(rows), lang)
    table = {"type": "table", "rows": [header, *rows], "column_settings": _settings(sheet)}
    return [*title, table, *([{"type": "context", "elements": [_plain(left)]}] if left else [])]


def _rows(sheet: Sheet, room: int) -> list[list[Block]]:
    """As many rows from the top as fit; the header is one of the hundred."""
    kept: list[list[Block]] = []
    for row in worded(sheet)[: TABLE_ROWS - 1]:
        cells = [_cell(cell) for cell in row[:TABLE_COLUMNS]]
        room -= characters(cells)
        if room < 0:
            break
        kept.append(cells)
    return kept


def _left_out(sheet: Sheet, kept: int, lang: Lang) -> str:
    counts = (("rows", len(sheet.rows) - kept), ("columns", len(sheet.columns) - TABLE_COLUMNS))
    return words.WORDS["comma"][lang].join(words.counted(what, n, lang) for what, n in counts if n > 0)


def _settings(sheet: Sheet) -> list[Block]:
    """Every column says its alignment: clients in between have refused settings without one."""
    align = {"number": "right", "mark": "center"}
    return [{"align": align.get(column.kind, "left"), "is_wrapped": True} for column in sheet.columns[:TABLE_COLUMNS]]


def _size(sheet: Sheet, lang: Lang) -> int:
    """What a sheet would take in words, at least about what it takes as a table."""
    return sum(len(line) + 1 for line in words.in_words(sheet, lang)) + len(sheet.rows) * len(sheet.columns)


# --- objects ----------------------------------------------------------------------------------------------------------


def _plain(text: str) -> Block:
    """Words as they are; emoji=False keeps :30: from becoming a picture."""
    return {"type": "plain_text", "text": text, "emoji": False}


def _section(text: str) -> Block:
    """`expand` keeps Slack from folding the answer behind "see more"."""
    return {"type": "section", "text": _plain(text), "expand": True}


def _bold(lines: Sequence[str]) -> list[Block]:
    """Bold by rich_text: mrkdwn needs spaces beside its asterisks, which Japanese does not have."""
    span = {"type": "text", "text": "\n".join(lines), "style": {"bold": True}}
    return [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [span]}]}] if lines else []


def _cell(text: str) -> Block:
    """raw_text, numbers too: raw_number has been refused in `table`. One character is needed, a space will do."""
    line = clip(_line(text), CELL_MOST)
    return {"type": "raw_text", "text": " " if words.blank(line) else line}


# --- safe words -------------------------------------------------------------------------------------------------------

JOINER = "\u2060"  # WORD JOINER: takes no room and breaks no line, but keeps two characters from being read as markup
PING = re.compile(r"@(?=(?:channel|here|everyone|group)\b)")


def escape(text: str) -> str:
    """For mrkdwn: & < > as entities, and a joiner where Slack would ping (@channel) or link (http://) by itself."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return PING.sub("@" + JOINER, text).replace("://", f":{JOINER}//")


def unescape(text: str) -> str:
    """The value of a clicked button as it was given: Slack sends & < > back as entities."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def defused(text: str) -> str:
    """For plain_text, cells and rich_text, where entities would be seen: live markup is broken by a joiner."""
    return LIVE.sub(lambda markup: "<" + JOINER + markup[0][1:], text)


def _line(text: str) -> str:
    """On one line, safe to show."""
    return defused(" ".join(words.visible(text).split()))


# --- fitting ----------------------------------------------------------------------------------------------------------


def _fit(texts: Iterable[str], room: int, lang: Lang) -> list[str]:
    """The lines of the texts, safe to show, without blank ones, in `room` characters with their line ends."""
    lines = (line for text in texts for line in words.visible(text).splitlines())
    return shorten([defused(line) for line in lines if not words.blank(line)], room, lang)


def shorten(lines: Sequence[str], room: int, lang: Lang, cost: Callable[[str], int] = len) -> list[str]:
    """As many lines from the top as cost no more than `room`, then one that counts those left out.

    Of a first line that alone is too long, the beginning is kept. Nothing at all if there is no room for the count.
    """
    if sum(cost(line) + 1 for line in lines) <= room:
        return list(lines)
    room -= cost(words.counted("lines", len(lines), lang)) + 1
    kept: list[str] = []
    for line in lines:
        room -= cost(line) + 1
        if room < 0:
            break
        kept.append(line)
    if not kept:
        kept = _beginning(lines[0], room + cost(lines[0]), cost)
    return [*kept, *_count(len(lines) - len(kept), lang)] if kept else []


def _count(left: int, lang: Lang) -> list[str]:
    return [words.counted("lines", left, lang)] if left else []


def _beginning(line: str, room: int, cost: Callable[[str], int]) -> list[str]:
    """What of a line costs no more than `room`, as a list; empty if nothing does."""
    size = min(len(line), room)
    while size > 1 and cost(clip(line, size)) > room:
        size = size * room // cost(clip(line, size))
    return [clip(line, size)] if size > 1 else []


def clip(text: str, most: int) -> str:
    """At most `most` characters, ending in … where something is cut; never between a character and its marks."""
    if len(text) <= most:
        return text
    end = max(most - 1, 0)
    while end > 0 and (_mark(text[end]) or text[end - 1] == "\u200d"):
        end -= 1
    return text[:end] + "…"


def _mark(char: str) -> bool:
    """Whether it belongs to the character before it: accents, dakuten, variation selectors, joiners."""
    return char == "\u200d" or unicodedata.category(char) in ("Mn", "Mc", "Me")


def _packs(lines: Iterable[str], most: int) -> Iterator[list[str]]:
    """Lines in groups that have at most `most` characters when joined; a longer line is cut in pieces."""
    pack: list[str] = []
    for piece in (piece for line in lines for piece in _pieces(line, most)):
        if pack and len("\n".join([*pack, piece])) > most:
            yield pack
            pack = []
        pack.append(piece)
    if pack:
        yield pack


def _pieces(line: str, most: int) -> Iterator[str]:
    while len(line) > most:
        piece = clip(line, most)[:-1] or line[:most]
        yield piece
        line = line[len(piece) :]
    yield line


# --- the text ---------------------------------------------------------------------------------------------------------


def fallback(message: Message, limit: int = TEXT_MOST) -> str:
    """The whole answer in words, escaped: screen readers and notifications have nothing else.

    Shortened to `limit` characters in its middle, so that the answer and its sources stay.
    """
    whole = words.visible(words.plain(message))
    if words.blank(whole):
        return words.WORDS["nothing"][message.lang]
    if _escaped(whole) <= limit:
        return escape(whole)
    return escape("\n".join(_shortened(message, limit)))


def _shortened(message: Message, limit: int) -> list[str]:
    sheets = (line for sheet in message.sheets for line in words.in_words(sheet, message.lang))
    parts = (words.head(message), (*words.body(message), *sheets), words.tail(message))
    head, middle, tail = ([line for text in part for line in words.visible(text).splitlines()] for part in parts)
    room = limit - sum(_escaped(line) + 1 for line in (*head, *tail))
    if room < limit // ONE_IN:  # a monstrous head or tail: the top of everything
        return shorten([*head, *middle, *tail], limit, message.lang, _escaped)
    return [*head, *shorten(middle, room, message.lang, _escaped), *tail]


def _escaped(text: str) -> int:
    return len(escape(text))
