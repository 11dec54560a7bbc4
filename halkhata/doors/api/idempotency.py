"""Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a POST repeated is done once and answered alike.

The claim is committed before the work, so that a repetition meanwhile is told to wait (409). The answer is written in
the very transaction of the change: a crash leaves neither, and the next repetition takes the claim over once its lease
has run out. Whoever lost the claim meanwhile finds that in the same transaction and is rolled back: nothing is done
twice, whatever is slow or dead.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from halkhata.doors.api.models import IdempotentRequest
from halkhata.doors.api.problems import ApiProblem
from halkhata.foundation.accounts.models import ApiToken
from halkhata.foundation.core import secret_box
from halkhata.foundation.core.clock import now

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LIFE = timedelta(hours=24)
LEASE = timedelta(seconds=60)
_KEPT_HEADERS = ("Content-Type", "Location", "ETag")
# Printable ASCII without blanks and quotation marks.
_KEY = re.compile(r"[!#-~]{1,255}")
_PURPOSE = "halkhata.api.answers"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """This request is the one that does the work."""

    row_id: int
    mark: str

    def keep(self, response: HttpResponse) -> None:
        """Write the answer down, in the transaction of the change. Raises ApiProblem when the claim was lost."""
        kept = IdempotentRequest.objects.filter(pk=self.row_id, claim=self.mark, state=IdempotentRequest.RUNNING)
        if not kept.update(
            state=IdempotentRequest.DONE,
            status=response.status_code,
            headers={name: response[name] for name in _KEPT_HEADERS if name in response},
            body=secret_box.seal(response.content.decode(), purpose=_PURPOSE),
        ):
            raise ApiProblem("idempotency_in_progress", headers={"Retry-After": "1"})

    def release(self) -> None:
        """Nothing was done: the key may be used again, also with a mended body."""
        IdempotentRequest.objects.filter(pk=self.row_id, claim=self.mark, state=IdempotentRequest.RUNNING).delete()


def key_of(request: HttpRequest) -> str | None:
    """The key as the client sent it, without the quotes of a structured string. Raises ApiProblem."""
    raw = request.headers.get(HEADER)
    if raw is None:
        return None
    key = raw[1:-1] if len(raw) >= 2 and raw[0] == raw[-1] == '"' else raw
    if not _KEY.fullmatch(key):
        raise ApiProblem("bad_idempotency_key")
    return key


def claim_or_replay(request: HttpRequest, token: ApiToken, key: str) -> Claim | HttpResponse:
    """Claim the request, or answer as the first time. Raises ApiProblem: another body (422), under way (409)."""
    print_ = fingerprint(request)
    at = now()
    known = IdempotentRequest.objects.filter(token=token, key=key).first()
    if known is not None and known.expires_at <= at:
        IdempotentRequest.objects.filter(pk=known.pk, expires_at=known.expires_at).delete()
        known = None
    if known is None:
        mark = secrets.token_hex(16)
        try:
            with transaction.atomic():
                row = IdempotentRequest.objects.create(
                    token=token, key=key, fingerprint=print_, claim=mark, lease_until=at + LEASE,
                    created_at=at, expires_at=at + LIFE,
                )  # fmt: skip
            return Claim(row_id=row.pk, mark=mark)
        except IntegrityError:
            known = IdempotentRequest.objects.filter(token=token, key=key).first()
            if known is None:
                raise ApiProblem("idempotency_in_progress", headers={"Retry-After": "1"}) from None
    if known.fingerprint != print_:
        raise ApiProblem("idempotency_key_reused")
    if known.state == IdempotentRequest.DONE:
        return _replay(known)
    return _take_over(known)


def _take_over(known: IdempotentRequest) -> Claim:
    """The claim of somebody who is dead or lost in thought. Raises ApiProblem while its lease lasts."""
    at, mark = now(), secrets.token_hex(16)
    if known.lease_until > at or not IdempotentRequest.objects.filter(
        pk=known.pk, claim=known.claim, state=IdempotentRequest.RUNNING
    ).update(claim=mark, lease_until=at + LEASE):
        raise ApiProblem("idempotency_in_progress", headers={"Retry-After": "1"})
    return Claim(row_id=known.pk, mark=mark)


def _replay(known: IdempotentRequest) -> HttpResponse:
    response = HttpResponse(
        secret_box.unseal(known.body, purpose=_PURPOSE), status=known.status or 200, headers=known.headers
    )
    response[REPLAYED] = "true"
    return response


def fingerprint(request: HttpRequest) -> str:
    """What makes two requests the same: method, address and body. Of files their bytes count, not the boundaries."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode("utf-8", "surrogatepass"))
    if request.content_type == "multipart/form-data":
        for name, values in sorted(request.POST.lists()):
            digest.update(repr((name, values)).encode("utf-8", "surrogatepass"))
        for name, files in sorted(request.FILES.lists()):
            for file in files:
                digest.update(repr((name, getattr(file, "name", ""))).encode("utf-8", "surrogatepass"))
                for chunk in file.chunks():
                    digest.update(chunk)
                file.seek(0)
    else:
        digest.update(request.body)
    return digest.hexdigest()
