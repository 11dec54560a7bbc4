import datetime

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Checks before what is not about the customer's own matter goes out: how often, when, and why not."""

    dependencies = [
        ('customers', '0010_fill_name_order'),
        ('messaging', '0016_first_versions'),
        ('work', '0014_list_indexes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ContactRules',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('a_week', models.PositiveSmallIntegerField(default=2)),
                ('quiet_from', models.TimeField(blank=True, default=datetime.time(21, 0), null=True)),
                ('quiet_until', models.TimeField(blank=True, default=datetime.time(9, 0), null=True)),
                ('version', models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='textmessage',
            name='messaging_text_purpose',
        ),
        migrations.RemoveConstraint(
            model_name='textmessage',
            name='messaging_only_offers_are_held',
        ),
        migrations.RemoveConstraint(
            model_name='textmessage',
            name='messaging_text_rule',
        ),
        migrations.AddField(
            model_name='delivery',
            name='counted_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='textmessage',
            name='counted_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='block_reason',
            field=models.CharField(blank=True, choices=[('', ''), ('demo', 'Demo data is never sent'), ('no_mailbox', 'No mailbox is set up'), ('no_address', 'The customer has no e-mail address'), ('suppressed', 'The address is undeliverable'), ('rate_limit', 'Too many automatic messages to this address'), ('shop_limit', 'Too many automatic messages of the whole shop within the hour'), ('loop', 'The other side answers automatically'), ('objection', 'The customer may not be written to for this'), ('overtaken', 'The ticket had ended before it could leave'), ('no_public', 'No public https address is set, so the mail could not carry its way out'), ('erased', "The person's data were erased"), ('restricted', "The use of the customer's data is stopped while a request is open"), ('withdrawn', 'The customer said no'), ('no_consent', 'The customer has not agreed'), ('unconfirmed', 'The customer has not confirmed yet'), ('stopped', 'Nothing may go to this number or address'), ('complaint', 'The customer has an open complaint, return or dispute: no advertising now'), ('week_cap', 'The customer heard from us as often within seven days as is allowed'), ('quiet', 'Quiet hours: it goes by itself when they are over'), ('wish', 'Outside the hours the customer asked for'), ('no_hour', "The customer's hours and the hours for offers have nothing in common"), ('window', 'The customer has not written by this way lately, so it is closed to us')], max_length=12),
        ),
        migrations.AlterField(
            model_name='shorttext',
            name='purpose',
            field=models.CharField(choices=[('code', 'One-time code'), ('notice', "News about the customer's own matter"), ('offer', 'Offer or advertising'), ('survey', 'Asking how it was'), ('renew', "Offer to renew something of the customer's own")], default='notice', max_length=6),
        ),
        migrations.AlterField(
            model_name='textmessage',
            name='purpose',
            field=models.CharField(choices=[('code', 'One-time code'), ('notice', "News about the customer's own matter"), ('offer', 'Offer or advertising'), ('survey', 'Asking how it was'), ('renew', "Offer to renew something of the customer's own")], max_length=6),
        ),
        migrations.AlterField(
            model_name='textmessage',
            name='rule',
            field=models.CharField(blank=True, choices=[('', ''), ('night', 'No offers at night'), ('prayer', 'No offers at prayer times'), ('hours', 'Outside the hours for offers'), ('wish', 'Outside the hours the customer asked for'), ('day_limit', 'This number had as many offers today as are allowed'), ('week_limit', 'This number had as many offers within seven days as are allowed'), ('no_hour', "The customer's hours and the hours for offers have nothing in common"), ('script', 'An offer to this country must be in Bengali letters'), ('no_number', 'An offer needs a phone number'), ('erased', "The person's data were erased"), ('stopped', 'Nothing may go to this number or address'), ('withdrawn', 'The customer said no'), ('no_consent', 'The customer has not agreed'), ('unconfirmed', 'The customer has not confirmed yet'), ('restricted', "The use of the customer's data is stopped while a request is open"), ('complaint', 'The customer has an open complaint, return or dispute: no advertising now'), ('week_cap', 'The customer heard from us as often within seven days as is allowed'), ('quiet', 'Quiet hours: it goes by itself when they are over'), ('window', 'The customer has not written by this way lately, so it is closed to us')], max_length=12),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('counted_at__isnull', True), models.Q(('purpose', 'service'), _negated=True), _connector='OR'), name='messaging_service_is_not_counted'),
        ),
        migrations.AddConstraint(
            model_name='textmessage',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['code', 'notice', 'offer', 'survey', 'renew'])), name='messaging_text_purpose'),
        ),
        migrations.AddConstraint(
            model_name='textmessage',
            constraint=models.CheckConstraint(condition=models.Q(('rule__in', ['', 'night', 'prayer', 'hours', 'wish', 'day_limit', 'week_limit', 'no_hour', 'script', 'no_number', 'erased', 'stopped', 'withdrawn', 'no_consent', 'unconfirmed', 'restricted', 'complaint', 'week_cap', 'quiet', 'window'])), name='messaging_text_rule'),
        ),
        migrations.AddConstraint(
            model_name='textmessage',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ('offer', 'survey', 'renew')), models.Q(('state__in', ['held', 'refused']), _negated=True), _connector='OR'), name='messaging_only_offers_are_held'),
        ),
        migrations.AddConstraint(
            model_name='textmessage',
            constraint=models.CheckConstraint(condition=models.Q(('counted_at__isnull', True), ('purpose__in', ('offer', 'survey', 'renew')), _connector='OR'), name='messaging_news_is_not_counted'),
        ),
        migrations.AddConstraint(
            model_name='contactrules',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='messaging_contact_rules_are_one_row'),
        ),
        migrations.AddConstraint(
            model_name='contactrules',
            constraint=models.CheckConstraint(condition=models.Q(('a_week__gte', 1), ('a_week__lte', 50)), name='messaging_contact_a_week'),
        ),
        migrations.AddConstraint(
            model_name='contactrules',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('quiet_from__isnull', True), ('quiet_until__isnull', True)), models.Q(('quiet_from__isnull', False), ('quiet_until__isnull', False), models.Q(('quiet_from', models.F('quiet_until')), _negated=True)), _connector='OR'), name='messaging_quiet_hours_are_a_span'),
        ),
    ]
