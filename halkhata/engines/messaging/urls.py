from django.urls import URLPattern, URLResolver, path

from halkhata.engines.messaging.views import mailboxes, original, outbox, quarantine, suppressions, templates

app_name = "messaging"
urlpatterns: list[URLPattern | URLResolver] = [
    path("quarantine/", quarantine.listing, name="quarantine"),
    path("quarantine/<int:pk>/", quarantine.detail, name="quarantine_mail"),
    path("quarantine/<int:pk>/open/", quarantine.open_ticket, name="quarantine_open"),
    path("quarantine/<int:pk>/again/", quarantine.again, name="quarantine_again"),
    path("quarantine/<int:pk>/aside/", quarantine.aside, name="quarantine_aside"),
    path("quarantine/<int:pk>/mail.eml", quarantine.download, name="quarantine_raw"),
    path("outbox/", outbox.listing, name="outbox"),
    path("outbox/<int:pk>/again/", outbox.again, name="outbox_again"),
    path("outbox/<int:pk>/settle/", outbox.settle, name="outbox_settle"),
    path("undeliverable/", suppressions.listing, name="suppressions"),
    path("undeliverable/<int:pk>/", suppressions.lift, name="suppression"),
    path("settings/mailboxes/", mailboxes.listing, name="mailboxes"),
    path("settings/mailboxes/new/", mailboxes.new, name="mailbox_new"),
    path("settings/mailboxes/<int:pk>/", mailboxes.edit, name="mailbox"),
    path("settings/mailboxes/<int:pk>/test/", mailboxes.test, name="mailbox_test"),
    path("settings/templates/", templates.listing, name="templates"),
    path("settings/templates/new/", templates.new, name="template_new"),
    path("settings/templates/<int:pk>/", templates.edit, name="template"),
    path("<int:pk>/original/", original.original, name="original"),
]
