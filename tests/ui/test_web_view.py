"""Outcomes as views and as markup."""

import re
from datetime import UTC, datetime

import pytest
from html_reader import Reader
from scripted_assistant import (
    DATASETS,
    HOSTILE,
    clarify,
    draft,
    find_answer,
    hostile_answer,
    policy_answer,
    refuse,
    school_answer,
)

from assistant.events import StepEvent
from assistant.outcome import Answer, Citation, Outcome
from ui.web.handlers import when
from ui.web.present import split_marks, turn_view
from ui.web.sidebar import Entry, conversations_html
from ui.web.steps import step_tree, steps_html
from ui.web.turn_html import notice_html, running_html, turn_html
from ui.web.view import Mark, TurnView


def view(outcome: Outcome) -> TurnView:
    return turn_view(outcome.model_copy(update={"id": "t1", "conversation": "c1", "question": "问"}), DATASETS.get)


def test_marks_point_only_to_sources_that_exist() -> None:
    assert split_marks("甲[1]乙[7]丙[2]", {1, 2}) == ["甲", Mark(1), "乙[7]丙", Mark(2)]


def test_a_dataset_source_is_completed_from_the_catalogue() -> None:
    first = view(school_answer()).sources[0]
    assert [b.text for b in first.badges] == ["无条件共享", "无条件开放"]
    assert ("提供部门", "云澜市教育局") in first.facts
    assert ("更新时间", "2026-06-12") in first.facts


def test_an_article_shows_its_force_locator_and_words() -> None:
    old = view(policy_answer()).sources[1]
    assert (old.locator, old.badges[0].text, old.quote) == ("第七条", "已失效", "申请单位应当填写申请表。")


def test_a_query_source_does_not_repeat_the_query() -> None:
    shown = view(Answer(text="1[1]", citations=[Citation(n=1, kind="query", id="q", title="查询", quote="SELECT 1")]))
    assert shown.sources[0].quote == ""


@pytest.mark.parametrize(("label", "text"), [("verified", "已核验"), ("rules", "规则生成"), ("model", "模型生成")])
def test_the_label_says_who_wrote_the_query(label: str, text: str) -> None:
    badges = view(school_answer().model_copy(update={"label": label})).badges
    assert text in [b.text for b in badges]


def test_found_datasets_carry_their_data_items() -> None:
    card = view(find_answer()).cards[0]
    assert (card.title, card.publisher) == ("义务教育学校基本信息", "云澜市教育局")
    assert view(school_answer()).cards == []


def test_a_condition_can_be_taken_out_unless_it_must_stay() -> None:
    html = turn_html(view(school_answer()), "k")
    read = Reader(html)
    assert [v for name, v in read.attributes if name == "aria-label" and v and v.startswith("去掉")] == [
        "去掉条件：时间：2025年"
    ]
    assert ("data-ask", "不限时间") in read.attributes
    assert "<span>指标：学校数量</span></li>" in html


def test_conditions_of_hostile_data_are_text() -> None:
    read = Reader(turn_html(view(hostile_answer()), "k"))
    for text in HOSTILE[:6]:
        assert ("data-ask", text) in read.attributes
        assert ("aria-label", f"去掉条件：{text}") in read.attributes
    assert not set(read.tags) & {"img", "script"}


def test_a_refusal_does_not_offer_the_same_request_twice() -> None:
    more = ["我要申请共享“社会保险参保人员信息”数据", "各区参保人数"]
    assert view(refuse().model_copy(update={"suggestions": more})).suggestions == ["各区参保人数"]


def test_options_ask_their_value() -> None:
    html = turn_html(view(clarify()), "k")
    assert 'data-ask="各区专任教师有多少人？"' in html
    assert ">专任教师数<" in html


def test_a_refusal_offers_a_draft_for_each_dataset() -> None:
    shown = view(refuse())
    assert shown.actions[0].label == "生成共享申请草稿：社会保险参保人员信息"
    assert "DS-HR-009" in shown.actions[0].question
    assert view(refuse().model_copy(update={"may_request": []})).actions == []


def test_blanks_of_a_draft_are_visible() -> None:
    html = turn_html(view(draft()), "k")
    assert html.count("待填写</span>") == 3
    assert "还有 3 项待填写" in html
    assert "不符合" in html


def test_nothing_from_data_becomes_markup() -> None:
    html = turn_html(view(hostile_answer()), "k")
    read = Reader(html)
    assert not set(read.tags) & {"img", "script", "iframe", "object", "style", "link", "form"}
    assert not [name for name, _ in read.attributes if name.startswith("on")]
    assert all(value.startswith("api/") for name, value in read.attributes if name in ("href", "src") and value)
    assert all(bad not in html for bad in HOSTILE if "<" in bad or "\u202e" in bad)


def test_questions_and_titles_are_escaped_everywhere() -> None:
    bad = HOSTILE[0]
    for html in (
        running_html(bad, None),
        notice_html(bad, bad),
        conversations_html([Entry(bad, bad, bad)], "", bad),
        steps_html(step_tree([StepEvent(bad, bad, "done", bad, 1, {bad: bad})]), running=False) or "",
    ):
        assert "<img" not in html
        assert "&lt;img" in html


def test_links_lead_to_our_own_downloads_only() -> None:
    html = turn_html(view(school_answer()), "k", principal="official")
    links = re.findall(r'href="([^"]+)"', html)
    assert links == [f"api/conversations/c1/turns/t1/table?format={kind}&amp;as=official" for kind in ("csv", "xlsx")]


def test_steps_nest_and_last_as_long_as_they_took() -> None:
    events = [
        StepEvent("run", "执行查询", "started"),
        StepEvent("check", "安全检查", "started"),
        StepEvent("check", "安全检查", "done", "通过", 2.0),
        StepEvent("run", "执行查询", "done", "7 行", 30.0, {"表": "school"}),
        StepEvent("compose", "整理答案", "started"),
    ]
    tree = step_tree(events)
    assert [(s.name, s.done, [c.name for c in s.children]) for s in tree] == [
        ("run", True, ["check"]),
        ("compose", False, []),
    ]
    running = steps_html(tree, running=True)
    assert running is not None
    assert "正在整理答案…" in running
    assert "30 毫秒" in running
    assert steps_html([], running=True) is None


def test_marks_change_nothing_of_the_text() -> None:
    text = "甲为118所[1][2]。乙[1]\n[2]丙"
    citations = [Citation(n=n, kind="dataset", id=str(n), title="源") for n in (1, 2)]
    html = turn_html(view(Answer(text=text, citations=citations)), "k")
    shown = re.search(r'<div class="answer-text"[^>]*>(.*?)</div>', html, re.S)
    assert shown is not None
    assert re.sub(r"<[^>]+>", "", shown[1]) == text


def test_times_are_shown_on_the_local_clock() -> None:
    moment = datetime(2026, 7, 1, 1, 30, tzinfo=UTC)
    shown = moment.astimezone().strftime("%m-%d %H:%M")
    assert when(moment) == when(moment.isoformat()) == shown
    assert when(datetime(2026, 7, 1, 9, 30)) == "07-01 09:30"
    assert when("上午") == "上午"
