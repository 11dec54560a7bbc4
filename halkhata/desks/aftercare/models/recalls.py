"""Recall campaigns: which units, who was told, what was done (A53.15)."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.desks.aftercare.choices import RecallState, TextStanding
from halkhata.foundation.accounts.models import Named, User, in_reader_language
from halkhata.records.catalog.models import Brand, Product, Unit, unit_scope


class Recall(Named):
    """A campaign: units of one brand or product by a range of serial numbers, or by a list."""

    number = models.CharField(max_length=20, unique=True)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", verbose_name=_("brand"))
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("product")
    )
    # Folded, both of one length; "" where a list says it.
    serial_from = models.CharField(max_length=60, blank=True)
    serial_to = models.CharField(max_length=60, blank=True)
    # It began with a list; what follows of it are numbers still to be found.
    is_list = models.BooleanField(default=False)
    # Folded numbers of a list that no unit had so far: looked for again each night.
    missing = models.JSONField(default=list, blank=True)
    # What the owner is told: what may happen, what we do.
    text_bn = models.CharField(_("what owners are told, in Bengali"), max_length=300, blank=True)
    text_en = models.CharField(_("what owners are told, in English"), max_length=300, blank=True)
    # What the workshop does.
    remedy = models.TextField(_("what the workshop does"), blank=True)
    company_ref = models.CharField(_("number of the company"), max_length=60, blank=True)
    stop_use = models.BooleanField(_("must not be used until it is done"), default=False)
    sends_texts = models.BooleanField(_("tell owners by SMS"), default=True)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name_bn="") | ~Q(name_en=""), name="aftercare_recall_has_name"),
            models.CheckConstraint(condition=~Q(text_bn="") | ~Q(text_en=""), name="aftercare_recall_has_text"),
            models.CheckConstraint(
                condition=Q(serial_from="", serial_to="") | (~Q(serial_from="") & ~Q(serial_to="")),
                name="aftercare_recall_range_has_both",
            ),
        ]

    @property
    def text(self) -> str:
        """What owners are told, in the active language."""
        return in_reader_language(self.text_bn, self.text_en)

    @property
    def is_open(self) -> bool:
        """Whether it still runs."""
        return self.closed_at is None


class RecallUnitQuerySet(models.QuerySet["RecallUnit"]):
    """Conditions on many units of recalls."""

    def visible_to(self, user: User) -> Self:
        """Those of units in the user's record scope."""
        return self.filter(unit_scope(user, "unit__"))


class RecallUnit(models.Model):
    """One unit of a recall and where it stands."""

    recall = models.ForeignKey(Recall, on_delete=models.CASCADE, related_name="units", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="recalls")
    state = models.CharField(max_length=11, choices=RecallState.choices, default=RecallState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    last_try_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    told_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    job_number = models.CharField(max_length=24, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    text_state = models.CharField(max_length=9, choices=TextStanding.choices, default=TextStanding.WAITING)
    text_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    is_demo = models.BooleanField(default=False)

    objects = RecallUnitQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["recall", "unit"], name="aftercare_unit_once_per_recall"),
            models.CheckConstraint(condition=Q(state__in=RecallState.values), name="aftercare_recall_unit_state"),
            models.CheckConstraint(condition=Q(text_state__in=TextStanding.values), name="aftercare_recall_unit_text"),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | (~Q(state="done") & Q(done_at__isnull=True)),
                name="aftercare_recall_done_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["recall", "state", "id"], name="aftercare_units_of_recall"),
            models.Index(fields=["text_at", "id"], condition=Q(text_state="waiting"), name="aftercare_recall_texts"),
        ]

    def __str__(self) -> str:
        return f"{self.recall_id} {self.unit_id}"

    @property
    def state_label(self) -> str:
        """The state in the reader's language."""
        return str(RecallState(self.state).label)
