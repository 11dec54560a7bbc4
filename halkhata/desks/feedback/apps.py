from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "halkhata.desks.feedback"
    label = "feedback"
