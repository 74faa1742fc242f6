"""What ships in the dictionaries fits the table that it is loaded into."""

import pytest
from django.core.exceptions import ValidationError

from crm.models import DictionaryItem
from crm.models.dictionaries import Kind
from crm.shipped.dictionary_items import DICTIONARIES, ITEMS


def test_every_dictionary_ships_with_options():
    assert set(DICTIONARIES) == set(Kind.values)
    assert all(DICTIONARIES.values())


def test_codes_and_labels_are_there_once_per_dictionary():
    for column in (1, 2):
        pairs = [(item[0], item[column]) for item in ITEMS]
        assert len(pairs) == len(set(pairs))


def test_every_option_fits_its_columns():
    for kind, code, label, english, order in ITEMS:
        item = DictionaryItem(
            kind=kind, code=code, label=label, label_en=english, order=order
        )
        try:
            item.clean_fields()
        except ValidationError as refusal:
            pytest.fail(f"{kind} {code}: {refusal}")
        assert english


def test_industries_are_the_sections_of_the_national_standard():
    codes = [code for code, _label, _english in DICTIONARIES["industry"]]
    assert codes == list("ABCDEFGHIJKLMNOPQRST")
