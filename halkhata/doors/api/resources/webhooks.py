"""Webhooks: set up, change, new secret, remove; and their calls, with a way to send again."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import AfterValidator, Field, StrictBool

from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, Page, page_of
from halkhata.doors.api.lookups import branch_of
from halkhata.doors.api.shapes import Body, Id, IdPath, PageOut, act, answers, change, listed, listing, read, write
from halkhata.doors.api.versions import check_match, note_version, require_match
from halkhata.oversight.webhooks.catalogue import EVENTS
from halkhata.oversight.webhooks.models import WebhookDelivery, WebhookEndpoint
from halkhata.oversight.webhooks.policies import deliveries_visible_to, endpoints_visible_to
from halkhata.oversight.webhooks.services.endpoints import (
    change_endpoint,
    create_endpoint,
    remove_endpoint,
    rotate_secret,
)
from halkhata.oversight.webhooks.services.replaying import replay_all, replay_one


def _known(name: str) -> str:
    if name not in EVENTS:
        raise ValueError("there is no such event")
    return name


router = Router(tags=["webhooks"])
RIGHT = "webhook.edit"
EventName = Annotated[str, Field(json_schema_extra={"enum": list(EVENTS)}), AfterValidator(_known)]
Url = Annotated[str, Field(min_length=8, max_length=500, examples=["https://erp.example.com/hooks/halkhata"])]
Events = Annotated[list[EventName], Field(min_length=1, max_length=len(EVENTS))]
ENDPOINTS = {"id": Order(column="pk")}
DELIVERIES = {"-id": Order(column="pk", descending=True), "id": Order(column="pk")}


class WebhookOut(Schema):
    """An endpoint. Its secret is answered once, when it is made."""

    id: int
    url: str
    description: str
    events: list[str]
    branch_id: int | None
    owner_id: int
    is_active: bool
    off_reason: str
    failing_since: datetime | None
    last_success_at: datetime | None
    last_status: int | None
    last_error: str
    created_at: datetime
    version: int


class WebhookWithSecret(WebhookOut):
    """An endpoint with its new secret."""

    secret: str


class WebhookPage(PageOut):
    """A page of endpoints."""

    items: list[WebhookOut]


class WebhookFilters(Page):
    """Which part of the list."""

    order: Literal["id"] = "id"


class WebhookIn(Body):
    """A new endpoint. It acts for the key's user: it hears of what that person may see."""

    url: Url
    events: Events
    description: Annotated[str, Field(max_length=120)] = ""
    branch_id: Id | None = None


class WebhookPatch(Body):
    """What is to be changed; what is left out stays. `branch_id: null` means wherever the owner may look."""

    url: Url | None = None
    events: Events | None = None
    description: Annotated[str, Field(max_length=120)] | None = None
    branch_id: Id | None = None
    is_active: StrictBool | None = None


class CallOut(Schema):
    """One call. The body that is sent is `body`, as text."""

    id: int
    webhook_id: str
    event: str
    state: str
    attempts: int
    occurred_at: datetime
    next_try_at: datetime | None
    last_status: int | None
    last_error: str
    finished_at: datetime | None
    body: str


class CallPage(PageOut):
    """A page of calls."""

    items: list[CallOut]


class CallFilters(Page):
    """Which calls."""

    state: Literal["pending", "delivered", "dead", "withheld"] | None = None
    order: Literal["-id", "id"] = "-id"


class Replayed(Schema):
    """How many calls are in line again."""

    count: int


@router.get("", response=listing(WebhookPage), summary="List webhooks")
def list_webhooks(request: KeyRequest, filters: Query[WebhookFilters]) -> dict[str, Any]:
    """One's own endpoints; those of everybody for whoever sees all records."""
    require_scope(request, RIGHT)
    rows = endpoints_visible_to(request.user)
    return listed(page_of(request, rows, page=filters, orders=ENDPOINTS, order=filters.order), endpoint_out)


@router.post("", response=write(WebhookWithSecret, 201), summary="Set a webhook up")
def add_webhook(request: KeyRequest, body: WebhookIn, response: HttpResponse) -> Status:
    """Sets an endpoint up. The secret in the answer is not shown again."""
    require_scope(request, RIGHT)
    _may_choose(request, body.events)
    endpoint, secret = create_endpoint(
        actor=request.user,
        url=body.url,
        events=body.events,
        description=body.description,
        branch=branch_of(request, body.branch_id) if body.branch_id is not None else None,
    )
    response["Location"] = f"/api/v1/webhooks/{endpoint.pk}"
    note_version(request, endpoint.version)
    return Status(201, {**endpoint_out(endpoint), "secret": secret})


@router.get("/{webhook_id}", response=read(WebhookOut), summary="Show a webhook")
def show_webhook(request: KeyRequest, webhook_id: IdPath) -> dict[str, Any]:
    """One endpoint."""
    endpoint = _endpoint(request, webhook_id)
    note_version(request, endpoint.version)
    return endpoint_out(endpoint)


