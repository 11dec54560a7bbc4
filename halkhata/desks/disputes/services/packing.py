"""The papers of a case for a hearing: timeline and documents, as one PDF and as one ZIP (US-30, C10)."""

import tempfile
import zipfile
from dataclasses import replace
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from halkhata.desks.disputes import policies
from halkhata.desks.disputes.choices import EvidenceKind, Party
from halkhata.desks.disputes.models import Dispute, EvidenceItem
from halkhata.desks.disputes.selectors.headings import with_headings
from halkhata.desks.disputes.selectors.plain_words import with_words
from halkhata.desks.disputes.services.letters import PRINT, decision_pdf
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import NotFound
from halkhata.foundation.core.formatting import format_date, format_datetime, format_ref, show_digits
from halkhata.foundation.core.reader import current_reader, reader_context
from halkhata.foundation.core.table_cells import csv_lines
from halkhata.foundation.files.services.storing import read_file
from halkhata.foundation.printing.pdf import letterhead, render_pdf

MOST_TEXT = 4000
_STAMP = (1980, 1, 1, 0, 0, 0)


def case_pdf(*, actor: User, dispute: Dispute) -> bytes:
    """Timeline, texts and the list of files with their hashes. Taking it out is written down.

    Raises NotFound, PermissionRefused, DomainError.
    """
    policies.require(actor, policies.OUTSIDE, dispute)
    content = render_pdf(PRINT / "papers.typ", _papers(dispute, _lines(dispute)))
    _note(actor, dispute, "pdf")
    return content


def case_pack(*, actor: User, dispute: Dispute) -> IO[bytes]:
    """The PDF, the decision sheets and every file of the evidence in one ZIP, with a list of hashes.

    A file that is gone or damaged on the disk is named in the list as such. Raises as ``case_pdf``.
    """
    policies.require(actor, policies.OUTSIDE, dispute)
    lines = _lines(dispute)
    made: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - handed on; the answer closes it
    listed: list[list[str]] = []
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as pack:
        _put(pack, "papers.pdf", render_pdf(PRINT / "papers.typ", _papers(dispute, lines)))
        for decision in dispute.decisions.filter(signed_at__isnull=False).order_by("round"):
            for language in ("bn", "en"):
                _put(
                    pack,
                    f"decision-{decision.round}-{language}.pdf",
                    decision_pdf(dispute, decision, language=language),
                )
        for place, line in enumerate(lines, start=1):
            name = f"texts/{place:04d}.txt"
            if line.file is None:
                _put(pack, name, line.text.encode())
            else:
                name = f"files/{place:04d}-{_safe(line.file.original_name)}"
                try:
                    _put(pack, name, read_file(line.file))
                except NotFound as error:
                    name = f"! {error.message}"
            listed.append([str(place), line.get_kind_display(), line.title, line.sha256, name])
        _put(pack, "evidence.csv", _csv(listed))
    _note(actor, dispute, "zip")
    made.seek(0)
    return made


def _lines(dispute: Dispute) -> list[EvidenceItem]:
    lines = list(dispute.evidence.select_related("file").order_by("happened_at", "pk"))
    # A hearing asks for the hour on the wall of the branch.
    with reader_context(replace(current_reader(), time_zone=dispute.branch.time_zone)):
        return list(with_words(with_headings(lines)))


def _papers(dispute: Dispute, lines: list[EvidenceItem]) -> dict[str, Any]:
    reader = current_reader()
    zone = ZoneInfo(dispute.branch.time_zone)

    def moment(value: Any) -> str:
        if value is None:
            return ""
        return format_datetime(value.astimezone(zone), language=reader.language, digits=reader.digits)

    def count(place: int) -> str:
        return show_digits(str(place), digits=reader.digits)

    number = format_ref(dispute.number, language=reader.language, digits=reader.digits)
    return {
        "lang": reader.language,
        "shop": letterhead(dispute.branch),
        "title": _("Papers of the dispute"),
        "number": number,
        "footer": number,
        "fields": [
            [_("Customer"), str(dispute.customer or "")],
            [_("Opened"), moment(dispute.opened_at)],
            [_("About"), dispute.get_ground_display()],
            [_("Happened on"), format_date(dispute.cause_on, language=reader.language, digits=reader.digits)],
            [_("State"), dispute.state_label],
            [_("Branch"), dispute.branch.name],
            [_("Printed"), moment(now())],
        ],
        "timeline_title": _("What happened"),
        "heads": [_("No."), _("When"), _("What"), _("From")],
        "rows": [
            [count(place), moment(line.happened_at), line.heading, str(Party(line.party).label)]
            for place, line in enumerate(lines, start=1)
        ],
        "texts_title": _("Texts"),
        "note": _(
            "Records are said here in plain words. As they were taken in, which is what the hash is of, they stand in "
            "the ZIP, each under its number."
        ),
        "texts": [
            {
                "head": f"{count(place)}. {EvidenceKind(line.kind).label}: {line.heading}",
                "text": (line.said or line.heading)[:MOST_TEXT] if line.file is None else line.file.original_name,
                "hash": f"SHA-256 {line.sha256}",
            }
            for place, line in enumerate(lines, start=1)
        ],
    }


def _put(pack: zipfile.ZipFile, name: str, content: bytes) -> None:
    pack.writestr(zipfile.ZipInfo(name, _STAMP), content, zipfile.ZIP_DEFLATED)


def _safe(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in ".-_" else "_" for letter in name)[-80:] or "file"


def _csv(rows: list[list[str]]) -> bytes:
    head = [_("No."), _("What it is"), _("What"), "SHA-256", _("File")]
    return "".join(csv_lines([head, *rows])).encode("utf-8-sig")


def _note(actor: User, dispute: Dispute, kind: str) -> None:
    with transaction.atomic():
        record(actor=actor, action="dispute.papers", record=dispute, after={"as": kind})
