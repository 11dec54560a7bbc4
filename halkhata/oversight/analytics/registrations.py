"""What the reports tell the floors below about themselves. Called once, when the apps are ready."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.registry import NavItem, navigation


def register_all() -> None:
    """Fill the registries."""
    navigation.register(
        "reports",
        NavItem(
            label=_("Reports"), url_name="analytics:index", icon="chart-bar", section="insight", order=10,
            permission="report.view",
        ),
    )  # fmt: skip
