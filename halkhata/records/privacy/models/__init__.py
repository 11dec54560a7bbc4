"""Consent, objection, requests about data, holds, retention, breaches and the record of what data are used for."""

from halkhata.records.privacy.models.consents import ConsentEvent, ConsentWording, DoNotContact, PrivacySettings
from halkhata.records.privacy.models.hours import ContactHours
from halkhata.records.privacy.models.registers import Breach, ProcessingActivity, RetentionRule
from halkhata.records.privacy.models.requests import DataRequest, Erasure, LegalHold

__all__ = [
    "Breach",
    "ConsentEvent",
    "ConsentWording",
    "ContactHours",
    "DataRequest",
    "DoNotContact",
    "Erasure",
    "LegalHold",
    "PrivacySettings",
    "ProcessingActivity",
    "RetentionRule",
]
