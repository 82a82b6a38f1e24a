"""Says what a person may see and why: per table the rule, its article, columns, masks, filters, group size and grants."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, Field

from corpus.catalog import Dataset
from corpus.semantics import Column, SemanticModel, Table
from tools.masks import MASKS
from tools.principal import Principal, TableScope
from tools.rights.decide import Decision
from tools.rights.ledger import LEDGER_TABLES
from tools.rights.personal import sensitivities
from tools.rights.policy import Policy
from tools.rights.scope import OPEN_SYSTEM_TABLES, EntryView, TableView

WAYS = {
    "surname": "只留姓氏",
    "head3_tail4": "只留前三位和后四位",
    "head6": "只留前六位",
    "district": "只留到区县",
    "street": "只留到镇街",
    "tail4": "只留后四位",
    "stars": "全部遮盖",
    "free_text": "文字里的个人信息隐去",
    "hash": "换成可以关联、不能还原的代码",
}
ACCESS = {"rows": "可查明细", "groups": "只供汇总", "none": "不能查看"}
assert WAYS.keys() == MASKS.keys()


class ColumnRight(BaseModel):
    name: str
    label: str
    shown: str  # Chinese: 原样, 脱敏（…）, 只留年份, 分组平均 …
    visible: bool


class EntryRight(BaseModel):
    """One catalogue entry that describes the table: what its rule says, and the grants on it."""

    dataset: str
    title: str
    access: str
    rule: str
    article: str = ""
    grants: list[str] = Field(default_factory=list)


class TableRight(BaseModel):
    table: str
    label: str
    access: str  # rows, groups or none
    entries: list[EntryRight]
    columns: list[ColumnRight]
    filters: list[str] = Field(default_factory=list)
    min_group: int | None = None


class RightsReport(BaseModel):
    principal: str
    role: str
    role_label: str
    department: str = ""
    district: str = ""
    policy: str  # its digest
    min_group: int
    tables: list[TableRight]


def explain(principal: Principal, views: Iterable[TableView], policy: Policy) -> RightsReport:
    """The whole of what `principal` may and may not see, table by table."""
    role = policy.roles.get(principal.role)
    return RightsReport(
        principal=principal.id,
        role=principal.role,
        role_label=role.label if role is not None else "权限规则里没有的角色",
        department=principal.department,
        district=principal.district,
        policy=policy.digest,
        min_group=policy.min_group,
        tables=[_table(view) for view in views],
    )


def decision_line(decision: Decision) -> str:
    """「可查明细：无条件开放的数据」, with the article where there is one."""
    article = f"（{decision.article}）" if decision.article else ""
    return f"{ACCESS[decision.access]}：{decision.rule}{article}"


def policy_problems(policy: Policy, model: SemanticModel, datasets: Iterable[Dataset]) -> list[str]:
    """Names in the policy that nothing in this workspace answers to; each would silently have no effect, or hide a table."""
    known = list(datasets)
    ids, publishers = {d.id for d in known}, {d.publisher for d in known}
    tables = {table.name: {column.name for column in table.columns} for table in model.tables}
    problems = []
    for name, said in policy.tables.items():
        if name not in tables:
            problems.append(f"tables › {name}：没有这张表。")
            continue
        missing = {*said.persons, *said.dimensions, *(said.measures or ())} - tables[name]
        problems += [
            f"tables › {name}：表里没有“{column}”这一列，这张表因此不能汇总查询。" for column in sorted(missing)
        ]
    for role_name, role in policy.roles.items():
        for number, rule in enumerate(role.rules, start=1):
            place = f"roles › {role_name} › rules 第 {number} 条"
            problems += [f"{place}：目录里没有“{x}”这个编号。" for x in rule.when.datasets if x not in ids]
            problems += [f"{place}：目录里没有“{x}”这个提供部门。" for x in rule.when.publishers if x not in publishers]
    return problems


def _table(view: TableView) -> TableRight:
    table, seen = view.table, view.seen
    access = "none" if seen is None else "groups" if seen.groups is not None else "rows"
    entries = [_entry(entry) for entry in view.entries]
    if not entries:
        open_table = table.name in OPEN_SYSTEM_TABLES
        rule = "数据目录本身，向所有人公开" if open_table else "目录里没有这张表，按不可查看处理"
        if table.name in LEDGER_TABLES:
            rule = "共享申请台账：看全部、看本部门提出的还是不看，由角色的 ledger 规定"
        entries = [EntryRight(dataset="", title="", access=access, rule=rule)]
    datasets = [entry.dataset for entry in view.entries]
    return TableRight(
        table=table.name,
        label=table.label,
        access=access,
        entries=entries,
        columns=[_column(table, column, seen, datasets) for column in table.columns],
        filters=[_filter(table, rows.column, rows.values) for rows in (seen.rows if seen is not None else [])],
        min_group=seen.groups.k if seen is not None and seen.groups is not None else None,
    )


def _entry(view: EntryView) -> EntryRight:
    grants = [
        f"{grant.id}：{'、'.join(grant.items)}，用于{grant.purpose}，{grant.starts} 至 {grant.ends}，"
        f"依据共享申请 {grant.request}"
        for grant in view.grants
    ]
    decision = view.decision
    return EntryRight(
        dataset=view.dataset.id,
        title=view.dataset.title,
        access=decision.access,
        rule=decision.rule,
        article=decision.article,
        grants=grants,
    )


def _column(table: Table, column: Column, seen: TableScope | None, entries: list[Dataset]) -> ColumnRight:
    kinds = sensitivities(table, column, entries)
    kind = "、".join(k.label for k in kinds)
    visible = seen is not None and column.name in seen.columns
    if seen is None or not visible:
        shown = f"不提供（{kind}）" if kind else "不提供"
    elif seen.groups is not None:
        if column.name in seen.groups.measures:
            shown = "只供合计和平均"
        else:
            shown = "只留年份" if column.name in seen.groups.years else "分组用"
    elif column.name in seen.masks:
        shown = f"脱敏（{kind}，{WAYS[seen.masks[column.name]]}）"
    else:
        shown = f"原样（{kind}）" if kind else "原样"
    return ColumnRight(name=column.name, label=column.label, shown=shown, visible=visible)


def _filter(table: Table, column: str, values: list[str]) -> str:
    return f"只看“{table.column(column).label}”为“{'、'.join(values)}”的行"
