"""Who may answer the first-run questions: somebody at this machine, or who knows the code it printed."""

import hashlib
import hmac
import ipaddress
import logging
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.forms.setup import SetupCodeForm
from halkhata.foundation.accounts.services.setup import is_set_up
from halkhata.foundation.accounts.services.setup_code import code_file, is_right_code, setup_code
from halkhata.foundation.accounts.services.setup_tries import note_wrong_try, too_many_tries

logger = logging.getLogger(__name__)

_KEPT = "setup_code"
# Any of these says that the request came through something in between, whatever address it now seems to have.
_FORWARDED = (
    "HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
)  # fmt: skip


def comes_from_this_machine(request: HttpRequest) -> bool:
    """Whether a browser on this machine asks, with nothing in between: loopback address and a loopback name.

    A proxy on this machine has a loopback address, too. It gives itself away by its headers, by the name people call
    (the Host header), or by HALKHATA_BASE_URL; one that hides all three cannot be told from a local browser.
    """
    if any(request.META.get(header) for header in _FORWARDED):
        return False
    names = (request.META.get("HTTP_HOST", ""), urlsplit(settings.BASE_URL).netloc)
    return _is_loopback(request.META.get("REMOTE_ADDR", "")) and all(_names_loopback(name) for name in names)


def may_answer(request: HttpRequest) -> bool:
    """Whether this request may see and answer the questions."""
    if comes_from_this_machine(request):
        return True
    shown = request.session.get(_KEPT, "")
    return isinstance(shown, str) and hmac.compare_digest(shown.encode(), _mark().encode())


def ask_code(request: HttpRequest) -> HttpResponse:
    """The page that asks for the code; a wrong one is counted."""
    if is_set_up():
        raise Http404
    if may_answer(request):
        return redirect("accounts:setup")
    form = SetupCodeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = _check(request, form)
        if status == 200:
            request.session.cycle_key()
            request.session[_KEPT] = _mark()
            return redirect("accounts:setup")
    setup_code()  # the file is there when the page tells of it
    return render(request, "accounts/setup_code.html", {"form": form, "file_name": code_file().name}, status=status)


def _check(request: HttpRequest, form: SetupCodeForm) -> int:
    """Status of the answer: 200 for the right code, 422 for a wrong one, 429 when there were too many."""
    address = request.META.get("REMOTE_ADDR", "")
    if too_many_tries(address):
        form.add_error(None, _("Too many wrong codes. Please wait a quarter of an hour and try again."))
        return 429
    if not form.is_valid():
        return 422
    if not is_right_code(form.cleaned_data["code"]):
        note_wrong_try(address)
        logger.warning("a wrong set-up code came from %s", address)
        form.add_error("code", _("This is not the code. It stands where Halkhata was started."))
        return 422
    return 200


def _mark() -> str:
    """What a session keeps as proof: no longer worth anything once there is another code."""
    return hashlib.sha256(f"shown:{setup_code()}".encode()).hexdigest()


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _names_loopback(netloc: str) -> bool:
    try:
        name = urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or _is_loopback(name)
