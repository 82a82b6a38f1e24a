"""Things that are got, named by a verb and its object: 获奖数量, 30次奖, 得票最多 → the column that counts 奖项, 票."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.planning.linking.mentions import Mention
from assistant.planning.linking.names import Candidate
from assistant.planning.linking.verbs import role_of
from assistant.planning.reading.context import Context
from corpus.semantics import Role, SemanticModel

_GET = "获得拿夺摘领"  # verbs of getting stand before what is got: 获奖, 得分, 夺金
_SURE = 0.9


def with_objects(mentions: list[Mention], model: SemanticModel) -> list[Mention]:
    """Unknown words that say what was got, and how often, with the one column that counts it; read literally, roles too."""
    result = list(mentions)
    for i, mention in enumerate(mentions):
        if mention.known:
            continue
        text = mention.text
        sides = {r.left for r in model.relations if text in (side := role_of(r, model), side.removesuffix("方"))}
        if len(sides) == 1:
            result[i] = replace(mention, candidates=(Candidate("verb", sides.pop(), score=0.8),))  # 赢了: 赢方id
            continue
        if not _counted(mentions, i):
            continue
        got = text[1:] if len(text) == 2 and text[0] in _GET else text if len(text) == 1 else ""
        meant = (_counts(model, got) or _things(model, got)) if got else None
        if meant is not None:
            result[i] = replace(mention, candidates=(meant,))
    return result


def _counted(mentions: list[Mention], i: int) -> bool:
    """Whether a number of it is told or asked for: 获奖数量, 获奖最多, 30次奖, 多少次奖."""
    k = i - 2 if i and mentions[i - 1].kind == "cmp_after" else i - 1  # 5本及以下书
    before = mentions[k] if k >= 0 else None
    if before is not None and (before.kind == "howmany" or (before.kind == "unit" and k and mentions[k - 1].number)):
        return True
    after = next((m for m in mentions[i + 1 :] if m.kind not in ("of", "filler")), None)
    return len(mentions[i].text) == 2 and after is not None and after.kind in ("agg", "howmany", "super", "cmp")


def _counts(model: SemanticModel, got: str) -> Candidate | None:
    found = [
        (table.name, column.name)
        for table in model.tables
        for column in table.columns
        if column.role == Role.MEASURE
        and (bare := Context.bare(re.sub(r"[（(].*$", "", column.label))) not in (column.label, "")
        and (bare.startswith(got) or bare.endswith(got))
    ]
    return Candidate("column", *found[0], score=_SURE) if len(found) == 1 else None


def _things(model: SemanticModel, got: str) -> Candidate | None:
    """5本书, 多少首歌: the one table whose things begin or end with the word."""
    found = [t.name for t in model.tables if any(n[:1] == got or n[-1:] == got for n in (t.entity, t.label))]
    return Candidate("table", found[0], score=_SURE) if len(found) == 1 else None


def of_events(ctx: Context, text: str, label: str) -> bool:
    """Whether words count what happened and do not name the column that counts it: its rows are added up then."""
    counts = re.search(r"(?:数量|次数|人数|个数|数)$", label) is not None
    return counts and bool(text) and text not in (label, ctx.bare(label))
