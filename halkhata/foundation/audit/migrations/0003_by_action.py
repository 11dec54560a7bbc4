from django.db import migrations, models


class Migration(migrations.Migration):
    """Lines of one kind of act, latest first, without a walk through the whole trail."""

    dependencies = [("audit", "0002_append_only")]

    operations = [
        migrations.AddIndex(
            model_name="auditentry", index=models.Index(fields=["action", "-id"], name="audit_by_action")
        ),
    ]
