"""The library of message texts: what each department sends, what waits, what was sent before, and what differs."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.db.models import OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from halkhata.engines.messaging.choices import ProposalState, TemplateCode
from halkhata.engines.messaging.models import Message, Template, TemplateProposal, TemplateRules, TemplateVersion
from halkhata.engines.messaging.starting_texts import STARTING
from halkhata.engines.work.choices import Channel
from halkhata.foundation.accounts.choices import Language
from halkhata.foundation.accounts.models import Team
from halkhata.foundation.core.capped import CappedCount

Text = Template | TemplateVersion | TemplateProposal
MOST_VERSIONS = 50


def link_lines(links: list[dict[str, str]]) -> str:
    """Links as they are written in the form, one a line."""
    return "\n".join(f"{link.get('label', '')} | {link.get('url', '')}" for link in links)


@dataclass(frozen=True, kw_only=True)
class Place:
    """One occasion in one language, for a department or for all: its own text, and the one that is sent without it."""

    code: TemplateCode
    language: Language
    own: Template | None
    fallback: Template | None
    waiting: TemplateProposal | None


def library(team: Team | None) -> list[Place]:
    """Every occasion and language of a department, or of all of them. Three queries, whatever there is."""
    texts = Template.objects.filter(channel=Channel.EMAIL).prefetch_related("documents")
    known = {(one.code, one.language, one.team_id): one for one in texts.filter(team__in=[team] if team else [])}
    known |= {(one.code, one.language, None): one for one in texts.filter(team__isnull=True)}
    of_team = TemplateProposal.objects.filter(state=ProposalState.OPEN, channel=Channel.EMAIL, team=team)
    waiting = {(one.code, one.language): one for one in of_team}
    return [
        Place(
            code=code,
            language=language,
            own=known.get((code.value, language.value, team.pk if team else None)),
            fallback=known.get((code.value, language.value, None)) if team else None,
            waiting=waiting.get((code.value, language.value)),
        )
        for code in TemplateCode
        for language in Language
    ]


@dataclass(frozen=True, kw_only=True)
class TextPlace:
    """One occasion in one language for SMS: the shop's own text, and the words that go without it."""

    code: TemplateCode
    language: Language
    own: Template | None
    starting: str


def text_library(team: Team | None) -> list[TextPlace]:
    """The occasions on which an SMS may go, of a department or of all of them. One query."""
    texts = Template.objects.filter(Q(team=team) | Q(team__isnull=True), channel=Channel.SMS)
    known = {(one.code, one.language, one.team_id): one for one in texts}
    common = {key[:2]: one.body for key, one in known.items() if key[2] is None and one.is_active}
    return [
        TextPlace(
            code=code, language=language,
            own=known.get((code.value, language.value, team.pk if team else None)),
            starting=common.get((code.value, language.value), STARTING[code.value][language.value]),
        )
        for code in TemplateCode
        if code.value in STARTING
        for language in Language
    ]  # fmt: skip


def waiting_proposals() -> QuerySet[TemplateProposal]:
    """What waits for a second person, the longest first."""
    return TemplateProposal.objects.filter(state=ProposalState.OPEN).select_related("team").order_by("pk")


def waiting_for(template: Template) -> TemplateProposal | None:
    """The change of this text that waits."""
    return TemplateProposal.objects.filter(template=template, state=ProposalState.OPEN).first()


def rules() -> TemplateRules:
    """Whether a second person agrees to changed texts; off while nobody has asked for it. One query."""
    return TemplateRules.objects.filter(pk=1).first() or TemplateRules()


def versions_of(template: Template) -> list[TemplateVersion]:
    """The latest versions, newest first, with ``sent``: how many messages were made from each, up to COUNTED."""
    made = Message.objects.filter(template_version=OuterRef("pk"))
    rows = TemplateVersion.objects.filter(template=template).annotate(sent=CappedCount.of(made))
    return list(rows.order_by("-number")[:MOST_VERSIONS])


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a text in two versions: lines that are "same", "out" (only in the older) or "in"."""

    label: Any
    lines: list[tuple[str, str]]

    @property
    def differs(self) -> bool:
        """Whether anything changed in it."""
        return any(kind != "same" for kind, _line in self.lines)


def compare(older: Text | None, newer: Text) -> list[Part]:
    """What changed from one text to another, part by part; without an older one everything is new."""
    before, after = _parts(older) if older is not None else {}, _parts(newer)
    return [Part(label, _lines(before.get(label, []), lines)) for label, lines in after.items()]


def _parts(text: Text) -> dict[str, list[str]]:
    standing = _("In use") if text.is_active else _("Not in use")
    if text.is_set_aside:
        standing = _("Set aside: the text for every department is sent")
    return {
        _("Subject"): [text.subject],
        _("Text"): text.body.split("\n"),
        _("Links"): link_lines(text.links).split("\n") if text.links else [],
        _("Documents"): sorted(one.original_name for one in text.documents.all()),
        _("State"): [standing],
    }


def _lines(before: list[str], after: list[str]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found += [("same", line) for line in before[i1:i2]]
        else:
            found += [("out", line) for line in before[i1:i2]]
            found += [("in", line) for line in after[j1:j2]]
    return found
