from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "halkhata.doors.api"
    label = "api"

    def ready(self) -> None:
        from halkhata.doors.api import personal
        from halkhata.doors.api.uploads import may_open_upload
        from halkhata.foundation.files.registry import file_guards

        file_guards.register("api.upload", may_open_upload)
        personal.register()
