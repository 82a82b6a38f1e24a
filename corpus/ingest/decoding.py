"""Bytes of a Chinese text file → text: UTF-8, UTF-16, GB18030 or Big5."""

from __future__ import annotations

import codecs
from pathlib import Path

from corpus.ingest.report import IngestError

_BOMS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
TOLERATED = 0.02  # of the characters beyond ASCII may be spoilt
# Characters that are everywhere in Chinese text; bytes read in the wrong encoding rarely spell them.
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定"
    "行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其"
    "些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又利比或但质气第向道命此变条只没结解问意建月"
    "公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知"
    "市县区省局名称地址电话编号类型日期时间单位姓数据信息部門資料機關號類時間單稱電話區縣國會來個對學發經說過動產種長"
)


def sniff(raw: bytes) -> str:
    """The name of the encoding that reads `raw` (a whole file, or its start); ValueError if none does."""
    for bom, name in _BOMS:
        if raw.startswith(bom):
            return name
    if b"\0" in raw[:4096]:
        raise ValueError("binary")
    # Read with replacements: one spoilt line must not make the file another encoding's. And not to the end: the start
    # of a file may end inside a character.
    texts = {
        name: codecs.getincrementaldecoder(name)("replace").decode(raw) for name in ("utf-8", "gb18030", "big5hkscs")
    }
    wide = {name: max(sum(ord(char) > 127 for char in text), 1) for name, text in texts.items()}
    spoilt = {name: text.count("\ufffd") / wide[name] for name, text in texts.items()}
    if spoilt["utf-8"] <= TOLERATED:
        return "utf-8"  # bytes of another encoding hardly ever spell it
    readable = [name for name in ("gb18030", "big5hkscs") if spoilt[name] <= TOLERATED]
    if not readable:
        raise ValueError("undecodable")
    return max(readable, key=lambda name: _plausible(texts[name]))


def _plausible(text: str) -> float:
    wide = [c for c in text if ord(c) > 127]
    if not wide:
        return 1.0
    odd = sum("\ue000" <= c <= "\uf8ff" or ord(c) > 0xFFFF for c in wide)
    return (sum(c in _COMMON for c in wide) - 2 * odd) / len(wide)


def read_text(path: Path) -> tuple[str, str]:
    """The file's text and its encoding, newlines as they are; IngestError if it is not text."""
    raw = path.read_bytes()
    try:
        encoding = sniff(raw)
        return raw.decode(encoding), encoding.removesuffix("-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise IngestError(f"第 {line} 行有无法按 {error.encoding.upper()} 解码的内容，请修正后再导入。") from error
    except ValueError as error:
        raise IngestError("不是文本文件，或编码无法识别（支持 UTF-8、UTF-16、GB18030、Big5）。") from error


def sniff_file(path: Path, sample: int = 1 << 20) -> str:
    """The encoding of a large file, judged by its start; IngestError if it is not text."""
    with path.open("rb") as file:
        raw = file.read(sample)
    try:
        return sniff(raw)
    except ValueError as error:
        raise IngestError("不是文本文件，或编码无法识别（支持 UTF-8、UTF-16、GB18030、Big5）。") from error
