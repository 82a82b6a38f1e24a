"""The names of tables, columns and metrics, and what in a question may mean them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from assistant.planning.linking.verbs import verbs_of
from corpus.semantics import Column, Relation, Role, SemanticModel, Table

CandidateKind = Literal["table", "column", "metric", "value", "verb"]
_INSIDE = ("平均", "总")  # an aggregate spoken inside a name: 招生总人数, 客房平均数量
_DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")
_GENERIC = ("信息", "情况", "数据", "统计", "记录", "表", "名单", "目录", "明细", "清单", "台账", "年报", "月报")
_UNIT = re.compile(r"[\u4e00-\u9fff]{1,4}$")


@dataclass(frozen=True)
class Candidate:
    """One thing that words may mean; `value` only for values. A `verb` says what a table's rows tell, and names none of them."""

    kind: CandidateKind
    table: str
    column: str = ""
    value: str = ""
    score: float = 1.0


class Names:
    """Every name of a semantic model → what it may mean, best first."""

    def __init__(self, model: SemanticModel, *, literal: bool = False) -> None:
        """`literal`: with the verbs in tables' names; people's words are reworded instead."""
        self._names: dict[str, dict[tuple[str, str, str], Candidate]] = {}
        self._numbers: dict[str, list[Candidate]] = {}  # what a measure is called in full
        for table in model.tables:
            for name, score in table_names(table):
                self._add(name, Candidate("table", table.name, score=score))
            for verb in verbs_of(table, model) if literal else ():
                for other in model.tables:  # 一带一路 begins the names of two tables
                    if verb in other.label and verb != other.label:
                        self._add(verb, Candidate("verb", other.name, score=0.7))
            for column in table.columns:
                for name, score in (*column_names(table, column), *(count_names(column) if literal else ())):
                    self._add(name, Candidate("column", table.name, column.name, score=score))
                if column.role == Role.MEASURE:
                    for name in measure_names(column):
                        self._numbers.setdefault(name, []).append(
                            Candidate("column", table.name, column.name, score=0.98)
                        )
        for relation in model.relations:
            if len(relation.left_columns) == 1:
                self._point(model, relation)
        for metric in model.metrics:
            for name in (metric.label, *metric.synonyms):
                self._add(name, Candidate("metric", metric.table, metric.name, score=1.05))
        self.longest = max(map(len, self._names), default=0) + max(map(len, _INSIDE))
        # what the data count and measure in, whatever the function words know: 毫米, 艘
        self.units = {w for t in model.tables for w in (t.measure_word, *(c.unit for c in t.columns)) if _UNIT.match(w)}

    def _point(self, model: SemanticModel, relation: Relation) -> None:
        """What a foreign key is called, its target may be called too: 省份id → 省份."""
        column = model.table(relation.left).column(relation.left_columns[0])
        for name in (column.label, *column.synonyms):
            spoken = re.sub(r"(?i)(?:的?id|编号|编码|代码)$", "", name)
            target = model.table(relation.right)
            # 贫困城市id is a role that only some cities play: no name for all of them
            role = any(n and n in spoken and n != spoken for n in (target.label, target.entity))
            if len(spoken) >= 2 and not role:
                self._add(spoken, Candidate("table", relation.right, score=0.85))

    def _add(self, name: str, candidate: Candidate) -> None:
        name = name.strip().lower()
        if name.startswith(("各", "每")) and len(name) > 1:
            self._add(name[1:], candidate)
            if len(name) < (4 if name[0] == "各" else 3):
                return  # the word itself groups
        if len(name) < 1 or (len(name) == 1 and not re.match(r"[省市县区人国]", name)):
            return
        found = self._names.setdefault(name, {})
        key = (candidate.kind, candidate.table, candidate.column)
        if key not in found or found[key].score < candidate.score:
            found[key] = candidate

    def texts(self, least: float) -> list[str]:
        """The names that mean something at least this surely."""
        return [name for name, found in self._names.items() if any(c.score >= least for c in found.values())]

    def find(self, text: str) -> list[Candidate]:
        """What `text` may mean, best first."""
        found = self._names.get(text.lower())
        if found is None:
            return self._with_aggregate(text.lower())
        return sorted(found.values(), key=lambda c: -c.score)

    def _with_aggregate(self, text: str) -> list[Candidate]:
        """招生总人数 is 招生人数, added up."""
        split = without_aggregate(text)
        return self._numbers.get(split[1], []) if split is not None else []


