"""The index of all names: texts in, hits out."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from itertools import chain

from knowledge.names import kana, kanji, latin, mixed
from knowledge.names.gazetteer import Gazetteer, told_of
from knowledge.names.hits import settle
from knowledge.names.scene import scene_of
from knowledge.names.values import NameForm, NameHit, Span, overlap


def _known_nothing(_: str) -> bool:
    return False


class NameIndex:
    """All names of all municipalities, ready for looking into texts. Safe for threads."""

    def __init__(self, forms: Iterable[NameForm]) -> None:
        self._names = Gazetteer(told_of(forms))

    @classmethod
    def from_json(cls, text: str) -> NameIndex:
        """The index that was told by `to_json`: ten times as fast as making it anew."""
        index = cls.__new__(cls)
        index._names = Gazetteer(json.loads(text))
        return index

    def to_json(self) -> str:
        return json.dumps(self._names.told, ensure_ascii=False, separators=(",", ":"))

    def exact(self, text: str, local: Collection[str], original: str | None = None, taken: Iterable[Span] = ()) -> list[NameHit]:
        """Every place in `text` where a name stands, in order, not overlapping: leftmost, then longest.

        `local` are the codes that the data cover: a name shared with a place elsewhere means the local one. `original`
        is the same text in its original case (same length). Hits that touch a span of `taken` (a medical area such as
        宇部・小野田医療圏, an item) are left out.
        """
        scene = scene_of(text, local, original, self._names)
        finds = chain(kanji.finds(scene), kana.finds(scene), mixed.finds(scene), latin.finds(scene), kanji.broken(scene, (kanji.finds, kana.finds)))
        return settle(scene, finds, taken)

    def fuzzy(
        self,
        text: str,
        taken: Iterable[Span],
        local: Collection[str],
        known: Callable[[str], bool] = _known_nothing,
        original: str | None = None,
    ) -> list[NameHit]:
        """Places outside `taken` that are one slip away from a name (two from 8 letters). All are "suggest".

        `known` tells of a word of the text (lower case) whether it belongs to the vocabulary: such a word is no slip.
        The nearest code stands in `codes`; `rivals` are those as near, wherever they are, nearest and local ones first.
        Two kanji without 市, 町 or 村 are one slip away from many words: there only kanji that are alike count.
        """
        from knowledge.names import slips, windows  # needed for few questions, and a cold start counts

        scene = scene_of(text, local, original, self._names)
        whole = ((start, end) for start, end, _ in scene.prefectures if scene.is_whole(start, end))
        hits: list[NameHit] = []
        for window in windows.windows(scene, (*taken, *whole)):
            if not known(window.surface) and not known(window.bare):
                hit = slips.nearest(scene, window)
                if hit and not any(overlap(hit.span, other.span) for other in hits):
                    hits.append(hit)
        return sorted(hits, key=lambda hit: hit.span)
