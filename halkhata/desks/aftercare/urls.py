"""Addresses of the aftercare desk."""

from django.urls import path

from halkhata.desks.aftercare.views import recalls, reminders, settings

app_name = "aftercare"
urlpatterns = [
    path("", reminders.reminders, name="reminders"),
    path("call/<int:pk>/", reminders.call, name="call"),
    path("units/<str:number>/wish/", reminders.wish, name="wish"),
    path("nearest/", settings.nearest_centres, name="nearest"),
    path("recalls/", recalls.recalls, name="recalls"),
    path("recalls/new/", recalls.recall_new, name="recall_new"),
    path("recalls/<str:number>/", recalls.recall, name="recall"),
    path("recalls/<str:number>/close/", recalls.recall_close, name="recall_close"),
    path("recalls/<str:number>/units/<int:pk>/", recalls.recall_unit, name="recall_unit"),
    path("recalls/<str:number>/units/<int:pk>/done/", recalls.recall_done, name="recall_done"),
    path("settings/rules/", settings.rules, name="rules"),
    path("settings/rules/new/", settings.rule, name="rule_new"),
    path("settings/rules/<int:pk>/", settings.rule, name="rule"),
    path("settings/centres/", settings.centres, name="centres"),
    path("settings/centres/new/", settings.centre, name="centre_new"),
    path("settings/centres/<int:pk>/", settings.centre, name="centre"),
]
