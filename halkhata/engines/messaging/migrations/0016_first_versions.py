from django.db import migrations
from django.utils import timezone


def write_first_versions(apps, schema_editor):
    """What every shop sends today becomes version 1, so that the next message can say what it was made from."""
    template_model, version_model = apps.get_model("messaging", "Template"), apps.get_model("messaging", "TemplateVersion")
    for template in template_model.objects.filter(current__isnull=True).order_by("pk"):
        version = version_model.objects.create(
            template=template, number=1, language=template.language, subject=template.subject, body=template.body,
            links=template.links, is_active=template.is_active, is_set_aside=template.is_set_aside, at=timezone.now(),
        )  # fmt: skip
        version.documents.set(template.documents.all())
        template_model.objects.filter(pk=template.pk).update(current=version)


class Migration(migrations.Migration):
    """The first version of every text that is there."""

    dependencies = [("messaging", "0015_template_versions")]

    operations = [migrations.RunPython(write_first_versions, migrations.RunPython.noop)]
