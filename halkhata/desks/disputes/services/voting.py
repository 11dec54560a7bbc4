"""Voting on the finding (A60.5)."""

from collections import Counter
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes.choices import Finding, MemberState
from halkhata.desks.disputes.models import Decision, Dispute, PanelMember, Vote
from halkhata.desks.disputes.services.seats import held_with_seat
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text

LONGEST = 20_000


def cast_vote(*, actor: User, dispute: Dispute, finding: str, reason: str = "") -> Vote:
    """Vote on the finding. A vote cannot be changed; without a majority there is another ballot.

    Raises NotFound, PermissionRefused ``not_on_panel``, DomainError ``bad_finding``, Conflict ``wrong_state``,
    ``voted``.
    """
    if finding not in Finding.values:
        raise DomainError("bad_finding", _("Choose one from the list."), field="finding")
    with transaction.atomic():
        held, seat = held_with_seat(actor, dispute)
        ballot = ballot_of(seat)
        if Vote.objects.filter(member=seat, ballot=ballot).exists():
            raise Conflict("voted", _("You have voted. A vote cannot be changed."))
        vote = Vote.objects.create(
            member=seat, ballot=ballot, finding=finding, at=now(),
            reason=clean_text(reason, multiline=True, max_length=LONGEST),
        )  # fmt: skip
        record(actor=actor, action="dispute.vote", record=held, after={"ballot": ballot, "finding": finding})
    return vote


def ballot_of(seat: PanelMember) -> int:
    """The number of the ballot that goes on: the next one when the last ended without a majority."""
    votes = Vote.objects.filter(member__panel=seat.panel_id, member__state=MemberState.SITTING)
    rows = list(votes.values_list("ballot", "finding"))
    last = max((ballot for ballot, _finding in rows), default=1)
    counted = Counter(finding for ballot, finding in rows if ballot == last)
    whole = sum(counted.values()) >= seat.panel.size
    return last + 1 if whole and max(counted.values()) * 2 <= seat.panel.size else last


def count_votes(seat: PanelMember, decision: Decision) -> list[dict[str, Any]]:
    """The votes as they go into the record. Raises Conflict: ``votes_missing``, ``no_majority``,
    ``dissent_without_reason``.
    """
    members = list(seat.panel.members.filter(state=MemberState.SITTING).select_related("user").order_by("pk"))
    votes = {
        vote.member_id: vote
        for vote in Vote.objects.filter(member__in=members).order_by("ballot")  # the last ballot counts
    }
    newest = max((vote.ballot for vote in votes.values()), default=1)
    if len(votes) < len(members) or any(vote.ballot != newest for vote in votes.values()):
        raise Conflict("votes_missing", _("Every member of the panel votes first."))
    agreeing = [vote for vote in votes.values() if vote.finding == decision.finding]
    if len(agreeing) * 2 <= len(members):
        raise Conflict("no_majority", _("The finding of the decision has no majority on the panel."), field="finding")
    counted = []
    for member in members:
        vote = votes[member.pk]
        dissents = vote.finding != decision.finding
        if dissents and not vote.reason:
            raise Conflict("dissent_without_reason", _("Who sees it another way says why, in the record."))
        counted.append(
            {
                "who": member.user.audit_label, "user": member.user_id, "finding": vote.finding,
                "dissent": dissents, "reason": vote.reason,
            }
        )  # fmt: skip
    return counted
