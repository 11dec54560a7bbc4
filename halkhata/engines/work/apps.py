from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "halkhata.engines.work"
    label = "work"
