"""What a customer agreed to and refused: the ledger, which only grows, and how they stand by it."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, Page, page_of
from halkhata.doors.api.lookups import customer_of
from halkhata.doors.api.shapes import Body, IdPath, Instant, PageOut, answers, listed, listing, read
from halkhata.foundation.core.errors import DomainError
from halkhata.records.privacy.choices import ContactChannel, Purpose
from halkhata.records.privacy.models import ConsentEvent, ConsentWording
from halkhata.records.privacy.policies import require_recording
from halkhata.records.privacy.selectors.consents import NOBODY_ASKED, standing, standings
from halkhata.records.privacy.selectors.family import family_of
from halkhata.records.privacy.services.consents import record_consent
from halkhata.records.privacy.services.contacting import may_contact

router = Router(tags=["consents"])
wordings = Router(tags=["consents"])
ORDERS = {"-at": Order(column="at", descending=True)}
WORDINGS = {"-id": Order(column="pk", descending=True)}
PurposeName = Literal["marketing", "loyalty", "survey", "publication"]
ChannelName = Literal["phone", "sms", "email", "whatsapp"]
Source = Literal["counter", "phone", "paper", "form", "api"]
State = Literal["granted", "withdrawn", "asked", "none"]


class ConsentOut(Schema):
    """One act: `asked` is a yes that counts once confirmed (double opt-in). `wording` is the number of the words that
    were agreed to."""

    id: int
    customer_id: int
    purpose: str
    channel: str
    act: Literal["granted", "withdrawn", "asked"]
    wording: int | None
    source: str
    at: datetime
    proof: str
    written_by: str
    written_at: datetime


class ConsentPage(PageOut):
    """A page of acts, the latest first."""

    items: list[ConsentOut]


class ConsentIn(Body):
    """What the person did. Without `wording` a yes is to the words in force."""

    purpose: PurposeName
    channel: ChannelName
    act: Literal["granted", "withdrawn"]
    source: Source = "api"
    at: Instant | None = None
    wording: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    proof: Annotated[str, Field(max_length=200, description="Where it can be looked up: a form's number.")] = ""


class ConsentStandingOut(Schema):
    """How the person stands to one purpose by one way, since which act."""

    purpose: str
    channel: str
    state: State
    since: datetime | None


class ConsentStandings(Schema):
    """All purposes by all ways."""

    items: list[ConsentStandingOut]


class MayContactOut(Schema):
    """Whether the person may be contacted now; `refusal` says why not."""

    may: bool
    refusal: str
    words: str


class ConsentWordingOut(Schema):
    """Words that people agree to. They never change; a new number follows."""

    purpose: str
    number: int
    text_bn: str
    text_en: str
    jurisdiction: str
    published_at: datetime


class ConsentWordingPage(PageOut):
    """A page of wordings, the newest first."""

    items: list[ConsentWordingOut]


@router.get("/{customer_id}/consents", response=answers({200: ConsentPage, 304: None}, 404), summary="List consents")
def list_consents(request: KeyRequest, customer_id: IdPath, filters: Query[Page]) -> dict[str, Any]:
    """Every act of the person, also those of rows that were merged into this one."""
    require_scope(request, "customer.edit")
    customer = customer_of(request, customer_id)
    rows = ConsentEvent.objects.filter(customer_id__in=family_of(customer.pk)).select_related("wording")
    return listed(page_of(request, rows, page=filters, orders=ORDERS, order="-at"), consent_out)


@router.post(
    "/{customer_id}/consents",
    response=answers({200: ConsentOut, 201: ConsentOut}, 400, 404, 409, 413, 415),
    summary="Write down a yes or a no",
)
def add_consent(request: KeyRequest, customer_id: IdPath, body: ConsentIn) -> Status:
    """Adds one act to the ledger; 200 with the act that holds already when the person stands so by the same words. A no
    also stops the person's numbers or addresses of this way."""
    require_scope(request, "customer.edit")
    customer = customer_of(request, customer_id)
    require_recording(request.user, customer)
    values = body.dict()
    wording = _wording(body.purpose, values.pop("wording"))
    event = record_consent(actor=request.user, customer=customer, wording=wording, **values)
    if event is not None:
        return Status(201, consent_out(event))
    known = standing(customer.pk, body.purpose, body.channel, until=body.at).event
    assert known is not None  # the very act that made the new one needless
    return Status(200, consent_out(known))


@router.get("/{customer_id}/consents/standing", response=read(ConsentStandings), summary="Show how a customer stands")
def show_consent_standing(request: KeyRequest, customer_id: IdPath) -> dict[str, Any]:
    """Each purpose by each way, as the last acts say."""
    require_scope(request, "customer.view")
    known = standings(customer_of(request, customer_id).pk)
    rows = []
    for purpose in Purpose:
        for channel in ContactChannel if purpose != Purpose.SERVICE else ():
            found = known.get((purpose.value, channel.value), NOBODY_ASKED)
            rows.append(
                {
                    "purpose": purpose.value,
                    "channel": channel.value,
                    "state": found.state.value,
                    "since": found.event.at if found.event is not None else None,
                }
            )
    return {"items": rows}


@router.get("/{customer_id}/contactable", response=read(MayContactOut), summary="May a customer be contacted?")
def show_contactable(
    request: KeyRequest,
    customer_id: IdPath,
    purpose: Literal["service", "survey", "marketing", "loyalty", "publication"] = "service",
    channel: ChannelName = "phone",
) -> dict[str, Any]:
    """Asked before every message: consents, objections and stopped numbers together."""
    require_scope(request, "customer.view")
    answer = may_contact(customer_of(request, customer_id), purpose, channel)
    return {"may": bool(answer), "refusal": answer.refusal.value, "words": str(answer.words)}


@wordings.get("", response=listing(ConsentWordingPage), summary="List wordings")
def list_consent_wordings(request: KeyRequest, filters: Query[Page]) -> dict[str, Any]:
    """The words that customers agree to, in both languages."""
    require_scope(request, "customer.view")
    names = ("purpose", "number", "text_bn", "text_en", "jurisdiction", "published_at")
    found = page_of(request, ConsentWording.objects.all(), page=filters, orders=WORDINGS, order="-id")
    return listed(found, lambda one: {name: getattr(one, name) for name in names})


def consent_out(event: ConsentEvent) -> dict[str, Any]:
    """The act as it is answered."""
    names = ("id", "customer_id", "purpose", "channel", "act", "source", "at", "proof", "written_at")
    return {
        **{name: getattr(event, name) for name in names},
        "wording": event.wording.number if event.wording is not None else None,
        "written_by": event.actor_label,
    }


def _wording(purpose: str, number: int | None) -> ConsentWording | None:
    if number is None:
        return None
    found = ConsentWording.objects.filter(purpose=purpose, number=number).first()
    if found is None:
        raise DomainError("unknown_wording", _("There is no such wording of this purpose."), field="wording")
    return found
