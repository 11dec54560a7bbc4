"""What of a decision is looked for later, in both scripts."""

from halkhata.desks.disputes.choices import Ground
from halkhata.desks.disputes.models import Decision, Dispute
from halkhata.foundation.core.text import fold_digits, search_key


def words_to_search(dispute: Dispute, decision: Decision) -> str:
    """Folded words of the product, the cause, and the texts in Bengali and English. Nothing about the person."""
    unit = dispute.unit
    product = unit.product if unit is not None else None
    parts = [
        dispute.number,
        Ground(decision.root_cause).value.replace("_", " "),
        *(() if product is None else (product.name_bn, product.name_en, product.model_code, product.brand.name_bn,
                                      product.brand.name_en)),
        decision.facts_bn, decision.facts_en, decision.clause_bn, decision.clause_en, decision.reasons_bn,
        decision.reasons_en,
    ]  # fmt: skip
    return "\n".join(folded(part) for part in parts if part)


def folded(text: str) -> str:
    """As it is compared: small letters, Latin digits, one spelling."""
    return search_key(fold_digits(text))
