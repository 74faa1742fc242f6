import django.contrib.postgres.indexes
from django.db import migrations

import crm.queries.search
from crm.refolding import refold, texts


def refolded(_apps, schema_editor):
    """Fold what interactions are found by."""
    worded = ("subject", "content", "customer_feedback", "result")
    refold(
        schema_editor,
        "feedback_interaction",
        ("id", *worded),
        {"search_text": texts(worded)},
    )


class Migration(migrations.Migration):
    """Keep texts folded; the index is made anew, which is quicker than row by row."""

    dependencies = [("crm", "0008_folded"), ("feedback", "0005_parents")]

    operations = [
        migrations.RemoveIndex(model_name="interaction", name="interaction_text"),
        migrations.RunPython(refolded, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name="interaction",
            index=django.contrib.postgres.indexes.GinIndex(
                crm.queries.search.Grams("search_text"), name="interaction_text"
            ),
        ),
    ]
