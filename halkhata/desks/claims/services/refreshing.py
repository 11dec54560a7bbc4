"""A repair went on after its draft was made: the draft follows the card, as long as it is not sent."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from halkhata.desks.claims.choices import Stage
from halkhata.desks.claims.models import Claim
from halkhata.desks.claims.selectors.rules import terms_of
from halkhata.desks.claims.services.locking import audit, in_words, lock_claim, touched, write_columns
from halkhata.desks.claims.services.opening import NewLine, hang, write_line
from halkhata.foundation.files.models import StoredFile


def refresh_draft(
    *,
    actor: Any,
    claim: Claim,
    lines: Sequence[NewLine],
    files: Sequence[tuple[StoredFile, str, str]] = (),
    repaired_on: date | None = None,
) -> Claim:
    """Take over lines that are new on the card, drop those that were taken off it, hang new photos, move the deadline.

    What somebody wrote here by hand stays, and so does an amount changed here. A claim that was sent stays as it is.
    """
    with transaction.atomic():
        held = lock_claim(claim.pk)
        if held.stage != Stage.DRAFT:
            return claim
        wanted = {line.origin: line for line in lines if line.origin}
        known = set(held.lines.exclude(origin="").values_list("origin", flat=True))
        gone = known - set(wanted)
        with in_words():
            held.lines.filter(origin__in=gone).delete()
            for origin, line in wanted.items():
                if origin not in known:
                    write_line(held, line)
        for file, kind, note in files:
            hang(held, file, kind, note, actor)
        if repaired_on is not None:
            write_columns(held, repaired_on=repaired_on, deadline_on=terms_of(held.brand).deadline(repaired_on))
        touched(held)
        audit(actor, held, "refresh", {"new": len(set(wanted) - known), "gone": len(gone)})
    claim.refresh_from_db()
    return claim
