"""What files call the columns of 竞争信息."""

from competitors.imports.competitors import CompetitorImport
from competitors.imports.encounters import EncounterImport
from competitors.imports.news import NewsItemImport

__all__ = ["CompetitorImport", "EncounterImport", "NewsItemImport"]
