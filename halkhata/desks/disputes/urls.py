"""Addresses of this app."""

from django.urls import URLPattern, path

from halkhata.desks.disputes.views import boards, opening, page, panel, papers
from halkhata.desks.disputes.views.steps import STEPS, step

app_name = "disputes"
urlpatterns: list[URLPattern] = [
    path("", boards.board, name="board"),
    path("new/", opening.new, name="new"),
    path("register/", boards.register, name="register"),
    path("consistency/", boards.consistency_report, name="consistency"),
    path("actions/", boards.actions, name="actions"),
    path("cases/", boards.cases, name="cases"),
    path("settings/", boards.law, name="settings"),
    path("<str:number>/", page.detail, name="detail"),
    path("<str:number>/file/", page.file, name="file"),
    path("<str:number>/panel/", panel.panel, name="panel"),
    path("<str:number>/decision/", panel.decision, name="decision"),
    path("<str:number>/vote/", panel.vote, name="vote"),
    path("<str:number>/sign/", panel.sign, name="sign"),
    path("<str:number>/letter/bn.pdf", papers.letter, {"language": "bn"}, name="letter_bn"),
    path("<str:number>/letter/en.pdf", papers.letter, {"language": "en"}, name="letter_en"),
    path("<str:number>/papers.pdf", papers.papers, name="papers"),
    path("<str:number>/papers.zip", papers.pack, name="pack"),
    *(
        path(f"<str:number>/{code.replace('_', '-')}/" + ("<int:pk>/" if known.row else ""), step, {"code": code}, code)
        for code, known in STEPS.items()
    ),
]
