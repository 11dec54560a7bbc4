from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """How many offers go to one number within seven days."""

    dependencies = [
        ("customers", "0008_own_fields"),
        ("messaging", "0012_texts_to_customers"),
        ("work", "0014_list_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="textmessage",
            name="messaging_text_rule",
        ),
        migrations.AddField(
            model_name="textingsettings",
            name="a_week",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AlterField(
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
                    ("week_limit", "This number had as many offers within seven days as are allowed"),
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
        migrations.AddConstraint(
            model_name="textingsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("a_week__isnull", True), models.Q(("a_week__gte", 1), ("a_week__lte", 50)), _connector="OR"
                ),
                name="messaging_texting_a_week",
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
                            "week_limit",
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
    ]
