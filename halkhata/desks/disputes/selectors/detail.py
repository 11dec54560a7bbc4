"""What the page of one dispute shows."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from halkhata.desks.disputes.choices import FactCode, MemberState, Party
from halkhata.desks.disputes.models import Dispute, EvidenceItem, FactNote, Remedy
from halkhata.desks.disputes.selectors.country import outside_route
from halkhata.desks.disputes.selectors.headings import with_headings
from halkhata.desks.disputes.selectors.plain_words import with_words
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the checklist: how many pieces answer it, or why it cannot be had."""

    code: str
    label: Any
    count: int
    why: str

    @property
    def is_missing(self) -> bool:
        """Nothing there and nobody said why."""
        return not self.count and not self.why


def checklist_of(dispute: Dispute) -> list[Fact]:
    """The facts a panel needs (US-27). Two queries."""
    counts: dict[str, int] = dict.fromkeys(FactCode.values, 0)
    for fact, kind, party in EvidenceItem.objects.filter(dispute=dispute).values_list("fact", "kind", "party"):
        if fact:
            counts[fact] += 1
        elif kind == "sheet":
            counts[FactCode.JOB_CARDS] += 1
        elif kind == "statement":
            counts[FactCode.HOUSE_STATEMENT if party == Party.HOUSE else FactCode.CUSTOMER_STATEMENT] += 1
    notes = dict(FactNote.objects.filter(dispute=dispute).order_by("id").values_list("fact", "why"))
    return [
        Fact(code=one.value, label=one.label, count=counts[one.value], why=notes.get(one.value, "")) for one in FactCode
    ]


def days_since_cause(dispute: Dispute, today: date) -> dict[str, Any]:
    """The day counter that staff see: day n of the days in which an outside office hears the case."""
    limit = outside_route(dispute.branch.country).days
    passed = (today - dispute.cause_on).days
    return {"day": passed, "limit": limit, "left": limit - passed, "is_over": passed > limit}


def panel_of(dispute: Dispute) -> dict[str, Any]:
    """The panels of all rounds with their members. Two queries."""
    panels = list(dispute.panels.prefetch_related("members__user__branch", "members__votes").order_by("round"))
    current = next((one for one in panels if one.round == dispute.round), None)
    sitting = [one for one in current.members.all() if one.state == MemberState.SITTING] if current else []
    return {
        "panels": panels,
        "panel": current,
        "sitting": sitting,
        "has_free_seat": current is not None and len(sitting) < current.size,
    }


def decisions_of(dispute: Dispute) -> list[Any]:
    """Signed decisions, the newest first."""
    return list(dispute.decisions.filter(signed_at__isnull=False).order_by("-round"))


def evidence_of(dispute: Dispute) -> list[EvidenceItem]:
    """The file, in the order of time, each line with its heading in the reader's language."""
    lines = list(dispute.evidence.select_related("file").order_by("happened_at", "pk")[:3000])
    return list(with_headings(lines))


def evidence_in_words(dispute: Dispute) -> list[EvidenceItem]:
    """The file, each line with what it says in the reader's language, too."""
    return list(with_words(evidence_of(dispute)))


def is_late_for_news(dispute: Dispute) -> bool:
    """Whether the customer should have heard from us by now."""
    return dispute.next_update_at is not None and dispute.next_update_at <= now()


def remedies_owed(user: User) -> list[Remedy]:
    """What is still to be done for customers, the most urgent first: one's own, and that of disputes in sight."""
    seen = Dispute.objects.visible_to(user).values("pk")
    owed = Remedy.objects.filter(done_at__isnull=True, lapsed_at__isnull=True)
    rows = owed.filter(Q(owner=user) | Q(dispute__in=seen)).select_related("dispute", "owner")
    return list(rows.order_by("due_on", "pk")[:200])
