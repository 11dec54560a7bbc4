"""Removing the demo so that nothing of it is left, and nothing else is lost."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.desks.feedback.models import Survey, SurveyInvitation, SurveyResponse
from halkhata.desks.tickets.models import Category, SafetyWord, Ticket
from halkhata.doors.cli.demo_data.sign_ins import forget_sign_ins
from halkhata.engines.messaging.models import (
    Conversation,
    Delivery,
    InboundRaw,
    Mailbox,
    Message,
    Suppression,
    Template,
    TemplateVersion,
)
from halkhata.engines.work.choices import WorkEventKind
from halkhata.engines.work.models import (
    Absence,
    BranchCalendar,
    BusinessCalendar,
    ChecklistTemplate,
    DelayNote,
    EscalationLevel,
    EscalationRule,
    Notification,
    SavedView,
    SlaPolicy,
    WorkEvent,
    WorkItem,
    WorkMinutes,
)
from halkhata.foundation.accounts.models import Branch, Role, Team, User
from halkhata.foundation.accounts.services.sign_in import end_sessions
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.backups.places import backup_is_running
from halkhata.foundation.core.append_only import suspended
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.core.models import Installation, NumberSequence
from halkhata.foundation.core.registry import demo_clearers
from halkhata.foundation.files.models import StoredFile
from halkhata.records.catalog.models import Purchase, Unit
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import (
    Activity,
    Address,
    ContactPoint,
    Customer,
    CustomerAlias,
    ExternalId,
    Household,
    HouseholdMember,
    Organization,
)

# Settings that a shop with people of its own keeps when the demo goes: they would be missing the next minute.
_STARTING_SETTINGS: tuple[type[models.Model], ...] = (SlaPolicy, EscalationRule, ChecklistTemplate, Category, Template)
# Children before parents. What hangs on these rows goes with them.
_ROWS: tuple[type[models.Model], ...] = (
    Notification,
    SavedView,
    Absence,
    SurveyInvitation,
    Delivery,
    WorkItem,
    InboundRaw,
    Suppression,
    Template,
    Mailbox,
    Category,
    ChecklistTemplate,
    EscalationRule,
    SlaPolicy,
    BusinessCalendar,
    Activity,
    Address,
    ContactPoint,
    HouseholdMember,
    Household,
    ExternalId,
    CustomerAlias,
    Customer,
    Organization,
    StoredFile,
    Team,
    User,
)


def clear_demo() -> dict[str, Any]:
    """Remove everything invented, in one transaction. Returns how many rows of which kind went.

    What the demo's own users wrote goes with them. Raises Conflict ``real_rows_in_demo`` when somebody real wrote
    tickets, customers, staff or mailboxes that hang on invented branches or customers: the message names them. Without
    other staff the install is as before set-up (what is left of it: its row, emptied); with other staff they keep the
    starting settings (standard promise, escalation steps, checklists, categories, texts).
    """
    with transaction.atomic():
        know_your_sizes()
        _adopt_what_demo_users_wrote()
        _refuse_real_rows()
        others_stay = User.objects.filter(is_demo=False).exists()
        if others_stay:
            _leave_settings()
        files = _files_of_demo()
        counts = _remove()
        if not others_stay:
            _forget_set_up()
        Installation.objects.filter(pk=1).update(demo_loaded_at=None)
        if not (WorkItem.objects.exists() or Unit.objects.exists() or Purchase.objects.exists()):
            NumberSequence.objects.all().delete()
    forget_sign_ins()
    # A backup that is at work has rows in its snapshot that name these files. Left behind, they are nobody's.
    for path in () if backup_is_running() else files:
        if not StoredFile.objects.filter(path=path).exists():
            (Path(settings.MEDIA_ROOT) / path).unlink(missing_ok=True)
    return counts


def know_your_sizes() -> None:
    """Let PostgreSQL count its tables: right after a bulk load it plans for empty ones, and deletes for minutes."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _files_of_demo() -> set[str]:
    rows = StoredFile.objects.filter(is_demo=True).values_list("path", "thumbnail_path")
    return {path for row in rows for path in row if path}


def _adopt_what_demo_users_wrote() -> None:
    """Whoever tries the demo out writes tickets and customers as an invented person: those are the demo's, too."""
    demo_users = list(User.objects.filter(is_demo=True).values_list("pk", flat=True))
    Customer.objects.filter(is_demo=False, created_by__in=demo_users).update(is_demo=True)
    opened = WorkEvent.objects.filter(kind=WorkEventKind.OPENED)
    by_demo_user = opened.filter(actor_id_then__in=demo_users).values("item_id")
    by_nobody = opened.filter(actor_id_then__isnull=True).values("item_id")
    WorkItem.objects.filter(is_demo=False).filter(
        Q(pk__in=by_demo_user) | Q(pk__in=by_nobody, branch__is_demo=True)
    ).update(is_demo=True)
    # Somebody who wrote by mail or web form to an invented shop, and nothing else.
    strangers = Customer.objects.filter(is_demo=False, branch__is_demo=True, created_by__isnull=True)
    strangers.exclude(work_items__is_demo=False).update(is_demo=True)
    mark_what_hangs_on_demo()


