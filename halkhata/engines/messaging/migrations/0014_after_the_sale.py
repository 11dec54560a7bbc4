from django.db import migrations, models


def add_texts(apps, schema_editor):
    """A shop that is set up already gets the texts of the new occasions, as a new one does."""
    from halkhata.engines.messaging.services.after_sale_texts import AFTER_SALE_TEXTS

    template = apps.get_model("messaging", "Template")
    if not template.objects.exists():
        return
    for code, language, subject, body in AFTER_SALE_TEXTS:
        template.objects.get_or_create(
            code=code, team=None, channel="email", language=language, defaults={"subject": subject, "body": body}
        )


class Migration(migrations.Migration):
    """Occasions after the sale: jobs, estimates, promised dates, returns, disputes."""

    dependencies = [("messaging", "0013_texts_a_week")]

    operations = [
        migrations.AlterField(
            model_name="template",
            name="code",
            field=models.CharField(
                choices=[
                    ("received", "Received"),
                    ("assigned", "Assigned"),
                    ("delayed", "Delayed"),
                    ("resolved", "Resolved"),
                    ("feedback", "Asking for feedback"),
                    ("reply", "Frame of a staff reply"),
                    ("job", "News of a job card"),
                    ("estimate", "Estimate to approve"),
                    ("moved", "New promised date, with an apology"),
                    ("return", "News of a return"),
                    ("dispute", "News of a dispute"),
                ],
                max_length=10,
            ),
        ),
        migrations.RunPython(add_texts, migrations.RunPython.noop),
    ]
