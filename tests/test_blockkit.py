"""The checker of Block Kit: every limit by a payload that just keeps it and one that just breaks it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.blockkit import BLOCKS, LIVE, Problem, characters, check

# --- small builders ---------------------------------------------------------------------------------------------------


def words(n: int, kind: str = "plain_text") -> dict[str, Any]:
    return {"type": kind, "text": "あ" * n}


def button(n: int = 0, **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": words(1), "action_id": f"a{n}"} | more


def cell(n: int = 1) -> dict[str, Any]:
    return {"type": "raw_text", "text": "あ" * n}


def grid(rows: int, columns: int) -> list[list[dict[str, Any]]]:
    return [[cell() for _ in range(columns)] for _ in range(rows)]


def options(n: int) -> list[dict[str, Any]]:
    return [{"text": words(1), "value": str(i)} for i in range(n)]


def message(*blocks: dict[str, Any], text: str = "回答", **more: Any) -> dict[str, Any]:
    return {"text": text, "blocks": list(blocks), **more}


def home(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "home", "blocks": list(blocks), **more}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": words(1), "submit": words(1), "blocks": list(blocks), **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return message({"type": "actions", "elements": list(elements)})


def asked(element: dict[str, Any]) -> dict[str, Any]:
    return modal({"type": "input", "label": words(1), "element": element})


def section(**fields: Any) -> dict[str, Any]:
    return message({"type": "section", **fields})


def rich(*spans: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(spans)}]}


def table(rows: list[list[dict[str, Any]]], **more: Any) -> dict[str, Any]:
    return message({"type": "table", "rows": rows, **more})


def data_table(rows: list[list[dict[str, Any]]], **more: Any) -> dict[str, Any]:
    return home({"type": "data_table", "caption": "表", "rows": rows, **more})


def chart(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": "data_visualization", "title": "図", "chart": {"type": kind, **more}}


def series(n: int, points: int = 1, name: int = 1, label: int = 1) -> list[dict[str, Any]]:
    data = [{"label": "あ" * label, "value": -1.5} for _ in range(points)]
    return [{"name": chr(ord("あ") + i) * name, "data": data} for i in range(n)]


def bar(n: int = 1, points: int = 1, name: int = 1, label: int = 1, **axes: Any) -> dict[str, Any]:
    categories = ["あ" * label] * points
    return message(chart("bar", series=series(n, points, name, label), axis_config={"categories": categories, **axes}))


def pie(n: int = 1, label: int = 1, value: float = 1) -> dict[str, Any]:
    return message(chart("pie", segments=[{"label": "あ" * label, "value": value} for _ in range(n)]))


def judged(side: dict[str, Any]) -> dict[str, Any]:
    both = {"positive_button": side, "negative_button": {"text": words(1), "value": "x"}}
    return message({"type": "context_actions", "elements": [{"type": "feedback_buttons", "action_id": "f", **both}]})


def confirmed(**parts: int) -> dict[str, Any]:
    lengths = {"title": 1, "text": 1, "confirm": 1, "deny": 1} | parts
    return actions(button(confirm={name: words(n) for name, n in lengths.items()}))


def select(**more: Any) -> dict[str, Any]:
    return {"type": "static_select", "action_id": "s"} | more


def surface_of(payload: dict[str, Any]) -> str:
    return payload.get("type", "message")


def codes(payload: dict[str, Any], **more: Any) -> list[str]:
    return [problem.code for problem in check(payload, surface_of(payload), **more)]


# --- limits -----------------------------------------------------------------------------------------------------------

DIVIDER = {"type": "divider"}
MOST = {  # name: (the most that is allowed, payload of a size)
    "blocks of a message": (50, lambda n: message(*[DIVIDER] * n)),
    "blocks of a Home tab": (100, lambda n: home(*[DIVIDER] * n)),
    "blocks of a modal": (100, lambda n: modal(*[DIVIDER] * n)),
    "text": (40_000, lambda n: message(text="あ" * n)),
    "all words of a message": (
        10_000,
        lambda n: message(*[{"type": "markdown", "text": "あ" * (n // 4)}] * 3, {"type": "markdown", "text": "あ" * (n - n // 4 * 3)}),
    ),
    "block_id": (255, lambda n: message({"type": "divider", "block_id": "b" * n})),
    "action_id": (255, lambda n: actions(button(action_id="a" * n))),
    "section text": (3_000, lambda n: section(text=words(n, "mrkdwn"))),
    "section fields": (10, lambda n: section(fields=[words(1)] * n)),
    "section field": (2_000, lambda n: section(fields=[words(n)])),
    "header": (150, lambda n: message({"type": "header", "text": words(n)})),
    "header level": (4, lambda n: message({"type": "header", "text": words(1), "level": n})),
    "context elements": (10, lambda n: message({"type": "context", "elements": [words(1)] * n})),
    "context text": (3_000, lambda n: message({"type": "context", "elements": [words(n)]})),
    "actions elements": (25, lambda n: actions(*[button(i) for i in range(n)])),
    "button text": (75, lambda n: actions(button(text=words(n)))),
    "button value": (2_000, lambda n: actions(button(value="v" * n))),
    "button url": (3_000, lambda n: actions(button(url="u" * n))),
    "button accessibility_label": (75, lambda n: actions(button(accessibility_label="l" * n))),
    "confirm title": (100, lambda n: confirmed(title=n)),
    "confirm text": (300, lambda n: confirmed(text=n)),
    "confirm confirm": (30, lambda n: confirmed(confirm=n)),
    "confirm deny": (30, lambda n: confirmed(deny=n)),
    "context_actions elements": (
        5,
        lambda n: message(
            {
                "type": "context_actions",
                "elements": [{"type": "icon_button", "icon": "trash", "text": words(1), "action_id": str(i)} for i in range(n)],
            }
        ),
    ),
    "feedback text": (75, lambda n: judged({"text": words(n), "value": "v"})),
    "feedback value": (2_000, lambda n: judged({"text": words(1), "value": "v" * n})),
    "feedback label": (75, lambda n: judged({"text": words(1), "value": "v", "accessibility_label": "l" * n})),
    "table rows": (100, lambda n: table(grid(n, 2))),
    "table columns": (20, lambda n: table(grid(2, n))),
    "table characters": (10_000, lambda n: table([[cell(n - 3), cell()], [cell(), cell()]])),
    "table column_settings": (2, lambda n: table(grid(2, 2), column_settings=[{"align": "left"}] * n)),
    "tables of a message": (1, lambda n: message(*[{"type": "table", "rows": grid(1, 1)}] * n)),
    "data_table rows": (201, lambda n: data_table(grid(n, 2))),
    "data_table columns": (20, lambda n: data_table(grid(2, n))),
    "data_table characters": (20_000, lambda n: data_table([[cell(5_000)] * 3 + [cell(n - 15_004)], [cell()] * 4])),
    "data_table page_size": (100, lambda n: data_table(grid(2, 2), page_size=n)),
    "charts": (2, lambda n: message(*pie()["blocks"] * n)),
    "chart title": (50, lambda n: message(pie()["blocks"][0] | {"title": "あ" * n})),
    "pie segments": (12, lambda n: pie(n)),
    "pie label": (20, lambda n: pie(label=n)),
    "bar series": (12, lambda n: bar(n)),
    "bar points": (20, lambda n: bar(points=n)),
    "bar series name": (20, lambda n: bar(name=n)),
    "bar point label": (20, lambda n: bar(label=n)),
    "bar categories": (20, lambda n: bar(points=n)),
    "bar category": (20, lambda n: bar(label=n)),
    "bar axis title": (50, lambda n: bar(x_label="あ" * n)),
    "markdown": (12_000, lambda n: {"text": "t", "blocks": [{"type": "markdown", "text": "あ" * n}]}),
    "image alt_text": (2_000, lambda n: message({"type": "image", "image_url": "u", "alt_text": "あ" * n})),
    "image url": (3_000, lambda n: message({"type": "image", "image_url": "u" * n, "alt_text": "a"})),
    "image title": (2_000, lambda n: message({"type": "image", "image_url": "u", "alt_text": "a", "title": words(n)})),
    "input label": (
        2_000,
        lambda n: modal({"type": "input", "label": words(n), "element": {"type": "plain_text_input"}}),
    ),
    "input hint": (
        2_000,
        lambda n: modal({"type": "input", "label": words(1), "hint": words(n), "element": {"type": "datepicker"}}),
    ),
    "placeholder": (150, lambda n: asked({"type": "plain_text_input", "placeholder": words(n)})),
    "max_length of an input": (3_000, lambda n: asked({"type": "plain_text_input", "max_length": n})),
    "options of a select": (100, lambda n: asked(select(options=options(n)))),
    "option groups": (100, lambda n: asked(select(option_groups=[{"label": words(1), "options": options(1)}] * n))),
    "options of a group": (100, lambda n: asked(select(option_groups=[{"label": words(1), "options": options(n)}]))),
    "group label": (75, lambda n: asked(select(option_groups=[{"label": words(n), "options": options(1)}]))),
    "option text": (75, lambda n: asked(select(options=[{"text": words(n), "value": "v"}]))),
    "option value": (150, lambda n: asked(select(options=[{"text": words(1), "value": "v" * n}]))),
    "option description": (
        75,
        lambda n: asked(select(options=[{"text": words(1), "value": "v", "description": words(n)}])),
    ),
    "overflow": (5, lambda n: actions({"type": "overflow", "action_id": "o", "options": options(n)})),
    "checkboxes": (10, lambda n: asked({"type": "checkboxes", "options": options(n)})),
    "radio buttons": (10, lambda n: asked({"type": "radio_buttons", "options": options(n)})),
    "files": (10, lambda n: asked({"type": "file_input", "max_files": n})),
    "alert": (200, lambda n: modal({"type": "alert", "text": words(n)})),
    "modal title": (24, lambda n: modal(DIVIDER, title=words(n))),
    "modal submit": (24, lambda n: modal(DIVIDER, submit=words(n))),
    "modal close": (24, lambda n: modal(DIVIDER, close=words(n))),
    "private_metadata": (3_000, lambda n: home(DIVIDER, private_metadata="m" * n)),
    "callback_id": (255, lambda n: home(DIVIDER, callback_id="c" * n)),
    "external_id": (255, lambda n: home(DIVIDER, external_id="e" * n)),
}
BEYOND_THE_TOTAL = {"markdown"}  # 12,000 is more than the 10,000 a message may hold, which is then told as well


@pytest.mark.parametrize("name", list(MOST))
def test_a_limit_is_kept_just_under_and_broken_just_over(name: str) -> None:
    """At the limit nothing is said; one more, and the problem names place, rule and number."""
    most, build = MOST[name]
    under, over = (check(payload, surface_of(payload)) for payload in (build(most), build(most + 1)))
    told = [problem for problem in over if problem.constraint and most in _flat(problem.constraint["expected"])]
    assert [p for p in under if not (name in BEYOND_THE_TOTAL and p.pointer == "/blocks")] == []
    assert told and all(problem.code == "failed_constraint" for problem in told)
    assert all(_resolve(build(most + 1), problem.pointer) is not None for problem in told)


def _flat(expected: Any) -> list[Any]:
    return expected if isinstance(expected, list) else [expected]


def _resolve(payload: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        payload = payload[int(step)] if isinstance(payload, list) else payload[step]
    return payload


LEAST = {  # name: payload that has one too few
    "text": message(text=""),
    "blank text": message(text=" \u200b\n"),
    "section text": section(text=words(0)),
    "blank section text": section(text={"type": "plain_text", "text": "\u3000"}),
    "section fields": section(fields=[]),
    "button text": actions(button(text=words(0))),
    "actions": actions(),
    "context": message({"type": "context", "elements": []}),
    "cell": table([[cell(0)]]),
    "row": table([[]]),
    "table": table([]),
    "data_table rows": data_table(grid(1, 2)),
    "data_table cell": data_table([[cell()], [cell(0)]]),
    "page_size": data_table(grid(2, 2), page_size=0),
    "rich text": message({"type": "rich_text", "elements": []}),
    "rich text section": message(rich()),
    "rich text span": message(rich({"type": "text", "text": ""})),
    "pie value": pie(value=0),
    "pie segments": pie(0),
    "series": bar(0),
    "categories": bar(categories=[]),
    "options": asked(select(options=[])),
    "markdown": message({"type": "markdown", "text": ""}),
    "home": home(),
    "header level": message({"type": "header", "text": words(1), "level": 0}),
}


@pytest.mark.parametrize("name", list(LEAST))
def test_too_little_is_refused(name: str) -> None:
    """What Slack wants at least one of."""
    assert "failed_constraint" in codes(LEAST[name])


def test_a_space_is_enough_for_a_cell() -> None:
    """Slack takes " " in a table, and nothing else shows a blank."""
    assert codes(table([[{"type": "raw_text", "text": " "}]])) == []


def test_text_of_an_update_has_its_own_limit() -> None:
    """chat.update refuses more than 4,000 characters, which chat.postMessage does not."""
    assert codes(message(text="あ" * 4_000), text_limit=4_000) == []
    assert codes(message(text="あ" * 4_001), text_limit=4_000) == ["failed_constraint"]


def test_a_view_has_at_most_250_kilobytes() -> None:
    """Counted in bytes, as Slack does."""
    full = [{"type": "section", "fields": [words(833)] * 10}] * 9
    assert codes(home(*full)) == []
    assert codes(home(*full, *full)) == ["failed_constraint"]


def test_rows_are_as_long_as_the_first() -> None:
    """A ragged table is refused, and the row is named."""
    (problem,) = check(table([[cell(), cell()], [cell()]]))
    assert (problem.pointer, problem.constraint) == (
        "/blocks/0/rows/1",
        {"type": "equal_length", "expected": 2, "got": 1},
    )


# --- kinds, fields, places --------------------------------------------------------------------------------------------

WRONG = {  # name: (payload, code, pointer)
    "no text": ({"blocks": [DIVIDER]}, "missing_field", ""),
    "unknown block": (message({"type": "text", "text": "x"}), "unknown_type", "/blocks/0/type"),
    "block the bot never builds": (message({"type": "card"}), "unknown_type", "/blocks/0/type"),
    "block without type": (message({"text": words(1)}), "missing_field", "/blocks/0"),
    "block that is no object": (message("x"), "invalid_type", "/blocks/0"),  # type: ignore[arg-type]
    "blocks that are no list": ({"text": "x", "blocks": {}}, "invalid_type", "/blocks"),
    "unknown field": (message(DIVIDER | {"colour": 1}), "unknown_field", "/blocks/0/colour"),
    "unknown field of a message": (message(txt="x"), "unknown_field", "/txt"),
    "emoji on mrkdwn": (section(text=words(1, "mrkdwn") | {"emoji": True}), "unknown_field", "/blocks/0/text/emoji"),
    "header in mrkdwn": (
        message({"type": "header", "text": words(1, "mrkdwn")}),
        "unknown_type",
        "/blocks/0/text/type",
    ),
    "button in mrkdwn": (actions(button(text=words(1, "mrkdwn"))), "unknown_type", "/blocks/0/elements/0/text/type"),
    "markdown as text": (section(text=words(1, "markdown")), "unknown_type", "/blocks/0/text/type"),
    "section without words": (section(), "missing_field", "/blocks/0"),
    "button in context": (
        message({"type": "context", "elements": [button()]}),
        "unknown_type",
        "/blocks/0/elements/0/type",
    ),
    "input element in actions": (actions({"type": "plain_text_input"}), "unknown_type", "/blocks/0/elements/0/type"),
    "feedback in actions": (actions({"type": "feedback_buttons"}), "unknown_type", "/blocks/0/elements/0/type"),
    "button as input": (asked(button()), "unknown_type", "/blocks/0/element/type"),
    "options and groups": (
        asked(select(options=options(1), option_groups=[])),
        "conflicting_fields",
        "/blocks/0/element",
    ),
    "image without source": (message({"type": "image", "alt_text": "x"}), "missing_field", "/blocks/0"),
    "align": (
        table(grid(1, 1), column_settings=[{"align": "middle"}]),
        "failed_constraint",
        "/blocks/0/column_settings/0/align",
    ),
    "style": (actions(button(style="green")), "failed_constraint", "/blocks/0/elements/0/style"),
    "number as text": (table([[{"type": "raw_text", "text": 3}]]), "invalid_type", "/blocks/0/rows/0/0/text"),
    "number without words": (table([[{"type": "raw_number", "value": 3}]]), "missing_field", "/blocks/0/rows/0/0"),
    "truth as number": (data_table(grid(2, 2), page_size=True), "invalid_type", "/blocks/0/page_size"),
    "caption": (home({"type": "data_table", "rows": grid(2, 2)}), "missing_field", "/blocks/0"),
    "rich header": (
        data_table([[rich({"type": "text", "text": "x"})], [cell()]]),
        "failed_constraint",
        "/blocks/0/rows/0/0/type",
    ),
    "bars that are not of the categories": (bar(categories=["い"]), "failed_constraint", "/blocks/0/chart/series/0/data"),
    "bars of too few categories": (bar(points=3, categories=["あ"] * 2), "failed_constraint", "/blocks/0/chart/series/0/data"),
    "series of one name": (message(chart("bar", series=series(1) * 2, axis_config={"categories": ["あ"]})), "duplicate", "/blocks/0/chart/series/1/name"),
    "modal without title": ({"type": "modal", "blocks": [DIVIDER]}, "missing_field", ""),
    "modal with title in mrkdwn": (modal(DIVIDER, title=words(1, "mrkdwn")), "unknown_type", "/title/type"),
    "home with title": (home(DIVIDER, title=words(1)), "unknown_field", "/title"),
    "twice the same block_id": (message(*[DIVIDER | {"block_id": "b"}] * 2), "duplicate", "/blocks/1/block_id"),
    "twice the same action_id": (actions(button(), button()), "duplicate", "/blocks/0/elements/1/action_id"),
}


@pytest.mark.parametrize("name", list(WRONG))
def test_what_is_wrong_is_named_with_its_place(name: str) -> None:
    """Each by its code and JSON pointer."""
    payload, code, pointer = WRONG[name]
    assert (code, pointer) in [(p.code, p.pointer) for p in check(payload, surface_of(payload))]  # type: ignore[arg-type]


def test_an_input_needs_a_submit() -> None:
    """Else the modal could not be sent off."""
    payload = asked({"type": "datepicker"})
    del payload["submit"]
    assert codes(payload) == ["missing_field"]


def test_action_ids_may_recur_in_another_block() -> None:
    """Slack wants them unique within one block only."""
    assert codes(message(*[{"type": "actions", "elements": [button()]}] * 2)) == []


SAMPLES: dict[str, dict[str, Any]] = {
    "actions": {"elements": [button()]},
    "alert": {"text": words(1)},
    "context": {"elements": [words(1), {"type": "image", "image_url": "u", "alt_text": "a"}]},
    "context_actions": judged({"text": words(1), "value": "v"})["blocks"][0],
    "data_table": data_table(grid(2, 2))["blocks"][0],
    "data_visualization": bar()["blocks"][0],
    "divider": {},
    "header": {"text": words(1)},
    "image": {"image_url": "u", "alt_text": "a"},
    "input": {"label": words(1), "element": {"type": "plain_text_input"}},
    "markdown": {"text": "x"},
    "rich_text": rich({"type": "text", "text": "x", "style": {"bold": True}}),
    "section": {"text": words(1, "mrkdwn"), "accessory": button()},
    "table": {"rows": [[cell(), {"type": "raw_number", "value": 1.5, "text": "1.5"}, rich({"type": "text", "text": "x"})]]},
}
HOMES = {  # where a block may stand, when not everywhere
    "alert": ["modal"],
    "context_actions": ["message"],
    "data_table": ["message", "home"],
    "data_visualization": ["message"],
    "markdown": ["message"],
    "table": ["message", "home"],
}


def test_every_known_block_has_a_sample() -> None:
    """So that the next test leaves none out."""
    assert set(SAMPLES) == set(BLOCKS)


@pytest.mark.parametrize("kind", list(SAMPLES))
def test_a_block_stands_only_where_slack_takes_it(kind: str) -> None:
    """Nothing is said where it fits, wrong_surface where it does not."""
    block = {"type": kind} | SAMPLES[kind]
    for surface, payload in (("message", message(block)), ("home", home(block)), ("modal", modal(block))):
        fits = surface in HOMES.get(kind, [surface])
        assert codes(payload) == ([] if fits else ["wrong_surface"]), surface


# --- live markup ------------------------------------------------------------------------------------------------------

ALIVE = [
    "<!channel>",
    "<!here|here>",
    "<!everyone>",
    "<!subteam^S1>",
    "<@U1>",
    "<#C1>",
    "<http://a.jp>",
    "<https://a.jp|x>",
    "<mailto:a@b>",
]
PLACES = {
    "text": lambda s: message(text=s),
    "section": lambda s: section(text={"type": "mrkdwn", "text": s}),
    "plain_text": lambda s: section(text={"type": "plain_text", "text": s}),
    "field": lambda s: section(fields=[{"type": "mrkdwn", "text": s}]),
    "context": lambda s: message({"type": "context", "elements": [{"type": "mrkdwn", "text": s}]}),
    "markdown": lambda s: message({"type": "markdown", "text": s}),
    "cell": lambda s: table([[{"type": "raw_text", "text": s}]]),
    "rich text": lambda s: message(rich({"type": "text", "text": s})),
    "button": lambda s: actions(button(text={"type": "plain_text", "text": s})),
    "modal title": lambda s: modal(DIVIDER, title={"type": "plain_text", "text": s}),
}


@pytest.mark.parametrize("place", list(PLACES))
@pytest.mark.parametrize("markup", ALIVE)
def test_live_markup_is_refused_unless_allowed(place: str, markup: str) -> None:
    """Wherever words are shown; what the caller lists may pass."""
    payload = PLACES[place](f"a {markup} b")
    assert codes(payload) == ["live_markup"]
    assert codes(payload, allowed=[markup]) == []
    assert codes(payload, allowed=[markup[:-2]]) == ["live_markup"]


@pytest.mark.parametrize("harmless", ["&lt;!channel&gt;", "a < b > c", "<オ>", "3<@", "@channel", "http://a.jp", "<!\n>"])
def test_what_only_looks_like_markup_passes(harmless: str) -> None:
    """Escaped or incomplete markup does nothing."""
    assert codes(message(text=harmless)) == []
    assert not LIVE.search(harmless)


SPANS = [
    ({"type": "user", "user_id": "U1"}, "<@U1>"),
    ({"type": "usergroup", "usergroup_id": "S1"}, "<!subteam^S1>"),
    ({"type": "channel", "channel_id": "C1"}, "<#C1>"),
    ({"type": "broadcast", "range": "channel"}, "<!channel>"),
    ({"type": "link", "url": "https://a.jp"}, "<https://a.jp>"),
]


@pytest.mark.parametrize(("span", "markup"), SPANS)
def test_live_spans_of_rich_text_are_refused_unless_allowed(span: dict[str, Any], markup: str) -> None:
    """A mention is a mention, however it is spelled."""
    assert codes(message(rich(span))) == ["live_markup"]
    assert codes(message(rich(span)), allowed=[markup]) == []


def test_what_a_button_carries_is_not_shown() -> None:
    """The value is the asker's question, byte for byte."""
    assert codes(actions(button(value="<!channel>"))) == []


