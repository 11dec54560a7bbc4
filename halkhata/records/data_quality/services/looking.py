"""The nightly look: scores of what changed, by our parts and the shop's rules, and proposals. It changes nobody."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Avg, Count, Exists, Max, OuterRef, Subquery, TextField
from django.db.models.functions import Cast

from halkhata.foundation.core.clock import now
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import Activity, Address, ContactPoint, Customer
from halkhata.records.customers.registry import customer_links
from halkhata.records.data_quality.cleaning import RULES
from halkhata.records.data_quality.judging import Judge, ReadRule, judge_now
from halkhata.records.data_quality.models import CustomerScore, MonthScore, Proposal, QualityRule, RuleHit
from halkhata.records.data_quality.scoring import PARTS, Facts, score_of

BATCH = 500
# Before the id of a rule of the shop's own among the counts of a month.
RULE = "rule:"
# Customers of whom nothing was heard for so long are shown as stale.
STALE = timedelta(days=548)


def look_at_changed(limit: int = 200_000) -> dict[str, int]:
    """Score the customers that are new or have changed since, and write proposals. In batches, each a transaction.

    After a change of the shop's own rules everybody is looked at again, in as many nights as ``limit`` makes of it.

    Returns how many were scored and how many proposals are new.
    """
    scored = proposed = last = 0
    judge = judge_now()
    while scored < limit:
        waiting = Customer.objects.filter(merged_into__isnull=True).filter(
            ~Exists(
                CustomerScore.objects.filter(
                    customer=OuterRef("pk"), seen_at__gte=OuterRef("updated_at"), rules_seen=judge.number
                )
            )
        )
        batch = list(waiting.filter(pk__gt=last).order_by("pk")[:BATCH])
        if not batch:
            break
        last = batch[-1].pk
        proposed += _look_at(batch, judge)
        scored += len(batch)
    CustomerScore.objects.filter(customer__merged_into__isnull=False).delete()
    RuleHit.objects.filter(customer__merged_into__isnull=False).delete()
    return {"scored": scored, "proposed": proposed}


@transaction.atomic
def _look_at(batch: list[Customer], judge: Judge) -> int:
    ids = [customer.pk for customer in batch]
    points: dict[int, list[ContactPoint]] = defaultdict(list)
    for point in ContactPoint.objects.filter(customer_id__in=ids):
        points[point.customer_id or 0].append(point)
    addresses: dict[int, Address] = {row.customer_id: row for row in Address.objects.filter(customer_id__in=ids)}
    heard = dict(
        Activity.objects.filter(customer_id__in=ids).order_by().values("customer_id").annotate(last=Max("at"))
        .values_list("customer_id", "last")
    )  # fmt: skip
    asked, broken = _asked(ids), judge.broken(batch)
    rows, proposals = [], []
    for customer in batch:
        own = points[customer.pk]
        address = addresses.get(customer.pk)
        score, gaps = score_of(
            Facts(
                has_name=bool(customer.name_bn or customer.name_en),
                has_phone=any(point.kind == ContactKind.PHONE for point in own),
                has_email=any(point.kind == ContactKind.EMAIL for point in own),
                is_reachable=any(point.is_reachable for point in own),
                has_district=address is not None and bool(address.district),
                has_address=address is not None and bool(address.line or address.landmark),
                was_asked=customer.pk in asked,
            )
        )
        score = max(0, score - sum(rule.weight for rule in broken.get(customer.pk, ())))
        rows.append(
            CustomerScore(
                customer=customer, score=score, gaps=gaps, branch_id=customer.branch_id, rules_seen=judge.number,
                seen_at=customer.updated_at,
                heard_at=max(customer.updated_at, heard.get(customer.pk) or customer.updated_at),
            )
        )  # fmt: skip
        proposals += _proposals(customer, own)
    CustomerScore.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["customer"],
        update_fields=["score", "gaps", "branch", "seen_at", "heard_at", "rules_seen"],
    )  # fmt: skip
    _write_hits(ids, broken)
    made = Proposal.objects.filter(customer_id__in=ids)
    known = set(made.values_list("customer_id", "rule", "field", "before", "after"))
    new = [one for one in proposals if (one.customer_id, one.rule, one.field, one.before, one.after) not in known]
    Proposal.objects.bulk_create(new)
    return len(new)


def _write_hits(ids: list[int], broken: dict[int, list[ReadRule]]) -> None:
    """Which rules are broken now: only what changed is written."""
    there = {(pk, rule): row for row, pk, rule in
             RuleHit.objects.filter(customer_id__in=ids).values_list("pk", "customer_id", "rule_id")}  # fmt: skip
    wanted = {(pk, rule.pk) for pk, rules in broken.items() for rule in rules}
    RuleHit.objects.filter(pk__in=[row for pair, row in there.items() if pair not in wanted]).delete()
    # A rule that was deleted meanwhile has no hits any more.
    alive = set(QualityRule.objects.values_list("pk", flat=True)) if wanted else set()
    RuleHit.objects.bulk_create(
        [RuleHit(customer_id=pk, rule_id=rule) for pk, rule in sorted(wanted - there.keys()) if rule in alive]
    )


def _proposals(customer: Customer, points: list[ContactPoint]) -> list[Proposal]:
    values: list[tuple[str, str, str]] = [
        (column, column, getattr(customer, column)) for column in ("name_bn", "name_en")
    ]
    values += [("email", f"point:{point.pk}", point.value) for point in points if point.kind == ContactKind.EMAIL]
    found, at = [], now()
    for kind, field, value in values:
        for code, rule in RULES.items():
            better = rule.better(value) if value and kind in rule.columns else ""
            if better:
                found.append(
                    Proposal(
                        customer=customer, rule=code, field=field, before=value[:254], after=better[:254], made_at=at
                    )
                )  # fmt: skip
    return found


def _asked(ids: list[int]) -> set[int]:
    """Who was ever asked about offers: through the link that privacy registers, so that the two apps stay apart."""
    if "privacy.ConsentEvent" not in customer_links:
        return set()
    model: Any = apps.get_model("privacy.ConsentEvent")
    return set(model.objects.filter(customer_id__in=ids, purpose="marketing").values_list("customer_id", flat=True))


def refresh_heard(limit: int = 200_000) -> int:
    """Move on when somebody was last heard of: what happened since the score was made."""
    later = Activity.objects.filter(customer=OuterRef("customer"), at__gt=OuterRef("heard_at"))
    newer = Subquery(later.order_by("-at").values("at")[:1])
    stale = CustomerScore.objects.annotate(newer=newer).filter(newer__isnull=False)
    pks = list(stale.values_list("pk", flat=True)[:limit])
    changed = 0
    for start in range(0, len(pks), BATCH):
        rows = CustomerScore.objects.filter(pk__in=pks[start : start + BATCH])
        changed += rows.update(heard_at=newer)
    return changed


def write_month(month: date) -> MonthScore:
    """How the book stands, kept under its month; written again within the month, it shows the latest."""
    scores = CustomerScore.objects.all()
    average = scores.aggregate(average=Avg("score"))["average"]
    # Stored as JSON: the code in its quotes is in the text, on both databases alike.
    texts = scores.annotate(words=Cast("gaps", TextField()))
    gaps = {code: texts.filter(words__contains=f'"{code}"').count() for code in PARTS}
    hits = RuleHit.objects.filter(rule__is_active=True, customer__merged_into__isnull=True).order_by()
    counted = hits.values("rule_id").annotate(count=Count("pk")).values_list("rule_id", "count")
    gaps |= {f"{RULE}{rule}": count for rule, count in counted}
    row, _made = MonthScore.objects.update_or_create(
        month=month,
        defaults={
            "customers": scores.count(), "average": round(average or 0), "gaps": gaps, "made_at": now(),
            "stale": scores.filter(heard_at__lt=now() - STALE).count(),
        },
    )  # fmt: skip
    return row
