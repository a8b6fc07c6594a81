"""The question tables: every wording gets a well-formed reply, and the one that its case asks for. The tables are the specification."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from knowledge.intents import discover
from tests.perturb import MUNICIPALITIES, PERTURBATIONS
from tests.score import RIGHT, Door, Question, judge, questions

ALL = questions()
KEYS = set("question lang intent reading status reason territory as_of municipalities value denominator rows choices sources text blocks".split())
REASONS = {"not_in_data", "out_of_scope", "empty"}
WITHOUT_FACTS = {"help"}


def parameters() -> list[Any]:
    """One parameter a wording; a wording that is in the tables twice keeps both, told apart."""
    seen: Counter[str] = Counter()
    made = []
    for question in ALL:
        seen[question.name] += 1
        name = question.name if seen[question.name] == 1 else f"{question.name} ({seen[question.name]})"
        marks = [pytest.mark.xfail(reason="known: not yet understood", strict=True)] if question.fails_today else []
        made.append(pytest.param(question, id=name, marks=marks))
    return made


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Door:
    """The bot over the shipped facts, built for these tests alone."""
    return Door(tmp_path_factory.mktemp("knowledge") / "knowledge.db")


@pytest.fixture(scope="module")
def official() -> list[str]:
    with MUNICIPALITIES.open(encoding="utf-8") as file:
        return [row["name"] for row in sorted(csv.DictReader(file), key=lambda row: row["code"])]


@pytest.mark.parametrize("question", parameters())
def test_question(question: Question, door: Door, official: list[str]) -> None:
    reply = door.answer(question)
    assert reply["status"] != "broken", reply["text"]
    assert not list(malformed(question, reply, official)), reply["text"]
    verdict = judge(question, reply)
    assert verdict.kind == RIGHT, f"{verdict.kind}: {verdict.why}\n{reply['text']}"


def malformed(question: Question, reply: Mapping[str, Any], official: list[str]) -> list[str]:
    """What a reply must be whatever was asked, by the rules' §6 to §8."""
    status, names = reply["status"], reply["municipalities"]
    checks = {
        "its keys are those of the rules": set(reply) == KEYS,
        "its text is not empty": bool(reply["text"].strip()),
        "its language is the question's": not question.lang or reply["lang"] == question.lang,
        "its blocks are 1 to 50": 1 <= len(reply["blocks"]) <= 50,
        "a reason goes with unknown, and only with it": (reply["reason"] in REASONS) == (status == "unknown"),
        "a question back offers 1 to 4 choices": status != "clarify" or 1 <= len(reply["choices"]) <= 4,
        "an answer has its kind and source": status != "answered" or reply["intent"] in WITHOUT_FACTS or bool(reply["intent"] and reply["sources"]),
        "an answer says its date in western years": status != "answered" or not reply["as_of"] or reply["as_of"][:4] in reply["text"],
        "an answer says its denominator": status != "answered" or not reply["denominator"] or str(reply["denominator"]) in reply["text"],
        "municipalities are official and in code order": names == [name for name in official if name in names],
        "a municipality of the answer is in the text": all(name in reply["text"] for name in names),
    }
    return [what for what, holds in checks.items() if not holds]


# --- the tables themselves --------------------------------------------------------------------------------------------


def test_every_kind_of_question_has_a_table() -> None:
    assert set(discover()) <= {question.kind for question in ALL}


def test_both_languages_are_asked_alike() -> None:
    count = Counter(question.lang for question in ALL)
    assert min(count["ja"], count["en"]) > 0.8 * max(count["ja"], count["en"])


def test_a_wording_does_not_want_two_things() -> None:
    wanted: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for question in ALL:
        if "not" not in question.must and "clock" not in question.must:
            held = {key: question.must[key] for key in ("municipalities", "value", "denominator", "status", "reason") if key in question.must}
            before = wanted.setdefault(question.turns, held)
            assert all(before[key] == held[key] for key in before.keys() & held.keys()), question.name


@pytest.mark.parametrize("name", PERTURBATIONS)
def test_perturbations_are_pure_and_never_the_question_itself(name: str) -> None:
    how = PERTURBATIONS[name]
    texts = {question.turns[-1] for question in ALL}
    changed = {text: how(text) for text in texts}
    assert all(changed[text] == how(text) and text not in changed[text] and len(set(changed[text])) == len(changed[text]) for text in texts)
    assert sum(map(bool, changed.values())) >= 20, "it applies to hardly any question"


def test_tables_are_where_they_are_looked_for() -> None:
    assert Path(__file__).parent.joinpath("questions", "which.toml").exists()
