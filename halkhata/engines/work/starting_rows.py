"""A promise and a checklist that a kind of work begins with: written once, for set-up and for shops set up before.

Set-up goes through the services (``save``), which check, write the audit trail and tell whoever listens. A migration
(``add``) has the tables of its own version and nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Targets = Mapping[tuple[str, str], int]
"""Promised minutes by (priority, metric)."""


@dataclass(frozen=True, kw_only=True)
class StartingPromise:
    """What is promised for a kind of work, unless the shop has said it."""

    kind: str
    name_bn: str
    name_en: str
    targets: Targets
    around_the_clock: bool = False
    warn_at: tuple[int, ...] = (50, 75, 90)

    def known(self, policies: Any) -> Any:
        """The first of these policies that is about the kind, or None."""
        return next((row for row in policies if self.kind in (row.conditions or {}).get("kind", ())), None)

    def add(self, apps: Any) -> None:
        """In a migration: the last policy before the default, unless there is one about the kind."""
        table = apps.get_model("work", "SlaPolicy").objects
        policies = list(table.filter(is_default=False).order_by("position", "pk"))
        if self.known(policies) is not None:
            return
        policy = table.create(
            position=max((row.position for row in policies), default=0) + 1, name_bn=self.name_bn,
            name_en=self.name_en, conditions={"kind": [self.kind]}, around_the_clock=self.around_the_clock,
            warn_at=sorted(self.warn_at),
        )  # fmt: skip
        target = apps.get_model("work", "SlaTarget")
        target.objects.bulk_create(
            target(policy=policy, priority=priority, metric=metric, minutes=minutes)
            for (priority, metric), minutes in self.targets.items()
        )


@dataclass(frozen=True, kw_only=True)
class StartingChecklist:
    """The checklist of a whole kind of work, unless the shop has one."""

    kind: str
    name_bn: str
    name_en: str
    # Bengali, English, must it be ticked.
    lines: Sequence[tuple[str, str, bool]]

    def add(self, apps: Any) -> None:
        """In a migration: the template, unless there is one for the whole kind; one that was switched off counts."""
        table = apps.get_model("work", "ChecklistTemplate").objects
        if table.filter(kind=self.kind, category="").exists() or table.filter(code=self.kind).exists():
            return
        template = table.create(code=self.kind, kind=self.kind, name_bn=self.name_bn, name_en=self.name_en)
        line = apps.get_model("work", "ChecklistTemplateLine")
        line.objects.bulk_create(
            line(template=template, position=number, name_bn=name_bn, name_en=name_en, is_required=must)
            for number, (name_bn, name_en, must) in enumerate(self.lines, start=1)
        )
