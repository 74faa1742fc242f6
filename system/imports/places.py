"""The region that the columns of a row and its address name together."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.chinese import regions
from crm.chinese.folding import folded
from crm.models import Region

#: 中国（江苏）自由贸易试验区南京片区: the province stands in brackets.
_TRADE_ZONE = re.compile(r"^中国[(（](\S{2,4}?)[)）]自由贸易试验区")


class Contradiction(ValidationError):
    """Two columns name places of which neither lies in the other.

    `kept` is the wider of the two: the province, where one names it.
    """

    def __init__(self, outer, inner):
        """Take the two regions."""
        super().__init__(
            _("%(inner)s is not in %(outer)s."),
            code="contradiction",
            params={"inner": inner.full_name, "outer": outer.full_name},
        )
        self.kept = min(outer, inner, key=lambda region: region.level)


class Regions:
    """Finds the region that province, city and address name together."""

    def __init__(self):
        """Read the codes and full names there are."""
        self.by_code = {region.pk: region for region in Region.objects.all()}
        self.by_name = {folded(r.full_name): r for r in self.by_code.values()}

    def find(self, named, address):
        """Return the region, the smallest that is named.

        Args:
            named: the texts of the columns that name a region.
            address: may name a smaller one within it, never another one.

        Raises:
            ValidationError: the columns name none, or two that contradict.
        """
        address = _TRADE_ZONE.sub(r"\1", address)
        outer = self._named(named) if named else None
        inner = self._read(address)
        if inner is not None and within(inner, outer):
            return inner
        if outer is not None and inner is None and address:
            # 朝阳区 alone is in several places, 北京 朝阳区 is not.
            inner = self._read(f"{outer.full_name} {address}")
            return inner if inner is not None and within(inner, outer) else outer
        return outer

    def differs(self, region, address):
        """Say whether an address names a place that is not in a region."""
        inner = self._read(_TRADE_ZONE.sub(r"\1", address))
        return inner is not None and not (
            within(inner, region) or within(region, inner)
        )

    def _named(self, named):
        """Return the smallest region that the columns name, in either order."""
        together = folded("".join(named))
        if together in self.by_name:
            return self.by_name[together]
        found, errors = [], []
        for way in (named, named[::-1]):
            try:
                found.append(self._narrowed(way))
            except Contradiction as error:
                errors.append(error)
        if errors and not found:
            raise errors[0]
        best = max(filter(None, found), key=lambda region: region.level, default=None)
        if best is None:
            raise ValidationError(
                _("There is no such region: %(value)s"),
                code="unknown_option",
                params={"value": " ".join(named)[:50]},
            )
        return best

    def _narrowed(self, texts):
        """Return the region that each text narrows further; None if none names one.

        Raises:
            Contradiction: a text names a region outside those before it.
        """
        here = None
        for text in texts:
            if here is None:
                here = self._read(text)
                continue
            inner = self._read(f"{here.full_name} {text}")
            if inner is not None and inner != here and within(inner, here):
                here = inner
                continue
            own = self._read(text)
            if own is not None and not within(here, own):
                raise Contradiction(here, own)
        return here

    def _read(self, text):
        return self.by_code.get(regions.find(text))


def within(inner, outer):
    """Say whether a region is another one or lies in it; all lie in none."""
    return outer is None or inner.code.startswith(outer.prefix)
