"""An assistant with prepared outcomes: every kind, and data that tries to break out of the page."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from assistant.events import StepEvent
from assistant.outcome import (
    Answer,
    Chart,
    Citation,
    Clarify,
    DatasetCard,
    Draft,
    Option,
    Outcome,
    Refuse,
    RequestCheck,
    ResultTable,
    Sql,
    TableColumn,
)
from assistant.settings import Settings
from corpus.catalog import Dataset, OpeningClass, SharingClass
from retrieval.hits import ArticleHit, DatasetHit
from tools.accounts.accounts import Accounts
from tools.principal import Principal

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "![图](http://evil.example/a.png)",
    '=HYPERLINK("http://evil.example","点我")',
    "${alert(1)}{{constructor}}",
    "[链接](javascript:alert(1))",
    '"><script>alert(1)</script>',
    "\u202e反转文字",
]

DATASETS = {
    "DS-EDU-001": Dataset(
        id="DS-EDU-001",
        title="义务教育学校基本信息",
        publisher="云澜市教育局",
        summary="全市义务教育阶段学校的名称、地址、办学性质和在校生规模。",
        sharing=SharingClass.UNCONDITIONAL,
        opening=OpeningClass.OPEN,
        update_frequency="每学年",
        updated=datetime(2026, 6, 12).date(),
    ),
    "DS-HR-009": Dataset(
        id="DS-HR-009",
        title="社会保险参保人员信息",
        publisher="云澜市人力资源和社会保障局",
        sharing=SharingClass.CONDITIONAL,
        opening=OpeningClass.CLOSED,
    ),
}

DISTRICTS = ["临江区", "云城区", "澜山区", "高新区", "东港区", "望湖县", "青岭县"]


def school_answer() -> Answer:
    rows = [[d, 40 + 13 * i, 18234.5 + 4321.25 * i] for i, d in enumerate(reversed(DISTRICTS))]
    return Answer(
        route="data",
        text="2025年，全市7个区县共有义务教育学校553所，其中临江区最多，为118所[1][2]。各区差别较大，最少的青岭县只有40所。",
        label="rules",
        explanation="指标：学校数量（所）；分组：所属区县；条件：学段为义务教育，年份为2025年；排序：从多到少",
        sql=Sql(
            text="SELECT d.name AS 区县, count(*) AS 学校数, sum(s.students) AS 在校生\nFROM school AS s\nJOIN district AS d ON d.code = s.district_code\nWHERE s.year = 2025\nGROUP BY d.name\nORDER BY 2 DESC"
        ),
        table=ResultTable(
            columns=[
                TableColumn(name="district", label="区县", type="text"),
                TableColumn(name="schools", label="学校数", type="number", unit="所"),
                TableColumn(name="students", label="在校生", type="number", unit="人"),
            ],
            rows=list(reversed(rows)),
            row_count=7,
        ),
        chart=Chart(kind="bar", x="district", y=["schools"], title="各区县义务教育学校数", unit="所"),
        citations=[
            Citation(n=1, kind="dataset", id="DS-EDU-001", title="义务教育学校基本信息"),
            Citation(n=2, kind="query", id="q-1", title="学校数量，按区县分组", locator="2026.06-3f9c"),
        ],
        suggestions=["近五年呢？", "哪个区在校生最多？", "换成高中"],
        state=[Option(label="指标：学校数量", value=""), Option(label="时间：2025年", value="不限时间")],
        warnings=["望湖县2025年的在校生数据有缺失，未计入合计。"],
        versions={"data": "2026.06-3f9c", "catalog": "a71c20"},
    )


def trend_answer() -> Answer:
    rows: list[list[Any]] = [
        [str(y), 1200 + 85 * i + (i % 3) * 40, 910 + 60 * i] for i, y in enumerate(range(2017, 2026))
    ]
    rows[4][2] = None
    return Answer(
        route="data",
        text="近九年小学在校生从1,200人增至1,960人，年均增长6.3%[1]。",
        label="verified",
        explanation="指标：在校生；时间：2017年到2025年；按年",
        sql=Sql(text="SELECT year, primary_pupils, middle_pupils FROM pupils"),
        table=ResultTable(
            columns=[
                TableColumn(name="year", label="年份", type="text"),
                TableColumn(name="primary", label="小学在校生", type="number", unit="人"),
                TableColumn(name="middle", label="初中在校生", type="number", unit="人"),
            ],
            rows=rows,
            row_count=len(rows),
        ),
        chart=Chart(kind="line", x="year", y=["primary", "middle"], title="在校生变化", unit="人"),
        citations=[Citation(n=1, kind="query", id="q-2", title="在校生，按年", locator="2026.06-3f9c")],
    )


def policy_answer() -> Answer:
    quote = "政务数据需求部门应当根据履行职责的需要，提出政务数据共享申请，说明共享数据的名称、用途、范围和期限。"
    return Answer(
        route="policy",
        text="申请应当说明使用依据、使用场景、使用范围、共享方式和使用时限等[1]。本市办法另有细化规定[2]。",
        citations=[
            Citation(
                n=1,
                kind="article",
                id="law-1#20",
                title="政务数据共享条例",
                locator="第二十条",
                quote=quote,
                in_force=True,
            ),
            Citation(
                n=2,
                kind="article",
                id="old#7",
                title="云澜市公共数据管理办法（2021）",
                locator="第七条",
                quote="申请单位应当填写申请表。",
                in_force=False,
            ),
        ],
    )


def find_answer() -> Answer:
    return Answer(
        route="find_dataset",
        text="找到1个相关的数据目录[1]。",
        citations=[Citation(n=1, kind="dataset", id="DS-EDU-001", title="义务教育学校基本信息")],
        datasets=[
            DatasetCard(
                id="DS-EDU-001",
                title="义务教育学校基本信息",
                score=0.91,
                publisher="云澜市教育局",
                summary="全市义务教育阶段学校的名称、地址、办学性质和在校生规模。",
                sharing="unconditional",
                opening="open",
            )
        ],
    )


def clarify() -> Clarify:
    return Clarify(
        text="「教师」有两种理解，请选择：",
        options=[
            Option(label="专任教师数", value="各区专任教师有多少人？"),
            Option(label="教职工总数", value="各区教职工有多少人？"),
        ],
    )


def refuse() -> Refuse:
    return Refuse(
        text="《社会保险参保人员信息》属于有条件共享、不予开放的数据，您目前的身份不能查看其内容[1]。可以先生成一份共享申请草稿。",
        reason="forbidden",
        may_request=["DS-HR-009"],
        citations=[Citation(n=1, kind="dataset", id="DS-HR-009", title="社会保险参保人员信息")],
    )


def draft() -> Draft:
    return Draft(
        route="share_request",
        text="已按《政务数据共享条例》第二十条起草，请补齐空缺后提交。",
        request={
            "dataset_title": "社会保险参保人员信息",
            "provider": "云澜市人力资源和社会保障局",
            "items": ["姓名", "参保状态"],
            "purpose": "",
            "basis": "",
            "period": None,
        },
        missing=["purpose", "basis", "period"],
        checks=[
            RequestCheck(rule="写明使用依据", article="第二十条", ok=False, note="尚未填写"),
            RequestCheck(rule="数据项不超出目录", article="第十三条", ok=True),
        ],
    )


def hostile_answer() -> Answer:
    return Answer(
        route="data",
        text=f"共{len(HOSTILE)}条：{HOSTILE[0]} {HOSTILE[1]} {HOSTILE[3]}[1]",
        explanation=HOSTILE[5],
        state=[Option(label=text, value=text) for text in HOSTILE],
        warnings=[HOSTILE[0]],
        table=ResultTable(
            columns=[
                TableColumn(name="a", label=HOSTILE[0], type="text", unit=HOSTILE[5]),
                TableColumn(name="b", label="数值", type="number"),
            ],
            rows=[[text, i] for i, text in enumerate(HOSTILE)],
            row_count=len(HOSTILE),
        ),
        chart=Chart(kind="bar", x="a", y=["b"], title=HOSTILE[5], unit=HOSTILE[0]),
        sql=Sql(text=f"SELECT '{HOSTILE[5]}'"),
        citations=[
            Citation(
                n=1,
                kind="dataset",
                id=HOSTILE[5],
                title=HOSTILE[0],
                quote=HOSTILE[1],
                url="javascript:alert(1)",
                locator=HOSTILE[3],
            )
        ],
        suggestions=[HOSTILE[0]],
    )


SCRIPT = {
    "学校": school_answer,
    "变化": trend_answer,
    "政策": policy_answer,
    "找": find_answer,
    "教师": clarify,
    "参保": refuse,
    "申请共享": draft,
    "攻击": hostile_answer,
}


def outcome_for(question: str) -> Outcome:
    found = [make for word, make in SCRIPT.items() if word in question]
    return (
        found[-1]() if found else Answer(route="about", text="没有找到与这个问题有关的数据。", status="no_information")
    )


def name_of(principal: str | Principal) -> str:
    return principal if isinstance(principal, str) else principal.id


@dataclass
class Line:
    id: str
    title: str
    updated: datetime


@dataclass
class ScriptedAssistant:
    """The interface of the assistant over SCRIPT. `pause` is the time of one step, in seconds."""

    pause: float = 0.0
    kind: str = "demo"
    settings: Settings = field(default_factory=Settings)
    accounts: Accounts | None = None
    turns: dict[str, list[Outcome]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    asked_as: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.services = SimpleNamespace(
            workspace=SimpleNamespace(manifest=lambda: {"kind": self.kind}),
            settings=self.settings.model_copy(update={"city": "云澜市"}),
            index=self,
            datasets=DATASETS,
        )
        self._lock = threading.Lock()

    def datasets(self, query: str, top: int = 10) -> list[DatasetHit]:
        return [DatasetHit(id=k, title=d.title, score=0.5) for k, d in DATASETS.items()][:top]

    def articles(self, query: str, top: int = 10) -> list[ArticleHit]:
        return [ArticleHit(document="law-1", locator="第二十条", title="政务数据共享条例", text="……", score=0.5)][:top]

    def ask(self, question: str, *, principal: str | Principal = "citizen", conversation: str | None = None) -> Outcome:
        *_, last = self.stream(question, principal=principal, conversation=conversation)
        assert not isinstance(last, StepEvent)
        return last

    def stream(
        self, question: str, *, principal: str | Principal = "citizen", conversation: str | None = None
    ) -> Iterator[StepEvent | Outcome]:
        principal = name_of(principal)
        self.asked_as.append(principal)
        if "故障" in question:
            raise RuntimeError("内部细节 secret")
        steps = [
            ("understand", "理解问题", "识别出年份和区县"),
            ("retrieve", "检索依据", "命中 3 张表"),
            ("run", "执行查询", "7 行"),
        ]
        for name, title, detail in steps:
            yield StepEvent(name, title, "started")
            if name == "run":
                yield StepEvent("check", "安全检查", "started")
                yield StepEvent(
                    "check", "安全检查", "done", "通过", 1.2, {"语句": "SELECT 一条", "表": "school、district"}
                )
            time.sleep(self.pause)
            if "慢" in question:
                self.released.wait(20)
            yield StepEvent(name, title, "done", detail, 12.5)
        with self._lock:
            key = conversation or uuid.uuid4().hex
            turns = self.turns.setdefault(key, [])
            self.titles.setdefault(key, question[:30])
            outcome = outcome_for(question).model_copy(
                update={
                    "id": f"{key}-{len(turns) + 1}",
                    "question": question,
                    "principal": principal,
                    "conversation": key,
                    "timings_ms": {"understand": 12.5, "retrieve": 12.5, "run": 12.5},
                }
            )
            turns.append(outcome)
        yield outcome

    def conversations(self, principal: str | Principal = "citizen") -> list[Line]:
        return [
            Line(key, self.titles[key], datetime(2026, 7, 1, 9, 30))
            for key, turns in reversed(self.turns.items())
            if turns[0].principal == name_of(principal)
        ]

    def history(self, conversation: str, principal: str | Principal = "citizen") -> list[Outcome]:
        turns = self.turns.get(conversation, [])
        return list(turns) if turns and turns[0].principal == name_of(principal) else []

    def delete_conversation(self, conversation: str, principal: str | Principal = "citizen") -> bool:
        return bool(self.history(conversation, principal)) and self.turns.pop(conversation, None) is not None

    def rename_conversation(self, conversation: str, title: str, principal: str | Principal = "citizen") -> bool:
        self.titles[conversation] = title
        return True

    def examples(self) -> list[str]:
        return [
            "去年各区义务教育学校有多少所？",
            "近九年在校生的变化",
            "政策：共享申请应当说明什么？",
            "找一下学校名录",
            "各区教师有多少人？",
            "参保人员名单",
        ]
