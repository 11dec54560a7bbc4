"""Prepares a clone of Halkhata to run or to be tested: ``python3 scripts/bootstrap.py run|test``.

Uses the standard library alone, because nothing else is there yet. Each step is skipped while what goes into it is
unchanged (a hash in .venv/halkhata-steps), so a second start needs no network.
"""

import errno
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STEPS = VENV / "halkhata-steps"
LOG = ROOT / "build" / "setup.log"
FRONTEND = ROOT / "frontend"
BUILT = ROOT / "halkhata" / "doors" / "web" / "static" / "built"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20
# Who signs this machine's network, a company's own authority among them: Node.js alone would ask only its own list.
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
FULL_DISK = ("no space left on device", "enospc", "disk quota exceeded")
NO_NETWORK = (
    "name resolution", "name or service not known", "network is unreachable", "enotfound", "eai_again", "enetunreach",
    "econnrefused", "connection refused", "timed out", "etimedout", "max retries exceeded", "no matching distribution",
    "could not connect", "dns error", "proxyerror",
)  # fmt: skip


class SetupError(Exception):
    """A step cannot be done; the text is one sentence for the person at the terminal."""


def digest(paths, *extra):
    """One hash over the names and contents of ``paths`` (files, or folders with all they hold) and some words."""
    total = hashlib.sha256("\0".join(str(word) for word in extra).encode())
    for path in paths:
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
        for file in files:
            total.update(str(file.relative_to(ROOT)).encode() + b"\0")
            total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def is_done(step, fingerprint):
    """Whether ``step`` was done with exactly this input."""
    file = STEPS / step
    return file.is_file() and file.read_text() == fingerprint


def mark_done(step, fingerprint):
    """Remember what ``step`` was done with."""
    STEPS.mkdir(parents=True, exist_ok=True)
    (STEPS / step).write_text(fingerprint)


def say(text):
    """Tell what takes time now."""
    print(f"· {text}", flush=True)


def run(command, what):
    """Run a command quietly. Raises SetupError with one clear sentence; what the command said is kept in LOG."""
    environment = dict(os.environ)
    if AUTHORITIES.is_file():
        environment.setdefault("NODE_EXTRA_CA_CERTS", str(AUTHORITIES))
    try:
        result = subprocess.run(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            env=environment,
        )  # fmt: skip
    except OSError as error:
        raise SetupError(f"{what} failed: {command[0]} cannot be started ({error.strerror}).") from error
    if result.returncode == 0:
        return result.stdout
    said = result.stdout.lower()
    if any(word in said for word in FULL_DISK):
        raise SetupError(f"{what} failed because the disk is full: make room for {ROOT}, then start again.")
    LOG.parent.mkdir(exist_ok=True)
    LOG.write_text(result.stdout)
    if any(word in said for word in NO_NETWORK):
        raise SetupError(
            f"{what} failed because the network could not be reached: connect once, then start again "
            f"(more in {LOG.relative_to(ROOT)})."
        )
    print("\n".join(result.stdout.strip().splitlines()[-12:]), file=sys.stderr)
    raise SetupError(f"{what} failed; the lines above say why (more in {LOG.relative_to(ROOT)}).")


def check_python():
    """The interpreter must be new enough to build the virtual environment from."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(str(part) for part in sys.version_info[:3])
        raise SetupError(f"Python 3.11 or newer is needed, but python3 is {found}: see make PYTHON=python3.11.")


def make_venv():
    """Create .venv with the interpreter that runs this script; a half-made one is made anew."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    finished = (STEPS / "venv").is_file() or os.access(VENV / "bin" / "pip", os.X_OK)
    if finished and os.access(PYTHON, os.X_OK) and (VENV / "lib" / f"python{version}").is_dir():
        return
    say("making the virtual environment .venv")
    uv = shutil.which("uv")
    if uv:
        run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)], "Making the virtual environment")
    else:
        try:
            import ensurepip  # noqa: F401  (Debian leaves it out of python3 itself)
            import venv  # noqa: F401
        except ImportError as error:
            raise SetupError(
                "Python's venv module is missing: run “apt install python3-venv”, then start again."
            ) from error
        run([sys.executable, "-m", "venv", "--clear", str(VENV)], "Making the virtual environment")
    mark_done("venv", version)


def pins(file):
    """The lines ``name==version`` of a locked requirements file."""
    return {line.split()[0] for line in file.read_text().splitlines() if "==" in line and line[:1].isalnum()}


def install_python(requirements):
    """Install the pinned packages, each checked against its hash."""
    file = ROOT / "requirements" / requirements
    fingerprint = digest([file], sys.version_info[:2])
    if is_done(f"python-{requirements}", fingerprint):
        return
    say(f"installing the Python packages of requirements/{requirements}")
    uv = shutil.which("uv")
    if uv:
        command = [uv, "pip", "install", "--quiet", "--python", str(PYTHON)]
    else:
        command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*command, "--require-hashes", "--no-deps", "-r", str(file)], "Installing the Python packages")
    mark_done(f"python-{requirements}", fingerprint)
    runtime = ROOT / "requirements" / "runtime.txt"
    if pins(runtime) <= pins(file):
        # What tests need holds all that running needs: "make run" after "make test" asks no network.
        mark_done("python-runtime.txt", digest([runtime], sys.version_info[:2]))


