"""The standard checklist of complaints was made twice under one name: the one that no ticket ever gets goes."""

from typing import Any

from django.db import migrations

NAME = "Before a complaint ends"
# Code, and the lines as they were made; with others somebody has worked on it.
TWINS = {
    "complaint": [
        "The cause has been found",
        "The customer has been told the solution",
        "The customer has been asked whether it is all right",
        "A copy of the memo or warranty card is kept",
    ],
    "complaint-follow-up": [
        "The customer was told what was done",
        "Product and papers are back with the customer",
        "Costs and parts are written down",
    ],
}


def resolve_twins(apps: Any, _schema_editor: Any) -> None:
    """Remove the unused twin, or switch it off when the shop has changed it, so that its words are not lost.

    Of several checklists for the same work, tickets get the oldest that is in use: the younger one of two is unused.
    Items keep their lines, which are copies.
    """
    templates = apps.get_model("work", "ChecklistTemplate")
    twins = list(
        templates.objects.filter(code__in=TWINS, kind="complaint", category="", is_active=True).order_by("pk")
    )
    for unused in twins[1:]:
        lines = list(unused.lines.order_by("position").values_list("name_en", flat=True))
        if unused.name_en == NAME and lines == TWINS[unused.code]:
            unused.delete()
        else:
            templates.objects.filter(pk=unused.pk).update(is_active=False)


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0002_desk_settings"),
        ("work", "0003_silence_index"),
    ]

    operations = [migrations.RunPython(resolve_twins, migrations.RunPython.noop)]
