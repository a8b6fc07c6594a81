"""From finds to hits: which municipalities a name means, how sure that is, and which of overlapping names stays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from knowledge.names import words
from knowledge.names.kanji import lacks_no
from knowledge.names.latin import latin_key
from knowledge.names.scene import Scene
from knowledge.names.values import Find, How, Name, NameHit, Span, Strength, overlap
from knowledge.pattern import Pattern

_RANK: Mapping[str, int] = {"strong": 0, "weak": 1, "suggest": 2}
_SCORES: Mapping[How, int] = {"exact": 100, "reading": 96, "alias": 92, "fuzzy": 80}
# What a score loses where a name has no suffix, may be a word, or may be of another prefecture.
_BARE, _WEAK, _UNCLEAR = 4, 25, 40

_LISTED = Pattern(" ?(?:[とやか・、,/&+]|および|及び|又は|または|かつ|,? ?(?:and|or|vs))[ ]?")
_LETTER = Pattern(r"\w")


def settle(scene: Scene, finds: Iterable[Find], taken: Iterable[Span]) -> list[NameHit]:
    """The hits of a text in order, not overlapping: leftmost, then longest. None touches a span of `taken`."""
    hits: list[NameHit] = []
    said = list(taken)  # and the prefectures that were said along with a name
    for find in sorted(finds, key=lambda find: (find.start, -find.end, _RANK[find.fit], find.script)):
        hit, prefecture = _hit(scene, find)
        hit = _whole(scene, find, hit) if find.stray else hit
        said += [prefecture] if prefecture else []
        clash = next((other for other in hits if overlap(other.span, hit.span)), None)
        if clash is None:
            hits.append(hit)
        elif clash.span[1] < hit.span[1] and set(hit.codes) - set(clash.codes):
            hits[hits.index(clash)] = _doubtful(clash, hit)
    return _in_company(scene, [hit for hit in hits if not any(overlap(span, hit.span) for span in said)])


def _whole(scene: Scene, find: Find, hit: NameHit) -> NameHit:
    """For a name that seems to be a part (山陽小山野田市): the one that the whole is a slip from, if it is ours."""
    from knowledge.names import slips, windows  # needed for few questions, and a cold start counts

    near = slips.nearest(scene, windows.whole_run(scene, find))
    if near is None or not {*near.codes} & {*hit.codes, *scene.local}:
        return hit
    others = tuple(code for code in hit.codes if code not in near.codes) if lacks_no(find.names) else ()
    return replace(near, rivals=tuple(dict.fromkeys(others + near.rivals)))


def _doubtful(hit: NameHit, other: NameHit) -> NameHit:
    """Two names share letters (下松本市): neither is sure."""
    rivals = tuple(code for code in other.codes if code not in hit.codes)
    return replace(hit, how="fuzzy", strength="suggest", score=min(hit.score, 50), rivals=hit.rivals + rivals)


# --- one hit ----------------------------------------------------------------------------------------------------------


def _hit(scene: Scene, find: Find) -> tuple[NameHit, Span | None]:
    """The hit that a find makes, and where the prefecture that decided it stands."""
    surface = scene.original[find.start : find.end]
    span, prefecture = _prefecture_beside(scene, find)
    names, clear = _meant(_as_spelt(scene, find.names, surface), scene.local, prefecture)
    strength = _strength(scene, find, names, span, clear)
    how = "fuzzy" if strength == "suggest" else find.how or _how(scene, find, names, surface)
    if how == "fuzzy":
        strength = "suggest"
    lost = _BARE * (not find.suffix) + _WEAK * (strength == "weak") + _UNCLEAR * (not clear)
    codes = tuple(dict.fromkeys(name.code for name in names))
    hit = NameHit(span=(find.start, find.end), surface=surface, codes=codes, how=how, strength=strength, score=_SCORES[how] - lost)
    return hit, span if clear else None


def _strength(scene: Scene, find: Find, names: tuple[Name, ...], prefecture: Span | None, clear: bool) -> Strength:
    """How well it stands; less if it is not clear who is meant, or if it may be a word and no prefecture is said with it."""
    if not clear:
        return "weak" if find.plain else "suggest"
    fit: Strength = "strong" if prefecture and prefecture[1] == find.start else find.fit
    doubted = find.plain and fit == "strong" and not prefecture
    return "weak" if doubted and not (_is_all(scene, find) and scene.is_ours(names)) else fit


def _is_all(scene: Scene, find: Find) -> bool:
    """Whether the name is the whole message: then 光 is a name, while 山口 stays between city and prefecture."""
    if _LETTER.search(scene.text, 0, find.start) or _LETTER.search(scene.text, find.end):
        return False
    return not any(name.bare in scene.gazetteer.prefecture_words for name in find.names)


def _as_spelt(scene: Scene, names: tuple[Name, ...], surface: str) -> tuple[Name, ...]:
    """鹿嶋市 and 鹿島市 fold to one key; the official spelling, if it was used, decides."""
    full = [name for name in names if name.form == "full"]
    exact = [name for name in full if scene.gazetteer.spelt[name.code].startswith(surface)] if len(full) > 1 else []
    return tuple(name for name in names if name.form != "full" or name in exact) if exact else names


def _meant(names: tuple[Name, ...], local: Collection[str], prefecture: str) -> tuple[tuple[Name, ...], bool]:
    """Which of several names of one spelling are meant, and whether that is clear.

    In the prefecture that is named with it, else in the data, else anywhere; a present name before an old one. Not
    clear is a prefecture without such a place, and an old name of ours that is a present one elsewhere (大島町).
    """
    if len(names) == 1:
        return names, prefecture in ("", names[0].code[:2])
    inside = tuple(name for name in names if name.code[:2] == prefecture)
    clear = bool(inside) or not prefecture
    names = inside or names
    current = tuple(name for name in names if name.form != "former")
    ours = tuple(name for name in names if name.code in local)
    current_ours = tuple(name for name in ours if name in current)
    if current_ours:
        return current_ours, clear
    if ours and current:
        return ours + current, False
    return ours or current or names, clear


def _how(scene: Scene, find: Find, names: tuple[Name, ...], surface: str) -> How:
    forms = {name.form for name in names}
    if forms == {"no"}:
        return "fuzzy"
    if forms == {"former"}:
        return "alias"
    spelt = (scene.gazetteer.spelt[name.code] for name in names)
    official = find.script == "kanji" or any(surface in (name, name[:-1]) for name in spelt)
    return "exact" if official else "reading"


# --- the prefecture said with a name ----------------------------------------------------------------------------------

_IN_PREFECTURE = Pattern(r"(?:,? ?\(?| in )([a-z]+)")


def _prefecture_beside(scene: Scene, find: Find) -> tuple[Span | None, str]:
    """Where the prefecture of a name is said (山口県下関市, 山口の下関市, 府中市(東京都)), and its code."""
    for start, end, code in scene.prefectures:
        if end <= find.start and scene.is_in_it(end, find.start) and _decides(scene, find, start, end, code):
            return (start, end), code
        if find.end < start and scene.folded[find.end : start] in ("(", " (") and scene.folded[end : end + 1] == ")":
            return (start, end), code
    return _latin_prefecture_after(scene, find)


def _decides(scene: Scene, find: Find, start: int, end: int, code: str) -> bool:
    """山口県 before any name does; 山口 only before a name in it, and with の or a suffix."""
    if scene.is_whole(start, end):
        return True
    inside = any(name.code[:2] == code for name in find.names)
    return inside and (find.suffix if end == find.start else scene.folded[end] == "の")


def _latin_prefecture_after(scene: Scene, find: Find) -> tuple[Span | None, str]:
    """Fuchu, Tokyo. Only where it decides: "Hagi, Yamaguchi" may as well be a list."""
    if find.script == "latin" and len({name.code[:2] for name in find.names}) > 1:
        after = _IN_PREFECTURE.match(scene.text, find.end)
        code = scene.gazetteer.prefecture_words.get(latin_key(after[1]), "") if after else ""
        if after and code:
            return after.span(1), code
    return None, ""


# --- hits side by side ------------------------------------------------------------------------------------------------


def _in_company(scene: Scene, hits: list[NameHit]) -> list[NameHit]:
    """A weak name of ours that is listed with a strong one (岩国と光, Iwakuni and Hagi) is as strong, and so on."""
    if len(hits) < 2:
        return hits
    forth = [(here, here - 1) for here in range(1, len(hits))]
    for here, other in (*forth, *((b, a) for a, b in reversed(forth))):
        hit = hits[here]
        if hit.strength == "weak" and hits[other].strength == "strong" and _listed(scene, hit, hits[other]):
            hits[here] = replace(hit, strength="strong", score=hit.score + _WEAK)
    return hits


def _listed(scene: Scene, hit: NameHit, other: NameHit) -> bool:
    between = min(hit.span[1], other.span[1]), max(hit.span[0], other.span[0])
    ours = any(code in scene.local for code in hit.codes) and hit.surface not in words.EVERYDAY_LATIN
    return ours and bool(_LISTED.fullmatch(scene.text, *between))
