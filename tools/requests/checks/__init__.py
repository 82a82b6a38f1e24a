"""The checks before submission, in the order in which they are shown. A score of completeness, never an approval."""

from __future__ import annotations

from collections.abc import Callable

from tools.requests.check import CheckContext, CheckResult
from tools.requests.checks.catalogue_entry import catalogue_entry
from tools.requests.checks.disposal_and_records import disposal_and_records
from tools.requests.checks.head_agreed import head_agreed
from tools.requests.checks.items_in_catalogue import items_in_catalogue
from tools.requests.checks.legal_basis import legal_basis
from tools.requests.checks.minimum_necessary import minimum_necessary
from tools.requests.checks.no_repetition import no_repetition
from tools.requests.checks.period import period
from tools.requests.checks.personal_information import personal_information
from tools.requests.checks.purpose_in_basis import purpose_in_basis
from tools.requests.checks.required_content import required_content
from tools.requests.checks.security_level import security_level
from tools.requests.checks.sharing_class import sharing_class
from tools.requests.checks.who_may_ask import who_may_ask
from tools.requests.model import REQUIRED, ShareRequest

Check = Callable[[ShareRequest, CheckContext], CheckResult]

CHECKS: tuple[Check, ...] = (
    catalogue_entry,
    sharing_class,
    who_may_ask,
    required_content,
    head_agreed,
    legal_basis,
    purpose_in_basis,
    items_in_catalogue,
    minimum_necessary,
    no_repetition,
    period,
    disposal_and_records,
    security_level,
    personal_information,
)


def run_checks(request: ShareRequest, context: CheckContext) -> list[CheckResult]:
    """Every check, passed ones too."""
    return [check(request, context) for check in CHECKS]


def completeness(request: ShareRequest) -> int:
    """How much of what must be stated is stated, 0–100. It says nothing on whether the provider will agree."""
    total = len(REQUIRED) + bool(request.personal_items)
    return round(100 * (total - len(request.missing())) / total)
