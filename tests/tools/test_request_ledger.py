"""The ledger: every request that was submitted with its days, the figures, and the tables that people may ask about."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from request_office import CITIZEN, COLLEAGUE, EDUCATION, HEALTH, POLICE, STEWARD, Office

from corpus.ingest.staging import Staging
from corpus.semantics import load_semantics
from corpus.workspace import Workspace
from tools.requests.ledger import LedgerLine, demand_list, figures_of
from tools.requests.ledger_refresh import Follower, catch_up, refresh_ledger
from tools.requests.ledger_stamp import is_stale
from tools.requests.ledger_tables import DEMAND, LEDGER, METRICS
from tools.requests.problems import Invalid
from tools.requests.states import Action
from tools.rights import scope_for


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def busy(office: Office) -> None:
    """One agreed to after two working days, one refused a day late, one withdrawn, one waiting, and a draft."""
    one = office.submitted(purpose="一件")
    office.day += timedelta(days=2)
    one = office.act(one, POLICE, Action.ACCEPT)
    office.act(one, POLICE, Action.DELIVER)
    office.day = date(2026, 7, 6)
    two = office.submitted(purpose="二件")
    office.day = date(2026, 7, 21)
    office.act(two, POLICE, Action.REFUSE, "与条件不符", ground="不符合目录载明的共享条件")
    office.act(office.submitted(purpose="三件"), EDUCATION, Action.WITHDRAW)
    office.submitted(purpose="四件")
    office.draft(purpose="草稿")


def test_each_line_says_when_it_was_answered_by_whom_and_why_not(office: Office) -> None:
    busy(office)
    lines = {line.purpose: line for line in office.desk.ledger(STEWARD)}
    assert list(lines) == ["四件", "三件", "二件", "一件"]
    first, second = lines["一件"], lines["二件"]
    assert (first.reply, first.reply_days, first.late, first.replied_by) == ("同意", 2, 0, "赵平")
    assert (first.due, first.delivered, first.state) == (date(2026, 7, 20), date(2026, 7, 8), "已提供")
    assert (second.reply, second.reply_days, second.late) == ("不同意", 11, 1)
    assert (second.ground, second.reason) == ("不符合目录载明的共享条件", "与条件不符")
    assert (lines["三件"].reply, lines["三件"].replied) == ("已撤回", None)
    assert (lines["四件"].reply, lines["四件"].late) == ("未答复", 0)


def test_the_figures_are_those_of_the_lines(office: Office) -> None:
    busy(office)
    figures = figures_of(office.desk.ledger(STEWARD))
    assert (figures.submitted, figures.replied, figures.agreed, figures.refused, figures.waiting) == (4, 2, 1, 1, 1)
    assert (figures.average_days, figures.late, figures.on_time_rate) == (6.5, 1, 50.0)
    assert figures.most_wanted == [("常住人口登记", 4)]
    assert figures.refused_by == [("不符合目录载明的共享条件", 1)]
    assert figures.by_provider == [("港城市公安局", 2, 6.5, 1)]
    office.day = date(2026, 8, 6)  # the waiting one has become overdue
    assert figures_of(office.desk.ledger(STEWARD)).late == 2


def test_a_reopened_request_is_answered_anew(office: Office) -> None:
    request = office.act(office.submitted(), POLICE, Action.REFUSE, "与条件不符")
    request = office.act(request, EDUCATION, Action.DISPUTE, "条件里写着可以")
    office.day = date(2026, 8, 3)
    request = office.act(request, STEWARD, Action.REOPEN, "请重新审核")
    (line,) = office.desk.ledger(STEWARD)
    assert (line.reply, line.replied, line.reply_days, line.late) == ("未答复", None, None, 0)
    assert (line.submitted, line.due) == (date(2026, 7, 6), date(2026, 8, 17))
    office.day = date(2026, 8, 5)
    office.act(request, POLICE, Action.ACCEPT)
    (line,) = office.desk.ledger(STEWARD)
    assert (line.reply, line.reply_days, line.late, line.reason) == ("同意", 2, 0, "")


def test_a_kind_of_reason_is_one_of_the_list_or_none(office: Office) -> None:
    request = office.submitted()
    with pytest.raises(Invalid, match="要从这些里选"):
        office.act(request, POLICE, Action.REFUSE, "不想给", ground="心情不好")
    office.act(request, POLICE, Action.REFUSE, "与条件不符")
    assert figures_of(office.desk.ledger(STEWARD)).refused_by == [("未归类", 1)]


def test_everyone_sees_their_own_lines(office: Office) -> None:
    busy(office)
    for who, count in ((STEWARD, 4), (EDUCATION, 4), (COLLEAGUE, 4), (POLICE, 4), (HEALTH, 0), (CITIZEN, 0)):
        assert len(office.desk.ledger(who)) == count


def test_nothing_at_all_has_no_average() -> None:
    figures = figures_of([])
    assert (figures.submitted, figures.average_days, figures.on_time_rate, figures.most_wanted) == (0, None, None, [])


LINES = st.builds(
    LedgerLine,
    number=st.text("0123456789", min_size=1),
    department=st.sampled_from(["甲", "乙"]),
    officer=st.just(""),
    dataset=st.just("d"),
    dataset_title=st.sampled_from(["一", "二", "三"]),
    provider=st.sampled_from(["丙", "丁"]),
    sharing=st.just(""),
    purpose=st.just(""),
    state=st.just(""),
    submitted=st.just(date(2026, 7, 6)),
    due=st.none(),
    replied=st.none() | st.just(date(2026, 7, 7)),
    reply=st.sampled_from(["同意", "不同意", "未答复"]),
    replied_by=st.just(""),
    reply_days=st.integers(0, 30),
    late=st.integers(0, 5),
    extended=st.just(0),
    supplemented=st.booleans(),
    ground=st.sampled_from(["", "其他"]),
    reason=st.just(""),
    delivered=st.none(),
    ends=st.none(),
)


@settings(deadline=None, max_examples=40)
@given(st.lists(LINES, max_size=20))
def test_figures_add_up(lines: list[LedgerLine]) -> None:
    figures = figures_of(lines)
    assert sum(count for _, count in figures.most_wanted) == figures.submitted == len(lines)
    assert sum(replied for _, replied, _, _ in figures.by_provider) == figures.replied <= figures.submitted
    assert figures.on_time_rate is None or 0 <= figures.on_time_rate <= 100
    if figures.average_days is not None:
        assert 0 <= figures.average_days <= 30


def test_what_is_asked_for_and_not_there_is_put_together(office: Office) -> None:
    office.desk.demand(EDUCATION, "路灯位置", "夜间通学路规划")
    office.day += timedelta(days=3)
    office.desk.demand(HEALTH, "路灯 位置！")
    office.desk.demand(HEALTH, "噪声监测")
    office.desk.demand(CITIZEN, "不算数的")
    office.desk.demand(EDUCATION, "   ")
    first, second = office.desk.demands(STEWARD)
    assert (first.times, first.departments, first.first, first.last) == (2, 2, date(2026, 7, 6), date(2026, 7, 9))
    assert second.wanted == "噪声监测"
    assert [d.wanted for d in office.desk.demands(EDUCATION)] == ["路灯位置"]
    assert office.desk.demands(CITIZEN) == []


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.text(max_size=5), st.text("甲乙", max_size=1), st.dates()), max_size=15))
def test_every_asking_is_counted_once(asked: list[tuple[str, str, date]]) -> None:
    assert sum(line.times for line in demand_list(asked)) == len(asked)


# — the tables —


@pytest.fixture
def place(tmp_path: Path) -> tuple[Workspace, Office]:
    """An office whose state and warehouse are a workspace's."""
    workspace = Workspace.create(tmp_path / "workspace")
    duckdb.connect(str(workspace.warehouse_path)).close()
    return workspace, Office(workspace.root)


