"""Asking for the code with a phone number alone."""

from django.http import HttpRequest, HttpResponse

from halkhata.doors.portal.follow_forms import PhoneForm
from halkhata.doors.portal.language import language_of
from halkhata.doors.portal.limits import with_retry
from halkhata.doors.portal.pages import customer_render
from halkhata.doors.portal.secrets_of import ASKED, address_hash, new_id, read_cookie
from halkhata.doors.portal.services.following import TooMany, ask_by_phone, read_phone
from halkhata.doors.portal.views.follow import AGAIN, to_code
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.secret_box import seal


def take_phone(request: HttpRequest, template: str, *, wants: str = "") -> HttpResponse:
    """To the page of the code, or the form again. ``wants`` as in ``ask_by_phone``."""
    form = PhoneForm(request.POST)
    if not form.is_valid():
        return customer_render(request, template, {"form": form}, 422)
    browser, phone = read_cookie(request, ASKED) or new_id(), form.cleaned_data["phone"]
    try:
        ask_by_phone(
            phone=phone, browser=browser, address=address_hash(request), language=language_of(request), wants=wants
        )
        sealed = seal(read_phone(phone), purpose=AGAIN)
    except TooMany as error:
        form.take_error(error)
        return with_retry(customer_render(request, template, {"form": form}), error.seconds)
    except DomainError as error:
        form.take_error(error)
        return customer_render(request, template, {"form": form}, 422)
    return to_code(browser, sealed)
