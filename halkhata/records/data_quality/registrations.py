"""What data quality gives to the house's registries. Called once, from AppConfig.ready()."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.personal_data import PersonalData, register_personal_data
from halkhata.foundation.core.registry import NavItem, SettingsPage, navigation, settings_pages
from halkhata.records.customers.registry import CustomerLink, customer_links


def register_all() -> None:
    """Fill the registries."""
    navigation.register(
        "data_quality",
        NavItem(
            label=_("Data quality"), url_name="data_quality:overview", icon="gauge", section="records", order=40,
            permission="customer.edit",
        ),
    )  # fmt: skip
    settings_pages.register(
        "data_quality.rules",
        SettingsPage(
            label=_("Rules of data quality"), description=_("What makes a customer's record one to mend, and how much"),
            icon="gauge", url_name="data_quality:rules", order=42, permission="settings.edit",
        ),
    )  # fmt: skip
    for model in ("CustomerScore", "Proposal", "AuditPick", "RuleHit"):
        customer_links.register(
            f"data_quality.{model}",
            CustomerLink(
                model_label=f"data_quality.{model}",
                field="customer",
                on_merge="keep",
                personal_data="history",
                is_derived=model in {"CustomerScore", "Proposal", "RuleHit"},
            ),
        )
        register_personal_data(
            PersonalData(
                model_label=f"data_quality.{model}", paths=("customer",), on_erasure="delete", order=650,
                label=_("Data quality"),
            )
        )  # fmt: skip
