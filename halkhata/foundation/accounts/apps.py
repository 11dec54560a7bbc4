from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "halkhata.foundation.accounts"
    label = "accounts"

    def ready(self) -> None:
        from axes.signals import user_locked_out
        from django.contrib.auth.signals import user_logged_in

        from halkhata.foundation.accounts.policies import can_edit_shop, can_manage_structure
        from halkhata.foundation.accounts.services.lock_out import tell_of_lock
        from halkhata.foundation.accounts.session_guard import stamp_at_sign_in
        from halkhata.foundation.core.registry import SettingsPage, settings_pages

        # Django's and axes' own signals: both are told whichever way somebody signs in or is kept out.
        user_logged_in.connect(stamp_at_sign_in, dispatch_uid="halkhata.stamp_session")
        user_locked_out.connect(tell_of_lock, dispatch_uid="halkhata.tell_of_lock")

        settings_pages.register(
            "accounts.shop",
            SettingsPage(
                label=_("The shop"),
                description=_("Names, phone, address, trade, language and digits"),
                icon="building-store",
                url_name="accounts:shop",
                order=5,
                allowed=can_edit_shop,
            ),
        )
        pages = {
            "users": (_("Staff"), _("Who works here: accounts, roles, leavers"), "users", "users.edit", 10),
            "teams": (_("Teams"), _("Departments, their members and leads"), "users-group", "users.edit", 20),
            "roles": (
                _("Roles"),
                _("What each role may do, and which records it sees"),
                "shield-check",
                "users.edit",
                30,
            ),
            "branches": (_("Branches"), _("The tree of shops and service points"), "sitemap", "users.edit", 40),
            "access": (
                _("Sign-in"),
                _("Who needs a second step, how long sessions last, locked names"),
                "lock",
                "users.edit",
                35,
            ),
            "single_sign_on": (
                _("Single sign-on"),
                _("Signing in through your company's own sign-in service (OpenID Connect)"),
                "link",
                "users.edit",
                36,
            ),
            "tokens": (_("API keys"), _("Keys for programs that read or write here"), "key", None, 90),
        }
        for name, (label, description, icon, permission, order) in pages.items():
            settings_pages.register(
                f"accounts.{name}",
                SettingsPage(
                    label=label,
                    description=description,
                    icon=icon,
                    permission=permission,
                    order=order,
                    url_name=f"accounts:{name}",
                    allowed=can_manage_structure if name in {"access", "single_sign_on"} else None,
                ),
            )
