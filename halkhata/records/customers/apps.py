from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "halkhata.records.customers"
    label = "customers"

    def ready(self) -> None:
        from halkhata.records.customers import own_fields, personal, registrations
        from halkhata.records.customers.merging.registering import register_merging

        registrations.register_all()
        register_merging()
        personal.register()
        own_fields.register()
