from django.db import migrations, models

STATES = [
    ("prepared", "Prepared, not sent"),
    ("held", "Held until its time"),
    ("queued", "Waiting to be sent"),
    ("sending", "Being sent"),
    ("sent", "Sent"),
    ("delivered", "Delivered"),
    ("by_hand", "Sent by hand"),
    ("failed", "Failed"),
    ("in_doubt", "In doubt"),
    ("withdrawn", "Not needed any more"),
    ("refused", "Refused by a rule"),
]


class Migration(migrations.Migration):
    """A short text may be known to have arrived."""

    dependencies = [("messaging", "0021_inbound_texts")]

    operations = [
        migrations.RemoveConstraint(model_name="textmessage", name="messaging_text_state"),
        migrations.AlterField(
            model_name="textmessage",
            name="state",
            field=models.CharField(choices=STATES, default="prepared", max_length=9),
        ),
        migrations.AddConstraint(
            model_name="textmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", [value for value, _label in STATES])), name="messaging_text_state"
            ),
        ),
    ]
