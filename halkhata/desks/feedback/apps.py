from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "halkhata.desks.feedback"
    label = "feedback"

    def ready(self) -> None:
        from halkhata.desks.feedback import personal, registrations

        registrations.register_all()
        personal.register()
