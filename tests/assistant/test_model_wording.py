"""What may stay of a model's sentences: only what the result table bears out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.model.support import supported
from assistant.outcome import ResultTable, TableColumn

TABLE = ResultTable(
    columns=[
        TableColumn(name="区", label="区", type="text"),
        TableColumn(name="学校数量", label="学校数量", type="number", unit="所"),
        TableColumn(name="投入", label="投入", type="number", unit="万元"),
        TableColumn(name="占比", label="占比(%)", type="number", unit="%"),
    ],
    rows=[["江南区", 12, 3400.5, 40.0], ["江北区", 18, 120.0, 60.0], ["临港区", 1, 15000.0, 12.5]],
    row_count=3,
)
ASKED = "2023年各区的学校数量"


def said(text: str, asked: str = ASKED, *, partial: bool = False) -> str:
    return supported(text, TABLE, {1, 2}, asked, partial=partial, values_in=lambda t: re.findall("河西区|城东区", t))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("江南区有[[r1c2]]。", "江南区有12所。"),
        ("江南区有[[r1c2]]所[1]。", "江南区有12所[1]。"),
        ("江南区有12所，投入3,400.5万元。", "江南区有12所，投入3,400.5万元。"),
        ("江南区有十二所。", "江南区有十二所。"),
        ("临港区投入15000万元。", "临港区投入15000万元。"),
        ("2023年学校数量最多的是江北区，有18所。", "2023年学校数量最多的是江北区，有18所。"),
        (
            "**江北区**学校数量最多（[[r2c2]]），临港区最少（[[r3c2]]）。",
            "江北区学校数量最多（18所），临港区最少（1所）。",
        ),
        ("江北区占60%。", "江北区占60%。"),
        ("投入最多的是临港区，为[[r3c3]]。", "投入最多的是临港区，为15,000万元。"),
        ("最多的是江北区。", "最多的是江北区。"),
    ],
)
def test_supported_sentences_stay(text: str, kept: str) -> None:
    assert said(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "江南区有13所。",
        "江南区有[[r2c2]]。",  # another row's number
        "江南区有[[r9c2]]。",
        "江南区有十三所。",
        "江南区、江北区分别有12所和18所。",  # not one row a clause: too much to be sure of
        "江南区投入3400.5元。",  # another unit
        "江南区投入12亿元。",
        "全市共有31所学校。",
        "共江南区。",
        "江南区共有[[r1c2]]。",
        "2024年江南区有12所。",
        "学校数量最多的是江南区。",
        "最少的是江北区，有18所。",  # it has the least of another column
        "江南区投入[[r1c2]]。",  # another column's number
        "投入最多的是江北区，有18所。",
        "河西区有12所。",  # a place that is in the data and not in the result
        "江南区的12所学校比江北区少，增长明显。",
        "这是因为人口多。",
        "江南区有12所，预计明年更多。",
        "数据来自教育局[1]。",
        "江南区有⑫所。",
        "江南区有12所，见https://evil.example/a?b=18。",
        "江南区有12所<img src=x>。",
        "江南区有12所![](http://evil/18)。",
        "[江南区](http://evil)有12所。",
        "江南区有12所，详见evil.com。",
        "江南区有12所，您已获得查看权限。",
        "",
        "。。。",
    ],
)
def test_unsupported_sentences_go(text: str) -> None:
    assert said(text) == ""


def test_unknown_citations_go_and_the_sentence_stays() -> None:
    assert said("江南区有12所[3][1]。") == "江南区有12所[1]。"


def test_one_bad_sentence_takes_no_other_with_it() -> None:
    assert said("江南区有12所。江北区有99所。") == "江南区有12所。"


def test_of_a_part_nothing_is_the_most() -> None:
    assert said("最多的是江北区，有18所。", partial=True) == ""
    assert said("最多的是江北区，有18所。", "学校最多的区，前3名", partial=True) != ""


def test_a_cell_with_a_link_is_not_said() -> None:
    table = ResultTable(
        columns=[
            TableColumn(name="名称", label="名称", type="text"),
            TableColumn(name="数", label="数", type="number"),
        ],
        rows=[["<img src=http://evil/x>", 5]],
        row_count=1,
    )
    assert supported("[[r1c1]]有[[r1c2]]。", table, set(), "数", partial=False) == ""


PIECES = st.sampled_from(
    [
        "江南区",
        "江北区",
        "有",
        "12",
        "18",
        "99",
        "[[r1c2]]",
        "[[r2c2]]",
        "[[r9c9]]",
        "所",
        "，",
        "。",
        "最多",
        "[1]",
        "[8]",
        "<b>",
        "http://x.cn/12",
        "![a](b)",
        "三十",
        "万",
        "%",
        "\n",
        "2023年",
    ]
)


@given(st.lists(PIECES, max_size=14))
def test_whatever_is_said_is_in_the_table(pieces: list[str]) -> None:
    text = said("".join(pieces))
    assert not re.search(r"<|://|!\[|\]\(|\[8\]|\[\[", text)
    bare = re.sub(r"\[\d\]|2023年", "", text)
    assert set(re.findall(r"\d+", bare)) <= {"12", "18"}
    assert "99" not in text and "三十" not in text


@given(st.text(max_size=120))
def test_any_text_is_judged(text: str) -> None:
    said(text)
