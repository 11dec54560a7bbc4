"""A customer's own copy of everything that is kept about them: made in the background, for one session, then gone."""

import logging
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import IO

from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from halkhata.doors.portal.models import CopyState, DataCopy, FollowRequest
from halkhata.doors.portal.services.following import CUSTOMER, SESSION_LIVES, customer_of
from halkhata.doors.portal.services.telling_owner import is_shared
from halkhata.foundation.audit.trail import record
from halkhata.foundation.backups.places import backup_is_running
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.jobs.backend import enqueue_once
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.large_files import store_chunks
from halkhata.records.catalog.days import today
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.locking import lock_values
from halkhata.records.privacy.choices import ConsentSource, RequestKind, RequestState
from halkhata.records.privacy.services.exporting import export_person
from halkhata.records.privacy.services.leftovers import drop_bytes
from halkhata.records.privacy.services.requests import end_request, request_by_themselves

logger = logging.getLogger(__name__)

MAKE_TASK = "halkhata.doors.portal.jobs.make_copy"
MOST_BYTES = 1024 * 1024 * 1024
_BLOCK = 1 << 20


@transaction.atomic
def ask_for_copy(*, session: FollowRequest) -> DataCopy:
    """Have the copy made; one for a session. Asking opens a request about data: its clock runs until the file is there.

    Raises Conflict ``shared_number`` when the phone says of nobody who they are, or ``no_customer``.
    """
    customer = customer_of(session)
    if customer is None or session.contact is None:
        raise Conflict("no_customer", _("There is nothing here, or it is not for your role."))
    if is_shared(session.contact):
        raise Conflict(
            "shared_number",
            _("More than one person has this number with us. Please come to us, or call: we must know who you are."),
        )
    lock_values([f"copy:{session.pk}"])
    copy = DataCopy.objects.select_for_update(of=("self",)).filter(session=session).first()
    if copy is not None and copy.state != CopyState.FAILED:
        return copy
    request = request_by_themselves(
        customer=customer, kind=RequestKind.ACCESS, what="", received_how=ConsentSource.FORM
    )
    if copy is None:
        copy = DataCopy(session=session, asked_at=now())
    copy.state, copy.request, copy.asked_at, copy.ended_at, copy.file = CopyState.WAITING, request, now(), None, None
    copy.save()
    enqueue_once(import_string(MAKE_TASK), f"copy:{copy.pk}", copy.pk)
    return copy


def make_copy(copy_id: int) -> bool:
    """Write the file. Returns whether it is there. A copy whose session is over is not made any more."""
    copy = DataCopy.objects.select_related("session__contact__customer").filter(pk=copy_id).first()
    if copy is None or copy.state != CopyState.WAITING:
        return False
    customer = customer_of(copy.session)
    if customer is None or is_over(copy.session):
        return _end(copy, None)
    try:
        with export_person(actor=CUSTOMER, customer=customer) as out:
            file = store_chunks(name=f"my-data-{today():%Y-%m-%d}.zip", chunks=_blocks(out), most=MOST_BYTES)
    except DomainError as error:
        logger.warning("copy %s failed: %s", copy_id, error.code)
        return _end(copy, None)
    return _end(copy, file)


def copy_of(session: FollowRequest) -> DataCopy | None:
    """The copy of this session."""
    return DataCopy.objects.select_related("file", "request").filter(session=session).first()


def fetched(*, copy: DataCopy, customer: Customer) -> None:
    """The customer has the file: noted, and the request is answered."""
    with transaction.atomic():
        record(actor=CUSTOMER, action="own_data.download", record=customer)
        if copy.request is not None and copy.request.state == RequestState.OPEN:
            # Two presses at once, or somebody of the shop was quicker: it is answered either way.
            with suppress(Conflict):
                end_request(actor=CUSTOMER, request=copy.request, answer=str(_("The copy was fetched on our page.")))


def is_over(session: FollowRequest) -> bool:
    """Whether nothing can be fetched in this session any more."""
    return session.ended_at is not None or session.used_at is None or session.used_at + SESSION_LIVES <= now()


def drop_copies(session: FollowRequest | None = None) -> int:
    """Delete the copies of sessions that are over, or that of one session, bytes too. Returns how many.

    While a backup runs the bytes stay: the sweep of unused files takes them.
    """
    if session is not None:
        gone = list(DataCopy.objects.select_related("file").filter(session=session))
    else:
        rows = DataCopy.objects.select_related("session", "file").order_by("pk")
        gone = [copy for copy in rows[:1000] if is_over(copy.session)]
    files = {copy.file.pk: copy.file.path for copy in gone if copy.file is not None}
    with transaction.atomic():
        DataCopy.objects.filter(pk__in=[copy.pk for copy in gone]).delete()
        StoredFile.objects.filter(pk__in=list(files)).delete()
    if files and not backup_is_running():
        drop_bytes(set(files.values()))
    return len(gone)


def copies_of_people(customer_ids: Collection[int]) -> set[int]:
    """For an erasure: the files of these people's copies."""
    rows = DataCopy.objects.filter(session__contact__customer_id__in=customer_ids, file__isnull=False)
    return set(rows.values_list("file_id", flat=True))


def _end(copy: DataCopy, file: StoredFile | None) -> bool:
    state = CopyState.DONE if file is not None else CopyState.FAILED
    waiting = DataCopy.objects.filter(pk=copy.pk, state=CopyState.WAITING)
    return bool(waiting.update(state=state, file=file, ended_at=now())) and file is not None


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    while block := stream.read(_BLOCK):
        yield block
