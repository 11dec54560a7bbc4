"""Asking for a test of a text: one mail to the person's own address, filled from a real ticket (B.2)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.models import Mailbox, Template, TrialMail
from halkhata.engines.messaging.policies import items_visible_to
from halkhata.engines.messaging.services.outgoing import mailbox_for
from halkhata.engines.messaging.services.staff_mail import sending_mailbox
from halkhata.engines.messaging.services.suppression import is_suppressed
from halkhata.engines.messaging.services.template_rules import RIGHT
from halkhata.engines.messaging.services.template_values import checked_values
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.jobs.backend import enqueue_once
from halkhata.foundation.files.models import StoredFile
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint
from halkhata.records.customers.services.locking import lock_values

# By name, as the timetable names its tasks: the job imports the services, not the other way round.
SEND_TASK = "halkhata.engines.messaging.jobs.send_trial"
MOST, WITHIN = 10, timedelta(hours=1)


def send_me(
    *,
    actor: User,
    values: dict[str, Any],
    template: Template | None = None,
    item: WorkItem | None = None,
    documents: Sequence[StoredFile] = (),
) -> TrialMail:
    """Put a test of these words in line, to the actor's own address; ``values`` as for ``checked_values``.

    They need not be kept anywhere. The gaps are filled from ``item``, or with invented words without one. Raises
    PermissionRefused, what ``checked_values`` raises, and DomainError ``no_own_address``, ``customers_address``,
    ``suppressed``, ``demo``, ``no_mailbox``, ``too_many_tests``.
    """
    require(actor, RIGHT)
    checked = checked_values(values)
    address = actor.email.strip().lower()
    if item is not None and not items_visible_to(actor).filter(pk=item.pk).exists():
        item = None
    _refuse(actor, address, item)
    at = now()
    with transaction.atomic():
        lock_values([f"trial:{actor.pk}"])
        if TrialMail.objects.filter(user=actor, at__gt=at - WITHIN).count() >= MOST:
            raise DomainError(
                "too_many_tests", _("That were many tests within an hour. Look at the ones you have, and go on later.")
            )
        trial = TrialMail.objects.create(
            user=actor, to_address=address, template=template, item=item, at=at,
            **{name: checked[name] for name in ("code", "language", "subject", "body", "links")},
        )  # fmt: skip
        trial.documents.set(documents)
        record(
            actor=actor, action="template.test", record=trial,
            after={"text": template.pk if template is not None else None, "item": item.number if item else None},
        )  # fmt: skip
        wake_trial(trial.pk)
    return trial


def mailbox_of(trial: TrialMail) -> Mailbox | None:
    """By which mailbox it goes: the one that the ticket's customer would get it from, else the shop's."""
    box = mailbox_for(trial.item) if trial.item is not None else None
    return box if box is not None and box.smtp_host and not box.is_demo else sending_mailbox()


def wake_trial(pk: int) -> None:
    """Have a worker send this test as soon as the transaction is committed."""
    enqueue_once(import_string(SEND_TASK), f"trial:{pk}", pk)


def _refuse(actor: User, address: str, item: WorkItem | None) -> None:
    if actor.is_demo or (item is not None and item.is_demo):
        raise DomainError("demo", _("Invented data is never sent. Choose a ticket of a real customer."))
    if not address:
        raise DomainError(
            "no_own_address", _("You have no e-mail address here. Ask whoever manages staff accounts to write it down.")
        )
    if ContactPoint.objects.filter(kind=ContactKind.EMAIL, value=address).exists():
        raise DomainError(
            "customers_address", _("Your e-mail address is a customer's, too. Tests never go to customers.")
        )
    if is_suppressed(address):
        raise DomainError("suppressed", _("Mail to your address came back. Allow the address again first."))
    if sending_mailbox() is None:
        raise DomainError("no_mailbox", _("No mailbox is set up that can send."))
