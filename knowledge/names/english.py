"""How the name of a municipality is written in English."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache

from knowledge.names.values import Place
from knowledge.names.words import REFERENCE
from knowledge.reading import hepburn

# What 市, 町, 村 and 区 are read as; still unfolded, unlike in the index.
_READ = {"市": ("し",), "町": ("ちょう", "まち"), "村": ("むら", "そん"), "区": ("く",)}


def english_name(place: Place) -> str:
    """The name without its suffix as a map in English has it: Hofu, Suo-Oshima, San'yo-Onoda.

    Hepburn without marks on long vowels. What kana cannot tell, such as a hyphen, is in reference/english_names.csv.
    """
    return _exceptions().get(place.code) or _spelt(place.kana, place.kind)


@cache
def _spelt(kana: str, kind: str) -> str:
    bare = next((kana.removesuffix(end) for end in _READ[kind] if kana.endswith(end)), kana)
    return hepburn(bare).capitalize()


@cache
def _exceptions() -> Mapping[str, str]:
    with (REFERENCE / "english_names.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["english"] for row in csv.DictReader(file)}
