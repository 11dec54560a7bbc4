"""Which sessions may go on, and where somebody without a second factor may go when the house asks for one."""

from collections.abc import Callable

from django.contrib.auth import logout
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from halkhata.foundation.accounts.services.sessions import ENDED, MUST_ENROL, note_seen, stamp_new_session, why_over

GetResponse = Callable[[HttpRequest], HttpResponse]

# Asked by the page itself, again and again, while nobody may be sitting there: no sign of life.
_MACHINE = ("/live/",)
# Where somebody whose role needs a second factor may go before it is set up.
_BEFORE_ENROLMENT = ("/me/two-factor/", "/me/password/", "/me/confirm/", "/sign-out/", "/language/", "/static/")


class SessionGuardMiddleware:
    """Ends sessions that were idle or have lasted too long, keeps "last seen", and sends the unguarded to enrolment.

    Stands after AuthenticationMiddleware. Costs no query but once in five minutes for a session.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # The cookie decides whether to look at all: pages without a session stay without one.
        if "_auth_user_id" in request.session:
            reason = why_over(request.session)
            if reason:
                logout(request)
                request.session[ENDED] = reason
            else:
                if not request.path.startswith(_MACHINE):
                    note_seen(request)
                if request.session.get(MUST_ENROL) and not request.path.startswith(_BEFORE_ENROLMENT):
                    return redirect("accounts:two_factor_new")
        return self.get_response(request)


def stamp_at_sign_in(sender: type, request: HttpRequest, user: AbstractBaseUser, **kwargs: object) -> None:
    """Django's ``user_logged_in``: whichever way somebody came in, the session knows since when and from where."""
    stamp_new_session(request)
