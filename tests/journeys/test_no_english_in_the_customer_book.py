"""A Bengali reader meets no English in the customer book either: pages with something on them, and their mistakes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from halkhata.engines.segments.services.membership import build
from halkhata.engines.segments.services.segments import save_segment
from halkhata.foundation.core.jobs.worker import run_until_quiet
from halkhata.foundation.fields.services.definitions import save_definition
from halkhata.foundation.fields.services.rules import save_rule
from halkhata.records.catalog.days import today
from halkhata.records.customers.merging.merge import merge_customers
from halkhata.records.customers.merging.proposals import begin_search, search_slice
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.customers.services.households import join_household
from halkhata.records.data_quality.services.looking import look_at_changed, write_month
from halkhata.records.data_quality.services.picking import draw_month
from halkhata.records.imports.services.beginning import begin_check, receive_file
from halkhata.records.privacy.services.breaches import save_breach
from halkhata.records.privacy.services.consents import record_consent
from halkhata.records.privacy.services.links import preference_token, unsubscribe_token
from halkhata.records.privacy.services.requests import open_request
from tests.journeys.messy_list import messy_workbook
from tests.journeys.test_no_english_on_bengali_pages import ALLOWED, USER_NAMES, bengali_shop, english_in

__all__ = ["bengali_shop"]
NESTED = {
    "all": [
        {"field": "language", "op": "is", "value": "bn"},
        {"none": [{"field": "ticket.number", "op": "between", "value": [400, 500]}]},
    ]
}


def fill(shop: Any) -> dict[str, str]:
    """Something of each kind in the book, in Bengali. Returns the pages that show it."""
    owner, customer = shop.owner, shop.customer

    def new(name: str, phone: str) -> Any:
        return create_customer(
            actor=owner, name_bn=name, phones=[phone], branch=shop.branch, confirm_duplicate="আলাদা মানুষ"
        )

    double, brother, former = (
        new("করিম মিঞা", "০১১০০১২৩৪৫৬"), new("সেলিম মিয়া", "০১১০০১২৩৪৫৮"), new("করিম মিয়া", "০১১০০১২৩৪৫৯"),
    )  # fmt: skip
    join_household(actor=owner, customer=customer, relative=brother)
    merge_customers(actor=owner, survivor=customer, merged=former, reason="ফোনে একই গলা")
    customer.refresh_from_db()
    search_slice(begin_search(whole_book=True), seconds=30)
    for channel, act in (("sms", "granted"), ("email", "withdrawn")):
        record_consent(
            actor=owner,
            customer=customer,
            purpose="marketing",
            channel=channel,
            act=act,
            source="paper",
            proof="ফরম ১২",
        )
    asked = open_request(actor=owner, kind="erasure", customer=customer, what="সব মুছে ফেলুন")
    breach = save_breach(actor=owner, title="তালিকাসহ একটি ফোন হারিয়েছে")
    field = save_definition(actor=owner, target="customer", code="pesha", name_bn="পেশা")
    condition = {"field": "=note", "op": "filled"}
    rule = save_rule(actor=owner, target="customer", name_bn="নাম লিখুন", conditions=condition)
    segment = save_segment(actor=owner, name_bn="পাঠক", conditions=NESTED)
    build(segment.pk)
    waiting, tried = (
        receive_file(actor=owner, target="customers", name="খাতা.xlsx", chunks=[messy_workbook()]) for _time in range(2)
    )
    begin_check(actor=owner, run=tried)
    look_at_changed()
    month = today().replace(day=1)
    write_month(month)
    draw_month(month)
    run_until_quiet()
    token = preference_token(customer_id=customer.pk, channel="email", address="k@example.com")
    person, house = (customer.pk,), ("customer",)
    named = {
        "customers:detail": person, "customers:panels_side": person, "customers:identity": person,
        "customers:fields": person, "customers:edit": person,
        "customers:contact_new": person, "customers:merge": person, "customers:unmerge": (former.pk,),
        "customers:duplicates": (), "privacy:consents": person, "privacy:erase": person,
        "privacy:request": (asked.number,), "privacy:breach": (breach.number,), "privacy:wording": ("marketing",),
        "imports:mapping": (waiting.pk,), "imports:detail": (tried.pk,), "fields:fields": house,
        "fields:layout": house, "fields:rules": house, "fields:rule_new": house, "fields:tags": house,
        "fields:field": ("customer", field.code), "fields:rule": ("customer", rule.pk), "segments:edit": (segment.pk,),
        "data_quality:overview": (), "data_quality:gaps": (), "data_quality:proposals": (), "data_quality:audit": (),
    }  # fmt: skip
    pages = {name: reverse(name, args=args) for name, args in named.items()}
    pages["merge preview"] = f"{pages['customers:merge']}?with={double.pk}"
    pages["why in the segment"] = f"{reverse('segments:detail', args=[segment.pk])}?customer={customer.pk}"
    pages["preferences"] = f"/c/preferences/{token}/"
    one = unsubscribe_token(customer_id=customer.pk, channel="email", purpose="marketing", address="k@example.com")
    pages["unsubscribe"] = f"/c/unsubscribe/{one}/"
    return pages


@pytest.mark.django_db
def test_bengali_reader_meets_no_english_in_the_customer_book(
    bengali_shop: Any,  # noqa: F811
    client_as: Callable[..., Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.journeys.test_no_english_on_bengali_pages.ALLOWED", ALLOWED | USER_NAMES)
    pages = fill(bengali_shop)
    client = client_as(bengali_shop.owner, "bn")
    wrong: dict[str, Any] = {}
    for name, path in pages.items():
        response = client.get(path, headers={"accept-language": "bn"})
        leaks = english_in(response.content.decode())
        if response.status_code != 200 or leaks:
            wrong[f"{name} {path}"] = (response.status_code, leaks)
    assert wrong == {}, repr(wrong)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("imports:new", ()), ("imports:notebook", ()), ("segments:new", ()), ("privacy:request_new", ()),
        ("privacy:breach_new", ()), ("privacy:activity_new", ()), ("privacy:stops", ()),
        ("fields:rule_new", ("customer",)), ("fields:tags", ("customer",)), ("fields:field", ("customer", "new")),
    ],
)  # fmt: skip
def test_mistakes_in_forms_of_the_book_are_said_in_bengali(
    bengali_shop: Any,  # noqa: F811
    client_as: Callable[..., Client],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    args: tuple[str, ...],
) -> None:
    monkeypatch.setattr("tests.journeys.test_no_english_on_bengali_pages.ALLOWED", ALLOWED | USER_NAMES | {"red"})
    # "red": how an option is written in both languages.
    answer = client_as(bengali_shop.owner, "bn").post(reverse(name, args=args), {"sent": "1"})
    assert (answer.status_code, english_in(answer.content.decode())) == (422, [])
