import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

import halkhata.foundation.core.clock

HAS_NAME = ~Q(name_bn="") | ~Q(name_en="")
NAMES = [
    ("name_bn", models.CharField(blank=True, max_length=120, verbose_name="name in Bengali")),
    ("name_en", models.CharField(blank=True, max_length=120, verbose_name="name in English")),
]
KINDS = [
    ("text", "Short text"), ("long_text", "Long text"), ("number", "Number"), ("date", "Date"),
    ("yes_no", "Yes or no"), ("choice", "One of a list"), ("several", "Several of a list"), ("phone", "Phone number"),
]
MODES = [
    ("shown", "Shown"), ("required", "Must be filled in"), ("read_only", "Can be read, not changed"),
    ("hidden", "Not shown"),
]
SEVERITIES = [("refuse", "Refuse to save"), ("warn", "Save, and remind")]
TONES = [("neutral", "Grey"), ("info", "Blue"), ("good", "Green"), ("warn", "Yellow"), ("bad", "Red")]


def key():
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def names():
    return [(name, field.clone()) for name, field in NAMES]


class Migration(migrations.Migration):
    """Fields, layouts, rules and tags of the shop's own (A56.13)."""

    initial = True
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("accounts", "0004_private_fields"),
    ]

    operations = [
        migrations.CreateModel(
            name="SchemaStamp",
            fields=[
                ("target", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("token", models.CharField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="FieldDefinition",
            fields=[
                key(),
                *names(),
                ("target", models.CharField(max_length=20)),
                ("code", models.SlugField(max_length=40)),
                ("kind", models.CharField(choices=KINDS, max_length=10)),
                ("help_bn", models.CharField(blank=True, max_length=200, verbose_name="help in Bengali")),
                ("help_en", models.CharField(blank=True, max_length=200, verbose_name="help in English")),
                ("position", models.PositiveSmallIntegerField(default=100)),
                ("is_private", models.BooleanField(default=False)),
                ("is_filter", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(default=halkhata.foundation.core.clock.now)),
            ],
            options={
                "ordering": ["target", "position", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("target", "code"), name="fields_code_once_per_target"),
                    models.CheckConstraint(condition=HAS_NAME, name="fields_definition_has_name"),
                    models.CheckConstraint(condition=~Q(code="") & ~Q(target=""), name="fields_definition_has_code"),
                    models.CheckConstraint(
                        condition=Q(kind__in=[code for code, _label in KINDS]), name="fields_definition_kind"
                    ),
                    models.CheckConstraint(
                        condition=Q(is_filter=False) | ~Q(kind="long_text"), name="fields_long_text_is_no_filter"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FieldOption",
            fields=[
                key(),
                *names(),
                ("code", models.SlugField(max_length=40)),
                ("position", models.PositiveSmallIntegerField(default=100)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "field",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="options", to="fields.fielddefinition"
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("field", "code"), name="fields_option_code_once"),
                    models.CheckConstraint(condition=HAS_NAME, name="fields_option_has_name"),
                    models.CheckConstraint(condition=~Q(code=""), name="fields_option_has_code"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LayoutPlace",
            fields=[
                key(),
                ("target", models.CharField(max_length=20)),
                ("field", models.CharField(max_length=41)),
                ("mode", models.CharField(choices=MODES, default="shown", max_length=10)),
                ("position", models.PositiveSmallIntegerField(default=100)),
                (
                    "role",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+",
                        to="accounts.role",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("role__isnull", False)), fields=("target", "role", "field"), name="fields_place_once"
                    ),
                    models.UniqueConstraint(
                        condition=Q(("role__isnull", True)), fields=("target", "field"), name="fields_common_place_once"
                    ),
                    models.CheckConstraint(
                        condition=Q(mode__in=[code for code, _label in MODES]), name="fields_place_mode"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ValidationRule",
            fields=[
                key(),
                *names(),
                ("target", models.CharField(max_length=20)),
                ("conditions", models.JSONField()),
                ("severity", models.CharField(choices=SEVERITIES, default="warn", max_length=6)),
                ("at_field", models.CharField(blank=True, max_length=41)),
                ("position", models.PositiveSmallIntegerField(default=100)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["target", "position", "id"],
                "constraints": [
                    models.CheckConstraint(condition=HAS_NAME, name="fields_rule_has_sentence"),
                    models.CheckConstraint(
                        condition=Q(severity__in=[code for code, _label in SEVERITIES]), name="fields_rule_severity"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                key(),
                ("target", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=120)),
                ("tone", models.CharField(choices=TONES, default="neutral", max_length=8)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(default=halkhata.foundation.core.clock.now)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["target", "name"],
                "constraints": [
                    models.UniqueConstraint(fields=("target", "key"), name="fields_tag_once_per_target"),
                    models.CheckConstraint(condition=~Q(key="") & ~Q(name=""), name="fields_tag_not_empty"),
                    models.CheckConstraint(condition=Q(tone__in=[code for code, _label in TONES]), name="fields_tag_tone"),
                ],
            },
        ),
    ]
