"""A data set of the whole country, for the benchmark: 1,741 municipalities × 8 items × 20 surveys as files of facts.

Every status is invented (drawn from a seeded generator), the municipalities are not. One file a prefecture, in the
format of docs/facts.md, to be read beside the shipped files:

    python -m tests.national FOLDER
    RENKEI_FACTS=FOLDER RENKEI_KNOWLEDGE=national.db python -m bot ask --home 北海道 "(オ)がまだの市町村は？"

A territory that the shipped facts define keeps its members (Tokyo is without the islands there; they get a file of
their own), and its invented surveys all lie before its first real one: what the shipped facts answer, they still answer.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from knowledge.dates import short_label
from knowledge.load import Facts, load
from knowledge.model import Municipality, Territory
from knowledge.names import PREFECTURES

SURVEYS = 20
SEED = 2024
FIRST, LAST = date(2013, 1, 1), date(2024, 12, 1)
THE_REST = "（その他）"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """What one file covers: a territory of the facts' own, or a new one. `until` is the month its surveys end before."""

    id: str
    name: str
    en: str
    kind: str
    prefecture: str
    members: tuple[Municipality, ...]
    left_out: tuple[str, ...]
    until: date


def generate(folder: Path, *, surveys: int = SURVEYS, seed: int = SEED) -> tuple[Path, ...]:
    """Write the files into `folder`, which is made; the same seed gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = load()
    letters = tuple(item.letter for item in facts.items)
    written = []
    for area in areas(facts):
        path = folder / f"national_{area.id}.toml"
        path.write_text("\n".join(document(area, letters, surveys, Random(f"{seed} {area.id}"))), encoding="utf-8")
        written.append(path)
    return tuple(written)


# --- whom the files cover ---------------------------------------------------------------------------------------------


def areas(facts: Facts) -> Iterator[Area]:
    """One area a prefecture, and one more for those whom a territory of the shipped facts leaves out."""
    shipped = {territory.name: territory for territory in facts.territories if territory.kind == "prefecture"}
    for prefecture, en in prefectures():
        everyone = tuple(m for m in facts.municipalities if m.prefecture == prefecture)
        known = shipped.get(prefecture)
        inside = tuple(m for m in everyone if known is None or m.code in known.members)
        rest = tuple(m for m in everyone if m not in inside)
        own = known or Territory(id=en.lower(), name=prefecture, en=english(prefecture, en), kind="prefecture", members=())
        yield area_of(own, prefecture, inside, rest, first_survey(facts, own.id))
        if rest:
            other = Territory(id=f"{own.id}-rest", name=f"{prefecture}{THE_REST}", en=f"{own.en} (the rest)", kind="union", members=())
            yield area_of(other, prefecture, rest, inside, LAST)


def area_of(territory: Territory, prefecture: str, members: tuple[Municipality, ...], others: tuple[Municipality, ...], until: date) -> Area:
    return Area(
        id=territory.id,
        name=territory.name,
        en=territory.en,
        kind=territory.kind,
        prefecture=prefecture,
        members=members,
        left_out=tuple(m.name for m in others),
        until=until,
    )


def prefectures() -> tuple[tuple[str, str], ...]:
    with PREFECTURES.open(encoding="utf-8", newline="") as file:
        return tuple((row["name"], row["en"]) for row in csv.DictReader(file))


def english(prefecture: str, en: str) -> str:
    return en if prefecture == "北海道" else f"{en} Prefecture"


def first_survey(facts: Facts, territory: str) -> date:
    """The month of a territory's first real survey, or the end of the time that surveys are invented for."""
    found = sorted(survey.as_of for survey in facts.surveys if survey.territory == territory)
    return date.fromisoformat(f"{found[0][:7]}-01") if found else LAST


# --- what they say ----------------------------------------------------------------------------------------------------


def document(area: Area, letters: tuple[str, ...], surveys: int, chance: Random) -> Iterator[str]:
    """The lines of one file."""
    yield f"# Invented for the benchmark by tests/national.py: {area.name}"
    yield "[source]"
    yield f'id = "national-{area.id}"'
    yield f'document = {{ ja = "実施状況調査（架空）{area.name}", en = "Status survey (invented), {area.en}" }}'
    yield 'publisher = { ja = "架空の調査", en = "An invented survey" }'
    yield 'date = ""'
    yield "[[territory]]"
    yield from (f'{key} = "{value}"' for key, value in (("id", area.id), ("name", area.name), ("en", area.en), ("kind", area.kind)))
    yield f'prefecture = "{area.prefecture}"'
    yield f"except = {listed(area.left_out)}"
    threshold = {(m.code, letter): chance.random() for m in area.members for letter in letters}
    for month in months(area.until, surveys, chance):
        yield from survey(area, letters, month, threshold, chance)


def months(until: date, surveys: int, chance: Random) -> Iterator[date]:
    """That many months before `until`, in order."""
    span = 12 * (until.year - FIRST.year) + until.month - FIRST.month
    for number in sorted(chance.sample(range(span), surveys)):
        yield date(FIRST.year + number // 12, number % 12 + 1, 1)


def survey(area: Area, letters: tuple[str, ...], month: date, threshold: dict[tuple[str, str], float], chance: Random) -> Iterator[str]:
    """One survey. Each municipality has its own time to begin with an item; now and then one falls back."""
    progress = 0.05 + 0.85 * (month - FIRST).days / (LAST - FIRST).days
    done: dict[str, list[str]] = {letter: [] for letter in letters}
    planned: dict[str, list[str]] = {letter: [] for letter in letters}
    for municipality in area.members:
        for letter in letters:
            wanting = threshold[municipality.code, letter] + (0.2 if chance.random() < 0.03 else 0.0)
            if wanting < progress:
                done[letter].append(municipality.name)
            elif wanting < progress + 0.12:
                planned[letter].append(municipality.name)
    yield "[[survey]]"
    yield f'id = "national-{area.id}-{month:%Y-%m}"'
    yield f'territory = "{area.id}"'
    yield 'place = "表1"'
    yield f'as_of = "{month:%Y-%m}"'
    yield 'kind = "actual"'
    yield f'label = "{short_label(month, "month")}"'
    yield f"n = {len(area.members)}"
    yield f'plan_by = "{month.year + (month.month > 3)}-03-31"'
    for state, by_item in (("done", done), ("planned", planned)):
        yield f"[survey.{state}]"
        yield from (f'"{letter}" = {listed(names)}' for letter, names in by_item.items())


def listed(names: Iterable[str]) -> str:
    """Names as a TOML list; official names hold nothing that would need an escape."""
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def main() -> None:
    given = argparse.ArgumentParser(prog="python -m tests.national", description=__doc__.split("\n")[0])
    given.add_argument("folder", type=Path, help="where the files go; made if it is not there")
    given.add_argument("--surveys", type=int, default=SURVEYS, help=f"surveys a prefecture (default: {SURVEYS}, at most 31)")
    given.add_argument("--seed", type=int, default=SEED)
    chosen = given.parse_args()
    files = generate(chosen.folder, surveys=chosen.surveys, seed=chosen.seed)
    print(f"{chosen.folder}: {len(files)} files, {sum(file.stat().st_size for file in files) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
