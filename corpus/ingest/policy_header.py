"""What a policy text says of itself: title, level, region, issuer, number and dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from corpus.ingest.articles import is_history
from corpus.ingest.dates import parse_date
from corpus.ingest.policy_lines import Line
from corpus.ingest.regions import own_region, region_of_file, region_of_name
from corpus.policy import Article, DocumentLevel

# The classes law collections file their texts under, as the first part of a file name or a folder.
_CLASSES: dict[str, DocumentLevel] = {
    **dict.fromkeys(
        (
            "法律",
            "宪法",
            "宪法相关法",
            "民法典",
            "民法商法",
            "行政法",
            "经济法",
            "社会法",
            "刑法",
            "诉讼与非诉讼程序法",
        ),
        DocumentLevel.LAW,
    ),
    "行政法规": DocumentLevel.ADMINISTRATIVE_REGULATION,
    "地方性法规": DocumentLevel.LOCAL_REGULATION,
    "地方法规": DocumentLevel.LOCAL_REGULATION,
    "部门规章": DocumentLevel.RULE,
    "地方政府规章": DocumentLevel.RULE,
    "规章": DocumentLevel.RULE,
    "规范性文件": DocumentLevel.NORMATIVE,
    "司法解释": DocumentLevel.NORMATIVE,
}
_DAY = r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日"
_FILE_DATE = re.compile(r"[（(\s_]?(\d{4})[-.年]?(\d{2})[-.月]?(\d{2})日?[)）]?$")
_KINDS = r"(法|条例|办法|规定|细则|规则|决定|意见|通知|方案|指南|规范|解释|标准|目录|清单|预案|规划|公告|通告|批复|函|要点|制度|守则|章程|纲要|计划|措施|准则|典|修正案|安排|说明|汇编|摘编)"


@dataclass(frozen=True)
class Header:
    title: str
    level: DocumentLevel
    region: str
    issuer: str
    number: str
    published: date | None
    effective: date | None


def read_header(path: Path, head: list[Line], articles: list[Article], title: str, notes: str) -> Header:
    """Put together what the file's name, the lines before the first article, its comments and its last articles say."""
    classes, stem, file_date = split_name(path)
    title = _title(head, title, stem)
    history = [line.text for line in head if is_history(line.text) or _looks_issued(line.text)]
    about = "\n".join(history) + "\n" + notes
    published = (
        file_date or _last_day(history) or _noted_day(notes, "PUBLISHED|发布日期|公布日期|成文日期|PubDate|发文日期")
    )
    first = _first_day(history) or published
    effective = _noted_day(notes, "EFFECTIVE_FROM|施行日期|生效日期|实施日期") or _effective(articles, history, first)
    level, named = _level(classes, title, about, articles)
    region = _region(classes, title, about, level)
    return Header(
        title=title,
        level=level,
        region=region,
        issuer=_issuer(title, about, level, classes, named),
        number=_number(head, about),
        published=published,
        effective=effective,
    )


def split_name(path: Path) -> tuple[list[str], str, date | None]:
    """The classes in a file's name or folders, the name without them and without its date, and the date.

    `上海地方法规__上海__上海市数据条例(2021-11-25).md` → ([上海地方法规, 上海], 上海市数据条例, 2021-11-25)
    """
    stem = path.name.removesuffix(path.suffix)
    found = _FILE_DATE.search(stem)
    day = parse_date("-".join(found.groups())) if found else None
    if found and day:
        stem = stem[: found.start()]
    *classes, name = [part for part in stem.split("__") if part] or [stem]
    if not classes:
        classes = [part for part in path.parts[-4:-1] if _class_level(part)]
    return classes, name.strip(), day


def _class_level(name: str) -> DocumentLevel | None:
    if name in _CLASSES:
        return _CLASSES[name]
    return DocumentLevel.LOCAL_REGULATION if re.search(r"地方性?法规$", name) else None


