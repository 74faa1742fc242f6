
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0029_what_ships_of_pipelines'),
    ]

    operations = [
        migrations.AlterField(
            model_name='shipment',
            name='kind',
            field=models.CharField(choices=[('role', 'role'), ('dictionary', 'dictionary'), ('approval_rule', 'approval rule'), ('pipeline', 'pipeline'), ('pool', 'pool')], max_length=20),
        ),
    ]
