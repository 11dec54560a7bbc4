"""Removing invented disputes with everything that hangs on them."""

from typing import Any

from django.db import transaction

from halkhata.desks.disputes.guards import UNSIGNED, lift, put_back
from halkhata.desks.disputes.models import (
    Decision,
    DecisionRecord,
    Dispute,
    EvidenceItem,
    FactNote,
    Interest,
    OutsideCase,
    Panel,
    PanelMember,
    Remedy,
    Vote,
)
from halkhata.engines.work.models import DelayNote, WorkEvent, WorkMinutes
from halkhata.foundation.core.append_only import suspended
from halkhata.foundation.core.triggers import TriggerEditor

GUARDED = (
    "disputes_evidenceitem", "disputes_factnote", "disputes_interest", "disputes_vote", "disputes_decisionrecord",
    "work_workevent", "work_delaynote", "work_workminutes",
)  # fmt: skip


def clear_demo() -> int:
    """Remove invented disputes; what the database guards of real ones stays untouched. Returns how many rows went."""
    editor = TriggerEditor()
    with transaction.atomic(), suspended(*GUARDED):
        lift(editor, UNSIGNED)
        of = {"dispute__is_demo": True}
        gone = Vote.objects.filter(member__dispute__is_demo=True).delete()[0]
        gone += Remedy.objects.filter(**of).delete()[0]
        gone += Decision.objects.filter(**of).delete()[0]
        hanging: tuple[Any, ...] = (EvidenceItem, FactNote, Interest, OutsideCase, PanelMember, Panel)
        for model in hanging:
            gone += model.objects.filter(**of).delete()[0]
        gone += DecisionRecord.objects.filter(is_demo=True).delete()[0]
        lines: tuple[Any, ...] = (WorkEvent, DelayNote, WorkMinutes)
        for model in lines:
            gone += model.objects.filter(item__dispute__is_demo=True).delete()[0]
        gone += Dispute.objects.filter(is_demo=True).delete()[0]
        put_back(editor, UNSIGNED)
    return gone
