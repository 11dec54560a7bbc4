"""What imports give to the house's registries. Called once, from AppConfig.ready()."""

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.personal_data import (
    PersonalTrace,
    erasure_blockers,
    erasure_files,
    erasure_steps,
    register_personal_traces,
)
from halkhata.foundation.core.registry import SettingsPage, settings_pages
from halkhata.foundation.files.registry import file_guards
from halkhata.records.customers.registry import timeline_sentences
from halkhata.records.imports.policies import EXPORT, IMPORT, may_open_file
from halkhata.records.imports.registry import ExportTarget, ImportTarget, export_targets, import_targets
from halkhata.records.imports.targets.customers.columns import customer_columns
from halkhata.records.imports.targets.customers.exporting import customer_headings, customer_rows
from halkhata.records.imports.targets.customers.work import open_customers
from halkhata.records.imports.targets.sales.columns import sale_columns
from halkhata.records.imports.targets.sales.work import open_sales


def register_all() -> None:
    """Fill the registries: targets, pages, timeline, files, privacy."""
    import_targets.register(
        "customers",
        ImportTarget(
            label=_("Customers"),
            columns=customer_columns,
            open=open_customers,
            list_url_name="customers:list",
            notebook=("name", "phone", "line", "note"),
        ),
    )
    import_targets.register(
        "sales",
        ImportTarget(
            label=_("Sales with serial numbers"),
            columns=sale_columns,
            open=open_sales,
            list_url_name="catalog:sales",
            permission="sale.record",
        ),
    )
    export_targets.register(
        "customers", ExportTarget(label=_("Customers"), headings=customer_headings, rows=customer_rows)
    )
    settings_pages.register(
        "imports.list",
        SettingsPage(
            label=_("Import from Excel"),
            description=_("Bring customer lists in from Excel or CSV, look what came of them, undo them"),
            url_name="imports:list",
            icon="upload",
            permission=IMPORT,
            order=60,
        ),
    )
    settings_pages.register(
        "imports.exports",
        SettingsPage(
            label=_("Export to Excel"),
            description=_("Take customer lists out as Excel or CSV"),
            url_name="imports:exports",
            icon="download",
            permission=EXPORT,
            order=61,
        ),
    )
    timeline_sentences.register("customer.imported", _imported)
    timeline_sentences.register("customer.completed", _completed)
    file_guards.register("imports", may_open_file)
    _register_privacy()


def _imported(data: dict[str, Any]) -> Any:
    return format_lazy(_("Imported from {file}, row {row}"), file=data.get("file", ""), row=data.get("row", ""))


def _completed(data: dict[str, Any]) -> Any:
    return format_lazy(_("Completed from {file}, row {row}"), file=data.get("file", ""), row=data.get("row", ""))


def _register_privacy() -> None:
    from halkhata.records.imports.services.forgetting import files_with_people, forget_people, imports_under_way

    erasure_files.register("imports", files_with_people)
    erasure_steps.register("imports", forget_people)
    erasure_blockers.register("imports", imports_under_way)
    # Names of files, headings of a file that has none, what a list was narrowed to.
    register_personal_traces(
        PersonalTrace(model_label="imports.ImportRun", columns=("file_name", "layout", "failure_detail")),
        PersonalTrace(model_label="imports.SavedMapping", columns=("name", "columns")),
        PersonalTrace(model_label="imports.ExportRun", columns=("filters",)),
    )
