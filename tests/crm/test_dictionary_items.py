"""What ships in the dictionaries fits the table that it is loaded into."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from crm.models import DictionaryItem
from crm.models.dictionaries import DictionaryField, dictionaries
from crm.models.return_reasons import ReasonField
from crm.shipped.dictionary_items import shipped_items
from customers.dictionaries import INDUSTRY


def test_every_dictionary_ships_with_options_under_a_name_of_its_own():
    taken = {
        field.dictionary
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, (DictionaryField, ReasonField))
    }
    assert {one.kind: one for one in taken} == dictionaries()
    assert len({str(one.label) for one in taken}) == len(taken) == 21
    assert all(one.options for one in taken)


def test_codes_and_labels_are_there_once_per_dictionary():
    for column in (1, 2):
        pairs = [(item[0], item[column]) for item in shipped_items()]
        assert len(pairs) == len(set(pairs))


def test_every_option_fits_its_columns():
    for kind, code, label, english, order in shipped_items():
        item = DictionaryItem(
            kind=kind, code=code, label=label, label_en=english, order=order
        )
        try:
            item.clean_fields()
        except ValidationError as refusal:
            pytest.fail(f"{kind} {code}: {refusal}")
        assert english


def test_industries_are_the_sections_of_the_national_standard():
    codes = [code for code, _label, _english in INDUSTRY.options]
    assert codes == list("ABCDEFGHIJKLMNOPQRST")
