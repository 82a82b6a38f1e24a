"""What a mention of a fragment means where the state stands: a value, a quantity, a dimension, another table."""

from __future__ import annotations

import re
from weakref import WeakKeyDictionary

from assistant.conversation_state.moving import counterpart
from assistant.conversation_state.state import Dimension, Filter, Quantity
from assistant.planning.embedded import EmbeddedPlanner
from assistant.planning.linking.mentions import Mention
from assistant.planning.linking.names import Candidate
from assistant.planning.plan import Col
from corpus.semantics import Additivity, Role

SURE = 0.9  # a name that means a thing, not a part of a longer name
LIKELY = 0.5
_PART = 0.4  # a part of a name of the table that is spoken of


_KINDS: WeakKeyDictionary[EmbeddedPlanner, dict[str, list[tuple[str, str, str]]]] = WeakKeyDictionary()


def kinds_of(planner: EmbeddedPlanner, table: str) -> list[tuple[str, str, str]]:
    """The kinds that a table's columns tell apart: what each is called, its column, and what is stored. Read once."""
    known = _KINDS.get(planner)
    if known is None:
        known = {}
        index = planner.schema.values
        places = [(m, t, c, stored) for m, homes in index.codes.items() for t, c, stored in homes]
        places += [(value, t, c, value) for value, homes in index.exact.items() for t, c in homes]
        told = {
            (t.name, c.name) for t in planner.model.tables for c in t.columns if c.role in (Role.CATEGORY, Role.FOREIGN)
        }
        for meaning, name, column, stored in places:
            if (name, column) in told:
                known.setdefault(name, []).append((meaning, column, stored))
        _KINDS[planner] = known
    return known.get(table, [])


