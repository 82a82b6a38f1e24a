"""The policy file: what it may say, what it changes, and how it is told what is wrong with it."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.catalog import DataItem, Dataset, SecurityLevel, Sensitivity
from corpus.semantics import Column, Relation, Role, SemanticModel, Table
from tools.principal import Principal, RowFilter
from tools.rights import DEMO_USERS, Grant, decide, default_policy, scope_for
from tools.rights.access import Rights
from tools.rights.explain import explain, policy_problems
from tools.rights.policy import Policy
from tools.rights.policy_file import PolicyError, load_policy, read_policy

CIVIL = "市民政局"
OFFICER = Principal(id="o", role="official", department=CIVIL, district="甲区")
RELIEF = Table(
    name="relief",
    label="救助对象",
    dataset="d-relief",
    columns=[
        Column(name="id", label="编号", role=Role.KEY),
        Column(name="name", label="姓名", role=Role.NAME, sensitivity=Sensitivity.NAME),
        Column(name="card", label="身份号码", sensitivity=Sensitivity.IDENTITY_NUMBER),
        Column(name="district", label="所属区", role=Role.FOREIGN),
        Column(name="reason", label="原因", role=Role.CATEGORY, codes={"1": "重病", "2": "失业"}),
        Column(name="day", label="批准日期", role=Role.TIME, type="DATE"),
        Column(name="money", label="金额", role=Role.MEASURE, type="DOUBLE"),
        Column(name="note", label="备注"),
    ],
)
VISIT = Table(
    name="visit",
    label="走访",
    dataset="d-visit",
    columns=[
        Column(name="relief_id", label="对象编号", role=Role.FOREIGN),
        Column(name="kind", label="方式", role=Role.CATEGORY),
    ],
)
PLACE = Table(name="place", label="区", columns=[Column(name="name", label="区名")], rows=9)
MODEL = SemanticModel(
    tables=[RELIEF, VISIT, PLACE],
    relations=[
        Relation(left="relief", left_columns=["district"], right="place", right_columns=["name"]),
        Relation(left="visit", left_columns=["relief_id"], right="relief", right_columns=["id"]),
    ],
)
CARD = DataItem(name="身份证号", column="card", sensitivity=Sensitivity.IDENTITY_NUMBER)


def entry(table: str = "relief", **changes: object) -> Dataset:
    values = {
        "id": f"d-{table}",
        "title": table,
        "table": table,
        "publisher": CIVIL,
        "items": [CARD] if table == "relief" else [],
        "sharing": "conditional",
        "opening": "closed",
        "level": "important",
        **changes,
    }
    return Dataset.model_validate(values)


def elsewhere(role: str = "official", **changes: str) -> Principal:
    return Principal.model_validate({"id": "e", "role": role, "department": "市医保局", **changes})


WRONG = [
    ("min_group: 1", "第 1 行（min_group）：不能小于 2"),
    ("min_group: 很多", "第 1 行（min_group）：应当是整数"),
    ("version: 2", "（version）：不能是“2”，可用的有：1"),
    ("min_group: 5\nmin_group: 6", "第 2 行：“min_group”写了两次"),
    ("a: [1", "格式不对"),
    ("- 1", "应当是“名称: 内容”的形式"),
    ("mask:\n  phone: stars", "第 1 行（mask）：没有这一项设置"),
    ("masks:\n\n  phone: hide", "第 3 行（masks › phone）：没有“hide”这种脱敏方式"),
    ("masks:\n  phon: stars", "第 2 行（masks › phon）：不能是“phon”"),
    ("roles: [1]", "（roles）：应当是“名称: 内容”的形式"),
    ("roles:\n  a b: {label: x, rules: []}", "第 2 行（roles › a b）：角色的名称"),
    ("roles:\n  x: {rules: []}", "（roles › x › label）：缺少这一项"),
    ("roles:\n  x:\n    label: 审计\n    like: nobody", "第 4 行（roles › x › like）：“nobody”应当是另一个"),
    (
        "roles:\n  citizen:\n    label: 市民\n    rules:\n      - {when: {opening: opened}, access: rows, rule: 开放}",
        "第 5 行（roles › citizen › rules 第 1 条 › when › opening 第 1 条）：不能是“opened”",
    ),
    ("roles:\n  x: {label: 甲, rules: [{access: all, rule: 全部}]}", "access）：不能是“all”，可用的有：rows、groups、none"),
    ("roles:\n  x: {label: 甲, rules: [{access: groups, sensitive: mask, rule: 汇总}]}", "sensitive 只能是 drop"),
    ("roles:\n  x: {label: 甲, rules: [{access: rows, rule: 区, only: {column: 区, is: street}}]}", "可用的有：department、district"),
    ("tables: {relief: {dims: a}}", "（tables › relief › dims）：没有这一项设置"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_what_is_wrong_is_told_with_file_line_and_field(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "rights.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(PolicyError) as caught:
        load_policy(tmp_path)
    assert said in str(caught.value) and str(path) in str(caught.value)
    assert str(caught.value).endswith("。") and "\n" not in str(caught.value)


@given(
    st.text(max_size=200)
    | st.from_regex(r"(roles|masks|tables|min_group): [\[\]{}\w:, *&!|>'\"-]{0,60}", fullmatch=True)
)
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_policy_or_one_chinese_sentence(text: str) -> None:
    try:
        read_policy(text, "rights.yaml")
    except PolicyError as error:
        assert str(error).startswith("权限规则文件 rights.yaml") and str(error).endswith("。")


def test_without_a_file_the_default_holds_and_a_file_changes_what_it_names(tmp_path: Path) -> None:
    assert load_policy(tmp_path) == default_policy()
    (tmp_path / "rights.yaml").write_text("min_group: 20\nmasks: {identity_number: head6}\n", "utf-8")
    policy = load_policy(tmp_path)
    assert policy.min_group == 20 and policy.roles == default_policy().roles
    assert policy.masks == {**default_policy().masks, Sensitivity.IDENTITY_NUMBER: "head6"}
    (tmp_path / "rights.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PolicyError, match="UTF-8"):
        load_policy(tmp_path)


def test_the_default_file_is_what_the_package_uses() -> None:
    from tools.rights.policy import DEFAULT_FILE

    assert read_policy(DEFAULT_FILE.read_text("utf-8"), "x") == default_policy()


def test_the_example_in_the_manual_is_a_policy() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "rights.md").read_text("utf-8")
    policy = read_policy(manual.split("```yaml\n")[1].split("```")[0], "rights.yaml")
    assert policy.min_group == 10 and {"street", "auditor"} < set(policy.roles)


def test_a_new_role_is_made_of_the_same_rules_and_an_unknown_one_sees_nothing() -> None:
    policy = read_policy(
        "roles:\n  auditor:\n    label: 审计人员\n    like: official\n    rules:\n"
        "      - {when: {publishers: [市民政局]}, access: none, rule: 审计中，暂不提供}\n",
        "x",
    )
    auditor = elsewhere("auditor")
    assert policy.roles["auditor"].grants == "mask"
    assert decide(auditor, entry(), policy=policy).rule == "审计中，暂不提供"
    other = entry(publisher="市教育局", sharing="unconditional", level=None)
    assert decide(auditor, other, policy=policy).allowed == decide(elsewhere(), other, policy=policy).allowed is True
    stranger = elsewhere("wizard")
    assert not decide(stranger, entry(opening="open", level=None)).allowed
    assert scope_for(stranger, MODEL, [entry(opening="open", level=None)], "1").tables == {}


def test_the_ledger_is_shown_as_the_role_says_and_not_by_its_name() -> None:
    columns = [Column(name=name, type="VARCHAR", label=name) for name in ("department", "state")]
    model = SemanticModel(tables=[Table(name="share_request_ledger", label="共享申请台账", columns=columns)])

    def seen(role: str, policy: Policy | None = None, department: str = "市教育局") -> list[str] | None:
        person = Principal(id="p", role=role, department=department)
        table = scope_for(person, model, [], "1", policy=policy).tables.get("share_request_ledger")
        return None if table is None else [value for rows in table.rows for value in rows.values]

    assert (seen("steward"), seen("official"), seen("citizen"), seen("admin")) == ([], ["市教育局"], None, None)
    assert seen("official", department="") is None
    own = read_policy(
        "roles:\n  auditor: {label: 审计, ledger: all, rules: []}\n  clerk: {label: 办事员, like: official}\n"
        "  steward: {label: 数据管理员, rules: []}\n",
        "x",
    )
    assert (seen("auditor", own), seen("clerk", own), seen("steward", own)) == ([], ["市教育局"], None)


def test_no_policy_opens_core_data() -> None:
    policy = read_policy("roles:\n  all: {label: 全部, rules: [{access: rows, sensitive: plain, rule: 全看}]}", "x")
    assert decide(elsewhere("all"), entry(), policy=policy).allowed
    assert not decide(elsewhere("all"), entry(level=SecurityLevel.CORE), policy=policy).allowed


def test_officials_get_totals_of_others_personal_records_and_rows_of_their_own() -> None:
    grouped = scope_for(elsewhere(), MODEL, [entry(), entry("visit")], "1")
    relief = grouped.tables["relief"]
    assert relief.columns == ["district", "reason", "day", "money"]  # no key, no identity, no free text
    assert relief.groups is not None
    assert (relief.groups.k, relief.groups.persons, relief.groups.years) == (5, ["card"], ["day"])
    assert relief.groups.dimensions == ["reason", "district", "day"] and relief.groups.measures == ["money"]
    visit = grouped.tables["visit"]  # personal, for it refers to a person's record
    assert visit.columns == ["kind"] and visit.groups is not None and visit.groups.persons == ["relief_id"]
    own = scope_for(OFFICER, MODEL, [entry()], "1").tables["relief"]
    assert own.columns == [column.name for column in RELIEF.columns] and own.groups is None and not own.masks
    assert "relief" not in scope_for(elsewhere(), MODEL, [entry(sharing="not_shared")], "1").tables
    assert "relief" not in scope_for(DEMO_USERS["citizen"], MODEL, [entry()], "1").tables


def test_the_owner_says_how_a_table_is_grouped() -> None:
    text = "tables: {relief: {min_group: 20, dimensions: [district], measures: []}}"
    table = scope_for(elsewhere(), MODEL, [entry()], "1", policy=read_policy(text, "x")).tables["relief"]
    assert table.columns == ["district"] and table.groups is not None and table.groups.k == 20
    wrong = read_policy("tables: {relief: {dimensions: [nonesuch]}, gone: {min_group: 9}}", "x")
    assert "relief" not in scope_for(elsewhere(), MODEL, [entry()], "1", policy=wrong).tables
    assert len(policy_problems(wrong, MODEL, [entry()])) == 2
    assert policy_problems(default_policy(), MODEL, [entry()]) == []


def test_rows_of_ones_own_district_and_none_for_who_has_none() -> None:
    policy = read_policy(
        "roles:\n  street: {label: 街道, rules: [{access: rows, sensitive: mask, rule: 本区, only: {column: [区县, 所属区], is: district}}]}\n"
        "  street_sums: {label: 街道汇总, rules: [{access: groups, rule: 本区汇总, only: {column: 所属区, is: district}}]}\n",
        "x",
    )
    here = elsewhere("street", district="甲区")
    table = scope_for(here, MODEL, [entry()], "1", policy=policy).tables["relief"]
    assert table.rows == [RowFilter(column="district", values=["甲区"])]
    assert table.masks == {"name": "surname", "card": "head3_tail4", "note": "free_text"}
    assert scope_for(elsewhere("street"), MODEL, [entry()], "1", policy=policy).tables == {}
    assert not decide(elsewhere("street"), entry(), policy=policy).allowed
    assert scope_for(here, MODEL, [entry("visit")], "1", policy=policy).tables == {}  # has no such column
    sums = scope_for(elsewhere("street_sums", district="甲区"), MODEL, [entry()], "1", policy=policy).tables["relief"]
    assert sums.groups is not None and sums.rows == [RowFilter(column="district", values=["甲区"])]
    # rows may be left out of groups only whole groups at a time: by a dimension
    hidden = read_policy("tables: {relief: {dimensions: [reason]}}\n" + "roles:\n  street_sums: {label: 甲, rules: [{access: groups, rule: 乙, only: {column: 所属区, is: district}}]}", "x")  # fmt: skip
    assert scope_for(elsewhere("street_sums", district="甲区"), MODEL, [entry()], "1", policy=hidden).tables == {}


GRANT = Grant(
    id="G1", department="市医保局", dataset="d-relief", items=("身份证号", "reason"), purpose="医疗救助",
    request="R1", starts=date(2026, 1, 1), ends=date(2026, 6, 30),
)  # fmt: skip


def test_a_grant_opens_exactly_its_items_to_its_department_while_it_is_in_force() -> None:
    def seen(who: Principal, today: date, *grants: Grant) -> object:
        table = scope_for(who, MODEL, [entry()], "1", grants=grants, today=today).tables.get("relief")
        return None if table is None else (table.columns, table.masks, table.groups is not None)

    june, totals = date(2026, 6, 30), (["district", "reason", "day", "money"], {}, True)
    assert seen(elsewhere(), june, GRANT) == (["card", "reason"], {"card": "head3_tail4"}, False)
    assert seen(elsewhere(), date(2026, 7, 1), GRANT) == totals
    assert seen(elsewhere(), date(2025, 12, 31), GRANT) == totals
    assert seen(elsewhere(department="市教育局"), june, GRANT) == totals
    assert seen(elsewhere(department=""), june, GRANT) == totals
    assert seen(elsewhere("citizen"), june, GRANT) is None  # a role that is given no grants
    other = Grant(**{**GRANT.__dict__, "items": ("没有这一项",)})
    assert seen(elsewhere(), june, other) == totals
    core = scope_for(elsewhere(), MODEL, [entry(level="core")], "1", grants=[GRANT], today=june)
    assert core.tables == {}
    both = [entry(), entry(id="second", sharing="not_shared")]
    assert "relief" not in scope_for(elsewhere(), MODEL, both, "1", grants=[GRANT], today=june).tables


def test_a_changed_policy_is_followed_at_once_and_a_broken_one_shows_nothing(tmp_path: Path) -> None:
    rights = Rights(tmp_path, MODEL, {"d-relief": entry(opening="open", level=None)}, today=lambda: date(2026, 1, 1))
    citizen = DEMO_USERS["citizen"]
    assert "relief" in rights.scope(citizen, "1").tables
    path = tmp_path / "rights.yaml"
    path.write_text("roles: {citizen: {label: 市民, rules: []}}", "utf-8")
    assert rights.scope(citizen, "1").tables == {}
    path.write_text("roles: {citizen: {label: 市民", "utf-8")
    assert rights.scope(DEMO_USERS["steward"], "1").tables == {} and rights.views(citizen) == []
    assert not rights.decide(DEMO_USERS["steward"], entry()).allowed
    with pytest.raises(PolicyError):
        _ = rights.policy
    with pytest.raises(PolicyError):
        Rights(tmp_path, MODEL, {})
    path.unlink()
    assert "relief" in rights.scope(citizen, "1").tables


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_a_policy_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "rights.yaml").write_text("min_group: 9", "utf-8")
    (tmp_path / "rights.yaml").chmod(0)
    with pytest.raises(PolicyError, match="读不到权限规则文件"):
        load_policy(tmp_path)


def test_grants_are_asked_each_time_and_run_out_by_themselves(tmp_path: Path) -> None:
    given_: list[Grant] = []
    day = [date(2026, 6, 30)]
    rights = Rights(tmp_path, MODEL, {"d-relief": entry()}, grants=lambda: given_, today=lambda: day[0])
    grouped = rights.scope(elsewhere(), "1")
    given_.append(GRANT)
    granted = rights.scope(elsewhere(), "1")
    assert granted.tables["relief"].columns == ["card", "reason"] and granted.id != grouped.id
    day[0] = date(2026, 7, 1)
    assert rights.scope(elsewhere(), "1") == grouped


def test_the_report_says_what_why_and_until_when(tmp_path: Path) -> None:
    datasets = {"d-relief": entry(), "d-visit": entry("visit")}
    rights = Rights(tmp_path, MODEL, datasets, grants=lambda: [GRANT], today=lambda: date(2026, 3, 1))
    report = explain(elsewhere(), rights.views(elsewhere()), rights.policy)
    relief, visit, place = report.tables
    assert relief.access == "rows" and visit.access == "groups" and place.access == "none"
    assert visit.min_group == 5 and visit.entries[0].article == "政务数据共享条例 第十四条"
    assert "2026-06-30" in relief.entries[0].grants[0] and "R1" in relief.entries[0].grants[0]
    shown = {column.name: column.shown for column in relief.columns}
    assert shown["card"] == "脱敏（身份证件号码，只留前三位和后四位）" and shown["name"] == "不提供（姓名）"
    assert report.role_label == "部门工作人员" and report.department == "市医保局"
