"""From what an identity provider says of a person to role and department: the owner's mapping decides, nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tools.accounts.settings import AccountSettings

PUBLIC = "citizen"


@dataclass(frozen=True)
class Person:
    """Who signs in elsewhere. `subject`: 64 hex digits for the provider and its person, who may change their name."""

    subject: str
    name: str
    role: str
    department: str
    district: str


def person_of(claims: Mapping[str, Any], issuer: str, settings: AccountSettings) -> Person:
    """The person of verified claims. ValueError without a subject.

    Who is in no mapped group is the public; so is an official whose department is not known.
    """
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject:
        raise ValueError("the claims name no subject")
    departments = settings.oidc_departments
    department = next(iter(_values(claims, settings.oidc_department_claim)), "")
    if departments:
        department = departments.get(department, "")
    held = set(_values(claims, settings.oidc_role_claim))
    role = next((role for value, role in settings.oidc_roles.items() if value in held), PUBLIC)
    if role == "official" and not department.strip():
        role = PUBLIC
    name = next((text for key in ("name", "preferred_username") for text in _values(claims, key)), "")
    return Person(
        subject=hashlib.sha256(f"{issuer}\n{subject}".encode("utf-8", "surrogatepass")).hexdigest(),
        name=_plain(name, 100),
        role=role,
        department=_plain(department, 200) if role != PUBLIC else "",
        district=_plain(next(iter(_values(claims, settings.oidc_district_claim)), ""), 100) if role != PUBLIC else "",
    )


def _values(claims: Mapping[str, Any], path: str) -> list[str]:
    """The texts of a claim: one, or several in a list; `a.b` is b within a (realm_access.roles)."""
    value: Any = claims.get(path)
    if value is None:
        value = claims
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
    listed = value if isinstance(value, list | tuple) else [value]
    return [text for text in listed if isinstance(text, str) and text]


def _plain(text: str, longest: int) -> str:
    """One line without control characters, cut to what is kept."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:longest]
