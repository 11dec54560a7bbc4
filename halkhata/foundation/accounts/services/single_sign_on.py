"""Signing in through the shop's OpenID Connect provider: which account an identity opens, linking, and the settings.

Nobody gets in, or gets an account, by an e-mail address (B73): an identity is an issuer and a subject, linked by the
person while signed in, or through a one-time link that an administrator made.
"""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import AccessLink, Identity, OidcProvider, User
from halkhata.foundation.accounts.policies import can_manage_structure
from halkhata.foundation.accounts.services.links import spend_link
from halkhata.foundation.accounts.services.oidc_protocol import Subject, discover
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.foundation.core.secret_box import seal, unseal
from halkhata.foundation.core.text import clean_text

_KEY_BOX = "halkhata.accounts.oidc"


def active_provider() -> OidcProvider | None:
    """The provider, when it is in use."""
    return OidcProvider.objects.filter(pk=1, is_active=True).first()


def client_secret_of(provider: OidcProvider) -> str:
    """The client secret in clear, for the call to the provider."""
    return unseal(provider.client_secret, purpose=_KEY_BOX)


def callback_address() -> str:
    """The address to register at the provider, from the configured base address (B76)."""
    return f"{settings.BASE_URL}/sign-in/back/"


def save_provider(
    *,
    actor: User,
    label: str,
    issuer: str,
    client_id: str,
    client_secret: str,
    trusts_second_factor: bool,
    is_active: bool,
) -> OidcProvider:
    """Set the provider up. When it is in use, its description is fetched first: what is dead is not switched on.

    An empty ``client_secret`` keeps the old one, but only for the same issuer: a secret never goes to a new host.
    Raises PermissionRefused; DomainError ``secret_again``, ``no_name``; ProviderTrouble, AddressRefused.
    """
    if not can_manage_structure(actor):
        raise PermissionRefused("permission_refused", _("Your role does not allow this."))
    label, issuer = clean_text(label, max_length=60), issuer.strip()
    if not label:
        raise DomainError("no_name", _("Please fill this in."), field="label")
    old = OidcProvider.current()
    moved = old is not None and old.issuer != issuer
    if moved and old is not None and old.client_secret and not client_secret:
        raise DomainError(
            "secret_again", _("The address is another one: type the secret again."), field="client_secret"
        )
    if is_active:
        discover(issuer)
    with transaction.atomic():
        before = _state(old) if old else None
        provider = old or OidcProvider(pk=1)
        provider.label, provider.issuer, provider.client_id = label, issuer, client_id.strip()[:255]
        if client_secret:
            provider.client_secret = seal(client_secret, purpose=_KEY_BOX)
        provider.trusts_second_factor, provider.is_active = trusts_second_factor, is_active
        provider.save()
        record(
            actor=actor,
            action="single_sign_on.change",
            record=provider,
            before=before,
            after={**_state(provider), "new_secret": bool(client_secret)},
        )
    return provider


def person_behind(subject: Subject) -> User | None:
    """The active person an identity belongs to, or None: unknown and switched off look alike."""
    found = (
        Identity.objects.select_related("user__role", "user__branch")
        .filter(issuer=subject.issuer, subject=subject.subject, user__is_active=True)
        .first()
    )
    if found is None:
        return None
    Identity.objects.filter(pk=found.pk).update(last_used_at=now(), shown_as=clean_text(subject.shown_as)[:254])
    return found.user


def link_own(*, actor: User, subject: Subject) -> Identity:
    """Link an identity to one's own account. Raises Conflict ``identity_taken`` when it opens somebody else's."""
    with transaction.atomic():
        return _link(actor=actor, user=actor, subject=subject)


def link_by_invitation(*, token: str, subject: Subject) -> User:
    """Link an identity to the account a one-time link was made for, and use the link up. Raises NotFound, Conflict."""
    with transaction.atomic():
        user = spend_link(token, purpose=AccessLink.IDENTITY)
        _link(actor=user, user=user, subject=subject)
    return user


def unlink_own(*, actor: User, pk: int) -> None:
    """Take one's own link away. Raises NotFound."""
    with transaction.atomic():
        identity = Identity.objects.filter(pk=pk, user=actor).first()
        if identity is None:
            raise NotFound("no_such_identity", _("There is no such link."))
        record(actor=actor, action="identity.unlink", record=actor, before={"subject": identity.subject})
        identity.delete()


def _link(*, actor: User, user: User, subject: Subject) -> Identity:
    there = Identity.objects.filter(issuer=subject.issuer, subject=subject.subject).first()
    if there is not None and there.user_id == user.pk:
        return there
    taken = Conflict("identity_taken", _("This outside sign-in is linked to another account here."))
    if there is not None:
        raise taken
    try:
        with transaction.atomic():
            identity = Identity.objects.create(
                user=user,
                issuer=subject.issuer,
                subject=subject.subject,
                shown_as=clean_text(subject.shown_as)[:254],
                linked_at=now(),
            )
    except IntegrityError:
        raise taken from None
    record(
        actor=actor, action="identity.link", record=user, after={"issuer": subject.issuer, "subject": subject.subject}
    )
    return identity


def _state(provider: OidcProvider) -> dict[str, object]:
    names = ("label", "issuer", "client_id", "trusts_second_factor", "is_active")
    return {name: getattr(provider, name) for name in names}
