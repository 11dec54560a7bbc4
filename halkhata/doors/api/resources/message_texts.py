"""Texts of automatic messages: read them and their versions, change them, and agree to what others changed (B.2)."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from ninja import Query, Router, Status

from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, page_of
from halkhata.doors.api.lookups import team_of
from halkhata.doors.api.resources.message_text_shapes import (
    AgainIn,
    MessageTextFilters,
    MessageTextIn,
    MessageTextOut,
    MessageTextPage,
    MessageTextPatch,
    RefusalIn,
    Submitted,
    TextProposalFilters,
    TextProposalOut,
    TextProposalPage,
    TextVersionFilters,
    TextVersionPage,
    proposal_out,
    text_out,
    version_out,
)
from halkhata.doors.api.shapes import IdPath, act, answers, change, listed, listing, read, write
from halkhata.doors.api.versions import note_version, require_match
from halkhata.engines.messaging.models import Template, TemplateProposal, TemplateVersion
from halkhata.engines.messaging.services.template_proposals import approve, refuse, take_back
from halkhata.engines.messaging.services.template_values import FIELDS
from halkhata.engines.messaging.services.templates import bring_back, submit_text

router = Router(tags=["message texts"])
proposals = Router(tags=["message texts"])
RIGHT = "settings.edit"
ORDERS = {"id": Order(column="pk"), "-id": Order(column="pk", descending=True)}
VERSIONS = {"-number": Order(column="number", descending=True)}


@router.get("", response=listing(MessageTextPage), summary="List message texts")
def list_message_texts(request: KeyRequest, filters: Query[MessageTextFilters]) -> dict[str, Any]:
    """Every text that the shop keeps, in use or not."""
    require_scope(request, RIGHT)
    rows = _texts()
    for name in ("code", "language"):
        if (value := getattr(filters, name)) is not None:
            rows = rows.filter(**{name: value})
    if filters.team_id is not None:
        rows = rows.filter(team_id=filters.team_id) if filters.team_id else rows.filter(team__isnull=True)
    return listed(page_of(request, rows, page=filters, orders=ORDERS, order=filters.order), text_out)


@router.post("", response=write(Submitted, 201), summary="Write a message text")
def add_message_text(request: KeyRequest, body: MessageTextIn, response: HttpResponse) -> Status:
    """Writes a text for a place that has none. Where the shop asks for a second person it becomes a proposal."""
    require_scope(request, RIGHT)
    team = team_of(request, body.team_id) if body.team_id is not None else None
    values = {**body.dict(), "team": team, "channel": "email"}
    done = submit_text(actor=request.user, template=None, values=values, why=body.why)
    if isinstance(done, Template):
        response["Location"] = f"/api/v1/message-texts/{done.pk}"
    return Status(201, _submitted(request, done))


@router.get("/{text_id}", response=read(MessageTextOut), summary="Show a message text")
def show_message_text(request: KeyRequest, text_id: IdPath) -> dict[str, Any]:
    """One text as it is sent now."""
    text = _text(request, text_id)
    note_version(request, text.version)
    return text_out(text)


@router.patch("/{text_id}", response=change(Submitted), summary="Change a message text")
def change_message_text(request: KeyRequest, text_id: IdPath, body: MessageTextPatch) -> dict[str, Any]:
    """Changes what is sent. `If-Match` must name the version. Where the shop asks for a second person the old text goes
    on being sent, and the answer holds the proposal."""
    text = _text(request, text_id)
    require_match(request, text.version)
    sent = {name: value for name, value in body.dict(exclude_unset=True).items() if value is not None}
    why = sent.pop("why", "")
    values = {**{name: getattr(text, name) for name in FIELDS}, **sent}
    done = submit_text(actor=request.user, template=text, values=values, version=text.version, why=why)
    return _submitted(request, done)


@router.get(
    "/{text_id}/versions", response=answers({200: TextVersionPage, 304: None}, 404), summary="List versions of a text"
)
def list_text_versions(request: KeyRequest, text_id: IdPath, filters: Query[TextVersionFilters]) -> dict[str, Any]:
    """What was sent when, who wrote it and why."""
    rows = TemplateVersion.objects.filter(template=_text(request, text_id)).prefetch_related("documents")
    return listed(page_of(request, rows, page=filters, orders=VERSIONS, order=filters.order), version_out)


@router.post("/{text_id}/versions/{version_number}/again", response=change(Submitted), summary="Send a version again")
def bring_text_back(request: KeyRequest, text_id: IdPath, version_number: IdPath, body: AgainIn) -> dict[str, Any]:
    """Makes the words of an old version a new one. `If-Match` must name the text's version."""
    text = _text(request, text_id)
    require_match(request, text.version)
    done = bring_back(actor=request.user, template=text, number=version_number, version=text.version, why=body.why)
    return _submitted(request, done)


