from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.quotes import best_span

LIST = (
    "第九条 申请数据共享应当说明下列内容：\n\n（一）使用依据；\n\n（二）使用场景；\n\n（三）需求的数据项。\n\n"
    "数据提供部门应当自收到申请之日起十个工作日内答复，逾期未答复的，由主管部门督促。"
)


def _quote(question: str, text: str = LIST) -> str:
    start, end = best_span(question, text)
    return text[start:end]


def test_a_list_is_kept_whole_when_contents_are_asked_for() -> None:
    assert _quote("数据共享申请应当说明哪些内容？") == LIST[LIST.index("申请") : LIST.index("\n\n数据提供")]


def test_a_deadline_is_quoted_as_its_sentence() -> None:
    assert _quote("多久答复").startswith("数据提供部门应当自收到申请之日起十个工作日内答复")


def test_a_list_on_one_line_is_a_list() -> None:
    text = "第五条 分为三类：（一）无条件共享；（二）有条件共享；（三）不予共享。其他事项另行规定。"
    assert _quote("共享分为哪些种类", text) == "分为三类：（一）无条件共享；（二）有条件共享；（三）不予共享。"


def test_the_whole_text_when_nothing_stands_out() -> None:
    assert _quote("xyz", "第一条 甲。乙。") == "甲。乙。"


@settings(max_examples=60, deadline=None)
@given(
    question=st.text(max_size=40),
    text=st.text(alphabet=st.sampled_from("甲乙丙数据。；：\n（一）（二）第条 ab12"), max_size=120),
)
def test_a_span_always_lies_in_the_text(question: str, text: str) -> None:
    start, end = best_span(question, text)
    assert 0 <= start <= end <= len(text)
