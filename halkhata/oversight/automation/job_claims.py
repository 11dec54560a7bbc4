"""What a job card gives for a claim to the company: days, fault, lines that it pays back, photos, the card."""

from decimal import Decimal
from typing import Any

from halkhata.desks.claims.choices import LineKind, PhotoKind
from halkhata.desks.claims.registry import Paper, Proposal
from halkhata.desks.claims.services.opening import NewLine
from halkhata.desks.service.choices import KIND, JobState, Payer, PhotoWhen
from halkhata.desks.service.models import JobLine, ServiceJob
from halkhata.desks.service.papers import card_pdf
from halkhata.engines.work.models import WorkEvent
from halkhata.records.catalog.days import day_of

# A visit of the job card is the way to the customer; parts and labour have the same names on both sides.
_KINDS = {"part": LineKind.PART, "labour": LineKind.LABOUR, "visit": LineKind.VISIT}
# What stood on the bench is most likely the failed part; whoever writes the claim says so of the others.
_PHOTOS = {PhotoWhen.IN: PhotoKind.UNIT, PhotoWhen.BENCH: PhotoKind.FAILED_PART, PhotoWhen.OUT: PhotoKind.OTHER}


def proposal_of_job(item: Any) -> Proposal | None:
    """The claim that a job card comes to; None for a card that was cancelled or is no card.

    What the warranty pays out of our own pocket, because the company does not pay it back, is no line of it.
    """
    job = item if isinstance(item, ServiceJob) else ServiceJob.objects.filter(pk=item.pk).first()
    if job is None or job.state == JobState.CANCELLED:
        return None
    paid_back = job.lines.filter(removed_at__isnull=True, payer=Payer.WARRANTY, is_recoverable=True)
    lines = list(paid_back.select_related("product"))
    swap = next((line for line in lines if line.faulty_serial or line.replacement_serial), None)
    return Proposal(
        unit=job.unit,
        values={
            "failed_on": day_of(job.opened_at), "repaired_on": repaired_on(job), "reading": job.reading,
            "description": "\n".join(part for part in (job.complaint, job.diagnosis) if part),
            "faulty_serial": swap.faulty_serial if swap else "",
            "replacement_serial": swap.replacement_serial if swap else "", "currency": job.currency,
        },
        lines=tuple(_line(line) for line in lines),
        files=tuple(
            (photo.file, _PHOTOS.get(PhotoWhen(photo.taken_when), PhotoKind.OTHER), photo.note)
            for photo in job.photos.select_related("file")
        ),
    )  # fmt: skip


def repaired_on(job: ServiceJob) -> Any:
    """The day on which it was ready for the last time; None while it is not."""
    times = WorkEvent.objects.filter(item_id=job.pk, data__to=JobState.READY.value).order_by("-at", "-pk")
    at = times.values_list("at", flat=True).first()
    return day_of(at) if at is not None else None


def _line(line: JobLine) -> NewLine:
    # Where nobody wrote what it cost us, the price of the line stands for it.
    cost = line.cost or line.worth.quantize(Decimal("0.01"))
    return NewLine(
        kind=_KINDS[line.kind], text=line.text, code=line.product.model_code if line.product is not None else "",
        quantity=line.quantity, cost=cost, is_recoverable=line.is_recoverable, faulty_serial=line.faulty_serial,
        replacement_serial=line.replacement_serial, origin=f"service.JobLine:{line.pk}",
    )  # fmt: skip


def papers_of_job(claim: Any) -> list[Paper]:
    """The job card of a claim about one. One query at most."""
    if claim.about_id is None or claim.about is None or claim.about.kind != KIND:
        return []
    job = ServiceJob.objects.filter(pk=claim.about_id).first()
    if job is None:
        return []
    return [Paper(kind=PhotoKind.JOB_CARD, name=f"{job.number}.pdf", make=lambda: card_pdf(job))]
