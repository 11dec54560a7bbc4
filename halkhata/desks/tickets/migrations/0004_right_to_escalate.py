"""Telling the manager asks for a right of its own now: who could do it until today, or answers customers, has it."""

from typing import Any

from django.db import migrations

RIGHT = "work.escalate"
# In the order in which the rights of a role are kept; work.escalate comes after what stands before it here.
BEFORE = ("customer.", "ticket.", "work.view")


def give_right(apps: Any, _schema_editor: Any) -> None:
    """Roles that may change tickets get it (they had the button), and the ready roles that answer customers."""
    for role in apps.get_model("accounts", "Role").objects.all():
        rights = list(role.permissions)
        deals = "ticket.edit" in rights or (role.is_system and "ticket.reply" in rights)
        if RIGHT in rights or not deals:
            continue
        place = max((i for i, right in enumerate(rights, start=1) if right.startswith(BEFORE)), default=0)
        role.permissions = [*rights[:place], RIGHT, *rights[place:]]
        role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0003_one_complaint_checklist"),
        ("accounts", "0002_must_change_password"),
    ]

    operations = [migrations.RunPython(give_right, migrations.RunPython.noop)]
