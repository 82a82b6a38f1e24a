"""The pure rules of accounts: passwords, waits after failures, token buckets."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.accounts.guessable import unguessable
from tools.accounts.limits import Bucket, full, refilled, take, whole_again
from tools.accounts.lockout import ACCOUNT, ADDRESS, Attempts, Rule, failed, forgiven, remaining, spoken
from tools.accounts.passwords import hash_password, one_time_password, password_matches, password_problem
from tools.accounts.settings import AccountSettings
from tools.accounts.tokens import digest, new_api_secret, read_api_secret

TIMES = st.floats(0, 1e10, allow_nan=False)
RULES = st.sampled_from([ACCOUNT, ADDRESS])


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short-1", "至少要 10"),
        ("x" * 201, "最多 200"),
        ("aaaaaaaaaaaaaab", "太简单"),
        ("my-ZhangSan-2026", "用户名或姓名"),
        ("我叫张三，今年二十六岁", "用户名或姓名"),
        ("1234567890", "太容易猜到"),
        ("Qwertyuiop", "太容易猜到"),
        ("P@ssw0rd2026", "太容易猜到"),
        ("admin@123456", "太容易猜到"),
        ("1qaz2wsx3edc", "太容易猜到"),
        ("zhengwen2026!", "太容易猜到"),
        ("0987654321a", "太容易猜到"),
    ],
)
def test_bad_passwords_are_explained(password: str, said: str) -> None:
    assert said in (password_problem(password, "zhangsan", "张三") or "")


@pytest.mark.parametrize(
    "password", ["correct horse battery", "春眠不觉晓处处闻啼鸟", "tR7#kq9!vLm2", "blue-window-cat-42"]
)
def test_good_passwords_pass(password: str) -> None:
    assert password_problem(password, "zhangsan", "张三") is None


@given(st.text(max_size=60))
def test_any_text_is_judged_without_error(text: str) -> None:
    left = unguessable(text)
    assert len(left) <= len(text.casefold())
    assert password_problem(text) is None or str(password_problem(text)).endswith("。")


def test_one_time_passwords_are_acceptable_and_all_different() -> None:
    made = {one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert all(password_problem(password, "admin", "管理员") is None for password in made)


def test_a_password_matches_its_own_hash_in_whatever_form_it_is_typed() -> None:
    kept = hash_password("caf\u00e9-correct-horse")
    assert kept.startswith("$argon2id$")
    assert password_matches(kept, "cafe\u0301-correct-horse")
    assert not password_matches(kept, "cafe-correct-horse")
    assert not password_matches(None, "caf\u00e9-correct-horse")
    assert not password_matches("damaged", "caf\u00e9-correct-horse")


def test_a_token_is_read_back_and_nothing_else_is() -> None:
    secret = new_api_secret()
    assert read_api_secret(f" {secret.shown}\n") == (secret.id, secret.digest)
    for wrong in (secret.shown[:-1], secret.shown + "x", secret.shown.upper(), "", "zw__"):
        assert read_api_secret(wrong) is None
    assert secret.shown not in secret.digest
    assert digest("a") != digest("b")


@given(RULES, st.integers(0, 10_000))
def test_waits_grow_and_have_an_end(rule: Rule, failures: int) -> None:
    wait = rule.wait_after(failures)
    assert 0 <= wait <= rule.wait_after(failures + 1) <= rule.longest
    assert (wait > 0) == (failures > rule.free)


@given(RULES, st.integers(0, 100), TIMES, st.floats(0, 1e6))
def test_waiting_so_long_is_enough(rule: Rule, failures: int, now: float, gone: float) -> None:
    attempts = Attempts(failures, now)
    left = remaining(rule, attempts, now)
    assert left == rule.wait_after(failures)
    assert remaining(rule, attempts, now + gone) <= left
    assert remaining(rule, attempts, now + left + 1e-3 * (1 + now / 1e9)) < 0.01
    assert (
        remaining(rule, attempts, now - gone) == left
    )  # a clock that goes back lets nobody in, and keeps nobody out longer


@given(RULES, st.lists(st.floats(0, 100), max_size=40))
def test_failures_close_together_all_count(rule: Rule, gaps: list[float]) -> None:
    now, attempts = 1e9, Attempts()
    for gap in gaps:
        now += gap
        attempts = failed(rule, attempts, now)
    assert attempts.failures == len(gaps)
    assert forgiven(attempts).failures == max(0, len(gaps) - 1)
    assert failed(rule, attempts, now + rule.forgotten).failures == 1


@given(st.floats(0.001, 1e6))
def test_a_wait_is_told_rounded_up(seconds: float) -> None:
    number, unit = spoken(seconds).split(" ")
    assert int(number) * {"秒": 1, "分钟": 60, "小时": 3600}[unit] >= seconds


@given(
    st.integers(1, 1000),
    st.lists(st.tuples(st.floats(0, 120), st.integers(1, 30)), min_size=1, max_size=60),
)
def test_no_stretch_of_time_lets_through_more_than_it_may(per_minute: int, bursts: list[tuple[float, int]]) -> None:
    start = now = 1e9
    bucket, taken = full(per_minute, start), 0
    for gap, wanted in bursts:
        now += gap
        for _ in range(wanted):
            bucket, wait = take(bucket, per_minute, now)
            taken += wait == 0
            assert 0 <= bucket.left <= per_minute
        assert taken <= per_minute + (now - start) * per_minute / 60 + 1e-3


@given(st.integers(1, 1000), st.floats(0, 1000), TIMES)
def test_after_the_wait_that_was_told_there_is_one(per_minute: int, left: float, now: float) -> None:
    bucket = Bucket(min(left, float(per_minute)), now)
    after, wait = take(bucket, per_minute, now)
    if wait:
        assert after.left == bucket.left
        assert take(after, per_minute, now + wait + 1e-4)[1] < 1e-3
    assert whole_again(bucket, per_minute, now) <= 60
    assert refilled(bucket, per_minute, now - 50).left == bucket.left


def test_a_demo_limits_nobody_unless_its_owner_says_so() -> None:
    assert AccountSettings().allowance(public=True, demo=True).per_minute is None
    assert AccountSettings(questions_per_minute=3).allowance(public=True, demo=True).per_minute == 3
    own = AccountSettings()
    assert own.allowance(public=True, demo=False).per_minute == 120
    assert own.allowance(public=False, demo=False).at_once == 4
    assert set(string.digits) & set(str(own.allowance(public=False, demo=False).seconds_per_day))
