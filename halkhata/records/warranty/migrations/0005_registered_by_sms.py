from django.db import migrations, models

CHANNELS = [
    ("counter", "At the counter"),
    ("invoice", "With the sale"),
    ("bulk", "List"),
    ("web", "Web page"),
    ("qr", "QR code"),
    ("sms", "SMS"),
    ("claim", "At the first claim"),
]


class Migration(migrations.Migration):
    """Registrations come in by SMS, too."""

    dependencies = [("warranty", "0004_for_shops_in_use")]

    operations = [
        migrations.RemoveConstraint(model_name="registration", name="warranty_registration_channel"),
        migrations.AlterField(
            model_name="registration", name="channel", field=models.CharField(choices=CHANNELS, max_length=8)
        ),
        migrations.AddConstraint(
            model_name="registration",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", [code for code, _label in CHANNELS])),
                name="warranty_registration_channel",
            ),
        ),
    ]