def link_project():
    """Make this folder importable and put the command ``halkhata`` into .venv/bin.

    A line in a .pth file does what an editable install does and needs no build tools, which a new environment lacks.
    """
    packages = next((VENV / "lib").glob("python3*/site-packages"))
    files = {
        packages / "halkhata.pth": f"{ROOT}\n",
        # Through sh, because the line after #! takes no path with a space in it.
        VENV / "bin" / "halkhata": f'#!/bin/sh\nexec "{PYTHON}" -m halkhata "$@"\n',
    }
    for file, text in files.items():
        if not file.is_file() or file.read_text() != text:
            file.write_text(text)
    command = VENV / "bin" / "halkhata"
    if not os.access(command, os.X_OK):
        command.chmod(0o755)


def check_node():
    """Node.js builds the pages' styles and scripts; it is not needed to run."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node:
        raise SetupError("Node.js is missing: install Node.js 20 or newer, which builds the pages, then start again.")
    version = subprocess.run([node, "--version"], stdout=subprocess.PIPE, text=True).stdout.strip()
    major = version.lstrip("v").split(".")[0]
    if not major.isdigit() or int(major) < OLDEST_NODE:
        raise SetupError(f"Node.js 20 or newer is needed to build the pages, but node is {version or 'unknown'}.")
    if not npm:
        raise SetupError("npm is missing: it comes with Node.js 20 (Debian package npm).")


def frontend_inputs():
    """Two hashes: of the npm packages, and of everything the build reads."""
    lock = [FRONTEND / name for name in ("package.json", "package-lock.json", ".npmrc") if (FRONTEND / name).is_file()]
    sources = [path for path in sorted(FRONTEND.iterdir()) if path.name != "node_modules"]
    # The build keeps only the rules and icons that templates and Python files name.
    pages = sorted(
        path
        for path in (ROOT / "halkhata").rglob("*")
        if path.suffix in {".html", ".py"} and "tests" not in path.parts and "migrations" not in path.parts
    )
    packages = digest(lock)
    return packages, digest([*sources, *pages], packages)


def is_frontend_built(build):
    """Whether the pages' styles and scripts are those of this input."""
    return is_done("frontend-build", build) and (BUILT / "app.css").is_file()


def build_frontend(packages, build):
    """Install the npm packages and build styles, scripts, fonts and icons into halkhata/doors/web/static/built."""
    if is_frontend_built(build):
        return
    check_node()
    if not (is_done("frontend-packages", packages) and (FRONTEND / "node_modules").is_dir()):
        say("installing the npm packages")
        run(["npm", "ci", "--prefix", str(FRONTEND), "--no-audit", "--no-fund"], "Installing the npm packages")
        mark_done("frontend-packages", packages)
    say("building styles and scripts")
    run(["npm", "run", "build", "--prefix", str(FRONTEND)], "Building the pages' styles and scripts")
    if not (BUILT / "app.css").is_file():
        raise SetupError("Building the pages' styles and scripts made no app.css.")
    mark_done("frontend-build", build)


def compile_translations():
    """Compile locale/*/LC_MESSAGES/*.po, without the system's gettext."""
    sources = sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
    if not sources:
        return
    script = ROOT / "scripts" / "compile_translations.py"
    fingerprint = digest([*sources, script])
    if is_done("translations", fingerprint) and all(path.with_suffix(".mo").is_file() for path in sources):
        return
    say("compiling the translations")
    print(run([str(PYTHON), str(script), *map(str, sources)], "Compiling the translations"), end="")
    mark_done("translations", fingerprint)


def explain_refusal(error):
    """One sentence for what the file system said."""
    place = error.filename or ROOT
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"The disk is full: make room for {place}, then start again."
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"This folder cannot be written to: {place}."
    return f"{place}: {error.strerror or error}."


def main(arguments):
    """Do all steps for ``run`` or ``test``. Returns the exit code."""
    purpose = arguments[0] if arguments else "run"
    if purpose not in {"run", "test", "pages"}:
        print("usage: bootstrap.py run|test|pages", file=sys.stderr)
        return 2
    os.environ.pop("PYTHONHOME", None)
    try:
        check_python()
        packages, build = frontend_inputs()
        if not is_frontend_built(build):
            check_node()  # before minutes of downloads, not after them
        make_venv()
        install_python("dev.txt" if purpose == "test" else "runtime.txt")
        link_project()
        build_frontend(packages, build)
        compile_translations()
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"\n{explain_refusal(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
