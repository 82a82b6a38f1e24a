"""The cut of a question into names, values, numbers, times and function words."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shop_city import MODEL, TODAY, connect

from assistant.planning.linking.mentions import Mention, find_mentions
from assistant.planning.linking.names import Names
from retrieval.values import ValueIndex

NAMES = Names(MODEL)
VALUES = ValueIndex.build(connect(), MODEL)


def cut(question: str) -> list[Mention]:
    return find_mentions(question, NAMES, VALUES, TODAY)


@pytest.mark.parametrize(
    ("question", "pieces"),
    [
        ("东城区的商店有多少家", ["东城区", "的", "商店", "有", "多少家"]),
        ("员工数不少于5人的书店", ["员工数", "不少于", "5", "人", "的", "书店"]),
        ("2025年各区销售额", ["2025年", "各", "区", "销售额"]),
        ("营业面积在100到200平方米之间", ["营业面积", "在", "100", "到", "200", "平方米", "之间"]),
    ],
)
def test_pieces(question: str, pieces: list[str]) -> None:
    assert [m.text for m in cut(question)] == pieces


def test_short_forms_of_values_are_found() -> None:
    assert any(c.kind == "value" and c.value == "东城区" for m in cut("东城有几家商店") for c in m.candidates)


def test_what_nothing_explains_stays_in_one_piece() -> None:
    unknown = [m.text for m in cut("魑魅魍魉的商店") if not m.known]
    assert unknown == ["魑魅魍魉"]


@settings(max_examples=60)
@given(st.text(alphabet="东城区商店员工数的各有多少大于5百年月书店，？最高x", max_size=20))
def test_the_pieces_are_the_question(question: str) -> None:
    found = cut(question)
    assert "".join(m.text for m in found) == question
    assert all(a.end == b.start for a, b in pairwise(found))
