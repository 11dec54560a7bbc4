"""``/chat/hooks/KEY/``: Meta checks the address (GET) and tells what happens (POST).

No sign-in: what is told is signed with the app secret over the very bytes. An unknown key and a wrong signature answer
alike, and nothing is kept.
"""

import hmac

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from halkhata.engines.chat.services.receiving import find_account, is_genuine, take_hook
from halkhata.engines.chat.services.secrets import secret_of

# Meta's own limit of a webhook.
MAX_BODY = 3 * 1024 * 1024
PLAIN = "text/plain; charset=utf-8"


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hook(request: HttpRequest, key: str) -> HttpResponse:
    """Take one webhook: 200 as soon as it is kept, 401 for what Meta has not signed, 413 for what is too large."""
    if request.method != "POST":
        return _verify(request, key)
    size = request.META.get("CONTENT_LENGTH") or ""
    if not size.isascii() or not size.isdigit() or int(size) > MAX_BODY:
        return HttpResponse(status=413 if size else 411, content_type=PLAIN)
    body = request.read(MAX_BODY + 1)
    account = find_account(key)
    signature = request.headers.get("X-Hub-Signature-256", "")
    if account is None or not is_genuine(account, body, signature):
        return HttpResponse(status=401, content_type=PLAIN)
    take_hook(account=account, body=body)
    return HttpResponse(status=200, content_type=PLAIN)


def _verify(request: HttpRequest, key: str) -> HttpResponse:
    """Give the challenge back to whoever knows our word."""
    account = find_account(key)
    word = secret_of(account, "verify_token") if account is not None else ""
    given, challenge = request.GET.get("hub.verify_token", ""), request.GET.get("hub.challenge", "")
    is_right = bool(word) and hmac.compare_digest(word.encode(), given.encode("utf-8", "replace"))
    if request.GET.get("hub.mode") != "subscribe" or not is_right or not challenge.isalnum():
        return HttpResponse(status=401, content_type=PLAIN)
    return HttpResponse(challenge[:200], content_type=PLAIN)
