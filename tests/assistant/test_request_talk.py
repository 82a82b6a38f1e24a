"""A share request in conversation, on the real assistant over the demo city: filed, changed, taken back, never submitted."""

from __future__ import annotations

import pytest

from assistant import Assistant
from assistant.outcome import Answer, Clarify, Draft, Outcome
from tools.principal import Principal
from tools.requests.states import Action, State

ASKER = Principal(id="talk-edu", role="official", name="周敏", department="云澜市教育局")
OTHER = Principal(id="talk-civil", role="official", name="刘敏", department="云澜市民政局")
WORDS = "申请共享居住证办理信息，用于入学资格核验"


def tell(assistant: Assistant, *turns: str, who: Principal = ASKER) -> list[Outcome]:
    conversation = None
    outcomes: list[Outcome] = []
    for turn in turns:
        outcomes.append(assistant.ask(turn, who, conversation))
        conversation = outcomes[-1].conversation
    return outcomes


def drafts(assistant: Assistant, *turns: str, who: Principal = ASKER) -> list[Draft]:
    found = tell(assistant, *turns, who=who)
    assert all(isinstance(o, Draft) for o in found), [(o.kind, o.text[:60]) for o in found]
    return [o for o in found if isinstance(o, Draft)]


def test_a_draft_is_filed_with_the_words_it_rests_on(demo_assistant: Assistant) -> None:
    (draft,) = drafts(demo_assistant, WORDS)
    request = demo_assistant.services.desk.get(draft.number, ASKER)
    assert request.state is State.DRAFT
    assert (request.department, request.officer, request.officer_name) == (ASKER.department, ASKER.id, "周敏")
    assert request.purpose == "入学资格核验"
    assert request.sources["purpose"].kind == "words"
    assert request.sources["purpose"].quote in WORDS
    assert request.question == WORDS
    assert "现居住地址" in {i.name for i in request.left_out}
    assert [e.action for e in request.history] == [Action.CREATE]
    assert draft.completeness < 100
    assert all(c.article for c in draft.checks)


def test_steps_are_taken_back_one_by_one(demo_assistant: Assistant) -> None:
    told = drafts(
        demo_assistant, WORDS, "使用时限到2027年底", "改成文件下载", "去掉签发日期", "撤销", "撤销", "使用范围：招生科"
    )
    first, dated, by_file, fewer, back, before, scoped = (d.content for d in told)
    assert fewer != by_file
    assert back["items"] == by_file["items"]
    assert (back["method"], back["ends"]) == ("文件下载", "2027-12-31")
    assert before["method"] == dated["method"] == first["method"]
    assert before["ends"] == "2027-12-31"
    assert (scoped["use_scope"], scoped["ends"]) == ("招生科", "2027-12-31")
    assert len({d.number for d in told}) == 1
    nothing = tell(demo_assistant, WORDS, "撤销上一步")[-1]
    assert "没有可以撤销" in nothing.text


def test_a_length_waits_for_its_first_day(demo_assistant: Assistant) -> None:
    waiting, known = drafts(demo_assistant, WORDS, "使用半年", "使用时限：从2026-08-01起")[1:]
    assert (waiting.talk.months, waiting.content["ends"]) == (6, None)
    assert waiting.request["使用时限"] == "6个月（起始日待填）"
    assert (known.content["starts"], known.content["ends"]) == ("2026-08-01", "2027-01-31")
    assert known.talk.months == 0


def test_a_click_on_a_choice_answers_the_question(demo_assistant: Assistant) -> None:
    draft = drafts(demo_assistant, WORDS)[-1]
    asked = []
    for _ in range(12):
        if not draft.talk.asks:
            break
        asked.append(draft.talk.asks)
        choice = draft.options[0].value if len(draft.options) > 1 else "王芳 0990-3456789"
        choice = "使用依据：《云澜市公共数据管理办法》第二十一条" if draft.talk.asks == "basis" else choice
        outcome = demo_assistant.ask(choice, ASKER, draft.conversation)
        assert isinstance(outcome, Draft), choice
        assert asked[-1] != outcome.talk.asks, choice
        draft = outcome
    assert draft.missing == []
    assert draft.completeness == 100
    assert demo_assistant.services.desk.get(draft.number, ASKER).state is State.DRAFT  # nobody has submitted it


def test_what_was_changed_in_the_form_is_not_undone_by_words(demo_assistant: Assistant) -> None:
    draft = drafts(demo_assistant, WORDS, "使用范围：招生科")[-1]
    desk = demo_assistant.services.desk
    desk.edit(draft.number, ASKER, draft.version, {"use_scope": "招生科和信息中心"})
    undone = demo_assistant.ask("撤销上一步", ASKER, draft.conversation)
    assert isinstance(undone, Draft)
    assert "表单" in undone.text
    assert undone.content["use_scope"] == "招生科和信息中心"
    more = demo_assistant.ask("安全措施：专人专岗", ASKER, draft.conversation)
    assert isinstance(more, Draft)
    assert (more.content["use_scope"], more.content["security"]) == ("招生科和信息中心", "专人专岗")


def test_what_has_been_withdrawn_is_not_written_on(demo_assistant: Assistant) -> None:
    draft = drafts(demo_assistant, WORDS)[-1]
    demo_assistant.services.desk.act(draft.number, ASKER, draft.version, Action.WITHDRAW)
    outcome = demo_assistant.ask("使用范围：招生科", ASKER, draft.conversation)
    assert isinstance(outcome, Clarify)
    assert draft.number in outcome.text
    assert "已撤回" in outcome.text


