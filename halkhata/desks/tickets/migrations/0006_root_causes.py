from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("tickets", "0005_presence_and_canned")]
    operations = [
        migrations.CreateModel(
            name="RootCauseEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_bn", models.CharField(blank=True, max_length=120, verbose_name="name in Bengali")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="name in English")),
                ("code", models.SlugField(max_length=20, unique=True)),
                ("position", models.PositiveSmallIntegerField(default=100)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "categories",
                    models.ManyToManyField(blank=True, related_name="root_causes", to="tickets.category"),
                ),
            ],
            options={
                "ordering": ["position", "code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(name_bn="") | ~Q(name_en=""), name="tickets_root_cause_has_name"
                    ),
                    models.CheckConstraint(condition=~Q(code=""), name="tickets_root_cause_has_code"),
                ],
            },
        ),
    ]
