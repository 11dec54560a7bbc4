"""What each step does with what was typed."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes.choices import OfferState, Party
from halkhata.desks.disputes.models import Dispute, Offer
from halkhata.desks.disputes.services import (
    collecting,
    ending,
    letters,
    offers,
    outside,
    panels,
    remedies,
    signing,
)
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.files.services.storing import store_file

Data = dict[str, Any]


def initial(code: str, row: Any) -> Data:
    """What stands in the form at first."""
    if code == "offer":
        return {"valid_until": (now() + timedelta(days=5)).replace(second=0, microsecond=0)}
    if code == "remedy_give":
        return {"owner": row.owner_id, "due_on": row.due_on}
    if code == "case":
        return {"hearing_at": row.hearing_at, "note": row.note, "version": row.version}
    return {}


def open_offer(dispute: Dispute) -> Offer | None:
    """The offer that waits for its answer."""
    return Offer.objects.filter(dispute=dispute.pk, state=OfferState.OPEN).first()


def _the_offer(dispute: Dispute) -> Offer:
    offer = open_offer(dispute)
    if offer is None:
        raise Conflict("no_offer", _("No offer waits for an answer."))
    return offer


def begin(request: StaffRequest, dispute: Dispute, data: Data, row: Any) -> None:
    collecting.begin_evidence(actor=request.user, dispute=dispute)


def collect(request: StaffRequest, dispute: Dispute, data: Data, row: Any) -> None:
    collecting.collect_evidence(actor=request.user, dispute=dispute)


def add(request: StaffRequest, dispute: Dispute, data: Data, row: Any) -> None:
    given = data.pop("file")
    stored = None
    if given is not None:
        stored = store_file(name=given.name, data=given.read(), is_demo=dispute.is_demo)
    collecting.add_evidence(actor=request.user, dispute=dispute, file=stored, **data)


def missing(request: StaffRequest, dispute: Dispute, data: Data, row: Any) -> None:
    collecting.explain_missing(actor=request.user, dispute=dispute, **data)


def offer(request: StaffRequest, dispute: Dispute, data: Data, row: Any) -> None:
    offers.make_offer(actor=request.user, dispute=dispute, **data)


def offer_answer(request: StaffRequest, dispute: Dispute, data: Data, row: Any) -> None:
    offers.answer_offer(
        actor=request.user, offer=_the_offer(dispute), accepts=data["accepts"] == "yes", by=Party.HOUSE,
        note=data["note"],
    )  # fmt: skip


def offer_back(request: StaffRequest, dispute: Dispute, data: Data, row: Any) -> None:
    offers.withdraw_offer(actor=request.user, offer=_the_offer(dispute))


def tell(request: StaffRequest, dispute: Dispute, data: Data, row: Any) -> None:
    files = letters.letter_files(dispute) if data["is_outcome"] and data["how"] == "email" else []
    ending.tell_customer(actor=request.user, dispute=dispute, files=files, **data)


def close(request: StaffRequest, dispute: Dispute, data: Data, row: Any) -> None:
    ending.close_dispute(actor=request.user, dispute=dispute)


def withdraw(request: StaffRequest, dispute: Dispute, data: Data, row: Any) -> None:
    ending.withdraw_dispute(actor=request.user, dispute=dispute, **data)


def appeal(request: StaffRequest, dispute: Dispute, data: Data, row: Any) -> None:
    ending.appeal_dispute(actor=request.user, dispute=dispute, **data)


def remedy(request: StaffRequest, dispute: Dispute, data: Data, row: Any) -> None:
    remedies.plan_remedy(actor=request.user, dispute=dispute, **data)


def remedy_give(request: StaffRequest, dispute: Dispute, data: Data, row: Any) -> None:
    remedies.give_remedy(actor=request.user, remedy=row, **data)


def remedy_done(request: StaffRequest, dispute: Dispute, data: Data, row: Any) -> None:
    remedies.finish_remedy(actor=request.user, remedy=row, **data)


def action(request: StaffRequest, dispute: Dispute, data: Data, row: Any) -> None:
    remedies.plan_action(actor=request.user, dispute=dispute, **data)


def action_done(request: StaffRequest, dispute: Dispute, data: Data, row: Any) -> None:
    remedies.finish_action(actor=request.user, action=row, **data)


def action_check(request: StaffRequest, dispute: Dispute, data: Data, row: Any) -> None:
    remedies.check_action(actor=request.user, action=row, works=data["works"] == "yes", note=data["note"])


def to_panel(request: StaffRequest, dispute: Dispute, data: Data, row: Any) -> None:
    panels.begin_review(actor=request.user, dispute=dispute, **data)


def recuse(request: StaffRequest, dispute: Dispute, data: Data, row: Any) -> None:
    panels.recuse_member(actor=request.user, dispute=dispute, user=request.user, **data)


def interest(request: StaffRequest, dispute: Dispute, data: Data, row: Any) -> None:
    panels.declare_interest(actor=request.user, user=request.user, dispute=dispute, **data)


def correct(request: StaffRequest, dispute: Dispute, data: Data, row: Any) -> None:
    signing.correct_decision(actor=request.user, dispute=dispute, **data)


def case_new(request: StaffRequest, dispute: Dispute, data: Data, row: Any) -> None:
    outside.open_case(actor=request.user, dispute=dispute, **data)


def case_change(request: StaffRequest, dispute: Dispute, data: Data, row: Any) -> None:
    outside.change_case(actor=request.user, case=row, **data)


def case_end(request: StaffRequest, dispute: Dispute, data: Data, row: Any) -> None:
    outside.end_case(actor=request.user, case=row, **data)
