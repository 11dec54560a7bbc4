import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The SMS channel and its price, prayer times, ready texts, texts that are held or refused (E.5, E.6)."""

    dependencies = [
        ("accounts", "0004_private_fields"),
        ("messaging", "0010_purpose_of_deliveries"),
        ("work", "0014_list_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PrayerTimes",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("months", models.JSONField(default=list)),
                ("friday", models.JSONField(blank=True, default=list)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="ShortText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("code", "One-time code"),
                            ("notice", "News about the customer's own matter"),
                            ("offer", "Offer or advertising"),
                        ],
                        default="notice",
                        max_length=6,
                    ),
                ),
                (
                    "language",
                    models.CharField(choices=[("bn", "Bengali"), ("en", "English")], default="bn", max_length=5),
                ),
                ("text", models.TextField()),
                ("is_active", models.BooleanField(default=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("is_demo", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["name", "language", "id"],
            },
        ),
        migrations.CreateModel(
            name="TextingSettings",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("price", models.DecimalField(blank=True, decimal_places=4, max_digits=8, null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("sender_name", models.CharField(blank=True, max_length=32)),
                ("opens", models.TimeField(blank=True, null=True)),
                ("closes", models.TimeField(blank=True, null=True)),
                ("a_day", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="textmessage",
            name="messaging_text_purpose",
        ),
        migrations.RemoveConstraint(
            model_name="textmessage",
            name="messaging_text_state",
        ),
        migrations.RemoveConstraint(
            model_name="textmessage",
            name="messaging_demo_text_stays",
        ),
        migrations.AddField(
            model_name="textmessage",
            name="currency",
            field=models.CharField(blank=True, max_length=3),
        ),
        migrations.AddField(
            model_name="textmessage",
            name="go_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="textmessage",
            name="price",
            field=models.DecimalField(blank=True, decimal_places=4, max_digits=10, null=True),
        ),
        migrations.AddField(
            model_name="textmessage",
            name="rule",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", ""),
                    ("night", "No offers at night"),
                    ("prayer", "No offers at prayer times"),
                    ("hours", "Outside the hours for offers"),
                    ("wish", "Outside the hours the customer asked for"),
                    ("day_limit", "This number had as many offers today as are allowed"),
                    ("no_hour", "The customer's hours and the hours for offers have nothing in common"),
                    ("script", "An offer to this country must be in Bengali letters"),
                    ("no_number", "An offer needs a phone number"),
                    ("erased", "The person's data were erased"),
                    ("stopped", "Nothing may go to this number or address"),
                    ("withdrawn", "The customer said no"),
                    ("no_consent", "The customer has not agreed"),
                    ("unconfirmed", "The customer has not confirmed yet"),
                    ("restricted", "The use of the customer's data is stopped while a request is open"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="textmessage",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("code", "One-time code"),
                    ("notice", "News about the customer's own matter"),
                    ("offer", "Offer or advertising"),
                ],
                max_length=6,
            ),
        ),
        migrations.AlterField(
            model_name="textmessage",
            name="state",
            field=models.CharField(
                choices=[
                    ("prepared", "Prepared, not sent"),
                    ("held", "Held until its time"),
                    ("queued", "Waiting to be sent"),
                    ("sending", "Being sent"),
                    ("sent", "Sent"),
                    ("by_hand", "Sent by hand"),
                    ("failed", "Failed"),
                    ("in_doubt", "In doubt"),
                    ("withdrawn", "Not needed any more"),
                    ("refused", "Refused by a rule"),
                ],
                default="prepared",
                max_length=9,
            ),
        ),
        migrations.AddIndex(
            model_name="textmessage",
            index=models.Index(condition=models.Q(("state", "held")), fields=["go_at"], name="messaging_text_held"),
        ),
        migrations.AddIndex(
            model_name="textmessage",
            index=models.Index(condition=models.Q(("state", "refused")), fields=["-id"], name="messaging_text_refused"),
        ),
        migrations.AddConstraint(
            model_name="textmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ["code", "notice", "offer"])), name="messaging_text_purpose"
            ),
        ),
        migrations.AddConstraint(
            model_name="textmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "prepared",
                            "held",
                            "queued",
                            "sending",
                            "sent",
                            "by_hand",
                            "failed",
                            "in_doubt",
                            "withdrawn",
                            "refused",
                        ],
                    )
                ),
                name="messaging_text_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="textmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "rule__in",
                        [
                            "",
                            "night",
                            "prayer",
                            "hours",
                            "wish",
                            "day_limit",
                            "no_hour",
                            "script",
                            "no_number",
                            "erased",
                            "stopped",
                            "withdrawn",
                            "no_consent",
                            "unconfirmed",
                            "restricted",
                        ],
                    )
                ),
                name="messaging_text_rule",
            ),
        ),
        migrations.AddConstraint(
            model_name="textmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "held"), _negated=True),
                    models.Q(models.Q(("rule", ""), _negated=True), ("go_at__isnull", False)),
                    _connector="OR",
                ),
                name="messaging_held_text_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="textmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "refused"), _negated=True),
                    models.Q(("rule", ""), _negated=True),
                    _connector="OR",
                ),
                name="messaging_refused_text_has_rule",
            ),
        ),
        migrations.AddConstraint(
            model_name="textmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("purpose", "offer"), models.Q(("state__in", ["held", "refused"]), _negated=True), _connector="OR"
                ),
                name="messaging_only_offers_are_held",
            ),
        ),
        migrations.AddConstraint(
            model_name="textmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_demo", False), ("state__in", ["prepared", "held", "withdrawn", "refused"]), _connector="OR"
                ),
                name="messaging_demo_text_stays",
            ),
        ),
        migrations.AddField(
            model_name="prayertimes",
            name="branch",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="prayer_times", to="accounts.branch"
            ),
        ),
        migrations.AddConstraint(
            model_name="shorttext",
            constraint=models.UniqueConstraint(fields=("name", "language"), name="messaging_short_text_once"),
        ),
        migrations.AddConstraint(
            model_name="shorttext",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ["notice", "offer"])), name="messaging_short_text_purpose"
            ),
        ),
        migrations.AddConstraint(
            model_name="shorttext",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("name", ""), _negated=True), models.Q(("text", ""), _negated=True)),
                name="messaging_short_text_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="textingsettings",
            constraint=models.CheckConstraint(condition=models.Q(("id", 1)), name="messaging_texting_is_one_row"),
        ),
        migrations.AddConstraint(
            model_name="textingsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("price__isnull", True), ("price__gte", 0), _connector="OR"),
                name="messaging_texting_price",
            ),
        ),
        migrations.AddConstraint(
            model_name="textingsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closes__isnull", True), ("opens__isnull", True)),
                    models.Q(
                        ("closes__isnull", False),
                        ("opens__isnull", False),
                        models.Q(("opens", models.F("closes")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="messaging_texting_hours_are_a_span",
            ),
        ),
        migrations.AddConstraint(
            model_name="textingsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("a_day__isnull", True), models.Q(("a_day__gte", 1), ("a_day__lte", 50)), _connector="OR"
                ),
                name="messaging_texting_a_day",
            ),
        ),
    ]
