"""Questions about share requests are questions like any other: asked in chat, answered by what one may see."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from model_workspace import build

from assistant import Assistant
from assistant.outcome import Answer, Outcome, Refuse
from assistant.settings import Settings
from corpus.catalog import DataItem, Dataset, SharingClass
from corpus.store import CatalogStore
from corpus.workspace import Workspace
from tools.principal import Principal
from tools.requests.ledger_refresh import refresh_ledger
from tools.requests.states import Action

SETTINGS = Settings(today=date(2026, 7, 6))
WAITING = "共享申请台账里未答复的有多少件？"
CONTENT = {
    "contact": "0000",
    "items": [{"name": "出生年月", "use": "计算人数"}],
    "basis": [{"duty": "承担全市中小学学位规划和预测工作"}],
    "purpose": "学位预测",
    "scenario": "按区汇总",
    "use_scope": "规划科",
    "method": "批量交换",
    "starts": "2026-08-01",
    "ends": "2027-07-31",
    "security": "专网传输",
    "disposal": "到期删除",
}
OFFICIAL = Principal(id="li", role="official", name="李晓", department="云澜市教育局")
OTHER = Principal(id="sun", role="official", name="孙兰", department="云澜市卫生健康委员会")
STEWARD = Principal(id="chen", role="steward", name="陈明", department="云澜市数据局")


def number(outcome: Outcome) -> object:
    assert isinstance(outcome, Answer), outcome.text
    assert outcome.table is not None
    return outcome.table.rows[0][-1]


def test_what_was_submitted_can_be_asked_about(tmp_path: Path) -> None:
    root = build(tmp_path / "workspace")
    CatalogStore(Workspace(root).catalog_path).put_datasets(
        [
            Dataset(
                id="d-born",
                title="出生登记",
                publisher="云澜市公安局",
                items=[DataItem(name="出生年月")],
                sharing=SharingClass.CONDITIONAL,
            )
        ]
    )
    with Assistant.open(root, settings=SETTINGS) as assistant:
        desk = assistant.services.desk
        draft = desk.create(OFFICIAL, "d-born", CONTENT)
        desk.act(draft.number, OFFICIAL, draft.version, Action.SUBMIT)
    with Assistant.open(root, settings=SETTINGS) as assistant:
        assert number(assistant.ask(WAITING, STEWARD)) == 1
        assert number(assistant.ask(WAITING, OFFICIAL)) == 1
        assert number(assistant.ask(WAITING, OTHER)) == 0
        assert isinstance(assistant.ask(WAITING, "citizen"), Refuse)
        desk = assistant.services.desk
        second = desk.create(OFFICIAL, "d-born", {**CONTENT, "purpose": "入学审核"})
        desk.act(second.number, OFFICIAL, 1, Action.SUBMIT)
        assert refresh_ledger(assistant.workspace, desk)
        assert number(assistant.ask(WAITING, STEWARD)) == 2  # while the service goes on
