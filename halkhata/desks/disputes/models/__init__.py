"""Disputes: the case, its file, its panel, its decision and what follows from it."""

from halkhata.desks.disputes.models.decisions import Decision, DecisionRecord
from halkhata.desks.disputes.models.disputes import Dispute, DisputeQuerySet, DisputeSettings
from halkhata.desks.disputes.models.evidence import EvidenceItem, FactNote
from halkhata.desks.disputes.models.outside import OutsideCase, Visit
from halkhata.desks.disputes.models.panels import Interest, Panel, PanelMember, Vote
from halkhata.desks.disputes.models.remedies import Action, Offer, Remedy

__all__ = [
    "Action",
    "Decision",
    "DecisionRecord",
    "Dispute",
    "DisputeQuerySet",
    "DisputeSettings",
    "EvidenceItem",
    "FactNote",
    "Interest",
    "Offer",
    "OutsideCase",
    "Panel",
    "PanelMember",
    "Remedy",
    "Visit",
    "Vote",
]
