"""Accounts on a real database, with a clock that the test moves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.accounts import AccountError, LockedOut, NotSignedIn
from tools.accounts.accounts import Accounts
from tools.accounts.pending import Pending
from tools.accounts.sessions import Lifetimes
from tools.audit import AuditLog
from tools.state import open_state

PASSWORD = "correct horse battery"
HERE = "10.0.0.7"


@dataclass
class Bureau:
    accounts: Accounts
    audit: AuditLog
    root: Path
    now: float = 1.8e9

    def kinds(self) -> list[str]:
        return [entry.kind for entry in reversed(self.audit.entries(1000))]


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    audit = AuditLog(tmp_path / "audit.sqlite")
    made: Bureau
    engine = open_state(f"sqlite:///{tmp_path / 'state.sqlite'}")
    accounts = Accounts(engine, audit, lifetimes=Lifetimes(600, 3600), clock=lambda: made.now)
    made = Bureau(accounts, audit, tmp_path)
    yield made
    accounts.close()


@pytest.fixture
def wang(bureau: Bureau) -> str:
    bureau.accounts.users.add(
        "Wang", "official", name="王小明", department="云澜市教育局", password=PASSWORD, must_change=False
    )
    return "wang"


def sign_in(bureau: Bureau, name: str = "wang", password: str = PASSWORD, address: str = HERE) -> str:
    return bureau.accounts.sign_in(name, password, address).session


def test_a_person_signs_in_and_out(bureau: Bureau, wang: str) -> None:
    token = sign_in(bureau, " ＷＡＮＧ ")
    user = bureau.accounts.sessions.user(token)
    assert user is not None
    assert (user.principal.id, user.principal.role, user.principal.department) == ("wang", "official", "云澜市教育局")
    bureau.accounts.sign_out(token, HERE)
    assert bureau.accounts.sessions.user(token) is None
    assert bureau.kinds() == ["sign_in", "sign_out"]


def test_wrong_name_and_wrong_password_sound_alike(bureau: Bureau, wang: str) -> None:
    said = set()
    for name, password in (("wang", "wrong password"), ("nobody", PASSWORD), ("", ""), ("wang", "")):
        with pytest.raises(NotSignedIn) as error:
            sign_in(bureau, name, password)
        said.add(str(error.value))
    assert said == {"用户名或密码不对。"}


def test_failures_lock_the_account_for_growing_times(bureau: Bureau, wang: str) -> None:
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            sign_in(bureau, password="wrong password")
    with pytest.raises(LockedOut, match="30 秒后再试") as locked:
        sign_in(bureau)  # the right one is not looked at either
    with pytest.raises(LockedOut):
        sign_in(bureau, address="10.9.9.9")  # from anywhere
    bureau.now += locked.value.wait
    with pytest.raises(NotSignedIn):
        sign_in(bureau, password="wrong password")
    with pytest.raises(LockedOut, match="60 秒"):
        sign_in(bureau)
    bureau.now += 60
    assert sign_in(bureau)
    for _ in range(4):  # a success starts anew
        with pytest.raises(NotSignedIn):
            sign_in(bureau, password="wrong password")
    assert sign_in(bureau)
    assert {"sign_in_failed", "lock_out"} <= set(bureau.kinds())


def test_an_address_that_tries_many_names_is_locked(bureau: Bureau, wang: str) -> None:
    attempts = bureau.accounts.attempts
    for number in range(21):
        attempts.begin(f"name{number}", HERE)
        attempts.begin(f"name{number}", f"2001:db8::{number}")
    for address in (HERE, f"::ffff:{HERE}", "2001:db8::ffff"):  # the same, written otherwise; of the same network
        with pytest.raises(LockedOut, match="60 秒"):
            sign_in(bureau, address=address)
    assert sign_in(bureau, address="10.0.0.8")


def test_many_at_once_get_no_more_tries_than_one_by_one(bureau: Bureau, wang: str) -> None:
    looked_at: list[bool] = []

    def guess() -> None:
        try:
            sign_in(bureau, password="wrong password")
        except LockedOut:
            looked_at.append(False)
        except NotSignedIn:
            looked_at.append(True)

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(looked_at) == 12
    assert sum(looked_at) == 5


def test_sessions_end_by_idleness_and_by_age(bureau: Bureau, wang: str) -> None:
    token = sign_in(bureau)
    for _ in range(11):
        bureau.now += 300
        assert bureau.accounts.sessions.user(token) is not None
    bureau.now += 300  # one hour in all
    assert bureau.accounts.sessions.user(token) is None
    token = sign_in(bureau)
    bureau.now += 600
    assert bureau.accounts.sessions.user(token) is None
    assert bureau.accounts.sessions.user("made up") is None


def test_a_closed_account_is_out_at_once(bureau: Bureau, wang: str) -> None:
    session = sign_in(bureau)
    user = bureau.accounts.users.must(wang)
    _, token = bureau.accounts.create_token(user, "报表", 30, by="admin")
    assert bureau.accounts.bearer(token, HERE).id == "wang"
    bureau.accounts.users.set_active(wang, False)
    assert bureau.accounts.sessions.user(session) is None
    with pytest.raises(NotSignedIn):
        bureau.accounts.bearer(token, HERE)
    with pytest.raises(NotSignedIn, match="用户名或密码不对"):
        sign_in(bureau)
    bureau.accounts.users.set_active(wang, True)
    assert bureau.accounts.sessions.user(session) is None
    with pytest.raises(NotSignedIn):
        bureau.accounts.bearer(token, HERE)


def test_tokens_end_by_date_and_by_hand(bureau: Bureau, wang: str) -> None:
    user = bureau.accounts.users.must(wang)
    made, token = bureau.accounts.create_token(user, "报表", 2, by="wang")
    assert bureau.accounts.bearer(token, HERE).principal == user.principal
    bureau.now += 2 * 24 * 3600
    with pytest.raises(NotSignedIn, match="过期"):
        bureau.accounts.bearer(token, HERE)
    made, token = bureau.accounts.create_token(user, "报表", 2, by="wang")
    bureau.accounts.revoke_token(user, made.id, by="wang")
    with pytest.raises(NotSignedIn):
        bureau.accounts.bearer(token, HERE)
    with pytest.raises(AccountError, match="没有编号"):
        bureau.accounts.revoke_token(user, made.id, by="wang")
    for name, days in (("", 3), ("x" * 61, 3), ("a", 0), ("a", 400)):
        with pytest.raises(AccountError):
            bureau.accounts.create_token(user, name, days, by="wang")


def test_a_denied_token_is_recorded_once_a_minute(bureau: Bureau) -> None:
    for _ in range(50):
        with pytest.raises(NotSignedIn):
            bureau.accounts.bearer("zw_nonsense", HERE)
    assert bureau.kinds() == ["token_denied"]
    bureau.now += 61
    with pytest.raises(NotSignedIn):
        bureau.accounts.bearer("zw_nonsense", HERE)
    assert bureau.kinds() == ["token_denied"] * 2


def test_changing_ones_password_ends_all_other_sessions(bureau: Bureau, wang: str) -> None:
    old, user = sign_in(bureau), bureau.accounts.users.must(wang)
    with pytest.raises(NotSignedIn, match="现在的密码不对"):
        bureau.accounts.change_own_password(user, "wrong password", "another good one", HERE)
    with pytest.raises(AccountError, match="至少要 10"):
        bureau.accounts.change_own_password(user, PASSWORD, "short", HERE)
    with pytest.raises(AccountError, match="不能和现在的一样"):
        bureau.accounts.change_own_password(user, PASSWORD, PASSWORD, HERE)
    new = bureau.accounts.change_own_password(user, PASSWORD, "another good one", HERE)
    assert bureau.accounts.sessions.user(old) is None
    assert bureau.accounts.sessions.user(new.session) is not None
    assert sign_in(bureau, password="another good one")
    assert bureau.accounts.sign_out_everywhere(user, by="wang") == 2


def test_the_first_admin_is_made_once_and_must_change_the_secret(bureau: Bureau) -> None:
    first = bureau.accounts.first_admin()
    assert first is not None
    user, secret = first
    assert (user.role, user.must_change) == ("admin", True)
    assert bureau.accounts.first_admin() is None
    assert bureau.accounts.sign_in(user.id, secret, HERE).user.must_change


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"key": ""}, "不能用"),
        ({"key": "a b"}, "不能用"),
        ({"key": "oidc-1"}, "不能用"),
        ({"key": "citizen"}, "保留"),
        ({"key": "li", "role": "root"}, "没有“root”这个角色"),
        ({"key": "li", "role": "official"}, "要写明所在部门"),
        ({"key": "li", "name": "李\n四"}, "姓名的写法不对"),
        ({"key": "li", "password": "short"}, "至少要 10"),
        ({"key": "WANG"}, "已经有名为“wang”的账号"),
    ],
)
def test_bad_accounts_are_refused_in_one_sentence(bureau: Bureau, wang: str, fields: dict[str, str], said: str) -> None:
    given = {"key": "li", "role": "evaluator", "password": PASSWORD, **fields}
    with pytest.raises(AccountError, match=said):
        bureau.accounts.users.add(given.pop("key"), given.pop("role"), **given)  # type: ignore[arg-type]
    assert [user.id for user in bureau.accounts.users.all()] == ["wang"]


def test_another_role_holds_from_the_next_look_on(bureau: Bureau, wang: str) -> None:
    session = sign_in(bureau)
    bureau.accounts.users.change(wang, role="steward", department="云澜市数据局")
    user = bureau.accounts.sessions.user(session)
    assert user is not None
    assert (user.role, user.department, user.name) == ("steward", "云澜市数据局", "王小明")


def test_a_return_from_elsewhere_counts_once_in_time_in_its_own_browser(bureau: Bureau) -> None:
    pending = bureau.accounts.pending
    for state in ("one", "two", "three"):
        pending.leave(state, "browser", Pending("nonce", "verifier"))
    assert pending.back("forged", "browser") is None
    assert pending.back("one", "another browser") is None
    assert pending.back("one", "browser") is None  # a wrong return uses it up
    assert pending.back("two", "browser") == Pending("nonce", "verifier")
    assert pending.back("two", "browser") is None
    bureau.now += 600
    assert pending.back("three", "browser") is None


def test_one_person_in_two_browsers_at_once_gets_one_account(bureau: Bureau) -> None:
    def arrive(_: int) -> str:
        told = {"role": "evaluator", "name": "周洋", "department": "", "district": ""}
        return bureau.accounts.users.from_elsewhere("5" * 64, **told).id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(arrive, range(8)))) == 1
    assert len(bureau.accounts.users.all()) == 1


def test_of_many_returns_at_once_one_counts(bureau: Bureau) -> None:
    bureau.accounts.pending.leave("state", "browser", Pending("nonce", "verifier"))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: bureau.accounts.pending.back("state", "browser"), range(8)))
    assert sum(pending is not None for pending in found) == 1


def test_usage_adds_up_by_day(bureau: Bureau) -> None:
    usage = bureau.accounts.usage
    usage.add("user:wang", "2026-07-01", 1.5)
    usage.add("user:wang", "2026-07-01", 2.0)
    usage.add("address:::1", "2026-07-01", 1.0)
    assert usage.used("user:wang", "2026-07-01") == 3.5
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: usage.add("user:li", "2026-07-01", 0.25), range(40)))
    assert usage.used("user:li", "2026-07-01") == 10.0
    usage.add("user:wang", "2026-07-02", 0.5)
    assert (usage.used("user:wang", "2026-07-01"), usage.used("user:wang", "2026-07-02")) == (0.0, 0.5)


def test_no_secret_is_kept_or_recorded(bureau: Bureau, wang: str) -> None:
    user = bureau.accounts.users.must(wang)
    session = sign_in(bureau)
    _, token = bureau.accounts.create_token(user, "报表", 30, by="wang")
    with pytest.raises(NotSignedIn):
        sign_in(bureau, PASSWORD, "wang")  # the two fields mixed up
    with pytest.raises(NotSignedIn):
        bureau.accounts.bearer(token[:-1] + "_", HERE)
    bureau.accounts.close()
    written = b"".join(path.read_bytes() for path in bureau.root.iterdir())
    for secret in (PASSWORD, session, token, token.split("_", 2)[2]):
        assert secret.encode() not in written
    assert bureau.audit.verify() == []
