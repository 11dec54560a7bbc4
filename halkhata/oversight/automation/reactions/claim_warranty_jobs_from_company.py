"""A job card is ready with lines that are paid back -> a draft claim to the company of the unit's brand (US-33).

What a job card gives for a claim stands in ``job_claims``; the claims desk asks for it by its registry, too, when
somebody begins a claim about a card by hand.
"""

from halkhata.desks.claims.choices import LossReason
from halkhata.desks.claims.models import Claim
from halkhata.desks.claims.registry import LossSource, claim_proposals, loss_sources, paper_sources
from halkhata.desks.claims.services.opening import open_claim
from halkhata.desks.claims.services.refreshing import refresh_draft
from halkhata.desks.service.choices import JobState
from halkhata.desks.service.events import JobDelivered, JobStateChanged
from halkhata.desks.service.models import ServiceJob
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.core.events import on
from halkhata.oversight.automation.job_claims import papers_of_job, proposal_of_job
from halkhata.oversight.automation.job_losses import lines_nobody_pays_back
from halkhata.oversight.automation.return_claims import proposal_of_return

claim_proposals.register("job", proposal_of_job)
claim_proposals.register("return", proposal_of_return)
paper_sources.register("service", papers_of_job)
loss_sources.register("service", LossSource(reason=LossReason.OURS, rows=lines_nobody_pays_back))


@on(JobStateChanged)
def claim_when_ready(event: JobStateChanged) -> None:
    """As soon as the repair is done: the company's days are counted from it."""
    if event.after == JobState.READY:
        _claim(event.job_id)


@on(JobDelivered)
def claim_when_delivered(event: JobDelivered) -> None:
    """Cards that were ready before there were claims; one that has its claim gets no second."""
    if not Claim.objects.filter(about_id=event.job_id).exists():
        _claim(event.job_id)


def _claim(job_id: int) -> None:
    job = ServiceJob.objects.select_related(
        "unit__product__brand", "unit__product__kind", "branch", "team", "owner"
    ).filter(pk=job_id).first()  # fmt: skip
    proposal = proposal_of_job(job) if job is not None else None
    if job is None or proposal is None:
        return
    earlier = Claim.objects.filter(about_id=job.pk).order_by("-pk").first()
    if earlier is not None:
        # Sent, over or taken back: somebody looked at it, and it stays. A draft follows the card.
        refresh_draft(
            actor=SYSTEM, claim=earlier, lines=proposal.lines, files=proposal.files,
            repaired_on=proposal.values["repaired_on"],
        )  # fmt: skip
        return
    if not proposal.lines:
        return
    try:
        open_claim(
            actor=SYSTEM, unit=job.unit, about=job, branch=job.branch, team=job.team, owner=job.owner,
            cause=f"job:{job.pk}:claim", is_demo=job.is_demo, lines=proposal.lines, files=proposal.files,
            **proposal.values,
        )  # fmt: skip
    except Conflict:
        return
