"""Ways between tables, what repeats rows, and which of several foreign keys a question means."""

from __future__ import annotations

import pytest
from shop_city import MODEL

from assistant.planning.compiling.joins import JoinGraph
from corpus.semantics import Column, Relation, Role, SemanticModel, Table

GRAPH = JoinGraph(MODEL)


def test_the_way_up_keeps_rows_and_the_way_down_repeats_them() -> None:
    assert [e.target for e in GRAPH.paths("sale")["district"]] == ["shop", "district"]
    assert (
        GRAPH.safe("sale", "district") and not GRAPH.safe("district", "sale") and not GRAPH.safe("sale", "inspection")
    )


def test_tables_without_a_way_are_infinitely_far() -> None:
    lone = SemanticModel(tables=[Table(name="x", label="x", columns=[Column(name="a", label="a")])])
    assert JoinGraph(lone).cost("x", "y") == float("inf") and not JoinGraph(lone).safe("x", "y")


def test_foreign_key_names_the_column_that_points_at_the_target() -> None:
    assert GRAPH.foreign_key("shop", "district") == ("code",)
    assert GRAPH.foreign_key("sale", "district") is None


@pytest.mark.parametrize(("avoided", "chosen"), [("winner", "loser"), ("loser", "winner")])
def test_an_avoided_key_gives_way_to_the_other(avoided: str, chosen: str) -> None:
    game = Table(
        name="game",
        label="比赛",
        columns=[Column(name=n, label=n, role=Role.FOREIGN) for n in ("winner", "loser")],
    )
    team = Table(name="team", label="球队", columns=[Column(name="id", label="id", role=Role.KEY)], primary_key=["id"])
    relations = [
        Relation(left="game", left_columns=[n], right="team", right_columns=["id"]) for n in ("winner", "loser")
    ]
    graph = JoinGraph(SemanticModel(tables=[game, team], relations=relations), frozenset({("game", avoided)}))
    assert graph.foreign_key("game", "team") == (chosen,)
