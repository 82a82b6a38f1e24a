"""A policy file → one policy document."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from statistics import median

from corpus.ingest.articles import parse_articles
from corpus.ingest.policy_header import read_header
from corpus.ingest.policy_lines import read_policy
from corpus.ingest.report import FileReport, IngestError
from corpus.ingest.scripts import simplified
from corpus.policy import PolicyDocument


def read_document(path: Path, report: FileReport) -> PolicyDocument:
    """The document in one file, with `report`'s format, count, title and warnings filled in."""
    source = read_policy(path)
    report.format = source.format
    if source.hidden:
        report.warnings.append(f"有{source.hidden}个字在原文里看不见（隐藏、白色或极小），没有收入。请核对原文。")
    parsed = parse_articles(source.lines, source.title)
    if not parsed.articles:
        raise IngestError("文件里没有正文。")
    if not parsed.numbered and len(parsed.articles) > 300 and median(len(a.text) for a in parsed.articles) < 40:
        raise IngestError("看起来是清单，不是政策文件。如果是数据，请存为 CSV 或 XLSX 再导入。")
    header = read_header(path, parsed.head, parsed.articles, source.title, source.notes)
    report.read = 1
    report.warnings.extend(parsed.warnings)
    if not parsed.numbered:
        report.warnings.append("没有「第N条」，按小节或段落切分。")
    if header.published is None:
        report.warnings.append("没有找到公布日期，无法与同名文件比较新旧。")
    day = header.published or header.effective
    version = day.isoformat() if day else ""
    key = hashlib.sha256("\x1f".join([same_title(header.title), header.region, version]).encode()).hexdigest()[:16]
    report.titles = [f"{header.title}（{header.level.label}，{len(parsed.articles)} 条）"]
    return PolicyDocument(
        id=f"pd-{key}",
        title=header.title,
        level=header.level,
        region=header.region,
        issuer=header.issuer,
        number=header.number,
        published=header.published,
        effective=header.effective,
        articles=parsed.articles,
        source=path.name,
    )


def same_title(title: str) -> str:
    """A title as versions of one text share it: without the state's name, marks, the issuer's name and remarks on versions."""
    text = re.sub(r"[\s《》〈〉“”\"]", "", simplified(title))
    text = re.sub(r"[（(][^（）()]*(?:修订|修正|修改|年版|版本|试行|暂行|\d{4})[^（）()]*[)）]", "", text)
    text = text.replace("中华人民共和国", "")
    return re.sub(r"^(?:(?:最高人民法院|最高人民检察院|国务院办公厅)、?)+(?=关于)", "", text)


def same_text(document: PolicyDocument) -> str:
    """A digest of what a document says, whatever file it came from."""
    parts = [same_title(document.title), document.region, *(f"{a.locator}\x1f{a.text}" for a in document.articles)]
    return hashlib.sha256("\x1e".join(parts).encode()).hexdigest()
