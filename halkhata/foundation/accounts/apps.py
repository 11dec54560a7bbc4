from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "halkhata.foundation.accounts"
    label = "accounts"

    def ready(self) -> None:
        from halkhata.foundation.accounts.policies import can_edit_shop
        from halkhata.foundation.core.registry import SettingsPage, settings_pages

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
                ),
            )
