import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_private_fields"),
        ("customers", "0003_prefix_index"),
        ("messaging", "0005_overtaken_letters"),
        ("tickets", "0006_root_causes"),
        ("work", "0008_people_and_training"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Disposition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_bn", models.CharField(blank=True, max_length=120, verbose_name="name in Bengali")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="name in English")),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("position", models.PositiveSmallIntegerField(default=100)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["position", "code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name_bn", ""), _negated=True),
                            models.Q(("name_en", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="tickets_disposition_has_name",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PhoneRules",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("repeat_contacts", models.PositiveSmallIntegerField(default=3)),
                ("repeat_days", models.PositiveSmallIntegerField(default=7)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="tickets_phone_rules_one_row"),
                    models.CheckConstraint(
                        condition=models.Q(("repeat_contacts__gte", 2), ("repeat_contacts__lte", 50)),
                        name="tickets_repeat_contacts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("repeat_days__gte", 1), ("repeat_days__lte", 90)),
                        name="tickets_repeat_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PhoneSystem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("key", models.SlugField(max_length=24, unique=True)),
                ("secret", models.TextField()),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
                ("last_heard_at", models.DateTimeField(blank=True, null=True)),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.branch"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="CallMessageSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("webhook_id", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tickets.phonesystem"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider_id", models.CharField(blank=True, max_length=120)),
                (
                    "direction",
                    models.CharField(choices=[("in", "The customer called"), ("out", "We called")], max_length=3),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("ringing", "Ringing"), ("talking", "Talking"), ("ended", "Ended")],
                        default="ended",
                        max_length=8,
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=40)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("answered", models.BooleanField(default=False)),
                ("seconds", models.PositiveIntegerField(blank=True, null=True)),
                ("note", models.TextField(blank=True)),
                ("recording_url", models.CharField(blank=True, max_length=500)),
                (
                    "consent",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Not asked"),
                            ("told", "Was told that the call is recorded"),
                            ("agreed", "Agreed to the recording"),
                            ("refused", "Refused the recording"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.branch"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="customers.customer",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="calls",
                        to="work.workitem",
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="call",
                        to="messaging.message",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="calls",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "disposition",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="tickets.disposition",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="tickets.phonesystem",
                    ),
                ),
            ],
            options={
                "ordering": ["-started_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Extension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, unique=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="extension",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number", ""), _negated=True), name="tickets_extension_not_empty"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="phonesystem",
            constraint=models.CheckConstraint(
                condition=models.Q(("secret", ""), _negated=True), name="tickets_phone_system_has_secret"
            ),
        ),
        migrations.AddIndex(
            model_name="callmessageseen",
            index=models.Index(fields=["at"], name="tickets_call_message_at"),
        ),
        migrations.AddConstraint(
            model_name="callmessageseen",
            constraint=models.UniqueConstraint(fields=("system", "webhook_id"), name="tickets_call_message_once"),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["customer", "-started_at"], name="tickets_call_customer"),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["user", "-started_at"], name="tickets_call_user"),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["item", "-started_at"], name="tickets_call_item"),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.CheckConstraint(
                condition=models.Q(("direction__in", ["in", "out"])), name="tickets_call_direction"
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["ringing", "talking", "ended"])), name="tickets_call_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.CheckConstraint(
                condition=models.Q(("consent__in", ["", "told", "agreed", "refused"])), name="tickets_call_consent"
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.CheckConstraint(
                condition=models.Q(("recording_url", ""), ("consent__in", ["told", "agreed"]), _connector="OR"),
                name="tickets_recording_with_consent",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.CheckConstraint(
                condition=models.Q(("answered", True), ("seconds__isnull", True), ("seconds", 0), _connector="OR"),
                name="tickets_unanswered_is_short",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("provider_id", ""), ("system__isnull", True)),
                    models.Q(("system__isnull", False), models.Q(("provider_id", ""), _negated=True)),
                    _connector="OR",
                ),
                name="tickets_call_of_system",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.UniqueConstraint(
                condition=models.Q(("provider_id", ""), _negated=True),
                fields=("system", "provider_id"),
                name="tickets_call_once",
            ),
        ),
    ]
