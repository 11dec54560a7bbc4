"""First run: five questions and the owner's account turn an empty database into an install (US-21, stories E1)."""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.events import InstallationSetUp
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.services.branches import create_branch
from halkhata.foundation.accounts.services.roles import create_ready_roles
from halkhata.foundation.accounts.services.setup_code import forget_code
from halkhata.foundation.accounts.services.staff import create_staff
from halkhata.foundation.accounts.services.teams import save_team
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.phones import parse_phone
from halkhata.foundation.core.registry import setup_steps
from halkhata.foundation.core.text import clean_text

FRIDAY = 4


@dataclass(frozen=True, kw_only=True)
class SetupAnswers:
    """The five answers; each default is what most shops in Bangladesh would say. Minutes count from local midnight."""

    language: str = "bn"
    trade: str = "other"
    shop_name: str = ""
    phone: str = ""
    opens_minute: int = 9 * 60
    closes_minute: int = 20 * 60
    # Monday is 0, Sunday 6.
    closed_weekdays: tuple[int, ...] = field(default=(FRIDAY,))

    def check(self) -> None:
        """Raise DomainError ``hours_out_of_order``, ``never_open``, or PhoneError."""
        if not 0 <= self.opens_minute < self.closes_minute <= 1440:
            raise DomainError(
                "hours_out_of_order", _("The shop must close later than it opens."), field="closes_minute"
            )
        if len(set(self.closed_weekdays)) > 6:
            raise DomainError("never_open", _("At least one day a week must be open."), field="closed_weekdays")
        if clean_text(self.phone):
            parse_phone(self.phone)


def is_set_up() -> bool:
    """Whether somebody has finished set-up."""
    return Installation.objects.filter(set_up_at__isnull=False).exists()


def set_up_install(*, answers: SetupAnswers, username: str, password: str, owner_name: str = "") -> User:
    """Set the install up and return its owner, all in one transaction.

    Of two that run at once, one wins: the other gets Conflict ``already_set_up`` and leaves nothing behind. Raises
    DomainError ``weak_password``, ``bad_username``, ``hours_out_of_order``, PhoneError.
    """
    answers.check()
    with transaction.atomic():
        Installation.objects.get_or_create(pk=1)
        # The UPDATE takes the row's lock: the second comer waits here and then finds the mark set.
        if not Installation.objects.filter(pk=1, set_up_at__isnull=True).update(set_up_at=now()):
            raise Conflict("already_set_up", _("Somebody has set this shop up already. Please sign in."))
        install = Installation.objects.get(pk=1)
        names = _names(answers.shop_name)
        install.shop_name = (
            names["name_bn"] if answers.language == "bn" and names["name_bn"] else names["name_en"] or names["name_bn"]
        )
        install.shop_name_bn, install.shop_name_en = names["name_bn"], names["name_en"]
        install.trade = answers.trade
        install.phone = parse_phone(answers.phone).e164 if clean_text(answers.phone) else ""
        install.default_language = answers.language
        install.save()
        branch = create_branch(
            actor=None,
            code="main",
            phone=install.phone,
            time_zone=install.time_zone,
            name_bn=names["name_bn"],
            name_en=names["name_en"],
        )
        roles = create_ready_roles()
        owner, _password = create_staff(
            actor=None,
            username=username,
            password=password,
            role=roles["owner"],
            branch=branch,
            language=answers.language,
            phone="",
            name_bn=owner_name if answers.language == "bn" else "",
            name_en="" if answers.language == "bn" else owner_name,
        )
        save_team(
            actor=None, branch=branch, lead=owner, code="customer-care", name_bn="গ্রাহকসেবা", name_en="Customer care"
        )
        for step in setup_steps:
            step(install, branch, _for_steps(answers, install))
        record(actor=owner, action="installation.set_up", record=install, after={"trade": install.trade})
        # Nobody needs the code any more; undone with the transaction it would only be made anew.
        transaction.on_commit(forget_code)
        publish(
            InstallationSetUp(
                branch_id=branch.pk,
                owner_id=owner.pk,
                language=answers.language,
                trade=answers.trade,
                shop_name=install.shop_name,
                opens_minute=answers.opens_minute,
                closes_minute=answers.closes_minute,
                closed_weekdays=tuple(answers.closed_weekdays),
            )
        )
    return owner


def _names(typed: str) -> dict[str, str]:
    name = clean_text(typed, max_length=120)
    if not name:
        return {"name_bn": "আমাদের দোকান", "name_en": "Our shop"}
    is_bengali = any("\u0980" <= letter <= "\u09ff" for letter in name)
    return {"name_bn": name if is_bengali else "", "name_en": "" if is_bengali else name}


def _for_steps(answers: SetupAnswers, install: Installation) -> dict[str, object]:
    return {
        "language": answers.language,
        "trade": answers.trade,
        "shop_name": install.shop_name,
        "phone": install.phone,
        "opens_minute": answers.opens_minute,
        "closes_minute": answers.closes_minute,
        "closed_weekdays": tuple(sorted(set(answers.closed_weekdays))),
        "zone": install.time_zone,
    }
