"""Takes real things in: catalogues, policy documents and tables, from files of many kinds."""

from corpus.ingest.field_mapping import load_mapping
from corpus.ingest.report import FileReport, IngestError, IngestReport
from corpus.ingest.run import ingest

__all__ = ["FileReport", "IngestError", "IngestReport", "ingest", "load_mapping"]