def _title(head: list[Line], given: str, stem: str) -> str:
    """The file's first heading, else its title property, else the first lines that end like a document's name, else the name."""
    for line in head[:5]:
        if line.heading == 1:
            return _unmarked(line.text)
    if given:
        return _unmarked(given)
    for position, line in enumerate(head[:8]):
        if (
            not re.search(_KINDS + r"(（.{1,12}）|\(.{1,12}\))?$", line.text)
            or len(line.text) > 80
            or is_history(line.text)
        ):
            continue
        title = line.text
        # A long title stands on two lines: 「××市人民政府办公厅」「关于印发……的通知」.
        before = head[position - 1].text if position else ""
        if (
            before
            and len(before) < 40
            and not re.search(r"[。：；\d〔]", before)
            and re.match(r"关于|[^\u4e00-\u9fff]", title)
        ):
            title = before + title
        return _unmarked(title)
    return _unmarked(stem)


def _unmarked(title: str) -> str:
    title = re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", title.strip())
    whole = re.fullmatch(r"《([^《》]+)》", title)
    return whole[1] if whole else title


def _looks_issued(text: str) -> bool:
    return len(text) < 120 and bool(re.search(rf"令\s*第\s*\d+\s*号|〔\d{{4}}〕|\[\d{{4}}\]\d+号|^{_DAY}$", text))


def _days(history: list[str]) -> list[date]:
    days = []
    for text in history:
        if re.search(r"施行|实施", text) and not re.search(r"公布|发布|通过|修|批准|印发|颁布", text):
            continue
        days += [day for found in re.findall(_DAY, text[:60] if len(text) > 60 else text) if (day := parse_date(found))]
    return days


def _last_day(history: list[str]) -> date | None:
    return max(_days(history), default=None)


def _first_day(history: list[str]) -> date | None:
    return min(_days(history), default=None)


def _noted_day(notes: str, names: str) -> date | None:
    found = re.search(rf"(?:{names})\s*[:：]\s*[\"']?([^\n\"']+)", notes, re.I)
    return parse_date(found[1]) if found else None


_ITSELF = r"(?:本|该)(?:法|条例|办法|规定|解释|决定|细则|规则|通知|意见|方案|指南|规范|标准|预案|清单|目录|制度|规程|措施|通告|公告)"


def _effective(articles: list[Article], history: list[str], first: date | None) -> date | None:
    """「本条例自2025年8月1日起施行」 in the last articles, else a line of the head, else 「自公布之日起施行」."""
    for article in reversed(articles):
        for text in reversed(article.text.split("\n")):
            if found := re.search(rf"自\s*({_DAY})\s*起?\s*(?:正式)?(?:施行|实施|生效|执行)", text):
                return parse_date(found[1])
            if found := re.search(
                r"自(?:公布|发布|颁布|印发|通过|下发)之日起(?:(\d+)[日天]后)?\s*(?:施行|实施|生效|执行)", text
            ):
                return first + timedelta(days=int(found[1] or 0)) if first else None
    for text in reversed(history):
        if found := re.search(rf"({_DAY})\s*起?\s*(?:施行|实施|生效)", text):
            return parse_date(found[1])
    return None


_DEPARTMENT = r"([\u4e00-\u9fff]{2,30}?(?:部|委员会|总局|局|办公室|署|银行|院|会))"


