from django.db import migrations, models


class Migration(migrations.Migration):
    """What a delivery is for, and the reason "the customer may not be written to for this" (E.7, B.4)."""

    dependencies = [("messaging", "0009_contacts_of_a_period")]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("service", "Service: answers, appointments, dues"),
                    ("survey", "Asking how it was"),
                    ("marketing", "Offers and advertising"),
                    ("loyalty", "Points and membership"),
                    ("publication", "Publishing what the customer said or showed"),
                ],
                default="service",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="block_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", ""),
                    ("demo", "Demo data is never sent"),
                    ("no_mailbox", "No mailbox is set up"),
                    ("no_address", "The customer has no e-mail address"),
                    ("suppressed", "The address is undeliverable"),
                    ("rate_limit", "Too many automatic messages to this address"),
                    ("shop_limit", "Too many automatic messages of the whole shop within the hour"),
                    ("loop", "The other side answers automatically"),
                    ("objection", "The customer may not be written to for this"),
                    ("overtaken", "The ticket had ended before it could leave"),
                ],
                max_length=12,
            ),
        ),
    ]
