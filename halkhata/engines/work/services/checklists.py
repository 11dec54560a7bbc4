"""Checklists: lines that must be ticked off before an item may end (A52.15)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.models import ChecklistItem, ChecklistTemplate, ChecklistTemplateLine, WorkItem
from halkhata.engines.work.policies import can_edit_settings, can_work_on
from halkhata.engines.work.selectors.shop_terms import shop_terms
from halkhata.engines.work.services.item_history import hold, update_item
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.text import clean_text

Line = tuple[str, str, bool]
"""Name in Bengali, name in English, must it be ticked."""


def template_for(*, kind: str, category: str = "") -> ChecklistTemplate | None:
    """The active template of this kind and category, else the one for the whole kind, else None."""
    return next(
        (row for row in shop_terms().checklists if row.kind == kind and row.category in {category, ""}),
        None,
    )


def attach_checklist(
    item: WorkItem, template: ChecklistTemplate | None, *, is_new: bool = False
) -> list[ChecklistItem]:
    """Give the item the lines of the template as they read today. An item that has a checklist keeps it.

    ``is_new``: this transaction has just made the item, so it has none.
    """
    kept = [] if is_new else list(item.checklist.all())
    if kept or template is None:
        return kept
    return ChecklistItem.objects.bulk_create(
        ChecklistItem(
            item_id=item.pk,
            position=line.position,
            name_bn=line.name_bn,
            name_en=line.name_en,
            is_required=line.is_required,
        )
        for line in template.lines.all()
    )


@transaction.atomic
def tick(*, actor: User, line: ChecklistItem, done: bool) -> ChecklistItem:
    """Tick a line off, or take the tick back. Raises PermissionRefused; ticking twice changes nothing."""
    item = hold(line.item)
    if not can_work_on(actor, item):
        raise PermissionRefused("checklist_refused", _("You may not change this checklist."))
    line.refresh_from_db()
    if (line.done_at is not None) == done:
        return line
    line.done_at, line.done_by = (now(), actor) if done else (None, None)
    line.save(update_fields=["done_at", "done_by"])
    update_item(item)
    record(
        actor=actor,
        action="work.checklist",
        record=item,
        after={"line": line.name_en or line.name_bn, "done": done},
    )
    return line


def is_complete(item: WorkItem) -> bool:
    """Whether every line that must be ticked is. An item without a checklist is complete."""
    return not item.checklist.filter(is_required=True, done_at__isnull=True).exists()


@transaction.atomic
def save_template(
    *,
    actor: Actor,
    template: ChecklistTemplate | None,
    name_bn: str,
    name_en: str,
    kind: str,
    category: str = "",
    lines: list[Line],
    is_active: bool = True,
    code: str = "",
    is_demo: bool = False,
) -> ChecklistTemplate:
    """Make a template or change one; items that have its lines already keep theirs.

    Raises PermissionRefused, DomainError (``name_missing``, ``lines_missing``).
    """
    if isinstance(actor, User) and not can_edit_settings(actor):
        raise PermissionRefused("settings_refused", _("You may not change the settings."))
    bn, en = clean_text(name_bn, max_length=120), clean_text(name_en, max_length=120)
    if not bn and not en:
        raise DomainError("name_missing", _("Give it a name."), field="name_bn")
    clean = [(clean_text(b, max_length=120), clean_text(e, max_length=120), must) for b, e, must in lines]
    clean = [line for line in clean if line[0] or line[1]]
    if not clean:
        raise DomainError("lines_missing", _("A checklist needs at least one line."), field="lines")
    template = template or ChecklistTemplate(is_demo=is_demo)
    template.name_bn, template.name_en = bn, en
    template.kind, template.category, template.is_active = kind, category, is_active
    if not template.code:
        template.code = code or f"{kind}-{ChecklistTemplate.objects.count() + 1}-{int(now().timestamp())}"
    template.save()
    template.lines.all().delete()
    ChecklistTemplateLine.objects.bulk_create(
        ChecklistTemplateLine(template=template, position=number, name_bn=b, name_en=e, is_required=must)
        for number, (b, e, must) in enumerate(clean, start=1)
    )
    record(actor=actor, action="checklist.save", record=template, after={"lines": [b or e for b, e, _must in clean]})
    return template