def without_aggregate(text: str) -> tuple[str, str] | None:
    """The aggregate spoken inside a name, and the name without it."""
    for word in _INSIDE:
        at = text.find(word, 2)
        if 2 <= at < len(text) - len(word):
            return word, text[:at] + text[at + len(word) :]
    return None


def measure_names(column: Column) -> list[str]:
    """What a measure is called, without the thing it belongs to before it, where no aggregate is in the name."""
    label = column.label.lower()
    names = [label, *(s.lower() for s in column.synonyms if not s.lower().endswith(label))]
    return [] if without_aggregate(label) else names


def table_names(table: Table) -> Iterator[tuple[str, float]]:
    """A table's names with how surely each means it."""
    yield table.label, 1.0
    for synonym in table.synonyms:
        yield synonym, 0.95
    if table.entity:
        yield table.entity, 0.97
    for name in (table.label, *table.synonyms):
        for suffix in _GENERIC:
            if name.endswith(suffix) and len(name) - len(suffix) >= 2:
                yield name[: -len(suffix)], 0.9
    if re.search(r"[\u4e00-\u9fff]", table.name):
        yield table.name, 1.0


def column_names(table: Table, column: Column) -> Iterator[tuple[str, float]]:
    """A column's names with how surely each means it: label, synonyms, then parts of the label."""
    yield column.label, 1.0
    if re.search(r"[\u4e00-\u9fff]", column.name):
        yield column.name, 1.0
    if re.search(r"\d", column.label):  # 500强: 五百强
        yield from ((name, 0.97) for name in _in_words(column.label))
    for synonym in column.synonyms:
        yield synonym, 0.95
    for lead, tail in (("最低", "下限"), ("最高", "上限")):
        if column.label.startswith(lead) and len(column.label) > 3:
            yield column.label.removeprefix(lead) + tail, 0.9
    if column.role == Role.TIME:
        for name in (column.label, *column.synonyms):
            stem = re.sub(r"(?:日期|时间|年份|年月|年)$", "", name)
            if len(stem) >= 2 and stem != name:
                for tail in ("日期", "时间", "年份"):
                    yield stem + tail, 0.9
                if name != column.label and stem[-1] in "成立办建设业通布批登出生":
                    yield stem, 0.56
    if table.entity and not column.label.startswith(table.entity):
        yield table.entity + column.label, 0.98
    if column.role in (Role.KEY, Role.FOREIGN):
        return
    yield from _parts(column.label)


def _in_words(label: str) -> set[str]:
    """A label with its whole number spoken: 500 is 五百, 211 is 二一一."""
    found = re.search(r"(?<![\d.])\d+(?![\d.])", label)
    if found is None:
        return set()
    digits = found.group()
    said = {digits.translate(_DIGITS)}
    if re.fullmatch(r"[1-9]0+", digits) and len(digits) <= 5:
        said.add(digits[0].translate(_DIGITS) + "十百千万"[len(digits) - 2])
    return {label[: found.start()] + word + label[found.end() :] for word in said}


# Words of their own, not the tail of another word and a counting one: 份额, but not 资额 of 融资额.
_COUNTS = frozenset(
    ("份额", "金额", "余额", "名额", "票数", "单数", "件数", "场数", "集数", "次数", "户数", "床数", "站数", "车数")
)


def count_names(column: Column) -> Iterator[tuple[str, float]]:
    """What else a count is called: 车辆数 of 车数量."""
    bare = re.sub(r"(?:数量|数)$", "", column.label)
    if column.role == Role.MEASURE and bare != column.label and len(bare) <= 3:
        if len(bare) == 1:
            yield from (
                (bare + tail, 0.92) for tail in ("总数", "总数量")
            )  # 车总数量: too short a noun to be found alone
        for unit in "辆名位家所台套座条张份件本部篇场届枚项种":
            yield f"{bare}{unit}数", 0.92  # 车辆数 of 车数量


@lru_cache(maxsize=20_000)
def _parts(label: str) -> tuple[tuple[str, float], ...]:
    """Pieces of a label of two characters or more, scored by how much of the label they are."""
    if len(label) < 3:
        return ()
    found = []
    for size in range(2, len(label)):
        for start in range(len(label) - size + 1):
            piece = label[start : start + size]
            counted = re.fullmatch(r".(?:数量|人数|总数|个数|数|量|额)", piece) and piece not in _COUNTS
            if re.fullmatch(r"[\u4e00-\u9fff]+", piece) and not (counted and start):
                # the head of a Chinese noun stands last, so a tail says a little more than a middle
                edge = 0.06 if start == 0 or start + size == len(label) else 0.0
                found.append((piece, 0.3 + 0.4 * size / len(label) + edge))
    return tuple(found)
