"""What the reports tell the floors below about themselves. Called once, when the apps are ready."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.registry import NavItem, ReportPage, navigation, report_pages

# Each report of this app: its page, name, the question it answers, icon.
REPORTS = (
    (
        "promises",
        _("Promises kept"),
        _("Which first answers, next answers and solutions came in time, and why others did not"),
        "gauge",
    ),
    (
        "stages",
        _("Whose time it was"),
        _("How long solving took, and how much of it was ours, the customer's and the manufacturer's"),
        "clock",
    ),
    (
        "causes",
        _("What goes wrong most"),
        _("The few causes, categories and branches behind most complaints"),
        "zoom-question",
    ),
    (
        "repeats",
        _("Customers who had to come back"),
        _("How many contacts came within seven days of an earlier one, week by week"),
        "phone",
    ),
)


def register_all() -> None:
    """Fill the registries."""
    navigation.register(
        "reports",
        NavItem(
            label=_("Reports"), url_name="analytics:index", icon="chart-bar", section="insight", order=10,
            permission="report.view",
        ),
    )  # fmt: skip
    for order, (name, label, question, icon) in enumerate(REPORTS, start=1):
        report_pages.register(
            f"analytics.{name}",
            ReportPage(label=label, question=question, url_name=f"analytics:{name}", icon=icon, order=order),
        )
