"""Which of the shop's own rules records break, as of the last look."""

from collections.abc import Collection

from django.db.models import Count

from halkhata.foundation.accounts.models import User
from halkhata.records.customers.models import customer_scope
from halkhata.records.data_quality.models import QualityRule, RuleHit


def rules_with_counts(user: User) -> list[tuple[QualityRule, int]]:
    """The rules in use, the heaviest first, each with how many whom ``user`` sees break it: two statements."""
    hits = RuleHit.objects.filter(customer_scope(user, "customer__"), customer__merged_into__isnull=True).order_by()
    counts = dict(hits.values("rule_id").annotate(count=Count("pk")).values_list("rule_id", "count"))
    return [(rule, counts.get(rule.pk, 0)) for rule in QualityRule.objects.filter(is_active=True)]


def names_of_hits(ids: Collection[int]) -> dict[int, list[str]]:
    """What is the matter with each of these customers, the heaviest first: one statement."""
    found: dict[int, list[str]] = {}
    rows = RuleHit.objects.filter(customer_id__in=ids, rule__is_active=True).select_related("rule")
    for hit in rows.order_by("-rule__weight", "rule_id"):
        found.setdefault(hit.customer_id, []).append(hit.rule.name)
    return found
