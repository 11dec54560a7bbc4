from django.db import migrations, models


class Migration(migrations.Migration):
    """Asking whether it is still solved: by a call, as before, or by a short text."""

    dependencies = [("tickets", "0013_category_parent")]

    operations = [
        migrations.AddField(
            model_name="desksettings",
            name="follow_up_by",
            field=models.CharField(
                choices=[("call", "By phone"), ("text", "By SMS, where the customer has a number")],
                default="call",
                max_length=4,
            ),
        ),
        migrations.AddConstraint(
            model_name="desksettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("follow_up_by__in", ["call", "text"])), name="tickets_follow_up_by"
            ),
        ),
    ]
