"""Which number and which address is used first, after two customers' contact points have come together."""

from collections.abc import Collection

from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint, Customer


def settle_first_ones(survivor: Customer, moved: Collection[int]) -> dict[str, list[bool]]:
    """One first number and one first address: the survivor's own where there is one. Returns {id: [was, is]}."""
    changed: dict[str, list[bool]] = {}
    for kind in ContactKind.values:
        first = list(ContactPoint.objects.filter(customer=survivor, kind=kind, is_primary=True).order_by("id"))
        own = [point for point in first if point.pk not in moved]
        stays = (own or first)[:1]
        for point in first:
            if point not in stays:
                changed[str(point.pk)] = [True, False]
    ContactPoint.objects.filter(pk__in=[int(pk) for pk in changed]).update(is_primary=False)
    return changed


def give_first_ones_back(changed: dict[str, list[bool]]) -> None:
    """Those that were the first ones are so again, unless somebody has chosen otherwise since."""
    was_first = [int(pk) for pk, (was, _is) in changed.items() if was]
    ContactPoint.objects.filter(pk__in=was_first, is_primary=False).update(is_primary=True)


def leave_one_first(customer: Customer) -> None:
    """After numbers have come or gone: where there is a number or address, exactly one of its kind is the first one."""
    for kind in ContactKind.values:
        points = ContactPoint.objects.filter(customer=customer, kind=kind)
        first = list(points.filter(is_primary=True).order_by("id").values_list("pk", flat=True))
        if not first:
            first = list(points.order_by("-is_reachable", "id").values_list("pk", flat=True)[:1])
            ContactPoint.objects.filter(pk__in=first).update(is_primary=True)
        elif len(first) > 1:
            ContactPoint.objects.filter(pk__in=first[1:]).update(is_primary=False)
