from django.urls import path

from halkhata.desks.tickets.views import (
    board,
    detail,
    opening,
    resolution,
    settings_categories,
    settings_rules,
    settings_words,
    states,
    work,
    writing,
)

app_name = "tickets"
urlpatterns = [
    path("", board.board, name="board"),
    path("new/", opening.new, name="new"),
    path("new/priority/", opening.preview, name="preview"),
    path("settings/categories/", settings_categories.categories, name="categories"),
    path("settings/categories/new/", settings_categories.category_new, name="category_new"),
    path("settings/categories/<int:pk>/", settings_categories.category_edit, name="category_edit"),
    path("settings/categories/<int:pk>/move/", settings_categories.category_move, name="category_move"),
    path("settings/words-of-danger/", settings_words.safety_words, name="safety_words"),
    path("settings/words-of-danger/<int:pk>/", settings_words.safety_word_switch, name="safety_word_switch"),
    path("settings/rules/", settings_rules.rules, name="rules"),
    path("<str:number>/", detail.detail, name="detail"),
    path("<str:number>/older/", detail.older, name="older"),
    path("<str:number>/print/", detail.printout, name="print"),
    path("<str:number>/reply/", writing.reply, name="reply"),
    path("<str:number>/note/", writing.note, name="note"),
    path("<str:number>/call/", writing.call, name="call"),
    path("<str:number>/state/", states.state, name="state"),
    path("<str:number>/close/", states.close, name="close"),
    path("<str:number>/reopen/", states.reopen, name="reopen"),
    path("<str:number>/resolution/", resolution.resolution, name="resolution"),
    path("<str:number>/told/", resolution.told, name="told"),
    path("<str:number>/assignment/", work.assignment, name="assignment"),
    path("<str:number>/priority/", work.priority, name="priority"),
    path("<str:number>/manager/", work.manager, name="manager"),
    path("<str:number>/checklist/<int:line>/", work.checklist_line, name="checklist"),
]
