"""The evidence pack: the form, every photo and paper, and a list with their SHA-256, in one ZIP (A53.11)."""

import hashlib
import json
import tempfile
import zipfile
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from halkhata.desks.claims import policies
from halkhata.desks.claims.models import Claim
from halkhata.desks.claims.papers import form_pdf
from halkhata.desks.claims.selectors.verify import house_papers
from halkhata.desks.claims.services.locking import audit
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import NotFound
from halkhata.foundation.core.table_cells import BYTE_ORDER_MARK, csv_lines
from halkhata.foundation.files.services.storing import read_file

_STAMP = (1980, 1, 1, 0, 0, 0)


def evidence_pack(*, actor: Any, claim: Claim) -> IO[bytes]:
    """All papers of a claim, with ``manifest.json`` and ``manifest.csv``. Taking it out is written down.

    A file that is gone or damaged on the disk is named in the list as such. Raises PermissionRefused, NotFound,
    DomainError ``print_failed``.
    """
    policies.require(actor, policies.VIEW, claim)
    made: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - handed on; the answer closes it
    listed: list[dict[str, Any]] = []
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as pack:
        _put(pack, listed, f"{claim.number}.pdf", "form", form_pdf(claim))
        for paper in house_papers(claim):
            _put(pack, listed, f"papers/{_safe(paper.name)}", paper.kind, paper.make())
        for place, row in enumerate(claim.files.select_related("file"), start=1):
            name = f"files/{place:03d}-{row.kind}-{_safe(row.file.original_name)}"
            try:
                _put(pack, listed, name, row.kind, read_file(row.file), row.note)
            except NotFound as error:
                listed.append(
                    {"file": "", "kind": row.kind, "sha256": row.file.sha256, "bytes": 0, "note": str(error.message)}
                )
        manifest = {"claim": claim.number, "company_number": claim.company_number, "made_at": now().isoformat()}
        text = json.dumps({**manifest, "files": listed}, ensure_ascii=False, indent=1)
        pack.writestr(zipfile.ZipInfo("manifest.json", _STAMP), text.encode(), zipfile.ZIP_DEFLATED)
        rows = [[_("File"), _("What it is"), "SHA-256", _("Bytes"), _("Note")]]
        rows += [[one["file"], one["kind"], one["sha256"], one["bytes"], one["note"]] for one in listed]
        sheet = BYTE_ORDER_MARK + "".join(csv_lines(rows))
        pack.writestr(zipfile.ZipInfo("manifest.csv", _STAMP), sheet.encode(), zipfile.ZIP_DEFLATED)
    with transaction.atomic():
        audit(actor, claim, "pack", {"files": len(listed)})
    made.seek(0)
    return made


def _put(
    pack: zipfile.ZipFile, listed: list[dict[str, Any]], name: str, kind: str, content: bytes, note: str = ""
) -> None:
    pack.writestr(zipfile.ZipInfo(name, _STAMP), content, zipfile.ZIP_DEFLATED)
    digest = hashlib.sha256(content).hexdigest()
    listed.append({"file": name, "kind": str(kind), "sha256": digest, "bytes": len(content), "note": note})


def _safe(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in ".-_" else "_" for letter in name)[-80:] or "file"
