"""Share requests through their desk: who may do what when, what is refused with which words, and that nothing gets lost."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from pathlib import Path

import pytest
from request_office import CITIZEN, COLLEAGUE, EDUCATION, HEALTH, POLICE, RESIDENTS, STEWARD, WHOLE, Office

from tools.audit import AuditError
from tools.requests.desk import RequestDesk
from tools.requests.grants import grant_of, grants_of
from tools.requests.model import Content, Trace
from tools.requests.problems import Conflict, Invalid, NotAllowed, NotFound, NotNow
from tools.requests.states import Action, State
from tools.requests.transitions import moves_open_to
from tools.requests.wanted import Wanted
from tools.rights.grants import grants_for


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


# — drafting —


def test_a_draft_takes_from_the_catalogue_what_only_the_catalogue_says(office: Office) -> None:
    draft = office.desk.create(EDUCATION, "residents", {"purpose": "学位预测"}, question="要人口数据做学位预测")
    assert draft.number == "GX2026070600001"
    assert (draft.state, draft.version, draft.department, draft.officer) == (State.DRAFT, 1, "港城市教育局", "li")
    assert (draft.dataset.code, draft.dataset.provider) == ("201001/00001", "港城市公安局")
    assert draft.dataset.condition == RESIDENTS.sharing_condition
    assert {"scenario", "basis", "ends"} <= set(draft.missing())
    assert "purpose" not in draft.missing()
    assert office.desk.get(draft.number, EDUCATION) == draft


def test_numbers_go_on_day_by_day(office: Office) -> None:
    numbers = [office.draft().number, office.draft().number]
    office.day += timedelta(days=1)
    assert [*numbers, office.draft().number] == ["GX2026070600001", "GX2026070600002", "GX2026070700001"]


def test_every_field_says_where_it_comes_from(office: Office) -> None:
    said = Content(purpose="学位预测", sources={"purpose": Trace(kind="words", quote="用来做学位预测")})
    draft = office.desk.create(EDUCATION, "residents", said)
    assert draft.sources["purpose"].kind == "words"
    assert draft.sources["dataset"].kind == "catalogue"
    edited = office.desk.edit(draft.number, COLLEAGUE, 1, {"purpose": "学位规划", "method": "批量交换"})
    assert (edited.sources["purpose"].kind, edited.sources["purpose"].ref) == ("officer", "wang")
    blanked = office.desk.edit(draft.number, EDUCATION, 2, {"purpose": ""})
    assert "purpose" not in blanked.sources


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sharing": "unconditional"}, "共享属性以数据目录为准"),
        ({"level": "一般数据"}, "数据分级以数据目录为准"),
        ({"provider": "港城市教育局"}, "提供部门以数据目录为准"),
        ({"dataset": {"id": "roads", "title": "x"}}, "以数据目录为准"),
        ({"department": "港城市公安局"}, "不能替别的部门申请"),
        ({"officer": "zhao"}, "不能替别的部门申请"),
        ({"state": "accepted"}, "由系统记录"),
        ({"nonsense": 1}, "没有“nonsense”这一项"),
        ({"ends": "后天"}, "“使用截止日”的日期写法不对"),
        ({"items": [{"name": ""}]}, "“申请的数据项”里有一项没有名称"),
        ({"items": [{"name": "所属区", "level": "核心"}]}, "没有“level”这一栏"),
        ({"purpose": "长" * 4001}, "太长"),
        ({"sources": {"sharing": {"kind": "words"}}}, "写法不对"),
    ],
)
def test_what_may_not_be_stated_is_refused_and_nothing_changes(
    office: Office, changes: dict[str, object], words: str
) -> None:
    draft = office.draft()
    with pytest.raises(Invalid, match=words):
        office.desk.edit(draft.number, EDUCATION, 1, {"scenario": "别的", **changes})
    assert office.desk.get(draft.number, EDUCATION) == draft
    with pytest.raises(Invalid, match=words):
        office.desk.create(EDUCATION, "residents", changes)


def test_who_may_ask_and_for_what(office: Office) -> None:
    with pytest.raises(NotAllowed, match="没有所属部门"):
        office.desk.create(CITIZEN, "residents")
    with pytest.raises(Invalid, match="就是本部门"):
        office.desk.create(EDUCATION, "own")
    with pytest.raises(Invalid, match="可能已经撤下"):
        office.desk.create(EDUCATION, "gone")
    assert office.desk.visible(STEWARD) == []


# — submitting —


def test_only_a_whole_draft_is_submitted_and_all_that_is_wrong_is_said_at_once(office: Office) -> None:
    draft = office.draft(purpose="", ends="2026-07-01", starts="2026-08-01", disposal="")
    with pytest.raises(Invalid) as raised:
        office.act(draft, EDUCATION, Action.SUBMIT)
    text = str(raised.value)
    assert all(word in text for word in ("使用目的", "早于起始日", "怎样处置", "第二十条", "第二十七条"))
    assert {"purpose", "starts", "ends", "disposal"} <= set(raised.value.fields)
    assert office.desk.get(draft.number, EDUCATION) == draft


def test_a_draft_is_its_departments_own_until_it_is_submitted(office: Office) -> None:
    draft = office.draft()
    for stranger in (POLICE, STEWARD, HEALTH, CITIZEN):
        with pytest.raises(NotFound, match="没有编号为"):
            office.desk.get(draft.number, stranger)
    assert office.desk.get(draft.number, COLLEAGUE) == draft
    office.act(draft, EDUCATION, Action.SUBMIT)
    assert [r.number for r in office.desk.visible(POLICE)] == [draft.number]
    assert office.desk.visible(HEALTH) == []
    withdrawn = office.act(office.draft(purpose="另一目的"), EDUCATION, Action.WITHDRAW)
    with pytest.raises(NotFound):
        office.desk.get(withdrawn.number, POLICE)


def test_the_same_click_twice_submits_once(office: Office) -> None:
    draft = office.draft()
    first = office.act(draft, EDUCATION, Action.SUBMIT)
    again = office.act(draft, EDUCATION, Action.SUBMIT)
    assert again == first
    assert len([e for e in office.audit.entries() if e.body["action"] == "submit"]) == 1


def test_the_same_request_twice_is_refused_while_the_first_is_open(office: Office) -> None:
    first = office.submitted()
    second = office.draft(purpose="学位 预测。")
    with pytest.raises(Invalid, match=f"已有同样的申请 {first.number}"):
        office.act(second, EDUCATION, Action.SUBMIT)
    office.act(first, EDUCATION, Action.WITHDRAW)
    assert office.act(second, EDUCATION, Action.SUBMIT).state is State.SUBMITTED


def test_two_desks_submitting_the_same_at_once_file_one(office: Office) -> None:
    drafts = [office.draft(), office.draft()]
    desks = [office.another_desk(), office.another_desk()]
    outcomes: list[object] = []

    def submit(desk: RequestDesk, number: str) -> None:
        try:
            outcomes.append(desk.act(number, EDUCATION, 1, Action.SUBMIT).state)
        except (Invalid, NotNow) as problem:
            outcomes.append(str(problem))

    together(*(lambda d=d, n=r.number: submit(d, n) for d, r in zip(desks, drafts, strict=True)))
    assert outcomes.count(State.SUBMITTED) == 1
    assert any("不要重复提交" in str(o) or "不能重复提交" in str(o) for o in outcomes)


def test_a_withdrawn_or_changed_entry_is_not_submitted(office: Office) -> None:
    draft = office.draft()
    office.catalogue["residents"] = RESIDENTS.model_copy(update={"sharing_condition": "仅限抢险救灾使用"})
    with pytest.raises(Invalid, match="目录有变动（共享条件）"):
        office.act(draft, EDUCATION, Action.SUBMIT)
    fresh = office.desk.edit(draft.number, EDUCATION, draft.version, {})
    assert fresh.dataset.condition == "仅限抢险救灾使用"
    assert office.act(fresh, EDUCATION, Action.SUBMIT).state is State.SUBMITTED
    other = office.draft(purpose="别的规划")
    del office.catalogue["residents"]
    with pytest.raises(Invalid, match="已经撤下"):
        office.act(other, EDUCATION, Action.SUBMIT)
    assert office.desk.edit(other.number, EDUCATION, 1, {"method": "文件下载"}).method == "文件下载"


def test_how_a_department_came_to_its_words_is_its_own(office: Office) -> None:
    draft = office.desk.create(
        EDUCATION, "residents", {**WHOLE, "purpose": "内部设想"}, question="领导让试试", conversation="c"
    )
    draft = office.desk.edit(draft.number, EDUCATION, 1, {"purpose": "学位预测"})
    request = office.act(draft, EDUCATION, Action.SUBMIT)
    for other in (POLICE, STEWARD):
        seen = office.desk.get(request.number, other)
        assert "内部设想" not in seen.model_dump_json()
        assert "领导让试试" not in seen.model_dump_json()
        assert office.desk.visible(other) == [seen]
        assert seen.purpose == "学位预测"
    accepted = office.act(request, POLICE, Action.ACCEPT)
    assert accepted.question == ""
    kept = office.desk.get(request.number, COLLEAGUE)  # what the provider did has lost none of it
    assert (kept.question, kept.conversation) == ("领导让试试", "c")
    assert kept.history[1].details["changes"]["purpose"] == ["内部设想", "学位预测"]


# — two people —


def together(*calls) -> None:  # type: ignore[no-untyped-def]
    """Run the calls at the same moment."""
    barrier = threading.Barrier(len(calls))

    def run(call) -> None:  # type: ignore[no-untyped-def]
        barrier.wait()
        call()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_the_later_of_two_editors_is_told_who_changed_what(office: Office) -> None:
    draft = office.draft()
    office.desk.edit(draft.number, COLLEAGUE, 1, {"purpose": "学位规划", "method": "文件下载"})
    with pytest.raises(Conflict) as raised:
        office.desk.edit(draft.number, EDUCATION, 1, {"scenario": "我的场景"})
    conflict = raised.value
    assert all(word in str(conflict) for word in ("王宁", "使用目的、共享方式", "第2版", "没有丢失"))
    assert conflict.yours == {"scenario": "我的场景"}
    assert conflict.current.purpose == "学位规划"
    merged = office.desk.edit(draft.number, EDUCATION, conflict.current.version, conflict.yours)
    assert (merged.scenario, merged.purpose) == ("我的场景", "学位规划")


def test_threads_that_edit_at_once_lose_nothing(office: Office) -> None:
    draft = office.draft()
    desks = [office.another_desk() for _ in range(4)]
    conflicts: list[Conflict] = []
    saved: list[str] = []

    def edit(n: int) -> None:
        for k in range(5):
            text = f"场景{n}-{k}"
            while True:
                seen = desks[n].get(draft.number, EDUCATION).version
                try:
                    desks[n].edit(draft.number, EDUCATION, seen, {"scenario": text})
                    saved.append(text)
                    break
                except Conflict as conflict:
                    assert conflict.yours == {"scenario": text}
                    conflicts.append(conflict)

    together(*(lambda n=n: edit(n) for n in range(4)))
    now = office.desk.get(draft.number, EDUCATION)
    written = [e.details["changes"]["scenario"][1] for e in now.history if e.action is Action.EDIT]
    assert sorted(written) == sorted(saved) == sorted(f"场景{n}-{k}" for n in range(4) for k in range(5))
    assert now.version == 21 == now.history[-1].version
    assert now.scenario == written[-1]
    assert office.audit.verify() == []


def test_accepting_and_withdrawing_at_once_has_one_outcome(office: Office) -> None:
    for purpose in ("甲规划", "乙规划", "丙规划"):
        request = office.submitted(purpose=purpose)
        done: list[State] = []
        refused: list[Exception] = []

        def act(who, action, done=done, refused=refused, request=request) -> None:  # type: ignore[no-untyped-def]
            try:
                done.append(office.another_desk().act(request.number, who, request.version, action).state)
            except (Conflict, NotNow, NotFound) as problem:
                refused.append(problem)

        together(lambda: act(POLICE, Action.ACCEPT), lambda: act(EDUCATION, Action.WITHDRAW))
        assert len(done) == len(refused) == 1
        assert office.desk.get(request.number, EDUCATION).state is done[0]


# — the way of a request —


def test_a_request_from_draft_to_disposal(office: Office) -> None:
    request = office.in_use()
    office.day = date(2026, 9, 1)
    request = office.act(request, EDUCATION, Action.ASK_CORRECTION, "两个区的人数对不上")
    request = office.act(request, POLICE, Action.CORRECT, "已按户籍更正")
    request = office.act(request, EDUCATION, Action.END, "已删除并书面报告")
    assert request.state is State.ENDED
    assert [e.after for e in request.history] == [
        *(State.DRAFT, State.SUBMITTED, State.ACCEPTED, State.DELIVERED, State.IN_USE),
        *(State.CORRECTING, State.IN_USE, State.ENDED),
    ]
    assert office.audit.verify() == []
    assert len(office.audit.entries()) == len(request.history) == office.changes


def test_a_supplement_is_asked_for_once_and_for_everything(office: Office) -> None:
    request = office.submitted()
    with pytest.raises(Invalid, match="须写明需要补正的全部内容"):
        office.act(request, POLICE, Action.ASK_SUPPLEMENT)
    request = office.act(request, POLICE, Action.ASK_SUPPLEMENT, "请写明使用系统名称")
    with pytest.raises(NotNow, match="不能“同意共享”"):
        office.act(request, POLICE, Action.ACCEPT)
    request = office.desk.edit(request.number, EDUCATION, request.version, {"use_scope": "学位规划系统"})
    request = office.act(request, EDUCATION, Action.SUPPLY)
    assert Action.ASK_SUPPLEMENT not in [m.action for m in moves_open_to(request, POLICE)]
    with pytest.raises(NotNow, match=r"一次性告知（政务数据共享条例 第二十一条第二款）"):
        office.act(request, POLICE, Action.ASK_SUPPLEMENT, "再补一样")
    assert office.act(request, POLICE, Action.REFUSE, "与目录载明的条件不符").state is State.REFUSED


def test_what_is_supplied_is_checked_like_a_submission(office: Office) -> None:
    request = office.act(office.submitted(), POLICE, Action.ASK_SUPPLEMENT, "请补充")
    request = office.desk.edit(request.number, EDUCATION, request.version, {"basis": []})
    with pytest.raises(Invalid, match="没有写使用依据"):
        office.act(request, EDUCATION, Action.SUPPLY)


def test_a_refusal_has_reasons_and_can_be_disputed(office: Office) -> None:
    request = office.submitted()
    with pytest.raises(Invalid, match=r"须写明不同意的理由（政务数据共享条例 第二十一条第二款）"):
        office.act(request, POLICE, Action.REFUSE, " ")
    request = office.act(request, POLICE, Action.REFUSE, "数据项超出需要")
    request = office.act(request, EDUCATION, Action.DISPUTE, "每一项都有用途")
    with pytest.raises(NotAllowed, match="只能由共享主管部门"):
        office.act(request, POLICE, Action.UPHOLD, "维持")
    office.day = date(2026, 8, 3)
    request = office.act(request, STEWARD, Action.REOPEN, "请重新审核")
    due = office.desk.deadline(request)
    assert due is not None
    assert (due.since, due.kind) == (date(2026, 8, 3), "reply")


def test_more_time_is_asked_for_by_the_provider_and_granted_by_the_steward(office: Office) -> None:
    request = office.submitted()
    before = office.desk.deadline(request)
    for days in (0, 11, "很多", None, True):
        with pytest.raises(Invalid, match="最多10个工作日"):
            office.act(request, POLICE, Action.ASK_EXTENSION, "数据量大", days=days)
    request = office.act(request, POLICE, Action.ASK_EXTENSION, "数据量大", days=4)
    assert office.desk.deadline(request) == before
    with pytest.raises(NotAllowed):
        office.act(request, POLICE, Action.GRANT_EXTENSION)
    request = office.act(request, STEWARD, Action.GRANT_EXTENSION)
    after = office.desk.deadline(request)
    assert before is not None
    assert after is not None
    assert (before.day, after.day) == (date(2026, 7, 20), date(2026, 7, 24))
    with pytest.raises(NotNow, match="不能再延"):
        office.act(request, POLICE, Action.ASK_EXTENSION, "还不够", days=1)
    with pytest.raises(NotNow, match="没有等待审批的延期"):
        office.act(request, STEWARD, Action.GRANT_EXTENSION)


def test_more_time_is_not_asked_for_when_time_is_up(office: Office) -> None:
    request = office.submitted()
    office.day = date(2026, 7, 21)
    with pytest.raises(NotNow, match="2026-07-20"):
        office.act(request, POLICE, Action.ASK_EXTENSION, "来不及", days=2)
    due = office.desk.deadline(request)
    assert due is not None
    assert due.overdue == 1


def test_misuse_suspends_and_only_then_may_the_provider_end_it(office: Office) -> None:
    request = office.in_use()
    with pytest.raises(NotAllowed):
        office.act(request, POLICE, Action.END, "不想给了")
    request = office.act(request, POLICE, Action.SUSPEND, "转给了第三方，请五日内整改")
    assert grant_of(request) is None
    assert office.act(request, STEWARD, Action.END, "拒不整改").state is State.ENDED


@pytest.mark.parametrize(
    ("who", "action"),
    [
        (EDUCATION, Action.ACCEPT),
        (EDUCATION, Action.REFUSE),
        (STEWARD, Action.ACCEPT),
        (STEWARD, Action.WITHDRAW),
        (POLICE, Action.WITHDRAW),
        (POLICE, Action.SUPPLY),
    ],
)
def test_nobody_acts_for_another(office: Office, who, action: Action) -> None:  # type: ignore[no-untyped-def]
    request = office.submitted()
    with pytest.raises(NotAllowed):
        office.act(request, who, action, "一个理由")
    with pytest.raises(NotFound):
        office.act(request, HEALTH, action, "一个理由")
    assert office.desk.get(request.number, EDUCATION) == request


# — grants —


def test_an_accepted_request_opens_the_agreed_items_until_the_agreed_day(office: Office) -> None:
    request = office.submitted()
    assert grant_of(request) is None
    with pytest.raises(Invalid, match="申请里没有这些数据项：身份证号"):
        office.act(request, POLICE, Action.ACCEPT, items=["身份证号"])
    with pytest.raises(Invalid, match="截止日"):
        office.act(request, POLICE, Action.ACCEPT, ends="2028-01-01")
    request = office.act(request, POLICE, Action.ACCEPT, "部分同意", items=["所属区"], ends="2026-12-31")
    grant = grant_of(request)
    assert grant is not None
    assert (grant.department, grant.dataset, grant.items) == ("港城市教育局", "residents", ("所属区",))
    assert (grant.request, grant.purpose) == (request.number, "学位预测")
    assert (grant.starts, grant.ends) == (date(2026, 8, 1), date(2026, 12, 31))
    for day, count in ((date(2026, 7, 31), 0), (date(2026, 8, 1), 1), (date(2026, 12, 31), 1), (date(2027, 1, 1), 0)):
        assert len(grants_for(COLLEAGUE, grants_of([request]), day)) == count
    assert grants_for(HEALTH, grants_of([request]), date(2026, 9, 1)) == ()
    assert grants_for(CITIZEN, grants_of([request]), date(2026, 9, 1)) == ()


def test_what_is_granted_is_not_applied_for_again(office: Office) -> None:
    office.in_use()
    with pytest.raises(Invalid, match=r"第十九条.*可以直接使用"):
        office.submitted()
    wider = [*WHOLE["items"], {"name": "居住地址", "use": "按街道汇总"}]
    office.day = date(2027, 9, 1)
    assert office.submitted(starts="2027-09-01", ends="2028-08-31", purpose="学位预测续", items=wider)


# — recording —


def test_what_the_log_cannot_take_is_not_done(office: Office) -> None:
    draft = office.draft()
    path = office.root / "audit.sqlite"
    kept = path.read_bytes()
    path.write_bytes(b"broken" * 1000)
    for extra in ("audit.sqlite-wal", "audit.sqlite-shm"):
        (office.root / extra).unlink(missing_ok=True)
    with pytest.raises(AuditError):
        office.act(draft, EDUCATION, Action.SUBMIT)
    with pytest.raises(AuditError):
        office.draft()
    path.write_bytes(kept)
    assert office.desk.visible(EDUCATION) == [draft]


def test_requests_are_found_by_state_department_and_entry(office: Office) -> None:
    one, two = office.submitted(), office.draft(dataset="roads", items=[], purpose="路网核对")
    assert [r.number for r in office.desk.visible(EDUCATION)] == [two.number, one.number]
    states = Wanted(states=frozenset({State.SUBMITTED}))
    assert [r.number for r in office.desk.visible(EDUCATION, states)] == [one.number]
    assert [r.number for r in office.desk.visible(EDUCATION, Wanted(dataset="roads"))] == [two.number]
    assert [r.number for r in office.desk.visible(STEWARD, Wanted(provider="港城市公安局"))] == [one.number]
    assert office.desk.visible(EDUCATION)[1].history == one.history