def rows(workspace: Workspace, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(workspace.warehouse_path), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_the_tables_follow_what_is_submitted(place: tuple[Workspace, Office]) -> None:
    workspace, office = place
    draft = office.draft()
    assert not is_stale(workspace, office.day)
    office.act(draft, EDUCATION, Action.SUBMIT)
    office.desk.demand(EDUCATION, "路灯位置")
    assert is_stale(workspace, office.day)
    before = workspace.data_version
    assert catch_up(workspace, office.desk)
    assert workspace.data_version != before
    assert not catch_up(workspace, office.desk)
    assert not is_stale(workspace, office.day)
    assert rows(workspace, f"SELECT number, reply, in_time FROM {LEDGER}") == [(draft.number, "未答复", None)]
    assert rows(workspace, f"SELECT wanted FROM {DEMAND}") == [("路灯位置",)]
    assert is_stale(workspace, office.day + timedelta(days=1))  # what waits may be overdue by then


def test_they_are_written_by_themselves_once_a_day_and_at_once_when_told(place: tuple[Workspace, Office]) -> None:
    workspace, office = place
    office.submitted()
    assert catch_up(workspace, office.desk)
    office.submitted(purpose="再一件")
    assert is_stale(workspace, office.day)
    assert not catch_up(workspace, office.desk)
    assert refresh_ledger(workspace, office.desk)
    assert rows(workspace, f"SELECT count(*) FROM {LEDGER}") == [(2,)]
    office.submitted(purpose="第三件")
    mark = workspace.manifest()["ledger"]
    workspace.update_manifest(ledger={**mark, "day": "2026-01-01"})  # as if it was written on an earlier day
    assert catch_up(workspace, office.desk)
    assert rows(workspace, f"SELECT count(*) FROM {LEDGER}") == [(3,)]


def test_the_metrics_are_the_figures(place: tuple[Workspace, Office]) -> None:
    workspace, office = place
    busy(office)
    refresh_ledger(workspace, office.desk)
    figures = figures_of(office.desk.ledger(STEWARD))
    found = {m.name: rows(workspace, f"SELECT {m.expression} FROM {m.table}")[0][0] for m in METRICS}
    assert found["average_reply_days"] == figures.average_days
    assert found["in_time_rate"] == figures.on_time_rate
    assert found["late_requests"] == figures.late
    assert found["agreed_rate"] == 50.0


def test_the_meaning_is_written_once_and_the_owners_wording_stays(place: tuple[Workspace, Office]) -> None:
    workspace, office = place
    office.submitted()
    refresh_ledger(workspace, office.desk)
    text = workspace.semantics_path.read_text("utf-8").replace("共享申请台账", "申请总账")
    workspace.semantics_path.write_text(text, "utf-8")
    office.submitted(purpose="再一件")
    refresh_ledger(workspace, office.desk)
    table = load_semantics(workspace.semantics_path).table(LEDGER)
    assert (table.label, table.rows) == ("申请总账", 2)


def test_the_steward_sees_all_rows_an_official_their_departments_and_others_none(
    place: tuple[Workspace, Office],
) -> None:
    workspace, office = place
    office.submitted()
    refresh_ledger(workspace, office.desk)
    model = load_semantics(workspace.semantics_path)
    assert all("name" not in c.name and "officer" not in c.name for c in model.table(LEDGER).columns)

    def seen(who: Any) -> Any:
        return scope_for(who, model, [], "1").tables.get(LEDGER)

    assert seen(STEWARD).rows == []
    (only,) = seen(EDUCATION).rows
    assert (only.column, only.values) == ("department", ["港城市教育局"])
    assert seen(CITIZEN) is None
    assert seen(EDUCATION.model_copy(update={"department": " "})) is None
    assert seen(EDUCATION.model_copy(update={"role": "admin"})) is None


def test_an_ingest_at_work_is_not_disturbed(place: tuple[Workspace, Office]) -> None:
    workspace, office = place
    office.submitted()
    with Staging(workspace):
        assert not refresh_ledger(workspace, office.desk)
    assert is_stale(workspace, office.day)
    assert refresh_ledger(workspace, office.desk)


def test_changes_of_a_while_are_written_together() -> None:
    done, ran = threading.Event(), []

    def refresh() -> None:
        ran.append(1)
        done.set()

    follower = Follower(refresh, delay_s=0.05)
    for _ in range(5):
        follower.changed()
    assert done.wait(10)
    done.clear()
    follower.changed()
    assert done.wait(10)
    assert len(ran) == 2
