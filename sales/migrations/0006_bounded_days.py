from django.db import migrations

#: What was typed wrong before anything kept it from being stored.
MENDED = """
UPDATE sales_opportunity SET next_contact_at = NULL
WHERE next_contact_at NOT BETWEEN '1990-01-01 UTC' AND '2101-01-01 UTC';
UPDATE sales_opportunity
SET expected_on = least(greatest(expected_on, '1990-01-01'), '2100-12-31')
WHERE expected_on NOT BETWEEN '1990-01-01' AND '2100-12-31';
UPDATE sales_lead SET expected_on = NULL
WHERE expected_on NOT BETWEEN '1990-01-01' AND '2100-12-31';
UPDATE sales_lead SET consented_on = NULL
WHERE consented_on NOT BETWEEN '1990-01-01' AND '2100-12-31';
"""


class Migration(migrations.Migration):
    """Take back days that no business has, before they are refused."""

    dependencies = [("sales", "0005_leads_go_back")]

    operations = [
        migrations.RunSQL(sql=MENDED, reverse_sql=migrations.RunSQL.noop),
    ]
