"""Who may see what: the decision table, and what scopes are made of it."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.catalog import DataItem, Dataset, OpeningClass, SecurityLevel, Sensitivity, SharingClass
from corpus.semantics import Column, SemanticModel, Table
from tools.principal import Principal
from tools.rights import DEMO_USERS, decide, scope_for

EDUCATION = "云澜市教育局"
SHARING = [*SharingClass, None]
OPENING = [*OpeningClass, None]
LEVEL = [*SecurityLevel, None]


def dataset(**changes: object) -> Dataset:
    return Dataset.model_validate({"id": "d", "title": "学校名录", "table": "school", **changes})


def model(*tables: Table) -> SemanticModel:
    return SemanticModel(tables=list(tables))


SCHOOL = Table(
    name="school",
    label="学校",
    dataset="d",
    columns=[
        Column(name="name", label="学校名称"),
        Column(name="head", label="校长姓名", sensitivity=Sensitivity.NAME),
        Column(name="phone", label="联系电话"),
    ],
)
PHONE = DataItem(name="联系电话", sensitivity=Sensitivity.PHONE)


def visible(user: str, *entries: Dataset, table: Table = SCHOOL) -> dict[str, list[str]]:
    scope = scope_for(DEMO_USERS[user], model(table), entries, "1")
    return {name: seen.columns for name, seen in scope.tables.items()}


@pytest.mark.parametrize("user", ["citizen", "evaluator", "admin"])
def test_the_public_sees_open_tables_without_sensitive_columns(user: str) -> None:
    assert visible(user, dataset(opening="open", items=[PHONE])) == {"school": ["name"]}
    for opening in (OpeningClass.CONDITIONAL, OpeningClass.CLOSED, None):
        assert visible(user, dataset(opening=opening, sharing="unconditional")) == {}


def test_an_official_sees_open_shared_and_own_tables() -> None:
    assert visible("official", dataset(opening="open", items=[PHONE])) == {"school": ["name"]}
    assert visible("official", dataset(opening="closed", sharing="unconditional")) == {"school": ["name", "phone"]}
    assert visible("official", dataset(opening="closed", sharing="conditional")) == {}
    own = dataset(opening="closed", sharing="not_shared", publisher=EDUCATION, items=[PHONE])
    assert visible("official", own) == {"school": ["name", "head", "phone"]}


def test_a_steward_sees_sensitive_columns_masked() -> None:
    scope = scope_for(DEMO_USERS["steward"], model(SCHOOL), [dataset(opening="closed", items=[PHONE])], "1")
    assert scope.tables["school"].columns == ["name", "head", "phone"]
    assert scope.tables["school"].masks == {"head": "surname", "phone": "head3_tail4"}


def test_a_table_without_an_entry_is_not_visible_but_the_catalogue_itself_is() -> None:
    loose = SCHOOL.model_copy(update={"dataset": None})
    catalog = Table(name="data_catalog", label="数据目录", columns=[Column(name="title", label="标题")])
    for user in DEMO_USERS.values():
        scope = scope_for(user, model(loose, catalog), [], "1")
        assert list(scope.tables) == ["data_catalog"]


def test_a_named_entry_that_is_missing_hides_the_table() -> None:
    assert visible("steward") == {}
    assert visible("citizen", dataset(opening="open"), table=SCHOOL.model_copy(update={"dataset": "gone"})) == {}


def test_two_entries_for_one_table_must_both_allow_it() -> None:
    both = [dataset(opening="open"), dataset(id="e", opening="closed")]
    assert visible("citizen", *both) == {}


def test_a_department_name_must_match_and_not_be_empty() -> None:
    nobody = Principal(id="x", role="official")
    assert not decide(nobody, dataset(opening="closed", sharing="conditional", publisher="")).allowed


@given(st.sampled_from(list(DEMO_USERS)), st.sampled_from(SHARING), st.sampled_from(OPENING), st.sampled_from(LEVEL))
def test_refusals_name_a_rule_and_core_data_is_never_shown(
    user: str, sharing: SharingClass | None, opening: OpeningClass | None, level: SecurityLevel | None
) -> None:
    decision = decide(DEMO_USERS[user], dataset(sharing=sharing, opening=opening, level=level))
    assert decision.rule
    if level is SecurityLevel.CORE:
        assert not decision.allowed
    if user in ("citizen", "evaluator", "admin"):
        assert decision.allowed == (opening is OpeningClass.OPEN and level in (None, SecurityLevel.GENERAL))


def test_any_failure_while_deciding_refuses() -> None:
    broken = Dataset.model_construct(id="d", title="坏的", opening="nonsense", table="school")
    for user in DEMO_USERS.values():
        assert user.role == "steward" or not decide(user, broken).allowed
    assert visible("citizen", broken) == {}


def test_the_scope_id_follows_rules_and_data_version() -> None:
    ids = {
        scope_for(DEMO_USERS[user], model(SCHOOL), [dataset(opening=opening)], version).id
        for user, opening, version in product(["citizen", "steward"], ["open", "closed"], ["1", "2"])
    }
    # a citizen of an open table, a citizen of nothing, a steward of everything; each for two versions of the data
    assert len(ids) == 6
    citizen, evaluator = (
        scope_for(DEMO_USERS[user], model(SCHOOL), [dataset(opening="open")], "1") for user in ("citizen", "evaluator")
    )
    assert citizen.id == evaluator.id
