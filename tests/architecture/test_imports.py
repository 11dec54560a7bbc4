"""The floors hold: import-linter's contracts, and what it does not look at."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.one_database


def test_imports_go_downwards_only():
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([str(program), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "0 broken" in done.stdout


def test_command_line_starts_without_django():
    code = (
        "import sys, halkhata.doors.cli.main as m; m.build_parser(); print([n for n in sys.modules if n == 'django'])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_only_the_environment_module_reads_settings_from_outside():
    readers = [
        str(path.relative_to(ROOT))
        for folder in ("halkhata", "config")
        for path in (ROOT / folder).rglob("*.py")
        if "tests" not in path.parts and re.search(r"os\.(environ\[|environ\.get|getenv)", path.read_text("utf-8"))
    ]
    assert readers == ["config/environment.py"] or readers == []


def test_no_file_is_called_after_nothing():
    vague = {"utils.py", "helpers.py", "manager.py", "managers.py", "misc.py", "common.py"}
    assert [str(path) for path in (ROOT / "halkhata").rglob("*.py") if path.name in vague] == []


def test_every_app_of_the_house_is_installed():
    from django.conf import settings

    on_disk = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "halkhata").glob("*/*/apps.py")}
    assert on_disk == {name for name in settings.INSTALLED_APPS if name.startswith("halkhata.")}
