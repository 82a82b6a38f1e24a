"""Where questions at the borders between the routes go: what the reading explains weighs more than single words."""

from __future__ import annotations

import pytest

from assistant import Assistant
from assistant.outcome import Answer, Clarify, Outcome, Refuse

NOT_SEEN = "传染病个案报告"


def titles(outcome: Outcome) -> list[str]:
    return [c.title for c in outcome.citations if c.kind == "dataset"]


@pytest.mark.parametrize(
    "question",
    [
        "罚没金额低于1万元的行政处罚有几件",  # 处罚 is a table here, however much the rules say on penalties
        "受到行政处罚2次以上的企业有几家",
        "公交月均客流量2024年",  # 月均 asks for a figure
        "申请部门中哪个提出的共享申请最多？请按申请部门统计共享申请",  # 「请」 in 申请 asks for nothing
    ],
)
def test_words_that_name_data_are_no_words_of_rules(demo_assistant: Assistant, question: str) -> None:
    outcome = demo_assistant.ask(question)
    assert outcome.route == "data"
    assert isinstance(outcome, Answer) and outcome.sql is not None


@pytest.mark.parametrize(
    "question", ["共享申请要几个工作日答复", "不予共享的数据须有什么依据", "申请补正需要在几个工作日内提交"]
)
def test_what_must_be_done_is_asked_of_the_rules(demo_assistant: Assistant, question: str) -> None:
    outcome = demo_assistant.ask(question)
    assert outcome.route == "policy"
    assert any(c.kind == "article" for c in outcome.citations)


def test_whether_data_exist_is_no_wish_to_see_them(demo_assistant: Assistant) -> None:
    for question in ("有无公交车辆位置的接口", "公交实时位置的数据归哪个部门管"):
        outcome = demo_assistant.ask(question)
        assert outcome.route == "find_dataset", question
        assert "公交车辆实时位置" in titles(outcome)


@pytest.mark.parametrize("question", ["谁得了手足口病", "得手足口病的居民有哪些", "哪些患者得了手足口病"])
def test_persons_behind_a_published_figure_are_not_told(demo_assistant: Assistant, question: str) -> None:
    outcome = demo_assistant.ask(question)
    assert isinstance(outcome, Refuse) and outcome.reason == "forbidden"
    assert titles(outcome) == [NOT_SEEN]


def test_the_figure_itself_is_still_told(demo_assistant: Assistant) -> None:
    outcome = demo_assistant.ask("2025年手足口病的发病数是多少")
    assert isinstance(outcome, Answer) and outcome.sql is not None and outcome.sql.tables == ["infectious_disease"]


def test_a_hidden_name_is_not_taken_for_a_title_that_begins_alike(demo_assistant: Assistant) -> None:
    outcome = demo_assistant.ask("2024年有哪些企业欠税")
    assert isinstance(outcome, Refuse) and outcome.reason == "forbidden"
    assert titles(outcome) == ["企业年度纳税信息"]


def test_a_figure_of_nothing_is_asked_back(demo_assistant: Assistant) -> None:
    outcome = demo_assistant.ask("前年的总数是多少")
    assert isinstance(outcome, Clarify) and len(outcome.options) >= 2
    assert not isinstance(demo_assistant.ask(outcome.options[0].value), Clarify)
    assert demo_assistant.ask("现在几点钟了").route == "out_of_scope"


def test_questions_on_the_service_have_no_dataset(demo_assistant: Assistant) -> None:
    for question in ("你到底能干啥", "你算出来的数可靠吗", "结果能导出成表格吗"):
        assert demo_assistant.ask(question).route == "about", question


def test_my_own_record_is_not_changed_and_a_question_may_be(demo_assistant: Assistant) -> None:
    outcome = demo_assistant.ask("将我们公司的信用等级调成A")
    assert isinstance(outcome, Refuse) and outcome.reason == "unsafe"
    for question in ("把我的条件改成云湖区", "将我区的数据调到2024年"):
        asked = demo_assistant.ask(question)
        assert not (isinstance(asked, Refuse) and asked.reason == "unsafe"), question
    first = demo_assistant.ask("2024年各区的在校生数", conversation="t1")
    assert isinstance(first, Answer)
    second = demo_assistant.ask("改成2023年", conversation=first.conversation)
    assert isinstance(second, Answer) and second.sql is not None and "2023" in second.sql.text


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("家庭医生团队的名单", "家庭医生"),
        ("老年人助餐点的地址和电话", "老年助餐点"),
        ("退役军人服务中心的联系方式", "退役军人服务中心（站）"),
        ("儿童预防接种门诊地址", "预防接种门诊"),
    ],
)
def test_persons_may_name_a_published_dataset(demo_assistant: Assistant, question: str, title: str) -> None:
    outcome = demo_assistant.ask(question)
    assert isinstance(outcome, Answer) and outcome.route == "find_dataset", outcome.text
    assert any(title in found for found in titles(outcome)[:1])


@pytest.mark.parametrize("question", ["养老院里老人的电话", "低保户的名单", "执业医师的联系方式", "患者的住址名单"])
def test_details_of_the_persons_themselves_stay_withheld(demo_assistant: Assistant, question: str) -> None:
    outcome = demo_assistant.ask(question)
    assert isinstance(outcome, Refuse) and outcome.reason == "forbidden", outcome.text


@pytest.mark.parametrize(
    ("question", "route"),
    [
        ("新港区每月更新的空气质量数据集", "find_dataset"),  # all other words describe it
        ("教育局提供的数据集有多少个", "data"),
    ],
)
def test_a_dataset_that_is_described_is_searched_for(demo_assistant: Assistant, question: str, route: str) -> None:
    assert demo_assistant.ask(question).route == route


def test_the_best_of_each_period_are_bars(demo_assistant: Assistant) -> None:
    outcome = demo_assistant.ask("2024年以来每年火灾最多的是哪个区")
    assert isinstance(outcome, Answer) and outcome.chart is not None
    assert outcome.chart.kind == "bar"
