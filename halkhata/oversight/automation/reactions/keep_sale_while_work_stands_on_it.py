"""A sale is not taken back while a return, an open job card or a claim to the company stands on it (US-05 AC 5)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.desks.claims.models import Claim
from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.service.models import ServiceJob
from halkhata.engines.work.choices import StateFlag
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.core.formatting import format_ref
from halkhata.foundation.core.reader import current_reader
from halkhata.records.catalog.models import Purchase, PurchaseLine, Unit
from halkhata.records.catalog.registry import SaleStep, sale_steps

# Above every other step: asked first when a sale is taken back.
FIRST_TO_BE_UNDONE = 99


def nothing(_actor: Any, _purchase: Purchase, _line: PurchaseLine, _unit: Unit | None) -> None:
    """A sale itself asks for nothing here."""


def refuse_while_work_stands(_actor: Any, _purchase: Purchase, line: PurchaseLine, unit: Unit | None) -> None:
    """Raise Conflict ``return_stands``, ``open_job`` or ``open_claim``: end that first."""
    back = ReturnRequest.objects.filter(purchase_line=line, held_quantity__gt=0).order_by("-pk").first()
    if back is not None:
        raise Conflict(
            "return_stands",
            _("The return %(number)s stands on this sale: it cannot be taken back as well.")
            % {"number": _shown(back.number)},
            number=back.number,
        )
    if unit is None:
        return
    job = ServiceJob.objects.filter(unit=unit).exclude(state_flag=StateFlag.RESOLVED).order_by("-pk").first()
    if job is not None:
        raise Conflict(
            "open_job",
            _("The job card %(number)s of this unit is still open: close it first.") % {"number": _shown(job.number)},
            number=job.number,
        )
    claim = Claim.objects.filter(unit=unit).exclude(state_flag=StateFlag.RESOLVED).order_by("-pk").first()
    if claim is not None:
        raise Conflict(
            "open_claim",
            _("The claim %(number)s to the company is still open: end it, or take it back first.")
            % {"number": _shown(claim.number)},
            number=claim.number,
        )


def _shown(number: str) -> str:
    reader = current_reader()
    return format_ref(number, language=reader.language, digits=reader.digits)


sale_steps.register("open_work", SaleStep(order=FIRST_TO_BE_UNDONE, sold=nothing, reversed=refuse_while_work_stands))
