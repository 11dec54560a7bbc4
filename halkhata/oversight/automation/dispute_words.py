"""What the columns of the desks' records are called in the file of a dispute.

Columns whose model names them in words already need no row here. "" hides one that says nothing to a reader.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

COLUMNS: dict[str, Any] = {
    "about": _("About"), "accessories": _("Left with it"),
    "accessories_back": _("Everything that was left with it is given back"), "actor_label": _("Who did it"),
    "added_at": _("Written down on"), "added_by": _("Written down by"), "amount": _("Amount"),
    "answer": _("Answer"), "answer_note": _("Words of the answer"), "answered": _("Answered"),
    "answered_at": _("Answered on"), "answered_by": _("Who answered"), "answered_how": _("How it was answered"),
    "appeal_answer": _("Answer to the appeal"), "appeal_answered_by": _("Who answered the appeal"),
    "appeal_text": _("Appeal"), "appealed_at": _("Appealed on"), "approved_amount": _("Approved amount"),
    "approved_at": _("Approved on"), "approved_by": _("Approved by"), "asked_at": _("Asked on"),
    "asked_back": _("What the company wants besides"), "asked_by": _("Asked by"), "at": _("When"),
    "branch": _("Branch"), "caller_name": _("Who called"), "cancel_note": _("Why it was cancelled"),
    "cancel_reason": _("Reason of the cancellation"), "carrier": _("Courier"), "category": _("Category"),
    "charged": _("The customer pays"), "claimed_amount": _("Claimed"), "code": _("Code"),
    "complaint": _("In the customer's words"), "component": _("Component"),
    "condition_note": _("What it looks like"), "consent": _("Consent to the recording"), "cost": _("Cost"),
    "coupon": _("Free service"), "created_at": _("Written down on"), "credit_amount": _("Store credit"),
    "credited_amount": _("Credited amount"), "currency": _("Currency"), "customer": _("Customer"),
    "deadline_on": _("Send by"), "decided_at": _("Decided on"), "decided_by": _("Decided by"),
    "decision_note": _("Words of the decision"), "description": _("Description"), "diagnosis": _("What was found"),
    "direction": _("Direction"), "dispatch": _("Parcel"), "disposition": _("What came of the call"),
    "ended_at": _("Ended on"), "expires_at": _("Holds until"), "fee_amount": _("Fee kept"),
    "first_promised_for": _("First promised for"), "gate_pass": _("Gate pass"), "goodwill": _("Goodwill"),
    "goodwill_reason": _("Why it was taken back beyond the rule"), "grade": _("Grade"),
    "handed_by": _("Handed over by"), "how": _("Proof"), "impact": _("Impact"), "inspected_at": _("Inspected on"),
    "inspected_by": _("Inspected by"), "inspection_note": _("What the inspection found"),
    "is_eligible": _("Allowed by the return policy"), "is_instant": _("Settled at once"),
    "issued_at": _("Issued on"), "kind": _("Kind"), "line_price": _("Paid for it"), "made_at": _("Made on"),
    "made_by": _("Made by"), "method_reason": _("Why it is paid another way"), "month_on": _("Month"),
    "moved_from": _("Promised before"), "moves": _("How often it was moved"),
    "needs_four_eyes": _("Needs a second person"), "note": _("Note"), "number": _("Number"), "owner": _("Owner"),
    "paid_method": _("How it was paid"), "place": _("Number of the tag"), "policy": _("Return policy"),
    "product": _("Product"), "promised_for": _("Promised for"), "purchase_ref": _("Memo"),
    "quantity": _("Quantity"), "reading": _("What the meter shows"), "ready_by": _("Ready by"),
    "reason": _("Reason"), "reason_code": _("Why it is given back"), "receipt_note": _("How it came in"),
    "received_at": _("Came in"), "received_by": _("Taken in by"), "recorded_at": _("Written down on"),
    "recorded_by": _("Written down by"), "refund_amount": _("Money back"), "refund_due_on": _("Money is back by"),
    "reject_reason": _("Why it was refused"), "rejected_by": _("Refused by"), "remedy": _("Remedy"),
    "removed_at": _("Taken off on"), "replacement_amount": _("Worth of the replacement"),
    "replacement_unit": _("New unit"), "resolved_at": _("Resolved"), "resolved_by": _("Resolved by"),
    "result": _("Decision"), "root_cause": _("Root cause"), "rule": _("Rule it rests on"),
    "safety_words": _("Words of danger"), "seconds": _("Seconds"), "settle_method": _("Paid by"),
    "settle_reference": _("Number of the payment"), "settled_at": _("Settled on"), "settled_by": _("Settled by"),
    "short_reason": _("Why less came"), "sort": _("For"), "spent_at": _("Spent on"), "spent_by": _("Spent by"),
    "spent_on": _("Spent for"), "stage": _("State"), "started_at": _("Began"), "state": _("State"),
    "step": _("Step"), "submitted_at": _("Sent on"), "submitted_by": _("Sent by"), "tagged_at": _("Tagged on"),
    "taken_when": _("When it was taken"), "team": _("Team"), "technician": _("Technician"),
    "text": _("Text"), "ticket_kind": _("Kind"), "told_at": _("Customer told on"), "told_by": _("Customer told by"),
    "told_how": _("How the customer was told"), "total": _("You pay"), "typed_name": _("Signed as"),
    "undone_at": _("Undone on"), "unit": _("Unit"), "urgency": _("Urgency"), "user": _("Who did it"),
    "verdict": _("Warranty"), "warned_at": _("Staff warned on"), "what": _("What"),
    "wish": _("The customer would like"), "withdrawn_reason": _("Why it was taken back"),
}  # fmt: skip
# Where a table's own words are not those of the others.
COLUMNS |= {
    "tickets.ticket.taken_by": _("Taken in by"),
    "goodwill.goodwill.fit": "",
    "goodwill.goodwill.kind": "",
    "service.jobline.taken_by": "",
    "service.handover.code": "",
}
# What only the machine reads: keys of the own record, marks of what was told, addresses of other programs.
COLUMNS |= dict.fromkeys(
    (
        "actor_id_then", "category_code", "cause", "claim", "content", "file", "follows", "held_quantity", "is_live",
        "item", "job", "late_told_for", "lines_version", "may_belong_to", "message", "origin", "promise",
        "provider_id", "purchase_line", "recording_url", "request", "rules", "system", "ticket", "tracking_code",
        "warned_for",
    ),
    "",
)  # fmt: skip
