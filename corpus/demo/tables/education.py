"""Schools, their pupils and teachers, and who may go where."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus.demo import spec as s
from corpus.demo.city import GEOGRAPHY
from corpus.demo.identity import addresses, landlines, numbers_to_text, roads
from corpus.demo.world import YEARS, Frame, World, blank, cross, draw, join, numbered, pick, words

STAGES = {"10": "幼儿园", "21": "小学", "31": "初中", "34": "高中", "36": "中职", "41": "高校", "51": "特殊教育学校"}
CALLED = {
    "31": "初级中学",
    "34": "普通高中 高级中学",
    "36": "中等职业学校 职高 中专 职业高中",
    "41": "大学 高等学校 普通高等学校 高等院校",
    "51": "特教学校",
}
LEVELS = ("学前教育", "义务教育", "义务教育", "高中阶段教育", "高中阶段教育", "高等教育", "特殊教育")
COUNTS = (960, 520, 260, 92, 38, 16, 9)
PUPILS = (235, 900, 860, 1480, 1650, 12800, 140)  # of a middling school
CLASS_SIZE = (27, 41, 44, 46, 42, 45, 11)
PUPILS_PER_TEACHER = (11.8, 17.2, 13.4, 12.1, 16.5, 18.6, 4.2)
YEARS_OF_STUDY = (3, 6, 3, 3, 3, 4, 9)
# 2019 … 2025 against 2019: kindergartens empty, the small boom of births passes through the schools.
TREND = np.array([
    [1, 1.01, 0.98, 0.92, 0.84, 0.76, 0.69],
    [1, 1.03, 1.05, 1.07, 1.08, 1.06, 1.02],
    [1, 1.01, 1.03, 1.06, 1.09, 1.12, 1.16],
    [1, 1.01, 1.01, 1.03, 1.05, 1.08, 1.10],
    [1, 1.00, 1.02, 1.03, 1.03, 1.02, 1.00],
    [1, 1.03, 1.06, 1.09, 1.12, 1.14, 1.16],
    [1, 1.02, 1.02, 1.04, 1.05, 1.05, 1.06],
])  # fmt: skip
TITLES = ("正高级", "副高级", "中级", "初级", "未定级")
TITLE_SHARES = np.array([
    [0.001, 0.03, 0.19, 0.38, 0.399], [0.004, 0.11, 0.47, 0.34, 0.076], [0.008, 0.19, 0.45, 0.29, 0.062],
    [0.02, 0.29, 0.41, 0.23, 0.05], [0.01, 0.22, 0.40, 0.29, 0.08], [0.12, 0.30, 0.39, 0.14, 0.05],
    [0.005, 0.14, 0.46, 0.33, 0.065],
])  # fmt: skip
FIRST = words(
    "云澜 望江 青屏 锦绣 学府 明德 育才 春晖 致远 启明 文澜 博雅 晨光 新华 朝阳 星河 金桥 翠苑 丹桂 崇文 求实 树人 立德 弘毅 思源 澄江 天和 景行 知行 长青"
)
NUMBERS = words("第一 第二 第三 第四 第五 第六 第七 第八 第九 第十 第十一 第十二 第十三 第十四 第十五 第十六")
COLLEGES = (
    "云澜大学", "云澜理工大学", "云澜师范大学", "云澜医科大学", "云澜财经大学", "云澜农林大学", "云澜海洋学院", "云澜工程学院",
    "云澜艺术学院", "云澜外国语学院", "云澜职业技术学院", "云澜交通职业学院", "云澜卫生职业学院", "云澜旅游职业学院", "云澜信息职业学院", "云澜城市学院",
)  # fmt: skip


def school(world: World) -> Frame:
    rng = world.rng("school")
    stage = np.repeat(np.arange(len(STAGES)), COUNTS)
    total = len(stage)
    d = draw(rng, len(GEOGRAPHY.names), total, GEOGRAPHY.weights)
    d[stage == 6] = np.arange(COUNTS[6]) % len(GEOGRAPHY.names)
    street = GEOGRAPHY.some_streets(rng, d)
    private = rng.random(total) < np.array([0.52, 0.07, 0.12, 0.18, 0.24, 0.25, 0.0])[stage]
    founded = np.where(stage == 0, 2020 - rng.gamma(2.2, 6, total), 2016 - rng.gamma(2.4, 14, total))
    longitude, latitude = GEOGRAPHY.points(rng, d)
    return {
        "school_id": numbered("XX", total, 5),
        "school_name": school_names(rng, stage, d, street),
        "stage": pick(tuple(STAGES), stage),
        "education_level": pick(LEVELS, stage),
        "ownership": pick(("公办", "民办"), private.astype(int)),
        "district": GEOGRAPHY.names[d],
        "street": GEOGRAPHY.streets[street],
        "address": addresses(rng, GEOGRAPHY.names[d], GEOGRAPHY.streets[street]),
        "founded_year": np.maximum(founded, 1902).astype(int),
        "is_boarding": rng.random(total) < np.array([0, 0.05, 0.2, 0.62, 0.75, 1, 0.5])[stage],
        "campus_area": np.round(np.array(PUPILS)[stage] * rng.uniform(12, 30, total)).astype(int),
        "phone": landlines(rng, total),
        "longitude": longitude,
        "latitude": latitude,
    }


def school_names(rng: np.random.Generator, stage: np.ndarray, d: np.ndarray, street: np.ndarray) -> np.ndarray:
    """Names that look real and are all different: 云湖区湖滨第二小学, 澜江区明德初级中学."""
    ending = ("幼儿园", "小学", "初级中学", "高级中学", "职业高级中学", "", "特殊教育学校")
    taken: set[str] = set()
    names: list[str] = []
    for i in range(len(stage)):
        kind, where = int(stage[i]), str(GEOGRAPHY.names[d[i]])
        if kind == 5:
            name = COLLEGES[sum(1 for n in names if n in COLLEGES)]
        elif kind == 6:
            name = f"{where}{ending[6]}"
        else:
            place = str(GEOGRAPHY.streets[street[i]])
            place = place.removesuffix("街道").removesuffix("镇").removesuffix("乡")
            name = ""
            while not name or name in taken:
                middle = FIRST[rng.integers(len(FIRST))] if rng.random() < 0.55 else place
                number = "" if rng.random() < 0.4 else NUMBERS[int(rng.integers(len(NUMBERS)))]
                name = f"{where}{middle}{number}{ending[kind]}"
        taken.add(name)
        names.append(name)
    return np.array(names, dtype=object)


def _stage(world: World) -> np.ndarray:
    codes = list(STAGES)
    return np.array([codes.index(c) for c in world.get("school", "stage")])


def school_enrolment(world: World) -> Frame:
    rng = world.rng("school_enrolment")
    stage, district = _stage(world), world.get("school", "district")
    founded = world.get("school", "founded_year")
    which = {name: i for i, name in enumerate(GEOGRAPHY.names)}
    d = np.array([which[x] for x in district])
    size = np.array(PUPILS)[stage] * rng.lognormal(0, 0.42, len(stage)) * (1.12 - 0.35 * GEOGRAPHY.rural[d])
    i, y = cross(len(stage), len(YEARS))
    open_by = founded[i] <= YEARS[y]
    i, y = i[open_by], y[open_by]
    local = (1 + GEOGRAPHY.growth[d[i]] * 0.9) ** (YEARS[y] - 2019)
    pupils = np.maximum(np.round(size[i] * TREND[stage[i], y] * local * rng.normal(1, 0.015, len(i))), 24).astype(int)
    course = np.array(YEARS_OF_STUDY)[stage[i]]
    graduates = np.round(pupils / course * rng.normal(0.97, 0.05, len(i))).astype(int)
    boarders = np.round(
        pupils * np.where(world.get("school", "is_boarding")[i], rng.uniform(0.3, 0.9, len(i)), 0)
    ).astype(int)
    teachers = np.maximum(np.round(pupils / np.array(PUPILS_PER_TEACHER)[stage[i]] * rng.normal(1, 0.08, len(i))), 3)
    return {
        "school_id": world.get("school", "school_id")[i],
        "year": YEARS[y],
        "student_count": pupils,
        "new_student_count": np.round(pupils / course * rng.normal(1.03, 0.07, len(i))).astype(int),
        "graduate_count": graduates,
        "class_count": np.ceil(pupils / np.array(CLASS_SIZE)[stage[i]]).astype(int),
        "teacher_count": teachers.astype(int),
        "boarder_count": blank(rng, boarders, 0.02),
    }


def school_teacher(world: World) -> Frame:
    rng = world.rng("school_teacher")
    stage = dict(zip(world.get("school", "school_id"), _stage(world), strict=True))
    ids, years = world.get("school_enrolment", "school_id"), world.get("school_enrolment", "year")
    shares = TITLE_SHARES[np.array([stage[i] for i in ids])]
    counts = rng.multinomial(world.get("school_enrolment", "teacher_count"), shares)
    row, title = cross(len(ids), len(TITLES))
    return {
        "school_id": ids[row],
        "year": years[row],
        "title": pick(TITLES, title),
        "teacher_count": counts.ravel(),
        "graduate_degree_count": rng.binomial(counts.ravel(), np.array([0.5, 0.32, 0.24, 0.3, 0.42])[title]),
    }


def school_zone(world: World) -> Frame:
    rng = world.rng("school_zone")
    schools = np.flatnonzero(
        np.isin(world.get("school", "stage"), ["21", "31"]) & (world.get("school", "ownership") == "公办")
    )
    i = np.repeat(schools, rng.integers(2, 6, len(schools)))
    total = len(i)
    low = rng.integers(1, 120, total) * 2 - 1
    areas: Any = join(
        roads(rng, total), numbers_to_text(low), "号至", numbers_to_text(low + rng.integers(20, 300, total) * 2), "号"
    )
    return {
        "zone_id": numbered("XQ", total, 5),
        "school_id": world.get("school", "school_id")[i],
        "year": np.full(total, 2026),
        "street": world.get("school", "street")[i],
        "community": join(
            pick(FIRST, rng.integers(0, len(FIRST), total)),
            pick(("社区", "新村", "苑", "花园", "小区"), rng.integers(0, 5, total)),
        ),
        "area": areas,
        "planned_places": rng.integers(2, 9, total) * 45,
    }


SPECS = (
    s.spec(
        "school", "学校基本信息", school,
        [
            s.key("school_id", "学校编号", "学校代码"),
            s.title("school_name", "学校名称", "学校 校名"),
            s.category("stage", "办学类型", "学校类型 学段 学校类别", codes=STAGES, called=CALLED),
            s.category("education_level", "教育阶段", "教育类别", description="学前教育、义务教育（小学和初中）、高中阶段教育、高等教育、特殊教育。"),
            s.category("ownership", "办学性质", "举办者性质 公办民办", called={"公办": "公立", "民办": "私立"}),
            s.district_name(),
            s.foreign("street", "所在街道", "街道 镇街"),
            s.text("address", "学校地址", "地址"),
            s.year("founded_year", "建校年份", "创办年份 成立年份"),
            s.flag("is_boarding", "是否寄宿制", "寄宿制学校 寄宿", codes={"true": "寄宿制", "false": "非寄宿制"}),
            s.stock("campus_area", "占地面积", "校园面积", unit="平方米"),
            s.text("phone", "招生咨询电话", "学校电话 联系电话"),
            s.position("longitude", "经度", unit="度"),
            s.position("latitude", "纬度", unit="度"),
        ],
        by="edu", frequency="每年", key="school_id", synonyms="学校 学校名录 院校", entity="学校", measure_word="所",
        grain="一所学校", description="全市幼儿园、小学、初中、高中、中职、高校和特殊教育学校名录。", keywords="学校 中小学 幼儿园 高校 名录",
        links=(("district", "district.district_name"), ("street", "street.street_name")),
    ),
    s.spec(
        "school_enrolment", "学校在校生统计", school_enrolment,
        [
            s.foreign("school_id", "学校编号"),
            s.year("year", "年份", "学年 年度"),
            s.stock("student_count", "在校生数", "生源 在校生 学生数 学生人数 在校学生 在校学生数 学生", unit="人"),
            s.number("new_student_count", "招生数", "招生人数 新生 新生数 招生", unit="人"),
            s.number("graduate_count", "毕业生数", "毕业生 毕业人数", unit="人"),
            s.stock("class_count", "班级数", "班数 教学班", unit="个"),
            s.stock("teacher_count", "专任教师数", "教师 教师数 老师 教师人数 专任教师", unit="人"),
            s.stock("boarder_count", "寄宿生数", "寄宿生 住校生", unit="人", note="约2%的学校未填报，为空。"),
        ],
        by="edu", frequency="每年", key="school_id year", time="year", synonyms="在校生 学生 招生 教育统计 学校规模", grain="一所学校一年",
        description="各学校每学年在校生、招生、毕业生、班级和专任教师数。", keywords="在校生 招生 毕业生 生师比",
        links=(("school_id", "school.school_id"),),
        metrics=(
            s.metric("pupil_teacher_ratio", "生师比", "sum(student_count) * 1.0 / sum(teacher_count)", "每名教师负担学生数", description="在校生数与专任教师数之比。"),
            s.metric("teacher_pupil_ratio", "师生比", "sum(teacher_count) * 1.0 / sum(student_count)", description="专任教师数与在校生数之比，即生师比的倒数。"),
            s.metric("class_size", "平均班额", "sum(student_count) * 1.0 / sum(class_count)", "班额 每班学生数 班级规模", "人", "在校生数与班级数之比。"),
        ),
    ),
    s.spec(
        "school_teacher", "专任教师职称结构", school_teacher,
        [
            s.foreign("school_id", "学校编号"),
            s.year("year", "年份", "学年 年度"),
            s.category("title", "教师职称", "职称"),
            s.stock("teacher_count", "教师人数", "人数", unit="人"),
            s.stock("graduate_degree_count", "研究生学历教师数", "硕士博士教师 研究生教师 研究生学历", unit="人"),
        ],
        by="edu", frequency="每年", key="school_id year title", time="year", synonyms="教师职称 教师结构", grain="一所学校一年一种职称",
        description="各学校专任教师按职称分的人数和研究生学历人数。", keywords="教师 职称 学历",
        links=(("school_id", "school.school_id"), ("school_id,year", "school_enrolment.school_id,year")),
    ),
    s.spec(
        "school_zone", "义务教育学区划片", school_zone,
        [
            s.key("zone_id", "划片编号"),
            s.foreign("school_id", "学校编号"),
            s.year("year", "招生年份", "年份"),
            s.foreign("street", "所在街道", "街道 镇街"),
            s.title("community", "社区小区名称", "小区 社区"),
            s.text("area", "划片范围", "服务范围 路段"),
            s.number("planned_places", "计划招生数", "招生计划 计划招生", unit="人"),
        ],
        by="edu", frequency="每年", key="zone_id", time="year", synonyms="学区 学区划片 招生范围", entity="划片", measure_word="个",
        grain="一所学校的一个服务范围", description="2026年公办小学、初中的招生服务范围和计划招生数。", keywords="学区 划片 入学 招生范围 学区房",
        links=(("school_id", "school.school_id"), ("street", "street.street_name")),
    ),
)  # fmt: skip
