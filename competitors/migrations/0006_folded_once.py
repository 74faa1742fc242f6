"""Keys of names of competitors: two writings of one are the same, and stand once."""

import crm.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from crm.chinese.folding import folded
from crm.models.once import part_twins
from crm.refolding import refold


def keyed(_apps, schema_editor):
    """Make the keys; of rows that were the same already the oldest has the plain one."""
    made = {"name_key": lambda row: folded(row.name) or row.name}
    refold(schema_editor, "competitors_competitor", ("id", "name"), made)
    with schema_editor.connection.cursor() as cursor:
        part_twins(cursor, "competitors_competitor", "name_key")


class Migration(migrations.Migration):

    dependencies = [
        ('competitors', '0005_folded'),
        ('crm', '0011_second_factor'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='competitor',
            name='stamped',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='competitor',
            name='noted',
        ),
        migrations.RemoveConstraint(
            model_name='competitor',
            name='competitor_name_once',
        ),
        migrations.AddField(
            model_name='competitor',
            name='name_key',
            field=crm.fields.DerivedTextField(default='', editable=False, method='key_of_name'),
        ),
        migrations.RunPython(keyed, migrations.RunPython.noop, elidable=True),
        pgtrigger.migrations.AddTrigger(
            model_name='competitor',
            trigger=pgtrigger.compiler.Trigger(name='stamped', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF to_jsonb(NEW) - '{version,changed_at,changed_by_id,search_text,search_pinyin,name_key}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{version,changed_at,changed_by_id,search_text,search_pinyin,name_key}'::text[] THEN NEW.version := OLD.version + 1; NEW.changed_at := clock_timestamp(); NEW.changed_by_id := coalesce(nullif(current_setting('crm.actor', true), '')::bigint, NEW.changed_by_id); END IF; RETURN NEW;", hash='c5a3dbe80e1313e35b3e0cffa367d6786fb5dcf8', operation='UPDATE', pgid='pgtrigger_stamped_90abe', table='competitors_competitor', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='competitor',
            trigger=pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'competitors.competitor', 'name', '{version,changed_at,changed_by_id,search_text,search_pinyin,name_key}', 'competitors.competitor', 'id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='1c65d0ea9c2b5a49aa6a86ec902ad57f0bb4f727', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_cdd84', table='competitors_competitor', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='competitor',
            constraint=models.UniqueConstraint(models.F('name_key'), condition=models.Q(('deleted_at', None)), name='competitor_name_once', violation_error_message='A competitor of this name exists already, or is reported and not yet registered.'),
        ),
    ]
