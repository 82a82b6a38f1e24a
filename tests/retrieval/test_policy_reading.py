"""What a question on rules asks for and names, and whether an article says that kind of thing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.answering import answers, defined_term, definition
from retrieval.asked import asked_kind, figures_in
from retrieval.aspects import (
    article_names,
    article_numbers,
    asked_parts,
    asks_several,
    named_texts,
    named_year,
    number_of,
    own_references,
    short_title,
    without_titles,
)
from retrieval.quotes import best_span, covers


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("复印费每页收多少钱", "money"),
        ("逾期不改的罚款是多少", "money"),
        ("申请之后多久答复", "time"),
        ("日志要留存几个月", "time"),
        ("收益按什么比例分", "share"),
        ("一天最多能调用多少次", "times"),
        ("超过多少公里要报备", "distance"),
        ("密级分几级", "grades"),
        ("什么是公共数据", None),
        ("哪些数据不予共享", None),
    ],
)
def test_the_figure_that_is_asked_for(question: str, kind: str | None) -> None:
    found = asked_kind(question)
    assert (found.kind if found else None) == kind


def test_a_figure_of_another_kind_does_not_answer() -> None:
    money = asked_kind("每页收多少钱")
    assert money is not None
    assert money.holds.search("处一万元以上十万元以下罚款") and money.holds.search("不收取任何费用，免费提供")
    assert not money.holds.search("应当在十五个工作日内答复，可以收取信息处理费")


@pytest.mark.parametrize(
    ("question", "text", "figures"),
    [
        ("多久答复", "第二十一条 自2025年8月1日起十个工作日内答复，可以延长5个工作日。", ["10个工作日", "5个工作日"]),
        ("多长时间", "保存三十日；重要的保存二年或者六个月，紧急的24小时。", ["30日", "2年", "6个月", "24小时"]),
        ("罚款多少", "处一万元以上十万元以下罚款。", ["一万元", "十万元"]),
        ("多久答复", "应当及时答复。", []),
    ],
)
def test_the_figures_that_a_text_says(question: str, text: str, figures: list[str]) -> None:
    asked = asked_kind(question)
    assert asked is not None
    assert figures_in(text, asked) == figures


def test_definitions() -> None:
    text = "第六十二条 本条例下列用语的含义：（一）网络数据，是指通过网络处理的电子数据。（二）重要数据，是指特定领域的数据。"
    term = defined_term("什么是重要数据？")
    assert term == "重要数据"
    assert text[definition(term, text) :].startswith("重要数据，是指")
    assert definition("数据", text) < 0  # the end of a longer term is not the term
    assert answers("什么是重要数据", text) > answers("什么是重要数据", "第三十条 处理重要数据应当评估风险。")


def test_an_article_that_says_when_answers_when() -> None:
    question = "本条例什么时候施行"
    assert answers(question, "第九条 本条例自2025年8月1日起施行。") > 0.5 > answers(question, "第一条 制定本条例。")


def test_numbers_and_references() -> None:
    assert article_numbers("第二十一条和第 3 条、第一百零五条") == [21, 3, 105]
    assert article_names("《甲法》第九十九条") == {99: "第九十九条"}
    assert own_references("还应当履行本条例第三十条、第三十二条规定的义务") == [30, 32]
    assert own_references("违反本法第四十一条至第四十三条规定的") == [41, 43, 42]
    assert own_references("依照《乙法》第五条处罚") == []


@given(st.integers(1, 999))
def test_numerals_are_read_back(number: int) -> None:
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = (digits[hundreds] + "百" if hundreds else "") + (
        digits[tens] + "十" if tens else "零" if hundreds and ones else ""
    )
    assert number_of(text + (digits[ones] if ones else "")) == number == number_of(str(number))


def test_texts_are_named_by_their_short_form_but_not_inside_another() -> None:
    titles = ["中华人民共和国统计法", "中华人民共和国统计法实施条例", "数据安全法"]
    assert short_title(titles[0]) == "统计法"
    assert named_texts("统计法什么时候施行", titles) == [titles[0]]
    assert named_texts("统计法实施条例的罚则", titles) == [titles[1]]
    assert named_texts("《数据安全法》与统计法的关系", titles) == [titles[2], titles[0]]
    assert without_titles("《统计法》什么时候施行", titles[:1]) == "什么时候施行"
    assert (named_year("2009年的统计法"), named_year("统计法")) == (2009, 0)


def test_every_part_keeps_what_it_is_about() -> None:
    parts = asked_parts("在客房偷装摄像头，违反哪条规定，装的人受什么处罚？")
    assert parts.several and parts.asked == ["在客房偷装摄像头 违反哪条规定", "在客房偷装摄像头 装的人受什么处罚"]
    assert not asked_parts("数据分级分为哪几级？").several
    assert asks_several("国家和浙江分别几天答复") and not asks_several("几天答复")


@given(st.text(max_size=60))
def test_any_question_has_a_part(question: str) -> None:
    assert asked_parts(question).asked
    assert isinstance(asks_several(question), bool)


def test_share_of_the_words() -> None:
    first, second = covers("政务数据共享申请", ["共享申请应当说明使用依据的政务数据", "档案的保管"])
    assert first == 1.0 > second == 0.0


def test_a_penalty_is_quoted_where_a_penalty_is_asked() -> None:
    text = (
        "第十二条 项目单位应当编制项目方案，说明数据共享的安排，报主管部门审核。"
        + "审核的内容包括必要性和可行性。" * 12
    ) + "\n未按照要求共享数据的，不予立项，不予安排运行维护经费。"
    start, end = best_span("项目没按要求共享数据会有什么后果", text)
    assert "不予立项" in text[start:end]
