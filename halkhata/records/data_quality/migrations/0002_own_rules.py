import django.db.models.deletion
from django.db import migrations, models

import halkhata.foundation.core.clock


class Migration(migrations.Migration):

    dependencies = [
        ("customers", "0011_paper_keys"),
        ("data_quality", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="QualityRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_bn", models.CharField(blank=True, max_length=120, verbose_name="name in Bengali")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="name in English")),
                ("conditions", models.JSONField()),
                ("weight", models.PositiveSmallIntegerField()),
                ("is_active", models.BooleanField(default=True)),
                ("changed_at", models.DateTimeField(default=halkhata.foundation.core.clock.now)),
            ],
            options={
                "ordering": ["-weight", "id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("name_bn", ""), _negated=True) | models.Q(("name_en", ""), _negated=True), name="data_quality_rule_has_name"),
                    models.CheckConstraint(condition=models.Q(("weight__gte", 1), ("weight__lte", 100)), name="data_quality_rule_weight"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RulesState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="data_quality_one_rules_state")],
            },
        ),
        migrations.CreateModel(
            name="RuleHit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("customer", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="quality_hits", to="customers.customer")),
                ("rule", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="hits", to="data_quality.qualityrule")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("rule", "customer"), name="data_quality_hit_once")],
            },
        ),
        migrations.AddField(
            model_name="customerscore",
            name="rules_seen",
            field=models.PositiveIntegerField(default=0),
        ),
    ]