def _level(classes: list[str], title: str, about: str, articles: list[Article]) -> tuple[DocumentLevel, str]:
    """The level, and the issuer where finding the one found the other."""
    filed = next((level for name in classes if (level := _class_level(name))), None)
    if re.search(r"全国人民代表大会", about) and re.search(r"通过|修订|修正|决定", about) and filed is None:
        return DocumentLevel.LAW, ""
    council = bool(re.search(r"国务院令|国务院第\d+次常务会议|国务院批准|国务院公布", about))
    ministry = re.search(rf"{_DAY}\s*{_DEPARTMENT}(?:令\s*第|\d{{4}}年第\d+次(?:部务|局务|室务|委务)会议)", about)
    local = re.search(r"[省市州](?:第[一二三四五六七八九十]+届)?人民代表大会", about)
    if filed is DocumentLevel.ADMINISTRATIVE_REGULATION and ministry and not council:
        return DocumentLevel.RULE, ministry[1]  # filed too high: a ministry made it
    if filed is not None:
        return filed, ministry[1] if ministry and not council else ""
    if council:
        return DocumentLevel.ADMINISTRATIVE_REGULATION, ""
    if local:
        return DocumentLevel.LOCAL_REGULATION, ""
    if ministry or re.search(r"人民政府令\s*第", about):
        return DocumentLevel.RULE, ministry[1] if ministry else ""
    place = region_of_name(title) or own_region(title)
    if re.match(r"^中华人民共和国.*(法|法典)$", title):
        return DocumentLevel.LAW, ""
    numbered = sum(article.locator.startswith("第") and article.locator.endswith("条") for article in articles)
    if title.endswith("条例") and numbered >= 5:
        # Only the State Council, or a local congress for its place, may call its rules 条例.
        return (DocumentLevel.LOCAL_REGULATION if place else DocumentLevel.ADMINISTRATIVE_REGULATION), ""
    return DocumentLevel.NORMATIVE, ""


def _region(classes: list[str], title: str, about: str, level: DocumentLevel) -> str:
    if level in (DocumentLevel.LAW, DocumentLevel.ADMINISTRATIVE_REGULATION):
        return ""
    for name in classes[1:]:
        if region := region_of_name(name):
            return region
    # A law's title begins with its place, with the unit or without: 深圳经济特区…, 杭州城市大脑….
    place = region_of_name(title) or (region_of_file(title[:2]) if level is DocumentLevel.LOCAL_REGULATION else "")
    if place or (place := own_region(title)):
        return place
    if level is DocumentLevel.LOCAL_REGULATION:
        return next((region for name in classes if (region := region_of_name(name))), "")
    found = re.search(r"([\u4e00-\u9fff]{2,12}?(?:省|市|自治区|区|县))人民政府", about)
    return (region_of_name(found[1]) or own_region(found[1] + "人民")) if found else ""


def _issuer(title: str, about: str, level: DocumentLevel, classes: list[str], named: str) -> str:
    if named:
        return named
    if court := re.match(r"^(最高人民法院(?:、最高人民检察院)?|最高人民检察院)", title):
        return court[1]
    if "审判委员会" in about or "司法解释" in classes:
        return "最高人民法院"
    if found := re.search(
        r"(全国人民代表大会)|([\u4e00-\u9fff]{2,12}?[省市州区])第[一二三四五六七八九十]+届人民代表大会(常务委员会)?",
        about,
    ):
        if found[1]:
            return (
                "全国人民代表大会常务委员会"
                if "全国人民代表大会常务委员会" in about or "常务委员会" in about
                else found[1]
            )
        return f"{found[2]}人民代表大会{found[3] or ''}"
    if level is DocumentLevel.LAW:
        return "全国人民代表大会"
    if level is DocumentLevel.ADMINISTRATIVE_REGULATION:
        return "国务院"
    if level is DocumentLevel.RULE and len(classes) > 1:
        return classes[1]
    if found := re.search(
        r"([\u4e00-\u9fff]{2,20}?人民政府(?:办公厅|办公室)?|[\u4e00-\u9fff]{2,20}?(?:委员会|厅|局))(?:关于|令|文件)",
        title + "\n" + about,
    ):
        return found[1]
    return ""


def _number(head: list[Line], about: str) -> str:
    for text in [line.text for line in head] + about.split("\n"):
        if found := re.search(r"[\u4e00-\u9fff]{2,12}[〔\[（(]\d{4}[〕\]）)]\s*第?\d+\s*号", text):
            return found[0].replace(" ", "")
    orders = re.findall(
        r"([\u4e00-\u9fff]{0,16}?(?:国务院|部|委员会|总局|局|署|人民政府|院)令\s*第\s*\d+\s*号)",
        re.sub(r"\d+\s*日", " ", about),
    )
    return re.sub(r"\s|^.*(?=国务院)", "", orders[-1]) if orders else ""
