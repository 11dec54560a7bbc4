"""By which ways a customer hears of their item: mail, SMS, or both (A52.16, US-08)."""

from dataclasses import dataclass

from halkhata.engines.messaging.models import Delivery, Template, TextingSettings, TextMessage
from halkhata.engines.messaging.news_choices import NewsBySms
from halkhata.engines.messaging.selectors.addresses import customer_address
from halkhata.engines.messaging.selectors.text_senders import last_message_channel, people_number
from halkhata.engines.messaging.services.automatic import send_automatic
from halkhata.engines.messaging.services.conversations import conversation_of
from halkhata.engines.messaging.services.news_texts import has_own_texts
from halkhata.engines.messaging.services.text_news import send_automatic_text
from halkhata.engines.work.choices import Channel
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import Team


@dataclass(frozen=True, kw_only=True)
class Ways:
    """Where news of one item go: to an address, to a number ("" for none), or nowhere."""

    mail: bool
    number: str

    def __bool__(self) -> bool:
        """There is any way."""
        return self.mail or bool(self.number)


def ways_to(item: WorkItem) -> Ways:
    """By SMS for whoever wrote by SMS last; else by mail, and by SMS as the shop has set it."""
    mail = bool(conversation_of(item).customer_address or customer_address(item.customer))
    number = people_number(item)
    if not number:
        return Ways(mail=mail, number="")
    if (last_message_channel(item) or item.channel) == Channel.SMS:
        return Ways(mail=False, number=number)
    news = TextingSettings.objects.filter(pk=1).values_list("news", flat=True).first() or NewsBySms.NO_MAIL
    by_sms = news == NewsBySms.ALSO or (news == NewsBySms.NO_MAIL and not mail)
    return Ways(mail=mail, number=number if by_sms else "")


def is_wanted(code: str, team: Team | None) -> bool:
    """Whether the department sends mail on this occasion (B.1).

    A department with a text of its own decides by that: all of its own switched off means no message, although the text
    for every department is on. Without one, or with its own set aside, it goes by the text for every department.
    """
    texts = Template.objects.filter(code=code, channel=Channel.EMAIL)
    own = (
        list(texts.filter(team=team, is_set_aside=False).values_list("is_active", flat=True))
        if team is not None
        else []
    )
    return any(own) if own else texts.filter(team__isnull=True, is_active=True).exists()


def is_wanted_by_text(code: str, team: Team | None) -> bool:
    """The same for SMS: by the shop's own texts for SMS, and while it has written none, as for mail."""
    own = has_own_texts(code, team)
    return is_wanted(code, team) if own is None else own


def tell_customer(
    *, item: WorkItem, code: str, cause: str, context: dict[str, str], language: str, ways: Ways | None = None
) -> tuple[Delivery | None, TextMessage | None]:
    """Send what is wanted on this occasion by each way there is, once per cause and way.

    Without any way the mail is written all the same: it stands in the thread as not sent, with the reason.
    """
    ways = ways or ways_to(item)
    mail = text = None
    if ways.number and is_wanted_by_text(code, item.team):
        text = send_automatic_text(
            item=item, code=code, number=ways.number, cause=f"{cause}:sms", context=context, language=language
        )
    if (ways.mail or not ways.number) and is_wanted(code, item.team):
        mail = send_automatic(item=item, code=code, cause=cause, context=context, language=language)
    return mail, text
