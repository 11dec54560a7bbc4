"""Services that carry SMS for the shop."""

from django.db import models
from django.db.models import Q

from halkhata.engines.sms.choices import Fault, GatewayKind
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.core.clock import now


class Gateway(models.Model):
    """One account with a service that carries SMS. The active one of a branch carries the texts of that branch and of
    those under it; the active one of no branch carries all others."""

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=13, choices=GatewayKind.choices)
    branch = models.ForeignKey(Branch, null=True, blank=True, on_delete=models.PROTECT, related_name="sms_gateways")
    base_url = models.CharField(max_length=400)
    # Empty: the sender's name of the shop's SMS settings.
    sender_name = models.CharField(max_length=32, blank=True)
    # What only this kind asks for and is no secret (adapters/base.py).
    options = models.JSONField(default=dict)
    # Keys and passwords, a JSON object sealed with core.secret_box.
    sealed = models.TextField(blank=True)
    # The secret in the addresses that the gateway calls: sealed, for it stands in what is told to the gateway again,
    # and hashed, for finding the gateway by it.
    hook_sealed = models.TextField()
    hook_hash = models.CharField(max_length=64, unique=True)
    is_active = models.BooleanField(default=True)
    balance = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    balance_at = models.DateTimeField(null=True, blank=True)
    # Under this somebody is told, once until it has risen again; empty: never.
    balance_limit = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    low_since = models.DateTimeField(null=True, blank=True)
    # When it last took a text or told its balance; and the first failure of those that go on.
    last_ok_at = models.DateTimeField(null=True, blank=True)
    last_fault = models.CharField(max_length=11, choices=Fault.choices, blank=True)
    last_said = models.CharField(max_length=300, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    last_report_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=GatewayKind.values), name="sms_gateway_kind"),
            models.CheckConstraint(condition=Q(last_fault__in=Fault.values), name="sms_gateway_fault"),
            models.CheckConstraint(condition=Q(balance_limit__isnull=True) | Q(balance_limit__gte=0), name="sms_limit"),
            # Nothing invented carries anything.
            models.CheckConstraint(condition=Q(is_demo=False) | Q(is_active=False), name="sms_demo_carries_nothing"),
            models.UniqueConstraint(fields=["branch"], condition=Q(is_active=True), name="sms_one_gateway_a_branch"),
            models.UniqueConstraint(
                fields=["is_active"], condition=Q(is_active=True, branch__isnull=True), name="sms_one_default_gateway"
            ),
        ]

    def __str__(self) -> str:
        return self.name
