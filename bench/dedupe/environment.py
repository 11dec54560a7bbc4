"""The environment of its own in which the package with the public sets lives."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def python_of(folder: Path) -> Path:
    """The interpreter of that environment; makes it on the first call (asks the package index once)."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", "-r", str(HERE / "requirements.txt")], check=True
        )
    return python


def write_febrl(environment: Path, folder: Path) -> None:
    """Write the public sets as CSV into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([str(python_of(environment)), str(HERE / "febrl_export.py"), str(folder)], check=True)
