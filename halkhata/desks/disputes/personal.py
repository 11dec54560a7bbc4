"""Where the dispute desk keeps what it knows about customers (foundation/core/personal_data.py)."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes.choices import ENDED, OutsideState
from halkhata.desks.disputes.guards import SIGNED, lift, put_back
from halkhata.desks.disputes.models import Decision, DecisionRecord, Dispute, OutsideCase
from halkhata.desks.disputes.services.chain import ERASED as NO_PAYLOAD
from halkhata.foundation.core.append_only import suspended
from halkhata.foundation.core.personal_data import (
    ERASED,
    PersonalData,
    erasure_blockers,
    erasure_steps,
    register_personal_data,
)
from halkhata.foundation.core.triggers import TriggerEditor

_WHY = _("That there was a dispute, how it was decided and when: the record of decisions stays whole.")
_MEMBER = _("Who judged the case stays in the record.")


def register() -> None:
    """Tell the registries."""
    erasure_blockers.register("disputes", disputes_against)
    erasure_steps.register("disputes.decisions", empty_decisions)
    register_personal_data(
        PersonalData(
            model_label="disputes.Dispute", paths=("customer",), on_erasure="blank", order=450, label=_("Disputes"),
            blank={"statement": ERASED, "appeal_text": ""}, why_kept=_WHY,
        ),
        PersonalData(
            model_label="disputes.EvidenceItem", paths=("dispute__customer",), on_erasure="delete", order=430,
            append_only=True, files=("file",), label=_("Evidence"),
        ),
        PersonalData(
            model_label="disputes.FactNote", paths=("dispute__customer",), on_erasure="delete", order=430,
            append_only=True, label=_("Notes on missing evidence"),
        ),
        PersonalData(
            model_label="disputes.Panel", paths=("dispute__customer",), on_erasure="keep", order=440,
            label=_("Panels"), why_kept=_MEMBER,
        ),
        PersonalData(
            model_label="disputes.PanelMember", paths=("dispute__customer", "panel__dispute__customer"),
            on_erasure="keep", order=440, label=_("Members of panels"), why_kept=_MEMBER,
        ),
        PersonalData(
            model_label="disputes.Interest", paths=("customer", "dispute__customer"), on_erasure="delete", order=440,
            append_only=True, label=_("Declared interests"),
        ),
        PersonalData(
            model_label="disputes.Vote", paths=("member__dispute__customer", "member__panel__dispute__customer"),
            on_erasure="blank", blank={"reason": ""}, order=440, append_only=True, label=_("Votes"), why_kept=_MEMBER,
        ),
        PersonalData(
            model_label="disputes.Decision", paths=("dispute__customer", "panel__dispute__customer"),
            on_erasure="keep", order=440, label=_("Decisions"), why_kept=_WHY, hidden=frozenset({"search_text"}),
        ),
        PersonalData(
            model_label="disputes.Offer", paths=("dispute__customer",), on_erasure="blank", order=440,
            blank={"text": ERASED, "answer_note": ""}, label=_("Offers"), why_kept=_WHY,
        ),
        PersonalData(
            model_label="disputes.Remedy",
            paths=("dispute__customer", "decision__dispute__customer", "offer__dispute__customer"),
            on_erasure="blank", order=435, blank={"what": "", "done_note": ""}, label=_("Remedies"), why_kept=_WHY,
        ),
        PersonalData(
            model_label="disputes.Action", paths=("dispute__customer", "reopened_by__customer"), on_erasure="keep",
            order=440, label=_("Actions in the house"), why_kept=_("They tell about the house, not about the person."),
        ),
        PersonalData(
            model_label="disputes.OutsideCase", paths=("dispute__customer",), on_erasure="blank", order=440,
            blank={"note": "", "result": ERASED}, label=_("Cases at offices and courts"), why_kept=_WHY,
        ),
        PersonalData(
            model_label="disputes.Visit", paths=("dispute__customer", "contact__customer"), on_erasure="delete",
            order=420, label=_("Codes for following a dispute"),
            hidden=frozenset({"phone_hash", "address_hash", "browser_hash", "code_hash", "session_hash"}),
        ),
    )  # fmt: skip


def disputes_against(ids: Collection[int]) -> list[Any]:
    """Nothing is erased while a dispute goes on or a case outside is open."""
    if Dispute.objects.filter(customer_id__in=ids).exclude(state__in=ENDED).exists():
        return [_("A dispute goes on: what is known of it must stay until it is over.")]
    if OutsideCase.objects.filter(dispute__customer_id__in=ids, state=OutsideState.OPEN).exists():
        return [_("A case at an office or a court is open.")]
    return []


def empty_decisions(ids: Collection[int], _needles: Collection[Any]) -> int:
    """Take the words out of decisions; finding, cause and remedy stay. The chain keeps its hashes.

    The rule that what is signed stays is lifted for this act, in its transaction.
    """
    disputes = list(Dispute.objects.filter(customer_id__in=ids).values_list("pk", flat=True))
    if not disputes:
        return 0
    editor = TriggerEditor()
    lift(editor, SIGNED)
    texts = dict.fromkeys(("facts_bn", "facts_en", "clause_bn", "clause_en", "reasons_bn", "reasons_en"), ERASED)
    count = 0
    for decision in Decision.objects.filter(dispute__in=disputes):
        votes = [{**vote, "reason": ""} for vote in decision.votes]
        count += Decision.objects.filter(pk=decision.pk).update(**texts, votes=votes, search_text="")
    put_back(editor, SIGNED)
    # The record of decisions is found by the dispute's number alone: it has no foreign key, and outlives the dispute.
    with suspended("disputes_decisionrecord"):
        DecisionRecord.objects.filter(dispute_id_then__in=disputes).update(payload=NO_PAYLOAD)
    return count
