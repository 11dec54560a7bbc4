"""The shop that is walked: one person of each ready role, and of each kind of record one's own and a foreign one.

"Own" lies in the branch and team of everybody who walks; "foreign" belongs to a sister branch and its people.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from halkhata.desks.feedback.models import Survey
from halkhata.desks.feedback.services.asking import invite_customer
from halkhata.desks.tickets.call_models import Disposition, PhoneSystem
from halkhata.desks.tickets.cause_models import RootCauseEntry
from halkhata.desks.tickets.desk_models import CannedReply
from halkhata.desks.tickets.models import Category, SafetyWord
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.doors.portal.tokens import thanks_token
from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.models import (
    BlockedSender,
    Delivery,
    InboundRaw,
    InboundText,
    Mailbox,
    Message,
    MessageAttachment,
    Participant,
    ShortText,
    Suppression,
    Template,
    TemplateProposal,
)
from halkhata.engines.messaging.models.texts import TextMessage
from halkhata.engines.messaging.services.conversations import add_customer_message, conversation_of
from halkhata.engines.messaging.services.template_versions import Hand, keep_version
from halkhata.engines.segments.models import Segment
from halkhata.engines.work.models import (
    Absence,
    BusinessCalendar,
    CalendarDay,
    ChecklistItem,
    ChecklistTemplate,
    EscalationRule,
    Notification,
    SavedView,
    SlaPolicy,
)
from halkhata.engines.work.models.delays import DelayReason
from halkhata.engines.work.models.people import Skill
from halkhata.engines.work.models.training import Course
from halkhata.engines.work.services.minutes import write_minutes
from halkhata.engines.work.services.tasks import plan_task
from halkhata.foundation.accounts.models import Branch, Handover, Identity, Role, Team, User
from halkhata.foundation.accounts.services.branches import create_branch
from halkhata.foundation.accounts.services.links import make_link
from halkhata.foundation.accounts.services.roles import READY_ROLES, create_ready_roles
from halkhata.foundation.accounts.services.tokens import create_token
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.models import Job
from halkhata.foundation.core.models.outbox import EventDelivery, OutboxEvent
from halkhata.foundation.fields.models import FieldDefinition, Tag, ValidationRule
from halkhata.foundation.files.services.storing import store_file
from halkhata.foundation.files.services.thumbnails import make_thumbnail_of
from halkhata.oversight.quality.models import Sample
from halkhata.oversight.quality.services.guide import current_rubric
from halkhata.oversight.standards.models import StandardsVersion
from halkhata.oversight.webhooks.models import WebhookDelivery, WebhookEndpoint
from halkhata.records.customers.models import ExternalId, Organization
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.customers.services.households import join_household
from halkhata.records.data_quality.models import AuditPick, Proposal, QualityRule
from halkhata.records.imports.models import ExportRun, ImportRun
from halkhata.records.privacy.models import Breach, DataRequest, LegalHold, ProcessingActivity
from halkhata.records.privacy.services.links import confirm_token, preference_token, unsubscribe_token
from tests.permissions.records_aftercare import make_aftercare_kinds
from tests.permissions.records_catalog import make_catalog_kinds
from tests.permissions.records_chat import make_chat_kinds
from tests.permissions.records_claims import make_claims_kinds
from tests.permissions.records_disputes import make_dispute_kinds
from tests.permissions.records_portal import make_portal_kinds
from tests.permissions.records_returns import make_returns_kinds
from tests.permissions.records_service import make_service_kinds
from tests.permissions.records_sms import make_sms_kinds
from tests.permissions.records_warranty import make_warranty_kinds
from tests.support.fixtures_shop import make_shop

ABSENT = 999_999
Args = tuple[Any, ...]


@dataclass
class Kind:
    """How one kind of record is named in addresses."""

    own: Args | Callable[[User], Args]
    foreign: Args | None = None
    absent: Args = (ABSENT,)
    # Belongs to one person: even who sees all records does not see another's.
    personal: bool = False

    def own_of(self, user: User | None) -> Args:
        """One's own."""
        return self.own if isinstance(self.own, tuple) else self.own(user)


