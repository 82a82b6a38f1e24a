"""Headers, units, times and synonyms: the pure parts of the draft."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.drafting.entities import entity_of, measure_word_of
from corpus.drafting.labels import Header, clean_header
from corpus.drafting.roles import additivity_of
from corpus.drafting.synonyms import column_synonyms, pointer_synonyms
from corpus.drafting.times import common_grain, grain_of
from corpus.drafting.units import SCALES, parse_unit
from corpus.semantics import Additivity, Role

headers = st.text(
    alphabet=st.sampled_from("学校数量名称率年份日期万亿元千克%（）()_- abcID【】：:单位所属"), min_size=1, max_size=20
)


@pytest.mark.parametrize(
    ("text", "unit", "scale"),
    [
        ("万元", "元", 1e4),
        ("亿", "", 1e8),
        ("千克", "千克", 1),
        ("万平", "平方米", 1e4),
        ("万亿立方米", "立方米", 1e12),
        ("%", "%", 0.01),
        ("百万公里", "千米", 1e6),
        ("万人民币", "元", 1e4),
        ("单位：万吨", "吨", 1e4),
        ("元/平方米", "元/平方米", 1),
        ("千人", "人", 1e3),
        ("km²", "平方千米", 1),
    ],
)
def test_units(text: str, unit: str, scale: float) -> None:
    assert parse_unit(text) == (unit, scale)


@pytest.mark.parametrize("text", ["", "含税", "国内", "农历", "不含港澳台", "周几"])
def test_remarks_are_no_units(text: str) -> None:
    assert parse_unit(text) is None


@pytest.mark.parametrize(
    ("raw", "label", "unit", "scale", "qualifier"),
    [
        ("注册资本（万元）", "注册资本", "元", 1e4, ""),
        ("GDP总计(亿)", "GDP总计", "", 1e8, ""),
        ("营业额_万元", "营业额", "元", 1e4, ""),
        ("价格（不含税）", "价格", "", 1, "不含税"),
        ("价格(不含税)(元)", "价格", "元", 1, "不含税"),
        ("学校 名称", "学校名称", "", 1, ""),
        ("school_name", "school_name", "", 1, ""),
        ("（万）", "万", "", 1, ""),
        ("2008北京奥运会奖牌榜", "2008北京奥运会奖牌榜", "", 1, ""),
    ],
)
def test_headers(raw: str, label: str, unit: str, scale: float, qualifier: str) -> None:
    assert clean_header(raw) == Header(label, unit, scale, qualifier)


@given(headers)
def test_a_label_is_never_empty_and_cleaning_it_again_keeps_it(raw: str) -> None:
    label = clean_header(raw).label
    assert bool(label) == bool(raw)
    assert clean_header(label).label == label


@given(st.sampled_from(sorted(SCALES)), st.sampled_from(["元", "人", "平方米", "吨", ""]))
def test_every_scale_goes_with_every_unit(scale: str, unit: str) -> None:
    assert parse_unit(scale + unit) == (unit, SCALES[scale])


@given(headers, st.sampled_from(list(Role)), st.sampled_from(["学校", "企业", ""]))
def test_synonyms_never_repeat_the_label(raw: str, role: Role, entity: str) -> None:
    label = clean_header(raw).label
    synonyms = column_synonyms(raw, label, role=role, table=entity, entity=entity)
    assert label not in synonyms
    assert len(set(synonyms)) == len(synonyms)
    assert all(len(s) > 1 for s in synonyms)


@pytest.mark.parametrize(
    ("label", "role", "expected"),
    [
        ("员工数量", Role.MEASURE, {"员工数", "员工人数", "职工数量", "员工"}),
        ("机场数量", Role.MEASURE, {"机场数", "机场总数", "机场"}),
        ("成立时间", Role.TIME, {"成立日期", "成立年份", "创办时间", "成立"}),
        ("所属城市", Role.CATEGORY, {"城市", "所在城市"}),
        ("姓名", Role.NAME, {"名字", "名称"}),
        ("法定代表人", Role.CATEGORY, {"法人"}),
    ],
)
def test_synonyms(label: str, role: Role, expected: set[str]) -> None:
    assert expected <= set(column_synonyms(label, label, role=role))


def test_names_gain_and_lose_their_table() -> None:
    assert "名称" in column_synonyms("学校名称", "学校名称", role=Role.NAME, table="学校", entity="学校")
    assert {"学校名称", "学校"} <= set(column_synonyms("名称", "名称", role=Role.NAME, table="学校", entity="学校"))


def test_pointers_take_the_words_of_their_target() -> None:
    assert pointer_synonyms("企业id", "企业", "企业") == ["企业"]
    assert pointer_synonyms("举办国家id", "国家", "国家") == ["举办国家"]
    assert pointer_synonyms("软件id", "地图软件", "软件") == ["软件", "地图软件"]


@pytest.mark.parametrize(
    ("text", "grain"),
    [
        ("1898", "year"),
        ("1898年", "year"),
        ("2015年1月", "month"),
        ("2015-01", "month"),
        ("201501", "month"),
        ("1960-10-1", "date"),
        ("2014年10月1日", "date"),
        ("20200131", "date"),
        ("2024年第三季度", "quarter"),
        ("2024Q1", "quarter"),
        ("2020-01-31 10:20:30", "timestamp"),
        ("19:31-19:40", "clock"),
        ("7-0", ""),
        ("25-30岁", ""),
        ("item_1_2014", ""),
        ("13800001111", ""),
    ],
)
def test_grains(text: str, grain: str) -> None:
    assert grain_of(text) == grain


@given(st.dates())
def test_every_iso_date_is_a_date(day: object) -> None:
    text = str(day)
    assert grain_of(text) == ("date" if "1000" <= text[:4] <= "2099" else "")


def test_a_column_is_time_only_when_most_values_are() -> None:
    assert common_grain(["2015", "2016年", "2017", "2018", "不详"]) == "year"
    assert common_grain(["2015", "不详", "未知"]) == ""
    assert common_grain([]) == ""


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("营业额", Additivity.SUM),
        ("录取率", Additivity.AVERAGE),
        ("人均收入", Additivity.AVERAGE),
        ("年龄", Additivity.AVERAGE),
        ("排名", Additivity.AVERAGE),
        ("单价", Additivity.AVERAGE),
        ("常住人口", Additivity.SNAPSHOT),
        ("库存", Additivity.SNAPSHOT),
        ("单身人数", Additivity.SUM),
        ("评分人数", Additivity.SUM),
    ],
)
def test_additivity(label: str, expected: Additivity) -> None:
    assert additivity_of(label, "") is expected


@pytest.mark.parametrize(
    ("label", "entity", "measure"),
    [
        ("学校基本信息表", "学校", "所"),
        ("美国近几年校园枪击事件", "事件", "件"),
        ("一带一路的中国城市", "城市", "座"),
        ("t_enterprise", "企业", "家"),
        ("图书", "图书", "本"),
    ],
)
def test_entities(label: str, entity: str, measure: str) -> None:
    assert entity_of(label) == entity
    assert measure_word_of(entity) == measure
