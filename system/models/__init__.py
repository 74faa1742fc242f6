"""What 系统工具 itself remembers: the imports, and what became of their rows."""

from system.models.import_rows import RefusedRow, TakenRow, WrittenRow
from system.models.import_runs import ImportRun, ImportRunQuerySet

__all__ = ["ImportRun", "ImportRunQuerySet", "RefusedRow", "TakenRow", "WrittenRow"]
