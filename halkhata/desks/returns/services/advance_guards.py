"""What is not possible with a return while a replacement was given in advance: asked by the desk's other steps."""

from django.utils.translation import gettext_lazy as _

from halkhata.desks.returns.choices import Outcome
from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.selectors.advances import money_of
from halkhata.foundation.core.errors import Conflict


def refuse_while_out(request: ReturnRequest) -> None:
    """Raise Conflict ``advance_given`` for a step that is not possible while the customer has both pieces."""
    if request.in_advance is not None:
        raise Conflict(
            "advance_given",
            _("The customer has the replacement already: the old piece comes, or the deposit is decided about."),
        )


def refuse_other_result(request: ReturnRequest, result: str) -> None:
    """Raise Conflict ``advance_given`` for any other result than the replacement that was given."""
    if request.in_advance is not None and result != Outcome.REPLACEMENT:
        raise Conflict(
            "advance_given", _("The customer has the replacement already: it comes to a replacement."), field="result"
        )


def refuse_open_deposit(request: ReturnRequest) -> None:
    """Raise Conflict ``deposit_open`` while money of the deposit is still with the shop."""
    advance = request.in_advance
    if advance is not None and money_of(advance.entries.all()).left > 0:
        raise Conflict("deposit_open", _("First give the deposit back, or keep it with a reason."))
