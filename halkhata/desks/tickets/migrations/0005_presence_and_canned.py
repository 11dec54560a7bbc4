from django.conf import settings
from django.db import migrations, models

from halkhata.desks.tickets.services.canned_texts import create_default_canned


def fill(apps, _schema_editor):
    """A shop that is set up already gets the ready-made answers, too; a new one gets them at set-up."""
    if apps.get_model("tickets", "Category").objects.exists():
        create_default_canned(apps.get_model("tickets", "CannedReply"))


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("accounts", "0004_private_fields"),
        ("messaging", "0006_mail_identity"),
        ("tickets", "0004_right_to_escalate"),
    ]
    operations = [
        migrations.AddField(model_name="category", name="version", field=models.PositiveIntegerField(default=1)),
        migrations.CreateModel(
            name="TicketPresence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seen_at", models.DateTimeField()),
                ("is_writing", models.BooleanField(default=False)),
                (
                    "ticket",
                    models.ForeignKey(on_delete=models.deletion.CASCADE, related_name="present", to="tickets.ticket"),
                ),
                (
                    "user",
                    models.ForeignKey(on_delete=models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["seen_at"], name="tickets_present_seen")],
                "constraints": [models.UniqueConstraint(fields=("ticket", "user"), name="tickets_present_once")],
            },
        ),
        migrations.CreateModel(
            name="CannedReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title_bn", models.CharField(blank=True, max_length=80)),
                ("title_en", models.CharField(blank=True, max_length=80)),
                ("text_bn", models.TextField(blank=True)),
                ("text_en", models.TextField(blank=True)),
                ("links", models.JSONField(blank=True, default=list)),
                ("sets_state", models.CharField(blank=True, max_length=24)),
                ("is_active", models.BooleanField(default=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("is_demo", models.BooleanField(default=False)),
                (
                    "for_category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.deletion.SET_NULL,
                        related_name="+",
                        to="tickets.category",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.deletion.CASCADE,
                        related_name="canned_replies",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sets_category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.deletion.SET_NULL,
                        related_name="+",
                        to="tickets.category",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
            ],
            options={
                "ordering": ["title_en", "title_bn", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title_bn", ""), _negated=True),
                            models.Q(("title_en", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="tickets_canned_has_title",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("text_bn", ""), _negated=True),
                            models.Q(("text_en", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="tickets_canned_has_text",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("team__isnull", True), ("owner__isnull", True), _connector="OR"),
                        name="tickets_canned_scope",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "sets_state__in",
                                ["", "open", "waiting_customer", "waiting_manufacturer", "waiting_internal"],
                            )
                        ),
                        name="tickets_canned_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CannedUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "message",
                    models.ForeignKey(on_delete=models.deletion.CASCADE, related_name="+", to="messaging.message"),
                ),
                (
                    "reply",
                    models.ForeignKey(on_delete=models.deletion.CASCADE, related_name="uses", to="tickets.cannedreply"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["reply", "-at"], name="tickets_canned_used")],
                "constraints": [models.UniqueConstraint(fields=("reply", "message"), name="tickets_canned_use_once")],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
