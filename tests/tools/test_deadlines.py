"""Deadlines in working days: counted by hand, and by properties that hold on any day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.deadlines import SUITE, DeadlineCase, load_deadlines, request_of, run_deadlines
from tools.requests.deadlines import deadline
from tools.requests.rules import RuleError, load_rules, shipped_rules
from tools.requests.workdays import CalendarError, Workdays, load_workdays

CASES = load_deadlines()
KNOWN_DAYS = st.dates(date(2025, 8, 1), date(2026, 12, 31))
DAYS = st.dates(date(2025, 8, 1), date(2027, 12, 31))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_each_limit_ends_on_the_day_counted_by_hand(case: DeadlineCase) -> None:
    (result,) = run_deadlines([case])
    assert result.correct, f"{case.title}：应为 {result.due}，算成 {result.found}"


def test_there_are_enough_cases_and_each_names_the_days_it_counted() -> None:
    assert len(CASES) >= 60
    for case in CASES:
        last = case.counted.split()[-1]
        assert last.startswith(f"{case.due.month}-{case.due.day:02d}"), case.id


def test_the_calendar_agrees_with_the_notices() -> None:
    notices = yaml.safe_load(SUITE.read_text("utf-8"))["notices"]
    off = {s["from"] + timedelta(n) for s in notices["closed"] for n in range((s["to"] - s["from"]).days + 1)}
    worked = set(notices["worked"])
    calendar = Workdays()
    day = date(2025, 8, 1)
    while day <= date(2026, 12, 31):
        expected = day in worked or (day.weekday() < 5 and day not in off)
        assert calendar.is_workday(day) == expected, day
        day += timedelta(days=1)


@settings(deadline=None, max_examples=50)
@given(DAYS, st.integers(1, 40))
def test_a_limit_ends_on_a_working_day_and_holds_so_many(start: date, days: int) -> None:
    calendar = Workdays()
    due = calendar.after(start, days).day
    assert calendar.is_workday(due)
    assert due > start
    assert calendar.between(start, due) == days


@settings(deadline=None, max_examples=50)
@given(DAYS, DAYS, st.integers(1, 30))
def test_later_receipt_never_makes_an_earlier_limit(one: date, other: date, days: int) -> None:
    calendar = Workdays()
    first, second = sorted((one, other))
    assert calendar.after(first, days).day <= calendar.after(second, days).day


@settings(deadline=None, max_examples=50)
@given(DAYS, st.integers(0, 20), st.integers(0, 20))
def test_days_add_up(start: date, one: int, more: int) -> None:
    calendar = Workdays()
    assert calendar.after(calendar.after(start, one).day, more).day == calendar.after(start, one + more).day


@settings(deadline=None, max_examples=50)
@given(DAYS, DAYS)
def test_counting_back_is_counting_forth(one: date, other: date) -> None:
    calendar = Workdays()
    assert calendar.between(one, other) == -calendar.between(other, one)


@settings(deadline=None, max_examples=50)
@given(KNOWN_DAYS, st.integers(1, 10))
def test_only_counting_into_an_unknown_year_is_an_estimate(start: date, days: int) -> None:
    due = Workdays().after(start, days)
    assert due.estimated == (due.day.year > 2026)


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(CASES), st.integers(0, 60))
def test_what_is_overdue_has_passed_and_what_has_not_is_not(case: DeadlineCase, later: int) -> None:
    today = case.received + timedelta(days=later)
    found = deadline(request_of(case), shipped_rules(), Workdays(), today)
    assert found is not None
    assert (found.overdue > 0) == (today > found.day)
    assert found.left == 0 or found.overdue == 0
    assert ("已超过" in found.text) == (today > found.day)


def test_an_extension_may_be_granted_on_top_only_as_far_as_a_rule_allows() -> None:
    book = shipped_rules()
    rules = {rule.id: book.extension(rule).days for rule in book.rules.values()}
    assert rules == {"national": 10, "zhejiang": 10, "yunlan": 5}


def test_no_local_limit_is_longer_than_the_national_one() -> None:
    book = shipped_rules()
    for rule in book.rules.values():
        for sharing in ("unconditional", "conditional"):
            local, national = getattr(rule.deliver, sharing).days, getattr(book.national.deliver, sharing).days
            assert local <= national
        assert rule.reply.conditional.days <= book.national.reply.conditional.days
        assert book.correct(rule).days <= book.correct(book.national).days
        assert book.records_years(rule) >= 3


@pytest.mark.parametrize(
    ("region", "day", "rule"),
    [
        ("", "2026-03-01", "national"),
        ("北京市", "2026-03-01", "national"),
        ("浙江省", "2025-11-25", "national"),
        ("浙江省", "2025-11-26", "zhejiang"),
        ("浙江省宁波市", "2026-03-01", "zhejiang"),
        ("云澜市", "2026-01-31", "national"),
        ("云澜市青岚区", "2026-02-01", "yunlan"),
    ],
)
def test_the_rule_of_the_place_and_of_the_day_holds(region: str, day: str, rule: str) -> None:
    assert shipped_rules().rule_for(region, date.fromisoformat(day)).id == rule


def test_an_entry_without_a_region_follows_the_rules_of_the_deployment(tmp_path: Path) -> None:
    assert load_rules(tmp_path, "浙江省").rule_for("", date(2026, 3, 1)).id == "zhejiang"


def test_the_owner_adds_rules_and_replaces_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "deadline_rules.yaml").write_text(
        """
