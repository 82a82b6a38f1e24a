"""Requests as files: one paper, or many requests with all their papers in one archive."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Literal

from tools.requests.desk import RequestDesk
from tools.requests.model import ShareRequest
from tools.requests.paper.content import paper_content
from tools.requests.paper.exchange import exchange_of
from tools.requests.paper.render import PAPERS, docx_of, office_program, pdf_of

Kind = Literal["docx", "pdf", "json"]
_LIST = "清单.csv"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def paper_file(desk: RequestDesk, request: ShareRequest, kind: Kind, workspace: Path, paper: str = "form") -> bytes:
    """One paper (`form` or `letter`) of a request as DOCX or PDF; or the request as JSON. PaperError when it cannot be."""
    if kind == "json":
        return (json.dumps(exchange_of(request), ensure_ascii=False, indent=2) + "\n").encode()
    content = paper_content(request, desk.checks_of(request), desk.around.today())
    docx = docx_of(PAPERS[paper], content, workspace)
    return pdf_of(docx) if kind == "pdf" else docx


def archive(desk: RequestDesk, requests: Iterable[ShareRequest], workspace: Path, *, pdf: bool = False) -> bytes:
    """All papers of the requests in a ZIP, with a list of them. `pdf` only has an effect where LibreOffice is."""
    found = list(requests)
    kinds: list[Kind] = ["docx", "pdf"] if pdf and office_program() else ["docx"]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr(_LIST, _listed(desk, found, desk.around.today()))
        for request in found:
            files.writestr(f"{request.number}.json", paper_file(desk, request, "json", workspace))
            for key, paper in PAPERS.items():
                for kind in kinds:
                    name = f"{request.number}_{paper.name}.{kind}"
                    files.writestr(name, paper_file(desk, request, kind, workspace, key))
    return out.getvalue()


def _listed(desk: RequestDesk, requests: list[ShareRequest], today: date) -> bytes:
    """The list as CSV with a byte-order mark, in which no cell is a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["编号", "状态", "申请部门", "目录名称", "提供部门", "共享属性", "使用目的", "使用截止日", "期限"])
    for request in requests:
        due = desk.deadline(request)
        cells = [
            request.number,
            request.state.label,
            request.department,
            request.dataset.title,
            request.dataset.provider,
            request.dataset.sharing_label,
            request.purpose,
            request.ends.isoformat() if request.ends else "",
            due.text if due else "",
        ]
        writer.writerow([f"'{cell}" if cell.lstrip().startswith(_FORMULA) else cell for cell in cells])
    return out.getvalue().encode("utf-8-sig")
