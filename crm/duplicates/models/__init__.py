"""Pairs that look the same, the keys by which they are found, and merges."""

from crm.duplicates.models.keys import Key
from crm.duplicates.models.merges import Merge
from crm.duplicates.models.pairs import Pair, mergeable

__all__ = ["Key", "Merge", "Pair", "mergeable"]
