from django.urls import URLPattern, path

from halkhata.oversight.analytics.views import index, promises, repeats, solved

app_name = "analytics"
urlpatterns: list[URLPattern] = [
    path("", index.index, name="index"),
    path("promises/", promises.promises, name="promises"),
    path("promises/rows/", promises.promises_rows, name="promises_rows"),
    path("promises/file/", promises.promises_csv, name="promises_csv"),
    path("stages/", solved.stages, name="stages"),
    path("stages/file/", solved.stages_csv, name="stages_csv"),
    path("causes/", solved.causes, name="causes"),
    path("causes/file/", solved.causes_csv, name="causes_csv"),
    path("repeats/", repeats.repeats, name="repeats"),
    path("repeats/file/", repeats.repeats_csv, name="repeats_csv"),
    path("repeats/rows/", repeats.repeats_rows, name="repeats_rows"),
    path("solved/", solved.solved_rows, name="solved_rows"),
]
