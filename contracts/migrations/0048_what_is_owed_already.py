from django.db import migrations


class Migration(migrations.Migration):
    """Let PostgreSQL say of what is there already how it is paid."""

    dependencies = [("contracts", "0047_what_is_owed")]

    operations = [
        migrations.RunSQL(
            sql=[
                "UPDATE contracts_instalment SET paid = paid"
                " WHERE id IN (SELECT instalment_id FROM contracts_allocation)",
                "UPDATE contracts_contract SET received = received"
                " WHERE status IN ('registered', 'completed')",
            ],
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
