from django.urls import URLPattern, URLResolver, path

from halkhata.records.imports.views import exports, files, notebook, runs, steps

app_name = "imports"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", runs.import_list, name="list"),
    path("new/", runs.import_new, name="new"),
    path("sample.csv", files.sample, name="sample"),
    path("notebook/", notebook.notebook, name="notebook"),
    path("exports/", exports.export_list, name="exports"),
    path("<int:pk>/", runs.import_detail, name="detail"),
    path("<int:pk>/progress/", runs.import_progress, name="progress"),
    path("<int:pk>/columns/", steps.mapping, name="mapping"),
    path("<int:pk>/sheet/", steps.sheet, name="sheet"),
    path("<int:pk>/check/", steps.check, name="check"),
    path("<int:pk>/start/", steps.start, name="start"),
    path("<int:pk>/stop/", steps.stop, name="stop"),
    path("<int:pk>/undo/", steps.undo, name="undo"),
    path("<int:pk>/problems.csv", files.problems, name="problems"),
]
