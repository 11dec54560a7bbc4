"""A customer's open form: photos that wait while something else is mended, and its one sending."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Sum

from halkhata.doors.portal.models import Draft, DraftFile
from halkhata.foundation.core.clock import now
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.storing import store_file

LIFE = timedelta(hours=24)
# What one network address may have waiting; more is not kept and must be chosen again.
MOST_WAITING = 60 * 1024 * 1024


def draft_of(key: str, address: str) -> Draft:
    """The draft of the form with this id; made on first use. ``address`` is the hash of the network address."""
    draft, _made = Draft.objects.get_or_create(key=key, defaults={"address_hash": address, "created_at": now()})
    return draft


def held_draft(key: str, address: str) -> Draft:
    """The same, locked until the transaction ends: a form sent twice at once is sent once."""
    draft_of(key, address)
    return Draft.objects.select_for_update().get(key=key)


def waiting_files(key: str) -> list[StoredFile]:
    """The photos that wait for the form, in the order they came."""
    return list(StoredFile.objects.filter(portal_draft__draft__key=key).order_by("portal_draft__pk"))


def keep_photos(key: str, address: str, photos: Sequence[tuple[str, bytes]]) -> bool:
    """Keep photos (name and bytes) for a form that has to be looked at again. False when there is no room for them."""
    if not photos:
        return True
    size = sum(len(data) for _name, data in photos)
    mine = DraftFile.objects.filter(draft__address_hash=address, draft__created_at__gt=now() - LIFE)
    if (mine.aggregate(sum=Sum("file__size"))["sum"] or 0) + size > MOST_WAITING:
        return False
    with transaction.atomic():
        draft = draft_of(key, address)
        DraftFile.objects.bulk_create(
            DraftFile(draft=draft, file=store_file(name=name, data=data)) for name, data in photos
        )
    return True


def take_back(key: str, ids: Iterable[str]) -> None:
    """The customer does not want these photos after all: they wait no more, and go with the files nobody uses."""
    wanted = [int(one) for one in ids if one.isascii() and one.isdigit() and len(one) < 18]
    DraftFile.objects.filter(draft__key=key, file_id__in=wanted).delete()


def close_draft(draft: Draft, ticket_id: int | None) -> None:
    """It was sent: remember what it became; its photos hang on the message now. In the caller's transaction."""
    Draft.objects.filter(pk=draft.pk).update(sent_at=now(), ticket_id=ticket_id)
    DraftFile.objects.filter(draft=draft).delete()


def drop_old_drafts() -> int:
    """Delete drafts older than a day. Their photos are nobody's then (files/services/unused.py). Returns the rows."""
    return Draft.objects.filter(created_at__lt=now() - LIFE).delete()[0]
