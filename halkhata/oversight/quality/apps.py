from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "halkhata.oversight.quality"
    label = "quality"

    def ready(self) -> None:
        from halkhata.oversight.quality import personal, registrations

        registrations.register_all()
        personal.register()
