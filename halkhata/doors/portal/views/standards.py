"""The published service standards: what holds now, and every version at its own address. No sign-in, no script."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from halkhata.doors.portal.language import LANGUAGES, language_of, spoken
from halkhata.oversight.standards.document import document
from halkhata.oversight.standards.models import StandardsVersion
from halkhata.oversight.standards.selectors.versions import today_in_shop, version_in_force, version_to_come

OTHERS = 20


@require_safe
def standards(request: HttpRequest) -> HttpResponse:
    """The version that holds today; before the first one, the one to come; without any, a page that says so."""
    today = today_in_shop()
    return _page(request, version_in_force(today) or version_to_come(today), today, absent=200)


@require_safe
def standards_version(request: HttpRequest, number: int) -> HttpResponse:
    """One version, old or to come."""
    # A number no column holds is no version either.
    found = StandardsVersion.objects.filter(number=number).first() if number < 2**31 else None
    return _page(request, found, today_in_shop())


def _page(request: HttpRequest, version: StandardsVersion | None, today: date, *, absent: int = 404) -> HttpResponse:
    language = language_of(request)
    shared = {"page_language": language, "page_languages": LANGUAGES, "hide_language": True}
    with spoken(language):
        if version is None:
            return render(request, "standards/none.html", shared, status=absent)
        current, coming = version_in_force(today), version_to_come(today)
        known = StandardsVersion.objects.exclude(pk=version.pk).defer("texts", "facts")[:OTHERS]
        context = {
            **shared,
            "version": version,
            "doc": document(version.texts, version.facts),
            "is_in_force": current is not None and current.pk == version.pk,
            "is_future": version.effective_on > today,
            "current_url": reverse("portal:standards") if current is not None and current.pk != version.pk else "",
            "coming": coming if coming is not None and coming.pk != version.pk else None,
            "coming_url": _address(coming) if coming is not None else "",
            "others": [{"version": other, "url": _address(other)} for other in known],
        }
        return render(request, "standards/public.html", context)


def _address(version: StandardsVersion) -> str:
    return reverse("portal:standards_version", args=[version.number])
