from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig


class AutomationConfig(AppConfig):
    name = "halkhata.oversight.automation"
    label = "automation"

    def ready(self) -> None:
        # One file, one reaction: all of them register their handlers on import.
        from halkhata.oversight.automation import reactions

        for module in iter_modules(reactions.__path__):
            import_module(f"{reactions.__name__}.{module.name}")
