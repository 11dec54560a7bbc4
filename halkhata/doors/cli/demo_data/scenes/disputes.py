"""Six disputes of the demo, each at another place of the way, two of them about the same cause."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from halkhata.desks.disputes.models import Dispute
from halkhata.desks.disputes.services.collecting import add_evidence, begin_evidence
from halkhata.desks.disputes.services.deciding import write_decision
from halkhata.desks.disputes.services.ending import appeal_dispute, close_dispute, tell_customer
from halkhata.desks.disputes.services.offers import make_offer
from halkhata.desks.disputes.services.opening import open_dispute
from halkhata.desks.disputes.services.panels import appoint_panel, begin_review
from halkhata.desks.disputes.services.remedies import finish_action, finish_remedy, plan_action
from halkhata.desks.disputes.services.signing import sign_decision
from halkhata.desks.disputes.services.voting import cast_vote
from halkhata.desks.tickets.models import Ticket
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.core.clock import moved_to

# How far each goes, what it is about, what is wanted, what the customer says, days ago.
STORIES: tuple[tuple[str, str, str, str, int], ...] = (
    ("closed", "delay", "replace", "সাত দিনে ফ্রিজ বন্ধ হয়ে গেল, তিন সপ্তাহ কেউ দেখতে আসেনি। নতুন ফ্রিজ চাই।", 60),
    ("appealed", "warranty_refused", "repair", "ওয়ারেন্টি কার্ড আছে, তবু বলছে পানিতে ভিজেছে। ভেজেনি।", 24),
    ("remedy", "delay", "part_refund", "পার্টস আসতে দুই মাস, এতদিন বাইক চালাতে পারিনি।", 18),
    ("review", "repair_quality", "repair", "মেরামতের পর একই সমস্যা তিনবার হলো।", 9),
    ("offer", "price_or_bill", "part_refund", "বিলে এমন পার্টসের দাম ধরেছে যা লাগানোই হয়নি।", 5),
    ("opened", "behaviour", "apology", "শোরুমে গিয়ে শুনলাম, কিছু করার নেই। এটা কেমন কথা?", 1),
)
REASONS = {
    "facts_bn": "মেমো, জব কার্ড ও ফোনের হিসাব দেখা হয়েছে। গ্রাহক তিনবার ফোন করেছেন, কেউ যাননি।",
    "facts_en": "Memo, job card and calls were looked at. The customer called three times; nobody went.",
    "clause_bn": "ওয়ারেন্টির শর্ত ২: সাত কাজের দিনের মধ্যে দেখা হবে।",
    "clause_en": "Warranty terms, clause 2: looked at within seven working days.",
    "reasons_bn": "কথা দেওয়া সময় পার হয়েছে, কারণও জানানো হয়নি।",
    "reasons_en": "The promised time passed and no reason was given.",
}


def argue(*, branches: Mapping[str, Branch], staff: Mapping[str, User], now: datetime) -> int:
    """Have six customers argue with the shop. Returns how many disputes there are."""
    judges = [one for one in staff.values() if one.role.code in {"reviewer", "owner", "head_office"}]
    tickets = list(
        Ticket.objects.filter(is_demo=True, customer__isnull=False, ticket_kind="complaint", merged_into__isnull=True)
        .filter(opened_at__lt=now - timedelta(days=65))
        .exclude(branch__in=[one.branch_id for one in judges])
        .select_related("customer", "branch", "team", "owner__role")
        .order_by("-opened_at", "-pk")[:200]
    )
    seen: set[int] = set()
    made = 0
    for story in STORIES:
        ticket = next((one for one in tickets if one.customer_id not in seen), None)
        if ticket is None:
            break
        seen.add(ticket.customer_id or 0)
        tickets.remove(ticket)
        officer = _officer(staff, ticket)
        _tell(ticket, officer, judges, story, now)
        made += 1
    return made


def _officer(staff: Mapping[str, User], ticket: Ticket) -> User:
    """Somebody of the branch who handles disputes there."""
    people = [one for one in staff.values() if one.branch_id == ticket.branch_id and one.may("dispute.handle")]
    managers = [one for one in people if one.may("dispute.appoint")]
    return (managers or people or list(staff.values()))[0]


def _tell(
    ticket: Ticket, officer: User, judges: list[User], story: tuple[str, str, str, str, int], now: datetime
) -> None:
    stage, ground, wish, words, days = story
    at = now - timedelta(days=days)
    unit = ticket.customer.units.filter(state="sold").order_by("pk").first() if ticket.customer else None
    with moved_to(at):
        dispute = open_dispute(
            actor=officer, customer=ticket.customer, branch=ticket.branch, about=ticket, unit=unit, ground=ground,
            statement=words, wish=wish, channel="counter", cause_on=(at - timedelta(days=6)).date(), team=ticket.team,
            owner=officer, is_demo=True,
        )  # fmt: skip
    if stage == "opened":
        return
    with moved_to(at + timedelta(hours=6)):
        tell_customer(actor=officer, dispute=dispute, how="phone", text="ফোনে জানানো হয়েছে: ফাইল তৈরি হচ্ছে।")
        begin_evidence(actor=officer, dispute=dispute)
        add_evidence(
            actor=officer, dispute=dispute, party="house", title="শাখার বক্তব্য",
            text="পার্টস কোম্পানি থেকে আসতে দেরি হয়েছে।", fact="house_statement",
        )  # fmt: skip
    if stage == "offer":
        with moved_to(at + timedelta(days=1)):
            make_offer(
                actor=officer, dispute=dispute, remedy="part_refund", amount="1500",
                text="পার্টসের দাম থেকে ১,৫০০ টাকা ফেরত দিতে চাই।", valid_until=now + timedelta(days=3),
            )  # fmt: skip
        return
    judge = _judge(dispute, officer, judges, at + timedelta(days=3))
    if judge is None or stage == "review":
        return
    _decide(dispute, officer, judge, stage, ground, at + timedelta(days=5))


def _judge(dispute: Dispute, officer: User, judges: list[User], at: datetime) -> User | None:
    """Whoever is neutral sits; the owner of the firm appoints."""
    from halkhata.desks.disputes.selectors.conflicts import facts_of, reasons_against

    facts = facts_of(dispute)
    neutral = next((one for one in judges if not reasons_against(one, facts)), None)
    owner = next((one for one in judges if one.role.code == "owner" and one != neutral), None)
    if neutral is None:
        return None
    with moved_to(at):
        appoint_panel(actor=owner or officer, dispute=dispute, reviewers=[neutral])
        begin_review(actor=owner or officer, dispute=dispute, early_why="দুই পক্ষের আর কিছু দেওয়ার নেই")
    return neutral


def _decide(dispute: Dispute, officer: User, judge: User, stage: str, ground: str, at: datetime) -> None:
    finding = "rejected" if stage == "appealed" else "upheld"
    values: dict[str, Any] = {
        "finding": finding, "root_cause": ground, "remedy": "none" if finding == "rejected" else "replace",
        "deadline_on": None if finding == "rejected" else (at + timedelta(days=10)).date(), **REASONS,
    }  # fmt: skip
    if stage == "remedy":
        values |= {"remedy": "part_refund", "amount": "2500"}
    with moved_to(at):
        write_decision(actor=judge, dispute=dispute, values=values)
        cast_vote(actor=judge, dispute=dispute, finding=finding)
        sign_decision(actor=judge, dispute=dispute)
    with moved_to(at + timedelta(hours=3)):
        tell_customer(
            actor=officer, dispute=dispute, how="phone", text="ফোনে সিদ্ধান্ত ও কারণ জানানো হয়েছে।", is_outcome=True
        )
    if stage == "appealed":
        with moved_to(at + timedelta(days=4)):
            appeal_dispute(actor=officer, dispute=dispute, text="আমার কার্ডের পেছনের পাতাটা কেউ দেখেনি।")
        return
    with moved_to(at + timedelta(days=1)):
        action = plan_action(
            actor=officer, dispute=dispute, kind="preventive", what="সাত দিনে কেউ না গেলে ব্যবস্থাপক নিজে ফোন করবেন",
            owner=officer, due_on=(at + timedelta(days=14)).date(),
        )  # fmt: skip
    if stage == "closed":
        with moved_to(at + timedelta(days=8)):
            finish_remedy(actor=officer, remedy=dispute.remedies.get(), note="নতুন ফ্রিজ পৌঁছে দেওয়া হয়েছে")
            finish_action(actor=officer, action=action, note="রোজ সকালে তালিকা দেখা হয়")
            close_dispute(actor=officer, dispute=dispute)
