"""What is true of the whole install."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.kept_sql import kept_objects
from halkhata.foundation.core.reader import Digits, Language


class Installation(models.Model):
    """The one row that says who runs this install and whether set-up is done."""

    TRADES = [
        ("motorcycle", _("Motorcycles")),
        ("appliance", _("Appliances")),
        ("electronics", _("Electronics and phones")),
        ("solar", _("Solar")),
        ("machinery", _("Agricultural machines")),
        ("building", _("Building material")),
        ("other", _("Other")),
    ]

    # In whose digits people read who are not signed in, and customers in their letters.
    DIGITS = [("auto", _("As the language")), ("bengali", _("Bengali digits")), ("latin", _("Latin digits"))]

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    # The name where only one is wanted; the services keep it to that of the shop's own language.
    shop_name = models.CharField(max_length=120, blank=True)
    shop_name_bn = models.CharField(max_length=120, blank=True)
    shop_name_en = models.CharField(max_length=120, blank=True)
    trade = models.CharField(max_length=20, choices=TRADES, default="other")
    phone = models.CharField(max_length=32, blank=True)
    address = models.CharField(max_length=255, blank=True)
    email = models.EmailField(blank=True)
    default_language = models.CharField(max_length=5, default="bn")
    digits = models.CharField(max_length=8, choices=DIGITS, default="auto")
    country = models.CharField(max_length=2, default="BD")
    time_zone = models.CharField(max_length=64, default="Asia/Dhaka")
    currency = models.CharField(max_length=3, default="BDT")
    set_up_at = models.DateTimeField(null=True, blank=True)
    demo_loaded_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="core_installation_is_one_row"),
            models.CheckConstraint(
                condition=models.Q(digits__in=["auto", "bengali", "latin"]), name="core_installation_digits"
            ),
        ]

    def __str__(self) -> str:
        return self.shop_name or "Halkhata"

    @property
    def name(self) -> str:
        """The shop's name in the active language, else in the other; "" while it has none."""
        own, other = self.shop_name_en, self.shop_name_bn
        if (get_language() or "bn").startswith("bn"):
            own, other = other, own
        return own or self.shop_name or other

    def digits_in(self, language: str) -> Digits:
        """The digits in which the shop writes a text of this language to people who have not chosen their own."""
        if self.digits == "auto":
            return "bengali" if language == "bn" else "latin"
        return "bengali" if self.digits == "bengali" else "latin"

    @property
    def language(self) -> Language:
        """The shop's own language."""
        return "en" if self.default_language == "en" else "bn"

    @classmethod
    def current(cls) -> "Installation":
        """The row, or an unsaved default when set-up has not begun."""
        found = kept_objects("the shop", lambda: cls.objects.filter(pk=1), {})
        return found[0] if found else cls()
