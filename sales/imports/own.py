"""Import of what people write of themselves: a row that names nobody is their own."""

from crm.imports.declared import Import


class OfOneself(Import):
    """Rows of whoever imports them, but where they name somebody else."""

    def read(self, texts, related):
        """Return what `Importer.read` does, with all that tells a row from others."""
        cleaned, errors = super().read(texts, related)
        if not errors:
            for name in self.keys[0].fields:
                if cleaned.get(name) in (None, ""):
                    cleaned[name] = self._usual(name)
        return cleaned, errors

    def _usual(self, name):
        """Return what a field is where no column says it."""
        if name == "owner":
            return self.user
        return self.model._meta.get_field(name).get_default()
