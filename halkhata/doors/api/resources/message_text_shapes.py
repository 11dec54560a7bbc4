"""Shapes of the texts of automatic messages, their versions and the changes that wait (B.2)."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StrictBool

from halkhata.doors.api.keyset import Page
from halkhata.doors.api.shapes import Body, Id, PageOut
from halkhata.engines.messaging.models import Template, TemplateProposal, TemplateVersion

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
    is_active: StrictBool = True
    is_set_aside: StrictBool = False
    why: Why = ""


class MessageTextPatch(Body):
    """What is to be changed; what is left out, or null, stays."""

    subject: Subject | None = None
    body: Text | None = None
    links: Annotated[list[TextLink], Field(max_length=10)] | None = None
    is_active: StrictBool | None = None
    is_set_aside: StrictBool | None = None
    why: Why = ""


class AgainIn(Body):
    """Why an old version is sent again."""

    why: Why = ""


class RefusalIn(Body):
    """Why not: the author reads it."""

    answer: Annotated[str, Field(min_length=1, max_length=300)]


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
