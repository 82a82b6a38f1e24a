"""Values of catalogue fields, from the words sources use to ours. None or an empty list: the value says nothing we know."""

from __future__ import annotations

import html
import re
from functools import cache
from typing import Any

from corpus.catalog import DataItem, OpeningClass, SecurityLevel, SharingClass
from corpus.ingest.scripts import simplified

EMPTY = frozenset({"", "无", "無", "none", "null", "nan", "n/a", "-", "--", "—", "/", "暂无", "暫無", "不详"})

_UNCLEAN = re.compile(r"[&<\n\r\t\xa0\u3000]|  ")


def plain(value: Any) -> str:
    """A value as one line or more of clean text; "" for the many ways to say nothing."""
    if isinstance(value, str) and not _UNCLEAN.search(value):
        text = value.strip()
        return "" if text.lower() in EMPTY else text
    if value is None or isinstance(value, bool):
        return "" if value is None else ("是" if value else "否")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, (list, tuple)):
        return "；".join(filter(None, (plain(item) for item in value)))
    if isinstance(value, dict):
        for key in ("title", "name", "display_name", "label", "@value", "value", "@id"):
            if value.get(key):
                return plain(value[key])
        return ""
    text = html.unescape(str(value)).replace("\xa0", " ").replace("\u3000", " ")
    if "<" in text:
        text = re.sub(r"<(?:br|/p|/div|/li)\s*/?>", "\n", text, flags=re.I)
        text = re.sub(r"</?[a-zA-Z][^<>]{0,500}>", "", text)
    lines = (" ".join(line.split()) for line in text.splitlines())
    text = "\n".join(line for line in lines if line)
    return "" if text.lower() in EMPTY else text


@cache
def opening_class(text: str) -> OpeningClass | None:
    word = simplified(text).strip().lower()
    if not word:
        return None
    if re.search(r"不予|不开放|非开放|禁止|不公开|暂不|未开放|^否$|^0$|^n(o|on-public)?$|^false$|closed", word):
        return OpeningClass.CLOSED
    if re.search(r"无条件|普通开放|普遍|完全|主动|免费", word):
        return OpeningClass.OPEN
    if re.search(r"有条件|条件开放|受限|限制|依申请|申请|登录|实名|授权|审核|restricted|conditional", word):
        return OpeningClass.CONDITIONAL
    if re.search(r"^(已?开放|公开|是|可开放|向社会开放|y|yes|1|true|public|open)$", word):
        return OpeningClass.OPEN
    return None


@cache
def sharing_class(text: str) -> SharingClass | None:
    word = simplified(text).strip().lower()
    if not word:
        return None
    if re.search(r"不予|不共享|非共享|禁止|^3$", word):
        return SharingClass.NOT_SHARED
    if re.search(r"无条件|普遍|完全|^1$", word):
        return SharingClass.UNCONDITIONAL
    if re.search(r"有条件|条件共享|受限|授权|依申请|^2$", word):
        return SharingClass.CONDITIONAL
    return None


def security_level(text: str) -> SecurityLevel | None:
    word = simplified(text)
    if "核心" in word:
        return SecurityLevel.CORE
    if "重要" in word:
        return SecurityLevel.IMPORTANT
    return SecurityLevel.GENERAL if "一般" in word else None


_FREQUENCIES: list[tuple[str, str]] = [
    (r"实时|即时|continual|continuous|real.?time|^R/PT1S$|UPDATE_CONT", "实时"),
    (r"每?半年|biannual|semi.?annual|R/P6M|ANNUAL_2|every 6 months", "每半年"),
    (r"每?季度?$|每季|quarter|R/P3M|every 3 months", "每季度"),
    (r"每?半月|每?月两次|semimonthly", "每半月"),
    (r"^每?[一1]?个?月$|每月|按月|month|R/P1M", "每月"),
    (r"^每?[一1]?周$|每周|每星期|week|R/P(1W|7D)", "每周"),
    (r"^每?[一1]?[日天]$|每[日天]|按日|daily|^day|R/P1D", "每日"),
    (r"^每?小时$|hour|R/PT1H", "每小时"),
    (r"^每?[一1]?年度?$|每年|按年|annual|year|R/P1Y", "每年"),
    (r"不定期|不更新|irregular|as needed|as and when|静态|按需", "不定期"),
]


@cache
def frequency(text: str) -> str:
    """每季 → 每季度, 即時 → 实时, annual → 每年; what is none of these stays as the source says it."""
    word = simplified(text).strip()
    for pattern, name in _FREQUENCIES:
        if re.search(pattern, word, re.I):
            return "不更新" if "不更新" in word else name
    return text.strip()


def row_count(text: str) -> int | None:
    """「1,884」「1.2万条」 → rows; None for 「若干」."""
    found = re.fullmatch(r"约?\s*([\d,，]+(?:\.\d+)?)\s*(万|亿)?\s*[条條行个個笔筆件]?", text.strip())
    if not found:
        return None
    number = float(re.sub("[,，]", "", found[1]) or -1) * {"万": 1e4, "亿": 1e8}.get(found[2] or "", 1)
    return round(number) if 0 <= number < 1e15 else None


