"""For migrations: shops that were set up before get what a new shop is given.

New rights go to the ready roles by their code; a role that the shop made itself is the shop's own and stays as it is.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Step = Callable[[Any, Any], None]


def shop_in_use(apps: Any) -> Any:
    """The row of the install when somebody has set it up, else None: a new one gets everything at its set-up."""
    return apps.get_model("core", "Installation").objects.filter(pk=1, set_up_at__isnull=False).first()


def giving(rights: Mapping[str, Sequence[str]]) -> tuple[Step, Step]:
    """The two directions of a RunPython: give these rights to the ready roles (by code), and take them from all.

    Repeating it changes nothing. ``rights`` are written out in the migration, as they were in its version.
    """
    new = frozenset(right for some in rights.values() for right in some)

    def give(apps: Any, _schema_editor: Any) -> None:
        for role in apps.get_model("accounts", "Role").objects.filter(is_system=True, code__in=rights):
            missing = [right for right in rights[role.code] if right not in role.permissions]
            if missing:
                role.permissions = [*role.permissions, *missing]
                role.save(update_fields=["permissions"])

    def take(apps: Any, _schema_editor: Any) -> None:
        for role in apps.get_model("accounts", "Role").objects.all():
            kept = [right for right in role.permissions if right not in new]
            if kept != role.permissions:
                role.permissions = kept
                role.save(update_fields=["permissions"])

    return give, take
