"""Why a municipality has not done something: the surveys do not say, and no other document's reasons are lent to them."""

from __future__ import annotations

from knowledge.base import KnowledgeBase
from knowledge.intents import Intent
from knowledge.intents._scope import Missing, choice, places, surveyed
from knowledge.model import Answer, NoData, Pair
from knowledge.query import Query
from knowledge.setting import Setting


def fits(query: Query, kb: KnowledgeBase) -> int:
    if "why" not in query.asks or query.subjects and not query.places and not query.items:
        return 0
    return 78 if query.condition is not None or query.states is not None or query.places or query.items else 0


def answer(query: Query, kb: KnowledgeBase, setting: Setting) -> Answer:
    letter = query.items[0] if query.items else next(iter(kb.items))
    follow = (
        choice(f"({letter})が未実施の市町", f"({letter})が未実施の市町は？", f"who hasn't done ({letter})", f"which municipalities haven't done ({letter})?"),
        choice("拠点を設置しない理由（千葉県）", "千葉県で拠点を設置しない理由は？", "reasons for having no hub (Chiba)", "reasons for no hub in Chiba"),
    )
    return NoData(query=query, why="no_reason", facts=Missing(places=places(query.places, kb), territories=surveyed(kb)), next=follow)


INTENT = Intent(
    help=Pair("未実施の理由（調査が理由を尋ねていない場合はその旨）", "why something is not done, where the documents say so"),
    examples=(Pair("なぜ萩市は(オ)をやっていないの？", "why hasn't Hagi City done (オ)?"),),
    fits=fits,
    answer=answer,
    uses=frozenset({"why"}),
)
