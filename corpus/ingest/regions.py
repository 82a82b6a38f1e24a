"""Which place a name speaks of: 「南宁市生态环境局」 → 广西, `beijing_datasets.csv` → 北京.

A region is what a person would type: the short name of a province, or of a county or city in Taiwan.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

from corpus.ingest.scripts import simplified

# Province-level units with the prefecture-level units under them, short names.
_PLACES: dict[str, str] = {
    "北京": "", "天津": "", "上海": "", "重庆": "", "香港": "", "澳门": "",
    "河北": "石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 雄安",
    "山西": "太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁",
    "内蒙古": "呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 兴安盟 锡林郭勒 阿拉善",
    "辽宁": "沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 葫芦岛",
    "吉林": "长春 四平 辽源 通化 白山 松原 白城 延边",
    "黑龙江": "哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 大兴安岭",
    "江苏": "南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁",
    "浙江": "杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水",
    "安徽": "合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城",
    "福建": "福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德",
    "江西": "南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶",
    "山东": "济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽 莱芜",
    "河南": "郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 济源",
    "湖北": "武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 仙桃 潜江 天门 神农架",
    "湖南": "长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西",
    "广东": "广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮",
    "广西": "南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左",
    "海南": "海口 三亚 三沙 儋州",
    "四川": "成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 阿坝 甘孜 凉山",
    "贵州": "贵阳 六盘水 遵义 安顺 毕节 铜仁 黔西南 黔东南 黔南",
    "云南": "昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 楚雄 红河 文山 西双版纳 大理 德宏 怒江 迪庆",
    "西藏": "拉萨 日喀则 昌都 林芝 山南 那曲 阿里",
    "陕西": "西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛",
    "甘肃": "兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 临夏 甘南",
    "青海": "西宁 海东 海北 黄南 海南州 果洛 玉树 海西",
    "宁夏": "银川 石嘴山 吴忠 固原 中卫",
    "新疆": "乌鲁木齐 克拉玛依 吐鲁番 哈密 昌吉 博尔塔拉 巴音郭楞 阿克苏 克孜勒苏 喀什 和田 伊犁 塔城 阿勒泰 石河子",
    # Counties and cities of Taiwan stand for themselves.
    "台北": "", "新北": "", "桃园": "", "台中": "", "台南": "", "高雄": "", "基隆": "", "新竹": "", "嘉义": "", "苗栗": "", "彰化": "",
    "南投": "", "云林": "", "屏东": "", "宜兰": "", "花莲": "", "台东": "", "澎湖": "",
}  # fmt: skip

# Words of a unit that may follow a short name; without one a short name inside other words proves nothing (中山路).
_UNIT = r"(?:特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|自治州|经济特区|新区|省|市|州|盟|地区|县)"


@cache
def _owner() -> dict[str, str]:
    owner = {}
    for province, cities in _PLACES.items():
        owner[province] = province
        for city in cities.split():
            owner.setdefault(city, province)
    return owner


@cache
def _pattern() -> re.Pattern[str]:
    names = sorted(_owner(), key=len, reverse=True)
    return re.compile(f"^({'|'.join(names)})")


@cache
def _romanised() -> dict[str, str]:
    from pypinyin import lazy_pinyin

    own = {"陕西": "shaanxi", "香港": "hongkong", "澳门": "macau", "内蒙古": "neimenggu", "西藏": "xizang", "台北": "taipei",
           "高雄": "kaohsiung", "桃园": "taoyuan", "台中": "taichung", "台南": "tainan"}  # fmt: skip
    names: dict[str, str] = {}
    for name, province in sorted(_owner().items(), key=lambda item: item[0] not in _PLACES):
        names.setdefault(own.get(name, "".join(lazy_pinyin(name))), province)
    return names


@cache
def region_of_name(name: str) -> str:
    """The region a department, a law or a place begins with; "" if it names none that is known."""
    text = simplified(name).strip().replace("臺", "台").removeprefix("国家税务总局").removeprefix("中国")
    found = _pattern().match(text)
    if found is None:
        return ""
    rest = text[found.end() :]
    province = _owner()[found[1]]
    if rest.startswith("区"):  # 天津市河北区: a district that shares the name
        return ""
    if not rest or re.match(_UNIT, rest) or found[1] in _PLACES or len(found[1]) > 2:
        return province
    # 南宁海关, 柳州铁路局: a place's short name before an institution's.
    return province if re.match(r".{0,6}(局|委|厅|办|院|处|所|中心|公司|海关|银行|站|队)", rest) else ""


def region_in_text(text: str) -> str:
    """A region written with its unit anywhere in `text`: 「…—天津市各类公办学校…」 → 天津."""
    plain = simplified(text).replace("臺", "台")
    for found in re.finditer(_UNIT, plain):
        for start in range(max(0, found.start() - 5), found.start() - 1):
            if plain[start : found.start()] in _owner():
                return _owner()[plain[start : found.start()]]
    return ""


def region_of_file(stem: str) -> str:
    """The region in a file's name, in Chinese or in pinyin (`guangxi_datasets`, `南宁市目录`)."""
    found = region_in_text(stem) or region_of_name(re.sub(r"^[\W_\d]+", "", stem))
    if found:
        return found
    for word in re.split(r"[\W_\d]+", stem.lower()):
        if word in _romanised():
            return _romanised()[word]
    return ""


@cache
def own_region(name: str) -> str:
    """The place a name begins with when no list knows it: 「云澜市水务局」 → 云澜; "" if it begins with none."""
    text = simplified(name)
    if _pattern().match(text) or text.startswith(("关于", "全国", "各")):
        return ""
    found = re.match(r"^([\u4e00-\u9fff]{2,4}?)(省|市|州|自治区)(?=[\u4e00-\u9fff]{2})", text)
    return found[1] if found else ""


def normal_region(value: str) -> str:
    """A region column's value as people would type it: 广西壮族自治区 → 广西, 臺南市 → 台南."""
    text = simplified(value).strip().replace("臺", "台")
    return region_of_name(text) or re.sub(r"(特别行政区|自治区|省|市)$", "", text)


def common_region(names: Iterable[str], share: float = 0.5) -> str:
    """The region that more than `share` of the names which tell one agree on; "" if they do not."""
    found = Counter(region_of_name(name) or own_region(name) for name in names)
    found.pop("", None)
    if not found:
        return ""
    region, count = found.most_common(1)[0]
    return region if count > share * found.total() else ""
