"""The rights of one open workspace: its policy, which may be edited while it is open, and the grants in force."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path

from corpus.catalog import Dataset
from corpus.semantics import SemanticModel
from tools.principal import Principal, Scope
from tools.rights.decide import FAILED, Decision, decide
from tools.rights.grants import Grant, grants_for
from tools.rights.policy import Policy
from tools.rights.policy_file import PolicyError, load_policy, policy_path
from tools.rights.scope import TableView, scope_for, table_views
from tools.scope_db import scope_of

MOST_SCOPES = 1000  # people whose scope is remembered
Stamp = tuple[int, int, int] | None
Key = tuple[Principal, str, tuple[Grant, ...], str]


class Rights:
    """Decides for one workspace. Thread-safe. Nothing here raises: what cannot be decided is refused.

    `grants` gives all grants there are, `today` the day by which they run out; both are asked each time.
    """

    def __init__(
        self,
        root: Path,
        semantics: SemanticModel,
        datasets: Mapping[str, Dataset],
        *,
        grants: Callable[[], Iterable[Grant]] = tuple,
        today: Callable[[], date] = date.today,
    ) -> None:
        """PolicyError when the workspace's policy file is wrong: a service does not start with it."""
        self._root = root
        self._semantics = semantics
        self._datasets = datasets
        self._grants = grants
        self._today = today
        self._lock = threading.Lock()
        self._stamp = _stamp(root)
        self._policy: Policy | None = load_policy(root)
        self._problem = ""
        self._scopes: dict[Key, Scope] = {}

    @property
    def policy(self) -> Policy:
        """The policy as the file stands now. PolicyError while it is wrong."""
        with self._lock:
            stamp = _stamp(self._root)
            if stamp != self._stamp:
                self._scopes.clear()
                try:
                    self._policy, self._problem = load_policy(self._root), ""
                except PolicyError as error:
                    self._policy, self._problem = None, str(error)
                self._stamp = stamp
            if self._policy is None:
                raise PolicyError(self._problem)
            return self._policy

    def decide(self, principal: Principal, dataset: Dataset) -> Decision:
        """Whether `principal` may see rows of `dataset`, and why."""
        try:
            return decide(principal, dataset, policy=self.policy)
        except Exception:
            return FAILED

    def scope(self, principal: Principal, data_version: str) -> Scope:
        """What `principal` may see now; nothing at all while the policy or the grants cannot be read."""
        try:
            policy = self.policy
            granted = self._grants() if principal.department.strip() else ()  # the public need not wait for a look
            grants = grants_for(principal, granted, self._today())
            key = (principal, policy.digest, grants, data_version)
            known = self._scopes.get(key)
            if known is None:
                known = scope_for(
                    principal,
                    self._semantics,
                    self._datasets.values(),
                    data_version,
                    policy=policy,
                    grants=grants,
                    today=self._today(),
                )
                with self._lock:
                    if len(self._scopes) >= MOST_SCOPES:
                        self._scopes.clear()
                    self._scopes[key] = known
            return known
        except Exception:
            return scope_of({}, data_version)

    def views(self, principal: Principal) -> list[TableView]:
        """Every table with what `principal` may see of it and by which rule; empty while that cannot be decided."""
        try:
            return table_views(
                principal,
                self._semantics,
                self._datasets.values(),
                policy=self.policy,
                grants=self._grants(),
                today=self._today(),
            )
        except Exception:
            return []


def _stamp(root: Path) -> Stamp:
    """Changes whenever the policy file does."""
    try:
        stat = policy_path(root).stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size
