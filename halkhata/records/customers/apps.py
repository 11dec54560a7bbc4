from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "halkhata.records.customers"
    label = "customers"

    def ready(self) -> None:
        from halkhata.records.customers import registrations

        registrations.register_all()
