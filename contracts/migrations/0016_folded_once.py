"""Keys of codes of products: two writings of one are the same, and stand once."""

import crm.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from crm.chinese.folding import code
from crm.models.once import part_twins
from crm.refolding import refold


def keyed(_apps, schema_editor):
    """Make the keys; of rows that were the same already the oldest has the plain one."""
    made = {"code_key": lambda row: code(row.code)}
    refold(schema_editor, "contracts_product", ("id", "code"), made)
    with schema_editor.connection.cursor() as cursor:
        part_twins(cursor, "contracts_product", "code_key")


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0015_contract_external_number'),
        ('crm', '0011_second_factor'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='product',
            name='stamped',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='product',
            name='noted',
        ),
        migrations.RemoveConstraint(
            model_name='product',
            name='product_code_once',
        ),
        migrations.AddField(
            model_name='product',
            name='code_key',
            field=crm.fields.DerivedTextField(default='', editable=False, method='key_of_code'),
        ),
        migrations.RunPython(keyed, migrations.RunPython.noop, elidable=True),
        pgtrigger.migrations.AddTrigger(
            model_name='product',
            trigger=pgtrigger.compiler.Trigger(name='stamped', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF to_jsonb(NEW) - '{version,changed_at,changed_by_id,search_text,search_pinyin,external_key,code_key}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{version,changed_at,changed_by_id,search_text,search_pinyin,external_key,code_key}'::text[] THEN NEW.version := OLD.version + 1; NEW.changed_at := clock_timestamp(); NEW.changed_by_id := coalesce(nullif(current_setting('crm.actor', true), '')::bigint, NEW.changed_by_id); END IF; RETURN NEW;", hash='d7f05299b535e33747f9384dfc346f1e9648c4cb', operation='UPDATE', pgid='pgtrigger_stamped_a3a27', table='contracts_product', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='product',
            trigger=pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'contracts.product', 'name', '{version,changed_at,changed_by_id,search_text,search_pinyin,external_key,code_key}', 'contracts.product', 'id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='2a1451f429275682ef79330d79baab7526d864e7', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_12c03', table='contracts_product', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.UniqueConstraint(models.F('code_key'), condition=models.Q(('deleted_at', None)), name='product_code_once', violation_error_message='A product with this code exists already.'),
        ),
    ]
