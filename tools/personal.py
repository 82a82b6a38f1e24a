"""Personal values in free text, found by pattern and replaced by what they were: 「〔身份证号〕」.

One table of patterns serves both the texts that pass through the program (the audit log's questions) and, as SQL, the
free-text columns of a scope's database. The patterns therefore keep to what Python's and DuckDB's expressions share: no
looking ahead or behind. A number with the shape of an identity number is masked even when its check digit is wrong: a
number mistyped is no less personal. Numbers written in words are not found, nor names without a word that announces them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from sqlglot import exp

from corpus.semantics import Column, Role

Kind = Literal[
    "identity_number", "bank_card", "phone", "email", "plate", "document", "online_account", "address", "name"
]
LABELS: dict[Kind, str] = {
    "identity_number": "〔身份证号〕", "bank_card": "〔银行卡号〕", "phone": "〔电话〕", "email": "〔邮箱〕",
    "plate": "〔车牌号〕", "document": "〔证件号〕", "online_account": "〔网络账号〕", "address": "〔住址〕", "name": "〔姓名〕",
}  # fmt: skip

_D = "[0-9０-９]"
_GAP = "[ 　\\-－—·.]?"
_HAN = "[一-鿿]"
_LONG = f"{_D}(?:[^0-9０-９]{{0,2}}{_D}){{6}}"  # seven digits, loosely together
_FROM = "(^|[^0-9０-９A-Za-z])"  # what stands before a number
_TO = "([^0-9０-９A-Za-z]|$)"
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻苏潘葛奚范彭郎鲁韦昌马苗凤方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于傅皮卞齐康伍余元卜顾孟平黄穆萧尹姚邵湛汪祁毛禹狄米贝臧伏戴谈宋茅庞"
    "熊纪舒屈项祝董梁杜阮蓝闵席季贾路娄江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍虞万柯管卢莫房裘缪解应宗丁宣邓郁单杭"
    "洪包诸左石崔吉龚程邢裴陆荣翁荀甄曲封储靳段巫焦侯全班仰仲伊宫宁栾厉武符刘景詹龙叶司黎薄印白蒲邰从鄂赖卓蔺屠蒙"
    "池乔阴胥苍双闻党翟谭劳姬申冉雍桑桂牛寿边尚温庄柴瞿阎慕连习容古易慎廖庾终衡步耿满匡文寇广阙东欧利越隆师巩聂晁勾"
    "敖冷辛那简饶曾沙养鞠丰关查游竺权益桓岳帅涂仇肖佟闫冼牧郗莘逄佴郏"
)
_SURNAME = (
    f"(?:欧阳|司马|上官|诸葛|司徒|东方|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙|夏侯|轩辕|端木|亓官|牧云|[{_SURNAMES}])"
)
# A given name: no character that ends the name of a place or an office.
_GIVEN = "[^\\x00-䷿ꀀ-￿区县市镇乡街道局院校省村所站厅委办人年月日号的住]"
_CALLED = "姓名|名字|我叫|名叫|叫做|联系人|来电人|来访人|投诉人|诉求人|反映人|举报人|报案人|当事人|被投诉人|户主|患者|病人|学生|同学|老人|业主|租户|房东|司机|市民|居民|村民|群众"
_TITLES = "先生|女士|小姐|大爷|大妈|大叔|阿姨|师傅|老师|医生|同志|某某|某"
_OWNS = (
    "身份证|身份号|证件号|户籍|户口|电话|手机|号码|联系方式|住址|住在|家住|家庭|住哪|工资|收入|存款|欠款|负债|账号|银行卡|"
    "病历|病史|病情|就诊|检查结果|社保|医保|公积金|低保|车牌|名下|房产|学籍|成绩|婚姻|出生|生日|年龄|案底|案件|前科|档案|个人信息|行踪|是谁"
)
_ASKED = "查询|查一下|查查|查找|查|看看|看一下|请问|列出|告诉我|搜索|找|搜|统计|显示|叫|关于|知道|了解"


@dataclass(frozen=True)
class Rule:
    """`body` is the group of `pattern` that holds the value (0: all of it); `replacement` keeps the groups around it.

    Where nothing fits `hint`, nothing fits `pattern`: most texts are done with at a glance.
    """

    kind: Kind
    pattern: str
    replacement: str
    body: int
    hint: str


def _numbers(kind: Kind, body: str) -> Rule:
    return Rule(kind, f"{_FROM}({body}){_TO}", f"\\1{LABELS[kind]}\\3", 2, _LONG)


RULES: tuple[Rule, ...] = (
    _numbers(
        "identity_number",
        f"[1-9１-９]{_D}{{5}}{_GAP}(?:19|20|１９|２０){_D}{{2}}{_GAP}[01０１]{_D}{_GAP}[0-3０-３]{_D}{_GAP}{_D}{{3}}{_GAP}[0-9０-９XxＸｘ]",
    ),
    _numbers("bank_card", f"(?:6[2０-９]|６２|[345]{_D}){_D}{{2}}(?:{_GAP}{_D}{{4}}){{3}}(?:{_GAP}{_D}{{1,3}})?"),
    Rule(
        "bank_card",
        f"(卡号|账号|帐号|账户|帐户)([^0-9０-９，。；]{{0,6}})({_D}{{4}}(?:{_GAP}{_D}){{6,17}}){_TO}",
        f"\\1\\2{LABELS['bank_card']}\\4",
        3,
        _LONG,
    ),
    _numbers("phone", f"(?:[+＋]?(?:00)?86{_GAP})?[1１][3-9３-９]{_D}{_GAP}{_D}{{4}}{_GAP}{_D}{{4}}"),
    _numbers(
        "phone", f"[(（]?[0０]{_D}{{2,3}}[)）]?{_GAP}[2-9２-９]{_D}{{2,3}}{_GAP}{_D}{{4}}(?:(?:转|-){_D}{{1,5}})?"
    ),
    _numbers("identity_number", f"[1-9１-９]{_D}{{7}}(?:[0０][1-9１-９]|[1１][0-2０-２])[0-3０-３]{_D}{{4}}"),
    Rule("email", "[A-Za-z0-9._%+\\-]+[@＠][A-Za-z0-9\\-]+(?:[.．][A-Za-z0-9\\-]+)+", LABELS["email"], 0, "[@＠]"),
    Rule(
        "plate",
        "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Za-hj-np-z][·•. ]?[A-HJ-NP-Za-hj-np-z0-9]{4,5}[A-HJ-NP-Za-hj-np-z0-9挂学警港澳]",
        LABELS["plate"],
        0,
        "[一-鿿][A-Za-z][^A-Za-z0-9]?[A-Za-z0-9]{4}",
    ),
    Rule(
        "document",
        f"(护照|通行证|回乡证|台胞证|军官证|士兵证|居留证|残疾证|证件)([^0-9A-Za-z，。；]{{0,6}})([A-Za-z]{{0,2}}{_D}{{6,12}}){_TO}",
        f"\\1\\2{LABELS['document']}\\4",
        3,
        f"{_D}{{6}}",
    ),
    Rule(
        "online_account",
        "(微信|QQ|qq|ＱＱ|VX|vx|Vx|抖音号|支付宝)(号|账号|)([：: 是为]{0,3})([A-Za-z0-9_\\-]{5,24})",
        f"\\1\\2\\3{LABELS['online_account']}",
        4,
        "微信|[QqＱVv][QqＱXx]|抖音|支付宝",
    ),
    Rule(
        "address",
        f"((?:路|街|巷|弄|道|里|村|苑|园|小区|公寓|花园|家园|新村|大厦|组){_D}{{0,5}}(?:号院?|弄)?)({_D}{{1,4}}(?:号楼|栋|幢|座|单元)(?:{_D}{{1,2}}单元)?(?:[-－]?{_D}{{1,5}})?(?:室|号|房|户)?)",
        f"\\1{LABELS['address']}",
        2,
        f"{_D}(?:号楼|栋|幢|座|单元)",
    ),
    Rule(
        "name",
        f"({_CALLED})([：: 是为叫]{{0,3}})({_SURNAME}{_GIVEN}{{1,2}})([^一-鿿]|$|的|男|女|先|来|称|反|说|在|于|住|现|因|要|想)",
        f"\\1\\2{LABELS['name']}\\4",
        3,
        f"(?:{_CALLED})[：: 是为叫]{{0,3}}{_SURNAME}",
    ),
    Rule(
        "name",
        f"(^|[^一-鿿]|{_CALLED}|联系|客户|乘客|住户|[与和跟向请找是有为由被给让的])({_SURNAME}{_GIVEN}{{0,2}})({_TITLES})",
        f"\\1{LABELS['name']}\\3",
        2,
        _TITLES,
    ),
    Rule(
        "name",
        f"(^|[^一-鿿]|{_ASKED}|{_CALLED})({_SURNAME}{_GIVEN}{{1,2}})(的?)({_OWNS})",
        f"\\1{LABELS['name']}\\3\\4",
        2,
        _OWNS,
    ),
)
_ONE_THING = re.compile(
    r"电话|热线|邮箱|网址|链接|邮编|地址|住所|坐落|传真|联系方式|代码|编号|单号|号码|代表人|道路|站点|范围|时间|格式$|名称$"
)
PASSES = 2  # a number's borders are part of its match, so that of two with one sign between, the second waits its turn


@cache
def _compiled() -> tuple[tuple[Rule, re.Pattern[str], re.Pattern[str]], ...]:
    return tuple((rule, re.compile(rule.hint), re.compile(rule.pattern)) for rule in RULES)


def masked(text: str) -> str:
    """The text with every personal value replaced by the name of its kind."""
    return _replaced(text, [])


def personal_values(text: str) -> list[tuple[Kind, str]]:
    """The personal values of a text as they are written there, with their kinds, in the order in which the rules find them."""
    found: list[tuple[Kind, str]] = []
    _replaced(text, found)
    return found


def _replaced(text: str, found: list[tuple[Kind, str]]) -> str:
    for rule, hint, pattern in _compiled():
        for _ in range(PASSES):
            matches = list(pattern.finditer(text)) if hint.search(text) else []
            if not matches:
                break
            found += [(rule.kind, match[rule.body]) for match in matches]
            text = pattern.sub(rule.replacement, text)
    return text


def free_text(column: exp.Expr) -> exp.Expr:
    """SQL for DuckDB: the column as text with every personal value replaced, as `masked` does it."""
    shown: exp.Expr = exp.cast(column.copy(), exp.DataType.Type.VARCHAR)
    for rule in RULES:
        for _ in range(PASSES):
            arguments = [shown, *map(exp.Literal.string, (rule.pattern, rule.replacement, "g"))]
            shown = exp.Anonymous(this="regexp_replace", expressions=arguments)
    return shown


def is_free_text(column: Column) -> bool:
    """Whether people write sentences into the column, in which personal values may stand.

    A column for one thing, an office's address or telephone, is published for it or marked as sensitive by itself.
    """
    written = column.role is Role.TEXT and column.type.upper().startswith(("VARCHAR", "TEXT", "STRING", "CHAR"))
    return written and not _ONE_THING.search(column.label)


def identity_number_holds(text: str) -> bool:
    """Whether 18 characters are a resident identity number whose check digit is right (GB 11643)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9Xx]", text):
        return False
    return "10X98765432"[sum(int(d) * w for d, w in zip(text, weights, strict=False)) % 11] == text[17].upper()
