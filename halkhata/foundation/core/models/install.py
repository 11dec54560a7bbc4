"""What is true of the whole install."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    shop_name = models.CharField(max_length=120, blank=True)
    trade = models.CharField(max_length=20, choices=TRADES, default="other")
    phone = models.CharField(max_length=32, blank=True)
    default_language = models.CharField(max_length=5, default="bn")
    country = models.CharField(max_length=2, default="BD")
    time_zone = models.CharField(max_length=64, default="Asia/Dhaka")
    currency = models.CharField(max_length=3, default="BDT")
    set_up_at = models.DateTimeField(null=True, blank=True)
    demo_loaded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="core_installation_is_one_row")]

    def __str__(self) -> str:
        return self.shop_name or "Halkhata"

    @classmethod
    def current(cls) -> "Installation":
        """The row, or an unsaved default when set-up has not begun."""
        return cls.objects.filter(pk=1).first() or cls()
