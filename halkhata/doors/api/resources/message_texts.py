"""Texts of automatic messages: read them and their versions, change them, and agree to what others changed (B.2)."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, Page, page_of
from halkhata.doors.api.lookups import team_of
from halkhata.doors.api.shapes import Body, Id, IdPath, PageOut, act, answers, change, listed, listing, read, write
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
CodeName = Literal[
    "received", "assigned", "delayed", "resolved", "feedback", "reply", "job", "estimate", "moved", "return", "dispute"
]
LanguageCode = Literal["bn", "en"]
Subject = Annotated[str, Field(min_length=1, max_length=200)]
Text = Annotated[
    str,
    Field(
        min_length=1, max_length=10_000,
        description="`{{ name }}` or `{{ name|words for when nothing is known }}`, names from the closed list.",
    ),
]  # fmt: skip
Why = Annotated[str, Field(max_length=300, description="Asked for where a second person must agree.")]


class TextLink(Schema):
    """A page of help that goes along."""

    label: Annotated[str, Field(max_length=80)]
    url: Annotated[str, Field(max_length=300)]


class WordsOut(Schema):
    """What a text says. `is_set_aside`: a department's own text that is kept, while the common one is sent."""

    language: str
    subject: str
    body: str
    links: list[TextLink]
    document_ids: list[int]
    is_active: bool
    is_set_aside: bool


class MessageTextOut(WordsOut):
    """A text of automatic messages. `team_id` null: for every department without its own. `number`: of the version that
    is sent now; null where none is kept yet."""

    id: int
    code: str
    team_id: int | None
    channel: str
    number: int | None
    version: int


class MessageTextPage(PageOut):
    """A page of texts."""

    items: list[MessageTextOut]


class TextVersionOut(WordsOut):
    """A version of a text, as it was sent. `again_of`: the number of the version that it brought back."""

    number: int
    at: datetime
    author: str
    approver: str
    why: str
    again_of: int | None


class TextVersionPage(PageOut):
    """A page of versions, the newest first."""

    items: list[TextVersionOut]


class TextProposalOut(WordsOut):
    """A changed text that waits for a second person, or what became of it. `text_id`: null for a new text."""

    id: int
    text_id: int | None
    code: str
    team_id: int | None
    channel: str
    state: str
    why: str
    again_of: int | None
    at: datetime
    author: str
    decided_at: datetime | None
    decider: str
    answer: str


class TextProposalPage(PageOut):
    """A page of changed texts."""

    items: list[TextProposalOut]


class Submitted(Schema):
    """What became of a change: `text` where it is sent from now on, `proposal` where a second person must agree."""

    text: MessageTextOut | None
    proposal: TextProposalOut | None


class MessageTextFilters(Page):
    """Which texts. `team_id` 0: those for every department."""

    code: CodeName | None = None
    language: LanguageCode | None = None
    team_id: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = None
    order: Literal["id", "-id"] = "id"


class TextVersionFilters(Page):
    """The newest first."""

    order: Literal["-number"] = "-number"


class TextProposalFilters(Page):
    """Which changed texts."""

    state: Literal["open", "approved", "refused", "withdrawn"] | None = None
    order: Literal["id", "-id"] = "-id"


class MessageTextIn(Body):
    """A new text of a place where there is none yet."""

    code: CodeName
    language: LanguageCode
    team_id: Id | None = None
    subject: Subject
    body: Text
    links: Annotated[list[TextLink], Field(max_length=10)] = []
    is_active: bool = True
    is_set_aside: bool = False
    why: Why = ""


class MessageTextPatch(Body):
    """What is to be changed; what is left out, or null, stays."""

    subject: Subject | None = None
    body: Text | None = None
    links: Annotated[list[TextLink], Field(max_length=10)] | None = None
    is_active: bool | None = None
    is_set_aside: bool | None = None
    why: Why = ""


class AgainIn(Body):
    """Why an old version is sent again."""

    why: Why = ""


class RefusalIn(Body):
    """Why not: the author reads it."""

    answer: Annotated[str, Field(min_length=1, max_length=300)]


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


@router.post("/{text_id}/versions/{version_number}/again", response=write(Submitted), summary="Send a version again")
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


def _words_out(row: Template | TemplateVersion | TemplateProposal) -> dict[str, Any]:
    names = ("language", "subject", "body", "links", "is_active", "is_set_aside")
    return {
        **{name: getattr(row, name) for name in names},
        "document_ids": sorted(one.pk for one in row.documents.all()),
    }


def text_out(text: Template) -> dict[str, Any]:
    """The text as it is answered."""
    return {
        **_words_out(text),
        **{name: getattr(text, name) for name in ("id", "code", "team_id", "channel", "version")},
        "number": text.current.number if text.current is not None else None,
    }


def version_out(version: TemplateVersion) -> dict[str, Any]:
    """The version as it is answered."""
    return {
        **_words_out(version),
        **{name: getattr(version, name) for name in ("number", "at", "why", "again_of")},
        "author": version.author_label,
        "approver": version.approver_label,
    }


def proposal_out(proposal: TemplateProposal) -> dict[str, Any]:
    """The changed text as it is answered."""
    names = ("id", "code", "team_id", "channel", "state", "why", "again_of", "at", "decided_at", "answer")
    return {
        **_words_out(proposal),
        **{name: getattr(proposal, name) for name in names},
        "text_id": proposal.template_id,
        "author": proposal.author_label,
        "decider": proposal.decider_label,
    }