# --- the checker itself -----------------------------------------------------------------------------------------------


def test_a_problem_has_the_shape_of_slacks_own() -> None:
    """As in blocks.validate: absent keys are left out."""
    (problem,) = check(message({"text": words(1)}))
    assert problem.as_dict() == {
        "code": "missing_field",
        "message": "missing required field: type",
        "field": "type",
        "pointer": "/blocks/0",
    }
    (problem,) = check(actions(button(text=words(76))))
    assert problem.as_dict() == {
        "pointer": "/blocks/0/elements/0/text/text",
        "code": "failed_constraint",
        "message": "must have at most 75 characters, has 76",
        "field": "text",
        "constraint": {"type": "max_characters", "expected": 75, "got": 76},
    }


def test_characters_counts_words_and_values_but_no_names() -> None:
    """Code points: an emoji is one."""
    assert (
        characters(
            [
                actions(button(value="質問"))["blocks"][0],
                {"type": "header", "text": {"type": "plain_text", "text": "🗾"}},
            ]
        )
        == 1 + 2 + 1
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from([*BLOCKS, "plain_text", "raw_text"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "text",
                    "blocks",
                    "rows",
                    "elements",
                    "element",
                    "chart",
                    "block_id",
                    "action_id",
                    "fields",
                    "user_id",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=30,
)


@given(blocks=JSON, text=JSON, surface=st.sampled_from(["message", "home", "modal"]))
def test_any_nonsense_is_answered_with_problems(blocks: Any, text: Any, surface: Any) -> None:
    """The checker never fails itself."""
    found = check({"type": surface, "text": text, "blocks": blocks}, surface)
    assert all(isinstance(problem, Problem) for problem in found)
    assert found  # a message has no `type`, a view no `text`


@pytest.mark.parametrize("payload", [None, [], "x", 3])
def test_a_payload_that_is_no_object_is_refused(payload: Any) -> None:
    """With one problem, at the top."""
    assert [(p.pointer, p.code) for p in check(payload)] == [("", "invalid_type")]