@router.patch("/{webhook_id}", response=change(WebhookOut), summary="Change a webhook")
def patch_webhook(request: KeyRequest, webhook_id: IdPath, body: WebhookPatch) -> dict[str, Any]:
    """Changes what is sent. `If-Match` must name the version that was read."""
    endpoint = _endpoint(request, webhook_id)
    require_match(request, endpoint.version)
    sent = body.dict(exclude_unset=True)
    changes = {name: value for name, value in sent.items() if value is not None and name != "branch_id"}
    _may_choose(request, changes.get("events", ()))
    if "branch_id" in sent:
        changes["branch"] = branch_of(request, sent["branch_id"]) if sent["branch_id"] is not None else None
    changed = change_endpoint(actor=request.user, endpoint=endpoint, version=endpoint.version, **changes)
    note_version(request, changed.version)
    return endpoint_out(changed)


@router.delete("/{webhook_id}", response=act(None, 204), summary="Remove a webhook")
def remove_webhook(request: KeyRequest, webhook_id: IdPath) -> Status:
    """Removes an endpoint and the list of its calls."""
    remove_endpoint(actor=request.user, endpoint=_held(request, webhook_id))
    return Status(204, None)


@router.post("/{webhook_id}/secret", response=act(WebhookWithSecret, 201), summary="Make a new secret")
def new_secret(request: KeyRequest, webhook_id: IdPath) -> Status:
    """Makes a new secret; for 24 hours each call is signed with the former one as well."""
    endpoint, secret = rotate_secret(actor=request.user, endpoint=_held(request, webhook_id))
    note_version(request, endpoint.version)
    return Status(201, {**endpoint_out(endpoint), "secret": secret})


@router.get("/{webhook_id}/calls", response=answers({200: CallPage, 304: None}, 404), summary="List calls")
def list_calls(request: KeyRequest, webhook_id: IdPath, filters: Query[CallFilters]) -> dict[str, Any]:
    """The calls of an endpoint, newest first; `state=dead` is the list of those given up."""
    endpoint = _endpoint(request, webhook_id)
    rows = deliveries_visible_to(request.user).filter(endpoint=endpoint)
    if filters.state:
        rows = rows.filter(state=filters.state)
    return listed(page_of(request, rows, page=filters, orders=DELIVERIES, order=filters.order), call_out)


@router.post("/{webhook_id}/calls/again", response=act(Replayed), summary="Send all given up again")
def again_all(request: KeyRequest, webhook_id: IdPath) -> dict[str, Any]:
    """Puts all calls that were given up back in line, under their old ids."""
    return {"count": replay_all(actor=request.user, endpoint=_held(request, webhook_id))}


@router.post("/{webhook_id}/calls/{call_id}/again", response=act(CallOut), summary="Send one again")
def again_one(request: KeyRequest, webhook_id: IdPath, call_id: IdPath) -> dict[str, Any]:
    """Puts one call that was given up back in line, under its old id."""
    endpoint = _held(request, webhook_id)
    call = deliveries_visible_to(request.user).select_related("endpoint").filter(pk=call_id, endpoint=endpoint).first()
    if call is None:
        raise Http404
    replay_one(actor=request.user, delivery=call)
    call.refresh_from_db()
    return call_out(call)


def _endpoint(request: KeyRequest, webhook_id: int) -> WebhookEndpoint:
    require_scope(request, RIGHT)
    endpoint = endpoints_visible_to(request.user).filter(pk=webhook_id).first()
    if endpoint is None:
        raise Http404
    return endpoint


def _held(request: KeyRequest, webhook_id: int) -> WebhookEndpoint:
    endpoint = _endpoint(request, webhook_id)
    check_match(request, endpoint.version)
    return endpoint


def _may_choose(request: KeyRequest, names: Any) -> None:
    """A key must not hear by a webhook what it may not read itself."""
    for name in names:
        require_scope(request, EVENTS[name].permission)


def endpoint_out(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """The endpoint as it is answered, without its secrets."""
    names = (
        "id", "url", "description", "events", "branch_id", "owner_id", "is_active", "off_reason", "failing_since",
        "last_success_at", "last_status", "last_error", "created_at", "version",
    )  # fmt: skip
    return {name: getattr(endpoint, name) for name in names}


def call_out(call: WebhookDelivery) -> dict[str, Any]:
    """The call as it is answered."""
    names = (
        "id", "webhook_id", "event", "state", "attempts", "occurred_at", "last_status", "last_error", "finished_at",
        "body",
    )  # fmt: skip
    return {
        **{name: getattr(call, name) for name in names},
        "next_try_at": call.next_try_at if call.state == "pending" else None,
    }
