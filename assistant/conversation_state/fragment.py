"""What a fragment changes: its commands, then its times, values, groupings and quantities, as edits of the state."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.conversation_state.applying import applied
from assistant.conversation_state.clause import Commands
from assistant.conversation_state.commands import read_commands
from assistant.conversation_state.edits import (
    CompareWith,
    CountThings,
    DropFilter,
    DropQuantity,
    Edit,
    Rank,
    Readmit,
    SetDimension,
    SetFilter,
    SetPeriod,
    SetQuantity,
    SetSubject,
)
from assistant.conversation_state.labels import quantity_label
from assistant.conversation_state.meanings import SURE, Meanings
from assistant.conversation_state.periods import Period
from assistant.conversation_state.speech import clauses, corrected, is_light, opened, without_count
from assistant.conversation_state.state import Dimension, Filter, Quantity, State, concept, state_of
from assistant.planning.embedded import EmbeddedPlanner
from assistant.planning.linking.mentions import Mention
from assistant.planning.linking.times import TimeSpan
from assistant.planning.plan import Col
from corpus.semantics import Role

_HOW_MANY = re.compile(r"(?:上|里|内|中)?(?:一共|总共|共)?有?(?:多少|几)[个家条座所件起名只处](?P<noun>[^，,]{2,6})$")
_UNITS = ("year", "quarter", "month", "day")


@dataclass(frozen=True)
class Fragment:
    """The edits of a fragment; `unread` are its content words that nothing explains."""

    edits: tuple[Edit, ...]
    unread: tuple[str, ...] = ()
    subject: bool = False  # it names what is asked about: a table, a metric, a measure
    these: bool = False
    elsewhere: bool = False  # … of another table than the state's
    noun: bool = False  # it names the things themselves
    timed: bool = False  # it says a time
    ordered: bool = False  # it says only what to do with what is there: 增速最快的是哪个


def read_fragment(text: str, state: State, planner: EmbeddedPlanner, before: State | None = None) -> Fragment:
    """Read a fragment, clause by clause, against the state it is to change. `before`: the state one turn earlier."""
    edits: list[Edit] = []
    unread: list[str] = []
    subject = these = elsewhere = noun = timed = False
    ordered = True
    for clause in clauses(text):
        commands = read_commands(opened(corrected(clause)), state, planner.model, before)
        reader = _Reader(state, planner, commands)
        said = reader.read()
        edits += said
        state = applied(state, said, planner.model, planner.schema.graph)  # what the next clause goes on from
        unread += reader.unread
        subject, these = subject or reader.subject, these or commands.these
        elsewhere, noun = elsewhere or reader.moved is not None, noun or reader.noun
        ordered = ordered and reader.ordered
        timed = timed or any(isinstance(e, SetPeriod) and e.period for e in edits)
    return Fragment(tuple(edits), tuple(unread), subject, these, elsewhere, noun, timed, ordered)


def over_table(text: str, table: str, planner: EmbeddedPlanner) -> State | None:
    """What the planner makes of words said of one table's rows; None where it reads them of another."""
    label = planner.model.table(table).label
    found = planner.plan(f"在“{label}”中，{text}").candidates
    best = next((c for c in found[:2] if c.root == table), None)
    return state_of(best.reading.query, planner.model) if best else None