def test_an_entry_that_left_the_catalogue_is_told_and_the_draft_kept(demo_assistant: Assistant) -> None:
    draft = drafts(demo_assistant, WORDS)[-1]
    entry = demo_assistant.services.datasets.pop(draft.dataset)
    try:
        outcome = demo_assistant.ask("使用范围：招生科", ASKER, draft.conversation)
        assert isinstance(outcome, Clarify)
        assert "撤下" in outcome.text
        assert demo_assistant.services.desk.get(draft.number, ASKER).use_scope == ""
    finally:
        demo_assistant.services.datasets[entry.id] = entry


def test_asked_again_to_compare_nothing_is_filed(demo_assistant: Assistant) -> None:
    official = demo_assistant.principal("official")
    draft = drafts(demo_assistant, WORDS, who=official)[-1]
    before = len(demo_assistant.services.desk.visible(official))
    pair = demo_assistant.again(draft.id)
    assert pair is not None
    assert isinstance(pair[1], Draft)
    assert pair[1].number == ""
    assert pair[1].content["purpose"] == draft.content["purpose"]
    assert len(demo_assistant.services.desk.visible(official)) == before


def test_another_department_sees_nothing_of_a_draft(demo_assistant: Assistant) -> None:
    draft = drafts(demo_assistant, WORDS)[-1]
    outcome = demo_assistant.ask(f"{WORDS}，由社会救助科使用", OTHER, draft.conversation)
    assert outcome.conversation != draft.conversation
    assert isinstance(outcome, Draft)
    assert outcome.number != draft.number
    assert demo_assistant.services.desk.get(draft.number, ASKER).use_scope == ""
    assert draft.number not in {r.number for r in demo_assistant.services.desk.visible(OTHER)}


@pytest.mark.parametrize("who", ["citizen", "evaluator", "admin"])
def test_who_acts_for_no_department_is_shown_a_draft_that_is_filed_nowhere(demo_assistant: Assistant, who: str) -> None:
    first = demo_assistant.ask("我要申请共享低保家庭数据，用于困难学生资助", who)
    assert isinstance(first, Draft)
    assert (first.number, first.request["申请部门"], first.missing[0]) == ("", "", "申请部门")
    more = demo_assistant.ask("使用时限到2026年底", who, first.conversation)
    assert isinstance(more, Draft)
    assert more.content["ends"] == "2026-12-31"
    assert more.content["purpose"] == "困难学生资助"


def test_another_question_in_between_is_answered_and_the_draft_goes_on(demo_assistant: Assistant) -> None:
    told = tell(demo_assistant, WORDS, "去年各区的学校数量？", "使用时限到2026年底")
    assert isinstance(told[1], Answer)
    assert told[1].table is not None
    assert isinstance(told[2], Draft)
    assert told[2].content["ends"] == "2026-12-31"


def test_data_that_nobody_has_is_noted_as_wanted(demo_assistant: Assistant) -> None:
    outcome = demo_assistant.ask("我局要申请使用市民宠物芯片档案，用于流浪动物管理", ASKER)
    assert isinstance(outcome, Answer)
    assert outcome.status == "no_information"
    entries = demo_assistant.services.audit.entries(20)
    assert any(e.body.get("wanted") == "市民宠物芯片档案" for e in entries if e.kind == "demand")


def test_what_is_asked_for_or_granted_already_is_not_asked_for_again(demo_assistant: Assistant) -> None:
    desk = demo_assistant.services.desk
    giver = Principal(id="talk-police", role="official", name="胡强", department="云澜市公安局")
    made = desk.create(
        OTHER,
        "yl-vehicle-records",
        {
            "contact": "刘敏 0990-2345678",
            "items": [{"name": "所有人", "use": "核对"}, {"name": "车辆状态", "use": "核对"}],
            "basis": [{"document": "云澜市公共数据管理办法", "article": "第二十一条"}],
            "purpose": "低保家庭经济状况核对",
            "scenario": "低保家庭经济状况核对",
            "use_scope": "社会救助科",
            "method": "核验查询",
            "starts": "2026-07-01",
            "ends": "2026-12-31",
            "security": "专人专岗",
            "disposal": "使用结束后删除",
            "personal_impact": "已完成评估",
        },
    )
    words = "申请共享机动车登记个案信息，用于低保家庭经济状况核对"
    sent = desk.act(made.number, OTHER, made.version, Action.SUBMIT)
    waiting = demo_assistant.ask(words, OTHER)
    assert isinstance(waiting, Answer)
    assert made.number in waiting.text
    assert "正在办理" in waiting.text

    agreed = desk.act(made.number, giver, sent.version, Action.ACCEPT)
    granted, anyway = tell(demo_assistant, words, "仍要起草申请", who=OTHER)
    assert isinstance(granted, Answer)
    assert made.number in granted.text
    assert "所有人、车辆状态" in granted.text
    assert isinstance(anyway, Draft)
    assert anyway.number not in ("", made.number)
    desk.act(made.number, OTHER, agreed.version, Action.END, "核对完毕，数据已删除")
    assert isinstance(demo_assistant.ask(words, OTHER), Draft)


def test_a_question_about_the_draft_changes_nothing(demo_assistant: Assistant) -> None:
    draft = drafts(demo_assistant, WORDS)[-1]
    for question in ("有什么依据可以引用？", "使用时限最长多久？", "共享申请应当说明哪些内容？"):
        outcome = demo_assistant.ask(question, ASKER, draft.conversation)
        assert not isinstance(outcome, Draft), question
    after = demo_assistant.services.desk.get(draft.number, ASKER)
    assert after.version == draft.version
