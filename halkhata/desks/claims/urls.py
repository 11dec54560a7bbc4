"""Addresses of this app."""

from django.urls import path

from halkhata.desks.claims.views import board, dispatch, losses, opening, page, papers, settings

app_name = "claims"
urlpatterns = [
    path("", board.board, name="board"),
    path("new/", opening.new, name="new"),
    path("free-services/", opening.coupons, name="coupons"),
    path("about/", board.about, name="about"),
    path("numbers/", board.numbers, name="numbers"),
    path("losses/", losses.months, name="losses"),
    path("losses/rows/", losses.rows, name="loss_rows"),
    path("losses/file/", losses.file, name="losses_file"),
    path("sheet/", board.sheet, name="sheet"),
    path("parts/", dispatch.parts, name="parts"),
    path("parts/<int:pk>/list.pdf", dispatch.dispatch_list, name="parts_list"),
    path("settings/", settings.companies, name="companies"),
    path("settings/<slug:code>/", settings.company, name="company"),
    path("<str:number>/", page.detail, name="detail"),
    path("<str:number>/form.pdf", papers.form, name="form"),
    path("<str:number>/tags.pdf", papers.tags, name="tags"),
    path("<str:number>/papers.zip", papers.pack, name="pack"),
    path("<str:number>/lines/<int:pk>/remove/", page.line_off, name="line_off"),
    path("<str:number>/photos/<int:pk>/remove/", page.photo_off, name="photo_off"),
    path("<str:number>/photos/<int:pk>/name/", page.photo_name, name="photo_name"),
    *(path(f"<str:number>/{name}/", page.step_view(name), name=name) for name in page.STEPS),
]
