from django.urls import URLPattern, path

from halkhata.oversight.operations.views import board, health

app_name = "operations"
urlpatterns: list[URLPattern] = [
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
    path("settings/operations/", board.show, name="board"),
    path("settings/operations/jobs/<slug:pk>/retry/", board.job_retry, name="job_retry"),
    path("settings/operations/jobs/<slug:pk>/remove/", board.job_remove, name="job_remove"),
    path("settings/operations/deliveries/<int:pk>/replay/", board.delivery_replay, name="delivery_replay"),
    path("settings/operations/release/", board.release, name="release"),
]
