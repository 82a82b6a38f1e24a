"""What a column is for, told from its name, its type and its values."""

from __future__ import annotations

import re

from corpus.drafting.labels import Header, words
from corpus.drafting.profiles import ColumnProfile, temporal_grain
from corpus.semantics import Additivity, Role

_ID = re.compile(
    r"(?:^|[^a-zA-Z])id$|编号$|编码$|代码$|序号$|流水号$|学号$|工号$|主键$|标识$|标识码$|UUID$|识别码$", re.IGNORECASE
)
_CODE = re.compile(
    r"(?:代码|编码|编号|邮编|邮政编码|区号|电话|手机|号码|热线|账号|卡号|车牌号?|学号|工号|证号|文号|批号|单号|QQ|微信)$"
)
_TIME = re.compile(
    r"(?:时间|日期|年份|年度|年月|月份|季度|年代|时刻|生日|期间|学年|日|年|月)$|^(?:年|月|日|日期|时间)$"
)
_NOT_TIME = re.compile(
    r"(?:工作|平均|所需|耗费|总|最长|最短|续航|飞行|行驶|等待|服务|使用)时间$|用时|工作日$|近.*年$|人均|数$"
)
_AMOUNT = re.compile(
    r"(?:数|数量|人数|次数|总数|个数|量|额|率|价|价格|费|费用|金额|收入|支出|面积|长度|高度|宽度|深度|重量|体重|身高|速度|时长|年龄|占比|比例|比重|份额|比|评分|"
    r"得分|分数|排名|名次|利润|成本|工资|薪资|月薪|温度|湿度|指数|密度|人口|产值|总值|资本|资产|票房|里程|距离|增长|增速|同比|环比|容量|功率|热度|天数|年数|年限|"
    r"GDP|gdp|寿命|海拔|销量|产量|流量|预算|决算|余额|市值|估值|规模|损失|载重|排量|额度|总计|合计)$"
)
_NAME = re.compile(r"(?:名称|名字|姓名|全称|简称|中文名|英文名|标题|题名|名)$")
_NOT_NAME = re.compile(
    r"(?:排名|报名|提名|命名|署名|域名|签名|曾用名|别名|第一名|用户名|罪名|实名|英文名|笔名|俗名|学名|又名)$"
)
_CATEGORY = re.compile(
    r"(?:类型|类别|种类|分类|性别|属性|等级|级别|状态|性质|所属.{0,6}|省份|省|城市|市|区|区县|县|国家|国籍|地区|区域|街道|行业|领域|部门|职业|民族|学历|专业|频道|平台|语言|"
    r"季节|年龄段|时间段|方式|形式|风格|流派|品牌|颜色|洲|朝代|籍贯|出生地|来源|渠道|科目|班级|年级|职称|政治面貌|轮次|方向|星级|主题|领域)$"
)
_ROW_NAME_ENGLISH = {"name", "title"}
_TIME_ENGLISH = {"year", "month", "date", "day", "time", "datetime", "quarter", "timestamp", "at", "birthday"}
_ID_ENGLISH = {"id", "code", "no", "uuid", "key", "guid"}
_AMOUNT_ENGLISH = {
    "count", "num", "number", "total", "amount", "price", "rate", "ratio", "score", "rank", "age", "population", "revenue",
    "income", "cost", "salary", "qty", "quantity", "percent", "weight", "height", "size", "fee", "budget", "sales", "profit",
}  # fmt: skip

