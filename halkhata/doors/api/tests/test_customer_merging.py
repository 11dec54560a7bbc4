"""Customers who are one person, by the API."""

import pytest

from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer


@pytest.fixture
def pair(here, shop):
    one = create_customer(actor=shop.agent, name_en="Raheema Khatoon", phones=["01100007123"])
    other = create_customer(actor=shop.agent, name_bn="রহিমা খাতুন", phones=["01100007123"], confirm_duplicate="test")
    return one, other


def test_lookalikes_have_a_score_and_reasons(key, pair):
    one, other = pair
    answer = key().get(f"/customers/{one.pk}/lookalikes")
    assert answer.status_code == 200, answer.content
    (item,) = [item for item in answer.json()["items"] if item["customer_id"] == other.pk]
    assert item["score"] > 0.9
    assert {"field": "phone", "level": "same"}.items() <= item["reasons"][1].items()


def test_merge_answers_with_the_survivor_and_is_undone(key, pair, is_problem):
    one, other = pair
    api = key()
    is_problem(api.post(f"/customers/{other.pk}/merge", {"into": 999_999}), 404, "not_found")
    is_problem(api.post(f"/customers/{other.pk}/merge", {"into": other.pk}), 409, "merge_same")
    is_problem(
        api.post(f"/customers/{other.pk}/merge", {"into": one.pk, "fields": {"color": "merged"}}), 422, "unknown_choice"
    )
    is_problem(api.post(f"/customers/{other.pk}/merge", {"into": one.pk}, if_match='"99"'), 412, "stale")
    merged = api.post(f"/customers/{other.pk}/merge", {"into": one.pk, "fields": {"language": "merged"}})
    assert (merged.status_code, merged.json()["id"]) == (200, one.pk), merged.content
    assert (merged.json()["name_bn"], merged.json()["name_en"]) == ("রহিমা খাতুন", "Raheema Khatoon")
    # The old id answers as the survivor.
    assert api.get(f"/customers/{other.pk}").json()["id"] == one.pk
    back = api.post(f"/customers/{other.pk}/unmerge")
    assert (back.status_code, back.json()["id"]) == (200, other.pk), back.content
    is_problem(api.post(f"/customers/{other.pk}/unmerge"), 409, "not_merged")
    assert Customer.objects.get(pk=one.pk).name_bn == ""
