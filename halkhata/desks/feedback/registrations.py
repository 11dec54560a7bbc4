"""What the feedback desk tells the floors below about itself."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.desks.feedback.services.asking import csat_survey
from halkhata.engines.work.registry import ItemPart, item_parts, notification_sentences
from halkhata.foundation.core.formatting import format_ref, show_digits
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.registry import NavItem, SettingsPage, navigation, settings_pages, setup_steps
from halkhata.records.customers.registry import CustomerLink, customer_links, timeline_icons, timeline_sentences


def register_all() -> None:
    """Fill the registries. Demo invitations go with the items they hang on."""
    # Only now: it needs the models of other apps.
    from halkhata.desks.feedback.services.text_answers import take_digit
    from halkhata.engines.messaging.arriving_registry import TextTaker, text_takers

    navigation.register(
        "feedback",
        NavItem(
            label=_("Feedback"), url_name="feedback:answers", icon="message-star", section="insight", order=20,
            permission="feedback.view",
        ),
    )  # fmt: skip
    settings_pages.register(
        "feedback.survey",
        SettingsPage(
            label=_("Survey"),
            description=_("The question after a ticket is resolved: words, how often, what a bad answer is"),
            url_name="feedback:settings",
            icon="message-star",
            order=52,
        ),
    )
    text_takers.register("feedback.digit", TextTaker(order=10, take=take_digit))
    item_parts.register(
        "feedback.score",
        ItemPart(
            order=30, label=_("Write down what the customer says"), icon="message-star", url_name="feedback:score",
            permission="work.view", kinds=frozenset({"follow_up"}),
        ),
    )  # fmt: skip
    notification_sentences.register("survey.bad_answer", _bad_answer)
    setup_steps.register("feedback", lambda *_setup: csat_survey())
    customer_links.register(
        "feedback.invitation",
        CustomerLink(
            model_label="feedback.SurveyInvitation",
            field="customer",
            on_merge="move",
            personal_data="content",
            label=_("questions about how content they were"),
        ),
    )
    timeline_icons.register("survey", "message-star")
    timeline_sentences.register("survey.answered", _answered)


def _answered(data: dict[str, Any]) -> str:
    reader = current_reader()
    return _("Answered about %(number)s: %(score)s of 5") % {
        "number": format_ref(str(data.get("number", "")), language=reader.language, digits=reader.digits),
        "score": show_digits(str(data.get("score", "")), digits=reader.digits),
    }


def _bad_answer(data: dict[str, Any]) -> str:
    reader = current_reader()
    return _("A customer gave %(score)s of 5 for %(number)s: %(subject)s. It is to be made good.") % {
        "number": format_ref(str(data.get("number", "")), language=reader.language, digits=reader.digits),
        "score": show_digits(str(data.get("score", "")), digits=reader.digits),
        "subject": data.get("subject", ""),
    }
