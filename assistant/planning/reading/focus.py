"""From which table a question is seen: candidate roots, and what every mention means from there."""

from __future__ import annotations

import re

from assistant.planning.linking.mentions import Mention
from assistant.planning.linking.names import Candidate
from assistant.planning.linking.scales import kind_of
from assistant.planning.linking.words import WORDS, Word
from assistant.planning.numbers.quantities import kinds_asked, verb_before, verb_in
from assistant.planning.plan import Col
from assistant.planning.reading.context import Context, Schema
from corpus.semantics import Column, Role

_ASIDE = 0.15  # what a table two joins aside, with rows of its own, is worth
# A partial name (在校 for 在校生数) loses to a function word on the same span below this score.
_WEAK = 0.62


def readable_contexts(mentions: list[Mention], schema: Schema, most: int = 6) -> list[tuple[Context, float]]:
    """One context for each promising root with its weight, best first."""
    roots: dict[str, float] = {}
    for mention in mentions:
        for candidate in mention.candidates:
            roots.setdefault(candidate.table, 0.0)
            if candidate.kind == "column" and (counted := _counted_by(mention, candidate, schema)):
                roots.setdefault(counted, 0.0)
    if any(m.time for m in mentions):
        _add_histories(roots, schema)
    if not schema.strict:
        _add_quantities(roots, mentions, schema)
    scored = []
    for root in roots:
        cut = _counts_apart(mentions, root, schema)
        resolved, weight = _resolve(cut, root, schema)
        weight += sum(len(m.text) for m in cut if m not in mentions and m.kind == "agg")  # understood as a whole
        scored.append((Context(schema, cut, root, resolved), weight))
    scored.sort(key=lambda pair: (-pair[1], pair[0].root))
    return scored[:most]


_COUNT = re.compile(r"(?:数量|个数|数目|数)$")


def _counted_by(mention: Mention, candidate: Candidate, schema: Schema) -> str | None:
    """图书馆数量, kept for each city, counts libraries, which are kept too: their table."""
    things = _COUNT.sub("", mention.text)
    if candidate.score < 0.9 or things == mention.text or mention.number is not None:
        return None
    for relation in schema.model.relations:
        table = schema.model.table(relation.left)
        if relation.right == candidate.table and things in (table.label, table.entity):
            return table.name
    return None


def _counts_apart(mentions: list[Mention], root: str, schema: Schema) -> list[Mention]:
    """Seen from the things themselves their number is a count of them, not a number of what they belong to."""
    cut: list[Mention] = []
    for mention in mentions:
        if not any(c.kind == "column" and _counted_by(mention, c, schema) == root for c in mention.candidates):
            cut.append(mention)
            continue
        thing = _COUNT.sub("", mention.text)
        middle, count = mention.start + len(thing), mention.text[len(thing) :]
        cut.append(Mention(thing, mention.start, middle, candidates=(Candidate("table", root),)))
        cut.append(Mention(count, middle, mention.end, word=WORDS[count]))
    return cut


def _add_histories(roots: dict[str, float], schema: Schema) -> None:
    """Tables that follow a timeless named table through time: 去年的学校数量 counts in the schools' yearly figures."""
    for relation in schema.model.relations:
        if (
            relation.right in roots
            and relation.left not in roots
            and not schema.model.table(relation.right).time_column
        ):
            table = schema.model.table(relation.left)
            if table.time_column and set(table.primary_key) == {*relation.left_columns, table.time_column}:
                roots[relation.left] = 0.0


_SEVERAL = 4  # what more tables than this have says nothing


def _add_quantities(roots: dict[str, float], mentions: list[Mention], schema: Schema) -> None:
    """多少钱 and 罚了多少 point to tables of such numbers, of what is named or whose name holds the verb."""
    for at, mention in enumerate(mentions):
        if mention.kind != "howmany":
            continue
        kinds, verb = kinds_asked(mention.text), verb_before(mentions, at)
        numbers = {
            t.name: [c for c in t.columns if c.role == Role.MEASURE and (not kinds or kind_of(c.unit) in kinds)]
            for t in schema.model.tables
        }
        found = [t for t, held in numbers.items() if verb is not None and _hold(held, mentions[verb].text)]
        if not found and kinds and not any(numbers[root] for root in roots):
            found = [t for t, held in numbers.items() if held and any(schema.graph.safe(t, root) for root in roots)]
        for name in found if len(found) <= _SEVERAL else ():
            roots.setdefault(name, 0.0)


