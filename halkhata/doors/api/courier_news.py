"""``POST /api/v1/courier-news/KEY``: a courier's system tells what happened to a parcel (A56.21).

No Bearer key: the message is signed with the courier's secret (``signed.py``). One that is signed is never lost: what
cannot be taken (an unknown number, no JSON) is kept, answered 202, and waits in view in the settings of couriers.
"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from halkhata.doors.api.problems import ApiProblem
from halkhata.doors.api.signed import refused, signed_id, small_body
from halkhata.engines.deliveries.parcel_choices import MessageState
from halkhata.engines.deliveries.services.couriers import courier_of, secret_of
from halkhata.engines.deliveries.services.inbox import take_message
from halkhata.foundation.core.errors import NotFound

MAX_BODY = 32 * 1024


@csrf_exempt
@require_POST
def tell(request: HttpRequest, key: str) -> HttpResponse:
    """Take one message. 204 when it is taken, or was before; 202 when it waits to be looked at."""
    try:
        body = small_body(request, MAX_BODY)
        try:
            courier = courier_of(key)
        except NotFound:
            raise refused(request) from None
        webhook_id = signed_id(request, secret_of(courier), body)
        message = take_message(courier=courier, webhook_id=webhook_id, body=body)
    except ApiProblem as refusal:
        return refusal.response()
    return HttpResponse(status=202 if message.state == MessageState.WAITING else 204)
