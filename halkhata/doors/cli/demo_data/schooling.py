"""The demo's courses and who took them: passes that count, one that ends soon, one that ran out, one that failed."""

from datetime import datetime, timedelta

from halkhata.doors.cli.demo_data.furnishing import ZONE, House
from halkhata.engines.work.models import Course
from halkhata.engines.work.services.training import record_attempt
from halkhata.foundation.core.clock import moved_to

# Code, names, pass mark, months that it counts.
COURSES = (
    ("speaking-with-customers", "গ্রাহকের সঙ্গে কথা বলা", "Speaking with customers", 60, 12),
    ("complaint-rules", "অভিযোগের নিয়ম ও সময়সীমা", "Complaint rules and time limits", 70, 12),
    ("warranty-papers", "ওয়ারেন্টির কাগজপত্র", "Warranty papers", 60, None),
)
# Who took what, how many days before the end of the story, with how many points out of a hundred.
ATTEMPTS = (
    ("agent", "speaking-with-customers", 120, 84),
    ("agent", "complaint-rules", 95, 91),
    ("agent2", "speaking-with-customers", 345, 72),
    ("agent2", "complaint-rules", 40, 64),
    ("agent3", "speaking-with-customers", 210, 66),
    ("agent4", "complaint-rules", 30, 78),
    ("advisor", "warranty-papers", 260, 88),
    ("advisor2", "warranty-papers", 75, 55),
    ("desk", "speaking-with-customers", 15, 93),
)


def hold_courses(house: House, end: datetime) -> None:
    """Write the courses down, and each attempt as the owner's on its day. Work asks for none of their skills."""
    courses = {
        code: Course.objects.create(
            code=code, name_bn=name_bn, name_en=name_en, pass_mark=mark, months_valid=months, is_demo=True
        )
        for code, name_bn, name_en, mark, months in COURSES
    }
    for username, code, days, score in ATTEMPTS:
        day = end - timedelta(days=days)
        with moved_to(day):
            record_attempt(
                actor=house.staff["malik"],
                course=courses[code],
                user=house.staff[username],
                taken_on=day.astimezone(ZONE).date(),
                score=score,
            )
