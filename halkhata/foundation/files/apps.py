from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "halkhata.foundation.files"
    label = "files"
