from django.db import migrations

FINER = """
-- By how many letters of pinyin a search finds a customer decides how it is planned;
-- PostgreSQL looks into a sample of this size (times 300) to tell.
ALTER TABLE customers_customer ALTER COLUMN search_pinyin SET STATISTICS {size}
"""


class Migration(migrations.Migration):
    """Let PostgreSQL tell frequent pinyin from rare."""

    dependencies = [("customers", "0005_full_name")]

    operations = [
        migrations.RunSQL(FINER.replace("{size}", "500"), FINER.replace("{size}", "-1"))
    ]
