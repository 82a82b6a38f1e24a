"""Where a policy document goes among those already there: new, a newer text of itself, or one that is there already."""

from __future__ import annotations

from corpus.ingest.policies import same_text
from corpus.ingest.report import FileReport
from corpus.ingest.superseding import mark_superseded, version_date
from corpus.policy import PolicyDocument
from corpus.store import CatalogStore, Source


class PolicyShelf:
    """The documents of a store during one ingest."""

    def __init__(self, store: CatalogStore) -> None:
        self._store = store
        self._documents: dict[str, PolicyDocument] | None = None
        self._texts: dict[str, str] = {}  # digest of what a document says → its id

    def _loaded(self) -> dict[str, PolicyDocument]:
        if self._documents is None:
            self._documents = {document.id: document for document in self._store.documents()}
            self._texts = {same_text(document): key for key, document in self._documents.items()}
        return self._documents

    def place(
        self, document: PolicyDocument, source: Source, before: Source | None, report: FileReport
    ) -> PolicyDocument:
        """The document to store for a file: itself, or the one that already says the same."""
        documents = self._loaded()
        text = same_text(document)
        twin = documents.get(self._texts.get(text, ""))
        if twin is not None:
            own = before is not None and twin.id in before.documents
            if not own and twin.source != document.source:
                report.warnings.append(f"与已导入的 {twin.source} 内容相同，按一份保存。")
            if not own and _rank(twin) >= _rank(document):
                return twin
            if twin.id != document.id:
                # The same text under a better name or date takes the place of the poorer one.
                self._store.remove_documents([twin.id])
                documents.pop(twin.id)
        standing = documents.get(document.id)
        if standing is None or same_text(standing) == text:
            return _with_marks(document, standing)
        if before is not None and document.id in before.documents:
            return _with_marks(document, standing)
        report.warnings.append(f"与已导入的 {standing.source} 标题、地区、日期相同但内容不同，两份都保留。")
        return document.model_copy(update={"id": f"{document.id}-{text[:6]}"})

    def remember(self, document: PolicyDocument, before: Source | None) -> None:
        """Tell the shelf what the store now holds."""
        documents = self._loaded()
        for gone in set(before.documents if before else []) - {document.id}:
            if gone in documents and self._store.document(gone) is None:
                documents.pop(gone)
        self._texts = {text: key for text, key in self._texts.items() if key in documents and key != document.id}
        documents[document.id] = document
        self._texts[same_text(document)] = document.id

    def settle(self) -> tuple[list[str], list[str]]:
        """Mark what newer texts have replaced, over the whole store; returns what was newly marked, and warnings."""
        if self._documents is None:
            return [], []
        before = self._documents
        marked, warnings = mark_superseded(before.values())
        changed = [document for document in marked if document != before[document.id]]
        if changed:
            self._store.put_documents(changed)
        notes = []
        titles = {document.id: document for document in marked}
        for document in changed:
            if document.superseded_by is None:
                continue
            by = titles[document.superseded_by]
            how = "被废止，见" if document.repealed else "已被替代，现行文本是"
            notes.append(f"《{document.title}》（{_day(document)}）{how}《{by.title}》（{_day(by)}）。")
        return notes, warnings


def _rank(document: PolicyDocument) -> tuple[bool, int, str]:
    day = version_date(document)
    return (document.published is not None, len(document.title), day.isoformat() if day else "")


def _with_marks(document: PolicyDocument, standing: PolicyDocument | None) -> PolicyDocument:
    if standing is None:
        return document
    marks = {name: getattr(standing, name) for name in ("superseded_by", "superseded_on", "repealed")}
    return document.model_copy(update=marks)


def _day(document: PolicyDocument) -> str:
    day = version_date(document)
    return day.isoformat() if day else "无日期"
