"""The composition root: mounts each app by its dotted name, so that no app imports another's URLs."""

from django.urls import include, path

urlpatterns = [
    path("", include("halkhata.doors.web.urls")),
    path("language/", include("halkhata.doors.web.language_urls")),
    path("", include("halkhata.foundation.accounts.urls")),
    path("files/", include("halkhata.foundation.files.urls")),
    path("customers/", include("halkhata.records.customers.urls")),
    path("units/", include("halkhata.records.catalog.urls")),
    path("stock/", include("halkhata.records.stock.urls")),
    path("warranty/", include("halkhata.records.warranty.urls")),
    path("imports/", include("halkhata.records.imports.urls")),
    path("privacy/", include("halkhata.records.privacy.urls")),
    path("data-quality/", include("halkhata.records.data_quality.urls")),
    path("work/", include("halkhata.engines.work.urls")),
    path("messages/", include("halkhata.engines.messaging.urls")),
    path("tickets/", include("halkhata.desks.tickets.urls")),
    path("feedback/", include("halkhata.desks.feedback.urls")),
    path("goodwill/", include("halkhata.engines.goodwill.urls")),
    path("promised/", include("halkhata.engines.deliveries.urls")),
    path("sms/", include("halkhata.engines.sms.urls")),
    path("chat/", include("halkhata.engines.chat.urls")),
    path("jobs/", include("halkhata.desks.service.urls")),
    path("returns/", include("halkhata.desks.returns.urls")),
    path("claims/", include("halkhata.desks.claims.urls")),
    path("aftercare/", include("halkhata.desks.aftercare.urls")),
    path("disputes/", include("halkhata.desks.disputes.urls")),
    path("c/", include("halkhata.doors.portal.urls")),
    path("settings/fields/", include("halkhata.foundation.fields.urls")),
    path("segments/", include("halkhata.engines.segments.urls")),
    path("settings/backups/", include("halkhata.foundation.backups.urls")),
    path("", include("halkhata.oversight.operations.urls")),
    path("quality/", include("halkhata.oversight.quality.urls")),
    path("webhooks/", include("halkhata.oversight.webhooks.urls")),
    path("settings/standards/", include("halkhata.oversight.standards.urls")),
    path("reports/", include("halkhata.oversight.analytics.urls")),
    path("api/", include("halkhata.doors.api.urls")),
]
handler400 = "halkhata.doors.web.errors.bad_request"
handler403 = "halkhata.doors.web.errors.forbidden"
handler404 = "halkhata.doors.web.errors.not_found"
handler500 = "halkhata.doors.web.errors.server_error"
