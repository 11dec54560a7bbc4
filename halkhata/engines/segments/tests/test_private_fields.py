"""Whoever sees private fields masked learns nothing of them by asking for counts (US-22 AC 2)."""

import pytest
from django.urls import reverse

from halkhata.engines.segments.policies import fields_open_to
from halkhata.engines.segments.selectors.segments import conditions_in_words, explain_membership
from halkhata.engines.segments.services.membership import build
from halkhata.engines.segments.services.segments import save_segment
from halkhata.foundation.accounts.models import Role, User
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.fields.services.definitions import save_definition
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db
GUESS = {"field": "own:card", "op": "is", "value": "7731"}


@pytest.fixture
def masked(shop):
    """A member of staff who reads reports about customers whose private fields are dots."""
    save_definition(actor=shop.owner, target="customer", code="card", kind="text", name_en="Card", is_private=True)
    role = Role.objects.create(
        code="masked", name_en="Masked", level=1, scope="all", permissions=["customer.view", "report.view"]
    )
    return User.objects.create_user("masked", "nine plain words", role=role, branch=shop.branch, language="en")


@pytest.fixture
def rahim(shop, masked):
    return create_customer(actor=shop.owner, name_en="Rahim", phones=["01100000401"], custom={"card": "7731"})


def test_a_private_field_is_no_condition_for_who_sees_it_masked(shop, masked, rahim, client_as):
    assert "own:card" in fields_open_to(shop.owner)
    assert "own:card" not in fields_open_to(masked)
    with pytest.raises(DomainError) as refused:
        save_segment(actor=masked, name_en="Guess", conditions=GUESS)
    assert refused.value.code == "unknown_field"
    form = {"c.mode": "all", "c.count": "1", "c.0.field": "own:card", "c.0.op": "is", "c.0.value": "7731"}
    for reader, told in ((shop.owner, "1 customer fits now"), (masked, "does not exist")):
        assert told in client_as(reader).post(reverse("segments:conditions"), form).content.decode()


def test_what_others_asked_of_it_is_dots_for_who_sees_it_masked(shop, masked, rahim, client_as):
    segment = save_segment(
        actor=shop.owner, name_en="S",
        conditions={"all": [{"field": "language", "op": "is", "value": "bn"}, {"none": [GUESS]}]},
    )  # fmt: skip
    build(segment.pk)
    assert conditions_in_words([segment], shop.owner)[segment.pk] == [
        "Language is: Bengali",
        "none of these is true: Card is: 7731",
    ]
    assert conditions_in_words([segment], masked)[segment.pk] == [
        "Language is: Bengali",
        "none of these is true: Card •••",
    ]
    told = explain_membership(segment, rahim, open_fields=fields_open_to(masked))
    assert (told.is_true, [one.is_true for one in told.nodes], told.nodes[1].nodes[0].is_true) == (
        False, [True, None], None,
    )  # fmt: skip
    page = client_as(masked).get(reverse("segments:detail", args=[segment.pk]) + f"?customer={rahim.pk}")
    assert "7731" not in page.content.decode()
    assert "not for you to see" in page.content.decode()


def test_another_name_leaves_conditions_alone_that_one_may_not_read(shop, masked, rahim):
    segment = save_segment(actor=shop.owner, name_en="S", conditions=GUESS)
    renamed = save_segment(actor=masked, segment=segment, name_en="Cards")
    assert (renamed.name_en, renamed.conditions) == ("Cards", {"all": [GUESS]})