def mark_what_hangs_on_demo() -> None:
    """Rows that services make without knowing that they belong to the demo: attachments, addresses that bounced."""
    # What goes along with the shop's own texts, now or in an older version, stays.
    of_texts = TemplateVersion.documents.through.objects.values("storedfile")
    attached = StoredFile.objects.filter(message_attachments__message__conversation__item__is_demo=True)
    attached.exclude(pk__in=of_texts).update(is_demo=True)
    addresses = ContactPoint.objects.filter(customer__is_demo=True, kind=ContactKind.EMAIL).values("value")
    Suppression.objects.filter(address__in=addresses).update(is_demo=True)


def _refuse_real_rows() -> None:
    hanging = (
        (
            WorkItem.objects.filter(is_demo=False).filter(
                Q(branch__is_demo=True) | Q(team__is_demo=True) | Q(owner__is_demo=True) | Q(customer__is_demo=True)
            )
        ),
        Customer.objects.filter(is_demo=False).filter(Q(branch__is_demo=True) | Q(merged_into__is_demo=True)),
        Organization.objects.filter(is_demo=False, branch__is_demo=True),
        User.objects.filter(is_demo=False, branch__is_demo=True),
        Branch.objects.filter(is_demo=False, parent__is_demo=True),
        Team.objects.filter(is_demo=False, branch__is_demo=True),
        Mailbox.objects.filter(is_demo=False).filter(Q(branch__is_demo=True) | Q(team__is_demo=True)),
    )
    names = [str(row) for rows in hanging for row in rows[:3]]
    if names:
        raise Conflict(
            "real_rows_in_demo",
            _("These hang on invented branches or customers: %(names)s. Move them to a branch of your own first.")
            % {"names": "; ".join(names[:5])},
        )


def _leave_settings() -> None:
    branches = {*Branch.objects.filter(is_demo=True).values_list("pk", flat=True)}
    for model in _STARTING_SETTINGS:
        rows = model._default_manager.filter(is_demo=True)
        if model is SlaPolicy:
            # A promise that only ever met invented branches goes.
            bound = [
                row.pk
                for row in SlaPolicy.objects.filter(is_demo=True)
                if branches & set(row.conditions.get("branch", ()))
            ]
            rows = rows.exclude(pk__in=bound)
        if model is Template:
            rows = rows.filter(team__isnull=True)
        rows.update(is_demo=False)
    BusinessCalendar.objects.filter(is_demo=True, branches__branch__is_demo=False).update(is_demo=False)


def _remove() -> dict[str, Any]:
    users = list(User.objects.filter(is_demo=True))
    for user in users:
        end_sessions(user)
    responses = [str(pk) for pk in SurveyResponse.objects.filter(invitation__is_demo=True).values_list("pk", flat=True)]
    items = [str(pk) for pk in WorkItem.objects.filter(is_demo=True).values_list("pk", flat=True)]
    deliveries = [
        str(pk)
        for pk in Delivery.objects.filter(message__conversation__item__is_demo=True).values_list("pk", flat=True)
    ]
    customers = [str(pk) for pk in Customer.objects.filter(is_demo=True).values_list("pk", flat=True)]
    counts: dict[str, Any] = {
        "tickets": Ticket.objects.filter(is_demo=True).count(),
        "customers": Customer.objects.filter(is_demo=True).count(),
        "users": len(users),
    }
    with suspended("work_workevent", "work_delaynote", "work_workminutes"):
        WorkEvent.objects.filter(item__is_demo=True).delete()
        DelayNote.objects.filter(item__is_demo=True).delete()
        WorkMinutes.objects.filter(item__is_demo=True).delete()
    # Before the apps' own clearers: a mail points at its raw bytes, and an item at the customer.
    Message.objects.filter(conversation__item__is_demo=True).delete()
    Conversation.objects.filter(item__is_demo=True).delete()
    SurveyInvitation.objects.filter(item__is_demo=True).delete()
    for clearer in sorted(demo_clearers, key=lambda one: one.order):
        clearer.clear()
    BranchCalendar.objects.filter(branch__is_demo=True).delete()
    for model in _ROWS:
        model._default_manager.filter(is_demo=True).delete()
    # Twigs before branches: a parent is protected by its children.
    for branch in sorted(Branch.objects.filter(is_demo=True), key=lambda one: one.path.count("/"), reverse=True):
        branch.delete()
    with suspended("audit_auditentry"):
        AuditEntry.objects.filter(
            Q(is_demo=True)
            | Q(record_type__in=["work.workitem", "tickets.ticket"], record_id__in=items)
            | Q(record_type="customers.customer", record_id__in=customers)
            | Q(record_type="feedback.surveyresponse", record_id__in=responses)
            | Q(record_type="messaging.delivery", record_id__in=deliveries)
        ).delete()
    left = [
        model._meta.label
        for model in apps.get_models()
        if any(field.name == "is_demo" for field in model._meta.concrete_fields)
        and model._default_manager.filter(is_demo=True).exists()
    ]
    if left:
        raise RuntimeError(f"demo rows are left in {', '.join(left)}")
    return counts


def _forget_set_up() -> None:
    """Nobody is left who works here: the five questions come again. Rows of the demo without a mark go."""
    Role.objects.filter(is_system=True, users__isnull=True).delete()
    Survey.objects.filter(invitations__isnull=True).delete()
    SafetyWord.objects.all().delete()
    EscalationLevel.objects.all().delete()
    with suspended("audit_auditentry"):
        AuditEntry.objects.filter(record_type="work.escalationlevel").delete()
    Installation.objects.filter(pk=1).update(shop_name="", shop_name_bn="", shop_name_en="", set_up_at=None)