rules:
  - id: harbour
    region: 港城市
    title: 港城市共享办法
    in_force: 2026-01-01
    follows: national
    reply: {unconditional: {days: 1, article: 第五条}, conditional: {days: 3, article: 第五条}}
    deliver: {unconditional: {days: 1, article: 第六条}, conditional: {days: 6, article: 第六条}}
""",
        "utf-8",
    )
    rule = load_rules(tmp_path).rule_for("港城市", date(2026, 3, 2))
    assert (rule.id, rule.cite(rule.reply.conditional)) == ("harbour", "《港城市共享办法》第五条")


@pytest.mark.parametrize("text", ["rules: 3", "- a", "rules: [{id: x}]", "rules: [{", "\ufffe"])
def test_a_wrong_file_of_rules_is_said_in_chinese(tmp_path: Path, text: str) -> None:
    (tmp_path / "deadline_rules.yaml").write_text(text, "utf-8")
    with pytest.raises(RuleError, match=r"deadline_rules\.yaml"):
        load_rules(tmp_path)


def test_the_owner_says_which_days_are_worked(tmp_path: Path) -> None:
    (tmp_path / "workdays.csv").write_text(
        "日期,安排\n2026-07-01,休息\n2026/7/4,上班\n".replace("7/4", "07/04"), "utf-8"
    )
    calendar = load_workdays(tmp_path)
    assert not calendar.is_workday(date(2026, 7, 1))
    assert calendar.is_workday(date(2026, 7, 4))
    assert calendar.after(date(2026, 6, 30), 3).day == date(2026, 7, 4)
    assert not calendar.known(2027)


def test_a_whole_year_in_the_owners_table_is_no_estimate(tmp_path: Path) -> None:
    rows = "".join(f"2027-02-{day:02d},休息\n" for day in range(5, 19))
    (tmp_path / "workdays.csv").write_text(rows, "utf-8")
    due = load_workdays(tmp_path).after(date(2027, 2, 4), 1)
    assert (due.day, due.estimated) == (date(2027, 2, 19), False)


@pytest.mark.parametrize(
    ("text", "words"), [("2026-13-01,休息", "第1行的日期"), ("日期,安排\n2026-07-01,也许", "第2行的安排")]
)
def test_a_wrong_line_of_the_table_is_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "workdays.csv").write_text(text, "utf-8")
    with pytest.raises(CalendarError, match=words):
        load_workdays(tmp_path)
