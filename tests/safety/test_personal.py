"""Personal values in free text: what is found, what is left alone, and that a scope's database says the same."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from corpus.catalog import Dataset
from corpus.semantics import Column, Role, SemanticModel, Table, save_semantics
from corpus.store import CatalogStore
from corpus.workspace import Workspace
from tools.personal import free_text, identity_number_holds, is_free_text, masked, personal_values
from tools.principal import Principal
from tools.query.tool import QueryTool
from tools.rights import scope_for

FOUND = {
    "我的身份证号是11010519491231002X，请核实": "我的身份证号是〔身份证号〕，请核实",
    "身份证１１０１０５１９４９１２３１００２Ｘ": "身份证〔身份证号〕",
    "110105 19491231 002X": "〔身份证号〕",
    "电话13812345678,13912345678。": "电话〔电话〕,〔电话〕。",
    "请打+86 138-1234-5678找我": "请打〔电话〕找我",
    "家里座机0990-8560587转12": "家里座机〔电话〕",
    "卡号6222021234567890123已扣款": "卡号〔银行卡号〕已扣款",
    "发到li.si@example.com.cn谢谢": "发到〔邮箱〕谢谢",
    "京A12345和粤BD12345两辆车": "〔车牌号〕和〔车牌号〕两辆车",
    "护照号E12345678过期": "护照号〔证件号〕过期",
    "微信：wx_12345，QQ号 87654321": "微信：〔网络账号〕，QQ号 〔网络账号〕",
    "幸福路12号3栋2单元402室漏水": "幸福路12号〔住址〕漏水",
    "我叫张三丰，住在东湖边": "我叫〔姓名〕，住在东湖边",
    "联系人：欧阳建国（白天在家）": "联系人：〔姓名〕（白天在家）",
    "李女士来电": "〔姓名〕女士来电",
    "查询赵小宝的工资": "查询〔姓名〕的工资",
}
LEFT = [
    "2024年各区义务教育学校有多少所？", "12345热线上个月受理多少件", "统一社会信用代码91990102200000195C", "GDP 12345678901 元",
    "高新区的社保缴费人数", "易门县的户籍人口", "每万人口拥有的医院数", "订单号 2025070112345678", "居民高度关注噪声问题", "G60高速拥堵",
    "2020年1月1日至2025年12月31日", "金额1500000000元", "幸福路12号门前积水", "学生人数最多的学校", "",
]  # fmt: skip


@pytest.mark.parametrize(("text", "shown"), FOUND.items())
def test_personal_values_are_replaced_by_their_kind(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert all(value in text and value not in shown for _, value in personal_values(text))
    assert personal_values(text)


@pytest.mark.parametrize("text", LEFT)
def test_ordinary_words_and_numbers_stay(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize("text", [*FOUND, *FOUND.values()])
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert masked(masked(text)) == masked(text)


PIECES = st.sampled_from(
    ["13812345678", "110105194912310021", "11010519491231002X", "6222021234567890123", "，", " ", "-", "张三", "我叫", "的电话",
     "京A12345", "a@b.cn", "12号3栋", "路", "查询", "女士", "８", "0", "x", "号", "市民", "微信：", "abc123", "。\n"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(PIECES, max_size=9).map("".join), min_size=1, max_size=25))
def test_the_database_masks_as_the_program_does(texts: list[str]) -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (n INTEGER, x VARCHAR)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", list(enumerate(texts)))
        query = exp.select(free_text(exp.column("x"))).from_("t").order_by("n").sql("duckdb")
        assert [row[0] for row in connection.execute(query).fetchall()] == [masked(text) for text in texts]


def test_check_digits() -> None:
    assert identity_number_holds("11010519491231002X")
    assert not identity_number_holds("110105194912310021") and not identity_number_holds("1101051949123100")
    assert masked("110105194912310021") == "〔身份证号〕"  # mistyped, and no less personal


def test_which_columns_hold_sentences() -> None:
    assert is_free_text(Column(name="content", label="诉求内容", role=Role.TEXT))
    assert not is_free_text(Column(name="phone", label="咨询电话", role=Role.TEXT))
    assert not is_free_text(Column(name="n", label="经度", role=Role.TEXT, type="DOUBLE"))
    assert not is_free_text(Column(name="kind", label="诉求类别", role=Role.CATEGORY))


def test_an_open_table_of_tickets_shows_no_caller(tmp_path) -> None:  # type: ignore[no-untyped-def]
    workspace = Workspace.create(tmp_path / "ws")
    with duckdb.connect(str(workspace.warehouse_path)) as connection:
        connection.execute("CREATE TABLE ticket (id INTEGER, content VARCHAR)")
        connection.executemany("INSERT INTO ticket VALUES (?, ?)", [[n, text] for n, text in enumerate(FOUND)])
    columns = [
        Column(name="id", label="编号", type="INTEGER", role=Role.KEY),
        Column(name="content", label="诉求内容", role=Role.TEXT),
    ]
    model = SemanticModel(tables=[Table(name="ticket", label="热线工单", columns=columns, dataset="d")])
    save_semantics(model, workspace.semantics_path)
    facts = {"id": "d", "title": "热线工单", "publisher": "热线中心", "opening": "open", "sharing": "unconditional"}
    dataset = Dataset.model_validate({**facts, "table": "ticket", "level": "general"})
    CatalogStore(workspace.catalog_path).put_datasets([dataset])
    with QueryTool(workspace, model) as tool:
        for role in ("citizen", "official", "steward"):
            scope = scope_for(
                Principal(id=role, role=role, department="别的局"), model, [dataset], workspace.data_version
            )
            rows = tool.run("SELECT content FROM ticket ORDER BY id", scope).rows
            assert [text for (text,) in rows] == list(FOUND.values())
        own = Principal(id="o", role="official", department="热线中心")
        scope = scope_for(own, model, [dataset], workspace.data_version)
        assert [text for (text,) in tool.run("SELECT content FROM ticket ORDER BY id", scope).rows] == list(FOUND)
