"""Whether a principal may see a dataset: the first rule of their role that fits. What no rule decides is refused."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.catalog import Dataset, SecurityLevel
from tools.principal import Principal
from tools.rights.personal import OF_PERSONS
from tools.rights.policy import Access, Only, Policy, Treatment, default_policy


@dataclass(frozen=True)
class Decision:
    """Whether a principal may see a dataset's rows, by which rule (Chinese, for people) and which article.

    `access` says more: rows, or totals of groups alone, or nothing. `sensitive` is what becomes of sensitive columns and
    `only` which rows are left; both concern rows.
    """

    allowed: bool
    rule: str
    article: str = ""
    access: Access = "none"
    sensitive: Treatment = "drop"
    only: tuple[Only, ...] = ()


CORE = Decision(False, "核心数据不提供查询", "数据安全法 第二十一条")
UNCLASSED = Decision(False, "目录没有写明这项数据的共享、开放属性，按不可查看处理")
NO_ROLE = Decision(False, "权限规则里没有这个角色，按不可查看处理")
NOBODY = Decision(False, "只能查看与自己有关的行，但账号没有写明所属的部门或区")
FAILED = Decision(False, "无法判定查看权限，按不可查看处理")


def decide(
    principal: Principal, dataset: Dataset, *, policy: Policy | None = None, personal: bool | None = None
) -> Decision:
    """Whether `principal` may see rows of `dataset`. Never raises: what cannot be decided is refused.

    `personal` says whether it holds records of persons, where that is known; else its own items tell.
    """
    try:
        return _decide(principal, dataset, policy or default_policy(), personal)
    except Exception:
        return FAILED


def _decide(principal: Principal, dataset: Dataset, policy: Policy, personal: bool | None) -> Decision:
    if dataset.level is SecurityLevel.CORE:
        return CORE
    role = policy.roles.get(principal.role)
    if role is None:
        return NO_ROLE
    if personal is None:
        personal = any(item.sensitivity in OF_PERSONS for item in dataset.items)
    for rule in role.rules:
        if not rule.when.fits(principal, dataset, personal):
            continue
        if rule.access != "none" and any(not only.value(principal) for only in rule.only):
            return NOBODY
        return Decision(
            allowed=rule.access == "rows",
            rule=rule.rule,
            article=rule.article,
            access=rule.access,
            sensitive=rule.sensitive,
            only=rule.only,
        )
    return UNCLASSED
