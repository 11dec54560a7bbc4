from django.apps import AppConfig


class GoodwillConfig(AppConfig):
    """Rules that are waived within a limit, with reason and cost."""

    name = "halkhata.engines.goodwill"
    label = "goodwill"

    def ready(self) -> None:
        from halkhata.engines.goodwill import personal, registrations

        registrations.register_all()
        personal.register()