class _Reader:
    def __init__(self, state: State, planner: EmbeddedPlanner, commands: Commands) -> None:
        self.state = state
        self.planner = planner
        self.model = planner.model
        self.commands = commands
        self.table = state.table
        self.means = Meanings(planner, state.table)
        self.unread: list[str] = []
        self.subject = False
        self.noun = False
        self.ordered = False
        self.partial: list[Filter] = []  # values known by a part of their name
        self.moved: SetQuantity | SetSubject | None = None
        self.counted = ""  # the measure word of 有多少家
        self.whole: State | None = None  # what the planner makes of the words over the state's table

    # -- reading ------------------------------------------------------------------------------------------------

    def read(self) -> list[Edit]:
        """The edits of the clause."""
        said = self._how_many_of(self.commands.text)
        text, self.counted = without_count(said)
        if not text.strip("，, "):
            text = ""
        if text and (len(text) > 2 or re.search(r"\d", text)):
            self.whole = over_table(text, self.state.table, self.planner)
        self.ordered = bool(self.commands.edits) and is_light(text or "的")
        return self.edits(self.planner.plan(text).mentions if text else (), text)

    def edits(self, mentions: Sequence[Mention], text: str) -> list[Edit]:
        if self.moved is None:
            self._move(mentions)
        front: list[Edit] = [self.moved] if self.moved else []
        rest: list[Edit] = []
        values: dict[str, Filter] = {}
        for bound in self._bounds():
            values[f"{concept(bound.column, self.model)} {bound.op}"] = bound
        has_values = any(self.means.value(m) for m in mentions)
        for index, mention in enumerate(mentions):
            before = mentions[index - 1] if index else None
            if not mention.known:
                self._unknown(mention, before, rest)
            elif mention.time:
                rest.append(SetPeriod(self._period(mention.time, mention.text)))
            elif mention.kind == "period" and mention.payload in _UNITS:
                rest.append(SetDimension(Dimension(unit=mention.payload), self.commands.adding))  # type: ignore[arg-type]
            elif mention.candidates:
                self._content(mention, before, has_values, values, rest)
        if self.commands.asked and not any(isinstance(e, SetDimension) for e in rest):
            column = self.means.part_of_a_name(self.commands.asked)
            rest += [SetDimension(Dimension(column))] if column else []
        if not any(isinstance(x, SetDimension) for x in rest):
            rest += self._things_ranked()
        self._find_parts(text, bool(front or rest or values or self.commands.edits))
        for one in self.partial:
            mine = concept(one.column, self.model)
            held = values.get(mine)
            both = tuple(dict.fromkeys((*(held.values if held else ()), *one.values)))
            values[mine] = Filter(one.column, "=" if len(both) == 1 else "in", both)
            rest = [e for e in rest if not (isinstance(e, SetDimension) and self._means(e.dimension, mine))]
        if self.counted and not any(isinstance(e, SetQuantity | SetSubject) for e in (*front, *rest)):
            rest += self._counting()
        return [*front, *self._filters(values), *rest, *self.commands.edits]

    def _things_ranked(self) -> list[Edit]:
        """藏书最多的是哪一家 asks for one of the things that are counted, where nothing tells them apart yet."""
        table = self.model.table(self.table)
        name = next((c.name for c in table.columns if c.role == Role.NAME), None)
        ranked = any(isinstance(x, Rank) and x.ranking and x.ranking.limit for x in self.commands.edits)
        if not ranked or not table.entity or name is None or self.state.dimensions:
            return []
        return [SetDimension(Dimension(Col(self.table, name)))]

    def _how_many_of(self, text: str) -> str:
        """有几个断面 asks for the number of those things, where the state's rows are of another kind. Returns the rest."""
        match = _HOW_MANY.search(text)
        table = self._things(match["noun"]) if match else None
        if match is None or table is None or table == self.table or not self.means.near(table):
            return text
        self.table, self.moved, self.subject = table, SetSubject(table), True
        self.means = Meanings(self.planner, table)
        return text[: match.start()]

    def _things(self, noun: str) -> str | None:
        """The table whose rows are called so."""
        found = [c for c in self.planner.names.find(noun) if c.kind == "table" and c.score >= SURE]
        return found[0].table if found and self.model.table(found[0].table).entity else None

    def _bounds(self) -> list[Filter]:
        """Bounds on numbers of the state's table, and periods of its other times, as the planner reads them."""
        if self.whole is None or not self.whole.whole:
            return []
        return [f for f in self.whole.filters if f.op in (">", ">=", "<", "<=")]

    def _means(self, dimension: Dimension, mine: str) -> bool:
        return dimension.column is not None and concept(dimension.column, self.model) == mine

    def _counting(self) -> list[Edit]:
        """有几条 asks how many of the things, where another number was asked before; 几天 asks for what is in days."""
        table = self.model.table(self.table)
        alike = {"天": ("天", "工作日", "日"), "小时": ("小时",), "分钟": ("分钟",)}.get(self.counted, ())
        lasting = [c for c in table.columns if c.role == Role.MEASURE and c.unit in alike]
        if len(lasting) == 1:
            return [SetQuantity(Quantity("avg", table.name, Col(table.name, lasting[0].name)))]
        if self.counted != table.measure_word and self.counted not in "个家条座所件起次宗":
            return []
        first = self.state.quantities[0] if self.state.quantities else None
        if first is not None and first.column is not None and self._unit(first.column) == self.counted:
            return []
        if any(q.aggregate == "count" or q.metric for q in self.state.quantities):
            return []
        if first is not None and self.counted not in ("", table.measure_word):
            return []
        return [CountThings()] if self.counted else []

    def _unit(self, column: Col) -> str:
        return self.model.table(column.table).column(column.name).unit

    def _move(self, mentions: Sequence[Mention]) -> None:
        """Stand where the fragment's subject stands, should it be of another table: 三甲医院呢."""
        if any(m.candidates and m.text[:1] not in "各每" and self.means.value(m) for m in mentions):
            return
        for index, mention in enumerate(mentions):
            each = index > 0 and mentions[index - 1].kind in ("each", "by")
            if each or mention.text[:1] in "各每" or self.means.dimension(mention) or self.means.value(mention):
                continue
            quantity, table = self.means.quantity(mention), self.means.table_of(mention)
            if (
                quantity
                and not self.means.near(quantity.table)
                and self.means.part_of_a_number(mention.text, self.state.quantities)
            ):
                continue
            if quantity and not self.means.near(quantity.table):
                self.table, self.moved = quantity.table, SetQuantity(quantity)
            elif table and not quantity and not self.means.near(table):
                self.table, self.moved = table, SetSubject(table)
            elif self.means.part_of_a_value(mention.text):
                continue
            elif elsewhere := self._elsewhere(mention):
                self.table, self.moved = elsewhere, SetSubject(elsewhere)
            else:
                continue
            self.means = Meanings(self.planner, self.table)
            self.subject = True
            return

    def _period(self, span: TimeSpan, said: str) -> Period:
        """A month or a quarter without its year is one of the year that was asked about."""
        period, old = Period(span.start, span.end), self.state.period
        given = span.year_given and bool(re.search(r"年|去|今|明|前|上个|上季|本|近|现|最|以来|目前", said))
        if given or span.start is None or old is None or old.start is None:
            return period
        return period.shifted(12 * (old.start.year - span.start.year))

    def _elsewhere(self, mention: Mention) -> str | None:
        """The table of things that a value of another table is a kind of: 小学, of schools."""
        if mention.word or self.means.value(mention) or any(self.means.near(c.table) for c in mention.candidates):
            return None
        for c in mention.candidates:
            if c.kind == "value" and c.score == 1 and self.model.table(c.table).entity:
                return c.table
        return None

    def _unknown(self, mention: Mention, before: Mention | None, rest: list[Edit]) -> None:
        word = mention.text.strip("“”，, ")
        if len(word) < 2 or is_light(word):
            return
        if (value := self.means.part_of_a_value(word)) is not None:
            self.partial.append(value)
            return
        by = before is not None and (before.kind in ("each", "by") or before.text in ("分", "按"))
        if by and (column := self.means.part_of_a_name(word)):
            rest.append(SetDimension(Dimension(column), self.commands.adding))
        else:
            self.unread.append(word)

    def _find_parts(self, text: str, understood: bool) -> None:
        """Values that the words of the clause are a part of, where single words were not enough: 信息传输."""
        words = self.unread or ([] if understood else [text])
        for word in list(words):
            pieces = {text[a:b] for a in range(len(text)) for b in range(a + 2, len(text) + 1) if word[:2] in text[a:b]}
            for piece in sorted(pieces, key=lambda p: -len(p))[:40]:
                value = self.means.part_of_a_value(piece) or self.means.another_like(piece, self.state.filters)
                if value is not None:
                    self.partial.append(value)
                    if word in self.unread:
                        self.unread.remove(word)
                    break

    def _content(
        self,
        mention: Mention,
        before: Mention | None,
        has_values: bool,
        values: dict[str, Filter],
        rest: list[Edit],
    ) -> None:
        each = mention.text[:1] in "各每" or (
            before is not None and (before.kind in ("each", "by") or before.text in ("分", "按"))
        )
        quantity = self._own(mention) or self.means.quantity(mention)
        if quantity and not self.means.near(quantity.table):
            quantity = self.means.part_of_a_number(mention.text, self.state.quantities) or quantity
        value = self.means.value(mention)
        if value and before is not None and before.text.endswith(("不", "非", "没")):
            value = self.means.opposite(value)
        if quantity and self._goes_with(mention, rest):
            return
        table = self.means.table_of(mention)
        if not value and not quantity and not table and not each and self._elsewhere(mention):
            value = self.means.part_of_a_value(mention.text)
        if table and not each and self.means.near(table):
            self.noun = True
        if quantity and quantity.column and any(quantity.column == b.column for b in self._bounds()):
            return  # what the bound is on
        noun = table and not each and not value and not self._names_another(mention, quantity)
        if noun and table and (table == self.table or (self.means.near(table) and has_values)):
            return  # the noun of what is asked about, or of its conditions: 三甲医院
        if not each and not value and not quantity and (flag := self.means.flag(mention)):
            values[concept(flag.column, self.model)] = flag
        elif each and (dimension := self.means.dimension(mention)):
            rest.append(SetDimension(dimension, self.commands.adding))
        elif value and not (quantity and self._measures_columns()):
            shown = self.model.table(value.column.table).column(value.column.name)
            if shown.role == Role.CATEGORY and any(b.column == value.column for b in self._bounds()):
                return
            old = values.get(concept(value.column, self.model))
            both = (*old.values, *value.values) if old else value.values
            op = "=" if len(both) == 1 else "in"
            values[concept(value.column, self.model)] = Filter(value.column, op, both)
        elif quantity and (self.commands.dropping or self.commands.excluding):
            rest.append(DropQuantity(quantity_label(quantity, self.model)))
        elif quantity and (
            self.means.near(quantity.table) or any(q.table == quantity.table for q in self.state.quantities)
        ):
            self.subject = True
            if not isinstance(self.moved, SetQuantity):
                rest.append(SetQuantity(quantity, self.commands.adding))
        elif dimension := self.means.dimension(mention, SURE):
            if dimension.column is not None and concept(dimension.column, self.model) in values:
                return  # the word behind its value: 本科学历
            if dimension.column is None or concept(dimension.column, self.model) != "→" + self.table:
                rest.append(SetDimension(dimension, self.commands.adding))  # else the noun again: 微循环线路
        elif table:
            self.subject = True
            rest.insert(0, SetSubject(table))
        elif each and (column := self.means.part_of_a_name(mention.text)):
            rest.append(SetDimension(Dimension(column), self.commands.adding))
        elif not mention.word and (len(mention.text) > 2 or any(c.score >= SURE for c in mention.candidates)):
            self.unread.append(mention.text)

    def _own(self, mention: Mention) -> Quantity | None:
        """The number asked for already, where a word is a part of its name and no other's whole name: 成交, of 成交套数."""
        if any(c.score >= SURE for c in mention.candidates):
            return None
        for one in self.state.quantities:
            if one.column is not None and one.aggregate != "count" and one.table == self.table:
                column = self.model.table(one.table).column(one.column.name)
                if len(mention.text) > 1 and any(mention.text in name for name in (column.label, *column.synonyms)):
                    return one
        return None

    def _goes_with(self, mention: Mention, rest: list[Edit]) -> bool:
        """Whether a part of a name goes on with the number that was just named: PM2.5平均浓度."""
        last = next((x.quantity for x in reversed(rest) if isinstance(x, SetQuantity)), None)
        if last is None or last.column is None or any(c.score >= SURE for c in mention.candidates):
            return False
        column = self.model.table(last.column.table).column(last.column.name)
        return any(mention.text in name for name in (column.label, *column.synonyms))

    def _names_another(self, mention: Mention, quantity: Quantity | None) -> bool:
        """Whether a word for the table's rows is also the whole name of a number that was not asked for: 税收, after 退税."""
        if quantity is None or quantity.column is None or quantity.table != self.table or not self._measures_columns():
            return False
        if any(q.column == quantity.column for q in self.state.quantities):
            return False
        return any(
            c.kind == "column" and Col(c.table, c.column) == quantity.column and c.score >= SURE
            for c in mention.candidates
        )

    def _filters(self, values: dict[str, Filter]) -> list[Edit]:
        if self.commands.comparing:
            return [CompareWith(f) for f in values.values()]
        if self.commands.restoring:
            return [Readmit(f) for f in values.values()]
        edits: list[Edit] = []
        for one in values.values():
            if one.op not in ("=", "in"):
                edits.append(SetFilter(one))
            elif self.commands.dropping or self.commands.excluding:
                held = [f for f in self.state.filters if f.op in ("=", "in") and set(one.values) & set(f.values)]
                shut = [f for f in self.state.filters if f.op not in ("=", "in") and set(one.values) & set(f.values)]
                whole = [f for f in held if set(f.values) <= set(one.values)]
                if self.commands.dropping and (whole or shut):
                    edits.append(DropFilter(last=tuple(whole or shut)))
                elif self.commands.excluding:
                    edits.append(SetFilter(Filter(one.column, "!=" if len(one.values) == 1 else "not in", one.values)))
            else:
                edits.append(SetFilter(one, self.commands.adding))
        return edits

    def _measures_columns(self) -> bool:
        """Whether the state asks for a number that is stored, so that a name of another takes its place."""
        return any(q.metric or (q.column is not None and q.aggregate != "count") for q in self.state.quantities)


__all__ = ["Fragment", "read_fragment"]
