"""What the clock tells people of, the apps declare: no migration follows any more."""

from django.db import migrations, models

import crm.notices.declared


class Migration(migrations.Migration):
    dependencies = [("jobs", "0007_every_five_minutes")]

    operations = [
        migrations.AlterField(
            model_name="reminder",
            name="verb",
            field=models.CharField(
                choices=crm.notices.declared.clocked_choices,
                max_length=20,
                verbose_name="occasion",
            ),
        ),
    ]
