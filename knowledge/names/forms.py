"""From municipalities to the forms by which they are known: made when the facts are built, split again when loaded."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain

from knowledge.names.values import KINDS, Name, NameForm, Place
from knowledge.names.words import KANA_SUFFIXES, LATIN_SUFFIXES, REFERENCE
from knowledge.pattern import Pattern
from knowledge.reading import hepburn, kana_key, kanji_key, mask_kanji, romaji_key

PREFECTURES = REFERENCE / "prefectures.csv"

_ALL_KANJI = Pattern("[漢〇]+")
_ALL_KANA = Pattern("[ぁ-ゖァ-ヺー]+")
# Kanji that are read の or with one: 野田, 能代.
_SAYS_NO = frozenset("野乃能濃納埜")


def name_forms(municipalities: Iterable[Place]) -> tuple[NameForm, ...]:
    """Every form by which the municipalities, and the prefectures of reference/prefectures.csv, are known."""
    return tuple(dict.fromkeys(chain(chain.from_iterable(map(_forms_of, municipalities)), _forms_of_prefectures())))


def _forms_of_prefectures() -> Iterator[NameForm]:
    with PREFECTURES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for script, name in (("kanji", row["name"]), ("kana", row["kana"]), ("latin", row["kana"])):
                yield _form(name, script, row["code"], "prefecture")


def _forms_of(place: Place) -> Iterator[NameForm]:
    yield _form(place.name, "kanji", place.code, "full")
    if kanji_key(place.name) != place.name:
        yield NameForm(key=place.name, script="kanji", code=place.code, form="spelt")
    for name in _with_or_without_no(kanji_key(place.name[:-1]), place.kana):
        yield _form(name + place.kind, "kanji", place.code, "no")
    for script in ("kana", "latin"):
        yield _form(place.kana, script, place.code, "reading")
    for other in place.former:
        for script in _scripts_of(other):
            yield _form(other, script, place.code, "former")


def _scripts_of(name: str) -> tuple[str, ...]:
    """The scripts in which an old name is known: one in kana in Latin letters too."""
    if _ALL_KANA.fullmatch(name):
        return "kana", "latin"
    return ("latin",) if name.isascii() else ("kanji",)


def _form(name: str, script: str, code: str, form: str) -> NameForm:
    return NameForm(key=_KEYS[script](name), script=script, code=code, form=form)


def _key_of_kana_in_latin(name: str) -> str:
    return romaji_key(hepburn(name))


_KEYS: Mapping[str, Callable[[str], str]] = {"kanji": kanji_key, "kana": kana_key, "latin": _key_of_kana_in_latin}


def _with_or_without_no(bare: str, kana: str) -> Iterator[str]:
    """People write the の they hear (上の関, 下ノ関), or leave out the one that is written (上国町)."""
    if "の" in bare.strip("の"):
        yield bare.replace("の", "")
    elif "の" in kana[1:] and _SAYS_NO.isdisjoint(bare) and _ALL_KANJI.fullmatch(mask_kanji(bare)):
        yield from (bare[:gap] + "の" + bare[gap:] for gap in range(1, len(bare)))


# --- and back ---------------------------------------------------------------------------------------------------------

_ENDINGS = {
    script: {kind: tuple(suffix for suffix, said in suffixes if said == kind) for kind in KINDS}
    for script, suffixes in (("kana", KANA_SUFFIXES), ("latin", LATIN_SUFFIXES))
}
_PREFECTURE_ENDINGS = {"kanji": tuple("県府都"), "kana": ("けん", "ふ", "と"), "latin": ("ken", "hu", "to")}
_HOKKAIDO = "01"


def name_of(form: NameForm, kind: str) -> Name:
    """The name in a form of a municipality of a kind: a current one has that kind, an old one what it ends in."""
    if form.script == "kanji":
        return Name(form.code, form.key[-1], form.key[:-1], form.form)
    for said in KINDS if form.form == "former" else kind:
        for suffix in _ENDINGS[form.script][said]:
            if form.key.endswith(suffix):
                return Name(form.code, said, form.key.removesuffix(suffix), form.form)
    return Name(form.code, kind, form.key, form.form)


def short(prefecture: NameForm) -> str:
    """A prefecture without 県, 府, 都 in the form's script; 北海道 stays whole."""
    if prefecture.code == _HOKKAIDO:
        return prefecture.key
    endings = _PREFECTURE_ENDINGS[prefecture.script]
    return next((prefecture.key.removesuffix(end) for end in endings if prefecture.key.endswith(end)), prefecture.key)
