from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "halkhata.oversight.analytics"
    label = "analytics"

    def ready(self) -> None:
        from halkhata.oversight.analytics.registrations import register_all

        register_all()
