from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "halkhata.records.imports"
    label = "imports"

    def ready(self) -> None:
        from halkhata.records.imports import registrations

        registrations.register_all()
