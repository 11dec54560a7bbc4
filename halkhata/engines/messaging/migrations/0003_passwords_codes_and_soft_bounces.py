"""Where passwords belong, codes instead of English words, whether a call was taken, soft bounces."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_prefix_index'),
        ('messaging', '0002_mailbox_reading_and_set_aside'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SoftBounce',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=254)),
                ('status', models.CharField(blank=True, max_length=20)),
                ('words', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.AlterModelOptions(
            name='suppression',
            options={'ordering': ['-since', '-id']},
        ),
        migrations.AddField(
            model_name='delivery',
            name='error_code',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='inboundraw',
            name='notes',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='imap_password_place',
            field=models.CharField(blank=True, max_length=320),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='last_fetch_code',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='last_send_code',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='smtp_password_place',
            field=models.CharField(blank=True, max_length=320),
        ),
        migrations.AddField(
            model_name='message',
            name='call_answered',
            field=models.BooleanField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='suppression',
            name='kind',
            field=models.CharField(choices=[('bounced', 'A mail to this address came back for good.'), ('refused', 'The mail server said that there is no such address.'), ('soft', 'Several mails to this address came back within a few days.')], default='bounced', max_length=8),
        ),
        migrations.AlterField(
            model_name='suppression',
            name='reason',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('call_answered__isnull', True), ('channel', 'phone'), _connector='OR'), name='messaging_only_calls_are_taken'),
        ),
        migrations.AddField(
            model_name='softbounce',
            name='delivery',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='soft_bounce', to='messaging.delivery'),
        ),
        migrations.AddIndex(
            model_name='softbounce',
            index=models.Index(fields=['address', 'at'], name='messaging_soft_bounces'),
        ),
    ]
