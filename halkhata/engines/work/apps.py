from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "halkhata.engines.work"
    label = "work"

    def ready(self) -> None:
        from halkhata.engines.work import personal, registrations

        registrations.register_all()
        personal.register()