_AVERAGE = re.compile(
    r"(?:率|比|比例|占比|比重|份额|价|单价|价格|均价|房价|股价|票价|售价|定价|排名|名次|排行|位次|年龄|岁数|身高|体重|评分|得分|分数|分|成绩|指数|温度|气温|低温|高温|湿度|浓度|"
    r"密度|深度|高度|宽度|长度|厚度|海拔|速度|时速|风速|增长|增速|增幅|涨幅|跌幅|幅度|同比|环比|年限|年数|寿命|版本|版本号|星级|等级|尺寸|片长|强度|薪资|月薪|工资|年薪|日薪|"
    r"薪酬|透明度|关注度|热度|满意度|好评度|知名度|辨识度|完整度|周期|期限|折扣|权重|斜率|分辨率|功率|排量|海拔|半径|直径|周长|水位|气压|pH|AQI|PM2\.5|届数|楼层|工龄|学制|纬度|经度)$",
    re.IGNORECASE,
)
_AVERAGE_START = re.compile(r"^(?:人均|平均|均|每|最高|最低|最大|最小|最长|最短|日均|月均|年均|户均|单位)")
_SNAPSHOT = re.compile(
    r"(?:人口|人口数|人口数量|库存|余额|存量|保有量|在校生数?|在校学生数?|在校人数|员工数量?|员工人数|职工数量?|职工人数|从业人员|从业人数|教师数量?|教职工数?|床位数?|座位数量?|"
    r"存款|期末.*|年末.*|月末.*|用户数量?|会员数量?|粉丝数量?|资产|负债|市值|常住.*|户籍.*|在岗.*|在职.*|持股.*|参保人数|泊位数?|覆盖城市数量?)$"
)
_AVERAGE_ENGLISH = {
    "price",
    "rate",
    "ratio",
    "percent",
    "percentage",
    "rank",
    "age",
    "score",
    "rating",
    "avg",
    "average",
    "mean",
    "temperature",
    "height",
    "weight",
    "density",
    "index",
    "level",
    "unit",
}
_SNAPSHOT_ENGLISH = {"population", "stock", "inventory", "balance", "employees", "headcount"}


def looks_like_id(label: str, name: str) -> bool:
    english = words(name)
    return (
        bool(_ID.search(label))
        or bool(english and english[-1] in _ID_ENGLISH)
        or (name.lower().endswith("id") and name.isascii())
    )


def looks_like_name(label: str, name: str) -> bool:
    english = words(name)
    return bool(_NAME.search(label) and not _NOT_NAME.search(label)) or bool(
        english and english[-1] in _ROW_NAME_ENGLISH
    )


def looks_like_amount(label: str, name: str) -> bool:
    english = words(name)
    return bool(_AMOUNT.search(label)) or bool(
        english and (english[-1] in _AMOUNT_ENGLISH or english[0] in {"num", "total", "avg"})
    )


def looks_like_time(label: str, name: str) -> bool:
    english = words(name)
    return bool(_TIME.search(label) and not _NOT_TIME.search(label)) or bool(english and english[-1] in _TIME_ENGLISH)


def time_grain(column: ColumnProfile, header: Header) -> str:
    """The grain of a time column (year, quarter, month, date, timestamp, clock), empty when the column is no time."""
    own = temporal_grain(column.type)
    if own:
        return own
    named = looks_like_time(header.label, column.name)
    if column.numeric:
        # 1995 may be a year or an amount: the name decides, and a bracketed 年 helps only where the values are years.
        if not named or (header.unit and header.unit not in ("年", "月", "日")):
            return ""
        if column.empty:
            return "year" if header.label.endswith(("年份", "年度", "年")) else ""
        if column.number_grain:
            return column.number_grain
        # Dirty years: 2011, 2017.5. A column called 年份 whose values all lie in history is no amount.
        if re.search(r"(?:年份|年度|时间|日期|年)$", header.label) and all(1000 <= v < 3000 for v in column.distinct):
            return "year"
        if (
            re.search(r"月份$|^月$|month$", header.label, re.IGNORECASE)
            and column.integral
            and all(1 <= v <= 12 for v in column.distinct)
        ):
            return "month"
        return ""
    if column.grain:
        # 7-0 or 25-30 would need a name; whole dates speak for themselves.
        return column.grain if named or column.grain in ("date", "timestamp", "month", "quarter", "year") else ""
    if named and not looks_like_amount(header.label, column.name):
        if column.empty:
            return "date"
        some = [v for v in column.texts if re.search(r"(?:1[0-9]|20)\d\d|\d月|\d日|\d:\d\d|公元|世纪", v)]
        if len(some) * 2 >= len(column.texts):
            return "year" if header.label.endswith(("年份", "年度", "年代")) else "date"
    return ""


