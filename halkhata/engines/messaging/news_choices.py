"""When news of a ticket go by SMS."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NewsBySms(models.TextChoices):
    """Whoever wrote by SMS is always answered by SMS; this is about all others."""

    NO_MAIL = "no_mail", _("By SMS when there is no e-mail address")
    ALSO = "also", _("By SMS besides the mail")
    NEVER = "never", _("By e-mail only")