def _hold(columns: list[Column], verb: str) -> bool:
    return any(verb_in(verb, (c.label, *c.synonyms)) for c in columns)


def _decay(root: str, table: str, schema: Schema) -> float:
    if root == table:
        return 1.0
    cost = schema.graph.cost(root, table)
    if cost == float("inf"):
        return 0.0
    if schema.graph.safe(root, table):
        return float(0.9 ** max(1.0, cost))
    way = schema.graph.paths(root)[table]
    repeats = [edge.multiplies for edge in way]
    if False in (repeats if schema.strict else repeats[: len(repeats) - repeats[::-1].index(True)]):
        return _ASIDE  # up to a shared table and down to another's rows: they have nothing else to do with each other
    return float(0.72 ** max(1.0, cost))


def _resolve(mentions: list[Mention], root: str, schema: Schema) -> tuple[list[Candidate | None], float]:
    decays = {t.name: _decay(root, t.name, schema) for t in schema.model.tables}
    resolved: list[Candidate | None] = []
    weight = 0.0
    owner: tuple[str, int] | None = None  # the table named last, and where
    whole: set[str] = set()  # tables named by their whole names so far
    for index, mention in enumerate(mentions):
        choice, best = None, 0.0
        for candidate in mention.candidates:
            score = candidate.score * decays.get(candidate.table, 0.0)
            if not schema.strict and decays.get(candidate.table) == _ASIDE and not _counts(candidate, schema):
                continue
            if not schema.strict and _names_its_table(candidate, mention, root):
                continue
            if owner and candidate.table == owner[0] and index - owner[1] <= 3:
                score *= 1.25
            if candidate.kind == "table" and candidate.table == root:
                score *= 1.05
            if candidate.kind == "table" and candidate.table in whole and candidate.score < 0.98:
                score *= 1.3  # 打车方式中，哪个方式: the end of a name that was said in full
            if candidate.kind == "column" and candidate.score >= 0.9 and _is_measure(candidate, schema):
                score *= 1.2  # 在校生 names the number before it names the table that holds it
            bare_count = candidate.kind == "column" and mention.kind == "agg" and mention.payload == "count"
            if bare_count and not _named_before(mentions, resolved, index, candidate):
                continue
            if candidate.kind == "value" and mention.kind in ("period", "each", "which", "howmany"):
                score *= 1.0 if _beside_its_column(mentions, index, candidate) else 0.0
            if candidate.kind == "value" and mention.text in ("是", "否", "有", "无"):
                score *= 1.0 if _beside_its_column(mentions, index, candidate) else 0.0
            if candidate.kind == "value" and score > 0:
                score *= 1.0 if len(mention.text) > 1 or _beside_its_column(mentions, index, candidate) else 0.6
            if score > best + 1e-9:
                choice, best = candidate, score
        whole |= {c.table for c in mention.candidates if c.kind == "table" and c.score == 1.0}
        if choice and mention.word and best < _WEAK and not _is_soft(mention.word):
            choice, best = None, 0.0
        if choice and mention.word and choice.kind != "value" and choice.score < _WEAK and len(mention.text) <= 2:
            choice, best = None, 0.0
        resolved.append(choice)
        if choice:
            weight += best * len(mention.text) + (0.4 if choice.kind == "table" and choice.table == root else 0.0)
            if choice.kind == "table":
                owner = (choice.table, index)
    _absorb(mentions, resolved, schema)
    weight -= 2.0 * _values_elsewhere(mentions, resolved)
    if any(m.time for m in mentions) and not _has_time(root, schema):
        weight -= 1.5
    return resolved, weight


def _names_its_table(candidate: Candidate, mention: Mention, root: str) -> bool:
    """街道 is a kind of 街道乡镇, and what they are called: seen from elsewhere it is the things, not the kind."""
    if candidate.kind != "value" or candidate.table == root:
        return False
    return any(c.kind == "table" and c.table == candidate.table and c.score >= 0.9 for c in mention.candidates)


