"""All that the migrations named in `replaces` made, at once: for new installations."""

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('system', '0001_initial'), ('system', '0002_drop_bigrams'), ('system', '0003_import_report'), ('system', '0004_taken_rows'), ('system', '0005_doubles'), ('system', '0006_decided_once')]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60, verbose_name='kind')),
                ('file_name', models.CharField(max_length=200, verbose_name='file name')),
                ('sha256', models.CharField(max_length=64)),
                ('size', models.PositiveBigIntegerField(verbose_name='size')),
                ('said', models.JSONField(default=dict)),
                ('columns', models.JSONField(default=list)),
                ('header_row', models.PositiveIntegerField(default=1)),
                ('mapping', models.JSONField(default=dict)),
                ('known', models.CharField(choices=[('skip', 'skip the row'), ('update', 'update what has changed')], default='skip', max_length=10, verbose_name='rows that are there already')),
                ('unknown', models.CharField(choices=[('refuse', 'refuse the row'), ('empty', 'leave the field empty')], default='refuse', max_length=10, verbose_name='options that no dictionary has')),
                ('doubles', models.CharField(choices=[('create', 'add them all the same'), ('skip', 'skip the row'), ('refuse', 'refuse the row')], default='create', max_length=10, verbose_name='new rows that are probably there already')),
                ('day_order', models.CharField(blank=True, choices=[('', 'refuse the row'), ('dmy', 'the day stands first: 5 June'), ('mdy', 'the month stands first: 6 May')], default='', max_length=3, verbose_name='dates such as 05/06/2026')),
                ('decimal_sign', models.CharField(blank=True, choices=[('', 'refuse the row'), ('comma', 'the comma stands before the decimals')], default='', max_length=5, verbose_name='numbers such as 1234,56')),
                ('state', models.CharField(choices=[('uploaded', 'uploaded'), ('previewed', 'checked'), ('running', 'running'), ('finished', 'finished')], default='uploaded', max_length=10, verbose_name='state')),
                ('preview', models.JSONField(default=dict)),
                ('position', models.PositiveIntegerField(default=0)),
                ('created', models.PositiveIntegerField(default=0, verbose_name='created rows')),
                ('updated', models.PositiveIntegerField(default=0, verbose_name='updated rows')),
                ('skipped', models.PositiveIntegerField(default=0, verbose_name='skipped rows')),
                ('refused', models.PositiveIntegerField(default=0, verbose_name='refused rows')),
                ('totals', models.PositiveIntegerField(default=0, verbose_name='rows of sums')),
                ('by_column', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='uploaded at')),
                ('decisions', models.PositiveIntegerField(default=0, editable=False)),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished at')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='imported by')),
            ],
            options={
                'verbose_name': 'import',
                'verbose_name_plural': 'imports',
                'ordering': ('-pk',),
                'default_permissions': (),
                'indexes': [models.Index(fields=['user', '-id'], name='import_user')],
                'triggers': [pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'system.importrun', 'file_name', '{version,changed_at,changed_by_id,said,columns,header_row,preview,position,decisions,by_column}', 'system.importrun', 'id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='2c365f5da5f61ecdeb309e49ffb80656e9127bf7', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_51881', table='system_importrun', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='RefusedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='row')),
                ('cells', models.JSONField(default=list)),
                ('reasons', models.JSONField(default=list)),
                ('records', models.JSONField(default=list)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refusals', to='system.importrun')),
            ],
            options={
                'verbose_name': 'refused row',
                'verbose_name_plural': 'refused rows',
                'ordering': ('number',),
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(models.F('run'), models.F('number'), name='refused_row_once')],
            },
        ),
        migrations.CreateModel(
            name='TakenRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='row')),
                ('reason', models.CharField(choices=[('known', 'is there already'), ('same', 'nothing has changed'), ('twice', 'stands in this file already'), ('updated', 'updated'), ('alike', 'is probably there already')], max_length=10, verbose_name='reason')),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='title')),
                ('record_id', models.BigIntegerField(null=True)),
                ('twin', models.PositiveIntegerField(null=True)),
                ('changes', models.JSONField(default=list)),
                ('alike', models.JSONField(default=list)),
                ('whom', models.JSONField(default=list)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='taken', to='system.importrun')),
            ],
            options={
                'verbose_name': 'row of an import',
                'verbose_name_plural': 'rows of imports',
                'ordering': ('number',),
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(models.F('run'), models.F('number'), name='taken_row_once')],
            },
        ),
    ]
