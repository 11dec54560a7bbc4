from django.apps import AppConfig


class AutomationConfig(AppConfig):
    name = "halkhata.oversight.automation"
    label = "automation"
