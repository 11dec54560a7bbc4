from django.urls import path

from halkhata.doors.web.styleguide import styleguide
from halkhata.doors.web.views import audit, health, home, live, numbers, search, settings_index
from halkhata.engines.work.views.notifications import notifications

app_name = "web"
urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("numbers/satisfaction/", numbers.satisfaction_rows, name="satisfaction"),
    path("numbers/<slug:code>/", numbers.number, name="number"),
    path("first-steps/dismiss/", home.dismiss_steps, name="dismiss_steps"),
    path("demo/clear/", home.clear_demo, name="demo_clear"),
    path("settings/", settings_index.settings_index, name="settings"),
    path("settings/audit/", audit.audit, name="audit"),
    path("styleguide/", styleguide, name="styleguide"),
    path("notifications/", notifications, name="notifications"),
    path("live/", live.live, name="live"),
    path("health/", health.health, name="health"),
]
