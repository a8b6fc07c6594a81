"""One survey of a file of facts -> who has done what, and counts: its numbers held against each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from knowledge.load.fields import Wrong, filled, inside, nearest
from knowledge.load.reference import Names
from knowledge.model import State, Status, Survey, Tally, Territory

ONLY_IN = {"plan_by": "actual", "planned": "actual", "based_on": "planned"}


class People:
    """The municipalities of a territory by their names, as a file about it calls them."""

    def __init__(self, territory: Territory, prefecture: str, names: Names) -> None:
        self.territory, self.prefecture, self.names = territory, prefecture, names
        self.members = {names.name[code]: code for code in territory.members}

    def code(self, name: str) -> str:
        """Raises Wrong for a name that is none, or none of the territory."""
        code = self.members.get(name) or self.names.code(name, self.prefecture, self.members)
        if code not in self.territory.members:
            raise Wrong(f"{name!r} is not in {self.territory.name}{nearest(name, self.members)}")
        return code


def survey(given: dict[str, Any], source: str, people: People) -> Survey:
    """The survey itself, once its values fit together. Raises Wrong."""
    found: Survey = filled(Survey, given | {"source": source, "named": bool(given["done"])})
    _refuse_wrong_n(given, people)
    for refuse in (_refuse_other_kind, _refuse_half_a_plan, _refuse_wrong_counts, _refuse_wrong_total):
        refuse(given)
    return found


def refuse_wrong_base(planned: Survey, actual: Survey) -> None:
    """What was planned is told of the same municipalities as what was done, and for the day by which it was planned."""
    if actual.kind != "actual":
        raise Wrong(f"{actual.id!r} is not an actual survey", "based_on")
    for key in ("territory", "n"):
        if getattr(planned, key) != getattr(actual, key):
            raise Wrong(f"is {getattr(planned, key)}, but {getattr(actual, key)} in {actual.id}, which this one is based on", key)
    if not actual.plan_by.startswith(planned.as_of):
        raise Wrong(f"is {planned.as_of}, but {actual.id}, which this one is based on, has plan_by = {actual.plan_by!r}", "as_of")


# --- one check each ---------------------------------------------------------------------------------------------------


def _refuse_other_kind(given: dict[str, Any]) -> None:
    for key, kind in ONLY_IN.items():
        if given[key] and given["kind"] != kind:
            raise Wrong(f"belongs to a survey of kind {kind!r}", key)
    if given["kind"] == "planned" and not given["based_on"]:
        raise Wrong("is missing: a planned survey names the actual one that it was said in", "based_on")


def _refuse_wrong_n(given: dict[str, Any], people: People) -> None:
    n, members = given["n"], len(people.members)
    if n > members > 0 or given["done"] and n != members:
        raise Wrong(f"is {n}, but {people.territory.name} has {members} municipalities", "n")


def _refuse_half_a_plan(given: dict[str, Any]) -> None:
    if given["planned"] and not given["done"]:
        raise Wrong("stands without [survey.done]: who has done it already must be named too", "planned")
    if any(given["planned"].values()) and not given["plan_by"]:
        raise Wrong("is missing: planned names need the day by which they are planned", "plan_by")
    if given["plan_by"] and given["plan_by"] < given["as_of"]:
        raise Wrong(f"is {given['plan_by']}, before as_of = {given['as_of']!r}", "plan_by")


def _refuse_wrong_counts(given: dict[str, Any]) -> None:
    for letter, count in given["counts"].items():
        names = len(given["done"].get(letter, ()))
        if given["done"] and count != names:
            raise Wrong(f"is {count}, but {names} names are given", "counts", letter)
        if count > given["n"]:
            raise Wrong(f"is {count}, more than n = {given['n']}", "counts", letter)


def _refuse_wrong_total(given: dict[str, Any]) -> None:
    counts = list(given["counts"].values()) or [len(names) for names in given["done"].values()]
    if given["total"] is not None and counts and given["total"] != sum(counts):
        raise Wrong(f"is {given['total']}, but the counts add up to {sum(counts)}", "total")


# --- what it says -----------------------------------------------------------------------------------------------------


def statuses(given: dict[str, Any], people: People, letters: tuple[str, ...]) -> Iterator[Status]:
    """One status for every item and municipality, if the survey names them. Raises Wrong."""
    said: dict[tuple[str, str], State] = {}
    for state in (State.DONE, State.PLANNED):
        for letter, names in given[state].items():
            for position, name in enumerate(names):
                with inside(str(state), letter, position):
                    _say(said, (people.code(name), letter), state, name)
    if given["done"]:
        for letter in letters:
            for code in people.territory.members:
                yield Status(survey=given["id"], municipality=code, item=letter, state=said.get((code, letter), State.NEITHER))


def _say(said: dict[tuple[str, str], State], of: tuple[str, str], state: State, name: str) -> None:
    if of in said:
        raise Wrong(f"{name!r} stands here twice or in both lists")
    said[of] = state


def tallies(given: dict[str, Any]) -> Iterator[Tally]:
    """Counts without names, of items or of their sub-questions. Raises Wrong."""
    if not given["done"]:
        for letter, count in given["counts"].items():
            yield Tally(survey=given["id"], item=letter, no="", question=None, part=None, done=count, not_done=given["n"] - count)
    for position, values in enumerate(given["tally"]):
        found = Tally(survey=given["id"], **values)
        if found.done + found.not_done != given["n"]:
            raise Wrong(f"is {found.not_done}, but {found.done} + {found.not_done} is not n = {given['n']}", "tally", position, "not_done")
        yield found
