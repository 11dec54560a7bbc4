import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("accounts", "0004_private_fields"),
        ("customers", "0003_prefix_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomerScore",
            fields=[
                ("customer", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='data_score', serialize=False, to='customers.customer')),
                ("score", models.PositiveSmallIntegerField()),
                ("gaps", models.JSONField(default=list)),
                ("branch", models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.branch')),
                ("seen_at", models.DateTimeField()),
                ("heard_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(score__lte=100), name='data_quality_score_to_100')],
                "indexes": [models.Index(fields=['score', 'customer'], name='data_quality_worst'), models.Index(fields=['heard_at', 'customer'], name='data_quality_stale')],
            },
        ),
        migrations.CreateModel(
            name="MonthScore",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(unique=True)),
                ("customers", models.PositiveIntegerField()),
                ("average", models.PositiveSmallIntegerField()),
                ("gaps", models.JSONField(default=dict)),
                ("stale", models.PositiveIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "ordering": ['-month'],
                "constraints": [models.CheckConstraint(condition=models.Q(average__lte=100), name='data_quality_month_to_100')],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("customer", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='proposals', to='customers.customer')),
                ("rule", models.CharField(max_length=30)),
                ("field", models.CharField(max_length=30)),
                ("before", models.CharField(blank=True, max_length=254)),
                ("after", models.CharField(blank=True, max_length=254)),
                ("state", models.CharField(choices=[('open', 'Open'), ('taken', 'Taken over'), ('left', 'Left as it is'), ('overtaken', 'Changed meanwhile')], default='open', max_length=9)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(state__in=['open', 'taken', 'left', 'overtaken']), name='data_quality_proposal_state'), models.UniqueConstraint(fields=['customer', 'rule', 'field', 'before', 'after'], name='data_quality_proposal_once'), models.CheckConstraint(condition=models.Q(state='open', ended_at__isnull=True) | ~models.Q(state='open') & models.Q(ended_at__isnull=False), name='data_quality_ended_has_time')],
                "indexes": [models.Index(fields=['-id'], condition=models.Q(state='open'), name='data_quality_open')],
            },
        ),
        migrations.CreateModel(
            name="AuditPick",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("customer", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='audit_picks', to='customers.customer')),
                ("branch", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.branch')),
                ("state", models.CharField(choices=[('open', 'To be looked at'), ('right', 'All is right'), ('mended', 'Something was mended'), ('unreached', 'Could not be asked')], default='open', max_length=9)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("drawn_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=['month', 'customer'], name='data_quality_pick_once'), models.CheckConstraint(condition=models.Q(state__in=['open', 'right', 'mended', 'unreached']), name='data_quality_pick_state'), models.CheckConstraint(condition=models.Q(state='open', ended_at__isnull=True) | ~models.Q(state='open') & models.Q(ended_at__isnull=False), name='data_quality_pick_has_time')],
                "indexes": [models.Index(fields=['-month', 'state', 'id'], name='data_quality_pick_line')],
            },
        ),
    ]
