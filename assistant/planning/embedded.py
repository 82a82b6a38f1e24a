"""The embedded planner: a question's best plan over a semantic model, without any model of language.

Every word is linked to what it may mean; each promising table is tried as the question's root; the readings are
scored by how much of the question they explain; close rivals are kept so that the asker can choose.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import date

from assistant.planning.compiling.compile import CannotCompile, compile_query
from assistant.planning.compiling.joins import JoinGraph
from assistant.planning.compiling.rollup import measures_of
from assistant.planning.judging.partly_named import partly_named
from assistant.planning.linking.mentions import Mention, find_mentions
from assistant.planning.linking.names import Names
from assistant.planning.linking.rewording import Rewording, Vocabulary, placed, relinked, reworded
from assistant.planning.linking.spellings import LazySpellings
from assistant.planning.plan import Growth, Measure, Plan, Query, Ratio, Reading, Value, columns_of, tables_of
from assistant.planning.reading.assemble import assemble
from assistant.planning.reading.context import Context, Schema
from assistant.planning.reading.focus import avoided_keys, readable_contexts
from assistant.planning.reading.objects import with_objects
from assistant.planning.reading.roots import idle_root, named_root
from assistant.planning.reading.twofold import both_ends, clauses, ends, side_by_side
from corpus.semantics import SemanticModel
from retrieval.thesaurus import Thesaurus, load_thesaurus
from retrieval.values import ValueIndex

# Function words that matter: leaving one unread makes a reading wrong more often than leaving a noun unread.
_WEIGHTY = {
    "cmp": 1.6,
    "cmp_after": 1.4,
    "super": 1.4,
    "top": 1.2,
    "bottom": 1.2,
    "order": 0.8,
    "each": 0.5,
    "period": 1.0,
    "share": 1.2,
    "growth": 1.5,
    "gap": 1.5,
    "times": 1.2,
    "without": 1.0,
    "not": 1.0,
    "per": 1.2,
    "than": 0.8,
    "except": 0.8,
    "howmany": 0.3,
    "agg": 0.4,
    "trend": 0.6,
    "by": 0.1,
}


_CHOICES = 4  # official words tried for an everyday one
_KEPT = 256  # plannings kept by their question
_SAID = 0.8  # from this weight on, an unread function word is told to the asker


@dataclass(frozen=True)
class Candidate:
    """A reading with its SQL."""

    reading: Reading
    sql: str
    root: str


@dataclass(frozen=True)
class Planning:
    """What the planner made of a question: candidates, best first (possibly none), and its mentions."""

    question: str
    candidates: tuple[Candidate, ...] = ()
    mentions: tuple[Mention, ...] = ()
    unknown: tuple[str, ...] = field(default=())

    @property
    def sql(self) -> str | None:
        """The best reading's SQL."""
        return self.candidates[0].sql if self.candidates else None


