"""Reasons of delay, and escalations that must be confirmed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from halkhata.foundation.core.append_only import AppendOnly

_UNFINISHED = ~Q(state_flag="resolved")


def begin_asking(apps, schema_editor):
    """What has ended already is asked for no reason any more; what is open and late is."""
    clocks = apps.get_model("work", "SlaClock").objects.filter(breached_at__isnull=False)
    clocks.filter(item__state_flag="resolved").update(explained_at=F("breached_at"))
    owed = (
        clocks.filter(item=OuterRef("pk"), explained_at__isnull=True)
        .order_by()
        .values("item")
        .annotate(n=Count("pk"))
        .values("n")
    )
    items = apps.get_model("work", "WorkItem").objects.exclude(state_flag="resolved").filter(is_breached=True)
    items.update(unexplained_delays=Coalesce(Subquery(owed), 0))


class Migration(migrations.Migration):
    dependencies = [("work", "0005_rare_item_indexes"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="DelayReason",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_bn", models.CharField(blank=True, max_length=120, verbose_name="name in Bengali")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="name in English")),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("position", models.PositiveSmallIntegerField(default=100)),
                ("needs_note", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["position", "code"],
                "constraints": [
                    models.CheckConstraint(condition=~Q(name_bn="") | ~Q(name_en=""), name="work_delay_reason_has_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="DelayNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(max_length=40)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("promised_at", models.DateTimeField(blank=True, null=True)),
                ("actor_id_then", models.BigIntegerField(blank=True, null=True)),
                ("actor_label", models.CharField(blank=True, max_length=150)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="delay_notes", to="work.workitem"
                    ),
                ),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="delay_notes", to="work.slaclock"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
                "indexes": [
                    models.Index(fields=["item", "at", "id"], name="work_delay_note_line"),
                    models.Index(fields=["at", "reason"], name="work_delay_note_when"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=~Q(reason=""), name="work_delay_note_has_reason"),
                    models.CheckConstraint(
                        condition=~Q(reason="other") | ~Q(note=""), name="work_delay_other_says_what"
                    ),
                ],
            },
        ),
        AppendOnly("work_delaynote"),
        migrations.AddField(
            model_name="slaclock", name="explained_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="workitem", name="unexplained_delays", field=models.PositiveSmallIntegerField(default=0)
        ),
        migrations.RunPython(begin_asking, migrations.RunPython.noop, elidable=False),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.CheckConstraint(
                condition=~Q(state_flag="resolved") | Q(unexplained_delays=0), name="work_item_delays_explained"
            ),
        ),
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(
                condition=_UNFINISHED & Q(unexplained_delays__gt=0),
                fields=["unexplained_delays", "id"],
                name="work_item_unexplained",
            ),
        ),
        migrations.CreateModel(
            name="EscalationLevel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Agent"), (2, "Team lead"), (3, "Branch manager"), (4, "Head office")], unique=True
                    ),
                ),
                ("confirm_minutes", models.PositiveIntegerField(blank=True, null=True)),
            ],
            options={
                "ordering": ["level"],
                "constraints": [
                    models.CheckConstraint(condition=Q(level__gte=1, level__lte=4), name="work_level_of_ladder"),
                    models.CheckConstraint(
                        condition=Q(confirm_minutes__isnull=True) | Q(confirm_minutes__gt=0), name="work_level_minutes"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="escalationfiring",
            name="told",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="escalationfiring", name="rung", field=models.PositiveSmallIntegerField(default=0)
        ),
        migrations.AddField(
            model_name="escalationfiring", name="confirm_by", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="escalationfiring", name="confirmed_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="escalationfiring",
            name="confirmed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="escalationfiring", name="lapsed_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddConstraint(
            model_name="escalationfiring",
            constraint=models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(confirm_by__isnull=False), name="work_escalation_confirmed"
            ),
        ),
        migrations.AddIndex(
            model_name="escalationfiring",
            index=models.Index(
                condition=Q(confirm_by__isnull=False, confirmed_at__isnull=True, lapsed_at__isnull=True),
                fields=["confirm_by", "id"],
                name="work_escalation_lapsing",
            ),
        ),
        migrations.AddIndex(
            model_name="escalationfiring",
            index=models.Index(
                condition=Q(confirm_by__isnull=False, confirmed_at__isnull=True),
                fields=["told", "item"],
                name="work_escalation_open",
            ),
        ),
    ]
