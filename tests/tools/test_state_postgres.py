"""The same requests on PostgreSQL. Set ZHENGWEN_TEST_POSTGRES to the URL of an empty database to run it."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from request_office import EDUCATION, STEWARD, Office

from tools.requests.problems import Conflict, Invalid, NotNow
from tools.requests.states import Action, State
from tools.state import open_state

URL = os.environ.get("ZHENGWEN_TEST_POSTGRES", "")
pytestmark = pytest.mark.skipif(not URL, reason="没有设置 ZHENGWEN_TEST_POSTGRES，不在 PostgreSQL 上检查")


class PostgresOffice(Office):
    def __post_init__(self) -> None:
        super().__post_init__()
        self.url = URL
        self.desk = self.another_desk()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    from sqlalchemy import text

    engine = open_state(URL)
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE share_request, data_demand CASCADE"))
    engine.dispose()
    return PostgresOffice(tmp_path)


def together(*calls) -> None:  # type: ignore[no-untyped-def]
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_request_goes_its_way(office: Office) -> None:
    request = office.in_use()
    request = office.act(request, EDUCATION, Action.END, "已删除")
    assert office.desk.get(request.number, EDUCATION) == request
    assert office.desk.ledger(STEWARD)[0].reply == "同意"
    office.desk.demand(EDUCATION, "路灯位置")
    assert office.desk.demands(STEWARD)[0].times == 1


def test_numbers_are_given_out_one_at_a_time(office: Office) -> None:
    numbers: list[str] = []
    together(*(lambda: numbers.append(office.another_desk().create(EDUCATION, "residents").number) for _ in range(6)))
    assert sorted(numbers) == [f"GX202607060000{n}" for n in range(1, 7)]


def test_editors_at_once_lose_nothing(office: Office) -> None:
    draft = office.draft()

    def edit(n: int) -> None:
        desk = office.another_desk()
        for k in range(4):
            while True:
                try:
                    seen = desk.get(draft.number, EDUCATION).version
                    desk.edit(draft.number, EDUCATION, seen, {"scenario": f"{n}-{k}"})
                    break
                except Conflict:
                    continue

    together(*(lambda n=n: edit(n) for n in range(3)))  # type: ignore[misc]
    history = office.desk.get(draft.number, EDUCATION).history
    written = {e.details["changes"]["scenario"][1] for e in history if e.action is Action.EDIT}
    assert written == {f"{n}-{k}" for n in range(3) for k in range(4)}


def test_the_same_request_is_filed_once(office: Office) -> None:
    drafts = [office.draft(), office.draft()]
    outcomes: list[object] = []

    def submit(number: str) -> None:
        try:
            outcomes.append(office.another_desk().act(number, EDUCATION, 1, Action.SUBMIT).state)
        except (Invalid, NotNow) as problem:
            outcomes.append(problem)

    together(*(lambda n=d.number: submit(n) for d in drafts))  # type: ignore[misc]
    assert outcomes.count(State.SUBMITTED) == 1
