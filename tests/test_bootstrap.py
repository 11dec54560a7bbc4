"""The first run on a machine that lacks something: one clear sentence, and no traceback."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def clone(tmp_path) -> Path:
    """As much of a fresh clone as the preparation reads, in a folder of its own."""
    folder = tmp_path / "a clone"
    (folder / "halkhata").mkdir(parents=True)
    for name in ("scripts", "requirements"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "frontend", folder / "frontend", ignore=shutil.ignore_patterns("node_modules"))
    return folder


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def prepare(clone: Path, path: Path, *, hidden: str = "") -> subprocess.CompletedProcess[str]:
    """Run the preparation with nothing but ``path`` to find programs in, and without the module ``hidden``."""
    path.mkdir(exist_ok=True)
    env = {"PATH": str(path), "HOME": str(path), "LC_ALL": "C.UTF-8"}
    if hidden:
        (path / "sitecustomize.py").write_text(
            "import sys\n"
            "class Gone:\n"
            "    def find_spec(self, name, path=None, target=None):\n"
            f"        if name == {hidden!r}:\n"
            "            raise ModuleNotFoundError(name)\n"
            "sys.meta_path.insert(0, Gone())\n"
        )
        env["PYTHONPATH"] = str(path)
    return subprocess.run(
        [sys.executable, str(clone / "scripts" / "bootstrap.py"), "run"],
        capture_output=True, text=True, env=env, check=False, timeout=120,
    )  # fmt: skip


def assert_sentence(done: subprocess.CompletedProcess[str], *parts: str) -> None:
    said = done.stderr.strip()
    assert done.returncode == 2, said
    assert len(said.splitlines()) == 1, said
    assert said.endswith(".")
    for part in parts:
        assert part in said


def test_missing_node_is_told_before_anything_is_downloaded(clone, tmp_path):
    done = prepare(clone, tmp_path / "bin")
    assert_sentence(done, "Node.js is missing", "20 or newer")
    assert done.stdout == ""
    assert not (clone / ".venv").exists()


def test_old_node_is_told_with_its_version(clone, tmp_path):
    program(tmp_path / "bin", "node", "echo v16.20.2")
    assert_sentence(prepare(clone, tmp_path / "bin"), "Node.js 20 or newer is needed", "v16.20.2")


def test_missing_npm_names_the_debian_package(clone, tmp_path):
    program(tmp_path / "bin", "node", "echo v20.1.0")
    assert_sentence(prepare(clone, tmp_path / "bin"), "npm is missing", "Debian package npm")


def test_python_without_ensurepip_names_the_debian_package(clone, tmp_path):
    program(tmp_path / "bin", "node", "echo v20.1.0")
    program(tmp_path / "bin", "npm", "exit 0")
    assert_sentence(prepare(clone, tmp_path / "bin", hidden="ensurepip"), "apt install python3-venv")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("Temporary failure in name resolution", "the network could not be reached: connect once, then start again"),
        ("OSError: [Errno 28] No space left on device", "the disk is full: make room"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "failed; the lines above say why (more in build/setup.log)"),
    ],
)
def test_failed_download_is_told_in_one_sentence_and_kept_in_a_file(clone, tmp_path, words, sentence):
    program(tmp_path / "bin", "node", "echo v20.1.0")
    program(tmp_path / "bin", "npm", "exit 0")
    # Stands for uv, which makes the environment (first call) and then fails to install (second).
    program(tmp_path / "bin", "uv", f'[ "$1" = venv ] && exit 0\necho "{words}"\nexit 1')
    done = prepare(clone, tmp_path / "bin")
    assert done.returncode == 2
    assert sentence in done.stderr.strip().splitlines()[-1]
    assert "Traceback" not in done.stderr
    if "disk" not in sentence:
        assert words in (clone / "build" / "setup.log").read_text()


def test_file_in_the_way_of_the_environment_is_named(clone, tmp_path):
    program(tmp_path / "bin", "node", "echo v20.1.0")
    program(tmp_path / "bin", "npm", "exit 0")
    program(tmp_path / "bin", "uv", "exit 0")
    (clone / ".venv").write_text("a file where the folder should be")
    done = prepare(clone, tmp_path / "bin")
    assert_sentence(done, str(clone / ".venv"))
