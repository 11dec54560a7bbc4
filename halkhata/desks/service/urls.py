"""Addresses of the service desk."""

from django.urls import path

from halkhata.desks.service.views import acts, board, bookings, detail, intake, settings

app_name = "service"
urlpatterns = [
    path("", board.board, name="board"),
    path("new/", intake.new, name="new"),
    path("turnaround/", board.turnaround, name="turnaround"),
    path("settings/rules/", settings.rules, name="rules"),
    path("bookings/", bookings.bookings, name="bookings"),
    path("bookings/rules/", bookings.rules, name="booking_rules"),
    path("bookings/<str:number>/confirm/", bookings.confirm, name="booking_confirm"),
    path("bookings/<str:number>/decline/", bookings.decline, name="booking_decline"),
    path("bookings/<str:number>/missed/", bookings.missed, name="booking_missed"),
    path("<str:number>/", detail.detail, name="detail"),
    path("<str:number>/card.pdf", detail.card, name="card_pdf"),
    path("<str:number>/gate-pass.pdf", detail.gate_pass, name="gate_pass_pdf"),
    path("<str:number>/estimate-<int:version>.pdf", detail.estimate, name="estimate_pdf"),
    path("<str:number>/step/", acts.step, name="step"),
    path("<str:number>/card/", acts.card, name="card"),
    path("<str:number>/lines/", acts.line_add, name="line_add"),
    path("<str:number>/lines/<int:pk>/remove/", acts.line_remove, name="line_remove"),
    path("<str:number>/estimate/", acts.estimate_send, name="estimate"),
    path("<str:number>/answer/", acts.answer, name="answer"),
    path("<str:number>/parts/", acts.part_ask, name="part_ask"),
    path("<str:number>/parts/<int:pk>/here/", acts.part_here, name="part_here"),
    path("<str:number>/parts/<int:pk>/day/", acts.part_eta, name="part_eta"),
    path("<str:number>/photos/", acts.photos, name="photos"),
    path("<str:number>/checklist/<int:line>/", acts.checklist, name="checklist"),
    path("<str:number>/promise/", acts.promise, name="promise"),
    path("<str:number>/cancel/", acts.cancel, name="cancel"),
    path("<str:number>/code/", acts.code, name="code"),
    path("<str:number>/handover/", acts.handover, name="handover"),
]