@dataclass
class Walked:
    """Everything that the walk stands on."""

    people: dict[str, User]
    keys: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    own: dict[str, Any] = field(default_factory=dict)
    foreign: dict[str, Any] = field(default_factory=dict)
    database: Any = None


def build() -> Walked:
    """Write the rows. Call inside a transaction that is rolled back."""
    make_shop()
    head = create_branch(actor=None, name_en="Head")
    here, there = (create_branch(actor=None, name_en=name, parent=head) for name in ("Here", "There"))
    roles = create_ready_roles()
    current_rubric()  # the starting one is written at the first look
    shop = Walked(people={})
    own, foreign = (_side(branch, roles, f"{name}") for branch, name in ((here, "here"), (there, "there")))
    shop.own, shop.foreign = own, foreign
    ready = {code: role for code, role in roles.items() if code in READY_ROLES}
    shop.people = {code: _person(f"walk-{code}", role, here, own["team"]) for code, role in ready.items()}
    for code, user in shop.people.items():
        shop.keys[code] = create_token(actor=user, name="walk", scopes=list(user.role.permissions))[1]
    _fill(shop)
    return shop


def _person(name: str, role: Role, branch: Branch, team: Team) -> User:
    user = User.objects.create_user(
        name, "nine plain words", role=role, branch=branch, name_en=name.title(), language="en",
        email=f"{name}@example.com",
    )  # fmt: skip
    user.teams.add(team)
    return user


