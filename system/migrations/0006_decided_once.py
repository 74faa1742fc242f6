import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('system', '0005_doubles'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='importrun',
            name='noted',
        ),
        migrations.AddField(
            model_name='importrun',
            name='decisions',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='refusedrow',
            name='records',
            field=models.JSONField(default=list),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='importrun',
            trigger=pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'system.importrun', 'file_name', '{version,changed_at,changed_by_id,said,columns,header_row,preview,position,decisions,by_column}', 'system.importrun', 'id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='2c365f5da5f61ecdeb309e49ffb80656e9127bf7', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_51881', table='system_importrun', when='AFTER')),
        ),
    ]
