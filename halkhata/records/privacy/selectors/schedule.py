"""The retention schedule as a page shows it."""

from typing import Any

from halkhata.records.privacy.models import RetentionRule
from halkhata.records.privacy.registry import retention_classes


def retention_rows() -> list[dict[str, Any]]:
    """Each class of data with its rule, in order."""
    rules = {rule.code: rule for rule in RetentionRule.objects.all()}
    known = sorted(retention_classes.items(), key=lambda pair: (pair[1].order, pair[0]))
    return [{"code": code, "known": entry, "rule": rules.get(code)} for code, entry in known]