def _side(branch: Branch, roles: dict[str, Role], name: str) -> dict[str, Any]:
    """The records of one branch."""
    at = now()
    team = Team.objects.create(code=name, name_en=name.title(), branch=branch)
    clerk = _person(f"clerk-{name}", roles["complaint_officer"], branch, team)
    phone = {"here": "01100111111", "there": "01100222222"}[name]
    customer = create_customer(
        actor=clerk, name_en=f"Customer {name}", phones=[phone], emails=[f"{name}@example.com"], branch=branch
    )
    relative = create_customer(actor=clerk, name_en=f"Relative {name}", branch=branch)
    join_household(actor=clerk, customer=customer, relative=relative)
    ticket = open_ticket(
        actor=clerk, subject=f"Ticket {name}", customer=customer, channel="email", branch=branch, team=team,
        owner=clerk, acknowledge=False,
    )  # fmt: skip
    other = open_ticket(
        actor=clerk, subject=f"Second {name}", customer=customer, channel="email", branch=branch, team=team,
        owner=clerk, acknowledge=False,
    )  # fmt: skip
    task = plan_task(
        actor=clerk, kind="follow_up", subject=f"Call {name}", customer=customer, parent=ticket, branch=branch,
        team=team, owner=clerk, planned_at=at, cause=f"walk:{name}",
    )  # fmt: skip
    text = add_customer_message(
        actor=None, item=ticket, channel="email", text="words", from_address=f"{name}@example.com", customer=customer
    )
    Message.objects.filter(pk=text.pk).update(raw_html="<p>words</p>")
    mailbox = Mailbox.objects.create(name=name, address=f"box-{name}@example.com", branch=branch, team=team)
    raw = InboundRaw.objects.create(
        mailbox=mailbox, provider_id="1", sha256=name.ljust(64, "0"), size=5, body=b"From: a@example.com\r\n\r\nhi",
        received_at=at, state="quarantined", outcome="quarantined",
    )  # fmt: skip
    answer = Message.objects.create(
        conversation=conversation_of(ticket), direction=Direction.OUTBOUND, channel="email", at=at, text="answer"
    )
    delivery = Delivery.objects.create(
        message=answer, mailbox=mailbox, to_address=f"{name}@example.com", cause=f"walk:{name}", state="in_doubt",
        next_try_at=at, queued_at=at, sent_at=None,
    )  # fmt: skip
    picture = BytesIO()
    Image.new("RGB", (40, 40), "red" if name == "here" else "blue").save(picture, "PNG")
    file = store_file(name=f"{name}.png", data=picture.getvalue())
    make_thumbnail_of.func(file.pk)
    MessageAttachment.objects.create(message=text, file=file)
    endpoint = WebhookEndpoint.objects.create(owner=clerk, url="https://hook.example.com/", secret="x", events=[])
    call = WebhookDelivery.objects.create(
        endpoint=endpoint, webhook_id=f"walk-{name}", event_id=1, event="ticket.opened", body="{}", occurred_at=at,
        state="dead", finished_at=at,
    )  # fmt: skip
    return {
        "branch": branch, "team": team, "clerk": clerk, "customer": customer, "relative": relative, "ticket": ticket,
        "other ticket": other, "task": task,
        "message": text, "mailbox": mailbox, "raw": raw, "delivery": delivery, "file": file, "endpoint": endpoint,
        "call": call,
        "participant": Participant.objects.create(
            conversation=conversation_of(ticket), address=f"copy-{name}@example.com", how="agent", added_at=at
        ),
        "short text": TextMessage.objects.create(
            item=ticket, channel="sms", purpose="notice", to_address=f"+88{phone}", text="words",
            language="en", encoding="gsm7", segments=1, cause=f"walk:{name}", prepared_at=at,
        ),
        "sample": Sample.objects.create(
            month=at.date().replace(day=1), user=clerk, conversation=conversation_of(ticket), position=1, seed="x",
            drawn_from=1, drawn_at=at,
        ),
        "organization": Organization.objects.create(name_en=f"Firm {name}", branch=branch),
        "suppression": Suppression.objects.create(address=f"{name}@example.com", since=at),
        "handover": Handover.objects.create(leaver=clerk, by_label="x", at=at),
        "ticket line": ChecklistItem.objects.create(item=ticket, position=1, name_en="Look"),
        "task line": ChecklistItem.objects.create(item=task, position=1, name_en="Look"),
        "canned": CannedReply.objects.create(owner=clerk, title_en="Mine", text_en="words"),
        "view": SavedView.objects.create(owner=clerk, name="Mine", query=""),
        "notice": Notification.objects.create(user=clerk, at=at, verb="assigned", item=ticket, cause="walk"),
        "identity": Identity.objects.create(user=clerk, issuer="https://id.example.com", subject=name, linked_at=at),
        "key": create_token(actor=clerk, name="other", scopes=["ticket.view"])[0],
    }  # fmt: skip


def _import_of(user: User) -> ImportRun:
    text = b"name,phone\nWalk,01100333333\n"
    return ImportRun.objects.create(
        target="customers", source=store_file(name="walk.csv", data=text), file_name="walk.csv", kind="csv",
        layout={"encoding": "utf-8", "delimiter": ",", "header_row": 1, "headers": ["name", "phone"], "bijoy": []},
        mapping={"0": "name", "1": "phone"}, options={"known": "fill", "shared": "list"}, branch=user.branch,
        created_by=user,
    )  # fmt: skip


def _export_of(user: User) -> ExportRun:
    file = store_file(name="walk.csv", data=f"\ufeffName\r\nWalk {user.pk}\r\n".encode())
    return ExportRun.objects.create(
        target="customers", format="csv", state="done", file=file, created_by=user, ended_at=now(), shows_private=False
    )  # fmt: skip


