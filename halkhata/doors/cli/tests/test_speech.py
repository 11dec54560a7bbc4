"""In which language a command speaks, and how it says times."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from halkhata.doors.cli.main import build_parser
from halkhata.doors.cli.speech import language_of_terminal, local_span, local_time, speaking

pytestmark = pytest.mark.one_database

AT = datetime(2026, 11, 22, 9, 30, 59, 999999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": ""}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "bn_BD.UTF-8"}, "bn"),
        ({"LANG": "bn_BD"}, "bn"),
        ({"LANG": "bn"}, "bn"),
        ({"LANG": "bnx_XX"}, "en"),
        ({"LC_ALL": "en_GB.UTF-8", "LANG": "bn_BD.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "bn_BD.UTF-8", "LANG": "en_GB.UTF-8"}, "bn"),
        ({"LC_TIME": "bn_BD.UTF-8", "LANG": "en_GB.UTF-8"}, "en"),
    ],
)
def test_terminal_locale_decides_the_language(environ, language):
    assert language_of_terminal(environ) == language


@pytest.mark.parametrize(
    "command",
    [["sla", "explain", "K-1"], ["demo", "load"], ["demo", "clear"], ["check"], ["migrate"], ["mail", "ingest"]],
)
def test_option_overrules_the_terminal(command, monkeypatch):
    monkeypatch.setenv("LC_ALL", "bn_BD.UTF-8")
    parser = build_parser()
    with speaking(parser.parse_args([*command, "--language", "en"])):
        assert translation.get_language() == "en"
    with speaking(parser.parse_args(command)):
        assert translation.get_language() == "bn"


def test_time_is_local_to_the_minute_with_its_zone():
    with translation.override("en"):
        assert local_time(AT, "Asia/Dhaka") == "22 Nov 2026, 3:30 pm (UTC+6)"
        assert local_time(AT, "Asia/Kolkata") == "22 Nov 2026, 3:00 pm (UTC+5:30)"
        assert local_time(AT, "America/St_Johns") == "22 Nov 2026, 6:00 am (UTC-3:30)"
        assert local_time(AT, "UTC") == "22 Nov 2026, 9:30 am (UTC)"
    with translation.override("bn"):
        assert local_time(AT, "Asia/Dhaka") == "২২ নভে ২০২৬, দুপুর ৩:৩০ (UTC+৬)"


def test_zone_is_said_twice_only_where_it_changes():
    summer_ends = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 8, 0, tzinfo=UTC)
    with translation.override("en"):
        assert local_span(*summer_ends, "Asia/Dhaka") == "25 Oct 2026, 6:30 am – 25 Oct 2026, 2:00 pm (UTC+6)"
        assert (
            local_span(*summer_ends, "Europe/Berlin") == "25 Oct 2026, 2:30 am (UTC+2) – 25 Oct 2026, 9:00 am (UTC+1)"
        )
