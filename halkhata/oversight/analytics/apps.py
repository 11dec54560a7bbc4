from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "halkhata.oversight.analytics"
    label = "analytics"
