"""What a return gives for a claim to the company: a unit that was replaced, with both numbers (A53.9)."""

from typing import Any

from halkhata.desks.claims.choices import LineKind, PhotoKind
from halkhata.desks.claims.registry import Proposal
from halkhata.desks.claims.services.opening import NewLine
from halkhata.desks.returns.choices import Outcome
from halkhata.desks.returns.models import ReturnRequest
from halkhata.records.catalog.days import day_of
from halkhata.records.catalog.models import Unit


def proposal_of_return(item: Any) -> Proposal | None:
    """The claim that a replacement comes to; None for a return that ended otherwise, or of goods without numbers.

    What the unit cost the shop is not known here: whoever writes the claim says it.
    """
    rows = ReturnRequest.objects.select_related("unit__product", "replacement_unit")
    request = rows.filter(pk=item.pk, result=Outcome.REPLACEMENT, settled_at__isnull=False).first()
    if request is None or request.unit is None or request.settled_at is None:
        return None
    old, new = _number_of(request.unit), _number_of(request.replacement_unit)
    return Proposal(
        unit=request.unit,
        values={
            "failed_on": day_of(request.opened_at), "repaired_on": day_of(request.settled_at), "reading": None,
            "description": request.note, "faulty_serial": old, "replacement_serial": new,
            "currency": request.currency,
        },
        lines=(
            NewLine(
                kind=LineKind.PART, text=request.unit.product.name, code=request.unit.product.model_code,
                faulty_serial=old, replacement_serial=new, origin=f"returns.ReturnRequest:{request.pk}",
            ),
        ),
        files=tuple((row.file, PhotoKind.UNIT, "") for row in request.files.select_related("file")),
    )  # fmt: skip


def _number_of(unit: Unit | None) -> str:
    first = unit.identifiers.order_by("pk").first() if unit is not None else None
    return first.value if first is not None else ""
