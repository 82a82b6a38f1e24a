"""The ledger as tables of the warehouse, so that questions about requests are questions like any other."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from corpus.semantics import Additivity, Column, Metric, Role, SemanticModel, Table
from tools.requests.ledger import LedgerLine

LEDGER, DEMAND = "share_request_ledger", "data_demand"
_ARROW = {"DATE": pa.date32(), "BIGINT": pa.int64()}

_LEDGER_COLUMNS = [
    Column(name="number", label="申请编号", role=Role.KEY, synonyms=["共享申请编号"]),
    Column(name="department", label="申请部门", role=Role.CATEGORY, synonyms=["需求部门", "申请单位", "需求单位"]),
    Column(
        name="dataset_title",
        label="申请的数据",
        role=Role.NAME,
        synonyms=["申请的数据目录", "申请的数据集", "被申请的数据"],
    ),
    Column(name="provider", label="答复部门", role=Role.CATEGORY, synonyms=["审核部门", "答复单位", "被申请部门"]),
    Column(name="sharing", label="申请数据的共享属性", role=Role.CATEGORY),
    Column(name="state", label="申请状态", role=Role.CATEGORY, synonyms=["办理状态", "共享申请状态"]),
    Column(
        name="submitted", label="提交日期", type="DATE", role=Role.TIME, grain="date", synonyms=["申请日期", "申请时间"]
    ),
    Column(name="due", label="答复期限", type="DATE", role=Role.TIME, grain="date"),
    Column(name="replied", label="答复日期", type="DATE", role=Role.TIME, grain="date", synonyms=["答复时间"]),
    Column(
        name="reply",
        label="答复结果",
        role=Role.CATEGORY,
        synonyms=["审核结果"],
        value_synonyms={
            "同意": ["获准", "批准", "通过"],
            "不同意": ["拒绝", "被拒", "驳回"],
            "未答复": ["待答复", "没有答复"],
        },
    ),
    Column(
        name="reply_days",
        label="答复用时",
        type="BIGINT",
        role=Role.MEASURE,
        additivity=Additivity.AVERAGE,
        unit="个工作日",
        synonyms=["答复天数", "答复工作日", "审核用时"],
        description="从提交到答复的工作日数，没有答复的为空值",
    ),
    Column(
        name="late_days",
        label="超期天数",
        type="BIGINT",
        role=Role.MEASURE,
        additivity=Additivity.SUM,
        unit="个工作日",
        synonyms=["超期工作日", "逾期天数"],
        description="答复晚于期限的工作日数，按期的为0",
    ),
    Column(
        name="in_time", label="是否按期答复", role=Role.CATEGORY, description="按期、超期，还没有答复也没有超期的为空值"
    ),
    Column(
        name="ground",
        label="不同意的理由",
        role=Role.CATEGORY,
        synonyms=["拒绝理由", "不同意理由", "拒绝原因", "驳回理由"],
    ),
    Column(name="delivered", label="提供日期", type="DATE", role=Role.TIME, grain="date"),
    Column(name="ends", label="使用截止日期", type="DATE", role=Role.TIME, grain="date"),
]

_DEMAND_COLUMNS = [
    Column(name="wanted", label="需要的数据", role=Role.NAME, synonyms=["想要的数据", "缺少的数据", "没有的数据"]),
    Column(name="department", label="提出部门", role=Role.CATEGORY, synonyms=["提出单位"]),
    Column(name="day", label="提出日期", type="DATE", role=Role.TIME, grain="date", synonyms=["提出时间"]),
]

METRICS = [
    Metric(
        name="average_reply_days",
        label="平均答复用时",
        table=LEDGER,
        expression="avg(reply_days)",
        synonyms=["共享申请平均答复时间", "平均答复天数", "平均答复时间", "平均审核用时"],
        unit="个工作日",
        description="已答复的共享申请从提交到答复的平均工作日数",
    ),
    Metric(
        name="in_time_rate",
        label="按期答复率",
        table=LEDGER,
        expression="100.0 * count(*) FILTER (WHERE in_time = '按期') / nullif(count(in_time), 0)",
        synonyms=["答复及时率", "按时答复率", "申请按期答复率"],
        unit="%",
        description="按期答复的占已答复和已超期的共享申请的百分比",
    ),
    Metric(
        name="late_requests",
        label="超期申请数",
        table=LEDGER,
        expression="count(*) FILTER (WHERE late_days > 0)",
        synonyms=["超期的共享申请", "超期的申请", "逾期申请数", "超期件数"],
        unit="件",
    ),
    Metric(
        name="agreed_rate",
        label="申请同意率",
        table=LEDGER,
        expression="100.0 * count(*) FILTER (WHERE reply = '同意') / nullif(count(replied), 0)",
        synonyms=["共享申请同意率", "申请通过率", "申请获准率"],
        unit="%",
    ),
]


def write_ledger(
    connection: duckdb.DuckDBPyConnection, lines: Iterable[LedgerLine], demands: Iterable[tuple[str, str, date]]
) -> SemanticModel:
    """Replace the two tables; returns what they mean. `demands` are (wanted, department, day)."""
    ledger = [_row(line) for line in lines]
    demand = [{"wanted": wanted, "department": department, "day": day} for wanted, department, day in demands]
    _replace(connection, LEDGER, _LEDGER_COLUMNS, ledger)
    _replace(connection, DEMAND, _DEMAND_COLUMNS, demand)
    tables = [
        Table(
            name=LEDGER,
            label="共享申请台账",
            columns=_LEDGER_COLUMNS,
            synonyms=["共享申请", "数据共享申请", "申请台账"],
            description="每件提交过的共享申请一行：谁申请了什么，何时由谁答复，结果如何",
            grain="一件共享申请",
            entity="共享申请",
            measure_word="件",
            primary_key=["number"],
            time_column="submitted",
            rows=len(ledger),
            updated=max((str(row["submitted"]) for row in ledger), default=""),
        ),
        Table(
            name=DEMAND,
            label="数据需求清单",
            columns=_DEMAND_COLUMNS,
            synonyms=["数据需求", "需求清单"],
            description="有部门要而目录里没有的数据，每提出一次一行",
            grain="一次数据需求",
            entity="数据需求",
            measure_word="条",
            time_column="day",
            rows=len(demand),
            updated=max((str(row["day"]) for row in demand), default=""),
        ),
    ]
    return SemanticModel(tables=tables, metrics=METRICS)


def _replace(
    connection: duckdb.DuckDBPyConnection, name: str, columns: list[Column], rows: list[dict[str, Any]]
) -> None:
    arrays = {c.name: pa.array([row[c.name] for row in rows], _ARROW.get(c.type, pa.string())) for c in columns}
    connection.register("incoming_ledger", pa.table(arrays))
    try:
        connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM incoming_ledger")
    finally:
        connection.unregister("incoming_ledger")


def _row(line: LedgerLine) -> dict[str, Any]:
    judged = line.late > 0 or line.replied is not None
    return {
        "number": line.number,
        "department": line.department,
        "dataset_title": line.dataset_title,
        "provider": line.provider or None,
        "sharing": line.sharing,
        "state": line.state,
        "submitted": line.submitted,
        "due": line.due,
        "replied": line.replied,
        "reply": line.reply,
        "reply_days": line.reply_days,
        "late_days": line.late,
        "in_time": ("超期" if line.late else "按期") if judged else None,
        "ground": line.ground or None,
        "delivered": line.delivered,
        "ends": line.ends,
    }