class Meanings:
    """What mentions mean seen from one table."""

    def __init__(self, planner: EmbeddedPlanner, table: str) -> None:
        self.planner = planner
        self.model = planner.model
        self.graph = planner.schema.graph
        self.table = table

    def near(self, table: str) -> bool:
        return table == self.table or (table in self.graph.paths(self.table) and self.graph.safe(self.table, table))

    def here(self, candidate: Candidate) -> Col | None:
        """The column of a candidate, or the one that means the same where the state stands."""
        own = Col(candidate.table, candidate.column)
        if candidate.table == self.table:
            return own
        return counterpart(own, self.table, self.model, self.graph)

    def value(self, mention: Mention) -> Filter | None:
        for candidate in mention.candidates:
            if candidate.kind != "value" or candidate.score < 0.8 or not self.near(candidate.table):
                continue
            column = self.here(candidate)
            if column is not None:
                return Filter(column, "=", (candidate.value,))
        places = [c for c in mention.candidates if c.kind == "value" and c.score >= 0.8]
        for candidate in places:
            column = self.here(candidate)
            if column is not None:
                return Filter(column, "=", (candidate.value,))
        for candidate in places:  # one known by another name elsewhere: 教育局, of 云澜市教育局
            for hit in self.planner.schema.values.find(candidate.value):
                if self.near(hit.table):
                    return Filter(Col(hit.table, hit.column), "=", (hit.value,))
        return None

    def quantity(self, mention: Mention) -> Quantity | None:
        """The measure or metric that a mention names: one of this table before one of another."""
        found: list[tuple[int, float, Quantity]] = []
        for c in mention.candidates:
            if c.kind == "metric" and c.score >= SURE:
                found.append((self._closeness(c.table), c.score, Quantity("avg", c.table, None, c.column)))
            elif c.kind == "column" and self.model.table(c.table).column(c.column).role == Role.MEASURE:
                own = self._closeness(c.table)
                if any(o.table == c.table and o.kind != "value" and o.score > c.score for o in mention.candidates):
                    continue  # a part of its name, and the whole name of something else of its table
                if c.score >= (_PART if own == 2 else SURE):
                    column = self.model.table(c.table).column(c.column)
                    aggregate = "avg" if column.additivity == Additivity.AVERAGE else "sum"
                    found.append((own, c.score, Quantity(aggregate, c.table, Col(c.table, c.column))))
        return max(found, key=lambda f: (f[0], f[1]), default=(0, 0.0, None))[2]

    def _closeness(self, table: str) -> int:
        """2: the table itself; 1: one it refers to; 0: any other."""
        return 2 if table == self.table else int(self.near(table))

    def dimension(self, mention: Mention, least: float = LIKELY) -> Dimension | None:
        """The column of this table that a mention means to group by."""
        best: tuple[float, Col] | None = None
        for c in mention.candidates:
            if c.kind == "table" and c.score >= SURE:
                column = self._key_to(c.table)
            elif c.kind == "column" and c.score >= least:
                role = self.model.table(c.table).column(c.column).role
                column = None if role in (Role.MEASURE, Role.TIME, Role.TEXT) else self.here(c)
            else:
                continue
            if column is None or (c.kind == "table" and c.table == self.table):
                continue
            score = c.score + (0.3 if c.table == self.table else 0.0)
            if best is None or score > best[0]:
                best = (score, column)
        return Dimension(best[1]) if best else None

    def _key_to(self, table: str) -> Col | None:
        """The column of this table, or of one it refers to, that points to `table`."""
        name = next((c for c in self.model.table(table).columns if c.role in (Role.NAME, Role.KEY)), None)
        return counterpart(Col(table, name.name), self.table, self.model, self.graph) if name else None

    def table_of(self, mention: Mention) -> str | None:
        tables = [c for c in mention.candidates if c.kind == "table" and c.score >= SURE]
        near = next((c for c in tables if c.table == self.table), None)
        return near.table if near else tables[0].table if tables else None

    def flag(self, mention: Mention) -> Filter | None:
        """A yes-or-no column that is named holds: 寄宿的."""
        for c in mention.candidates:
            if c.kind == "column" and c.table == self.table and c.score >= SURE:
                codes = self.model.table(c.table).column(c.column).codes
                if set(codes) == {"true", "false"}:
                    return Filter(Col(c.table, c.column), "=", ("true",))
        return None

    def part_of_a_value(self, word: str) -> Filter | None:
        """The one kind of the state's table whose name holds `word`: 网上, of 网上办理."""
        whole = self._kind_with(word)
        return whole or self._kind_with(re.sub(r"^(?:被|已|是|在)|(?:了|的|用|办)+$", "", word))

    def _kind_with(self, word: str) -> Filter | None:
        if len(word) < 2:
            return None
        found: dict[str, list[str]] = {}
        for meaning, column, stored in kinds_of(self.planner, self.table):
            if word in meaning and len(meaning) <= 4 * len(word) + 4:
                found.setdefault(column, []).append(stored)
        kinds = [
            Filter(Col(self.table, name), "=", (values[0],)) for name, values in found.items() if len(set(values)) == 1
        ]
        return kinds[0] if len(kinds) == 1 else None

    def another_like(self, word: str, filters: tuple[Filter, ...]) -> Filter | None:
        """The one other value, of a column that a condition is on, whose name holds `word`: 3号线, after 地铁2号线."""
        for one in (f for f in filters if f.op == "=" and len(word) > 1 and word not in str(f.values[0])):
            here = (one.column.table, one.column.name)
            same = len(str(one.values[0]))
            found = [
                v
                for v, homes in self.planner.schema.values.exact.items()
                if word in v and len(v) == same and here in homes
            ]
            if len(found) == 1:
                return Filter(one.column, "=", (found[0],))
        return None

    def part_of_a_number(self, word: str, asked: tuple[Quantity, ...]) -> Quantity | None:
        """The one number, of the tables spoken of, that is called something with `word` in it: 死亡, of 死亡人口."""
        found = [
            (name, c)
            for name in dict.fromkeys((self.table, *(q.table for q in asked)))
            for c in self.model.table(name).columns
            if c.role == Role.MEASURE and len(word) > 1 and any(word in n for n in (c.label, *c.synonyms))
        ]
        if len(found) != 1:
            return None
        table, column = found[0]
        return Quantity("avg" if column.additivity == Additivity.AVERAGE else "sum", table, Col(table, column.name))

    def part_of_a_name(self, word: str) -> Col | None:
        """The one column of this table to group by that is called something with `word` in it: 机关, of 处罚机关."""
        found = [
            Col(self.table, c.name)
            for c in self.model.table(self.table).columns
            if c.role in (Role.FOREIGN, Role.CATEGORY, Role.NAME) and any(word in n for n in (c.label, *c.synonyms))
        ]
        return found[0] if found else None

    def opposite(self, one: Filter) -> Filter:
        """不收费 is 免费 where there are only these two; elsewhere it is all but that."""
        codes = self.model.table(one.column.table).column(one.column.name).codes
        others = tuple(v for v in codes if v not in one.values)
        return (
            Filter(one.column, "=", others)
            if len(codes) == 2 and len(others) == 1
            else Filter(one.column, "!=", one.values)
        )
