"""Template tags of the design."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from halkhata.foundation.core.reader import Reader, reader_context
from halkhata.foundation.core.templatetags import ui
from halkhata.foundation.core.templatetags.ui import times
from halkhata.foundation.core.templatetags.ui.avatars import initials

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english_noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(times, "now", lambda: NOON)
    with translation.override("en"), reader_context(Reader()):
        yield


def render(source: str, **data: object) -> str:
    return Template("{% load ui %}" + source).render(Context(data))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Rahima Khatun", "RK"),
        ("rahima", "R"),
        ("Md. Abdul Karim", "MK"),
        ("রহিমা খাতুন", "রখা"),
        ("শ্রীকৃষ্ণ", "শ্রী"),
        ("শ্রীকৃষ্ণ ট্রেডার্স", "শ্রী"),
        ("01100000000", "?"),
        ("", "?"),
    ],
)
def test_initials_keep_bengali_clusters_whole(name: str, expected: str) -> None:
    assert initials(name) == expected


def test_an_avatar_keeps_its_colour() -> None:
    assert ui.avatar("Rahima Khatun") == ui.avatar("Rahima Khatun")


def test_an_icon_without_a_label_is_hidden_from_screen_readers() -> None:
    assert 'aria-hidden="true"' in ui.icon("phone")
    assert "icons.svg#phone" in ui.icon("phone")
    assert 'role="img" aria-label="Call"' in ui.icon("phone", "Call")


def test_a_state_is_shown_in_colour_and_word() -> None:
    html = ui.state_badge("late")
    assert "hk-badge-bad" in html
    assert ">Late</span>" in html


def test_a_state_takes_the_label_it_is_given() -> None:
    assert "Overdue" in ui.state_badge("late", "Overdue")


def test_an_unknown_state_is_neutral_with_its_own_code() -> None:
    assert ui.state_badge("odd") == '<span class="hk-badge hk-badge-neutral">odd</span>'


def test_a_badge_escapes_its_word() -> None:
    assert "&lt;b&gt;" in ui.badge("<b>")


def test_a_badge_of_unknown_tone_is_refused() -> None:
    with pytest.raises(ValueError, match="pink"):
        ui.badge("x", "pink")


@pytest.mark.parametrize(
    ("left", "state", "words"),
    [
        (timedelta(hours=2, minutes=5), "ontime", "2 h 5 min left"),
        (timedelta(minutes=30), "soon", "30 min left"),
        (timedelta(minutes=30, seconds=1), "ontime", "30 min left"),
        (timedelta(seconds=-1), "late", "Late by 1 s"),
        (timedelta(days=-2, hours=-3), "late", "Late by 2 d 3 h"),
    ],
)
def test_a_countdown_says_what_is_left(left: timedelta, state: str, words: str) -> None:
    html = render("{% countdown due %}", due=NOON + left)
    assert f'data-state="{state}"' in html
    assert words in html
    assert "data-countdown" in html


def test_a_paused_clock_does_not_count() -> None:
    html = render('{% countdown due "paused" %}', due=NOON - timedelta(hours=1))
    assert "Paused" in html
    assert "data-countdown" not in html


def test_a_finished_clock_says_whether_it_was_in_time() -> None:
    due = NOON - timedelta(hours=1)
    assert "In time" in render('{% countdown due "" None done %}', due=due, done=due)
    late = render('{% countdown due "" None done %}', due=due, done=due + timedelta(minutes=4))
    assert "Late by 4 min" in late
    assert "data-countdown" not in late


def test_a_work_item_without_a_clock_says_so() -> None:
    assert "No due time" in render("{% countdown due %}", due=None)


class Contact(forms.Form):
    phone = forms.CharField(help_text="Any spelling")
    channel = forms.ChoiceField(choices=[("sms", "SMS")], widget=forms.RadioSelect, required=False)
    urgent = forms.BooleanField(required=False)


def test_a_field_ties_help_and_error_to_its_control() -> None:
    html = render("{% field form.phone %}", form=Contact({}))
    assert 'aria-describedby="id_phone_helptext id_phone_error"' in html
    assert 'id="id_phone_helptext"' in html
    assert 'id="id_phone_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'class="form-control is-invalid"' in html


def test_a_field_without_fault_carries_no_error() -> None:
    html = render("{% field form.phone %}", form=Contact({"phone": "011"}))
    assert "aria-invalid" not in html
    assert "id_phone_error" not in html


def test_a_group_of_choices_has_a_legend() -> None:
    html = render("{% field form.channel %}", form=Contact())
    assert "<legend>Channel" in html
    assert "optional" in html


def test_what_cannot_be_left_empty_is_not_called_optional() -> None:
    class Full(forms.Form):
        pressed = forms.ChoiceField(choices=[("a", "A")], required=False, initial="a", widget=forms.RadioSelect)
        full = forms.ChoiceField(choices=[("a", "A")], required=False)
        empty = forms.ChoiceField(choices=[("", "None"), ("a", "A")], required=False)

    said = {name: "optional" in render(f"{{% field form.{name} %}}", form=Full()) for name in Full.base_fields}
    assert said == {"pressed": False, "full": False, "empty": True}


def test_one_box_stands_before_its_label() -> None:
    html = render("{% field form.urgent %}", form=Contact())
    assert html.index("<input") < html.index("<span>Urgent</span>")


def test_block_tags_keep_the_markup_inside_and_escape_the_title() -> None:
    html = render("{% card title=title %}<b>{{ x }}</b>{% endcard %}", title="<i>", x="<u>")
    assert "&lt;i&gt;" in html
    assert "<b>&lt;u&gt;</b>" in html


def test_menu_dialog_and_alert_show_what_they_are_given() -> None:
    assert "<summary" in render('{% menu label="More" text=True %}<a href="/x">x</a>{% endmenu %}')
    dialog = render('{% dialog id="ask" title="Sure?" %}<p>text</p>{% enddialog %}')
    assert 'aria-labelledby="ask-title"' in dialog
    assert "<p>text</p>" in dialog
    assert 'role="alert"' in render('{% alert tone="bad" %}broken{% endalert %}')


def composer(recipient: str) -> str:
    """The composer of one ticket."""
    return render(
        '{% include "components/composer.html" with reply_url="/reply" note_url="/note" keep="K-1" %}',
        recipient=recipient,
    )


def test_reply_and_note_are_two_forms_with_two_addresses() -> None:
    reply, note = composer("a@example.com").split("<form")[1:]
    for form, own, button, draft, other in (
        (reply, "/reply", "Send to the customer", "reply-K-1", "/note"),
        (note, "/note", "Save the note", "note-K-1", "/reply"),
    ):
        assert f'action="{own}"' in form
        assert button in form
        assert f'data-keep="{draft}"' in form
        assert other not in form


def test_without_a_recipient_only_a_note_can_be_written() -> None:
    html = composer("")
    assert "/reply" not in html
    assert 'value="note" checked' in html


def entry(label: str, **other: object) -> dict[str, object]:
    return {"label": label, "url": f"/{label}/", "icon": "home", "active": False, "count": None, **other}


def test_the_phone_bar_takes_the_first_items_of_all_sections() -> None:
    sections = [{"items": [entry("a"), entry("b")]}, {"items": [entry("c", active=True)]}]
    assert ui.phone_bar(sections, 2).count("<a ") == 2
    whole = ui.phone_bar(sections)
    assert [whole.index(f"<span>{label}</span>") for label in "abc"] == sorted(
        whole.index(f"<span>{label}</span>") for label in "abc"
    )
    assert whole.count('aria-current="page"') == 1
    assert 'href="/c/" aria-current="page"' in whole


def test_the_side_menu_names_its_sections_and_escapes_what_it_shows() -> None:
    html = ui.side_menu(
        [
            {"key": "work", "items": [entry("<b>"), entry("Today", count=1234, active=True)]},
            {"key": "records", "items": [entry("People", url="/?a=1&b=2")]},
        ]
    )
    assert "Work" not in html  # the first section needs no heading
    assert '<h2 class="hk-side-title">Customers</h2>' in html
    assert "&lt;b&gt;" in html
    assert '<span class="hk-side-count">1,234</span>' in html
    assert 'href="/?a=1&amp;b=2"' in html


def test_what_is_written_once_a_language_is_written_in_each() -> None:
    page = Template('{% load ui i18n %}{% per_language %}{% translate "Paused" %}{{ secret }}{% endper_language %}')
    assert page.render(Context({"secret": "x"})) == "Paused"
    with translation.override("bn"):
        bengali = page.render(Context())
    assert bengali not in {"Paused", ""}
    assert page.render(Context()) == "Paused"


def test_nothing_of_the_page_gets_into_what_is_written_once_a_language() -> None:
    page = Template("{% load ui %}{% per_language %}[{{ name }}]{% endper_language %}{{ name }}")
    assert page.render(Context({"name": "Rahima"})) == "[]Rahima"
    assert page.render(Context({"name": "Karim"})) == "[]Karim"


def test_a_card_has_its_link_level_and_place() -> None:
    html = render(
        '{% card title="A" more_url=url more_label=label id="here" level=3 flush=True %}x{% endcard %}',
        url="/?a=1&b=2",
        label="<more>",
    )
    assert '<section class="card" id="here">' in html
    assert '<h3 class="card-title">A</h3>' in html
    assert 'href="/?a=1&amp;b=2">&lt;more&gt;</a>' in html
    assert "card-body" not in html
    assert "card-header" not in render("{% card %}x{% endcard %}")


def test_a_countdown_escapes_a_state_it_is_given() -> None:
    assert "&lt;b&gt;" in render("{% countdown due state %}", due=NOON, state="<b>")


def test_the_label_and_help_of_a_field_may_be_replaced_and_are_escaped() -> None:
    html = render("{% field form.phone label=word help_text=word optional=False %}", form=Contact(), word="<i>")
    assert html.count("&lt;i&gt;") == 2
    assert "Any spelling" not in html


def test_an_error_is_escaped() -> None:
    form = Contact({"phone": "x"})
    form.add_error("phone", "<b>")
    assert "<span>&lt;b&gt;</span>" in render("{% field form.phone %}", form=form)


def test_a_hidden_field_stands_alone() -> None:
    class Hidden(forms.Form):
        seen = forms.CharField(widget=forms.HiddenInput, initial="<7>")

    assert render("{% field form.seen %}", form=Hidden()) == (
        '<input type="hidden" name="seen" value="&lt;7&gt;" id="id_seen">'
    )
