"""Addresses of SMS gateways."""

from django.urls import path

from halkhata.engines.sms.views import gateways, hooks, printing

app_name = "sms"
urlpatterns = [
    path("", gateways.listing, name="gateways"),
    path("new/", gateways.choose, name="choose"),
    path("new/<slug:kind>/", gateways.new, name="new"),
    path("reports/", gateways.reports, name="reports"),
    path("waiting/print/", printing.waiting, name="print"),
    path("<int:pk>/", gateways.edit, name="gateway"),
    path("<int:pk>/secret/", gateways.secret, name="secret"),
    path("<int:pk>/try/", gateways.trial, name="try"),
    path("<int:pk>/balance/", gateways.balance, name="balance"),
    path("hooks/<slug:secret>/report/", hooks.report, name="hook_report"),
    path("hooks/<slug:secret>/message/", hooks.message, name="hook_message"),
]
