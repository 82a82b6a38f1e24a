"""The departments (部门) of the demo city. Fixed: another seed changes the data, not the town hall."""

from __future__ import annotations

from dataclasses import dataclass

CITY = "云澜市"
REGION_CODE = "990100"  # no administrative division of China has a code that begins with 99

THEMES = (
    "综合政务",
    "经济发展",
    "财税金融",
    "教育科技",
    "医疗卫生",
    "社会保障",
    "就业创业",
    "民政服务",
    "公共安全",
    "应急管理",
    "生态环境",
    "气象服务",
    "城乡建设",
    "城市管理",
    "交通运输",
    "农业农村",
    "商贸流通",
    "文体旅游",
    "市场监管",
    "司法服务",
)


@dataclass(frozen=True)
class Department:
    """部门. `name` is what catalogue and tables store; `aliases` is what people say."""

    key: str
    code: str  # 机构代码, unique
    name: str
    short: str
    aliases: tuple[str, ...]
    theme: str  # one of THEMES
    duty: str


def _department(number: int, key: str, name: str, short: str, aliases: str, theme: str, duty: str) -> Department:
    return Department(key, f"{REGION_CODE}{number:03d}", name, short, tuple(aliases.split()), theme, duty)


DEPARTMENTS: tuple[Department, ...] = (
    _department(
        1, "office", "云澜市人民政府办公室", "市政府办公室", "政府办 市府办 政府办公室", "综合政务",
        "承担市政府日常运转、政务公开和政府信息公开工作。",
    ),
    _department(
        2, "ndrc", "云澜市发展和改革委员会", "市发展改革委", "发改委 市发改委 发展改革委", "经济发展",
        "拟订国民经济和社会发展规划，管理重大项目、能源和价格。",
    ),
    _department(
        3, "edu", "云澜市教育局", "市教育局", "教育局 教委", "教育科技",
        "主管学前教育、义务教育、高中和职业教育，管理学校、招生和教师队伍。",
    ),
    _department(
        4, "sci", "云澜市科学技术局", "市科技局", "科技局 科学技术局", "教育科技",
        "组织科技计划和成果转化，管理高新技术企业认定推荐。",
    ),
    _department(
        5, "miit", "云澜市工业和信息化局", "市工信局", "工信局 工业和信息化局 经信局", "经济发展",
        "推进工业运行、中小企业发展和信息化建设。",
    ),
    _department(
        6, "police", "云澜市公安局", "市公安局", "公安局 公安 警察局", "公共安全",
        "维护社会治安和道路交通秩序，管理户籍、居民身份证和机动车。",
    ),
    _department(
        7, "civil", "云澜市民政局", "市民政局", "民政局 民政", "民政服务",
        "负责社会救助、养老服务、婚姻登记、社会组织和行政区划。",
    ),
    _department(
        8, "justice", "云澜市司法局", "市司法局", "司法局 司法", "司法服务",
        "负责法律援助、公证、人民调解和规范性文件审核。",
    ),
    _department(
        9, "finance", "云澜市财政局", "市财政局", "财政局 财政", "财税金融",
        "管理财政收支、部门预算和政府采购。",
    ),
    _department(
        10, "hrss", "云澜市人力资源和社会保障局", "市人社局", "人社局 社保局 劳动局 人力资源和社会保障局", "就业创业",
        "负责就业创业、社会保险、人才和劳动关系。",
    ),
    _department(
        11, "land", "云澜市自然资源和规划局", "市自然资源局", "自然资源局 规划局 国土局 自规局", "城乡建设",
        "负责国土空间规划、土地出让、不动产登记和测绘。",
    ),
    _department(
        12, "env", "云澜市生态环境局", "市生态环境局", "生态环境局 环保局 环境局", "生态环境",
        "监测和管理大气、水、土壤环境质量，负责排污许可。",
    ),
    _department(
        13, "housing", "云澜市住房和城乡建设局", "市住建局", "住建局 住房城乡建设局 房管局 建设局", "城乡建设",
        "管理房地产市场、建筑业和住房保障。",
    ),
    _department(
        14, "urban", "云澜市城市管理局", "市城管局", "城管局 城市管理局 城管", "城市管理",
        "负责市容环卫、园林绿化、垃圾分类和停车设施。",
    ),
    _department(
        15, "transport", "云澜市交通运输局", "市交通局", "交通局 交通运输局 交通委", "交通运输",
        "管理公交、轨道、出租汽车和道路运输。",
    ),
    _department(
        16, "water", "云澜市水务局", "市水务局", "水务局 水利局", "生态环境",
        "管理水资源、水库河道、防汛和城市供排水。",
    ),
    _department(
        17, "agri", "云澜市农业农村局", "市农业农村局", "农业农村局 农业局 农委", "农业农村",
        "指导农业生产、农产品市场和乡村振兴。",
    ),
    _department(
        18, "commerce", "云澜市商务局", "市商务局", "商务局 外贸局", "商贸流通",
        "管理内外贸易、消费促进和利用外资。",
    ),
    _department(
        19, "culture", "云澜市文化广电和旅游局", "市文旅局", "文旅局 文化局 旅游局 文化广电和旅游局 文广旅局", "文体旅游",
        "管理公共文化服务、文物博物馆和旅游业。",
    ),
    _department(
        20, "health", "云澜市卫生健康委员会", "市卫健委", "卫健委 卫生健康委 卫生局 卫计委", "医疗卫生",
        "管理医疗机构、疾病预防控制和公共卫生。",
    ),
    _department(
        21, "emergency", "云澜市应急管理局", "市应急局", "应急局 应急管理局 安监局", "应急管理",
        "负责安全生产监管、防灾减灾和应急避难场所。",
    ),
    _department(
        22, "market", "云澜市市场监督管理局", "市市场监管局", "市场监管局 市监局 工商局 市场局 食药监局", "市场监管",
        "负责经营主体登记、双随机抽查、食品安全和知识产权。",
    ),
    _department(
        23, "stats", "云澜市统计局", "市统计局", "统计局", "经济发展",
        "组织统计调查和国民经济核算，发布统计数据。",
    ),
    _department(
        24, "insurance", "云澜市医疗保障局", "市医保局", "医保局 医疗保障局", "社会保障",
        "管理基本医疗保险基金、医保目录和医疗救助。",
    ),
    _department(
        25, "tax", "国家税务总局云澜市税务局", "市税务局", "税务局 国税局 地税局", "财税金融",
        "征收和管理税收、社会保险费和非税收入。",
    ),
    _department(
        26, "data", "云澜市数据局", "市数据局", "数据局 大数据局 大数据管理局", "综合政务",
        "统筹数据资源管理，主管公共数据目录、共享、开放和授权运营。",
    ),
    _department(
        27, "weather", "云澜市气象局", "市气象局", "气象局 气象台", "气象服务",
        "负责气象监测、预报和灾害性天气预警。",
    ),
    _department(
        28, "fire", "云澜市消防救援支队", "市消防支队", "消防支队 消防队 消防", "应急管理",
        "承担火灾扑救、应急救援和消防监督检查。",
    ),
    _department(
        29, "fund", "云澜市住房公积金管理中心", "市公积金中心", "公积金中心 公积金管理中心", "社会保障",
        "管理住房公积金的归集、提取和贷款。",
    ),
    _department(
        30, "veterans", "云澜市退役军人事务局", "市退役军人局", "退役军人局 退役军人事务局", "民政服务",
        "负责退役军人安置、优抚和服务保障。",
    ),
    _department(
        31, "sports", "云澜市体育局", "市体育局", "体育局", "文体旅游",
        "推进全民健身，管理公共体育场地设施。",
    ),
    _department(
        32, "service", "云澜市政务服务管理局", "市政务服务局", "政务服务局 行政审批局 政务中心 12345", "综合政务",
        "管理政务服务大厅、行政审批事项和12345政务服务便民热线。",
    ),
    _department(
        33, "audit", "云澜市审计局", "市审计局", "审计局", "财税金融",
        "对财政收支和国有资产进行审计监督。",
    ),
)  # fmt: skip

_BY_KEY = {department.key: department for department in DEPARTMENTS}


def department(key: str) -> Department:
    """The department with this key; KeyError if there is none."""
    return _BY_KEY[key]