def _fill(shop: Walked) -> None:
    own, foreign = shop.own, shop.foreign
    owner = shop.people["owner"]

    def pair(name: str, attribute: str = "pk") -> Kind:
        absent = "K-999999" if attribute == "number" else ABSENT
        return Kind((getattr(own[name], attribute),), (getattr(foreign[name], attribute),), (absent,))

    def nested(outer: str, inner: str, attribute: str = "pk") -> Kind:
        first = pair(outer, attribute)
        return Kind(
            (*first.own, own[inner].pk), (*(first.foreign or ()), foreign[inner].pk), (*first.absent, ABSENT)
        )  # fmt: skip

    def personal(make: Callable[[User], Any], other: Any) -> Kind:
        mine = {user.pk: make(user).pk for user in shop.people.values()}
        return Kind(lambda user: (mine[user.pk] if user else other.pk,), (other.pk,), personal=True)

    def house(record: Any) -> Kind:
        return Kind((record.pk,))

    at = now()
    points = {side["customer"].pk: side["customer"].contact_points.first().pk for side in (own, foreign)}
    telephone = PhoneSystem.objects.create(name="Walk", key="walk", secret="x", branch=own["branch"], created_at=at)
    calendar = BusinessCalendar.objects.create(code="walk", name_en="Hours")
    event = OutboxEvent.objects.create(name="walk", payload={}, occurred_at=at)
    lines = {
        user.pk if user else 0: write_minutes(actor=user, item=own["ticket"], minutes=5, what="Walk").pk
        for user in (None, *shop.people.values())
    }
    text = Template.objects.first() or Template.objects.create(code="received", language="en", subject="x", body="x")
    if text.current_id is None:
        keep_version(text, Hand())
    walked_segment = Segment.objects.create(
        name_en="Walk", conditions={"all": [{"field": "language", "op": "is", "value": "bn"}]}
    )
    other_hook, own_hook = foreign["endpoint"], own["endpoint"]
    WebhookEndpoint.objects.filter(pk=own_hook.pk).update(owner=owner)
    shop.kinds = {
        "customer": pair("customer"), "organization": pair("organization"), "ticket": pair("ticket", "number"),
        "task": pair("task", "number"), "message": pair("message"), "mail": pair("raw"),
        "delivery": pair("delivery"), "mailbox": pair("mailbox"), "suppression": pair("suppression"),
        "person": pair("clerk"), "branch": pair("branch"), "team": pair("team"), "webhook": pair("endpoint"),
        "file id": pair("file"), "image": pair("file"),
        "file": Kind((own["file"].pk, "a.png"), (foreign["file"].pk, "a.png"), (ABSENT, "a.png")),
        "webhook call": nested("endpoint", "call"), "handover": nested("clerk", "handover"),
        "task line": nested("task", "task line", "number"),
        "ticket line": nested("ticket", "ticket line", "number"),
        "ticket minutes": Kind(
            lambda user: (own["ticket"].number, lines[user.pk if user else 0]),
            # No foreign one: whoever sees all may see another person's line, and not take it back.
            absent=("K-999999", ABSENT),
        ),
        "ticket message": nested("ticket", "message", "number"),
        "contact point": Kind(
            (own["customer"].pk, points[own["customer"].pk]), (foreign["customer"].pk, points[foreign["customer"].pk]),
            (ABSENT, ABSENT),
        ),
        "external id": Kind(
            *(
                (holder.pk, ExternalId.objects.create(customer=holder, system="walk", value=name, key=name).pk)
                for name, holder in (("own", own["customer"]), ("foreign", foreign["customer"]))
            ),
            (ABSENT, ABSENT),
        ),
        "export": personal(lambda user: _export_of(user), _export_of(foreign["clerk"])),
        "import": personal(lambda user: _import_of(user), _import_of(foreign["clerk"])),
        "saved view": personal(lambda user: SavedView.objects.create(owner=user, name="W", query=""), foreign["view"]),
        "notice": personal(
            lambda user: Notification.objects.create(user=user, at=at, verb="assigned", cause="w"), foreign["notice"]
        ),
        "identity": personal(
            lambda user: Identity.objects.create(
                user=user, issuer="https://id.example.com", subject=f"u{user.pk}", linked_at=at
            ),
            foreign["identity"],
        ),
        "key": personal(lambda user: create_token(actor=user, name="k", scopes=["ticket.view"])[0], foreign["key"]),
        "participant": pair("participant"), "short text": pair("short text"), "sample": pair("sample"),
        "followed ticket": pair("ticket", "number"),
        "followed file": Kind(
            (own["ticket"].number, own["file"].pk), (foreign["ticket"].number, foreign["file"].pk),
            ("K-999999", own["file"].pk),
        ),
        "text that came in": house(
            InboundText.objects.create(
                source="sms:1", provider_id="walk", digest="0" * 64, from_typed="SHOP", text="Hi", body=b"",
                state="quarantined", outcome="quarantined", received_at=at,
            )
        ),  # fmt: skip
        "blocked sender": house(BlockedSender.objects.create(address="spam@example.com", reason="x", since=at)),
        "skill": house(Skill.objects.create(code="walk", name_en="Walk")),
        "course": house(Course.objects.create(code="walk", name_en="Walk")),
        "delay reason": Kind(
            (DelayReason.objects.create(code="walk", name_en="Walk").code,), absent=("none-such",)
        ),
        "root cause": Kind((RootCauseEntry.objects.create(code="walk", name_en="Walk").code,), absent=("none-such",)),
        "field target": Kind(("customer",), absent=("none-such",)),
        "field rule": Kind(("customer", ValidationRule.objects.create(
            target="customer", name_en="Walk", conditions={"all": [{"field": "=note", "op": "empty"}]}).pk,),
            absent=("customer", ABSENT)),
        "field tag": Kind(
            ("customer", Tag.objects.create(target="customer", name="walk", key="walk").pk), absent=("customer", ABSENT)
        ),
        "own field": Kind(
            ("customer", FieldDefinition.objects.create(target="customer", code="walk", kind="text", name_en="W").code),
            absent=("customer", "none-such"),
        ),
        "segment": house(walked_segment),
        "segment member": Kind(
            *((walked_segment.pk, pk) for pk in (own["customer"].pk, foreign["customer"].pk, ABSENT))
        ),
        "call result": house(Disposition.objects.create(code="walk", name_en="Walk")),
        "telephone system": house(telephone), "telephone key": Kind((telephone.key,), absent=("none-such",)),
        "canned reply": personal(
            lambda user: CannedReply.objects.create(owner=user, title_en="Walk", text_en="words"), foreign["canned"]
        ),
        "standards version": Kind(
            (StandardsVersion.objects.create(
                number=1, effective_on=at.date() - timedelta(days=1), published_at=at, texts={}, facts={}).number,),
        ),
        "role": house(Role.objects.create(code="walk", name_en="Walk")),
        "calendar": house(calendar),
        "calendar day": Kind(
            (calendar.pk, CalendarDay.objects.create(calendar=calendar, on=at.date(), kind="holiday").pk),
            absent=(calendar.pk, ABSENT),
        ),
        "promise": house(SlaPolicy.objects.create(name_en="Walk", position=90)),
        "escalation rule": house(EscalationRule.objects.create(level=4, trigger="silence", threshold=99)),
        "absence": house(Absence.objects.create(user=own["clerk"], starts_at=at, ends_at=at + timedelta(days=1))),
        "checklist template": house(ChecklistTemplate.objects.create(code="walk", name_en="Walk", kind="complaint")),
        "ready short text": house(ShortText.objects.create(name="Ready", text="তৈরি")),
        "text": house(text), "text version": Kind((text.pk, 1), absent=(ABSENT, 1)),
        "changed text": house(TemplateProposal.objects.create(
            template=text, code=text.code, language=text.language, subject="x", body="y", why="walk", at=at,
            base_version=text.version, author_id_then=own["clerk"].pk)),
        "category": house(Category.objects.create(code="walk", name_en="Walk")),
        "word of danger": house(SafetyWord.objects.create(word="walkword")),
        "job": Kind((Job.objects.create(id="a" * 32, task="x", state="dead", run_after=at, enqueued_at=at).pk,),
                    absent=("b" * 32,)),
        "event delivery": house(EventDelivery.objects.create(event=event, handler="x", state="parked", next_try_at=at)),
        "number": Kind(("no-team",), absent=("none-such",)),
        "problem": Kind(("not_found",), absent=("none-such",)),
        "queue": Kind(("open",), absent=("view-999999",)),
        "set-up step": Kind(("language",), absent=("none-such",)),
        "thanks link": Kind((thanks_token(own["ticket"].pk),), absent=("none-such",)),
        "sign-in link": Kind(
            (make_link(actor=owner, user=own["clerk"], purpose="password").rstrip("/").split("/")[-1],),
            absent=("none-such",),
        ),
    }  # fmt: skip
    Survey.objects.update(is_active=True)
    asked = invite_customer(
        item=own["ticket"], customer=own["customer"], agent=own["clerk"], cause="walk", language="en"
    )
    assert asked is not None
    _fill_privacy(shop)
    for make in (
        make_catalog_kinds, make_warranty_kinds, make_returns_kinds, make_dispute_kinds, make_service_kinds,
        make_claims_kinds, make_aftercare_kinds, make_portal_kinds, make_sms_kinds, make_chat_kinds,
    ):  # fmt: skip
        made = make(shop, Kind)
        # One name, one record: of two, an address would be walked with the id of the other one.
        assert not made.keys() & shop.kinds.keys(), made.keys() & shop.kinds.keys()
        shop.kinds |= made
    shop.kinds["survey link"] = Kind((asked[1],), absent=("none-such",))
    assert other_hook.owner_id == foreign["clerk"].pk


