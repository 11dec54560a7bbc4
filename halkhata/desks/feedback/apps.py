from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "halkhata.desks.feedback"
    label = "feedback"

    def ready(self) -> None:
        from halkhata.desks.feedback import registrations

        registrations.register_all()
