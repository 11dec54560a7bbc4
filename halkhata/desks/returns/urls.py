"""Addresses of this app."""

from django.urls import path

from halkhata.desks.returns.views import board, page, printing, requesting, settings

app_name = "returns"
urlpatterns = [
    path("", board.board, name="board"),
    path("new/", requesting.new, name="new"),
    path("numbers/", board.numbers, name="numbers"),
    path("numbers/file/", board.numbers_file, name="numbers_file"),
    path("quarantine/", board.quarantine, name="quarantine"),
    path("quarantine/<int:pk>/match/", board.parcel_match, name="parcel_match"),
    path("quarantine/<int:pk>/gone/", board.parcel_go, name="parcel_go"),
    path("settings/policy/", settings.policies, name="policies"),
    path("settings/policy/new/", settings.policy_new, name="policy_new"),
    path("settings/rules/", settings.rules, name="rules"),
    path("<str:number>/", page.detail, name="detail"),
    path("<str:number>/form.pdf", printing.form, name="form"),
    path("<str:number>/tag.pdf", printing.tag, name="tag"),
    path("<str:number>/credit/", page.spend, name="spend"),
    *(path(f"<str:number>/{name}/", page.step_view(name), name=name) for name in page.STEPS),
]
