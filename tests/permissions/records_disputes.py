"""Records of the dispute desk for the walk: one's own branch's and a foreign one's."""

from datetime import timedelta
from typing import Any

from halkhata.desks.disputes.models import Action, Offer, OutsideCase, Remedy
from halkhata.desks.disputes.services.links import dispute_token
from halkhata.desks.disputes.services.opening import open_dispute
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now


def make_dispute_kinds(shop: Any, kind: Any) -> dict[str, Any]:
    """Kinds of records by name; ``kind`` makes one from own and foreign arguments."""
    at, sides = now(), []
    for name, side in (("here", shop.own), ("there", shop.foreign)):
        clerk = side["clerk"]
        dispute = open_dispute(
            actor=SYSTEM, customer=side["customer"], branch=side["branch"], about=side["other ticket"],
            ground="delay", statement=f"Words {name}", wish="repair", channel="counter", cause_on=at.date(),
            team=side["team"], owner=clerk,
        )  # fmt: skip
        offer = Offer.objects.create(
            dispute=dispute, remedy="repair", text="words", valid_until=at + timedelta(days=1), made_by=clerk,
            made_at=at,
        )  # fmt: skip
        day = at.date()
        sides.append(
            {
                "number": dispute.number,
                "token": dispute_token(dispute),
                "remedy": Remedy.objects.create(
                    dispute=dispute, offer=offer, kind="repair", owner=clerk, due_on=day
                ).pk,
                "action": Action.objects.create(
                    dispute=dispute, kind="corrective", what="words", root_cause="delay", owner=clerk, due_on=day
                ).pk,
                "case": OutsideCase.objects.create(
                    dispute=dispute, case_number=name, office="Office", opened_by=clerk, opened_at=at
                ).pk,
            }
        )
    own, foreign = sides

    def nested(name: str) -> Any:
        return kind((own["number"], own[name]), (foreign["number"], foreign[name]), ("D-999999", 999_999))

    return {
        "dispute": kind((own["number"],), (foreign["number"],), ("D-999999",)),
        "dispute remedy": nested("remedy"),
        "dispute action": nested("action"),
        "dispute case": nested("case"),
        "dispute page": kind((own["token"],), absent=("none-such",)),
    }
