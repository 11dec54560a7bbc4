from django.urls import URLPattern, path

from halkhata.records.privacy.views import customers, hours, requests, settings

app_name = "privacy"
urlpatterns: list[URLPattern] = [
    path("", requests.listing, name="requests"),
    path("requests/new/", requests.new, name="request_new"),
    path("requests/<str:number>/", requests.detail, name="request"),
    path("requests/<str:number>/extend/", requests.extend, name="request_extend"),
    path("requests/<str:number>/end/", requests.end, name="request_end"),
    path("customers/<int:pk>/", customers.consents, name="consents"),
    path("customers/<int:pk>/hours/", hours.hours, name="hours"),
    path("customers/<int:pk>/export/", customers.export, name="export"),
    path("customers/<int:pk>/erase/", customers.erase, name="erase"),
    path("customers/<int:pk>/hold/", customers.hold_new, name="hold_new"),
    path("holds/<int:pk>/end/", customers.hold_end, name="hold_end"),
    path("consent/", settings.wordings, name="wordings"),
    path("consent/<slug:purpose>/", settings.wording, name="wording"),
    path("stops/", settings.stops, name="stops"),
    path("stops/lift/", settings.stop_lift, name="stop_lift"),
    path("retention/", settings.retention, name="retention"),
    path("breaches/", settings.breaches, name="breaches"),
    path("breaches/new/", settings.breach_new, name="breach_new"),
    path("breaches/<str:number>/", settings.breach, name="breach"),
    path("activities/", settings.activities, name="activities"),
    path("activities/new/", settings.activity_new, name="activity_new"),
    path("activities/<int:pk>/", settings.activity, name="activity"),
    path("access/", settings.access_log, name="access_log"),
]