def _fill_privacy(shop: Walked) -> None:
    """Requests about data, holds, breaches, links of preferences; proposals and picks of data quality."""
    at, own, foreign = now(), shop.own["customer"], shop.foreign["customer"]
    link = {"customer_id": own.pk, "channel": "email", "address": "here@example.com"}
    request = DataRequest.objects.create(
        number="P-1", kind="access", customer=own, received_at=at, due_at=at + timedelta(days=30)
    )
    breach = Breach.objects.create(number="B-1", title="Walk", noticed_at=at, due_at=at + timedelta(hours=72))
    activity = ProcessingActivity.objects.create(
        name="Walk", why="Walk", basis="law", people="x", data_kinds="x", changed_at=at
    )
    hold = LegalHold.objects.create(customer=foreign, reason="walk", placed_at=at)
    rule = QualityRule.objects.create(
        name_en="Walk", weight=5, conditions={"all": [{"field": "=name_en", "op": "empty"}]}
    )
    proposals, picks = (
        [model.objects.create(customer=customer, **values).pk for customer in (own, foreign)]
        for model, values in (
            (Proposal, {"rule": "spaces", "field": "name_en", "before": "x ", "after": "x", "made_at": at}),
            (AuditPick, {"month": at.date().replace(day=1), "drawn_at": at}),
        )
    )
    shop.kinds |= {
        "data request": Kind((request.number,), absent=("P-999999",)),
        "breach": Kind((breach.number,), absent=("B-999999",)),
        "data use": Kind((activity.pk,)),
        "legal hold": Kind((hold.pk,)),
        "wording": Kind(("marketing",), absent=("none-such",)),
        "preference link": Kind((preference_token(**link),), absent=("none-such",)),
        "unsubscribe link": Kind((unsubscribe_token(purpose="marketing", **link),), absent=("none-such",)),
        "confirmation link": Kind((confirm_token(purpose="marketing", **link),), absent=("none-such",)),
        "proposal": Kind((proposals[0],), (proposals[1],)),
        "audit pick": Kind((picks[0],), (picks[1],)),
        "quality rule": Kind((rule.pk,)),
    }
