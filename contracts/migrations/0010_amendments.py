"""Changes to contracts as records of their own, and the states people ask for."""

import crm.models.dictionaries
import crm.validators
import datetime
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.math
import django.db.models.manager
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0009_folded'),
        ('crm', '0004_access_by_named_verbs'),
        ('customers', '0007_choices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='contract',
            name='begins',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='contract',
            name='moves',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='contract',
            name='frozen',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='contractattachment',
            name='frozen',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='contractline',
            name='frozen',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='decision',
            name='four_eyes',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='round',
            name='begins',
        ),
        migrations.CreateModel(
            name='Amendment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='contract title')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=18, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1000000000000000)], verbose_name='contract amount (CNY)')),
                ('tax_rate', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='tax rate (%)')),
                ('signed_on', models.DateField(blank=True, null=True, validators=[crm.validators.validate_business_date], verbose_name='signed on')),
                ('starts_on', models.DateField(blank=True, null=True, validators=[crm.validators.validate_business_date], verbose_name='starts on')),
                ('ends_on', models.DateField(blank=True, null=True, validators=[crm.validators.validate_business_date], verbose_name='ends on')),
                ('terms', models.TextField(blank=True, max_length=20000, verbose_name='terms')),
                ('edition', models.PositiveIntegerField(editable=False, verbose_name='edition')),
                ('state', models.CharField(choices=[('writing', 'change being written'), ('reported', 'change awaiting registration'), ('pending', 'change pending approval'), ('rejected', 'change rejected'), ('recalled', 'change recalled'), ('withdrawn', 'change given up'), ('applied', 'change applied')], default='writing', editable=False, max_length=10, verbose_name='state of the change')),
                ('return_reason', models.CharField(blank=True, editable=False, max_length=500, verbose_name='reason of return')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='changed at')),
            ],
            options={
                'verbose_name': 'amendment',
                'verbose_name_plural': 'amendments',
                'ordering': ('-pk',),
                'default_permissions': (),
                'base_manager_name': 'everything',
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='AmendmentAttachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='file name')),
                ('sha256', models.CharField(editable=False, max_length=64)),
                ('size', models.PositiveBigIntegerField(editable=False, verbose_name='size')),
                ('content_type', models.CharField(editable=False, max_length=100, verbose_name='file type')),
                ('uploaded_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='uploaded at')),
            ],
            options={
                'verbose_name': 'file of a change',
                'verbose_name_plural': 'files of a change',
                'ordering': ('pk',),
                'abstract': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AmendmentLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.DecimalField(decimal_places=3, max_digits=12, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100000000)], verbose_name='quantity')),
                ('unit_price', models.DecimalField(decimal_places=2, max_digits=18, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1000000000000000)], verbose_name='unit price (CNY)')),
                ('discount', models.DecimalField(decimal_places=2, default=0, max_digits=5, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='discount (%)')),
                ('amount', models.GeneratedField(db_persist=True, expression=django.db.models.functions.math.Round(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('quantity'), '*', models.F('unit_price')), '*', django.db.models.expressions.CombinedExpression(models.Value(100), '-', models.F('discount'))), '/', models.Value(100)), 2), output_field=models.DecimalField(decimal_places=2, max_digits=18), verbose_name='line amount (CNY)')),
            ],
            options={
                'verbose_name': 'line of a change',
                'verbose_name_plural': 'lines of a change',
                'ordering': ('pk',),
                'abstract': False,
                'default_permissions': (),
            },
        ),
        migrations.RemoveConstraint(
            model_name='contract',
            name='contract_status_known',
        ),
        migrations.RemoveConstraint(
            model_name='contract',
            name='contract_deleted_only_as_draft',
        ),
        migrations.RemoveConstraint(
            model_name='contract',
            name='contract_under_way_is_registered',
        ),
        migrations.AddField(
            model_name='contract',
            name='amendment_state',
            field=models.CharField(blank=True, choices=[('writing', 'change being written'), ('reported', 'change awaiting registration'), ('pending', 'change pending approval'), ('rejected', 'change rejected'), ('recalled', 'change recalled')], default='', editable=False, max_length=10, verbose_name='amendment'),
        ),
        migrations.AlterField(
            model_name='contract',
            name='contact',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='customers.contact', verbose_name='their contact'),
        ),
        migrations.AlterField(
            model_name='contract',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='customers.customer', verbose_name='customer'),
        ),
        migrations.AlterField(
            model_name='contract',
            name='status',
            field=models.CharField(choices=[('draft', 'draft'), ('reported', 'awaiting registration'), ('pending', 'pending approval'), ('rejected', 'rejected'), ('recalled', 'recalled'), ('registered', 'in force'), ('completed', 'completed'), ('terminated', 'terminated')], default='draft', editable=False, max_length=10, verbose_name='contract status'),
        ),
        migrations.AlterField(
            model_name='contractline',
            name='product',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='contracts.product', verbose_name='product'),
        ),
        migrations.AddIndex(
            model_name='contract',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['amendment_state', 'created_at', 'id'], include=('owner', 'customer_owner', 'registration'), name='contract_amendment'),
        ),
        migrations.AddIndex(
            model_name='contract',
            index=models.Index(condition=models.Q(('deleted_at', None), models.Q(('status', 'reported'), ('amendment_state', 'reported'), _connector='OR')), fields=['created_at', 'id'], include=('owner', 'customer_owner'), name='contract_handed_in'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ('draft', 'reported', 'pending', 'rejected', 'recalled', 'registered', 'completed', 'terminated'))), name='contract_status_known'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('deleted_at', None), ('status__in', ('draft', 'reported', 'rejected', 'recalled')), _connector='OR'), name='contract_deleted_only_as_draft'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ('draft', 'reported', 'rejected', 'recalled')), ('registration', 'registered'), _connector='OR'), name='contract_under_way_is_registered'),
        ),
        migrations.AddField(
            model_name='amendment',
            name='contact',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='customers.contact', verbose_name='their contact'),
        ),
        migrations.AddField(
            model_name='amendment',
            name='contract',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.RESTRICT, related_name='amendments', to='contracts.contract'),
        ),
        migrations.AddField(
            model_name='amendment',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='customers.customer', verbose_name='customer'),
        ),
        migrations.AddField(
            model_name='amendment',
            name='edited_by',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='content last edited by'),
        ),
        migrations.AddField(
            model_name='amendment',
            name='entered_by',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by'),
        ),
        migrations.AddField(
            model_name='amendment',
            name='kind',
            field=crm.models.dictionaries.DictionaryField(blank=True, kind='contract_kind', limit_choices_to=models.Q(('kind', 'contract_kind')), null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.dictionaryitem', verbose_name='contract type'),
        ),
        migrations.AddField(
            model_name='amendment',
            name='owner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner'),
        ),
        migrations.AddField(
            model_name='amendment',
            name='signatory',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='our signatory'),
        ),
        migrations.AddField(
            model_name='round',
            name='amendment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='rounds', to='contracts.amendment'),
        ),
        migrations.AddField(
            model_name='amendmentattachment',
            name='contract',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='contracts.contract'),
        ),
        migrations.AddField(
            model_name='amendmentattachment',
            name='record',
            field=models.ForeignKey(db_column='amendment_id', on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='contracts.amendment'),
        ),
        migrations.AddField(
            model_name='amendmentattachment',
            name='uploaded_by',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by'),
        ),
        migrations.AddField(
            model_name='amendmentline',
            name='amendment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='contracts.amendment'),
        ),
        migrations.AddField(
            model_name='amendmentline',
            name='contract',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='contracts.contract'),
        ),
        migrations.AddField(
            model_name='amendmentline',
            name='product',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='contracts.product', verbose_name='product'),
        ),
        migrations.AddConstraint(
            model_name='amendment',
            constraint=models.UniqueConstraint(models.F('contract'), condition=models.Q(('state__in', ('writing', 'reported', 'pending', 'rejected', 'recalled'))), name='amendment_one_open'),
        ),
        migrations.AddConstraint(
            model_name='amendment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('amount__lte', 1000000000000000)), name='amendment_amount_in_bounds'),
        ),
        migrations.AddConstraint(
            model_name='amendment',
            constraint=models.CheckConstraint(condition=models.Q(('tax_rate', None), models.Q(('tax_rate__gte', 0), ('tax_rate__lte', 100)), _connector='OR'), name='amendment_tax_in_bounds'),
        ),
        migrations.AddConstraint(
            model_name='amendment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('signed_on', None), ('signed_on__range', (datetime.date(1990, 1, 1), datetime.date(2100, 12, 31))), _connector='OR'), models.Q(('starts_on', None), ('starts_on__range', (datetime.date(1990, 1, 1), datetime.date(2100, 12, 31))), _connector='OR'), models.Q(('ends_on', None), ('ends_on__range', (datetime.date(1990, 1, 1), datetime.date(2100, 12, 31))), _connector='OR')), name='amendment_dates_in_bounds'),
        ),
        migrations.AddConstraint(
            model_name='amendment',
            constraint=models.CheckConstraint(condition=models.Q(('starts_on', None), ('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='amendment_dates_in_order', violation_error_message='The contract ends before it starts.'),
        ),
        migrations.AddConstraint(
            model_name='amendment',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('writing', 'reported', 'pending', 'rejected', 'recalled', 'withdrawn', 'applied'))), name='amendment_state_known'),
        ),
        migrations.AddConstraint(
            model_name='amendmentline',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gte', 0)), name='amendment_line_quantity_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='amendmentline',
            constraint=models.CheckConstraint(condition=models.Q(('unit_price__gte', 0), ('unit_price__lte', 1000000000000000)), name='amendment_line_price_in_bounds'),
        ),
        migrations.AddConstraint(
            model_name='amendmentline',
            constraint=models.CheckConstraint(condition=models.Q(('discount__gte', 0), ('discount__lte', 100)), name='amendment_line_discount_in_bounds'),
        ),
        migrations.AddConstraint(
            model_name='amendmentline',
            constraint=models.CheckConstraint(condition=models.Q(('amount__lte', 1000000000000000)), name='amendment_line_amount_in_bounds'),
        ),
    ]
