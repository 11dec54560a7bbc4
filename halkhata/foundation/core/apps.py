from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "halkhata.foundation.core"
    label = "core"
