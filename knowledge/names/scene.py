"""One text being read for names, and how a stretch of it stands among its neighbours."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from knowledge.names import words
from knowledge.names.gazetteer import Gazetteer
from knowledge.names.values import Name, Span, Strength
from knowledge.pattern import Pattern
from knowledge.reading import fold_kana, kanji_key, mask_kanji

HAN = frozenset("漢〇")
"""What a kanji is in `Scene.masked`."""
KANJI_RUN = Pattern("[漢〇]+")
KANA_RUN = Pattern("[ぁ-ゖー]+|[ァ-ヺー]+")

_LETTER = Pattern("[漢〇ぁ-ゖァ-ヺー]")
_IN_IT = Pattern("[の 、,]?([漢〇]{2,4})?")
_ITEM_LETTER = Pattern("[ア-ク](?![ァ-ヺー])")


class Scene(NamedTuple):
    """A text in the spellings that names are looked for in; all are of one length."""

    text: str
    folded: str
    """With variant kanji as standard ones."""
    masked: str
    """With every kanji as 漢."""
    sounds: str
    """With kana folded, long vowels kept."""
    original: str
    """With its capitals."""
    local: Collection[str]
    prefectures: tuple[tuple[int, int, str], ...]
    """Start, end, two-digit code."""
    kana_runs: tuple[Span, ...]
    """Hiragana or katakana, two letters or more."""
    gazetteer: Gazetteer

    def is_kanji(self, at: int) -> bool:
        return 0 <= at < len(self.masked) and self.masked[at] in HAN

    def is_ours(self, names: Collection[Name]) -> bool:
        """Whether one of these is in the data."""
        return any(name.code in self.local for name in names)

    def is_whole(self, start: int, end: int) -> bool:
        """Whether this is a prefecture with its 県, 府 or 都."""
        return self.folded[start:end] in self.gazetteer.prefectures

    def is_in_it(self, start: int, end: int) -> bool:
        """Whether nothing but の, a blank or a 郡 stands here, between a prefecture and a name."""
        found = _IN_IT.fullmatch(self.masked, start, end)
        return found is not None and (not found[1] or self.folded[end - 1] == "郡")

    def touches(self, start: int, ends: tuple[str, ...]) -> bool:
        """Whether a kanji that does not end a word of its own stands right before."""
        return self.is_kanji(start - 1) and not self.folded.endswith(ends, 0, start)

    def ends_well(self, end: int) -> bool:
        """Whether a name may end here: before no letter, a particle, or a word that follows names."""
        return not _LETTER.match(self.masked, end) or words.FOLLOWS_A_NAME.at(self.folded, end)


def scene_of(text: str, local: Collection[str], original: str | None, gazetteer: Gazetteer) -> Scene:
    folded = kanji_key(text)
    return Scene(
        text=text,
        folded=folded,
        masked=mask_kanji(folded),
        sounds=fold_kana(text),
        original=text if original is None else original,
        local=local,
        prefectures=tuple(_prefectures(folded, gazetteer)),
        kana_runs=tuple(found.span() for found in KANA_RUN.finditer(text) if found.end() - found.start() > 1),
        gazetteer=gazetteer,
    )


def _prefectures(text: str, gazetteer: Gazetteer) -> Iterator[tuple[int, int, str]]:
    prefectures, free = gazetteer.written_prefectures, 0
    for start in prefectures.places(text):
        end = next(prefectures.ends(text, start), 0) if start >= free else 0
        if end:
            yield start, end, prefectures.told[text[start:end]]
            free = end


# --- names with and without their suffix ------------------------------------------------------------------------------


def fit_full(scene: Scene, start: int, end: int, after_place: bool = False) -> Strength | None:
    """A name with its suffix: doubtful where a kanji touches it wrongly (国上関町, 光市場). None: no name at all."""
    text, one = scene.folded, end - start == 2
    if one and words.PERSON.at(text, end):
        return None  # 東村さん, 森町さん
    stray = not after_place and scene.touches(start, words.ENDS_BEFORE_ONE if one else words.ENDS_BEFORE)
    if stray and one:
        return None  # 観光市; and 上関市 is nearer to 下関市 than to 関市
    if text[end - 1] == "区" and text[:start].endswith("市"):
        return None  # a ward of a designated city: 大阪市北区
    if words.NOT_A_SUFFIX[text[end - 1]].at(text, end) or _is_station(text, end):
        return None if one else "suggest"
    return "suggest" if stray else "strong"


def fit_bare(scene: Scene, start: int, end: int, after_place: bool = False) -> Strength | None:
    """A name in kanji without its suffix. None where it is a person, a thing or part of a longer word."""
    text, one = scene.folded, end - start == 1
    if not after_place and scene.touches(start, words.ENDS_BEFORE_ONE if one else words.ENDS_BEFORE):
        return None
    if text[end - 1 : end + 1] in words.COMPOUNDS or is_other(text, end) or _is_own_place(scene, end):
        return None
    if one and start and "ぁ" <= text[start - 1] <= "ー" and text[start - 1] not in words.KANA_BEFORE_ONE:
        return None
    if scene.ends_well(end) or _ITEM_LETTER.match(text, end):
        return "strong"
    if one:
        return None
    return "weak" if end - start > 2 or not scene.is_kanji(end) else "suggest"


def is_other(text: str, end: int) -> bool:
    """Whether what follows makes a person, an office or a thing of a name: 山口さん, 防府課長, 宇部駅."""
    return words.PERSON_OR_THING.at(text, end) and not words.NOT_THING.at(text, end)


def _is_station(text: str, end: int) -> bool:
    return words.STATION.at(text, end) and not words.NOT_STATION.at(text, end)


def _is_own_place(scene: Scene, end: int) -> bool:
    """岩国基地, 防府天満宮, 阿武隈川: whether the run of kanji behind a name ends in what makes it something else."""
    run = KANJI_RUN.match(scene.masked, end)
    return run is not None and scene.folded.endswith(words.OWN_PLACE, 0, run.end())
