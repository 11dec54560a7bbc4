from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "halkhata.engines.work"
    label = "work"

    def ready(self) -> None:
        from halkhata.engines.work import registrations

        registrations.register_all()
