"""Which dictionaries there are, the apps declare: no migration follows them any more."""

from django.db import migrations, models

import crm.models.dictionaries


class Migration(migrations.Migration):
    dependencies = [("crm", "0022_language_of_a_person")]

    operations = [
        migrations.AlterField(
            model_name="dictionaryitem",
            name="kind",
            field=models.CharField(
                choices=crm.models.dictionaries.dictionary_choices,
                max_length=30,
                verbose_name="dictionary",
            ),
        ),
    ]
