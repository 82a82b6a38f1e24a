"""Districts, streets, departments and who lives where."""

from __future__ import annotations

import numpy as np

from corpus.demo import spec as s
from corpus.demo.city import DISTRICTS, GEOGRAPHY
from corpus.demo.departments import DEPARTMENTS
from corpus.demo.identity import addresses, landlines
from corpus.demo.world import YEARS, Frame, World, cross, numbered, pick

AGE_GROUPS = ("0-6岁", "7-17岁", "18-34岁", "35-59岁", "60-79岁", "80岁及以上")


def district(world: World) -> Frame:
    rng = world.rng("district")
    index = np.arange(len(DISTRICTS))
    seat = np.array([d.streets[0] for d in DISTRICTS], dtype=object)
    return {
        "district_code": GEOGRAPHY.codes,
        "district_name": GEOGRAPHY.names,
        "district_kind": [d.kind for d in DISTRICTS],
        "area": [d.area for d in DISTRICTS],
        "street_count": [len(d.streets) for d in DISTRICTS],
        "community_count": np.round(GEOGRAPHY.weights * 1480 + rng.normal(0, 6, len(index))).astype(int),
        "government_address": addresses(rng, GEOGRAPHY.names, seat),
        "government_phone": landlines(rng, len(index)),
    }


def street(world: World) -> Frame:
    rng = world.rng("street")
    names, where = GEOGRAPHY.streets, GEOGRAPHY.street_district
    size = rng.lognormal(0, 0.35, len(names))
    people = np.array([d.population for d in DISTRICTS])[where]
    totals = np.bincount(where, size)
    kind = np.array([n[-1] for n in names], dtype=object)
    return {
        "street_id": numbered("JD", len(names), 4),
        "street_name": names,
        "street_kind": pick(("街道", "镇", "乡"), np.select([kind == "镇", kind == "乡"], [1, 2], 0)),
        "district": GEOGRAPHY.names[where],
        "community_count": np.maximum(np.round(size * 13), 4).astype(int),
        "population": np.round(people * size / totals[where] * 1.04).astype(int),
    }


def departments(world: World) -> Frame:
    rng = world.rng("department")
    return {
        "department_code": [d.code for d in DEPARTMENTS],
        "department_name": [d.name for d in DEPARTMENTS],
        "short_name": [d.short for d in DEPARTMENTS],
        "theme": [d.theme for d in DEPARTMENTS],
        "duty": [d.duty for d in DEPARTMENTS],
        "staff_count": np.round(rng.lognormal(4.6, 0.5, len(DEPARTMENTS))).astype(int),
        "phone": landlines(rng, len(DEPARTMENTS)),
    }


def population(world: World) -> Frame:
    rng = world.rng("population")
    d, y, age, sex = cross(len(DISTRICTS), len(YEARS), len(AGE_GROUPS), 2)
    passed = YEARS[y] - 2019
    total = np.array([x.population for x in DISTRICTS])[d] * (1 + GEOGRAPHY.growth[d]) ** passed
    # An ageing city: fewer small children each year, more people over 60, the counties ahead of the centre.
    shares = np.array([0.068, 0.112, 0.262, 0.372, 0.156, 0.030])[age]
    drift = np.array([-0.042, -0.002, -0.012, 0.002, 0.036, 0.040])[age]
    rural = np.array([-0.1, 0.05, -0.35, 0.0, 0.3, 0.35])[age] * GEOGRAPHY.rural[d]
    share = shares * (1 + drift) ** passed * (1 + rural)
    cell = (d * len(YEARS) + y).astype(int)
    share = share / np.bincount(cell, share / 2)[cell]
    men = np.array([0.525, 0.522, 0.512, 0.504, 0.482, 0.415])[age]
    people = total * share * np.where(sex == 0, men, 1 - men) * rng.normal(1, 0.002, len(d))
    migrants = 1 - 0.32 * (GEOGRAPHY.growth[d] + 0.006) / 0.02 * np.array([0.5, 0.5, 1.3, 0.9, 0.2, 0.1])[age]
    return {
        "district_code": GEOGRAPHY.codes[d],
        "year": YEARS[y],
        "age_group": pick(AGE_GROUPS, age),
        "gender": pick(("1", "2"), sex),
        "resident_population": np.round(people).astype(int),
        "registered_population": np.round(people * migrants * rng.normal(1, 0.002, len(d))).astype(int),
    }


def births_deaths(world: World) -> Frame:
    rng = world.rng("birth_death")
    d, y = cross(len(DISTRICTS), len(YEARS))
    people = np.array([x.population for x in DISTRICTS])[d] * (1 + GEOGRAPHY.growth[d]) ** (YEARS[y] - 2019)
    born = people * np.array([0.0102, 0.0089, 0.0078, 0.0071, 0.0066, 0.0069, 0.0063])[y] * rng.normal(1, 0.03, len(d))
    died = (
        people
        * np.array([0.0066, 0.0068, 0.0069, 0.0078, 0.0081, 0.0078, 0.0079])[y]
        * (0.8 + 0.5 * GEOGRAPHY.rural[d])
    )
    born, died = np.round(born).astype(int), np.round(died * rng.normal(1, 0.02, len(d))).astype(int)
    return {
        "district": GEOGRAPHY.names[d],
        "year": YEARS[y],
        "births": born,
        "deaths": died,
        "natural_growth_rate": np.round((born - died) / people * 1000, 2),
    }


