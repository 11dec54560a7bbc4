from django.apps import AppConfig


class PrintingConfig(AppConfig):
    """Printed pages: PDF from typst templates, with Bengali shaped right."""

    name = "halkhata.foundation.printing"
    label = "printing"
