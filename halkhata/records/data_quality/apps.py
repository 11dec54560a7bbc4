from django.apps import AppConfig


class DataQualityConfig(AppConfig):
    name = "halkhata.records.data_quality"
    label = "data_quality"

    def ready(self) -> None:
        from halkhata.records.data_quality import registrations

        registrations.register_all()
