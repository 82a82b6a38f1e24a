"""How tables hang together: the shortest way between them, and whether it multiplies rows."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from functools import cached_property

from corpus.semantics import Cardinality, Relation, SemanticModel


class CannotCompile(Exception):
    """The plan asks for tables that no join connects, or for something SQL cannot say."""


@dataclass(frozen=True)
class Edge:
    """A join from one table to another on equal columns; `multiplies`: one row here may meet many there."""

    source: str
    source_columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    multiplies: bool
    cost: float


def _edges(relation: Relation) -> list[Edge]:
    left, right = tuple(relation.left_columns), tuple(relation.right_columns)
    many_left = relation.cardinality != Cardinality.ONE_TO_ONE
    many_right = relation.cardinality == Cardinality.MANY_TO_MANY
    cost = 1.0 if relation.declared else 1.5
    return [
        Edge(relation.left, left, relation.right, right, many_right, cost),
        Edge(relation.right, right, relation.left, left, many_left, cost + (0.5 if many_left else 0.0)),
    ]


class JoinGraph:
    """All relations of a semantic model, both ways."""

    def __init__(self, model: SemanticModel, avoided: frozenset[tuple[str, str]] = frozenset()) -> None:
        """`avoided`: foreign keys (table, column) to take only where no other leads to the same table."""
        self._model = model
        self._avoided = avoided

    def chosen(self, root: str) -> bool:
        """Whether one of several keys of `root` was preferred to the others."""
        return any(table == root for table, _ in self._avoided)

    @cached_property
    def _out(self) -> dict[str, list[Edge]]:
        out: dict[str, list[Edge]] = {t.name: [] for t in self._model.tables}
        for relation in self._model.relations:
            if relation.left in out and relation.right in out and relation.left != relation.right:
                avoided = (relation.left, relation.left_columns[0]) in self._avoided
                for edge in _edges(relation):
                    out[edge.source].append(replace(edge, cost=edge.cost + 0.4) if avoided else edge)
        return out

    @cached_property
    def _from(self) -> dict[str, dict[str, tuple[Edge, ...]]]:
        return {}

    def paths(self, root: str) -> dict[str, tuple[Edge, ...]]:
        """The cheapest way from `root` to every table within three joins; the root itself has the empty way."""
        if root in self._from:
            return self._from[root]
        best: dict[str, tuple[float, tuple[Edge, ...]]] = {root: (0.0, ())}
        queue = deque([root])
        while queue:
            here = queue.popleft()
            cost, way = best[here]
            if len(way) >= 3:
                continue
            for edge in self._out.get(here, []):
                total = cost + edge.cost
                if edge.target not in best or total < best[edge.target][0] - 1e-9:
                    best[edge.target] = (total, (*way, edge))
                    queue.append(edge.target)
        self._from[root] = {name: way for name, (_, way) in best.items()}
        return self._from[root]

    def cost(self, root: str, target: str) -> float:
        """The cost of the way, infinity where there is none."""
        way = self.paths(root).get(target)
        return float("inf") if way is None else sum(e.cost for e in way)

    def safe(self, root: str, target: str) -> bool:
        """Whether joining `target` to `root` keeps one row for each row of `root`."""
        way = self.paths(root).get(target)
        return way is not None and not any(edge.multiplies for edge in way)

    def foreign_key(self, root: str, target: str) -> tuple[str, ...] | None:
        """The columns of `root` that point straight at `target`'s key, when there are such."""
        way = self.paths(root).get(target)
        if way is None or len(way) != 1 or way[0].multiplies:
            return None
        return way[0].source_columns