class EmbeddedPlanner:
    """Plans questions over one semantic model and the values of one scope."""

    def __init__(
        self,
        semantics: SemanticModel,
        values: ValueIndex,
        today: date,
        *,
        strict: bool = False,
        thesaurus: Thesaurus | None = None,
    ) -> None:
        """`strict`: return exactly the columns asked for, as benches compare; else also what helps to read them.

        `thesaurus`: everyday words, where the workspace has its own; the built-in ones otherwise.
        """
        self.strict = strict
        self.model = semantics
        self.names = Names(semantics, literal=strict)
        self._graphs: dict[frozenset[tuple[str, str]], JoinGraph] = {}
        self.schema = Schema(semantics, JoinGraph(semantics), values, today, strict)
        self._thesaurus = thesaurus
        self._spellings = LazySpellings(semantics, self.names, values)
        self._known: OrderedDict[str, Planning] = OrderedDict()
        self._lock = threading.Lock()

    def plan(self, question: str) -> Planning:
        """All readings of a normalised question that compile, best first. The last ones are kept: steps ask again."""
        with self._lock:
            if question in self._known:
                self._known.move_to_end(question)
                return self._known[question]
        planning = self._plan(question)
        if not self.strict:
            planning = self._plan_ends(planning) or self._plan_clauses(self._plan_in_other_words(planning))
        with self._lock:
            self._known[question] = planning
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return planning

    def _plan_in_other_words(self, planning: Planning) -> Planning:
        if planning.unknown:
            planning = self._plan_reworded(planning)
        if planning.candidates and planning.candidates[0].reading.unused:
            planning = self._plan_relinked(planning)
        return planning

    def _plan_ends(self, planning: Planning) -> Planning | None:
        """The most and the fewest asked for at once; None where only one is, or they are not of one kind."""
        asked = ends(planning.question, planning.mentions)
        sides = [self.plan(q) for q in asked] if asked is not None else []
        if not sides or not all(side.candidates for side in sides):
            return None
        left, right = (side.candidates[0] for side in sides)
        words = tuple(m.text for m in planning.mentions)
        return self._joined(planning, both_ends(left.reading, right.reading, words), left.root)

    def _plan_clauses(self, planning: Planning) -> Planning:
        """Two numbers of tables with nothing in common, where read as one question something stays unread."""
        best = planning.candidates[0].reading if planning.candidates else None
        lost = len("".join(best.unused)) if best is not None else len(planning.question)
        if lost < 2:
            return planning
        words = tuple(m.text for m in planning.mentions)
        for question in clauses(planning.question, planning.mentions):
            sides = [self._plan(q) for q in question]
            if not all(side.candidates for side in sides):
                continue
            left, right = (side.candidates[0] for side in sides)
            both = side_by_side(left.reading, right.reading, words, self.model)
            if both is not None and set(both.unused) <= set(planning.unknown) and len("".join(both.unused)) < lost:
                return self._joined(planning, both, left.root) or planning
        return planning

    def _joined(self, planning: Planning, reading: Reading | None, root: str) -> Planning | None:
        """The planning of a question by one reading, put together of two."""
        sql = self.compile(reading.query) if reading is not None else None
        if reading is None or sql is None:
            return None
        return replace(planning, candidates=(Candidate(reading, sql, root),))

    def _plan_reworded(self, planning: Planning) -> Planning:
        """The same question in the data's own words, where that leaves less unexplained."""
        words = self._vocabulary()
        best: tuple[float, Rewording, Planning] | None = None
        for choice in range(_CHOICES):
            new = reworded(planning.question, planning.mentions, words, choice)
            if new is None or (best is not None and new.text == best[1].text):
                continue
            other = self._plan(new.text)
            if not other.candidates or sum(map(len, other.unknown)) >= sum(map(len, planning.unknown)):
                continue
            score = other.candidates[0].reading.score
            if best is None or score > best[0]:
                best = (score, new, other)
        if best is None or (planning.candidates and best[0] < planning.candidates[0].reading.score):
            return planning
        return self._told(planning, best[1], best[2])

    def _plan_relinked(self, planning: Planning) -> Planning:
        """The same question with a value read as another table's, where the best reading leaves words unused."""
        unused = planning.candidates[0].reading.unused
        if not any(m.text in unused and m.candidates for m in planning.mentions):
            return planning
        new = relinked(planning.question, planning.mentions, unused, self._vocabulary())
        other = self._plan(new.text) if new is not None else None
        if new is None or other is None or not other.candidates:
            return planning
        first, second = planning.candidates[0].reading, other.candidates[0].reading
        if second.score <= first.score or len(second.unused) >= len(first.unused):
            return planning
        return self._told(planning, new, other)

    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self.names, self.schema.values, self._spellings.get(), self._thesaurus or load_thesaurus())

    def _told(self, planning: Planning, new: Rewording, other: Planning) -> Planning:
        """The planning of the reworded question, as one of the question itself."""
        candidates = tuple(
            replace(c, reading=replace(c.reading, assumptions=(*new.notes, *c.reading.assumptions)))
            for c in other.candidates
        )
        return Planning(planning.question, candidates, placed(other.mentions, new.changes), other.unknown)

    def _plan(self, question: str) -> Planning:
        mentions = find_mentions(question, self.names, self.schema.values, self.schema.today)
        if self.strict:
            mentions = with_objects(mentions, self.model)
        unknown = tuple(m.text for m in mentions if not m.known and m.text.strip())
        found: dict[str, Candidate] = {}
        for ctx, weight in readable_contexts(mentions, self.schema):
            self._choose_roles(ctx, question)
            candidate = self._read(ctx, weight)
            if candidate and (
                candidate.sql not in found or found[candidate.sql].reading.score < candidate.reading.score
            ):
                found[candidate.sql] = candidate
        ranked = sorted(found.values(), key=lambda c: -c.reading.score)
        return Planning(question, tuple(ranked), tuple(mentions), unknown)

    def _choose_roles(self, ctx: Context, question: str) -> None:
        """Of several foreign keys to one table, the one whose role the question names: 赢方id for 赢了多少场."""
        avoided = avoided_keys(ctx, question)
        if avoided:
            if avoided not in self._graphs:
                self._graphs[avoided] = JoinGraph(self.model, avoided)
            ctx.schema = replace(ctx.schema, graph=self._graphs[avoided])
            ctx.bonus += 0.5  # a role that the question names speaks for the rows that give it

    def _read(self, ctx: Context, weight: float) -> Candidate | None:
        plan = assemble(ctx)
        if plan is None:
            return None
        query: Query = plan
        if isinstance(plan, Plan):
            query = replace(plan, distinct=False) if self.strict else plan.shown
        sql = self.compile(query, ctx.schema.graph)
        if sql is None:
            return None
        unused = _unused(ctx)
        score = weight + ctx.bonus - 1.2 * len(ctx.missing)
        score -= sum(
            _WEIGHTY.get(ctx.mentions[i].kind, 0.0)
            for i in range(len(ctx.mentions))
            if i not in ctx.used and ctx.resolved[i] is None
        )
        score -= sum(
            0.5 * len(ctx.mentions[i].text) for i in unused if not ctx.mentions[i].kind and not ctx.mentions[i].number
        )
        score -= sum(1.5 for i, m in enumerate(ctx.mentions) if m.number and i not in ctx.used)
        if isinstance(query, Plan) and not query.values and any(m.kind == "howmany" for m in ctx.mentions):
            score -= 0.3
        if isinstance(query, Plan) and any(
            isinstance(v, Measure) and v.table not in ("", query.root) for v in query.values
        ):
            score -= 1.2
        if isinstance(query, Plan) and not self.strict and self._counts_in_its_words(ctx, query):
            score += 0.5
        if isinstance(query, Plan):
            score -= 0.15 * (len(tables_of(query)) - 1)
            if not named_root(ctx):
                score -= 0.6
            if self.strict and idle_root(ctx, query):
                score -= 1.5
            if not self.strict and not query.grouped and _lists_finer(query, ctx):
                score -= 1.0
            if not self.strict:
                graph = ctx.schema.graph
                score -= 2.5 * sum(
                    not graph.safe(query.root, t) and not graph.safe(t, query.root)
                    for t in tables_of(query)
                    if not any(isinstance(v, Measure | Ratio) for v in query.values if t in _facts(v))
                )
            if self.strict and any(not ctx.schema.graph.safe(query.root, t) for t in tables_of(query)):
                score -= 1.0  # a join that repeats the listed rows: another root says the same without
        reading = Reading(
            query,
            round(score, 4),
            explained=tuple(ctx.mentions[i].text for i in sorted(ctx.used)),
            unused=tuple(
                [ctx.mentions[i].text for i in unused]
                + ctx.missing
                + [m.text for i, m in enumerate(ctx.mentions) if not m.known and i not in ctx.used]
            ),
            assumptions=tuple(dict.fromkeys([*ctx.assumptions, *([] if self.strict else partly_named(ctx))])),
        )
        return Candidate(reading, sql, ctx.root)

    def _counts_in_its_words(self, ctx: Context, plan: Plan) -> bool:
        """多少起, 几天: whether the rows counted are counted by that measure word."""
        asked = {m.text.removeprefix("多少").removeprefix("几") for m in ctx.mentions if m.kind == "howmany"}
        counted = {
            v.table or plan.root for v in plan.values if isinstance(v, Measure) and v.of is None and not v.metric
        }
        words = {self.model.table(t).measure_word for t in counted}
        return bool(words & (asked - {"", "个", "次"}))

    def compile(self, query: Query, graph: JoinGraph | None = None) -> str | None:
        """DuckDB SQL of a query; None when it cannot be said over this model."""
        try:
            tree = compile_query(query, self.model, graph or self.schema.graph, literal=self.strict)
            return tree.sql(dialect="duckdb")
        except (CannotCompile, KeyError):
            return None


def _lists_finer(plan: Plan, ctx: Context) -> bool:
    """Whether rows are listed, or ranked, by numbers of which each has many."""
    shown = [*plan.keys, *(o.by for o in plan.order if not isinstance(o.by, Measure | Ratio | Growth))]
    return any(not ctx.schema.graph.safe(plan.root, c.table) for e in shown for c in columns_of(e))


def _facts(value: Value) -> list[str]:
    """The tables whose rows a value adds up; each is summed on its own."""
    return [m.table for m in measures_of(value)]


def _unused(ctx: Context) -> list[int]:
    """Content mentions that no part of the plan uses: names, values, times, numbers, and function words that matter."""
    return [
        i
        for i, m in enumerate(ctx.mentions)
        if i not in ctx.used
        and (
            ((m.candidates or m.time) and not m.kind)
            or (m.number and m.text != "一")
            or _WEIGHTY.get(m.kind, 0.0) >= _SAID
        )
    ]
