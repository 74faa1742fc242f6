from django.db import migrations


class Migration(migrations.Migration):
    """Drop the function of the first indexes, now that nothing uses it."""

    dependencies = [
        ("competitors", "0002_lists"),
        ("contracts", "0002_lists"),
        ("customers", "0002_lists"),
        ("feedback", "0002_lists"),
        ("system", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL("DROP FUNCTION crm_bigrams(text)", migrations.RunSQL.noop)
    ]
