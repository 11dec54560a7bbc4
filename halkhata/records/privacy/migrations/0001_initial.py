import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import halkhata.foundation.core.clock


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("accounts", "0004_private_fields"),
        ("customers", "0003_prefix_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsentWording",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("purpose", models.CharField(choices=[('service', 'Service: answers, appointments, dues'), ('survey', 'Asking how it was'), ('marketing', 'Offers and advertising'), ('loyalty', 'Points and membership'), ('publication', 'Publishing what the customer said or showed')], max_length=12)),
                ("number", models.PositiveIntegerField()),
                ("text_bn", models.TextField(verbose_name='wording in Bengali')),
                ("text_en", models.TextField(verbose_name='wording in English')),
                ("jurisdiction", models.CharField(default='BD', max_length=2)),
                ("published_at", models.DateTimeField()),
                ("publisher_label", models.CharField(blank=True, max_length=150)),
            ],
            options={
                "ordering": ['purpose', '-number'],
                "constraints": [models.UniqueConstraint(fields=['purpose', 'number'], name='privacy_wording_once'), models.CheckConstraint(condition=models.Q(purpose__in=['service', 'survey', 'marketing', 'loyalty', 'publication']), name='privacy_wording_purpose'), models.CheckConstraint(condition=~models.Q(text_bn='') & ~models.Q(text_en=''), name='privacy_wording_has_text'), models.CheckConstraint(condition=models.Q(number__gte=1), name='privacy_wording_number')],
            },
        ),
        migrations.CreateModel(
            name="ConsentEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("customer", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='customers.customer')),
                ("purpose", models.CharField(choices=[('service', 'Service: answers, appointments, dues'), ('survey', 'Asking how it was'), ('marketing', 'Offers and advertising'), ('loyalty', 'Points and membership'), ('publication', 'Publishing what the customer said or showed')], max_length=12)),
                ("channel", models.CharField(choices=[('phone', 'Phone call'), ('sms', 'SMS'), ('email', 'E-mail'), ('whatsapp', 'WhatsApp')], max_length=8)),
                ("act", models.CharField(choices=[('granted', 'Agreed'), ('withdrawn', 'Said no'), ('asked', 'To be confirmed')], max_length=9)),
                ("wording", models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='privacy.consentwording')),
                ("source", models.CharField(choices=[('counter', 'At the counter'), ('phone', 'By phone'), ('paper', 'On paper'), ('form', 'On a form of ours'), ('link', 'By the link in a message'), ('import', 'From an imported list'), ('api', 'From another program')], max_length=8)),
                ("at", models.DateTimeField()),
                ("proof", models.CharField(blank=True, max_length=200)),
                ("covers", models.JSONField(blank=True, default=list)),
                ("actor_id_then", models.BigIntegerField(blank=True, null=True)),
                ("actor_label", models.CharField(blank=True, max_length=150)),
                ("written_at", models.DateTimeField(default=halkhata.foundation.core.clock.now)),
                ("is_demo", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(purpose__in=['service', 'survey', 'marketing', 'loyalty', 'publication']), name='privacy_consent_purpose'), models.CheckConstraint(condition=models.Q(channel__in=['phone', 'sms', 'email', 'whatsapp']), name='privacy_consent_channel'), models.CheckConstraint(condition=models.Q(act__in=['granted', 'withdrawn', 'asked']), name='privacy_consent_act'), models.CheckConstraint(condition=models.Q(source__in=['counter', 'phone', 'paper', 'form', 'link', 'import', 'api']), name='privacy_consent_source'), models.CheckConstraint(condition=models.Q(act='withdrawn') | models.Q(wording__isnull=False), name='privacy_consent_has_wording')],
                "indexes": [models.Index(fields=['customer', 'purpose', 'channel', '-at', '-id'], name='privacy_consent_now'), models.Index(fields=['wording'], name='privacy_consent_wording')],
            },
        ),
        migrations.CreateModel(
            name="DoNotContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("kind", models.CharField(max_length=8)),
                ("purpose", models.CharField(blank=True, max_length=12)),
                ("channel", models.CharField(blank=True, max_length=8)),
                ("reason", models.CharField(choices=[('objection', 'The person asked us to stop'), ('wrong', 'It belongs to somebody else'), ('complaint', 'The person reported our message as unwanted')], max_length=10)),
                ("source", models.CharField(choices=[('counter', 'At the counter'), ('phone', 'By phone'), ('paper', 'On paper'), ('form', 'On a form of ours'), ('link', 'By the link in a message'), ('import', 'From an imported list'), ('api', 'From another program')], max_length=8)),
                ("since", models.DateTimeField()),
                ("actor_label", models.CharField(blank=True, max_length=150)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                ("lifted_how", models.CharField(blank=True, max_length=200)),
                ("is_demo", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=['digest', 'purpose', 'channel'], condition=models.Q(lifted_at__isnull=True), name='privacy_stop_once'), models.CheckConstraint(condition=models.Q(channel='') | models.Q(channel__in=['phone', 'sms', 'email', 'whatsapp']), name='privacy_stop_channel'), models.CheckConstraint(condition=models.Q(purpose='') | models.Q(purpose__in=['service', 'survey', 'marketing', 'loyalty', 'publication']), name='privacy_stop_purpose'), models.CheckConstraint(condition=models.Q(reason__in=['objection', 'wrong', 'complaint']), name='privacy_stop_reason'), models.CheckConstraint(condition=models.Q(lifted_at__isnull=True) | ~models.Q(lifted_how=''), name='privacy_lifted_stop_says_how')],
                "indexes": [models.Index(fields=['-since', '-id'], name='privacy_stop_recent')],
            },
        ),
        migrations.CreateModel(
            name="DataRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, unique=True)),
                ("kind", models.CharField(choices=[('access', 'A copy of all data'), ('rectification', 'Correct something'), ('objection', 'No advertising any more'), ('erasure', 'Erase the data'), ('restriction', 'Do not use the data for now')], max_length=13)),
                ("customer", models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='data_requests', to='customers.customer')),
                ("state", models.CharField(choices=[('open', 'Open'), ('done', 'Done'), ('refused', 'Refused')], default='open', max_length=8)),
                ("received_at", models.DateTimeField()),
                ("received_how", models.CharField(choices=[('counter', 'At the counter'), ('phone', 'By phone'), ('paper', 'On paper'), ('form', 'On a form of ours'), ('link', 'By the link in a message'), ('import', 'From an imported list'), ('api', 'From another program')], default='counter', max_length=8)),
                ("what", models.TextField(blank=True)),
                ("identity_check", models.CharField(blank=True, max_length=200)),
                ("due_at", models.DateTimeField()),
                ("extended_at", models.DateTimeField(blank=True, null=True)),
                ("extension_reason", models.CharField(blank=True, max_length=300)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("answer", models.TextField(blank=True)),
                ("ended_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ("written_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ("version", models.PositiveIntegerField(default=1)),
                ("is_demo", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(kind__in=['access', 'rectification', 'objection', 'erasure', 'restriction']), name='privacy_request_kind'), models.CheckConstraint(condition=models.Q(state__in=['open', 'done', 'refused']), name='privacy_request_state'), models.CheckConstraint(condition=models.Q(state='open', ended_at__isnull=True) | ~models.Q(state='open') & models.Q(ended_at__isnull=False), name='privacy_ended_request_has_time'), models.CheckConstraint(condition=~models.Q(state='refused') | ~models.Q(answer=''), name='privacy_refusal_has_reason'), models.CheckConstraint(condition=models.Q(due_at__gt=models.F('received_at')), name='privacy_request_due_later'), models.CheckConstraint(condition=models.Q(extended_at__isnull=True) | ~models.Q(extension_reason=''), name='privacy_extension_has_reason')],
                "indexes": [models.Index(fields=['due_at', 'id'], condition=models.Q(state='open'), name='privacy_request_due'), models.Index(fields=['-received_at', '-id'], name='privacy_request_recent'), models.Index(fields=['customer', '-received_at'], name='privacy_request_customer')],
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("customer_id_then", models.BigIntegerField(unique=True)),
                ("request", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='erasures', to='privacy.datarequest')),
                ("at", models.DateTimeField()),
                ("actor_label", models.CharField(blank=True, max_length=150)),
                ("counts", models.JSONField(default=dict)),
                ("scrubbed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=['-at'], name='privacy_erasure_recent')],
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("customer", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='legal_holds', to='customers.customer')),
                ("reason", models.CharField(max_length=300, verbose_name='why')),
                ("placed_at", models.DateTimeField()),
                ("placed_label", models.CharField(blank=True, max_length=150)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_label", models.CharField(blank=True, max_length=150)),
            ],
            options={
                "ordering": ['-id'],
                "constraints": [models.CheckConstraint(condition=~models.Q(reason=''), name='privacy_hold_has_reason'), models.UniqueConstraint(fields=['customer'], condition=models.Q(ended_at__isnull=True), name='privacy_one_standing_hold'), models.CheckConstraint(condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F('placed_at')), name='privacy_hold_ends_later')],
                "indexes": [models.Index(fields=['customer', '-id'], name='privacy_hold_customer')],
            },
        ),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("days", models.PositiveIntegerField()),
                ("changed_at", models.DateTimeField()),
                ("changed_label", models.CharField(blank=True, max_length=150)),
                ("last_run_at", models.DateTimeField(blank=True, null=True)),
                ("last_count", models.PositiveIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(days__gte=30, days__lte=36525), name='privacy_retention_days')],
            },
        ),
        migrations.CreateModel(
            name="Breach",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, unique=True)),
                ("noticed_at", models.DateTimeField()),
                ("happened_at", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField()),
                ("title", models.CharField(max_length=200, verbose_name='what happened')),
                ("description", models.TextField(blank=True, verbose_name='in detail')),
                ("data_kinds", models.CharField(blank=True, max_length=300, verbose_name='which data')),
                ("people_count", models.PositiveIntegerField(blank=True, null=True, verbose_name='how many people, about')),
                ("consequences", models.TextField(blank=True, verbose_name='what may come of it')),
                ("measures", models.TextField(blank=True, verbose_name='what was done about it')),
                ("is_risky", models.BooleanField(default=True, verbose_name='a risk to the people concerned')),
                ("authority_told_at", models.DateTimeField(blank=True, null=True)),
                ("late_reason", models.CharField(blank=True, max_length=300)),
                ("people_told_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("written_label", models.CharField(blank=True, max_length=150)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "ordering": ['-noticed_at', '-id'],
                "constraints": [models.CheckConstraint(condition=~models.Q(title=''), name='privacy_breach_has_title'), models.CheckConstraint(condition=models.Q(due_at__gt=models.F('noticed_at')), name='privacy_breach_due_later'), models.CheckConstraint(condition=models.Q(authority_told_at__isnull=True) | models.Q(authority_told_at__lte=models.F('due_at')) | ~models.Q(late_reason=''), name='privacy_late_notice_says_why'), models.CheckConstraint(condition=models.Q(closed_at__isnull=True) | models.Q(is_risky=False) | models.Q(authority_told_at__isnull=False), name='privacy_risky_breach_is_told')],
                "indexes": [models.Index(fields=['-noticed_at', '-id'], name='privacy_breach_recent'), models.Index(fields=['due_at'], condition=models.Q(authority_told_at__isnull=True, is_risky=True, closed_at__isnull=True), name='privacy_breach_due')],
            },
        ),
        migrations.CreateModel(
            name="ProcessingActivity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name='name')),
                ("why", models.TextField(verbose_name='what for')),
                ("basis", models.CharField(choices=[('consent', 'Consent'), ('contract', 'Contract with the person'), ('law', 'Duty by law'), ('interest', 'Legitimate interest')], max_length=8, verbose_name='on what ground')),
                ("people", models.CharField(max_length=300, verbose_name='whose data')),
                ("data_kinds", models.CharField(max_length=300, verbose_name='which data')),
                ("recipients", models.CharField(blank=True, max_length=300, verbose_name='who else gets them')),
                ("abroad", models.CharField(blank=True, max_length=300, verbose_name='given to another country')),
                ("kept_for", models.CharField(blank=True, max_length=200, verbose_name='kept how long')),
                ("protection", models.CharField(blank=True, max_length=300, verbose_name='how they are protected')),
                ("is_active", models.BooleanField(default=True, verbose_name='in use')),
                ("changed_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "ordering": ['-is_active', 'name', 'id'],
                "constraints": [models.CheckConstraint(condition=~models.Q(name='') & ~models.Q(why=''), name='privacy_activity_has_name'), models.CheckConstraint(condition=models.Q(basis__in=['consent', 'contract', 'law', 'interest']), name='privacy_activity_basis')],
            },
        ),
        migrations.CreateModel(
            name="PrivacySettings",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("double_opt_in", models.BooleanField(default=True, verbose_name='consent to e-mail must be confirmed by a link')),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(id=1), name='privacy_settings_are_one_row')],
            },
        ),
    ]
