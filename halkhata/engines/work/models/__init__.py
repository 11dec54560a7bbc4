"""Tables of the work engine: the item spine, its history, calendars, promises, escalation, checklists, views."""

from halkhata.engines.work.models.assignment import Absence, AssignmentCursor
from halkhata.engines.work.models.calendars import (
    BranchCalendar,
    BusinessCalendar,
    CalendarDay,
    CalendarDayInterval,
    CalendarInterval,
)
from halkhata.engines.work.models.checklists import ChecklistItem, ChecklistTemplate, ChecklistTemplateLine
from halkhata.engines.work.models.delays import DelayNote, DelayReason
from halkhata.engines.work.models.escalation import EscalationFiring, EscalationLevel, EscalationRule
from halkhata.engines.work.models.items import WorkEvent, WorkItem
from halkhata.engines.work.models.merges import ItemMerge
from halkhata.engines.work.models.minutes import WorkMinutes
from halkhata.engines.work.models.notifications import Notification
from halkhata.engines.work.models.people import PersonSkill, Shift, Skill, SkillNeed, WorkProfile
from halkhata.engines.work.models.sla import SlaClock, SlaPolicy, SlaTarget, SlaWarning
from halkhata.engines.work.models.terms import TermsStamp
from halkhata.engines.work.models.training import Course, CourseAttempt
from halkhata.engines.work.models.views import SavedView

__all__ = [
    "Absence",
    "AssignmentCursor",
    "BranchCalendar",
    "BusinessCalendar",
    "CalendarDay",
    "CalendarDayInterval",
    "CalendarInterval",
    "ChecklistItem",
    "ChecklistTemplate",
    "ChecklistTemplateLine",
    "Course",
    "CourseAttempt",
    "DelayNote",
    "DelayReason",
    "EscalationFiring",
    "EscalationLevel",
    "EscalationRule",
    "ItemMerge",
    "Notification",
    "PersonSkill",
    "SavedView",
    "Shift",
    "Skill",
    "SkillNeed",
    "SlaClock",
    "SlaPolicy",
    "SlaTarget",
    "SlaWarning",
    "TermsStamp",
    "WorkEvent",
    "WorkItem",
    "WorkMinutes",
    "WorkProfile",
]
