"""What the customers' door tells the floors below about itself. Called once, when the apps are ready."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.registry import SettingsPage, after_restore, settings_pages


def register_all() -> None:
    """Fill the registries."""
    from halkhata.doors.portal.services.forgetting import end_all_after_restore

    settings_pages.register(
        "portal.poster",
        SettingsPage(
            label=_("Poster for the counter"),
            description=_("With a QR code: customers write to you and follow their complaint"),
            url_name="portal:poster",
            icon="printer",
            order=78,
            permission=None,
        ),
    )
    after_restore.register("portal.follow", end_all_after_restore)
