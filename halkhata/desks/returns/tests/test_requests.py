"""Asking to give something back: what is looked at, what is refused, and that a refusal changes nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from halkhata.desks.returns.choices import Stage
from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.rule_words import lines_of
from halkhata.desks.returns.services.approving import (
    answer_appeal,
    appeal_return,
    approve_return,
    close_refused,
    reject_return,
    withdraw_return,
)
from halkhata.desks.returns.services.publishing import publish_policy
from halkhata.desks.returns.tests.conftest import PRICE, ask, make_unit, sell, sell_fans
from halkhata.engines.goodwill.models import Goodwill, GoodwillLimit
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.foundation.core.models import OutboxEvent
from halkhata.records.catalog.days import today
from halkhata.records.catalog.services.purchases import reverse_purchase

pytestmark = pytest.mark.django_db

POLICY = {"condition_bn": "বাক্সসহ", "condition_en": "With its box"}


def counts():
    return (ReturnRequest.objects.count(), AuditEntry.objects.count(), OutboxEvent.objects.count())


def refused(code, call):
    before = counts()
    with pytest.raises(DomainError) as error:
        call()
    assert error.value.code == code
    assert counts() == before
    with translation.override("bn"):
        assert str(error.value.message)
    return error.value


def test_a_request_gets_a_number_and_keeps_the_rules_it_was_judged_by(desk):
    request = ask(desk, sell(desk))
    assert request.number == "E-1001"
    assert (request.stage, request.state, request.kind) == ("requested", "requested", "return")
    assert (request.line_price, request.currency, request.held_quantity) == (PRICE, "BDT", 1)
    assert request.is_eligible
    assert request.policy.version == 1
    assert [rule["code"] for rule in request.rules] == ["sale", "left", "policy", "window", "reason", "accessories"]
    assert OutboxEvent.objects.filter(name="return.moved").count() == 1
    assert request.unit.life.filter(verb="return.moved").count() == 1


def test_an_expired_window_is_refused_with_the_rule_and_the_way_out(desk):
    line = sell(desk, days_ago=20)
    error = refused("not_by_policy", lambda: ask(desk, line))
    assert error.data["rule"] == "window"
    assert "7 days" in str(error.message)
    assert "goodwill" in error.data["way_out"]


def test_an_expired_window_is_taken_down_when_somebody_says_so(desk):
    request = ask(desk, sell(desk, days_ago=20), against_rules=True)
    assert not request.is_eligible
    assert [line.code for line in lines_of(request.rules) if not line.ok] == ["window"]


def test_changed_mind_has_a_shorter_window_than_a_fault(desk):
    line = sell(desk, days_ago=5)
    refused("not_by_policy", lambda: ask(desk, line, reason_code="changed_mind"))
    assert ask(desk, line, reason_code="defect").is_eligible


def test_missing_accessories_count_only_when_the_customer_changed_their_mind(desk):
    line = sell(desk)
    error = refused("not_by_policy", lambda: ask(desk, line, reason_code="changed_mind", has_accessories=False))
    assert error.data["rule"] == "accessories"
    assert ask(desk, line, reason_code="damaged", has_accessories=False).is_eligible


def test_a_unit_sold_on_another_memo_is_refused(desk):
    line, other = sell(desk), sell(desk, serial="F-0002")
    refused("serial_mismatch", lambda: ask(desk, line, unit=other.unit))


def test_a_unit_that_was_never_sold_is_refused(desk):
    line, unsold = sell(desk), make_unit(desk, "F-9999")
    refused("serial_mismatch", lambda: ask(desk, line, unit=unsold))


def test_a_line_with_a_serial_number_needs_it(desk):
    line = sell(desk)
    refused("unit_missing", lambda: ask(desk, line, unit=None))


def test_a_reversed_sale_leaves_nothing_to_give_back(desk):
    line = sell(desk)
    reverse_purchase(actor=desk.owner, purchase=line.purchase, reason="Mistake")
    line.purchase.refresh_from_db()
    refused("sale_reversed", lambda: ask(desk, line))


def test_a_second_return_of_one_unit_is_refused_while_the_first_is_open(desk):
    line = sell(desk)
    first = ask(desk, line)
    error = refused("already_open", lambda: ask(desk, line))
    assert error.data["number"] == first.number


def test_parts_of_a_line_never_come_to_more_than_was_bought(desk):
    line = sell_fans(desk, 5)
    ask(desk, line, quantity=3)
    error = refused("nothing_left", lambda: ask(desk, line, quantity=3))
    assert (error.data["sold"], error.data["taken"]) == (5, 3)
    ask(desk, line, quantity=2)
    refused("nothing_left", lambda: ask(desk, line, quantity=1))


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"reason_code": "boredom"}, "unknown_return_reason"),
        ({"wish": "sent_back"}, "unknown_wish"),
        ({"quantity": 0}, "bad_quantity"),
        ({"quantity": 2}, "bad_quantity"),
        ({"paid_method": "shells"}, "unknown_method"),
        ({"channel": "pigeon"}, "bad_channel"),
    ],
)
def test_nonsense_is_refused(desk, values, code):
    line = sell(desk)
    refused(code, lambda: ask(desk, line, **values))


def test_whoever_may_not_take_requests_is_refused(desk):
    line = sell(desk)
    with pytest.raises(PermissionRefused):
        ask(desk, line, actor=desk.agent)
    assert not ReturnRequest.objects.exists()


def test_the_same_form_twice_opens_one_return(desk):
    line = sell(desk)
    assert ask(desk, line, cause="form:1").pk == ask(desk, line, cause="form:1").pk


def test_the_version_in_force_at_the_sale_applies(desk):
    line = sell(desk, days_ago=5)
    publish_policy(actor=desk.owner, window_days=30, defect_days=30, **POLICY)
    newer = sell(desk, serial="F-0002", days_ago=0)
    assert ask(desk, line).policy.version == 1
    assert ask(desk, newer).policy.version == 2


def test_the_closest_policy_applies(desk):
    publish_policy(actor=desk.owner, kind=desk.fridge.kind, window_days=0, defect_days=15, **POLICY)
    publish_policy(
        actor=desk.owner, kind=desk.fridge.kind, channel="api", country="BD", window_days=9, defect_days=9, **POLICY
    )
    request = ask(desk, sell(desk, days_ago=0))
    assert (request.policy.scope, request.policy.defect_days) == ("fridge//", 15)
    other = sell(desk, serial="F-2", days_ago=0)
    refused("not_by_policy", lambda: ask(desk, other, reason_code="changed_mind"))


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"window_days": -1}, "bad_days"),
        ({"defect_days": 4000}, "bad_days"),
        ({"fee_percent": Decimal(101)}, "bad_fee"),
        ({"condition_bn": ""}, "both_languages"),
        ({"exclusions_en": "Software"}, "both_languages"),
        ({"channel": "pigeon"}, "bad_channel"),
        ({"country": "B1"}, "bad_country"),
        ({"excluded_reasons": ["boredom"]}, "bad_reason"),
        ({"from_on": today() - timedelta(days=1)}, "backdated"),
    ],
)
def test_a_policy_with_nonsense_is_not_published(desk, values, code):
    with pytest.raises(DomainError) as error:
        publish_policy(**{"actor": desk.owner, "window_days": 3, "defect_days": 7, **POLICY, **values})
    assert error.value.code == code


def test_whoever_may_not_change_settings_publishes_nothing(desk):
    with pytest.raises(PermissionRefused):
        publish_policy(actor=desk.agent, window_days=3, defect_days=7, **POLICY)


def test_a_fee_is_kept_when_the_customer_changed_their_mind_only(desk):
    publish_policy(actor=desk.owner, window_days=30, defect_days=30, fee_percent=Decimal(10), **POLICY)
    request = ask(desk, sell(desk, days_ago=0), reason_code="changed_mind")
    assert request.fee_amount == Decimal("1250.00")
    assert ask(desk, sell(desk, serial="F-2", days_ago=0)).fee_amount == 0


def test_against_the_rules_only_as_goodwill_within_the_limit(desk):
    request = ask(desk, sell(desk, days_ago=20), against_rules=True)
    refused("needs_goodwill", lambda: approve_return(actor=desk.owner, request=request))
    GoodwillLimit.objects.update_or_create(
        role=desk.owner.role, defaults={"currency": "BDT", "per_case": 5000, "per_month": 5000}
    )
    refused(
        "goodwill_over_limit", lambda: approve_return(actor=desk.owner, request=request, goodwill_reason="Old friend")
    )
    GoodwillLimit.objects.filter(role=desk.owner.role).update(per_case=50000, per_month=50000)
    approve_return(actor=desk.owner, request=request, goodwill_reason="Old friend")
    assert request.stage == Stage.APPROVED
    assert Goodwill.objects.get().cost == PRICE


def test_a_refusal_needs_its_reason_and_frees_the_quantity(desk):
    line = sell(desk)
    request = ask(desk, line)
    refused("no_reason", lambda: reject_return(actor=desk.owner, request=request, reason=" "))
    reject_return(actor=desk.owner, request=request, reason="Broken by a fall")
    assert (request.stage, request.held_quantity, request.state_flag) == ("rejected", 0, "resolved")
    ask(desk, line)


def test_an_appeal_is_answered_by_somebody_else(desk):
    request = ask(desk, sell(desk))
    reject_return(actor=desk.owner, request=request, reason="Broken by a fall")
    appeal_return(actor=desk.owner, request=request, text="It never fell")
    refused("no_appeal", lambda: appeal_return(actor=desk.owner, request=request, text="Again"))
    refused("own_refusal", lambda: answer_appeal(actor=desk.owner, request=request, granted=True, answer="Well"))
    role = desk.manager.role
    role.permissions = [*role.permissions, "return.view", "return.approve", "unit.view"]
    role.save()
    answer_appeal(actor=desk.manager, request=request, granted=True, answer="The photo shows no fall")
    assert (request.stage, request.held_quantity) == ("approved", 1)


def test_an_upheld_refusal_is_closed_for_good(desk):
    request = ask(desk, sell(desk))
    reject_return(actor=None, request=request, reason="Broken by a fall")
    appeal_return(actor=desk.owner, request=request, text="It never fell")
    answer_appeal(actor=desk.owner, request=request, granted=False, answer="The case is cracked")
    assert (request.stage, request.result) == ("closed", "refused")


def test_an_appeal_granted_too_late_meets_the_second_return(desk):
    line = sell(desk)
    request = ask(desk, line)
    reject_return(actor=None, request=request, reason="Broken by a fall")
    appeal_return(actor=desk.owner, request=request, text="It never fell")
    ask(desk, line)
    refused("already_open", lambda: answer_appeal(actor=desk.owner, request=request, granted=True, answer="Yes"))


def test_refusals_are_closed_when_the_days_of_appeal_are_over(desk):
    request = ask(desk, sell(desk))
    reject_return(actor=None, request=request, reason="Broken by a fall")
    assert close_refused() == 0
    assert close_refused(before_days=-1) == 1
    request.refresh_from_db()
    assert (request.stage, request.result) == ("closed", "refused")


def test_the_customer_keeps_it_after_all(desk):
    line = sell(desk)
    request = ask(desk, line)
    withdraw_return(actor=desk.owner, request=request, note="It works")
    assert (request.stage, request.result, request.held_quantity) == ("closed", "withdrawn", 0)
    ask(desk, line)


def test_a_stranger_to_the_branch_sees_nothing(desk):
    from halkhata.foundation.accounts.models import Branch
    from tests.support.fixtures_shop import make_role, make_user

    request = ask(desk, sell(desk))
    far = Branch.objects.create(code="far", name_en="Far")
    role = make_role("far", level=1, scope="branch", permissions=["return.view", "return.approve"])
    stranger = make_user("stranger", branch=far, role=role)
    with pytest.raises(NotFound):
        approve_return(actor=stranger, request=request)
    request.refresh_from_db()
    assert request.stage == "requested"


def test_two_who_decide_at_once_the_second_is_told(desk):
    request = ask(desk, sell(desk))
    version = request.version
    approve_return(actor=desk.owner, request=request, version=version)
    with pytest.raises(Conflict) as error:
        reject_return(actor=desk.owner, request=request, reason="No", version=version)
    assert error.value.code == "changed_meanwhile"


def test_whoever_takes_it_down_goes_on_seeing_it(desk):
    from tests.support.fixtures_shop import make_role, make_user

    rights = ["return.view", "return.create", "unit.view"]
    for scope, teams in (("team", (desk.shop.team,)), ("own", ())):
        clerk = make_user(
            f"clerk-{scope}", branch=desk.branch, teams=teams,
            role=make_role(f"clerk-{scope}", level=1, scope=scope, permissions=rights),
        )  # fmt: skip
        line = sell(desk, serial=f"F-{scope}")
        line.purchase.created_by = clerk
        line.purchase.save()
        request = ask(desk, line, actor=clerk)
        assert ReturnRequest.objects.visible_to(clerk).filter(pk=request.pk).exists()
