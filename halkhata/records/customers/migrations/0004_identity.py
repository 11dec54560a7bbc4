import django.db.models.deletion
from django.db import migrations, models

import halkhata.foundation.core.clock


class Migration(migrations.Migration):
    """Households, owners of numbers, ids of other systems, former names, coded places, texts to search in."""

    dependencies = [("customers", "0003_prefix_index")]

    operations = [
        migrations.CreateModel(
            name="Household",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name of the household")),
                ("created_at", models.DateTimeField(default=halkhata.foundation.core.clock.now)),
                ("is_demo", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="HouseholdMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "relation",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("head", "Head of the household"),
                            ("spouse", "Husband or wife"),
                            ("child", "Son or daughter"),
                            ("parent", "Father or mother"),
                            ("sibling", "Brother or sister"),
                            ("other", "Other relative"),
                        ],
                        max_length=10,
                        verbose_name="who it is",
                    ),
                ),
                ("created_at", models.DateTimeField(default=halkhata.foundation.core.clock.now)),
                ("is_demo", models.BooleanField(default=False)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="households",
                        to="customers.customer",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="members", to="customers.household"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("customer",), name="customers_one_household_each"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("relation__in", ["", "head", "spouse", "child", "parent", "sibling", "other"])
                        ),
                        name="customers_relation",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExternalId",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("system", models.CharField(max_length=40, verbose_name="system")),
                ("value", models.CharField(max_length=120, verbose_name="id there")),
                ("key", models.CharField(max_length=120)),
                ("created_at", models.DateTimeField(default=halkhata.foundation.core.clock.now)),
                ("is_demo", models.BooleanField(default=False)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="external_ids",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "ordering": ["system", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("system", "key"), name="customers_external_id_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("system", ""), _negated=True), models.Q(("key", ""), _negated=True)
                        ),
                        name="customers_external_id_says_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerAlias",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("name", "Name"), ("phone", "Phone"), ("email", "E-mail")], max_length=8
                    ),
                ),
                ("value", models.CharField(max_length=254)),
                ("key", models.CharField(max_length=254)),
                ("until_at", models.DateTimeField(default=halkhata.foundation.core.clock.now)),
                ("is_demo", models.BooleanField(default=False)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "ordering": ["-until_at", "-id"],
                "indexes": [models.Index(fields=["kind", "key"], name="customers_alias_key")],
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "kind", "key"), name="customers_alias_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["name", "phone", "email"])), name="customers_alias_kind"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_text",
                        serialize=False,
                        to="customers.customer",
                    ),
                ),
                ("text", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="OrganizationText",
            fields=[
                (
                    "organization",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_text",
                        serialize=False,
                        to="customers.organization",
                    ),
                ),
                ("text", models.TextField()),
            ],
        ),
        migrations.AddField(
            model_name="contactpoint",
            name="is_owner",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.UniqueConstraint(
                condition=models.Q(("customer__isnull", False), ("is_owner", True)),
                fields=("kind", "value"),
                name="customers_contact_one_owner",
            ),
        ),
        migrations.AddField(
            model_name="address",
            name="district_code",
            field=models.CharField(blank=True, db_default="", default="", max_length=12),
        ),
        migrations.AddField(
            model_name="address",
            name="upazila_code",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddIndex(
            model_name="address",
            index=models.Index(
                condition=models.Q(("district_code", ""), _negated=True),
                fields=["district_code", "upazila_code", "customer"],
                name="customers_address_place",
            ),
        ),
    ]
