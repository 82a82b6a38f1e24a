"""收入 read as 税收收入: a number named by a part of its name is told by its whole one."""

from __future__ import annotations

from assistant.planning.reading.context import Context
from corpus.semantics import Role

_SURE = 0.7  # from this score on the words are a name or nearly all of one


def partly_named(ctx: Context) -> list[str]:
    """Notes on numbers whose names say more than the question does anywhere."""
    question = "".join(m.text for m in ctx.mentions)
    notes = []
    for i, found in enumerate(ctx.resolved):
        if found is None or found.kind != "column" or found.score >= _SURE or i not in ctx.used:
            continue
        column, said = ctx.schema.model.table(found.table).column(found.column), ctx.mentions[i].text
        more = ctx.bare(column.label).replace(said, "", 1)
        if column.role == Role.MEASURE and len(more) > 1 and more not in question:
            notes.append(f"“{said}”按“{column.label}”理解")
    return notes
