"""Any people doing anything in any order: what must hold of a request all the same."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from request_office import EDUCATION, EVERYONE, POLICE, RESIDENTS, STEWARD, Office

from tools.principal import Principal
from tools.requests.grants import OPENS, grant_of
from tools.requests.model import CatalogueEntry, ShareRequest
from tools.requests.people import Capacity, capacities
from tools.requests.problems import RequestError
from tools.requests.states import CLOSED, Action, State
from tools.requests.transitions import MOVES, moves_open_to

PEOPLE = st.sampled_from(EVERYONE)
ACTS = st.sampled_from([a for a in Action if a not in (Action.CREATE, Action.EDIT)])
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "purpose": st.sampled_from(["学位预测", "学位规划", ""]),
        "ends": st.sampled_from(["2026-12-31", "2027-07-31", "", "2020-01-01"]),
        "items": st.lists(st.sampled_from(["姓名", "所属区", "出生年月", "没有的"]), max_size=3).map(
            lambda names: [{"name": n, "use": "核对"} for n in names]
        ),
        "sharing": st.just("unconditional"),
        "state": st.just("accepted"),
        "personal_impact": st.just("已评估"),
    },
)
DETAILS = st.sampled_from(
    [{}, {"days": 3}, {"days": 99}, {"items": ["所属区"]}, {"items": ["身份证号"]}, {"state": "accepted"}]
)
NOTES = st.sampled_from(["", "一个理由"])


class Requests(RuleBasedStateMachine):
    filed = Bundle("filed")

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="zhengwen-requests-")
        self.office = Office(Path(self.folder.name))
        self.numbers: list[str] = []

    @rule(target=filed, purpose=st.sampled_from(["学位预测", "学位规划"]))
    def file(self, purpose: str) -> str:
        number = self.office.draft(purpose=purpose).number
        self.numbers.append(number)
        return number

    @rule(days=st.integers(1, 40))
    def pass_time(self, days: int) -> None:
        self.office.day = min(self.office.day + timedelta(days=days), date(2027, 12, 31))

    @rule(number=filed, who=PEOPLE, changes=CHANGES, behind=st.sampled_from([0, 0, 0, 1]))
    def edit(self, number: str, who: Principal, changes: dict[str, object], behind: int) -> None:
        before = self._stored(number)
        try:
            after = self.office.desk.edit(number, who, before.version - behind, changes)
        except RequestError as problem:
            self._unchanged(before, problem)
            return
        assert behind == 0
        assert Capacity.REQUESTER in capacities(who, before)
        assert before.state in (State.DRAFT, State.SUPPLEMENT)
        assert not {"sharing", "state"} & set(changes)
        assert after.state is before.state

    @rule(number=filed, who=PEOPLE, action=ACTS, note=NOTES, details=DETAILS, behind=st.sampled_from([0, 0, 0, 1]))
    def act(
        self, number: str, who: Principal, action: Action, note: str, details: dict[str, object], behind: int
    ) -> None:
        before = self._stored(number)
        offered = [move.action for move in moves_open_to(before, who)]
        try:
            after = self.office.desk.act(number, who, before.version - behind, action, note, **details)
        except RequestError as problem:
            self._unchanged(before, problem)
            return
        if after == before:  # the same click again
            assert behind == 1
            assert before.history[-1].action is action
            return
        assert behind == 0
        assert action in offered
        assert any(
            m.action is action and before.state in m.before and after.state in (m.after, before.state) for m in MOVES
        )
        assert after.version == before.version + 1

    @rule(number=filed, who=st.sampled_from([EDUCATION, POLICE, STEWARD]), pick=st.integers(0, 20))
    def do_what_is_offered(self, number: str, who: Principal, pick: int) -> None:
        """Whatever a page would offer can be done, or is refused for its content with words for people."""
        request = self._stored(number)
        offered = [move.action for move in moves_open_to(request, who) if move.action is not Action.EDIT]
        if not offered:
            return
        action = offered[pick % len(offered)]
        days = {"days": 2} if action is Action.ASK_EXTENSION else {}
        try:
            self.office.act(request, who, action, "一个理由", **days)
        except RequestError as problem:
            self._unchanged(request, problem)

    @invariant()
    def histories_are_whole(self) -> None:
        for number in self.numbers:
            request = self._stored(number)
            events = request.history
            assert [e.position for e in events] == list(range(1, len(events) + 1))
            assert [e.version for e in events] == list(range(1, request.version + 1))
            assert all(a.after is b.before for a, b in pairwise(events))
            assert events[-1].after is request.state
            assert request.dataset == CatalogueEntry.of(RESIDENTS)
            assert sum(e.action is Action.ASK_SUPPLEMENT for e in events) <= 1
            assert all(
                e.actor in ("li", "wang") for e in events if e.action in (Action.SUBMIT, Action.EDIT, Action.SUPPLY)
            )
            assert all(e.actor == "zhao" for e in events if e.action in (Action.ACCEPT, Action.REFUSE, Action.DELIVER))
            assert all(e.actor == "chen" for e in events if e.action is Action.GRANT_EXTENSION)

    @invariant()
    def only_what_was_agreed_is_granted(self) -> None:
        for number in self.numbers:
            request = self._stored(number)
            grant = grant_of(request)
            assert (grant is not None) == (request.state in OPENS)
            if grant is not None:
                assert set(grant.items) <= {i.name for i in request.items} <= {i.name for i in RESIDENTS.items}
                assert request.ends is not None
                assert grant.ends <= request.ends

    @invariant()
    def no_two_open_requests_ask_the_same(self) -> None:
        waiting = [
            r.purpose for r in map(self._stored, self.numbers) if r.state is not State.DRAFT and r.state not in CLOSED
        ]
        assert len(waiting) == len(set(waiting))

    @invariant()
    def everything_is_in_the_log(self) -> None:
        if hasattr(self, "office"):
            recorded = [(e.body["request"], e.body["version"]) for e in self.office.audit.entries(limit=10_000)]
            done = [(n, e.version) for n in self.numbers for e in self._stored(n).history]
            assert sorted(recorded) == sorted(done)

    def teardown(self) -> None:
        if hasattr(self, "office"):
            assert self.office.audit.verify() == []
            self.office.desk.around.engine.dispose()
            self.folder.cleanup()

    def _stored(self, number: str) -> ShareRequest:
        return self.office.desk.get(number, EDUCATION)

    def _unchanged(self, before: ShareRequest, problem: RequestError) -> None:
        assert self._stored(before.number) == before
        assert str(problem).endswith("。")


TestRequests = Requests.TestCase
TestRequests.settings = settings(
    max_examples=8, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
