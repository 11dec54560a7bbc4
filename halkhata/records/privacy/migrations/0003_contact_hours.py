import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The zone and the hours of a customer (E.5)."""

    dependencies = [
        ("customers", "0008_own_fields"),
        ("privacy", "0002_ledger_and_beginnings"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("time_zone", models.CharField(blank=True, max_length=64, verbose_name="time zone")),
                ("earliest", models.TimeField(blank=True, null=True, verbose_name="from")),
                ("latest", models.TimeField(blank=True, null=True, verbose_name="until")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contact_hours",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("earliest__isnull", True), ("latest__isnull", True)),
                            models.Q(
                                ("earliest__isnull", False),
                                ("latest__isnull", False),
                                models.Q(("earliest", models.F("latest")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="privacy_hours_are_a_span",
                    )
                ],
            },
        ),
    ]