def _named_before(mentions: list[Mention], resolved: list[Candidate | None], index: int, column: Candidate) -> bool:
    """数量 alone means a column only right behind the name of its table."""
    k = index - 1
    while k >= 0 and mentions[k].kind == "of":
        k -= 1
    before = resolved[k] if k >= 0 else None
    return before is not None and before.kind == "table" and before.table == column.table


def _values_elsewhere(mentions: list[Mention], resolved: list[Candidate | None]) -> int:
    """与俄罗斯接壤: values beside the verb of a table that holds them, and read as another table's."""
    count = 0
    for index, found in enumerate(resolved):
        if found is None or found.kind != "value":
            continue
        beside = [c for k in (index - 1, index + 1) if 0 <= k < len(mentions) for c in mentions[k].candidates]
        verbs = {c.table for c in beside if c.kind == "verb"}
        held = {c.table for c in mentions[index].candidates if c.kind == "value"}
        count += bool(verbs & held) and found.table not in verbs
    return count


def _absorb(mentions: list[Mention], resolved: list[Candidate | None], schema: Schema) -> None:
    """A part of a name (浓度) beside the whole of another that holds it (PM2.5浓度) means that other."""
    whole = [c for c in resolved if c and c.kind == "column" and c.score >= 0.9]
    for index, found in enumerate(resolved):
        if found is None or found.kind != "column" or found.score >= 0.9:
            continue
        for other in whole:
            if mentions[index].text in schema.model.table(other.table).column(other.column).label:
                resolved[index] = other
                break


def _is_soft(word: Word) -> bool:
    """Whether a function word may give way to a name on the same span."""
    return word.kind in ("filler", "unit", "of", "sort")


def _beside_its_column(mentions: list[Mention], index: int, value: Candidate) -> bool:
    for k in (index - 1, index - 2, index + 1):
        if 0 <= k < len(mentions):
            for candidate in mentions[k].candidates:
                if candidate.kind == "column" and (candidate.table, candidate.column) == (value.table, value.column):
                    return True
    return False


def _has_time(root: str, schema: Schema) -> bool:
    table = schema.model.table(root)
    return bool(table.time_column) or any(c.role == Role.TIME for c in table.columns)


def _is_measure(candidate: Candidate, schema: Schema) -> bool:
    return schema.model.table(candidate.table).column(candidate.column).role == Role.MEASURE


def _counts(candidate: Candidate, schema: Schema) -> bool:
    return candidate.kind in ("table", "metric") or (candidate.kind == "column" and _is_measure(candidate, schema))


def avoided_keys(ctx: Context, question: str) -> frozenset[tuple[str, str]]:
    """Foreign keys of the root to a table that another of its keys, named in the question, leads to as well."""
    by_target: dict[str, list[str]] = {}
    for relation in ctx.schema.model.relations:
        if relation.left == ctx.root and len(relation.left_columns) == 1:
            by_target.setdefault(relation.right, []).append(relation.left_columns[0])
    avoided: set[tuple[str, str]] = set()
    for target, columns in by_target.items():
        if len(columns) < 2:
            continue
        label = ctx.schema.model.table(target).label
        named = {c: _most_named(ctx, c, label, question) for c in columns}
        best = max(named.values())
        if best > 0:
            avoided |= {(ctx.root, c) for c in columns if named[c] < best}
    return frozenset(avoided)


def _most_named(ctx: Context, column: str, target: str, question: str) -> int:
    """The longest part of a key's role in the question, whichever of its names says it."""
    own = ctx.table.column(column)
    entity = ctx.schema.model.table(ctx.target_of(Col(ctx.root, column)) or ctx.root).entity
    names = [column] if ctx.schema.strict else [column, own.label, *own.synonyms]
    whole = max((len(name) for name in names if name in question), default=0)
    return max(whole, *(_role_named(name.replace(entity, "") if entity else name, target, question) for name in names))


def _role_named(column: str, target: str, question: str) -> int:
    """How many characters of a foreign key's role stand in the question: 贫困 of 贫困城市id."""
    role = re.sub(r"(?i)_?id$|编号$", "", column).replace(target, "").removesuffix("方")
    for size in range(len(role), 0, -1):
        for start in range(len(role) - size + 1):
            if role[start : start + size] in question:
                return size
    return 0
