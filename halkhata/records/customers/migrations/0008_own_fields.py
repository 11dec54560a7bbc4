import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

import halkhata.foundation.core.clock

COLUMNS = ("folded", "long_text", "number", "date", "truth")


def one_column():
    first, *rest = (Q(**{f"{name}__isnull": name != filled for name in COLUMNS}) for filled in COLUMNS)
    for other in rest:
        first |= other
    return first


class Migration(migrations.Migration):
    """Fields of the shop's own, and tags, on customers (A56.13)."""

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("customers", "0007_merging"),
        ("fields", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomerValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slot", models.CharField(blank=True, max_length=40)),
                ("text", models.CharField(blank=True, max_length=300)),
                ("folded", models.CharField(blank=True, max_length=500, null=True)),
                ("long_text", models.TextField(blank=True, null=True)),
                ("number", models.DecimalField(blank=True, decimal_places=4, max_digits=15, null=True)),
                ("date", models.DateField(blank=True, null=True)),
                ("truth", models.BooleanField(blank=True, null=True)),
                (
                    "field",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="fields.fielddefinition",
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="own_values",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("record", "field", "slot"), name="customers_customervalue_once"),
                    models.CheckConstraint(condition=one_column(), name="customers_customervalue_one"),
                ],
                "indexes": [
                    models.Index(
                        condition=Q(("folded__isnull", False)), fields=["field", "folded", "record"],
                        name="customers_customervalue_f",
                    ),
                    models.Index(
                        condition=Q(("number__isnull", False)), fields=["field", "number", "record"],
                        name="customers_customervalue_n",
                    ),
                    models.Index(
                        condition=Q(("date__isnull", False)), fields=["field", "date", "record"],
                        name="customers_customervalue_d",
                    ),
                    models.Index(
                        condition=Q(("truth__isnull", False)), fields=["field", "truth", "record"],
                        name="customers_customervalue_t",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerTag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("added_at", models.DateTimeField(default=halkhata.foundation.core.clock.now)),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="tag_uses",
                        to="customers.customer",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="fields.tag"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [models.UniqueConstraint(fields=("record", "tag"), name="customers_customertag_once")],
                "indexes": [models.Index(fields=["tag", "record"], name="customers_customertag_tag")],
            },
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", True)), fields=["created_at"], name="customers_since"
            ),
        ),
    ]
