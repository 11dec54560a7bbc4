"""To the OpenID Connect provider and back, one's own links, and the settings page."""

import secrets
from dataclasses import asdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from halkhata.foundation.accounts.confirmation import confirm_address, confirmed
from halkhata.foundation.accounts.forms.access import ProviderForm
from halkhata.foundation.accounts.models import OidcProvider
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.policies import can_manage_structure
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.accounts.services.oidc_protocol import (
    Attempt,
    ProviderTrouble,
    Subject,
    authorization_address,
    discover,
    exchange,
    new_attempt,
)
from halkhata.foundation.accounts.services.sessions import is_confirmed, note_confirmed
from halkhata.foundation.accounts.services.sign_in_steps import PROVIDER, WAITS_SECONDS, enter
from halkhata.foundation.accounts.services.single_sign_on import (
    active_provider,
    callback_address,
    client_secret_of,
    link_by_invitation,
    link_own,
    person_behind,
    save_provider,
    unlink_own,
)
from halkhata.foundation.accounts.views.links import KEPT
from halkhata.foundation.accounts.views.sign_in import set_language_cookie
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, NotFound, PermissionRefused

_ATTEMPT = "hk_oidc"
SIGN_IN, LINK, INVITATION, CONFIRM = "sign_in", "link", "invitation", "confirm"


@require_GET
def begin(request: HttpRequest) -> HttpResponse:
    """On the way to the provider. A GET, for our content policy lets no form lead elsewhere; it changes only one's own
    session."""
    provider = active_provider()
    if provider is None:
        return redirect("accounts:login")
    purpose = request.GET.get("for", SIGN_IN)
    if purpose not in {SIGN_IN, LINK, INVITATION, CONFIRM}:
        purpose = SIGN_IN
    if purpose in {LINK, CONFIRM} and not request.user.is_authenticated:
        return redirect("accounts:login")
    if purpose == LINK and not is_confirmed(request.session):
        return redirect(confirm_address(request))  # type: ignore[arg-type]
    attempt = new_attempt()
    try:
        address = authorization_address(
            discover(provider.issuer), client_id=provider.client_id, redirect_uri=callback_address(), attempt=attempt,
            afresh=purpose == CONFIRM,
        )  # fmt: skip
    except DomainError as error:
        return _refused(request, str(error.message))
    request.session[_ATTEMPT] = {
        **asdict(attempt), "for": purpose, "next": request.GET.get("next", ""), "at": now().timestamp(),
        "issuer": provider.issuer, "user": request.user.pk,
    }  # fmt: skip
    return HttpResponseRedirect(address)


@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """The provider sent the browser back, with a code or an error."""
    kept = request.session.pop(_ATTEMPT, None)
    provider = active_provider()
    state = request.GET.get("state", "")
    if kept is None or provider is None or provider.issuer != kept["issuer"]:
        return _refused(request, str(_("This sign-in was not begun here. Please begin again.")))
    in_time = 0 <= now().timestamp() - kept["at"] <= WAITS_SECONDS
    if not secrets.compare_digest(state.encode(), kept["state"].encode()) or not in_time:
        return _refused(request, str(_("This sign-in was not begun here. Please begin again.")))
    # RFC 9207: the answer of another provider, mixed into ours.
    if request.GET.get("iss", provider.issuer) != provider.issuer or "code" not in request.GET:
        return _refused(request, str(_("The sign-in service refused. Try again.")))
    attempt = Attempt(state=kept["state"], nonce=kept["nonce"], verifier=kept["verifier"])
    try:
        subject = exchange(
            discover(provider.issuer), client_id=provider.client_id, client_secret=client_secret_of(provider),
            redirect_uri=callback_address(), code=request.GET["code"][:2000], attempt=attempt,
        )  # fmt: skip
        return _arrived(request, provider, kept, subject)
    except DomainError as error:
        return _refused(request, str(error.message))


def _arrived(request: HttpRequest, provider: OidcProvider, kept: dict[str, str], subject: Subject) -> HttpResponse:
    purpose, wanted = kept["for"], kept["next"]
    following = wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()) else "/"
    if purpose in {LINK, CONFIRM}:
        # The same person as when it began: somebody else may have signed in in this browser meanwhile.
        if not request.user.is_authenticated or request.user.pk != kept["user"]:
            return redirect("accounts:login")
        if purpose == LINK:
            link_own(actor=request.user, subject=subject)
            messages.success(request, str(_("The outside sign-in is linked to your account.")))
            return redirect("accounts:profile")
        person = person_behind(subject)
        is_fresh = subject.authenticated_at is not None and now().timestamp() - subject.authenticated_at < 300
        if person is None or person.pk != request.user.pk or not is_fresh:
            return _refused(request, str(_("The sign-in service did not ask for your password again.")))
        note_confirmed(request.session)
        return HttpResponseRedirect(following)
    if purpose == INVITATION:
        person = link_by_invitation(token=request.session.pop(KEPT, ""), subject=subject)
    else:
        person = person_behind(subject)
    if person is None:
        raise NotFound(
            "not_linked", _("This outside sign-in opens no account here. Ask whoever manages staff accounts.")
        )
    if not enter(
        request, person, method=PROVIDER, following=following, skip_second=provider.trusts_second_factor
    ):  # fmt: skip
        return redirect("accounts:second_step")
    response = HttpResponseRedirect(following)
    set_language_cookie(response, person.language)
    return response


def _refused(request: HttpRequest, words: str) -> HttpResponse:
    return render(request, "accounts/oidc_refused.html", {"words": words}, status=403)


@needs()
@require_POST
@confirmed
def unlink(request: StaffRequest, pk: int) -> HttpResponse:
    """Take one's own link away."""
    unlink_own(actor=request.user, pk=pk)
    messages.success(request, str(_("The link was taken away.")))
    return redirect("accounts:profile")


@needs("users.edit")
@confirmed
def settings_page(request: StaffRequest) -> HttpResponse:
    """The provider's address, our name there, the secret."""
    if not can_manage_structure(request.user):
        raise PermissionRefused("permission_refused", _("Your role does not allow this."))
    provider = OidcProvider.current()
    names = ("label", "issuer", "client_id", "trusts_second_factor", "is_active")
    initial = {name: getattr(provider, name) for name in names} if provider else {"is_active": True}
    form = ProviderForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            save_provider(actor=request.user, **form.cleaned_data)
        except PermissionRefused:
            raise
        except DomainError as error:
            field = "issuer" if isinstance(error, ProviderTrouble) or error.field == "url" else None
            form.add_error(field or (error.field if error.field in form.fields else None), str(error.message))
        else:
            messages.success(request, str(_("Saved.")))
            return redirect("accounts:single_sign_on")
    return render(
        request, "accounts/single_sign_on.html",
        {"form": form, "provider": provider, "callback": callback_address(),
         "has_secret": bool(provider and provider.client_secret)},
    )  # fmt: skip
