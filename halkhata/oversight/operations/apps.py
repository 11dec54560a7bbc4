from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    name = "halkhata.oversight.operations"
    label = "operations"

    def ready(self) -> None:
        from halkhata.foundation.backups.policies import can_keep_backups
        from halkhata.foundation.core.registry import SettingsPage, settings_pages

        settings_pages.register(
            "operations.board",
            SettingsPage(
                label=_("Operations"),
                description=_("Whether everything runs: queues, mail, timetable, space, backups"),
                url_name="operations:board",
                icon="activity",
                order=91,
                allowed=can_keep_backups,
            ),
        )
