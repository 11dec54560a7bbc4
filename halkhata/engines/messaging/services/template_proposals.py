"""A changed text waits until somebody else agrees to it; what is sent stays as it is until then (B.2)."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.choices import ProposalState
from halkhata.engines.messaging.models import Template, TemplateProposal
from halkhata.engines.messaging.services.template_rules import RIGHT
from halkhata.engines.messaging.services.template_values import FIELDS, MAX_WHY, PLACE, is_same
from halkhata.engines.messaging.services.template_versions import Hand, place_taken, write_text
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile


def propose_text(
    *,
    actor: User,
    row: Template,
    values: dict[str, Any],
    documents: Sequence[StoredFile],
    why: str,
    again_of: int | None = None,
) -> TemplateProposal:
    """Write down checked ``values`` for a text that the caller holds (or a new one), until somebody else agrees.

    One's own earlier proposal is replaced. Runs in the caller's transaction. Raises DomainError ``say_why``,
    ``template_exists``, Conflict ``nothing_changed``, ``waits_already``.
    """
    if not why:
        raise DomainError("say_why", _("Say why, for the person who must agree."), field="why")
    is_new = row.pk is None
    place = {name: values[name] for name in PLACE}
    if not is_new and is_same(row, values, documents):
        raise Conflict("nothing_changed", _("This is what is sent already."))
    if Template.objects.filter(**place).exclude(pk=row.pk).exists():
        raise place_taken()
    waiting = TemplateProposal.objects.select_for_update(of=("self",)).filter(state=ProposalState.OPEN)
    earlier = list(waiting.filter(**place))
    if not is_new:
        earlier += [one for one in waiting.filter(template=row) if one not in earlier]
    for one in earlier:
        if one.author_id_then != actor.pk:
            raise _waits(one)
        _decide(actor, one, ProposalState.WITHDRAWN)
    try:
        with transaction.atomic():
            proposal = TemplateProposal.objects.create(
                template=None if is_new else row,
                base_version=0 if is_new else row.version,
                why=why,
                again_of=again_of,
                at=now(),
                author_id_then=actor.pk,
                author_label=actor.audit_label[:150],
                **values,
            )
    except IntegrityError as error:
        raise _waits(None) from error
    proposal.documents.set(documents)
    record(actor=actor, action="template.propose", record=proposal, after=values, note=why)
    return proposal


def approve(*, actor: User, pk: int) -> Template:
    """Agree: the text is sent from now on, as its next version.

    Raises PermissionRefused (``own_change`` for the author), NotFound, Conflict ``not_waiting``, and
    ``changed_meanwhile`` when the text is not any more what the author had before him.
    """
    require(actor, RIGHT)
    with transaction.atomic():
        proposal = _held(actor, pk)
        row = Template()
        if proposal.template_id is not None:
            row = Template.objects.select_for_update(of=("self",)).get(pk=proposal.template_id)
            if row.version != proposal.base_version:
                raise Conflict(
                    "changed_meanwhile",
                    _("The text was changed after this was written. Refuse it, or have it written again."),
                )
        hand = Hand(
            author_id=proposal.author_id_then, author_label=proposal.author_label, approver=actor, why=proposal.why,
            again_of=proposal.again_of,
        )  # fmt: skip
        values = {name: getattr(proposal, name) for name in FIELDS}
        saved = write_text(actor=actor, row=row, values=values, documents=list(proposal.documents.all()), hand=hand)
        proposal.template = saved
        _decide(actor, proposal, ProposalState.APPROVED)
        record(actor=actor, action="template.approve", record=proposal, after={"version": saved.version})
    return saved


def refuse(*, actor: User, pk: int, answer: str) -> TemplateProposal:
    """Say no, and why. Nothing that is sent changes.

    Raises PermissionRefused (``own_change`` for the author, who takes it back), NotFound, Conflict ``not_waiting``,
    DomainError ``say_why``.
    """
    require(actor, RIGHT)
    words = clean_text(answer, max_length=MAX_WHY)
    if not words:
        raise DomainError("say_why", _("Say why not, for the person who wrote it."), field="answer")
    with transaction.atomic():
        proposal = _held(actor, pk)
        proposal.answer = words
        _decide(actor, proposal, ProposalState.REFUSED)
        record(actor=actor, action="template.refuse", record=proposal, note=words)
    return proposal


def take_back(*, actor: User, pk: int) -> TemplateProposal:
    """The author does not want it any more. Raises PermissionRefused, NotFound, Conflict ``not_waiting``."""
    require(actor, RIGHT)
    with transaction.atomic():
        proposal = _waiting(pk)
        if proposal.author_id_then != actor.pk:
            raise PermissionRefused("not_own", _("Only its author takes it back. You can agree or refuse."))
        _decide(actor, proposal, ProposalState.WITHDRAWN)
        record(actor=actor, action="template.take_back", record=proposal)
    return proposal


def _held(actor: User, pk: int) -> TemplateProposal:
    proposal = _waiting(pk)
    if proposal.author_id_then == actor.pk:
        raise PermissionRefused("own_change", _("You wrote this. Somebody else must agree."))
    return proposal


def _waiting(pk: int) -> TemplateProposal:
    proposal = TemplateProposal.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if proposal is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    if proposal.state != ProposalState.OPEN:
        raise Conflict("not_waiting", _("This is decided already."))
    return proposal


def _decide(actor: User, proposal: TemplateProposal, state: ProposalState) -> None:
    proposal.state, proposal.decided_at = state, now()
    proposal.decider_id_then, proposal.decider_label = actor.pk, actor.audit_label[:150]
    proposal.save(update_fields=["state", "decided_at", "decider_id_then", "decider_label", "answer", "template"])


def _waits(proposal: TemplateProposal | None) -> Conflict:
    return Conflict(
        "waits_already",
        _("A change of this text by %(name)s waits already. Decide about it first.")
        % {"name": proposal.author_label if proposal is not None else _("somebody else")},
    )