@proposals.get("", response=listing(TextProposalPage), summary="List changed texts")
def list_text_proposals(request: KeyRequest, filters: Query[TextProposalFilters]) -> dict[str, Any]:
    """What waits for a second person, and what became of the rest."""
    require_scope(request, RIGHT)
    rows = TemplateProposal.objects.prefetch_related("documents")
    if filters.state is not None:
        rows = rows.filter(state=filters.state)
    return listed(page_of(request, rows, page=filters, orders=ORDERS, order=filters.order), proposal_out)


@proposals.get("/{proposal_id}", response=read(TextProposalOut), summary="Show a changed text")
def show_text_proposal(request: KeyRequest, proposal_id: IdPath) -> dict[str, Any]:
    """One changed text."""
    require_scope(request, RIGHT)
    return proposal_out(_proposal(proposal_id))


@proposals.post("/{proposal_id}/approve", response=act(MessageTextOut), summary="Agree to a changed text")
def approve_text_proposal(request: KeyRequest, proposal_id: IdPath) -> dict[str, Any]:
    """Has it sent from now on. Its author may not (403)."""
    require_scope(request, RIGHT)
    saved = approve(actor=request.user, pk=proposal_id)
    note_version(request, saved.version)
    return text_out(saved)


@proposals.post("/{proposal_id}/refuse", response=write(TextProposalOut), summary="Refuse a changed text")
def refuse_text_proposal(request: KeyRequest, proposal_id: IdPath, body: RefusalIn) -> dict[str, Any]:
    """Says no, and why. What is sent stays as it is. Its author may not (403), but takes it back."""
    require_scope(request, RIGHT)
    return proposal_out(refuse(actor=request.user, pk=proposal_id, answer=body.answer))


@proposals.post("/{proposal_id}/withdraw", response=act(TextProposalOut), summary="Take a changed text back")
def withdraw_text_proposal(request: KeyRequest, proposal_id: IdPath) -> dict[str, Any]:
    """Its author does not want it any more; nobody else may (403)."""
    require_scope(request, RIGHT)
    return proposal_out(take_back(actor=request.user, pk=proposal_id))


def _texts() -> "QuerySet[Template]":
    return Template.objects.select_related("current").prefetch_related("documents")


def _text(request: KeyRequest, text_id: int) -> Template:
    require_scope(request, RIGHT)
    text = _texts().filter(pk=text_id).first()
    if text is None:
        raise Http404
    return text


def _proposal(proposal_id: int) -> TemplateProposal:
    proposal = TemplateProposal.objects.prefetch_related("documents").filter(pk=proposal_id).first()
    if proposal is None:
        raise Http404
    return proposal


def _submitted(request: KeyRequest, done: Template | TemplateProposal) -> dict[str, Any]:
    if isinstance(done, TemplateProposal):
        return {"text": None, "proposal": proposal_out(done)}
    note_version(request, done.version)
    return {"text": text_out(done), "proposal": None}
