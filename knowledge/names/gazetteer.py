"""All names of Japan, ready to be looked up by script: made of forms once, kept as JSON, read back at every start.

A name is kept as the letters that it is made of (see `_packed`) and becomes a `Name` when it is found: a start reads
thousands of names, a question finds a few.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypedDict

from knowledge.names.forms import name_of, short
from knowledge.names.values import Name, NameForm, Script
from knowledge.pattern import Pattern

_BEGINNING = 4  # letters that tell early that no name goes on like this
_KANA_ONLY = Pattern("[ぁ-ゖァ-ヺー]+")


class Told(TypedDict):
    """What a gazetteer is made of: nothing but strings by strings."""

    names: dict[str, dict[str, str]]
    """By script and bare key."""
    spelt: dict[str, str]
    """code -> the name as it is officially written."""
    prefectures: dict[str, str]
    """In every script, whole (山口県, やまぐちけん, yamagutiken) -> code."""
    prefecture_words: dict[str, str]
    """The same without 県, 府 or 都."""
    written_prefectures: dict[str, str]
    """Both, in kanji."""


def told_of(forms: Iterable[NameForm]) -> Told:
    """The forms of all municipalities and prefectures, as a gazetteer keeps them."""
    forms = tuple(forms)
    prefectures = [form for form in forms if form.form == "prefecture"]
    written = [form for form in prefectures if form.script == "kanji"]
    spelt = {form.code: form.key for wanted in ("full", "spelt") for form in forms if form.form == wanted}
    names: dict[str, dict[str, str]] = {"kanji": {}, "kana": {}, "latin": {}}
    for form in forms:
        if form.form not in ("prefecture", "spelt"):
            name = name_of(form, spelt[form.code][-1])
            # A name that is written in kana anyway is found, and judged, as kana.
            if form.script != "kanji" or not _KANA_ONLY.fullmatch(name.bare):
                table = names[form.script]
                table[name.bare] = f"{table.get(name.bare, '')} {_packed(name)}".strip()
    return Told(
        names=names,
        spelt=spelt,
        prefectures={form.key: form.code for form in prefectures},
        prefecture_words={short(form): form.code for form in prefectures},
        written_prefectures={word: form.code for form in written for word in (short(form), form.key)},
    )


def _packed(name: Name) -> str:
    """35202市full: the code's five digits, the kind, the form."""
    return f"{name.code}{name.kind}{name.form}"


def _unpacked(packed: str, bare: str) -> Name:
    return Name(packed[:5], packed[5], bare, packed[6:])


# --- one script -------------------------------------------------------------------------------------------------------


class Keys:
    """What to look for and what it stands for, and what tells quickly that nothing begins somewhere."""

    def __init__(self, told: Mapping[str, str]) -> None:
        self.told = told
        self._firsts = frozenset(key[0] for key in told)
        self._starts = frozenset(key[:2] for key in told)
        self._longest = max(map(len, told), default=0)

    def places(self, text: str) -> list[int]:
        """Where in a text a key may begin, going by its first letter."""
        if self._firsts.isdisjoint(text):
            return []
        return [at for at, letter in enumerate(text) if letter in self._firsts]

    def ends(self, text: str, start: int = 0) -> Iterator[int]:
        """Where the keys that stand at `start` of a text end, longest first."""
        longest = min(self._longest, len(text) - start) if text[start : start + 2] in self._starts else 1
        for end in range(start + longest, start, -1):
            if text[start:end] in self.told:
                yield end

    def may_begin(self, letters: str) -> bool:
        """Whether a key begins with these two letters, or with this one."""
        return letters in self._starts or letters in self._firsts

    def may_go_on(self, letters: str) -> bool:
        """Whether a key begins with these letters, as far as their first four tell."""
        beginning = letters[:_BEGINNING]
        at = bisect_left(self._sorted, beginning)
        return at < len(self._sorted) and self._sorted[at].startswith(beginning)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return tuple(self.told)

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.told)


class Names(Keys):
    """The names of one script by their bare key."""

    def called(self, bare: str) -> tuple[Name, ...]:
        """Everybody who is called so; () if nobody is."""
        packed = self.told.get(bare)
        return tuple(_unpacked(each, bare) for each in packed.split()) if packed else ()

    def keys_of(self, codes: Collection[str]) -> tuple[str, ...]:
        """The keys by which the municipalities with these codes are known."""
        return tuple(key for key, packed in self.told.items() if any(each[:5] in codes for each in packed.split()))

    def of_form(self, form: str) -> Iterator[tuple[str, str]]:
        """The key and the packed name of all names of one form."""
        for key, packed in self.told.items():
            for each in packed.split():
                if each.endswith(form):
                    yield key, each


# --- all --------------------------------------------------------------------------------------------------------------


class Gazetteer:
    """The names of municipalities and prefectures. Never changes, but for what is made of them at first use."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.spelt: Mapping[str, str] = told["spelt"]
        self.prefectures: Mapping[str, str] = told["prefectures"]
        self.prefecture_words: Mapping[str, str] = told["prefecture_words"]
        self.written_prefectures = Keys(told["written_prefectures"])
        self._keys: dict[tuple[Script, frozenset[str]], tuple[str, ...]] = {}

    @cached_property
    def kanji(self) -> Names:
        return Names(self.told["names"]["kanji"])

    @cached_property
    def kana(self) -> Names:
        return Names(self.told["names"]["kana"])

    @cached_property
    def latin(self) -> Names:
        return Names(self.told["names"]["latin"])

    def of(self, script: Script) -> Names:
        """The names of one script."""
        names: Names = getattr(self, script)
        return names

    def keys_of(self, script: Script, local: Collection[str]) -> tuple[str, ...]:
        """The keys of the municipalities with these codes; found once for each set of codes."""
        codes = frozenset(local)
        if (script, codes) not in self._keys:
            self._keys[script, codes] = self.of(script).keys_of(codes)
        return self._keys[script, codes]

    @cached_property
    def readings(self) -> Mapping[str, str]:
        """code -> the official reading, folded, without its suffix."""
        return {packed[:5]: bare for bare, packed in self.kana.of_form("reading")}

    # --- halves of official names, for those that are written half in kana (山陽おのだ)

    @cached_property
    def fronts(self) -> Mapping[str, list[Name]]:
        """The names that begin with these kanji and go on."""
        return _grouped((name.bare[:cut], name) for name in self._official for cut in range(1, len(name.bare)))

    @cached_property
    def backs(self) -> Mapping[str, list[Name]]:
        """The names that end in these kanji and do not begin with them."""
        return _grouped((name.bare[cut:], name) for name in self._official for cut in range(1, len(name.bare)))

    @cached_property
    def front_ends(self) -> frozenset[str]:
        """The kanji that the first part of a name may end in."""
        return frozenset("".join(name.bare[:-1] for name in self._official))

    @cached_property
    def back_starts(self) -> frozenset[str]:
        """The kanji that the second part of a name may begin with."""
        return frozenset("".join(name.bare[1:] for name in self._official))

    @cached_property
    def _official(self) -> tuple[Name, ...]:
        return tuple(_unpacked(packed, bare) for bare, packed in self.kanji.of_form("full"))


def _grouped(names: Iterable[tuple[str, Name]]) -> dict[str, list[Name]]:
    found: dict[str, list[Name]] = {}
    for key, name in names:
        found.setdefault(key, []).append(name)
    return found
