"""Whether a second person agrees to changed texts (B.2). Switching that off takes a second person, too."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.models import TemplateRules
from halkhata.foundation.accounts.models import Role, User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError

RIGHT = "settings.edit"


def others_with_right(user: User) -> bool:
    """Whether somebody else could agree to this person's texts."""
    roles = [role.pk for role in Role.objects.all() if RIGHT in role.permissions]
    return User.objects.filter(is_active=True, role_id__in=roles).exclude(pk=user.pk).exists()


def hold_rules() -> TemplateRules:
    """The rules as they stand, held until the end of the transaction: no text slips through while they change."""
    TemplateRules.objects.get_or_create(pk=1)
    return TemplateRules.objects.select_for_update().get(pk=1)


def ask_for_second(*, actor: User) -> TemplateRules:
    """From now on somebody else agrees to every changed text. Also takes back a wish to switch that off.

    Raises PermissionRefused, DomainError ``nobody_else`` when there is no second person with the right.
    """
    require(actor, RIGHT)
    with transaction.atomic():
        rules = hold_rules()
        if rules.needs_second and rules.off_asked_by_id_then is None:
            return rules
        if not others_with_right(actor):
            raise DomainError(
                "nobody_else",
                _("Nobody else in the shop may change settings, so nobody could agree. Give somebody the right first."),
                field="needs_second",
            )
        return _set(actor, rules, needs_second=True)


def stop_asking(*, actor: User) -> TemplateRules:
    """Switch it off. The first person asks for it, and a second one does it; whoever is alone does it at once.

    Raises PermissionRefused, Conflict ``asked_already`` when the same person asks twice.
    """
    require(actor, RIGHT)
    with transaction.atomic():
        rules = hold_rules()
        if not rules.needs_second:
            return rules
        if not others_with_right(actor) or rules.off_asked_by_id_then not in {None, actor.pk}:
            return _set(actor, rules, needs_second=False)
        if rules.off_asked_by_id_then == actor.pk:
            raise Conflict("asked_already", _("You asked for it. Somebody else must agree."))
        return _set(actor, rules, needs_second=True, asked_by=actor)


def _set(actor: User, rules: TemplateRules, *, needs_second: bool, asked_by: User | None = None) -> TemplateRules:
    before = {"needs_second": rules.needs_second, "off_asked_by": rules.off_asked_by_label}
    rules.needs_second = needs_second
    rules.off_asked_by_id_then = asked_by.pk if asked_by is not None else None
    rules.off_asked_by_label = asked_by.audit_label[:150] if asked_by is not None else ""
    rules.off_asked_at = now() if asked_by is not None else None
    rules.version += 1
    rules.save()
    after = {"needs_second": rules.needs_second, "off_asked_by": rules.off_asked_by_label}
    record(actor=actor, action="template_rules.save", record=rules, before=before, after=after)
    return rules
