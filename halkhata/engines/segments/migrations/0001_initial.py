import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

import halkhata.foundation.core.clock


def key():
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("customers", "0008_own_fields"),
    ]

    operations = [
        migrations.CreateModel(
            name="Segment",
            fields=[
                key(),
                ("name_bn", models.CharField(blank=True, max_length=120, verbose_name="name in Bengali")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="name in English")),
                ("conditions", models.JSONField()),
                (
                    "state",
                    models.CharField(
                        choices=[("building", "Being counted"), ("ready", "Up to date"), ("going", "Being removed")],
                        default="building", max_length=8,
                    ),
                ),
                ("generation", models.PositiveIntegerField(default=1)),
                ("member_count", models.PositiveIntegerField(default=0)),
                ("followed_on", models.DateField(blank=True, null=True)),
                ("built_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=halkhata.foundation.core.clock.now)),
                ("updated_at", models.DateTimeField(default=halkhata.foundation.core.clock.now)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-updated_at", "-id"],
                "constraints": [
                    models.CheckConstraint(condition=~Q(name_bn="") | ~Q(name_en=""), name="segments_segment_has_name"),
                    models.CheckConstraint(
                        condition=Q(state__in=["building", "ready", "going"]), name="segments_segment_state"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SegmentMember",
            fields=[
                key(),
                ("generation", models.PositiveIntegerField()),
                ("since", models.DateTimeField(default=halkhata.foundation.core.clock.now)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="segment_members",
                        to="customers.customer",
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="members",
                        to="segments.segment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("segment", "customer"), name="segments_member_once")
                ],
                "indexes": [
                    models.Index(fields=["segment", "generation"], name="segments_member_generation"),
                    models.Index(fields=["segment", "-customer"], name="segments_member_newest"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SegmentDoubt",
            fields=[
                key(),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="doubts",
                        to="segments.segment",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("segment", "customer"), name="segments_doubt_once")],
            },
        ),
    ]
