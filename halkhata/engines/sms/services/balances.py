"""What is left at the gateways: asked by the hour, told once when it gets low (US-25.5)."""

from decimal import Decimal

from django.db import transaction

from halkhata.engines.sms.models import Gateway
from halkhata.engines.sms.policies import RIGHT, gateways_visible_to
from halkhata.engines.sms.services.access import access_of, adapter_of
from halkhata.engines.sms.services.health import note_fault, note_works
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now

LOW = "sms.low_balance"


def ask_balances() -> int:
    """Ask every gateway that is in use and can tell. Returns how many told an amount."""
    return sum(ask_balance(gateway) for gateway in Gateway.objects.filter(is_active=True, is_demo=False))


def ask_balance(gateway: Gateway) -> bool:
    """Ask one gateway. Returns whether it told an amount."""
    adapter, access = adapter_of(gateway), access_of(gateway)
    if gateway.is_demo or access is None or not adapter.knows_balance:
        return False
    found = adapter.balance(access)
    if found.amount is None:
        if found.fault:
            note_fault(gateway.pk, fault=found.fault, said=found.said)
        return False
    note_works(gateway.pk)
    write_balance(gateway.pk, found.amount)
    return True


@transaction.atomic
def write_balance(pk: int, amount: Decimal) -> None:
    """Keep an amount, and tell whoever may set gateways up when it has fallen under the limit: once, until it rises."""
    held = Gateway.objects.select_for_update(of=("self",)).get(pk=pk)
    held.balance, held.balance_at = amount, now()
    is_low = held.balance_limit is not None and amount < held.balance_limit
    falls = is_low and held.low_since is None
    held.low_since = (held.low_since or held.balance_at) if is_low else None
    held.save(update_fields=["balance", "balance_at", "low_since"])
    if not falls or held.low_since is None:
        return
    data = {"gateway": held.name, "gateway_id": held.pk, "amount": str(amount)}
    for user in _who_cares(held):
        notify(user=user, verb=LOW, data=data, cause=f"sms-low:{held.pk}:{held.low_since.timestamp():.6f}")


def _who_cares(gateway: Gateway) -> list[User]:
    people = User.objects.filter(is_active=True).select_related("role", "branch")
    return [user for user in people if user.may(RIGHT) and gateways_visible_to(user).filter(pk=gateway.pk).exists()]
