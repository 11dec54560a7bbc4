"""Numbers and addresses of a customer that nothing (of a purpose) goes to any more."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404
from ninja import Router, Schema
from pydantic import Field

from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.lookups import customer_of
from halkhata.doors.api.resources.consents import ChannelName, PurposeName
from halkhata.doors.api.shapes import Body, Id, IdPath, answers, read
from halkhata.records.customers.models import ContactPoint, Customer
from halkhata.records.privacy.choices import DECIDED
from halkhata.records.privacy.models import DoNotContact
from halkhata.records.privacy.policies import require_privacy
from halkhata.records.privacy.selectors.family import family_of
from halkhata.records.privacy.services.digests import digest_of
from halkhata.records.privacy.services.stops import lift_stop, stop_contact

router = Router(tags=["stops"])


class ContactStopOut(Schema):
    """One stop that stands. An empty `purpose` means everything, service too; an empty `channel` every way."""

    id: int
    point_id: int
    purpose: str
    channel: str
    reason: str
    source: str
    since: datetime
    written_by: str


class ContactStops(Schema):
    """The stops of all numbers and addresses of the customer, the latest first."""

    items: list[ContactStopOut]


class ContactStopIn(Body):
    """Which number or address, and why. `purposes` left out: all that customers decide about; with `wrong` (it belongs
    to somebody else) everything, service too."""

    point_id: Id
    reason: Literal["objection", "wrong", "complaint"] = "objection"
    purposes: Annotated[list[PurposeName], Field(min_length=1, max_length=4)] | None = None
    channel: ChannelName | None = None


class StopLiftIn(Body):
    """Whose own wish it is, and how we know."""

    point_id: Id
    how: Annotated[str, Field(min_length=1, max_length=200)]


@router.get("/{customer_id}/stops", response=read(ContactStops), summary="List stops")
def list_contact_stops(request: KeyRequest, customer_id: IdPath) -> dict[str, Any]:
    """Which of the customer's numbers and addresses nothing goes to."""
    require_scope(request, "privacy.manage")
    customer = customer_of(request, customer_id)
    require_privacy(request.user)
    return _stops(customer)


@router.post("/{customer_id}/stops", response=answers({200: ContactStops}, 400, 404, 409, 413, 415), summary="Stop")
def add_contact_stop(request: KeyRequest, customer_id: IdPath, body: ContactStopIn) -> dict[str, Any]:
    """Lets nothing of these purposes go there any more. Answers with all stops; doing it twice changes nothing."""
    require_scope(request, "privacy.manage")
    customer = customer_of(request, customer_id)
    require_privacy(request.user)
    point = _point(customer, body.point_id)
    everything = body.reason == "wrong" and body.purposes is None
    stop_contact(
        kind=point.kind,
        value=point.value,
        channel=body.channel or "",
        purposes=[""] if everything else body.purposes or list(DECIDED),
        reason=body.reason,
        source="api",
        actor=request.user,
        is_demo=customer.is_demo,
    )
    return _stops(customer)


@router.post(
    "/{customer_id}/stops/lifting", response=answers({200: ContactStops}, 400, 404, 409, 413, 415), summary="Lift stops"
)
def lift_contact_stop(request: KeyRequest, customer_id: IdPath, body: StopLiftIn) -> dict[str, Any]:
    """The person takes back every stop of one number or address; written down with how we know."""
    require_scope(request, "privacy.manage")
    customer = customer_of(request, customer_id)
    require_privacy(request.user)
    point = _point(customer, body.point_id)
    lift_stop(actor=request.user, kind=point.kind, value=point.value, how=body.how)
    return _stops(customer)


def _stops(customer: Customer) -> dict[str, Any]:
    points = ContactPoint.objects.filter(customer_id__in=family_of(customer.pk)).order_by("-pk")
    by_digest = {digest_of(point.kind, point.value): point.pk for point in points}
    rows = DoNotContact.objects.filter(digest__in=by_digest, lifted_at__isnull=True).order_by("-since", "-pk")
    names = ("id", "purpose", "channel", "reason", "source", "since")
    return {
        "items": [
            {
                **{name: getattr(row, name) for name in names},
                "point_id": by_digest[row.digest],
                "written_by": row.actor_label,
            }
            for row in rows
        ]
    }


def _point(customer: Customer, point_id: int) -> ContactPoint:
    point = ContactPoint.objects.filter(pk=point_id, customer_id__in=family_of(customer.pk)).first()
    if point is None:
        raise Http404
    return point
