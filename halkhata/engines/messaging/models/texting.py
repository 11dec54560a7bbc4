"""Settings of the SMS channel, a branch's prayer times, and ready texts that go as SMS."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.news_choices import NewsBySms
from halkhata.engines.messaging.text_choices import TextPurpose
from halkhata.foundation.accounts.choices import Language
from halkhata.foundation.accounts.models import Branch


class TextingSettings(models.Model):
    """The one row of the SMS channel; there is none until somebody changes something."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    # What the provider takes for one part; empty: not known, and no price is shown.
    price = models.DecimalField(max_digits=8, decimal_places=4, null=True, blank=True)
    # ISO 4217; empty: the shop's.
    currency = models.CharField(max_length=3, blank=True)
    # The name that stands as sender (masking), agreed with the provider.
    sender_name = models.CharField(max_length=32, blank=True)
    # In place of the country's hours; both or none. Nights and prayer times stay closed whatever stands here.
    opens = models.TimeField(null=True, blank=True)
    closes = models.TimeField(null=True, blank=True)
    # Offers to one number on one day; empty: as many as the country allows, never more.
    a_day = models.PositiveSmallIntegerField(null=True, blank=True)
    # And within seven days; empty: no limit of its own.
    a_week = models.PositiveSmallIntegerField(null=True, blank=True)
    # Whether news of tickets go by SMS, too.
    news = models.CharField(max_length=8, choices=NewsBySms.choices, default=NewsBySms.NO_MAIL)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="messaging_texting_is_one_row"),
            models.CheckConstraint(condition=Q(news__in=NewsBySms.values), name="messaging_texting_news"),
            models.CheckConstraint(condition=Q(price__isnull=True) | Q(price__gte=0), name="messaging_texting_price"),
            models.CheckConstraint(
                condition=Q(opens__isnull=True, closes__isnull=True)
                | (Q(opens__isnull=False, closes__isnull=False) & ~Q(opens=F("closes"))),
                name="messaging_texting_hours_are_a_span",
            ),
            models.CheckConstraint(
                condition=Q(a_day__isnull=True) | Q(a_day__gte=1, a_day__lte=50), name="messaging_texting_a_day"
            ),
            models.CheckConstraint(
                condition=Q(a_week__isnull=True) | Q(a_week__gte=1, a_week__lte=50), name="messaging_texting_a_week"
            ),
        ]

    def __str__(self) -> str:
        return str(_("SMS"))


class PrayerTimes(models.Model):
    """A branch's own prayer times, and those of the branches under it; without a row the country's table holds."""

    branch = models.OneToOneField(Branch, on_delete=models.CASCADE, related_name="prayer_times")
    # Twelve lists of ["13:00", "13:45"], January first; checked by the service.
    months = models.JSONField(default=list)
    friday = models.JSONField(default=list, blank=True)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return str(self.branch)


class ShortText(models.Model):
    """A ready text that goes as SMS: news about a customer's own matter, or an offer."""

    name = models.CharField(_("name"), max_length=80)
    purpose = models.CharField(max_length=6, choices=TextPurpose.choices, default=TextPurpose.NOTICE)
    language = models.CharField(max_length=5, choices=Language.choices, default=Language.BENGALI)
    text = models.TextField()
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["name", "language", "id"]
        constraints = [
            models.UniqueConstraint(fields=["name", "language"], name="messaging_short_text_once"),
            models.CheckConstraint(condition=Q(purpose__in=["notice", "offer"]), name="messaging_short_text_purpose"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(text=""), name="messaging_short_text_says_something"),
        ]

    def __str__(self) -> str:
        return self.name
