"""A dispute as its customer sees it: plain words, no names of staff, no counting of days."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes.choices import GROWS, DisputeState, OfferState, Party
from halkhata.desks.disputes.models import Decision, Dispute, EvidenceItem, Offer, Remedy
from halkhata.foundation.core.clock import now

NEXT: dict[DisputeState, Any] = {
    DisputeState.OPENED: _("We have your words. Next we gather everything that belongs to it."),
    DisputeState.EVIDENCE: _("Both sides may add to the file. Then people who had no part in it decide."),
    DisputeState.UNDER_REVIEW: _("The file is with the panel: people who had no part in it read it and decide."),
    DisputeState.DECIDED: _("It is decided. The reasons stand below."),
    DisputeState.REMEDY: _("It is decided, and we do what was decided."),
    DisputeState.CLOSED: _("It is over: everything that was decided is done."),
    DisputeState.WITHDRAWN: _("You did not want to go on with it."),
    DisputeState.SETTLED: _("We have an agreement, and do what we agreed."),
    DisputeState.APPEALED: _("You appealed. Other people look at it anew; you may add to the file."),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A signed decision in the language that is being spoken."""

    signed_at: datetime | None
    finding: str
    remedy: str
    decision: Decision
    facts: str
    clause: str
    reasons: str


@dataclass(frozen=True, slots=True)
class CustomerStatus:
    """What the page shows."""

    headline: str
    state: str
    may_add: bool
    evidence_until: datetime | None
    offer: Offer | None
    may_appeal: bool
    appeal_until: datetime | None
    verdicts: tuple[Verdict, ...]
    remedies: tuple[Remedy, ...]
    added: tuple[EvidenceItem, ...]


def status_of_dispute(dispute: Dispute) -> CustomerStatus:
    """Everything the customer may know. Four queries."""
    at = now()
    state = DisputeState(dispute.state)
    bengali = get_language() == "bn"
    verdicts = tuple(
        Verdict(
            signed_at=one.signed_at, finding=str(one.get_finding_display()), remedy=str(one.get_remedy_display()),
            decision=one, facts=one.facts_bn if bengali else one.facts_en,
            clause=one.clause_bn if bengali else one.clause_en, reasons=one.reasons_bn if bengali else one.reasons_en,
        )
        for one in dispute.decisions.filter(signed_at__isnull=False).order_by("-round")
    )  # fmt: skip
    appeal_open = dispute.round == 1 and dispute.appeal_until is not None and at <= dispute.appeal_until
    in_time = dispute.evidence_until is None or at <= dispute.evidence_until
    return CustomerStatus(
        headline=str(NEXT[state]),
        state=dispute.state_label,
        may_add=state in GROWS and in_time,
        evidence_until=dispute.evidence_until if state in GROWS else None,
        offer=dispute.offers.filter(state=OfferState.OPEN, valid_until__gt=at).first(),
        may_appeal=appeal_open and state in {DisputeState.DECIDED, DisputeState.REMEDY, DisputeState.CLOSED},
        appeal_until=dispute.appeal_until,
        verdicts=verdicts,
        remedies=tuple(dispute.remedies.filter(lapsed_at__isnull=True)),
        added=tuple(dispute.evidence.filter(party=Party.CUSTOMER, origin__startswith="added:").order_by("pk")[:50]),
    )
