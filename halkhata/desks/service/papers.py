"""The papers of a job card: both halves of the card, the estimate, the gate pass (bangladesh.md B5)."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from halkhata.desks.service.choices import LineKind, Payer, PhotoWhen
from halkhata.desks.service.models import Estimate, Handover, ServiceJob
from halkhata.desks.service.selectors.jobs import charged_total, standing_lines
from halkhata.desks.service.signature import signature_svg
from halkhata.engines.deliveries.selectors.promises import last_promise
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.templatetags.halkhata import digits, localdt, money, num, ref
from halkhata.foundation.files.services.storing import read_file
from halkhata.foundation.printing.pdf import letterhead, render_pdf
from halkhata.foundation.printing.pictures import photo_svg, qr_svg
from halkhata.records.catalog.identifiers import label_of

_PRINT = Path(__file__).parent / "print"
MOST_PHOTOS = 6


def card_pdf(job: ServiceJob) -> bytes:
    """The job card, in and out, in the active language. Raises DomainError ``print_failed``."""
    return render_pdf(_PRINT / "card.typ", card_data(job) | {"shop": letterhead(job.branch)}, size="a4")


def estimate_pdf(estimate: Estimate) -> bytes:
    """One version of the estimate, with the answer to it. Raises DomainError ``print_failed``."""
    return render_pdf(
        _PRINT / "estimate.typ", estimate_data(estimate) | {"shop": letterhead(estimate.job.branch)}, size="a5"
    )


def gate_pass_pdf(handover: Handover) -> bytes:
    """What the guard at the gate takes. Raises DomainError ``print_failed``."""
    return render_pdf(
        _PRINT / "gate_pass.typ", gate_pass_data(handover) | {"shop": letterhead(handover.job.branch)}, size="a5"
    )


def _unit_fields(job: ServiceJob) -> list[list[str]]:
    labels = {str(entry["code"]): label_of(entry) for entry in job.unit.product.kind.identifiers}
    return [
        [_("Product"), job.unit.product.full_name],
        *[[labels.get(one.kind, one.kind), one.value] for one in job.unit.identifiers.order_by("pk")],
        [_("Unit"), ref(job.unit.number)],
    ]


def card_data(job: ServiceJob) -> dict[str, Any]:
    """The texts of the card."""
    promise = last_promise(job)
    lines = list(standing_lines(job))
    handover = Handover.objects.filter(job=job).first()
    rows = [
        [
            str(LineKind(line.kind).label), digits(line.text), num(line.quantity.normalize()),
            str(Payer(line.payer).label), money(line.charged, job.currency),
        ]
        for line in lines
    ]  # fmt: skip
    # The numbers as they stand on the parts: whoever compares reads the same digits. In words: the font has no arrow.
    swaps = [
        _("%(what)s: %(old)s taken out, %(new)s put in")
        % {"what": digits(line.text), "old": line.faulty_serial or "—", "new": line.replacement_serial or "—"}
        for line in lines
        if line.faulty_serial or line.replacement_serial
    ]
    out = [
        [_("State"), job.state_label],
        [_("Ready"), localdt(job.resolved_at, "short") if job.resolved_at else ""],
        [_("Handed to"), digits(handover.taken_by) if handover else ""],
        [_("Gate pass"), ref(handover.gate_pass) if handover else ""],
    ]
    return {
        "title": _("Job card"),
        "number": ref(job.number),
        "in_title": _("In"),
        "fields": [
            [_("Customer"), str(job.customer or "")],
            *_unit_fields(job),
            [_("Taken in"), localdt(job.opened_at, "short")],
            [_("Promised for"), localdt(promise.promised_for, "short") if promise else ""],
            [_("What the meter shows"), num(job.reading) if job.reading is not None else ""],
            [_("Warranty"), digits(str(job.verdict.get("sentence", "")))],
        ],
        "words_title": _("In the customer's words"),
        "words": digits(job.complaint),
        "left_title": _("Left with it"),
        "left": [digits(one) for one in job.accessories],
        "looks_title": _("What it looks like"),
        "looks": digits(job.condition_note),
        "found_title": _("What was found"),
        "found": digits(job.diagnosis),
        "out_title": _("Out"),
        "heads": [_("Kind"), _("What"), _("Quantity"), _("Who pays"), _("To pay")],
        "rows": [[str(cell) for cell in row] for row in rows],
        "total": [_("You pay"), money(charged_total(job), job.currency)],
        "swaps": swaps,
        "out": [[str(name), str(value)] for name, value in out if value],
        "photos_title": _("Photos at intake"),
        "photos": _photos(job),
        "qr": qr_svg(f"{settings.BASE_URL.rstrip('/')}/jobs/{job.number}/"),
        "signatures": [_("Customer, at intake"), _("For the shop"), _("Customer, at hand-over")],
        "footer": ref(job.number),
    }


def _photos(job: ServiceJob) -> list[dict[str, str]]:
    shown = []
    for row in job.photos.filter(taken_when=PhotoWhen.IN).select_related("file")[:MOST_PHOTOS]:
        try:
            shown.append(
                {"svg": photo_svg(read_file(row.file)), "caption": row.note or str(row.get_taken_when_display())}
            )
        except (ValueError, OSError, DomainError):
            continue
    return shown


def estimate_data(estimate: Estimate) -> dict[str, Any]:
    """The texts of one version, as it was sent."""
    job = estimate.job
    rows = [
        [line["kind"], digits(line["text"]), num(line["quantity"]), line["payer_label"],
         money(line["charged"], estimate.currency)]
        for line in estimate.content.get("lines", [])
    ]  # fmt: skip
    answer = [[_("State"), estimate.state_label]]
    if estimate.answered_at is not None:
        answer += [
            [_("Who answered"), digits(estimate.answered_by)],
            [_("How"), str(estimate.get_answered_how_display())],
            [_("When"), localdt(estimate.answered_at, "short")],
        ]
    return {
        "title": _("Estimate"),
        "number": f"{ref(job.number)} / {num(estimate.number)}",
        "fields": [
            [_("Customer"), str(job.customer or "")],
            *_unit_fields(job)[:2],
            [_("Date"), localdt(estimate.made_at, "short")],
            [_("Holds until"), localdt(estimate.expires_at, "short")],
        ],
        "heads": [_("Kind"), _("What"), _("Quantity"), _("Who pays"), _("To pay")],
        "rows": [[str(cell) for cell in row] for row in rows],
        "note": digits(estimate.content.get("note", "")),
        "total": [_("You pay"), money(estimate.total, estimate.currency)],
        "answer": [[str(name), str(value)] for name, value in answer],
        "signatures": [_("Customer"), _("For the shop")],
        "footer": ref(job.number),
    }


def gate_pass_data(handover: Handover) -> dict[str, Any]:
    """The texts of the gate pass."""
    job = handover.job
    return {
        "title": _("Gate pass"),
        "number": ref(handover.gate_pass),
        "fields": [
            [_("Job card"), ref(job.number)],
            *_unit_fields(job),
            [_("Customer"), str(job.customer or "")],
            [_("Handed to"), digits(handover.taken_by)],
            [_("Who that is to the customer"), digits(handover.relation)],
            [_("When"), localdt(handover.at, "short")],
            [_("Proof"), str(handover.get_how_display())],
            [_("Handed over by"), handover.handed_by.name],
        ],
        "left_title": _("Left with it"),
        "left": [digits(one) for one in job.accessories],
        "given": _("Everything that was left with it is given back") if handover.accessories_back else handover.note,
        "signature": str(signature_svg(handover.strokes))
        .replace("currentColor", "#000")
        .replace('class="hk-signature" ', ""),
        "typed": digits(handover.typed_name),
        "signatures": [_("Customer"), _("For the shop"), _("Guard")],
        "footer": ref(handover.gate_pass),
    }
