"""What the fields give to the house's registries. Called once, from AppConfig.ready()."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.registry import DemoClearer, SettingsPage, demo_clearers, settings_pages
from halkhata.foundation.fields.models import FieldDefinition, LayoutPlace, SchemaStamp, Tag, ValidationRule


def register_all() -> None:
    """One entry of the settings, and what goes with the demo; the targets register themselves."""
    demo_clearers.register("fields", DemoClearer(order=900, clear=clear_demo))
    settings_pages.register(
        "fields",
        SettingsPage(
            label=_("Fields, rules and tags"),
            description=_("Your own fields on customers and tickets, what each role sees, what must be filled in"),
            icon="adjustments-horizontal",
            url_name="fields:start",
            order=45,
        ),
    )


def clear_demo() -> int:
    """What was set up while trying the demo out, when nobody real works here; the records have gone before."""
    if User.objects.filter(is_demo=False).exists():
        return 0
    count = 0
    for model in (ValidationRule, LayoutPlace, Tag, FieldDefinition, SchemaStamp):
        count += model._default_manager.all().delete()[0]
    return count
