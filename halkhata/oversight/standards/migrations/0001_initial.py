from django.db import migrations, models

from halkhata.foundation.core.append_only import AppendOnly


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.CreateModel(
            name="StandardsDraft",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("texts", models.JSONField(default=dict)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="standards_draft_is_one_row")
                ],
            },
        ),
        migrations.CreateModel(
            name="StandardsVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(unique=True)),
                ("effective_on", models.DateField()),
                ("published_at", models.DateTimeField()),
                ("publisher_id_then", models.BigIntegerField(blank=True, null=True)),
                ("publisher_label", models.CharField(blank=True, max_length=150)),
                ("texts", models.JSONField()),
                ("facts", models.JSONField()),
            ],
            options={
                "ordering": ["-number"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="standards_number_from_one")
                ],
            },
        ),
        AppendOnly("standards_standardsversion"),
    ]
