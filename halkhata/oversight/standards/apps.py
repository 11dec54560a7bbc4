from django.apps import AppConfig


class StandardsConfig(AppConfig):
    name = "halkhata.oversight.standards"
    label = "standards"

    def ready(self) -> None:
        from halkhata.oversight.standards import registrations

        registrations.register_all()
