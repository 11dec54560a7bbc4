"""Policies, covers frozen on units, registrations, cards, free services, flags."""

from halkhata.records.warranty.models.cards import Card, Coupon, Flag
from halkhata.records.warranty.models.covers import Cover
from halkhata.records.warranty.models.policies import PolicyCoupon, PolicyTerm, WarrantyPolicy, WarrantySettings
from halkhata.records.warranty.models.registrations import Registration

__all__ = [
    "Card",
    "Coupon",
    "Cover",
    "Flag",
    "PolicyCoupon",
    "PolicyTerm",
    "Registration",
    "WarrantyPolicy",
    "WarrantySettings",
]
