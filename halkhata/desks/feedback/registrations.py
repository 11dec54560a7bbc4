"""What the feedback desk tells the floors below about itself."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.desks.feedback.services.asking import csat_survey
from halkhata.foundation.core.formatting import format_ref, show_digits
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.registry import NavItem, navigation, setup_steps
from halkhata.records.customers.registry import CustomerLink, customer_links, timeline_icons, timeline_sentences


def register_all() -> None:
    """Fill the registries. Demo invitations go with the items they hang on."""
    navigation.register(
        "feedback",
        NavItem(
            label=_("Feedback"), url_name="feedback:answers", icon="message-star", section="insight", order=20,
            permission="feedback.view",
        ),
    )  # fmt: skip
    setup_steps.register("feedback", lambda *_setup: csat_survey())
    customer_links.register(
        "feedback.invitation",
        CustomerLink(
            model_label="feedback.SurveyInvitation", field="customer", on_merge="move", personal_data="content"
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
