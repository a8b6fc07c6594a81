"""Who is meant: the municipalities that a text names, and how sure that is.

Exact names first, then old names and readings, and only when asked for (`fuzzy`) what is one slip away from a name.
Every hit says how it was found and how strong it is, so that nobody has to trust a score:

    strong   it is the name; take it
    weak     it can be the name and can be an ordinary word (光, 萩, mine) or a prefecture (山口): take it only if the
             sentence lacks a municipality without it
    suggest  never take it silently: announce it if it is one code without rivals, ask otherwise. Whatever is
             "suggest" is also `how="fuzzy"`, and the other way round

All names of Japan are known, whatever the data cover (`local`), so that a place elsewhere is seen as such and a slip
that is as near to a place elsewhere is never taken for one of ours.

Texts are normalised (NFKC, Latin lower case) but not folded: the folding is done here, script by script.

    forms      municipality -> the spellings it is known by            gazetteer  those spellings, ready to be looked up
    scene      one text, and how a stretch of it stands among its neighbours
    kanji, kana, mixed, latin                    scene -> finds         hits       finds -> hits
    windows    where a slip may stand                                   slips      which name it is a slip from
    words      the words of reference/names.toml                        values     what passes between them
"""

from knowledge.names.english import english_name
from knowledge.names.forms import PREFECTURES, name_forms
from knowledge.names.index import NameIndex
from knowledge.names.values import How, NameForm, NameHit, Place, Script, Span, Strength

__all__ = ["PREFECTURES", "How", "NameForm", "NameHit", "NameIndex", "Place", "Script", "Span", "Strength", "english_name", "name_forms"]
