"""Papers as files: a template filled in, and turned into PDF where LibreOffice is installed."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.requests.paper.layout import application_form, covering_letter

FOLDER = "templates"  # in the workspace: an owner's own templates
PDF_SECONDS = 120


class PaperError(Exception):
    """A paper cannot be made; the message is a Chinese sentence."""


@dataclass(frozen=True)
class Paper:
    """A kind of paper: `name` in file names and of the template, `build` the built-in template."""

    key: str
    name: str
    build: Callable[[], bytes]


PAPERS: dict[str, Paper] = {
    p.key: p for p in (Paper("form", "共享申请表", application_form), Paper("letter", "共享申请函", covering_letter))
}


def template_path(workspace: Path, paper: Paper) -> Path:
    return workspace / FOLDER / f"{paper.name}.docx"


def write_templates(workspace: Path) -> list[Path]:
    """Put the built-in templates into the workspace, for the owner to edit; those already there are kept."""
    written = []
    for paper in PAPERS.values():
        path = template_path(workspace, paper)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(paper.build())
            written.append(path)
    return written


def docx_of(paper: Paper, content: Mapping[str, Any], workspace: Path) -> bytes:
    """The paper as DOCX, from the owner's template if there is one. PaperError says what is wrong with it."""
    from docxtpl import DocxTemplate
    from jinja2 import TemplateError
    from jinja2.sandbox import SandboxedEnvironment

    own = template_path(workspace, paper)
    try:
        source = own.read_bytes() if own.is_file() else paper.build()
        template = DocxTemplate(io.BytesIO(source))
        # Words of people are escaped, and never read as instructions of the template.
        template.render(dict(content), SandboxedEnvironment(autoescape=True), autoescape=True)
        out = io.BytesIO()
        template.save(out)
    except TemplateError as error:
        raise PaperError(f"模板 {own} 的写法不对：{error}。请改正，或删掉这个文件改用自带的模板。") from error
    except OSError as error:
        raise PaperError(f"模板 {own} 无法读取：{error.strerror}。请检查权限。") from error
    except Exception as error:
        if not own.is_file():
            raise
        raise PaperError(f"模板 {own} 不是完好的 DOCX 文件。请改正，或删掉这个文件改用自带的模板。") from error
    return out.getvalue()


def office_program() -> str | None:
    """LibreOffice's command, if it is installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def pdf_of(docx: bytes) -> bytes:
    """The document as PDF. PaperError when LibreOffice is not installed or fails."""
    return converted(docx, "pdf")


def converted(docx: bytes, kind: str) -> bytes:
    """The document saved by LibreOffice as `kind` (`pdf`, `docx`)."""
    program = office_program()
    if program is None:
        raise PaperError("没有安装 LibreOffice，不能生成 PDF。请安装后重试，或导出 DOCX 再用 Word、WPS 另存。")
    with tempfile.TemporaryDirectory(prefix="zhengwen-paper-") as name:
        folder = Path(name)
        source = folder / "paper.docx"
        source.write_bytes(docx)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"  # so that several may run at once
        command = [program, profile, "--headless", "--convert-to", kind, "--outdir", str(folder / "out"), str(source)]
        try:
            done = subprocess.run(command, capture_output=True, timeout=PDF_SECONDS, check=False)
        except subprocess.TimeoutExpired as error:
            raise PaperError("LibreOffice 转换超时，没有生成文件。请稍后重试。") from error
        result = folder / "out" / f"paper.{kind}"
        if done.returncode or not result.is_file():
            raise PaperError("LibreOffice 没有转换成功。请检查它能否正常启动，或改为导出 DOCX。")
        return result.read_bytes()
