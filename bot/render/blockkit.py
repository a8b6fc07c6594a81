"""What Slack accepts: a checker of messages, Home tabs and modals over plain dicts.

It runs on every message in tests and before every send. The numbers are those of docs.slack.dev (reference/block-kit,
as of November 2026); rules that are ours and not Slack's say so. Text is counted in code points. Block types that the
bot never builds (card, carousel, container, plan, task_card, video, file, call) are refused: what is not checked is
not sent.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from bot.render.plain import blank

Surface = Literal["message", "home", "modal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong, in the shape of an error of Slack's blocks.validate.

    `pointer` is a JSON pointer into the payload; `constraint` is {"type", "expected", "got"} where a rule has a value.
    """

    pointer: str
    code: str
    message: str
    field: str | None = None
    constraint: dict[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """As Slack writes it: absent keys are left out."""
        pairs = (("pointer", self.pointer), ("code", self.code), ("message", self.message))
        more = (("field", self.field), ("constraint", self.constraint))
        return dict(pairs) | {key: value for key, value in more if value is not None}


def check(
    payload: dict[str, Any],
    surface: Surface = "message",
    *,
    text_limit: int = 40_000,
    allowed: Collection[str] = (),
) -> tuple[Problem, ...]:
    """Everything wrong with a message ({"text", "blocks", …}) or a view ({"type", "blocks", …}); () if Slack takes it.

    `text_limit` is 4,000 for chat.update. `allowed` are markups that may be live, written in full: "<@U0123>",
    "<!subteam^S1>", "<https://example.jp/>". In rich_text they are compared in the same spelling.
    """
    top = MESSAGE if surface == "message" else {"home": HOME, "modal": MODAL}[surface]
    problems = [*top(payload, "")]
    if isinstance(payload, dict) and isinstance(payload.get("blocks", []), list):
        problems += _whole(payload, surface, text_limit, frozenset(allowed))
    return tuple(problems)


# --- limits -----------------------------------------------------------------------------------------------------------

BLOCKS_MOST = {"message": 50, "home": 100, "modal": 100}
WORDS_MOST = 10_000  # over all blocks of a message. Slack's own limit is undocumented; 11,341 has failed
TABLES_MOST = 1  # a message
TABLE_ROWS = 100
TABLE_COLUMNS = 20
TABLE_WORDS = 10_000  # over all tables of a message
DATA_TABLE_ROWS = (2, 201)
DATA_TABLE_COLUMNS = 20
DATA_TABLE_WORDS = 20_000
CHARTS_MOST = 2
CHART_TITLE, CHART_LABEL, CHART_POINTS, CHART_SERIES = 50, 20, 20, 12
MARKDOWN_MOST = 12_000  # over all markdown blocks
SECTION_MOST = 3_000
CONTEXT_MOST = 3_000
BUTTON_TEXT = 75
BUTTON_VALUE = 2_000
VIEW_BYTES = 250_000

# --- rules: a value and where it stands -> what is wrong with it ------------------------------------------------------

Rule = Callable[[Any, str], Iterator[Problem]]
Found = Iterator[Problem]


def _failed(at: str, kind: str, expected: Any, got: Any, message: str) -> Problem:
    constraint = {"type": kind, "expected": expected, "got": got}
    return Problem(pointer=at, code="failed_constraint", message=message, field=at.rpartition("/")[2], constraint=constraint)


def _typed(value: Any, kind: type | tuple[type, ...], name: str, at: str) -> Found:
    """Nothing if it is of the type; True is no number."""
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        message = f"must be {name}, not {type(value).__name__}"
        yield Problem(pointer=at, code="invalid_type", message=message, field=at.rpartition("/")[2])


def _sized(size: int, least: int, most: int, what: str, at: str) -> Found:
    if size < least:
        yield _failed(at, f"min_{what}", least, size, f"must have at least {least} {what}, has {size}")
    if size > most:
        yield _failed(at, f"max_{what}", most, size, f"must have at most {most} {what}, has {size}")


def string(most: int, least: int = 1) -> Rule:
    """A string of `least` to `most` characters."""

    def rule(value: Any, at: str) -> Found:
        yield from _typed(value, str, "a string", at)
        if isinstance(value, str):
            yield from _sized(len(value), least, most, "characters", at)

    return rule


def number(least: float, most: float = math.inf, *, above: bool = False, whole: bool = True) -> Rule:
    """A number within bounds; `above` leaves the lower bound itself out."""
    kind, name = (int, "a whole number") if whole else ((int, float), "a number")

    def rule(value: Any, at: str) -> Found:
        wrong = [*_typed(value, kind, name, at)]
        yield from wrong
        if not wrong and not (least <= value <= most and not (above and value == least)):
            yield _failed(at, "range", [least, most], value, f"must lie between {least} and {most}, is {value}")

    return rule


def flag(value: Any, at: str) -> Found:
    """True or False."""
    yield from _typed(value, bool, "true or false", at)


def anything(value: Any, at: str) -> Found:
    """Not looked into."""
    yield from ()


def one_of(*words: str) -> Rule:
    """One of these words."""

    def rule(value: Any, at: str) -> Found:
        if value not in words:
            yield _failed(at, "enum", list(words), value, f"must be one of {', '.join(words)}, is {value!r}")

    return rule


def many(of: Rule, most: int, least: int = 1) -> Rule:
    """A list of `least` to `most` things."""

    def rule(value: Any, at: str) -> Found:
        yield from _typed(value, list, "a list", at)
        if isinstance(value, list):
            yield from _sized(len(value), least, most, "items", at)
            for n, item in enumerate(value):
                yield from of(item, f"{at}/{n}")

    return rule


def shape(fields: dict[str, Rule], *required: str) -> Rule:
    """An object with these fields and no others; `a|b` requires at least one of two, `a^b` exactly one."""

    def rule(value: Any, at: str) -> Found:
        yield from _typed(value, dict, "an object", at)
        if isinstance(value, dict):
            yield from _needed(value, required, at)
            for key, item in value.items():
                yield from fields.get(key, _unknown)(item, f"{at}/{key}")

    return rule


def _needed(value: dict[str, Any], required: Iterable[str], at: str) -> Found:
    for names in required:
        given = [name for name in re.split(r"[|^]", names) if value.get(name) is not None]
        if not given:
            yield Problem(pointer=at, code="missing_field", message=f"missing required field: {_or(names)}", field=names)
        if "^" in names and len(given) > 1:
            yield Problem(pointer=at, code="conflicting_fields", message=f"only one is allowed of {_or(names)}", field=names)


def _or(names: str) -> str:
    return re.sub(r"[|^]", " or ", names)


def _unknown(value: Any, at: str) -> Found:
    name = at.rpartition("/")[2]
    yield Problem(pointer=at, code="unknown_field", message=f"unknown field: {name}", field=name)


def kinds(table: dict[str, Rule], *names: str) -> Rule:
    """An object whose `type` is one of `names` and chooses its rule in `table`."""

    def rule(value: Any, at: str) -> Found:
        yield from _typed(value, dict, "an object", at)
        if isinstance(value, dict):
            kind = value.get("type")
            yield from table[kind](value, at) if kind in names else _unfit(kind, names, at)

    return rule


def _unfit(kind: Any, names: tuple[str, ...], at: str) -> Found:
    if kind is None:
        yield Problem(pointer=at, code="missing_field", message="missing required field: type", field="type")
    else:
        constraint = {"type": "enum", "expected": list(names), "got": kind}
        message = f"{kind!r} may not stand here"
        yield Problem(pointer=f"{at}/type", code="unknown_type", message=message, field="type", constraint=constraint)


def text(most: int = SECTION_MOST, *names: str) -> Rule:
    """A text object of 1 to `most` characters, plain_text or mrkdwn unless `names` says which.

    One in which nothing can be seen is refused (our rule).
    """
    words = _both(string(most), _seen)
    table = {
        "plain_text": shape({"type": anything, "text": words, "emoji": flag}, "text"),
        "mrkdwn": shape({"type": anything, "text": words, "verbatim": flag}, "text"),
    }
    return kinds(table, *(names or table))


def _seen(value: Any, at: str) -> Found:
    if isinstance(value, str) and value and blank(value):
        yield _failed(at, "blank", "something to see", value, "must hold something that can be seen")


def _both(*rules: Rule) -> Rule:
    return lambda value, at: (problem for rule in rules for problem in rule(value, at))


def label(most: int) -> Rule:
    """A plain_text object."""
    return text(most, "plain_text")


# --- elements ---------------------------------------------------------------------------------------------------------

ID = string(255)
URL = string(3_000)
OPTION = shape({"text": label(75), "value": string(150), "description": label(75), "url": URL}, "text", "value")
CHOICE = shape({"text": text(75), "value": string(150), "description": text(75)}, "text", "value")
OPTION_GROUP = shape({"label": label(75), "options": many(OPTION, 100)}, "label", "options")
CONFIRM = shape(
    {
        "title": label(100),
        "text": text(300),
        "confirm": label(30),
        "deny": label(30),
        "style": one_of("primary", "danger"),
    },
    *("title", "text", "confirm", "deny"),
)
DISPATCH = shape({"trigger_actions_on": many(one_of("on_enter_pressed", "on_character_entered"), 2)})
FEEDBACK = shape({"text": label(75), "value": string(2_000), "accessibility_label": string(75)}, "text", "value")

BUTTON = {
    "text": label(BUTTON_TEXT),
    "value": string(BUTTON_VALUE),
    "url": URL,
    "style": one_of("primary", "danger"),
    "accessibility_label": string(75),
    "confirm": CONFIRM,
}
ASKS = {"placeholder": label(150), "focus_on_load": flag}
PICKS = ASKS | {"confirm": CONFIRM}
TYPED = ASKS | {"initial_value": string(3_000, 0), "dispatch_action_config": DISPATCH}
CHOOSES = {"options": many(CHOICE, 10), "confirm": CONFIRM, "focus_on_load": flag}
LISTS = PICKS | {"options": many(OPTION, 100), "option_groups": many(OPTION_GROUP, 100)}
SEVERAL = {"max_selected_items": number(1)}
IMAGE = {"image_url": URL, "slack_file": anything, "alt_text": string(2_000)}


def _element(fields: dict[str, Rule], *required: str) -> Rule:
    return shape({"type": anything, "action_id": ID} | fields, *required)


ELEMENTS: dict[str, Rule] = {
    "button": _element(BUTTON, "text"),
    "feedback_buttons": _element({"positive_button": FEEDBACK, "negative_button": FEEDBACK}, "positive_button", "negative_button"),
    "icon_button": _element(
        {
            "icon": one_of("trash"),
            "text": label(75),
            "value": string(2_000),
            "accessibility_label": string(75),
            "confirm": CONFIRM,
            "visible_to_user_ids": many(ID, 10),
        },
        *("icon", "text"),
    ),
    "image": shape({"type": anything} | IMAGE, "image_url^slack_file", "alt_text"),
    "overflow": _element({"options": many(OPTION, 5), "confirm": CONFIRM}, "options"),
    "checkboxes": _element(CHOOSES | {"initial_options": many(CHOICE, 10)}, "options"),
    "radio_buttons": _element(CHOOSES | {"initial_option": CHOICE}, "options"),
    "datepicker": _element(PICKS | {"initial_date": string(10, 10)}),
    "timepicker": _element(PICKS | {"initial_time": string(5, 5), "timezone": ID}),
    "datetimepicker": _element({"initial_date_time": number(0), "confirm": CONFIRM, "focus_on_load": flag}),
    "static_select": _element(LISTS | {"initial_option": OPTION}, "options^option_groups"),
    "external_select": _element(PICKS | {"initial_option": OPTION, "min_query_length": number(0)}),
    "users_select": _element(PICKS | {"initial_user": ID}),
    "conversations_select": _element(
        PICKS
        | {
            "initial_conversation": ID,
            "default_to_current_conversation": flag,
            "response_url_enabled": flag,
            "filter": anything,
        }
    ),
    "channels_select": _element(PICKS | {"initial_channel": ID, "response_url_enabled": flag}),
    "multi_static_select": _element(LISTS | SEVERAL | {"initial_options": many(OPTION, 100)}, "options^option_groups"),
    "multi_external_select": _element(PICKS | SEVERAL | {"initial_options": many(OPTION, 100), "min_query_length": number(0)}),
    "multi_users_select": _element(PICKS | SEVERAL | {"initial_users": many(ID, 1_000)}),
    "multi_conversations_select": _element(
        PICKS | SEVERAL | {"initial_conversations": many(ID, 1_000), "default_to_current_conversation": flag, "filter": anything}
    ),
    "multi_channels_select": _element(PICKS | SEVERAL | {"initial_channels": many(ID, 1_000)}),
    "plain_text_input": _element(TYPED | {"multiline": flag, "min_length": number(0, 3_000), "max_length": number(1, 3_000)}),
    "email_text_input": _element(TYPED),
    "url_text_input": _element(TYPED),
    "number_input": _element(TYPED | {"is_decimal_allowed": flag, "min_value": ID, "max_value": ID}, "is_decimal_allowed"),
    "file_input": _element({"filetypes": many(ID, 100), "max_files": number(1, 10)}),
}

SELECTS = tuple(name for name in ELEMENTS if name.endswith("_select"))
PICKERS = ("checkboxes", "radio_buttons", "datepicker", "timepicker", *SELECTS)
IN_ACTIONS = ("button", "overflow", "datetimepicker", *PICKERS)
IN_SECTION = ("button", "overflow", "image", *PICKERS)
IN_INPUT = (
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "file_input",
    "datetimepicker",
    *PICKERS,
)

# --- rich text and cells ----------------------------------------------------------------------------------------------

STYLE = shape(dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"), flag))
SPANS: dict[str, Rule] = {
    name: shape({"type": anything, "style": STYLE} | fields, *required)
    for name, fields, required in (
        ("text", {"text": string(WORDS_MOST)}, ("text",)),
        ("link", {"url": URL, "text": string(WORDS_MOST), "unsafe": flag}, ("url",)),
        ("emoji", {"name": ID, "unicode": ID}, ("name",)),
        ("user", {"user_id": ID}, ("user_id",)),
        ("usergroup", {"usergroup_id": ID}, ("usergroup_id",)),
        ("channel", {"channel_id": ID}, ("channel_id",)),
        ("broadcast", {"range": one_of("here", "channel", "everyone")}, ("range",)),
        (
            "date",
            {"timestamp": number(0), "format": ID, "url": URL, "fallback": string(WORDS_MOST)},
            ("timestamp", "format"),
        ),
        ("color", {"value": ID}, ("value",)),
    )
}
MANY = 10_000  # lists whose length Slack does not limit
ROW = many(kinds(SPANS, *SPANS), MANY)
RICH_SECTION = shape({"type": anything, "elements": ROW}, "elements")
RICH: dict[str, Rule] = {
    "rich_text_section": RICH_SECTION,
    "rich_text_quote": shape({"type": anything, "elements": ROW, "border": number(0, 1)}, "elements"),
    "rich_text_preformatted": shape(
        {
            "type": anything,
            "elements": many(kinds(SPANS, "text", "link"), MANY),
            "border": number(0, 1),
            "language": ID,
        },
        "elements",
    ),
    "rich_text_list": shape(
        {
            "type": anything,
            "elements": many(kinds({"rich_text_section": RICH_SECTION}, "rich_text_section"), MANY),
            "style": one_of("bullet", "ordered"),
            "indent": number(0, 8),
            "offset": number(0),
            "border": number(0, 1),
        },
        *("elements", "style"),
    ),
}
RICH_TEXT = shape({"type": anything, "block_id": ID, "elements": many(kinds(RICH, *RICH), MANY)}, "elements")

CELLS: dict[str, Rule] = {
    "raw_text": shape({"type": anything, "text": string(TABLE_WORDS)}, "text"),
    "raw_number": shape({"type": anything, "value": number(-math.inf, whole=False), "text": string(TABLE_WORDS)}, "value", "text"),
    "rich_text": RICH_TEXT,
}
COLUMN = shape({"align": one_of("left", "center", "right"), "is_wrapped": flag})


def _even(value: Any, at: str) -> Found:
    """Rows that are all as long as the first."""
    rows = [row for row in value if isinstance(row, list)] if isinstance(value, list) else []
    for n, row in enumerate(rows):
        if len(row) != len(rows[0]):
            message = f"must have {len(rows[0])} cells like the first row, has {len(row)}"
            yield _failed(f"{at}/{n}", "equal_length", len(rows[0]), len(row), message)


def _plain_header(value: Any, at: str) -> Found:
    first = value[0] if isinstance(value, list) and value and isinstance(value[0], list) else []
    for n, cell in enumerate(first):
        if isinstance(cell, dict) and cell.get("type") == "rich_text":
            message = "a header cell may not be rich_text"
            yield _failed(f"{at}/0/{n}/type", "enum", ["raw_text", "raw_number"], "rich_text", message)


# --- charts -----------------------------------------------------------------------------------------------------------

LABEL = string(CHART_LABEL)
POINT = shape({"label": LABEL, "value": number(-math.inf, whole=False)}, "label", "value")
SEGMENT = shape({"label": LABEL, "value": number(0, above=True, whole=False)}, "label", "value")
SERIES = shape({"name": LABEL, "data": many(POINT, CHART_POINTS)}, "name", "data")
AXES = shape({"categories": many(LABEL, CHART_POINTS), "x_label": string(50), "y_label": string(50)}, "categories")


def _aligned(value: Any, at: str) -> Found:
    """Every series has one point a category, in their order, and a name of its own."""
    axes, series = (value.get("axis_config"), value.get("series")) if isinstance(value, dict) else (None, None)
    categories = axes.get("categories") if isinstance(axes, dict) else None
    lines = [(n, one) for n, one in enumerate(series) if isinstance(one, dict)] if isinstance(series, list) else []
    yield from _repeated([(f"{at}/series/{n}/name", one.get("name")) for n, one in lines])
    for n, one in lines:
        labels = [point.get("label") for point in one.get("data") or [] if isinstance(point, dict)] if isinstance(one.get("data"), list) else []
        if labels != categories:
            yield _failed(f"{at}/series/{n}/data", "categories", categories, labels, "must have one point a category, in the order of the categories")


XY = _both(shape({"type": anything, "series": many(SERIES, CHART_SERIES), "axis_config": AXES}, "series", "axis_config"), _aligned)
CHARTS: dict[str, Rule] = {
    "pie": shape({"type": anything, "segments": many(SEGMENT, CHART_SERIES)}, "segments"),
    "bar": XY,
    "area": XY,
    "line": XY,
}

# --- blocks and surfaces ----------------------------------------------------------------------------------------------

EVERYWHERE = frozenset({"message", "home", "modal"})
SURFACES: dict[str, frozenset[str]] = {
    "alert": frozenset({"modal"}),
    "context_actions": frozenset({"message"}),
    "data_table": frozenset({"message", "home"}),
    "data_visualization": frozenset({"message"}),
    "markdown": frozenset({"message"}),
    "table": frozenset({"message", "home"}),
}


def _block(fields: dict[str, Rule], *required: str) -> Rule:
    return shape({"type": anything, "block_id": ID} | fields, *required)


BLOCKS: dict[str, Rule] = {
    "actions": _block({"elements": many(kinds(ELEMENTS, *IN_ACTIONS), 25)}, "elements"),
    "alert": _block({"text": text(200), "level": one_of("default", "info", "warning", "error", "success")}, "text"),
    "context": _block(
        {
            "elements": many(
                kinds(
                    ELEMENTS | dict.fromkeys(("plain_text", "mrkdwn"), text(CONTEXT_MOST)),
                    "image",
                    "plain_text",
                    "mrkdwn",
                ),
                10,
            )
        },
        "elements",
    ),
    "context_actions": _block({"elements": many(kinds(ELEMENTS, "feedback_buttons", "icon_button"), 5)}, "elements"),
    "data_table": _block(
        {
            "rows": _both(
                many(many(kinds(CELLS, *CELLS), DATA_TABLE_COLUMNS), DATA_TABLE_ROWS[1], DATA_TABLE_ROWS[0]),
                _even,
                _plain_header,
            ),
            "caption": string(WORDS_MOST),
            "page_size": number(1, 100),
            "row_header_column_index": number(0, DATA_TABLE_COLUMNS - 1),
        },
        *("rows", "caption"),
    ),
    "data_visualization": _block({"title": string(CHART_TITLE), "chart": kinds(CHARTS, *CHARTS)}, "title", "chart"),
    "divider": _block({}),
    "header": _block({"text": label(150), "level": number(1, 4)}, "text"),
    "image": _block(IMAGE | {"title": label(2_000)}, "image_url^slack_file", "alt_text"),
    "input": _block(
        {
            "label": label(2_000),
            "hint": label(2_000),
            "optional": flag,
            "dispatch_action": flag,
            "element": kinds(ELEMENTS, *IN_INPUT),
        },
        *("label", "element"),
    ),
    "markdown": _block({"text": string(MARKDOWN_MOST)}, "text"),
    "rich_text": RICH_TEXT,
    "section": _block(
        {
            "text": text(SECTION_MOST),
            "fields": many(text(2_000), 10),
            "accessory": kinds(ELEMENTS, *IN_SECTION),
            "expand": flag,
        },
        "text|fields",
    ),
    "table": _block(
        {
            "rows": _both(many(many(kinds(CELLS, *CELLS), TABLE_COLUMNS), TABLE_ROWS), _even),
            "column_settings": many(COLUMN, TABLE_COLUMNS),
        },
        "rows",
    ),
}


def _blocks(surface: str, least: int) -> Rule:
    return many(kinds(BLOCKS, *BLOCKS), BLOCKS_MOST[surface], least)


# What chat.postMessage, chat.update, chat.postEphemeral, ack() and respond() take beside text and blocks.
SENDING = """
    token channel user ts thread_ts reply_broadcast metadata parse link_names mrkdwn unfurl_links unfurl_media post_at
    username icon_emoji icon_url as_user client_msg_id response_type replace_original delete_original
""".split()
MESSAGE = shape({"text": string(10**9), "blocks": _blocks("message", 0), **dict.fromkeys(SENDING, anything)}, "text")

VIEW = {"callback_id": ID, "private_metadata": string(3_000, 0), "external_id": ID}
HOME = shape({"type": one_of("home"), "blocks": _blocks("home", 1)} | VIEW, "type", "blocks")
MODAL = shape(
    {
        "type": one_of("modal"),
        "blocks": _blocks("modal", 1),
        "title": label(24),
        "submit": label(24),
        "close": label(24),
        "clear_on_close": flag,
        "notify_on_close": flag,
        "submit_disabled": flag,
    }
    | VIEW,
    *("type", "blocks", "title"),
)

# --- the whole --------------------------------------------------------------------------------------------------------


def _whole(payload: dict[str, Any], surface: Surface, text_limit: int, allowed: frozenset[str]) -> list[Problem]:
    """What can only be seen over all blocks."""
    blocks = [(f"/blocks/{n}", block) for n, block in enumerate(payload.get("blocks", [])) if isinstance(block, dict)]
    found = [
        *_surfaces(blocks, surface),
        *_unique(blocks),
        *_tables(blocks),
        *_totals(blocks, surface),
        *_live(payload, allowed),
    ]
    if surface == "message":
        return [*found, *_top_text(payload, text_limit)]
    return [*found, *_view(payload, blocks)]


Placed = list[tuple[str, dict[str, Any]]]


def _surfaces(blocks: Placed, surface: str) -> Found:
    for at, block in blocks:
        fits = SURFACES.get(str(block.get("type")), EVERYWHERE)
        if surface not in fits:
            constraint = {"type": "surface", "expected": sorted(fits), "got": surface}
            message = f"{block['type']} is not for a {surface}"
            yield Problem(pointer=at, code="wrong_surface", message=message, field="type", constraint=constraint)


def _unique(blocks: Placed) -> Found:
    """block_id over the payload; action_id within its block, as Slack enforces it."""
    yield from _repeated([(f"{at}/block_id", block.get("block_id")) for at, block in blocks])
    for at, block in blocks:
        yield from _repeated([(f"{place}/action_id", node.get("action_id")) for place, node in _nodes(block, at)])


def _repeated(ids: list[tuple[str, Any]]) -> Found:
    seen = Counter(name for _, name in ids if isinstance(name, str))
    for at, name in ids:
        if isinstance(name, str) and seen[name] > 1:
            message = f"{name!r} is used {seen[name]} times"
            yield Problem(pointer=at, code="duplicate", message=message, field=at.rpartition("/")[2])


def _of(blocks: Placed, kind: str) -> Placed:
    return [(at, block) for at, block in blocks if block.get("type") == kind]


def _tables(blocks: Placed) -> Found:
    """Tables, charts and markdown: how many, and how much over all of them."""
    for kind, most in (("table", TABLES_MOST), ("data_visualization", CHARTS_MOST)):
        for at, _ in _of(blocks, kind)[most:]:
            yield _failed(at, f"max_{kind}", most, len(_of(blocks, kind)), f"only {most} {kind} a message")
    for kind, most in (("table", TABLE_WORDS), ("data_table", DATA_TABLE_WORDS), ("markdown", MARKDOWN_MOST)):
        size = sum(characters(block.get("rows", block.get("text"))) for _, block in _of(blocks, kind))
        if size > most:
            message = f"{kind}: at most {most} characters in all, has {size}"
            yield _failed(_of(blocks, kind)[0][0], "max_characters", most, size, message)
    for at, block in _of(blocks, "table"):
        yield from _settings(block, at)


def _settings(block: dict[str, Any], at: str) -> Found:
    """No settings for columns that are not there (our rule)."""
    settings, rows = block.get("column_settings"), block.get("rows")
    columns = len(rows[0]) if isinstance(rows, list) and rows and isinstance(rows[0], list) else TABLE_COLUMNS
    if isinstance(settings, list) and len(settings) > columns:
        yield _failed(f"{at}/column_settings", "max_items", columns, len(settings), "more settings than columns")


def _totals(blocks: Placed, surface: str) -> Found:
    size = characters([block for _, block in blocks])
    if surface == "message" and size > WORDS_MOST:
        message = f"at most {WORDS_MOST} characters over all blocks, has {size}"
        yield _failed("/blocks", "max_characters", WORDS_MOST, size, message)


def _top_text(payload: dict[str, Any], limit: int) -> Found:
    """Screen readers and notifications have nothing else: a blank one is refused (our rule)."""
    yield from _seen(payload.get("text"), "/text")
    if isinstance(payload.get("text"), str):
        yield from _sized(len(payload["text"]), 0, limit, "characters", "/text")


def _view(payload: dict[str, Any], blocks: Placed) -> Found:
    if payload.get("type") == "modal" and _of(blocks, "input") and "submit" not in payload:
        yield Problem(pointer="", code="missing_field", message="a modal with an input needs submit", field="submit")
    size = len(json.dumps(payload, ensure_ascii=False, default=str).encode("utf-8", "replace"))
    if size > VIEW_BYTES:
        yield _failed("", "max_bytes", VIEW_BYTES, size, f"a view has at most {VIEW_BYTES} bytes, this one {size}")


# --- walking ----------------------------------------------------------------------------------------------------------

NOT_WORDS = frozenset(("type", "style", "align", "url", "image_url", "icon", "name", "range", "block_id", "action_id", "user_id", "usergroup_id", "channel_id"))


def characters(value: Any) -> int:
    """How many characters a block, or a list of them, carries: everything shown, and the values of buttons."""
    if isinstance(value, str):
        return len(value)
    total, left = 0, [value]  # a list of our own, not recursion: this is done for every message, several times
    while left:
        item = left.pop()
        inner = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
        for key, part in inner:
            if isinstance(part, str):
                total += 0 if key in NOT_WORDS else len(part)
            elif isinstance(part, (dict, list)) and key not in NOT_WORDS:
                left.append(part)
    return total


def _nodes(value: Any, at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object in it with its pointer, itself included."""
    if isinstance(value, dict):
        yield at, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _nodes(item, f"{at}/{key}")


# --- live markup ------------------------------------------------------------------------------------------------------

# <!channel> <@U1> <#C1> <https://…|words> <mailto:…>. Slack reads it in mrkdwn, markdown and `text`; we refuse it in
# plain_text and cells too, since the same words go into `text` and into logs.
LIVE = re.compile(r"<(?:[!@#]|[A-Za-z][A-Za-z0-9+.-]*:)[^<>\n]*>")
SPAN_MARKUP = {
    "user": ("user_id", "<@{}>"),
    "usergroup": ("usergroup_id", "<!subteam^{}>"),
    "channel": ("channel_id", "<#{}>"),
    "broadcast": ("range", "<!{}>"),
    "link": ("url", "<{}>"),
}


def _live(payload: dict[str, Any], allowed: frozenset[str]) -> Found:
    """Mentions and links that would act, except those allowed. What a button carries (`value`) is not shown."""
    shown = {key: payload.get(key) for key in ("text", "blocks", "title", "submit", "close")}
    for at, node in _nodes(shown, ""):
        for key, markup in _markups(node):
            if markup not in allowed:
                yield Problem(pointer=f"{at}/{key}", code="live_markup", message=f"live markup: {markup}", field=key)


def _markups(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(field, markup) for all that is live in one object's own fields; a rich_text span is live as a whole."""
    field, form = SPAN_MARKUP.get(str(node.get("type")), ("", ""))
    if field in node:
        yield field, form.format(node[field])
    for key, value in node.items():
        if isinstance(value, str) and key not in NOT_WORDS and key != "value":
            yield from ((key, markup) for markup in LIVE.findall(value))
