from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StandardsConfig(AppConfig):
    name = "halkhata.oversight.standards"
    label = "standards"

    def ready(self) -> None:
        from halkhata.foundation.core.registry import SettingsPage, settings_pages
        from halkhata.oversight.standards.policies import can_publish_standards

        settings_pages.register(
            "standards.settings",
            SettingsPage(
                label=_("Published service standards"),
                description=_("What the shop promises its customers, on a page that everybody can read"),
                url_name="standards:settings",
                icon="file-text",
                order=46,
                allowed=can_publish_standards,
            ),
        )
