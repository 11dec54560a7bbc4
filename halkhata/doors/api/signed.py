"""What a machine outside signs and sends, without a Bearer key: the check that every such address makes.

As the Standard Webhooks specification has it (headers ``webhook-id``, ``webhook-timestamp``, ``webhook-signature``). A
message older or newer than five minutes is refused.
"""

import hmac

from django.http import HttpRequest

from halkhata.doors.api.limits import address_of, count_failure, refuse_guesser
from halkhata.doors.api.problems import ApiProblem
from halkhata.foundation.core.clock import now
from halkhata.oversight.webhooks.signing import sign

TOLERANCE_SECONDS = 5 * 60


def small_body(request: HttpRequest, most: int) -> bytes:
    """The body, of at most ``most`` bytes, from an address that guesses no secrets. Raises ApiProblem."""
    if wait := refuse_guesser(address_of(request)):
        raise ApiProblem("too_many_requests", headers={"Retry-After": str(wait)})
    size = request.META.get("CONTENT_LENGTH") or "0"
    if not size.isdigit() or int(size) > most:
        raise ApiProblem("too_large")
    return request.body


def refused(request: HttpRequest) -> ApiProblem:
    """The one answer to an unknown key and to a wrong signature; it is counted."""
    count_failure(address_of(request))
    return ApiProblem("bad_signature")


def signed_id(request: HttpRequest, secret: str, body: bytes) -> str:
    """The id of a message that is signed and fresh. Raises ApiProblem ``bad_signature``."""
    webhook_id = request.headers.get("webhook-id", "")
    stamp = request.headers.get("webhook-timestamp", "")
    # No database column takes NUL.
    is_id = 0 < len(webhook_id) <= 120 and webhook_id.isprintable()
    if is_id and secret and stamp.isascii() and stamp.isdigit() and len(stamp) <= 12:
        right = sign(secret, webhook_id=webhook_id, timestamp=int(stamp), body=body).encode()
        given = request.headers.get("webhook-signature", "").split()[:10]
        is_signed = any(hmac.compare_digest(right, one.encode()) for one in given)
        if is_signed and abs(now().timestamp() - int(stamp)) <= TOLERANCE_SECONDS:
            return webhook_id
    raise refused(request)