def preliminary_role(column: ColumnProfile, header: Header, *, key: bool) -> tuple[Role, str]:
    """The role without knowledge of other tables, and the grain of a time."""
    label = header.label
    if key:
        return Role.KEY, ""
    grain = time_grain(column, header)
    if grain:
        return Role.TIME, grain
    if looks_like_id(label, column.name) and not (column.numeric and looks_like_amount(label, column.name)):
        return (Role.KEY, "") if column.unique else (Role.CATEGORY, "")
    if column.numeric:
        if _CODE.search(label) or (set(column.distinct) <= {0, 1} and is_flag(label, column.name)):
            return Role.CATEGORY, ""
        if looks_like_name(label, column.name) and not column.empty:
            return Role.NAME, ""
        return Role.MEASURE, ""
    if column.type.upper() == "BOOLEAN":
        return Role.CATEGORY, ""
    measured = bool(header.unit) or header.scale != 1.0 or looks_like_amount(label, column.name)
    if measured and not looks_like_name(label, column.name) and _mostly_numbers(column):
        return Role.MEASURE, ""
    if looks_like_name(label, column.name):
        return Role.NAME, ""
    if _CATEGORY.search(label) or is_flag(label, column.name):
        return Role.CATEGORY, ""
    few = len(column.distinct) <= max(12, column.rows // 20)
    if few and column.mean_length <= 12 and (column.rows > 40 or len(column.distinct) * 2 <= column.rows):
        return Role.CATEGORY, ""
    return Role.TEXT, ""


def is_flag(label: str, name: str) -> bool:
    """是否X, is_x, has_x."""
    return label.startswith(("是否", "有无", "能否", "可否")) or bool(words(name)[:1] in (["is"], ["has"], ["can"]))


def _mostly_numbers(column: ColumnProfile) -> bool:
    if column.empty:
        return True
    numbers = [
        v for v in column.texts if re.fullmatch(r"[-+]?[\d,]*\.?\d+(?:e[-+]?\d+)?\s*[%％‰万亿]?", v, re.IGNORECASE)
    ]
    return len(numbers) * 2 >= len(column.texts)


def additivity_of(label: str, unit: str, name: str = "") -> Additivity:
    """Whether a measure of this name may be summed."""
    english = set(words(name)) if name.isascii() else set()
    if unit in ("%", "‰", "岁", "度", "摄氏度", "名次") or "/" in unit:
        return Additivity.AVERAGE
    if _SNAPSHOT.search(label) or english & _SNAPSHOT_ENGLISH:
        return Additivity.SNAPSHOT
    if _AVERAGE.search(label) or _AVERAGE_START.search(label) or english & _AVERAGE_ENGLISH:
        return Additivity.AVERAGE
    return Additivity.SUM


def flag_codes(column: ColumnProfile, label: str) -> dict[str, str]:
    """Meanings of the stored values where the name settles them: 是否X with 0/1 or Y/N, 性别 with 1/2."""
    stored = {f"{v:g}" if isinstance(v, float) else str(v) for v in column.distinct[:10]}
    if not stored or len(column.distinct) > 4:
        return {}
    if is_flag(label, column.name):
        for yes, no in (("1", "0"), ("Y", "N"), ("y", "n"), ("T", "F"), ("true", "false"), ("True", "False")):
            if stored <= {yes, no}:
                return {yes: "是", no: "否"}
    if label.endswith("性别") or words(column.name)[-1:] in (["gender"], ["sex"]):
        for codes in (
            {"1": "男", "2": "女", "0": "未知", "9": "未说明"},
            {"M": "男", "F": "女"},
            {"m": "男", "f": "女"},
            {"male": "男", "female": "女"},
        ):
            if stored <= codes.keys():
                return {code: codes[code] for code in codes if code in stored}
    return {}
