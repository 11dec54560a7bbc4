"""What the shop has decided: its settings, and the rule of service for a product."""

from halkhata.desks.aftercare.models import AftercareSettings, ServiceRule

RENEWAL_DAYS = (60, 30, 7)


def aftercare_settings() -> AftercareSettings:
    """The settings; those of a new shop where nobody has changed them."""
    return AftercareSettings.objects.filter(pk=1).first() or AftercareSettings(renewal_days=list(RENEWAL_DAYS))


class Rules:
    """All rules in use, read once: which one holds for a product. One query."""

    def __init__(self) -> None:
        self._by_place: dict[tuple[int | None, int | None, int | None], ServiceRule] = {
            (rule.product_id, rule.brand_id, rule.kind_id): rule for rule in ServiceRule.objects.filter(is_active=True)
        }

    def of(self, *, product_id: int, brand_id: int, kind_id: int) -> ServiceRule | None:
        """The narrowest rule: product, brand and kind, brand, kind, everything."""
        for place in (
            (product_id, None, None), (None, brand_id, kind_id), (None, brand_id, None), (None, None, kind_id),
            (None, None, None),
        ):  # fmt: skip
            if place in self._by_place:
                return self._by_place[place]
        return None
