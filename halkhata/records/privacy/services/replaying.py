"""After a restore: whoever was erased, or said stop, since the backup was made is erased and heard again (F32)."""

from datetime import datetime, timedelta

from django.db import transaction

from halkhata.records.customers.models import Customer
from halkhata.records.privacy.models import DoNotContact, Erasure
from halkhata.records.privacy.services.erasing import erase_again
from halkhata.records.privacy.services.outside_list import lines_after

# An act is dated before it is committed, and a backup may be taken in between: lines of the day before are applied,
# too. What is there already is not done again.
MARGIN = timedelta(days=1)


@transaction.atomic
def replay_after_restore(taken_at: datetime) -> int:
    """Apply the list's lines that may be younger than the restored data.

    Returns how many people and stops it concerned.

    A person is recognised by the row's id together with the instant it was made: after a restore the same id may be
    given to somebody else.
    """
    done = 0
    for line in lines_after(taken_at - MARGIN):
        if line["kind"] == "erased":
            done += _erase(line)
        elif line["kind"] == "stop":
            done += _stop(line)
        elif line["kind"] == "lifted":
            rows = DoNotContact.objects.filter(digest=line["digest"], lifted_at__isnull=True)
            done += rows.filter(purpose=line["purpose"], channel=line["channel"]).update(
                lifted_at=line["at"], lifted_how="restored"
            )
    return done


def _erase(line: dict[str, object]) -> int:
    people = line["people"]
    wanted = {int(pk): datetime.fromisoformat(made) for pk, made in people}  # type: ignore[attr-defined]
    found = Customer.objects.filter(pk__in=wanted).values_list("pk", "created_at")
    ids = [pk for pk, made in found if wanted[pk] == made]
    ids = [pk for pk in ids if not Erasure.objects.filter(customer_id_then=pk).exists()]
    if ids:
        at = line["at"]
        assert isinstance(at, datetime)
        erase_again(ids, at)
    return len(ids)


def _stop(line: dict[str, object]) -> int:
    _row, made = DoNotContact.objects.get_or_create(
        digest=line["digest"], purpose=line["purpose"], channel=line["channel"], lifted_at=None,
        defaults={name: line[name] for name in ("reason", "source")} | {"kind": line["of"], "since": line["at"]},
    )  # fmt: skip
    return int(made)