SPECS = (
    s.spec(
        "district", "区县基本信息", district,
        [
            s.key("district_code", "区县代码", "行政区划代码 区划代码"),
            s.title("district_name", "区县名称", "区县 区 行政区 各区 区名"),
            s.category("district_kind", "区县类型", "区划类型"),
            s.level_of("area", "土地面积", "面积 行政区域面积 辖区面积", unit="平方千米"),
            s.stock("street_count", "街道乡镇数", "街道数 乡镇数", unit="个"),
            s.stock("community_count", "社区村数", "社区数 村数", unit="个"),
            s.address("government_address", "政府驻地地址", "区政府地址", sensitivity="none"),
            s.text("government_phone", "政府值班电话", "区政府电话"),
        ],
        by="civil", frequency="每年", key="district_code", synonyms="行政区划 区县 辖区 行政区", entity="区县",
        measure_word="个", grain="一个区县", description="云澜市所辖区、县的代码、名称、面积和政府驻地。", theme="综合政务",
    ),
    s.spec(
        "street", "街道乡镇基本信息", street,
        [
            s.key("street_id", "街道编号"),
            s.title("street_name", "街道乡镇名称", "街道 乡镇 街道名称 镇街"),
            s.category("street_kind", "街道乡镇类型"),
            s.district_name(),
            s.stock("community_count", "社区村数", "社区数 居委会数", unit="个"),
            s.stock("population", "管理服务人口", "服务人口", unit="人"),
        ],
        by="civil", frequency="每年", key="street_id", synonyms="街道 乡镇 镇街", entity="街道", measure_word="个",
        grain="一个街道或乡镇", description="各街道、镇、乡的名称、所属区和管理服务人口。", theme="综合政务",
        links=(("district", "district.district_name"),),
    ),
    s.spec(
        "department", "市级部门信息", departments,
        [
            s.key("department_code", "部门代码", "机构代码"),
            s.title("department_name", "部门名称", "部门 单位 委办局", called={d.name: " ".join((d.short, *d.aliases)) for d in DEPARTMENTS}),
            s.title("short_name", "部门简称", "简称"),
            s.category("theme", "主题领域", "领域"),
            s.text("duty", "主要职责", "职责 职能"),
            s.stock("staff_count", "编制人数", "编制 人员编制 在编人数", unit="人"),
            s.text("phone", "办公电话", "联系电话"),
        ],
        by="office", frequency="每年", key="department_code", synonyms="部门 政府部门 委办局 市直部门", entity="部门",
        measure_word="个", grain="一个市级部门", description="市级部门的名称、简称、职责和办公电话。",
    ),
    s.spec(
        "population", "分区县人口统计", population,
        [
            s.district_code(),
            s.year("year", "年份", "年度 统计年份"),
            s.category("age_group", "年龄段", "年龄 年龄组 年龄分组"),
            s.category("gender", "性别", "男女", codes={"1": "男", "2": "女"}),
            s.stock("resident_population", "常住人口", "人口 人口数 常住人口数 人口数量", unit="人"),
            s.stock("registered_population", "户籍人口", "户籍人口数", unit="人"),
        ],
        by="stats", frequency="每年", key="district_code year age_group gender", time="year", synonyms="人口 人口统计 常住人口",
        grain="一个区县一年一个年龄段一种性别", description="2019年以来各区县年末人口，按年龄段和性别分。", keywords="人口 年龄结构 老龄化",
        links=(("district_code", "district.district_code"),),
        metrics=(
            s.metric(
                "elderly_share", "老龄化率",
                "100.0 * sum(resident_population) FILTER (WHERE age_group IN ('60-79岁', '80岁及以上')) / sum(resident_population)",
                "老年人口占比 60岁以上人口占比", "%", "60岁及以上常住人口占全部常住人口的比例。",
            ),
        ),
    ),
    s.spec(
        "birth_death", "出生死亡统计", births_deaths,
        [
            s.district_name(),
            s.year("year", "年份", "年度"),
            s.number("births", "出生人口", "出生人数 新生儿 出生数", unit="人"),
            s.number("deaths", "死亡人口", "死亡人数", unit="人"),
            s.rate("natural_growth_rate", "人口自然增长率", "自然增长率", unit="‰"),
        ],
        by="stats", frequency="每年", key="district year", time="year", synonyms="出生人口 人口自然变动", grain="一个区县一年",
        description="各区县每年出生、死亡人数和人口自然增长率。", keywords="出生率 死亡率 自然增长",
        links=(("district", "district.district_name"),),
    ),
)  # fmt: skip
