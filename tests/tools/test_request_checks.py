"""The checks before submission: each says what is wrong with which article, and lets through what is right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from request_office import EDUCATION, POLICE, WHOLE, Office

from tools.requests.check import CheckResult
from tools.requests.checks import CHECKS, completeness
from tools.requests.policies import place_of, plain_title
from tools.requests.states import Action


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def checked(office: Office, name: str, dataset: str = "residents", **changes: Any) -> CheckResult:
    results = office.desk.checks_of(office.draft(dataset=dataset, **changes))
    return next(result for result in results if result.name == name)


def test_a_whole_request_passes_them_all(office: Office) -> None:
    results = office.desk.checks_of(office.draft())
    assert [r.name for r in results] == [check.__name__ for check in CHECKS]
    assert [(r.name, r.note) for r in results if not r.ok] == []
    assert all(r.article and r.rule for r in results)


def test_the_score_counts_what_is_stated_and_approves_nothing(office: Office) -> None:
    assert completeness(office.draft()) == 100
    assert completeness(office.desk.create(EDUCATION, "residents")) == 8  # one of twelve: who deals with it
    personal = office.draft(items=[{"name": "姓名", "use": "核对"}])
    assert completeness(personal) == round(100 * 12 / 13)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"contact": " "}, "联系方式"),
        ({"scenario": "（待填）"}, "使用场景"),
        ({"use_scope": "……"}, "使用范围"),
        ({"items": []}, "申请的数据项"),
        ({"items": [{"name": "姓名", "use": "核对"}]}, "个人信息保护影响评估"),
    ],
)
def test_what_must_be_stated_is_named_when_it_is_blank(office: Office, changes: dict[str, Any], words: str) -> None:
    result = checked(office, "required_content", **changes)
    assert not result.ok
    assert result.blocking
    assert words in result.note
    assert result.fields


@pytest.mark.parametrize(
    ("basis", "words"),
    [
        ({"document": "数据安全法", "article": "第九十九条"}, "不存在：这份文件共55条"),
        ({"document": "《中华人民共和国数据安全法》", "article": "第99条"}, "不存在"),
        ({"document": "港城市学位规划办法", "article": "第六条第三款"}, "这一条共2款"),
        (
            {"document": "港城市学位规划办法", "article": "第六条", "quote": "可以无限制使用人口数据"},
            "没有所引的这句话",
        ),
        (
            {"document": "港城市学位规划办法", "article": "第六条第一款", "quote": "预测结果只用于学位规划"},
            "它在第二款",
        ),
        ({"document": "港城市学位规划办法", "article": ""}, "请写明是哪一条"),
        ({"document": "港城市入学办法", "article": "第六条"}, "已经失效（2024-01-01起）"),
        ({"document": "港城市明年办法", "article": "第六条"}, "2027-01-01才施行"),
        ({"document": "港城市没有的办法", "article": "第三条"}, "政策库里找不到"),
        ({"document": "政务数据共享条例", "article": "第九十九条"}, "政策库里找不到"),
        ({"duty": "工作需要"}, "不能只写“工作需要”"),
        ({"duty": "领导批示"}, "不能只写"),
        ({}, "有一条使用依据是空的"),
    ],
)
def test_a_basis_that_is_not_there_stops_the_request(office: Office, basis: dict[str, str], words: str) -> None:
    result = checked(office, "legal_basis", basis=[basis])
    assert not result.ok
    assert result.blocking
    assert words in result.note
    draft = office.draft(basis=[basis])
    with pytest.raises(Exception, match="还不能提交申请"):
        office.act(draft, EDUCATION, Action.SUBMIT)


def test_a_paragraph_is_quoted_alone(office: Office) -> None:
    basis = {"document": "港城市学位规划办法", "article": "第六条第二款"}
    assert checked(office, "legal_basis", basis=[basis]).quotes == (
        "《港城市学位规划办法》第六条第二款：预测结果只用于学位规划。",
    )


@pytest.mark.parametrize(
    "basis",
    [
        {"document": "数据安全法", "article": "第二十一条"},
        {"document": "中华人民共和国数据安全法", "article": "第21条"},
        {"document": "港城市学位规划办法", "article": "第六条第二款", "quote": "预测结果只用于学位规划"},
        {
            "document": "港城市学位规划办法",
            "article": "第六条",
            "quote": "市教育行政部门每年开展学位预测 公安机关应当提供",
        },
    ],
)
def test_a_basis_that_is_there_is_quoted(office: Office, basis: dict[str, str]) -> None:
    result = checked(office, "legal_basis", basis=[basis])
    assert result.ok
    assert result.quotes[0].startswith("《")


@pytest.mark.parametrize(
    ("basis", "words"),
    [
        ({"document": "政务数据共享条例", "article": "第二十条"}, "只有《政务数据共享条例》第二十条的要点"),
        ({"document": "外市办法", "article": "第三条", "quote": "教育部门负责学位预测。"}, "由提供部门核对"),
        ({"duty": "承担全市中小学学位规划和预测工作"}, "由提供部门核对"),
    ],
)
def test_what_cannot_be_looked_up_is_said_and_left_to_people(office: Office, basis: dict[str, str], words: str) -> None:
    result = checked(office, "legal_basis", basis=[basis])
    assert not result.ok
    assert not result.blocking
    assert words in result.note


@pytest.mark.parametrize(
    ("name", "dataset", "changes", "blocking", "words"),
    [
        ("sharing_class", "sealed", {"items": []}, True, "《某某法》第五十九条"),
        ("sharing_class", "sealed", {"items": []}, True, "第二十八条"),
        ("sharing_class", "unclassed", {}, False, "按有条件共享办理"),
        ("security_level", "core", {}, True, "不通过本系统"),
        ("items_in_catalogue", "residents", {"items": [{"name": "银行账号"}]}, True, "目录里没有：银行账号"),
        ("items_in_catalogue", "residents", {"items": [{"name": "姓名"}, {"name": "姓名"}]}, True, "重复列出：姓名"),
        ("items_in_catalogue", "residents", {"items": [{"name": "姓名"}]}, True, "既列为申请又列为不申请：姓名"),
        ("purpose_in_basis", "residents", {"scenario": "提供给合作公司开展营销"}, True, "提供给合作公司"),
        ("purpose_in_basis", "residents", {"purpose": "用于各类工作"}, True, "各类工作"),
        ("purpose_in_basis", "residents", {"purpose": "养老补贴核发"}, False, "“养老”"),
        ("period", "residents", {"starts": "2027-01-01", "ends": "2026-12-31"}, True, "早于起始日"),
        ("period", "residents", {"starts": "2026-01-01", "ends": "2026-07-05"}, True, "已经过去"),
        ("period", "residents", {"starts": "2026-08-01", "ends": "2029-08-01"}, False, "超过2年"),
        ("period", "residents", {"starts": ""}, True, "没有写明"),
        ("disposal_and_records", "residents", {"disposal": "永久保存备用"}, True, "永久保存"),
        ("disposal_and_records", "residents", {"disposal": "按内部规定办理"}, False, "看不出"),
        ("no_repetition", "roads", {"items": []}, False, "已经向社会无条件开放"),
        ("no_repetition", "residents", {"scenario": "另外请家长重新填报户籍信息"}, False, "不得再向公民"),
        ("head_agreed", "residents", {"agency_head": ""}, False, "负责人"),
        ("personal_information", "residents", {"items": [{"name": "姓名", "use": "核对"}]}, True, "影响评估"),
        ("minimum_necessary", "residents", {"items": [{"name": "姓名"}]}, True, "“姓名”没有写用途"),
        ("minimum_necessary", "residents", {"items": [{"name": "所属区"}]}, False, "“所属区”没有写用途"),
    ],
)
def test_each_check_says_what_is_wrong(
    office: Office, name: str, dataset: str, changes: dict[str, Any], blocking: bool, words: str
) -> None:
    result = checked(office, name, dataset, **changes)
    assert not result.ok
    assert result.blocking is blocking
    assert words in result.note


def test_everything_at_once_is_not_necessary(office: Office) -> None:
    names = ("姓名", "身份证号", "出生年月", "所属区", "居住地址")
    bare = checked(office, "minimum_necessary", items=[{"name": name} for name in names])
    assert not bare.ok
    assert bare.blocking
    assert "全部5个数据项" in bare.note
    explained = checked(office, "minimum_necessary", items=[{"name": n, "use": f"{n}用于核对"} for n in names])
    assert explained.ok


@pytest.mark.parametrize(
    "scenario",
    [
        "提供给下属公司使用",
        "处理后转交第三方机构",
        "向合作企业提供数据",
        "与第三方共享原始数据",
        "用于商业开发",
        "共享给外单位",
    ],
)
def test_data_are_not_passed_on(office: Office, scenario: str) -> None:
    result = checked(office, "purpose_in_basis", scenario=scenario)
    assert not result.ok
    assert result.blocking


@pytest.mark.parametrize(
    "scenario", ["向困难企业提供补贴", "为企业提供服务", "提供养老机构名录核对", "帮助企业享受惠企政策"]
)
def test_serving_companies_is_no_passing_on(office: Office, scenario: str) -> None:
    assert checked(office, "purpose_in_basis", scenario=scenario).ok


@pytest.mark.parametrize("promise", ["不得提供给第三方", "数据不会转交企业", "严禁用于营销"])
def test_a_promise_is_not_taken_for_a_purpose(office: Office, promise: str) -> None:
    assert checked(office, "purpose_in_basis", use_scope=f"规划科内部使用，{promise}").ok


@pytest.mark.parametrize(
    ("condition", "ok"),
    [
        ("公安、卫健部门可以申请，限联办使用", False),
        ("公安、教育部门可以申请，限联办使用", True),
        ("各级政府部门可以申请", True),
        ("用于公共服务", True),
    ],
)
def test_the_condition_may_name_who_may_ask(office: Office, condition: str, ok: bool) -> None:
    entry = office.catalogue["residents"].model_copy(update={"sharing_condition": condition})
    office.catalogue["residents"] = entry
    assert checked(office, "who_may_ask").ok is ok


def test_a_short_name_of_a_department_is_understood(office: Office) -> None:
    from request_office import HEALTH

    entry = office.catalogue["residents"].model_copy(update={"sharing_condition": "公安、卫健部门可以申请"})
    office.catalogue["residents"] = entry
    results = office.desk.checks_of(office.draft(HEALTH))
    assert next(r for r in results if r.name == "who_may_ask").ok


def test_what_the_department_has_already_is_not_asked_for_again(office: Office) -> None:
    running = office.in_use()
    again = checked(office, "no_repetition")
    assert not again.ok
    assert running.number in again.note
    more = [*WHOLE["items"], {"name": "居住地址", "use": "按街道汇总"}]
    assert checked(office, "no_repetition", items=more).ok
    office.act(running, EDUCATION, Action.END, "已经删除")
    assert checked(office, "no_repetition").ok


def test_a_partial_agreement_leaves_room_for_the_rest(office: Office) -> None:
    request = office.submitted()
    office.act(request, POLICE, Action.ACCEPT, items=["所属区"])
    assert checked(office, "no_repetition").ok


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("《中华人民共和国数据安全法》", "数据安全法"),
        ("浙江省公共数据条例（2025修正）", "浙江省公共数据条例"),
        ("港城市细则（试行）", "港城市细则"),
    ],
)
def test_titles_are_compared_as_people_shorten_them(title: str, plain: str) -> None:
    assert plain_title(title) == plain


@pytest.mark.parametrize(
    ("locator", "place"),
    [("第二十一条第二款", (21, 2)), ("第 21 条", (21, 0)), ("第一百零三条", (103, 0)), ("第三章", None), ("", None)],
)
def test_places_are_read_in_either_numerals(locator: str, place: tuple[int, int] | None) -> None:
    assert place_of(locator) == place
