"""What an answer over grouped persons must say: which values were held back to keep groups large enough."""

from __future__ import annotations

from collections.abc import Mapping

from corpus.semantics import SemanticModel
from tools.group_table import HeldBack
from tools.query.result import Finding
from tools.query.statement import Statement

TOO_MUCH = 0.5  # of a table's rows: an answer by such a column would say little and mislead


def held_back_in(
    statement: Statement, held_back: Mapping[str, HeldBack], model: SemanticModel
) -> tuple[list[str], list[Finding]]:
    """Sentences for the asker on what a statement's columns hold back, and findings where it is too much to answer."""
    used = {table.name.lower() for table in statement.tables}
    named = {str(n["column_names"][-1]).lower() for n in statement.nodes if n.get("class") == "COLUMN_REF"}
    notes: list[str] = []
    findings: list[Finding] = []
    for name, held in held_back.items():
        if name.lower() not in used or not held.rows:
            continue
        table = next((table for table in model.tables if table.name == name), None)
        labels = {column.name: column.label for column in table.columns} if table is not None else {}
        title = table.label if table is not None else name
        for column, rows in {**held.columns, **held.measures}.items():
            if column.lower() not in named:
                continue
            of = f"“{title}”的“{labels.get(column, column)}”"
            share = f"{max(rows / held.rows, 0.001):.1%}"
            if rows > TOO_MUCH * held.rows:
                findings.append(Finding("held_back", f"{of}分组后大多不足{held.k}人，不提供按它汇总的结果。"))
            elif column in held.measures:
                notes.append(
                    f"为保护个人信息，{of}有{share}的记录不计入合计和平均：所在分组有数值的人太少，或数值几乎出自一人。"
                )
            else:
                notes.append(
                    f"为保护个人信息，不足{held.k}人的分组不单独列出：{of}有{share}的记录并入“未列出”，"
                    "按它分组或筛选的数字因此偏少，总数不受影响。"
                )
    return notes, findings
