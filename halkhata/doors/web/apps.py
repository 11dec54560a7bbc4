from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "halkhata.doors.web"
    label = "web"

    def ready(self) -> None:
        from halkhata.foundation.core.registry import NavItem, SettingsPage, navigation, settings_pages

        navigation.register("web.home", NavItem(label=_("Home"), url_name="web:home", icon="home", order=10))
        navigation.register(
            "web.settings",
            NavItem(label=_("Settings"), url_name="web:settings", icon="settings", section="settings", order=900),
        )
        settings_pages.register(
            "web.audit",
            SettingsPage(
                label=_("Audit trail"), description=_("Who did what, and when"), url_name="web:audit", icon="history",
                permission="audit.view", order=95,
            ),
        )  # fmt: skip