def split_words(value: Any, *, spaces: bool = False) -> list[str]:
    """Keywords in order, each once."""
    if isinstance(value, (list, tuple)):
        words = [word for item in value for word in split_words(item)]
    else:
        words = re.split(r"[;；,，、|\n]" + (r"|\s" if spaces else ""), plain(value))
    return list(dict.fromkeys(word.strip() for word in words if word.strip() and len(word.strip()) <= 40))


def formats(value: Any) -> list[str]:
    """Format names, upper-case, each once, in alphabetical order (sources list them in any)."""
    words = value if isinstance(value, (list, tuple)) else re.split(r"[;；,，、|/\s]+", plain(value))
    names = set()
    for word in words:
        text = plain(word)
        text = text.rpartition("/")[2] if re.fullmatch(r"\w+/[\w.+-]+", text) else text  # media types
        if text:
            names.add(text.strip(". ").upper())
    return sorted(names - {""})


def publisher(text: str) -> tuple[str, str]:
    """(name, code): 「380120000J 【社會局】」 → 社會局, 380120000J."""
    found = re.fullmatch(r"([0-9A-Za-z]{6,18})\s*[【\[(（]\s*(.+?)\s*[】\])）]", text)
    return (found[2], found[1]) if found else (text, "")


def category(text: str) -> str:
    """「公共資訊 (921)」 is a class with the number of its entries: the number goes."""
    return re.sub(r"\s*[（(]\d+[)）]$", "", text)


def data_items(value: Any) -> list[DataItem]:
    """The data items a field list names: 「項目(項目)、year(年度)、地號」, a list of names, or objects with name and type."""
    if isinstance(value, (list, tuple)):
        return _unique(_item_of(entry) for entry in value)
    tabs = isinstance(value, str) and value.count("\t") > 1
    text = plain(value.replace("\t", "、")) if tabs else plain(value)
    parts = [part for part in _split_outside_brackets(text) if part]
    if parts and sum("：" in part for part in parts) * 2 > len(parts):
        parts = [part.partition("：")[0] for part in parts]  # 「機關名稱：桃園市政府」: a record given as example
    if len(parts) < 2 and not re.fullmatch(r"[\w()（）]{2,20}", text):
        return []
    items = [_named(part) for part in parts]
    good = [item for item in items if item is not None]
    return _unique(good) if len(good) * 10 >= len(parts) * 7 else []


def items_in_summary(text: str) -> list[DataItem]:
    """The items in 「…包括A、B、C等属性字段」, or of a summary that is nothing but such a list."""
    found = re.search(
        r"(?:包括|包含|主要有|字段有|字段为|内容为?|信息项[有为：:])[了：:]?([^。；\n]{3,600}?)等?(?:属性字段|字段|数据项|信息项|属性|项目|信息|数据|内容)?(?:。|；|$)",
        text,
    )
    body = found[1] if found else ("" if re.search(r"[。！？]", text) else text)
    parts = [part for part in _split_outside_brackets(body.removesuffix("等")) if part]
    items = [item for item in (_named(part) for part in parts) if item is not None]
    if len(parts) < 3 or len(items) < len(parts) or max(len(part) for part in parts) > 20:
        return []
    return _unique(items)


def _item_of(entry: Any) -> DataItem | None:
    if not isinstance(entry, dict):
        return _named(plain(entry))
    lower = {str(key).lower(): item for key, item in entry.items()}

    def first(*keys: str) -> str:
        return next((plain(lower[key]) for key in keys if lower.get(key)), "")

    name = first("name", "名称", "数据项名称", "信息项名称", "字段名称", "title", "label", "id")
    meaning = first("meaning", "description", "描述", "说明", "含义", "label", "title")
    kind = first("type", "datatype", "数据类型", "类型", "字段类型")
    return DataItem(name=name, type=kind, meaning="" if meaning == name else meaning) if name else None


def _named(part: str) -> DataItem | None:
    found = re.fullmatch(r"([^()（）]+?)\s*[(（](.*)[)）]", part)
    whole = found is None or re.search(r"[)）][^()（）]*[(（]", found[2])  # 7日至30日(含)辦結(發文統計)
    name, meaning = (part, "") if found is None or whole else (found[1], found[2])
    name = re.sub(r"^(?:\d+[.、．]|[-•*])\s*", "", name).strip(" .。:：")
    if not name or len(name) > 30 or not re.search(r"[\w\u4e00-\u9fff]", name):
        return None
    return DataItem(name=name, meaning="" if meaning == name else meaning.strip())


def _unique(items: Any) -> list[DataItem]:
    return list({item.name: item for item in items if item is not None}.values())


def _split_outside_brackets(text: str) -> list[str]:
    parts, depth, current = [], 0, ""
    for char in text:
        depth += (char in "(（[【") - (char in ")）]】")
        if depth <= 0 and char in "、，,;；\n|":
            parts.append(current.strip())
            current, depth = "", 0
        else:
            current += char
    return [*parts, current.strip()]
