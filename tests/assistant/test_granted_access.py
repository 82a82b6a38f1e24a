"""An accepted share request opens its items to the department that asked, in chat as well, and closes with its end."""

from __future__ import annotations

from pathlib import Path

from assistant import Assistant
from assistant.outcome import Answer, Outcome, Refuse
from tools.principal import Principal
from tools.requests.states import Action
from tools.rights import DEMO_USERS

OFFICIAL = DEMO_USERS["official"]
PROVIDER = Principal(id="wu", role="official", name="吴越", department="云澜市发展和改革委员会")
OTHER = Principal(id="he", role="official", name="何青", department="云澜市民政局")
QUESTION = "2024年企业公共信用评价各信用等级的企业有多少家？"
SCORES = "2024年企业公共信用评价的平均信用得分是多少？"
CONTENT = {
    "contact": "0000-1234567",
    "agency_head": "周立",
    "items": [
        {"name": "企业编号", "use": "核对培训机构"},
        {"name": "年份", "use": "限定年度"},
        {"name": "信用等级", "use": "按等级安排检查"},
    ],
    "left_out": [{"name": "信用得分", "reason": "只需要等级"}],
    "basis": [{"duty": "市教育局负责校外培训机构日常监管"}],
    "purpose": "校外培训机构监管",
    "scenario": "按信用等级安排校外培训机构检查",
    "use_scope": "监管科两名工作人员",
    "method": "批量交换",
    "starts": "2026-07-01",
    "ends": "2027-06-30",
    "frequency": "每年一次",
    "security": "专网传输，专人保管",
    "disposal": "使用结束后30日内删除并书面报告",
}


def refused(outcome: Outcome) -> bool:
    return isinstance(outcome, Refuse) and outcome.reason == "forbidden"


def test_what_is_accepted_is_open_until_it_ends(demo_workspace: Path) -> None:
    with Assistant.open(demo_workspace) as assistant:
        desk = assistant.services.desk
        assert refused(assistant.ask(QUESTION, OFFICIAL))
        request = desk.create(OFFICIAL, "yl-credit-rating", CONTENT)
        request = desk.act(request.number, OFFICIAL, request.version, Action.SUBMIT)
        assert refused(assistant.ask(QUESTION, OFFICIAL))  # asking is not having
        request = desk.act(request.number, PROVIDER, request.version, Action.ACCEPT)

        answer = assistant.ask(QUESTION, OFFICIAL)
        assert isinstance(answer, Answer) and answer.table is not None and answer.table.row_count > 1
        opened = assistant.services.planner_for(OFFICIAL).scope.tables["credit_rating"]
        assert set(opened.columns) == {"enterprise_id", "year", "grade"}
        assert not isinstance(assistant.ask(SCORES, OFFICIAL), Answer)  # not asked for, not opened
        assert refused(assistant.ask(QUESTION, OTHER))  # another department's request opens nothing
        assert refused(assistant.ask(QUESTION))

        request = desk.act(request.number, PROVIDER, request.version, Action.DELIVER)
        request = desk.act(request.number, OFFICIAL, request.version, Action.START_USE)
        request = desk.act(request.number, OFFICIAL, request.version, Action.END, "已删除并书面报告")
        assert refused(assistant.ask(QUESTION, OFFICIAL))
