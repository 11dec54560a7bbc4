"""The language switch: for this browser, and for the account of whoever is signed in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.i18n import set_language as django_set_language

from halkhata.foundation.accounts.models import User


def set_language(request: HttpRequest) -> HttpResponse:
    """POST ``language`` and ``next``; leads back. The choice is kept in a cookie and in the account."""
    chosen = request.POST.get("language", "")
    if request.method == "POST" and request.user.is_authenticated and chosen in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=chosen)
    return django_set_language(request)
