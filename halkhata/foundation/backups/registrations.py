"""What this app tells the registries: its page in the settings, and what it does itself after a restore."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.registry import SettingsPage, after_restore, settings_pages


def register_all() -> None:
    """Fill the registries; called when the app is ready."""
    from halkhata.foundation.backups.policies import can_keep_backups
    from halkhata.foundation.backups.services.fresh_start import close_sessions, settle_own_runs

    settings_pages.register(
        "backups.settings",
        SettingsPage(
            label=_("Backups"),
            description=_("When copies of all data are made, where they lie, and the key that opens them"),
            url_name="backups:settings",
            icon="archive",
            order=92,
            allowed=can_keep_backups,
        ),
    )
    after_restore.register("backups.runs", settle_own_runs)
    after_restore.register("backups.sessions", close_sessions)
