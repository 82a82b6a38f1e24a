"""A small town with a catalogue, rules and people, over a real state database and a real log."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from corpus.catalog import DataItem, Dataset, OpeningClass, SecurityLevel, Sensitivity, SharingClass
from corpus.policy import Article, DocumentLevel, PolicyDocument
from tools.audit import AuditLog
from tools.principal import Principal
from tools.requests.desk import RequestDesk, Surroundings
from tools.requests.model import ShareRequest
from tools.requests.policies import PolicyShelf
from tools.requests.rules import shipped_rules
from tools.requests.states import Action
from tools.requests.workdays import Workdays
from tools.state import open_state

EDUCATION = Principal(id="li", role="official", name="李晓", department="港城市教育局")
COLLEAGUE = Principal(id="wang", role="official", name="王宁", department="港城市教育局")
POLICE = Principal(id="zhao", role="official", name="赵平", department="港城市公安局")
HEALTH = Principal(id="sun", role="official", name="孙兰", department="港城市卫生健康委员会")
STEWARD = Principal(id="chen", role="steward", name="陈明", department="港城市数据局")
CITIZEN = Principal(id="citizen", role="citizen", name="市民")
ADMIN = Principal(id="admin", role="admin", name="管理员", department="港城市教育局")
EVERYONE = (EDUCATION, COLLEAGUE, POLICE, HEALTH, STEWARD, CITIZEN, ADMIN)


def _items(*names: str) -> list[DataItem]:
    marked = {"姓名": Sensitivity.NAME, "身份证号": Sensitivity.IDENTITY_NUMBER, "电话": Sensitivity.PHONE}
    return [DataItem(name=name, sensitivity=marked.get(name, Sensitivity.NONE)) for name in names]


RESIDENTS = Dataset(
    id="residents",
    title="常住人口登记",
    code="201001/00001",
    publisher="港城市公安局",
    items=_items("姓名", "身份证号", "出生年月", "所属区", "居住地址"),
    sharing=SharingClass.CONDITIONAL,
    sharing_condition="用于公共服务规划和办理具体事项，限申请部门内部使用",
    sharing_method="服务接口",
    opening=OpeningClass.CLOSED,
    level=SecurityLevel.GENERAL,
    update_frequency="每日",
)
SCHOOLS = Dataset(
    id="roads",
    title="道路名录",
    code="201002/00001",
    publisher="港城市公安局",
    items=_items("道路名称", "起点", "终点"),
    sharing=SharingClass.UNCONDITIONAL,
    opening=OpeningClass.OPEN,
    level=SecurityLevel.GENERAL,
)
SEALED = Dataset(
    id="sealed",
    title="犯罪记录封存信息",
    publisher="港城市公安局",
    items=_items("姓名", "案由"),
    sharing=SharingClass.NOT_SHARED,
    sharing_basis="《某某法》第五十九条规定，封存的记录不得向任何单位提供",
    level=SecurityLevel.GENERAL,
)
CORE = RESIDENTS.model_copy(update={"id": "core", "title": "核心目录", "level": SecurityLevel.CORE})
UNCLASSED = RESIDENTS.model_copy(
    update={"id": "unclassed", "title": "未注明目录", "sharing": None, "sharing_condition": ""}
)
OWN = RESIDENTS.model_copy(update={"id": "own", "title": "学校名录", "publisher": "港城市教育局"})
DATASETS = (RESIDENTS, SCHOOLS, SEALED, CORE, UNCLASSED, OWN)

PLANNING = PolicyDocument(
    id="planning",
    title="港城市学位规划办法",
    level=DocumentLevel.RULE,
    region="港城市",
    effective=date(2024, 1, 1),
    articles=[
        Article(locator="第一条", text="为做好学位规划，制定本办法。"),
        Article(
            locator="第六条",
            text="市教育行政部门每年开展学位预测，公安机关应当提供适龄儿童分布数据。\n预测结果只用于学位规划。",
        ),
    ],
)
OLD_PLANNING = PLANNING.model_copy(
    update={"id": "old", "title": "港城市入学办法", "superseded_by": "planning", "superseded_on": date(2024, 1, 1)}
)
COMING = PLANNING.model_copy(update={"id": "coming", "title": "港城市明年办法", "effective": date(2027, 1, 1)})
LAW = PolicyDocument(
    id="law",
    title="中华人民共和国数据安全法",
    level=DocumentLevel.LAW,
    effective=date(2021, 9, 1),
    articles=[Article(locator=f"第{n}条", text=f"（第{n}条的内容从略。）") for n in range(1, 56)],
)
DIGEST = PolicyDocument(
    id="digest",
    title="要点摘编",
    level=DocumentLevel.DIGEST,
    articles=[Article(locator="政务数据共享条例 第二十条第二款", text="要点：申请要写明使用依据等。")],
)
DOCUMENTS = (PLANNING, OLD_PLANNING, COMING, LAW, DIGEST)

WHOLE: dict[str, Any] = {
    "contact": "0000-1234567",
    "agency_head": "周立",
    "items": [
        {"name": "出生年月", "use": "计算适龄儿童人数"},
        {"name": "所属区", "use": "按区汇总学位需求"},
    ],
    "left_out": [{"name": "姓名", "reason": "预测只用人数"}],
    "basis": [
        {
            "document": "港城市学位规划办法",
            "article": "第六条",
            "quote": "市教育行政部门每年开展学位预测，公安机关应当提供适龄儿童分布数据。",
        }
    ],
    "purpose": "学位预测",
    "scenario": "按区汇总适龄儿童人数，编制下一年度学位规划",
    "use_scope": "规划科两名工作人员，在学位规划系统内使用",
    "method": "批量交换",
    "starts": "2026-08-01",
    "ends": "2027-07-31",
    "frequency": "每年一次",
    "security": "专网传输，专人保管，按权限访问并记录日志",
    "disposal": "使用结束后30日内删除，并向公安局书面报告",
}


@cache
def _empty_state() -> Path:
    """A state database with its tables, made once: its making is tested elsewhere."""
    path = Path(tempfile.mkdtemp(prefix="zhengwen-test-")) / "state.sqlite"
    open_state(f"sqlite:///{path}").dispose()
    return path


@dataclass
class Office:
    """The desk with its day in hand."""

    root: Path
    day: date = date(2026, 7, 6)  # a Monday
    catalogue: dict[str, Dataset] = field(default_factory=lambda: {d.id: d for d in DATASETS})
    documents: tuple[PolicyDocument, ...] = DOCUMENTS
    changes: int = 0

    def __post_init__(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        self.audit = AuditLog(self.root / "audit.sqlite")
        shutil.copyfile(_empty_state(), self.root / "state.sqlite")
        self.url = f"sqlite:///{self.root / 'state.sqlite'}"
        self.desk = self.another_desk()

    def another_desk(self, changed: Callable[[], None] | None = None) -> RequestDesk:
        """A desk over the same files, as another process would open."""
        around = Surroundings(
            engine=open_state(self.url),
            audit=self.audit,
            dataset=self.catalogue.get,
            policies=PolicyShelf(lambda: self.documents, lambda: self.day),
            book=shipped_rules(),
            calendar=Workdays(),
            today=lambda: self.day,
        )
        return RequestDesk(around, changed or self._changed)

    def _changed(self) -> None:
        self.changes += 1

    def draft(self, who: Principal = EDUCATION, dataset: str = "residents", **changes: Any) -> ShareRequest:
        """A draft that is whole but for `changes`."""
        return self.desk.create(who, dataset, {**WHOLE, **changes})

    def act(
        self, request: ShareRequest, who: Principal, action: Action, note: str = "", **details: Any
    ) -> ShareRequest:
        """One act on the request as it is now."""
        return self.desk.act(request.number, who, request.version, action, note, **details)

    def submitted(self, **changes: Any) -> ShareRequest:
        return self.act(self.draft(**changes), EDUCATION, Action.SUBMIT)

    def accepted(self, **changes: Any) -> ShareRequest:
        return self.act(self.submitted(**changes), POLICE, Action.ACCEPT)

    def in_use(self, **changes: Any) -> ShareRequest:
        delivered = self.act(self.accepted(**changes), POLICE, Action.DELIVER)
        return self.act(delivered, EDUCATION, Action.START_USE)
