"""Who may see and send short texts. A code opens a customer's own page, so few may see one, and each look is kept."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.models import TextMessage
from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import scope_condition
from halkhata.foundation.core.errors import PermissionRefused
from halkhata.records.customers.models import customer_scope


def can_handle_texts(user: User) -> bool:
    """Tell a code by phone or send a text by hand: whoever answers customers and may see their numbers in full."""
    return user.may("ticket.reply") and user.may("customer.see_private")


def require_texts(user: User) -> None:
    """Raise PermissionRefused unless ``user`` may handle short texts."""
    if not can_handle_texts(user):
        raise PermissionRefused("permission_refused", _("Your role does not allow this."))


def texts_visible_to(user: User) -> QuerySet[TextMessage]:
    """Short texts about items, and to customers, in the user's record scope, for whoever may handle them."""
    if not can_handle_texts(user):
        return TextMessage.objects.none()
    about_an_item = scope_condition(user, owner="item__owner", team="item__team", branch="item__branch")
    # Without "there is no item" the customer's branch that is not there would show every text.
    to_a_customer = Q(item__isnull=True) & customer_scope(user, "customer__")
    if user.role.scope == Scope.ALL and user.is_active:
        return TextMessage.objects.select_related("item", "customer")
    return TextMessage.objects.filter(about_an_item | to_a_customer).select_related("item", "customer")
