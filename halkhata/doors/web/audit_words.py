"""Words for the audit trail's codes."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.doors.web.audit_texts import value_shown
from halkhata.doors.web.audit_words_desks import DESK_ACTIONS, DESK_FAMILIES

_ACTIONS: dict[str, Any] = {
    "installation.set_up": _("Shop set up"),
    "installation.change": _("Shop's page changed"),
    "field.save": _("Own field set up"),
    "field.delete": _("Own field deleted"),
    "layout.save": _("Layout of fields changed"),
    "rule.save": _("Rule of a form set up"),
    "rule.delete": _("Rule of a form deleted"),
    "tag.save": _("Tag set up"),
    "customer.fields": _("Own fields filled in"),
    "ticket.fields": _("Own fields filled in"),
    "customer.tags": _("Tags changed"),
    "ticket.tags": _("Tags changed"),
    "segment.save": _("Segment set up"),
    "segment.delete": _("Segment deleted"),
    "user.sign_in": _("Signed in"),
    "staff.create": _("Member of staff added"),
    "staff.change": _("Member of staff changed"),
    "staff.profile": _("Own profile changed"),
    "staff.password": _("Own password changed"),
    "staff.password_reset": _("Password reset"),
    "staff.deactivate": _("Member of staff left"),
    "staff.reactivate": _("Member of staff came back"),
    "staff.link": _("One-time link made"),
    "staff.handover_back": _("Hand-over taken back"),
    "user.locked": _("Sign-in locked after too many tries"),
    "user.unlocked": _("Sign-in unlocked"),
    "two_factor.on": _("Second step switched on"),
    "two_factor.off": _("Second step switched off"),
    "two_factor.replace": _("Second step moved to another phone"),
    "two_factor.reset": _("Second step reset by somebody else"),
    "two_factor.new_codes": _("New recovery codes made"),
    "two_factor.recovery_code": _("Recovery code used"),
    "identity.link": _("Outside sign-in linked"),
    "identity.unlink": _("Outside sign-in unlinked"),
    "access_policy.change": _("Rules of sign-in changed"),
    "single_sign_on.change": _("Single sign-on changed"),
    "participant.add": _("Person added to a conversation"),
    "participant.remove": _("Person taken out of a conversation"),
    "sender.block": _("Sender of mail blocked"),
    "sender.unblock": _("Sender of mail unblocked"),
    "mail_limits.save": _("Limits of automatic mail changed"),
    "mail.release": _("Mail put on a ticket"),
    "mail.put_back": _("Mail put back into the queue"),
    "ticket.join": _("Ticket joined with the one it quoted"),
    "ticket.join_dismissed": _("Quoted ticket found to be another matter"),
    "customer.unmask": _("Private field shown"),
    "role.create": _("Role made"),
    "role.change": _("Role changed"),
    "branch.create": _("Branch added"),
    "branch.change": _("Branch changed"),
    "team.create": _("Team made"),
    "team.change": _("Team changed"),
    "token.create": _("API key made"),
    "token.revoke": _("API key revoked"),
    "import.receive": _("List brought in"),
    "import.begin": _("Import begun"),
    "import.end": _("Import ended"),
    "import.begin_undo": _("Undoing of an import begun"),
    "import.undo": _("Import undone"),
    "export.begin": _("Export begun"),
    "export.end": _("List taken out"),
    "customer.import": _("Customer completed by an import"),
    "customer.import_undo": _("Customer put back by undoing an import"),
    "customer.create": _("Customer added"),
    "customer.update": _("Customer changed"),
    "customer.add_contact": _("Contact added"),
    "customer.remove_contact": _("Contact removed"),
    "customer.primary_contact": _("Main contact chosen"),
    "customer.describe_contact": _("Contact described"),
    "customer.take_number": _("Owner of a number changed"),
    "customer.join_household": _("Household joined"),
    "customer.leave_household": _("Household left"),
    "customer.name_household": _("Household named"),
    "customer.add_external_id": _("Id of another system added"),
    "customer.remove_external_id": _("Id of another system removed"),
    "customer.merge": _("Customer merged into another"),
    "customer.take_in": _("Another customer merged into this one"),
    "customer.unmerge": _("Merge of the customer undone"),
    "customer.give_back": _("Merged customer given back"),
    "customer.not_double": _("Two customers found to be two people"),
    "contact.unreachable": _("Contact marked as not reachable"),
    "organization.create": _("Organization added"),
    "organization.update": _("Organization changed"),
    "ticket.resolve": _("Ticket resolved"),
    "ticket.told": _("Customer told the solution"),
    "category.save": _("Category changed"),
    "category.move": _("Order of categories changed"),
    "safety_word.add": _("Word of danger added"),
    "safety_word.switch": _("Word of danger switched"),
    "desk_rules.save": _("Rules of the desk changed"),
    "priority_matrix.save": _("Priorities changed"),
    "message.send": _("Customer answered"),
    "message.note": _("Internal note written"),
    "message.call": _("Call noted"),
    "follow.code": _("Code to follow the ticket prepared"),
    "follow.open": _("Customer opened the own page with a code"),
    "follow.message": _("Customer wrote on the own page"),
    "follow.not_solved": _("Customer says: not solved"),
    "text.code_shown": _("Code looked at, to read it out"),
    "text.sent_by_hand": _("Short text sent by hand"),
    "mail.open_ticket": _("Ticket opened from a mail"),
    "mail.set_aside": _("Mail set aside"),
    "suppression.lift": _("Address allowed again"),
    "mail.try_again": _("Mail tried again"),
    "delivery.send_again": _("Message sent again"),
    "delivery.settle": _("Message in doubt settled"),
    "work.minutes": _("Minutes of work written down"),
    "work.minutes_back": _("Minutes of work taken back"),
    "work.open": _("Work opened"),
    "work.assign": _("Work given to somebody"),
    "work.cancel": _("Work cancelled"),
    "work.checklist": _("Checklist ticked"),
    "work.demand_manager": _("Manager asked for"),
    "work.escalate": _("Work sent up"),
    "work.priority": _("Priority changed"),
    "work.replan": _("Work put off"),
    "work.share_out": _("Work shared out"),
    "work.state": _("State of work changed"),
    "calendar.save": _("Opening hours changed"),
    "calendar.day": _("Special day changed"),
    "calendar.day_removed": _("Special day removed"),
    "calendar.branches": _("Opening hours given to branches"),
    "policy.save": _("Promise changed"),
    "policy.order": _("Order of promises changed"),
    "escalation.save": _("Escalation step changed"),
    "escalation.remove": _("Escalation step removed"),
    "checklist.save": _("Checklist changed"),
    "absence.add": _("Absence added"),
    "absence.remove": _("Absence removed"),
    "survey.answer": _("Survey answered"),
    "survey.change": _("Survey changed"),
    "view.save": _("View saved"),
    "view.remove": _("View removed"),
    "backup.settings": _("Backup settings changed"),
    "backup.begin": _("Backup begun by hand"),
    "backup.key_shown": _("Backup key shown"),
    "backup.key_kept": _("Backup key noted as kept"),
    "backup.restore": _("Data restored from a backup"),
    "backup.release": _("Outgoing messages released after a restore"),
    "job.retry": _("Stopped job put in line again"),
    "job.remove": _("Stopped job removed"),
    "event.replay": _("Event delivered again"),
    "root_cause.save": _("Root cause changed"),
    "report.export": _("Report taken as a file"),
    "standards.draft": _("Draft of the service standards changed"),
    "standards.publish": _("Service standards published"),
}
_SUBJECTS: dict[str, Any] = {
    "user": _("Member of staff"),
    "staff": _("Member of staff"),
    "role": _("Role"),
    "branch": _("Branch"),
    "team": _("Team"),
    "token": _("API key"),
    "apitoken": _("API key"),
    "installation": _("Shop"),
    "backupsettings": _("Backups"),
    "restoration": _("Restored data"),
    "job": _("Background job"),
    "eventdelivery": _("Event"),
    "customer": _("Customer"),
    "organization": _("Organization"),
    "contactpoint": _("Contact"),
    "ticket": _("Ticket"),
    "work": _("Work"),
    "workitem": _("Work"),
    "resolution": _("Resolution"),
    "category": _("Category"),
    "safety_word": _("Word of danger"),
    "safetyword": _("Word of danger"),
    "desk_rules": _("Rules of the desk"),
    "desksettings": _("Rules of the desk"),
    "prioritymatrix": _("Priorities"),
    "calendar": _("Opening hours"),
    "businesscalendar": _("Opening hours"),
    "policy": _("Promise"),
    "slapolicy": _("Promise"),
    "escalation": _("Escalation"),
    "escalationrule": _("Escalation"),
    "checklist": _("Checklist"),
    "checklisttemplate": _("Checklist"),
    "absence": _("Absence"),
    "checklistitem": _("Checklist"),
    "mailbox": _("Mailbox"),
    "template": _("Message template"),
    "message": _("Message"),
    "delivery": _("Message"),
    "mail": _("Mail"),
    "inboundraw": _("Mail"),
    "suppression": _("E-mail address"),
    "view": _("Saved view"),
    "contact": _("Contact"),
    "survey": _("Survey"),
    "surveyresponse": _("Survey answer"),
    "branchcalendar": _("Opening hours"),
    "assignment": _("Sharing out work"),
    "savedview": _("Saved view"),
    "rootcauseentry": _("Root cause"),
    "standardsdraft": _("Service standards"),
    "standardsversion": _("Service standards"),
    "storedfile": _("File"),
    "textmessage": _("Code or short text"),
}


def action_label(action: str) -> Any:
    """What was done, in words; an act that has no words yet is told by what it was done to."""
    known = _ACTIONS.get(action) or DESK_ACTIONS.get(action)
    if known:
        return known
    family = action.partition(".")[0]
    return DESK_FAMILIES.get(family) or _SUBJECTS.get(family, _("Something else"))


def action_labels(actions: Iterable[str]) -> list[tuple[str, Any]]:
    """Choices of a filter: each code that occurs, with its words."""
    return [(action, action_label(action)) for action in actions]


def record_label(record_type: str) -> Any:
    """What kind of record it is, in words."""
    return _SUBJECTS.get(record_type.rpartition(".")[2], "")


def field_changes(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[dict[str, str]]:
    """The fields that differ, as text: old and new value."""
    old, new = before or {}, after or {}
    changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return [{"field": name, "old": _text(old.get(name)), "new": _text(new.get(name))} for name in changed]


def _text(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value)
    if isinstance(value, dict):
        return str(value.get("name") or ", ".join(f"{key}: {_text(one)}" for key, one in value.items()))
    return value_shown(value)
