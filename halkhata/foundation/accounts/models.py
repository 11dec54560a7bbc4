"""Staff users, the tree of branches, teams (departments), roles and API tokens."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.choices import PERMISSIONS, Digits, Language, Scope


def in_reader_language(name_bn: str, name_en: str) -> str:
    """The name in the active language, or the other one when that is empty."""
    return (name_bn or name_en) if get_language() == "bn" else (name_en or name_bn)


class Named(models.Model):
    """A record with a name in Bengali and in English, of which at least one is there."""

    name_bn = models.CharField(_("name in Bengali"), max_length=120, blank=True)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_reader_language(self.name_bn, self.name_en)


class BranchQuerySet(models.QuerySet["Branch"]):
    """Conditions on many branches."""

    def under(self, branch: "Branch") -> "BranchQuerySet":
        """The branch and everything under it in the tree."""
        return self.filter(path__startswith=branch.path)


class Branch(Named):
    """A shop, service point or head office. ``path`` (``/1/4/``) makes "this and all under it" one indexed look-up."""

    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=255, db_index=True, editable=False, blank=True)
    code = models.SlugField(max_length=20, unique=True)
    phone = models.CharField(max_length=32, blank=True)
    address = models.CharField(max_length=255, blank=True)
    time_zone = models.CharField(max_length=64, default="Asia/Dhaka")
    country = models.CharField(max_length=2, default="BD")
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)

    objects = BranchQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(condition=~Q(name_bn="") | ~Q(name_en=""), name="accounts_branch_has_name"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="accounts_branch_not_own_parent"
            ),
        ]


class Role(Named):
    """What somebody may do (``permissions``) and on which records (``scope``)."""

    code = models.SlugField(max_length=40, unique=True)
    scope = models.CharField(max_length=8, choices=Scope.choices, default=Scope.OWN)
    permissions = models.JSONField(default=list, blank=True)
    # 1 agent, 2 team lead, 3 branch manager, 4 head office: the ladder that escalations climb.
    level = models.PositiveSmallIntegerField(default=1)
    is_system = models.BooleanField(default=False)

    class Meta:
        ordering = ["level", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=Scope.values), name="accounts_role_scope"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=4), name="accounts_role_level"),
        ]

    def clean(self) -> None:
        unknown = set(self.permissions) - set(PERMISSIONS)
        if unknown:
            raise ValidationError(
                {"permissions": _("Unknown permissions: %(names)s") % {"names": ", ".join(sorted(unknown))}}
            )


class Team(Named):
    """A department of a branch (sales, service, complaints): owns work, has a lead and its own automatic messages."""

    code = models.SlugField(max_length=40, unique=True)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="teams")
    lead = models.ForeignKey("User", null=True, blank=True, on_delete=models.SET_NULL, related_name="leads_teams")
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["branch__path", "code"]


class UserManager(BaseUserManager["User"]):
    """Makes users; ``create_superuser`` is not offered: set-up makes the first owner."""

    use_in_migrations = True

    def create_user(self, username: str, password: str | None = None, **fields: object) -> "User":
        """A staff user with a hashed password (none given: cannot sign in until one is set)."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A member of staff."""

    username = models.CharField(_("user name"), max_length=60, unique=True, validators=[UnicodeUsernameValidator()])
    name_bn = models.CharField(_("name in Bengali"), max_length=120, blank=True)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone_e164 = models.CharField(_("phone"), max_length=20, blank=True)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="users")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="users")
    teams = models.ManyToManyField(Team, blank=True, related_name="members")
    language = models.CharField(_("language"), max_length=5, choices=Language.choices, default=Language.BENGALI)
    digits = models.CharField(_("digits"), max_length=8, choices=Digits.choices, default=Digits.AUTO)
    show_bangla_date = models.BooleanField(_("show the Bangla date"), default=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    # A password somebody else knows (first or reset) lets its owner do one thing only: choose another.
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    is_demo = models.BooleanField(default=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        ordering = ["username"]
        constraints = [
            models.UniqueConstraint(
                fields=["phone_e164"], condition=~Q(phone_e164=""), name="accounts_user_phone_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The person's name in the reader's language, or the user name."""
        return in_reader_language(self.name_bn, self.name_en) or self.username

    def get_full_name(self) -> str:
        """The name under the usual Django spelling."""
        return self.name

    @property
    def audit_label(self) -> str:
        """How the audit trail names this person: stable, whatever language the reader has."""
        return self.name_en or self.name_bn or self.username

    @cached_property
    def team_ids(self) -> list[int]:
        """Ids of the teams this person belongs to."""
        return list(self.teams.values_list("id", flat=True))

    def may(self, permission: str) -> bool:
        """Whether the role allows ``permission``. Raises KeyError for a permission that does not exist."""
        PERMISSIONS[permission]
        return self.is_active and permission in self.role.permissions


class ApiToken(models.Model):
    """A key for a machine. Only its SHA-256 is stored; the key itself is shown once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    # First eight characters, so that a person can tell keys apart.
    hint = models.CharField(max_length=12)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"


# At the end: its tables name users and roles by label, Django only has to meet them here.
from halkhata.foundation.accounts.access_models import (  # noqa: E402
    AccessLink,
    AccessPolicy,
    Handover,
    Identity,
    OidcProvider,
    RecoveryCode,
    SecondFactor,
)

__all__ = [
    "AccessLink",
    "AccessPolicy",
    "ApiToken",
    "Branch",
    "BranchQuerySet",
    "Handover",
    "Identity",
    "Named",
    "OidcProvider",
    "RecoveryCode",
    "Role",
    "SecondFactor",
    "Team",
    "User",
    "in_reader_language",
]
