"""类、项、目: the city's classification and the codes that come from it (云澜市公共数据目录编制规则 第十三条, 第十四条)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from corpus.demo.departments import DEPARTMENTS, Department

FILE = Path(__file__).with_name("classification.yaml")
OF_DEPARTMENTS = "部门数据"

# Where a table belongs when only its theme is known.
OF_THEME = {
    "综合政务": "公共服务/政务服务",
    "经济发展": "经济运行/宏观指标",
    "财税金融": "经济运行/财政",
    "教育科技": "公共服务/教育",
    "医疗卫生": "健康保障/医疗机构",
    "社会保障": "社会保障/社会保险",
    "就业创业": "就业创业/招聘求职",
    "民政服务": "社会保障/社会救助",
    "公共安全": "应急维稳/公共安全",
    "应急管理": "应急维稳/应急资源",
    "生态环境": "生态环保/大气",
    "气象服务": "应急维稳/气象",
    "城乡建设": "城乡建设/房地产",
    "城市管理": "城乡建设/环境卫生",
    "交通运输": "交通出行/公交轨道",
    "农业农村": "农业农村/农村经济",
    "商贸流通": "经济运行/商贸",
    "文体旅游": "文化旅游/公共文化",
    "市场监管": "法人单位/企业",
    "司法服务": "公共服务/法律服务",
}

# Tables that do not belong where their theme does, by the beginning of their name; the first that fits counts.
OF_TABLE = {
    "district": "自然资源和空间地理/行政区划",
    "street": "自然资源和空间地理/行政区划",
    "department_budget": "经济运行/财政",
    "department": "部门数据/政务公开",
    "population": "人口/常住人口",
    "birth_death": "人口/常住人口",
    "resident": "人口/户籍人口",
    "identity_card": "电子证照/个人证照",
    "marriage": "人口/婚姻生育",
    "hospital_visit": "健康保障/医疗服务",
    "infectious": "健康保障/疾病预防",
    "medical": "健康保障/医保服务",
    "eldercare": "公共服务/养老托育",
    "elderly": "公共服务/养老托育",
    "housing_fund": "社会保障/公积金",
    "permit": "社会信用/许可与资质",
    "penalty": "社会信用/处罚与失信",
    "credit": "社会信用/评价",
    "inspection": "部门数据/监督检查",
    "tax": "经济运行/税收",
    "enterprise_tax": "经济运行/税收",
    "water": "生态环保/水",
    "reservoir": "水务/水利工程",
    "vehicle": "交通出行/机动车与驾驶人",
    "traffic": "交通出行/道路",
    "parking": "交通出行/停车",
    "park": "城乡建设/园林绿化",
    "energy": "能源安全/电力",
    "electric": "能源安全/电力",
    "food": "食品药品安全/食品",
    "produce": "价格监管/农产品价格",
    "farm": "公共服务/便民设施",
    "dataset": "部门数据/数据管理",
    "share": "部门数据/数据管理",
    "api": "部门数据/数据管理",
    "quality": "部门数据/数据管理",
    "scenic": "文化旅游/景区酒店",
    "tourism": "文化旅游/景区酒店",
    "fire": "应急维稳/消防",
    "emergency": "安全生产/事故",
}


@cache
def _groups() -> dict[str, tuple[str, int, list[str]]]:
    """项 → (its 类, its six-digit code without 目, its 目). Departments' own data have no 项 here."""
    tree = yaml.safe_load(FILE.read_text("utf-8"))
    return {
        group: (kind, number * 100 + place, topics)
        for number, (kind, groups) in enumerate(tree.items(), start=1)
        if kind != OF_DEPARTMENTS
        for place, (group, topics) in enumerate(groups.items(), start=1)
    }


@cache
def _department_topics() -> list[str]:
    topics: list[str] = yaml.safe_load(FILE.read_text("utf-8"))[OF_DEPARTMENTS]
    return topics


def place_of(table: str, theme: str) -> str:
    """「项/目」 of a warehouse table."""
    return next((place for start, place in OF_TABLE.items() if table.startswith(start)), OF_THEME[theme])


def classify(place: str, department: Department) -> tuple[str, str]:
    """(类/项/目, six-digit code) of 「项/目」; ValueError if the city has no such class."""
    group, _, topic = place.partition("/")
    if group == OF_DEPARTMENTS:
        topics = _department_topics()
        kind, number, group = OF_DEPARTMENTS, 300 + DEPARTMENTS.index(department) + 1, department.short
    elif group in _groups():
        kind, number, topics = _groups()[group]
    else:
        raise ValueError(f"没有这一项分类：{place}")
    if topic not in topics:
        raise ValueError(f"没有这一目分类：{place}")
    return f"{kind}/{group}/{topic}", f"{number:03d}{topics.index(topic) + 1:03d}"
