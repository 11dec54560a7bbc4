"""Claims, their lines, papers and credits; the companies' rules; old parts."""

from halkhata.desks.claims.models.claims import HALF_A_CENT, Claim, ClaimQuerySet
from halkhata.desks.claims.models.lines import ClaimFile, ClaimLine, CompanyCredit
from halkhata.desks.claims.models.old_parts import Dispatch, OldPart
from halkhata.desks.claims.models.rules import CompanyRules

__all__ = [
    "HALF_A_CENT",
    "Claim",
    "ClaimFile",
    "ClaimLine",
    "ClaimQuerySet",
    "CompanyCredit",
    "CompanyRules",
    "Dispatch",
    "OldPart",
]
