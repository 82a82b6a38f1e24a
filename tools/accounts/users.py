"""People with an account: made, changed, listed. An account is never deleted, so that its name is never another's."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from tools.accounts.errors import AccountError
from tools.accounts.passwords import hash_password, outdated, password_problem
from tools.accounts.tables import SessionRow, TokenRow, UserRow
from tools.principal import BUILT_IN_ROLES, Principal
from tools.state import reading, writing

Clock = Callable[[], float]
PUBLIC = "citizen"  # who has not signed in; nobody's account
_ID = re.compile(r"\w[\w.@-]{0,39}")
_LONGEST = {"name": 100, "department": 200, "district": 100}


@dataclass(frozen=True)
class User:
    """One account. Without `has_password` the person signs in at the department's identity provider."""

    id: str
    name: str
    role: str
    department: str
    district: str
    active: bool
    has_password: bool
    must_change: bool
    created: float

    @property
    def principal(self) -> Principal:
        return Principal(id=self.id, role=self.role, name=self.name, department=self.department, district=self.district)


def login_name(text: str) -> str:
    """What a person typed as their user name, in the one form it is kept in."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def user_of(row: Any) -> User:
    """A user from a row of `account_user`."""
    return User(
        id=row.id,
        name=row.name,
        role=row.role,
        department=row.department,
        district=row.district,
        active=row.active,
        has_password=row.password is not None,
        must_change=row.must_change,
        created=row.created,
    )


class Users:
    """The accounts in the state database. `reserved`: names that no account may have; `roles`: those there are."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        *,
        reserved: frozenset[str] = frozenset(),
        roles: Sequence[str] = BUILT_IN_ROLES,
    ) -> None:
        self._engine, self._clock = engine, clock
        self._reserved = reserved | {PUBLIC}
        self.roles = tuple(roles)

    def all(self) -> list[User]:
        """Every account, by name."""
        with reading(self._engine) as connection:
            return [user_of(row) for row in connection.execute(select(UserRow.__table__).order_by(UserRow.id))]

    def any(self) -> bool:
        """Whether there is an account at all."""
        with reading(self._engine) as connection:
            return connection.execute(select(UserRow.id).limit(1)).first() is not None

    def get(self, key: str) -> User | None:
        with reading(self._engine) as connection:
            row = connection.execute(select(UserRow.__table__).where(UserRow.id == login_name(key))).first()
        return user_of(row) if row else None

    def must(self, key: str) -> User:
        """The account called so; AccountError when there is none."""
        found = self.get(key)
        if found is None:
            raise AccountError(f"没有名为“{key}”的账号。用 zhengwen users list 可以看到全部账号。")
        return found

    def add(
        self,
        key: str,
        role: str,
        *,
        name: str = "",
        department: str = "",
        district: str = "",
        password: str,
        must_change: bool = True,
    ) -> User:
        """Make an account. AccountError says which field is wrong, or that the name is taken."""
        key = login_name(key)
        if not _ID.fullmatch(key) or key.startswith("oidc-"):
            raise AccountError(
                f"用户名“{key[:60]}”不能用：要用 1 到 40 个字母、数字、汉字、点、横线或下划线，并以字母、数字或汉字开头。"
            )
        if key in self._reserved:
            raise AccountError(f"用户名“{key}”是系统保留的，请换一个。")
        checked = self._checked(role=role, name=name or key, department=department, district=district)
        problem = password_problem(password, key, name)
        if problem:
            raise AccountError(problem)
        values = {
            "id": key,
            **checked,
            "active": True,
            "password": hash_password(password),
            "must_change": must_change,
            "created": self._clock(),
        }
        try:
            with writing(self._engine) as connection:
                connection.execute(insert(UserRow).values(values))
        except IntegrityError as error:
            raise AccountError(
                f"已经有名为“{key}”的账号。要修改它请用 zhengwen users set {key}，或换一个用户名。"
            ) from error
        return self.must(key)

    def change(
        self,
        key: str,
        *,
        role: str | None = None,
        name: str | None = None,
        department: str | None = None,
        district: str | None = None,
    ) -> User:
        """Change what is given. It holds from the person's next click on."""
        before = self.must(key)
        after = self._checked(
            role=before.role if role is None else role,
            name=before.name if name is None else name,
            department=before.department if department is None else department,
            district=before.district if district is None else district,
        )
        with writing(self._engine) as connection:
            connection.execute(update(UserRow).where(UserRow.id == before.id).values(after))
        return self.must(key)

    def set_active(self, key: str, active: bool) -> User:
        """Let a person in or keep them out; keeping out ends their sessions and tokens too."""
        user = self.must(key)
        with writing(self._engine) as connection:
            connection.execute(update(UserRow).where(UserRow.id == user.id).values(active=active))
            if not active:
                connection.execute(SessionRow.__table__.delete().where(SessionRow.user == user.id))  # type: ignore[attr-defined]
                connection.execute(update(TokenRow).where(TokenRow.user == user.id).values(revoked=True))
        return self.must(key)

    def set_password(self, key: str, password: str, *, must_change: bool) -> User:
        """Give a person another password, and end all their sessions. AccountError if it is not acceptable."""
        user = self.must(key)
        if user.id.startswith("oidc-"):
            raise AccountError(f"账号“{user.id}”由单位的统一身份认证登录，在这里没有密码。")
        problem = password_problem(password, user.id, user.name)
        if problem:
            raise AccountError(problem)
        values = {"password": hash_password(password), "must_change": must_change}
        with writing(self._engine) as connection:
            connection.execute(update(UserRow).where(UserRow.id == user.id).values(values))
            connection.execute(SessionRow.__table__.delete().where(SessionRow.user == user.id))  # type: ignore[attr-defined]
        return self.must(key)

    def kept_password(self, key: str) -> str | None:
        """The hash of an account's password; None when there is none."""
        with reading(self._engine) as connection:
            return connection.scalar(select(UserRow.password).where(UserRow.id == login_name(key)))

    def renew_hash(self, key: str, kept: str, password: str) -> None:
        """Keep a right password at today's cost."""
        if outdated(kept):
            with writing(self._engine) as connection:
                connection.execute(
                    update(UserRow)
                    .where(UserRow.id == login_name(key), UserRow.password == kept)
                    .values(password=hash_password(password))
                )

    def from_elsewhere(self, subject: str, *, role: str, name: str, department: str, district: str) -> User:
        """The account of a person whom an identity provider vouches for, made or brought up to date.

        subject: 64 hex digits that stand for the provider and its person.
        """
        key = f"oidc-{subject[:16]}"
        values = self._checked(role=role, name=name[:100] or key, department=department[:200], district=district[:100])
        update_known = update(UserRow).where(UserRow.subject == subject).values(values)
        extra = {"id": key, "subject": subject, "active": True, "must_change": False, "created": self._clock()}
        try:
            with writing(self._engine) as connection:
                if not connection.execute(update_known).rowcount:
                    connection.execute(insert(UserRow).values({**values, **extra}))
        except IntegrityError:  # the same person, in another browser at the same moment
            with writing(self._engine) as connection:
                connection.execute(update_known)
        with reading(self._engine) as connection:
            return user_of(connection.execute(select(UserRow.__table__).where(UserRow.subject == subject)).one())

    def _checked(self, *, role: str, name: str, department: str, district: str) -> dict[str, str]:
        """The fields of a person, tidied. AccountError names the one that is wrong."""
        if role not in self.roles:
            raise AccountError(f"没有“{role}”这个角色，可用的有：{'、'.join(self.roles)}。")
        return {"role": role, **_tidied(role, name=name, department=department, district=district)}


def _tidied(role: str, **fields: str) -> dict[str, str]:
    labels = {"name": "姓名", "department": "部门", "district": "区县"}
    for field, value in fields.items():
        value = unicodedata.normalize("NFC", value).strip()
        if len(value) > _LONGEST[field] or any(unicodedata.category(sign) in ("Cc", "Cf") for sign in value):
            raise AccountError(f"{labels[field]}的写法不对：最多 {_LONGEST[field]} 个字，不能有换行或控制字符。")
        fields[field] = value
    if role == "official" and not fields["department"]:
        raise AccountError("部门人员（official）要写明所在部门，例如 --department 云澜市教育局。")
    return fields
