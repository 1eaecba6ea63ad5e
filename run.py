#!/usr/bin/env python3
"""The one launcher that needs nothing but Python: sets a fresh machine up and starts Shopcast.

python3 run.py            set up, then open the studio with the demo show
python3 run.py test       set up, then run the whole test suite (further arguments go to pytest)
python3 run.py setup      the set-up alone (`setup --dev` adds the tools of the tests)
python3 run.py ARGS...    set up, then `shopcast ARGS...`

Standard library only, and written so that an old Python can still read it and say so.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
SYSROOT = os.path.join(VENV, "sysroot")  # libraries unpacked here where we may not install them
WINDOWS = os.name == "nt"
BIN = os.path.join(VENV, "Scripts" if WINDOWS else "bin")
PYTHON = os.path.join(BIN, "python.exe" if WINDOWS else "python")
LOCKS = {False: "requirements.lock", True: "requirements-dev.lock"}
LAYOUT = "2"  # raised when this file lays .venv out differently

# What the wheels expect of a bare Debian or Ubuntu: Qt offscreen, then a real window.
SYSTEM = [
    "libgl1",
    "libegl1",
    "libxkbcommon0",
    "libglib2.0-0",
    "libdbus-1-3",
    "libfontconfig1",
    "libxkbcommon-x11-0",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-keysyms1",
    "libxcb-shape0",
    "libxcb-xinerama0",
]
# Real peers and a real screen for the tests.
SYSTEM_TEST = [
    "xvfb",
    "xauth",
    "nginx",
    "libnginx-mod-rtmp",
    "ffmpeg",
    "pulseaudio",
    "pulseaudio-utils",
    "redis-server",
    "procps",
]


class SetupError(Exception):
    """The set-up cannot go on; the text says what, where and what to do."""


def say(text: str) -> None:
    print("[shopcast] " + text, file=sys.stderr, flush=True)


# --- the right Python ---------------------------------------------------------------------------


def insist_on_python() -> None:
    """Go on under Python 3.11 or newer: this one, or one found beside it."""
    if sys.version_info >= (3, 11):  # noqa: UP036
        return
    for minor in (13, 12, 11, 14):
        found = shutil.which(f"python3.{minor}")
        if found:
            os.execv(found, [found, os.path.abspath(__file__)] + sys.argv[1:])
    sys.stderr.write(
        f"Shopcast needs Python 3.11 or newer; this is {platform.python_version()} "
        f"({sys.executable}). Install python3.11 or newer and start run.py with it.\n"
    )
    raise SystemExit(2)


# --- the stamp: what was set up, so that the second start does nothing --------------------------


def fingerprint(dev: bool) -> str:
    """What a finished set-up depends on: the lock, the Python, the folder, this layout."""
    parts = [LAYOUT, platform.python_version(), platform.machine(), ROOT]
    with open(os.path.join(ROOT, LOCKS[dev]), "rb") as lock:
        parts.append(hashlib.sha256(lock.read()).hexdigest())
    return "\n".join(parts)


def stamp_path(dev: bool) -> str:
    return os.path.join(VENV, "setup-dev.stamp" if dev else "setup.stamp")


def is_set_up(dev: bool) -> bool:
    for kind in {dev, True}:  # a set-up with the test tools serves a start without them too
        try:
            with open(stamp_path(kind), encoding="utf-8") as stamp:
                if stamp.read() == fingerprint(kind) and os.path.exists(PYTHON):
                    return True
        except OSError:
            pass
    return False


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two set-ups started together must not write one .venv."""
    os.makedirs(VENV, exist_ok=True)
    if WINDOWS:
        yield
        return
    import fcntl

    with open(os.path.join(VENV, "setup.lock"), "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("another set-up is at work here; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# --- system packages (Debian and its kin) -------------------------------------------------------


def may_apt() -> bool:
    return sys.platform.startswith("linux") and bool(
        shutil.which("apt-get") and shutil.which("dpkg-query") and shutil.which("dpkg-deb")
    )


def is_admin() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def missing_packages(wanted: list[str]) -> list[str]:
    """Those of `wanted` that dpkg does not have (t64: their name since the 64-bit time move)."""
    names = [name + end for name in wanted for end in ("", "t64")]
    query = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n"] + names
    done = subprocess.run(query, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    lines = [line.split() for line in done.stdout.decode().splitlines()]
    have = {line[0] for line in lines if line[1:] == ["installed"]}
    return [name for name in wanted if name not in have and name + "t64" not in have]


def has_venv() -> bool:
    """Debian parts ensurepip from python3; without it a venv comes without pip."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return False
    return True


def venv_package() -> str:
    return "python3-venv" if sys.executable.startswith("/usr/bin/python3") else ""


def quiet(command: list[str], what: str, **more: Any) -> str:
    """Run a command; its words are shown only where it fails."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **more
    )
    text: str = done.stdout.decode(errors="replace")
    if done.returncode:
        tail = "\n    ".join(text.strip().splitlines()[-8:])
        raise SetupError(f"{what} failed ({' '.join(command[:3])}):\n    {tail}")
    return text


@contextmanager
def no_services_started() -> Iterator[None]:
    """Keep apt from starting nginx, redis or pulseaudio: the tests start their own on loopback."""
    path = "/usr/sbin/policy-rc.d"
    if os.path.exists(path):
        yield
        return
    with open(path, "w", encoding="ascii") as policy:
        policy.write("#!/bin/sh\nexit 101\n")
    os.chmod(path, 0o755)
    try:
        yield
    finally:
        os.unlink(path)


def apt_install(names: list[str]) -> None:
    say("installing system packages: " + " ".join(names))
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive", LC_ALL="C.UTF-8")
    quiet(["apt-get", "update", "-qq"], "apt-get update", env=env)
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends"] + names
    with no_services_started():
        quiet(install, "apt-get install", env=env, stdin=subprocess.DEVNULL)


def apt_unpack(names: list[str]) -> None:
    """Without root: fetch the packages with apt's own checks and unpack them under .venv."""
    say("not root: unpacking into .venv/sysroot: " + " ".join(names))
    work = os.path.join(VENV, "apt")
    for folder in ("lists/partial", "cache/archives/partial", "debs"):
        os.makedirs(os.path.join(work, folder), exist_ok=True)
    own = [
        "-o", "Dir::State::lists=" + os.path.join(work, "lists"),
        "-o", "Dir::Cache=" + os.path.join(work, "cache"),
        "-o", "Debug::NoLocking=1",
        "-o", "APT::Sandbox::User=",
    ]  # fmt: skip
    env = dict(os.environ, LC_ALL="C.UTF-8")
    try:
        quiet(["apt-get"] + own + ["update", "-qq"], "apt-get update", env=env)
        plan = quiet(
            ["apt-get"] + own + ["install", "-s", "-y", "--no-install-recommends"] + names,
            "apt-get install -s", env=env,
        )  # fmt: skip
        wanted = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]
        debs = os.path.join(work, "debs")
        if wanted:
            fetch = ["apt-get"] + own + ["download", "-qq"] + wanted
            quiet(fetch, "apt-get download", env=env, cwd=debs)
        os.makedirs(SYSROOT, exist_ok=True)
        for deb in sorted(os.listdir(debs)):
            quiet(["dpkg-deb", "-x", os.path.join(debs, deb), SYSROOT], "dpkg-deb")
        with open(os.path.join(SYSROOT, "packages"), "a", encoding="utf-8") as note:
            note.write("".join(name + "\n" for name in names))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def unpacked_packages() -> set[str]:
    try:
        with open(os.path.join(SYSROOT, "packages"), encoding="utf-8") as note:
            return set(note.read().split())
    except OSError:
        return set()


def system_packages(dev: bool) -> None:
    """Bring in what the wheels lean on; where that fails, say the command and go on."""
    if not may_apt():
        return
    wanted = SYSTEM + (SYSTEM_TEST if dev else [])
    missing = missing_packages(wanted)
    if not is_admin():
        missing = [name for name in missing if name not in unpacked_packages()]
        if not has_venv() and not pip_wheel():
            missing.append("python3-pip-whl")
    elif not has_venv() and venv_package():
        missing.append(venv_package())
    if not missing:
        return
    try:
        if is_admin():
            apt_install(missing)
        else:
            apt_unpack(missing)
    except (SetupError, OSError) as error:
        say(str(error))
        command = "apt-get install --no-install-recommends " + " ".join(missing)
        say("going on without; to mend it run as root:  apt-get update && " + command)


# --- the folder's own Python --------------------------------------------------------------------


def pip_wheel() -> str:
    """Debian's pip wheel, unpacked by us, for a Python that cannot bring its own."""
    for top in (SYSROOT, "/"):
        folder = os.path.join(top, "usr/share/python-wheels")
        if os.path.isdir(folder):
            for name in sorted(os.listdir(folder), reverse=True):
                if name.startswith("pip-"):
                    return os.path.join(folder, name)
    return ""


def venv_python_version() -> str:
    try:
        ask = [PYTHON, "-c", "import platform; print(platform.python_version())"]
        return subprocess.check_output(ask, stderr=subprocess.DEVNULL).decode().strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def make_venv() -> list[str]:
    """A venv in .venv, kept where it is sound; returns the command that runs pip in it."""
    fresh = venv_python_version() != platform.python_version()
    if fresh:
        say(f"making .venv with Python {platform.python_version()}")
        command = [sys.executable, "-m", "venv", "--clear", VENV]
        kept = None
        if os.path.isdir(SYSROOT):  # --clear empties the folder, and this is costly to fetch
            kept = tempfile.mkdtemp(dir=ROOT, prefix=".venv-keep-")
            os.rename(SYSROOT, os.path.join(kept, "sysroot"))
        # The new Python must not go through a venv we may have been started from.
        env = {key: value for key, value in os.environ.items() if key != "__PYVENV_LAUNCHER__"}
        try:
            quiet(command + ([] if has_venv() else ["--without-pip"]), "venv", env=env)
        finally:
            if kept:
                os.rename(os.path.join(kept, "sysroot"), SYSROOT)
                os.rmdir(kept)
    pip = [PYTHON, "-m", "pip"]
    if subprocess.run(pip + ["--version"], capture_output=True, check=False).returncode == 0:
        return pip
    if pip_wheel():
        return [PYTHON, os.path.join(pip_wheel(), "pip")]
    raise SetupError(
        f"this Python ({sys.executable}) cannot make a venv with pip. "
        "Run as root:  apt-get install python3-venv   and start run.py again"
    )


def install_locked(dev: bool) -> None:
    pip = make_venv()
    say(f"installing the locked dependencies ({LOCKS[dev]})")
    lock = os.path.join(ROOT, LOCKS[dev])
    # Everything is in the lock with its hash: nothing to resolve, nothing unknown let in.
    options = ["--require-hashes", "--no-deps", "--disable-pip-version-check", "--quiet"]
    quiet(pip + ["install"] + options + ["-r", lock], "pip install", cwd=ROOT)


def link_project() -> None:
    """Make `studio` importable and `shopcast` callable, without copying the project."""
    ask = [PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = subprocess.check_output(ask).decode().strip()
    with open(os.path.join(site, "shopcast.pth"), "w", encoding="utf-8") as link:
        link.write(ROOT + "\n")
    if WINDOWS:
        with open(os.path.join(BIN, "shopcast.cmd"), "w", encoding="utf-8") as script:
            script.write('@"%~dp0python.exe" -P -m studio.app.cli %*\r\n')
        return
    lines = ["#!/bin/sh", "# Written by run.py."]
    for key, value in sorted(sysroot_environment({}).items()):
        lines.append(f'{key}="{value}${{{key}:+:${key}}}"; export {key}')
    lines.append(f'exec "{PYTHON}" -P -m studio.app.cli "$@"')
    path = os.path.join(BIN, "shopcast")
    with open(path, "w", encoding="utf-8") as script:
        script.write("\n".join(lines) + "\n")
    os.chmod(path, 0o755)


def sysroot_environment(environment: dict[str, str]) -> dict[str, str]:
    """`environment` with the unpacked libraries and programs in reach."""
    result = dict(environment)
    if not os.path.isdir(SYSROOT):
        return result
    libraries = []
    for top in ("usr/lib", "lib"):
        for folder, _, files in os.walk(os.path.join(SYSROOT, top)):
            depth = os.path.relpath(folder, SYSROOT).count(os.sep)
            if depth <= 3 and any(".so." in name for name in files):
                libraries.append(folder)
    programs = [os.path.join(SYSROOT, part) for part in ("usr/sbin", "usr/bin")]
    for key, folders in (("LD_LIBRARY_PATH", libraries), ("PATH", programs)):
        old = [environment[key]] if environment.get(key) else []
        if folders:
            result[key] = os.pathsep.join(folders + old)
    for key, system, own in (
        ("FONTCONFIG_PATH", "/etc/fonts", "etc/fonts"),
        ("XKB_CONFIG_ROOT", "/usr/share/X11/xkb", "usr/share/X11/xkb"),
    ):
        if not os.path.isdir(system) and os.path.isdir(os.path.join(SYSROOT, own)):
            result[key] = os.path.join(SYSROOT, own)
    return result


def probe() -> None:
    """Load what leans on system libraries, so that a gap is named now and not on air."""
    code = "import PySide6.QtGui, PySide6.QtWidgets, av; from studio import __version__"
    env = sysroot_environment(dict(os.environ))
    done = subprocess.run([PYTHON, "-P", "-c", code], capture_output=True, env=env, check=False)
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        hint = ""
        if may_apt():
            hint = "; as root:  apt-get install --no-install-recommends " + " ".join(SYSTEM)
        say(f"a library is missing, pictures may not work: {' '.join(last)}{hint}")


def compile_sources() -> None:
    """Compile the project once: a start takes half as long, whatever the system says of caches."""
    folders = ["studio", "ui", "plugins", "bench"]
    command = [PYTHON, "-m", "compileall", "-q", *folders]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)  # may be read-only


def set_up(dev: bool) -> None:
    if is_set_up(dev):
        return
    with one_at_a_time():
        if is_set_up(dev):
            return
        system_packages(dev)
        install_locked(dev)
        link_project()
        compile_sources()
        probe()
        with open(stamp_path(dev), "w", encoding="utf-8") as stamp:
            stamp.write(fingerprint(dev))
        say(f"set up in .venv; start it again with  {os.path.join(BIN, 'shopcast')}")


# --- starting -----------------------------------------------------------------------------------


def replace_by(command: list[str], environment: dict[str, str]) -> int:
    """Become `command` (on Windows: run it and hand its code on)."""
    if WINDOWS:
        return subprocess.call(command, env=environment)
    let_go_of_output()
    os.execve(command[0], command, environment)


@contextmanager
def screen(environment: dict[str, str]) -> Iterator[None]:
    """A virtual screen of our own for the tests; Qt's offscreen platform where there is none.

    A display that is already there is the user's: no test opens windows on it.
    """
    server = shutil.which("Xvfb", path=environment.get("PATH"))
    if WINDOWS or sys.platform == "darwin" or not server or server.startswith(SYSROOT):
        # An unpacked Xvfb finds no keyboard compiler, which it looks for in /usr/bin alone.
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        yield
        return
    reading, writing = os.pipe()
    size = ["-screen", "0", "1920x1080x24"]
    command = [server, "-displayfd", str(writing), *size, "-nolisten", "tcp"]
    xvfb = subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        number = os.read(reading, 16).decode().strip()
        if number:
            environment["DISPLAY"] = ":" + number
            environment.pop("WAYLAND_DISPLAY", None)
            environment.setdefault("QT_QPA_PLATFORM", "xcb")
        else:
            environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        yield
    finally:
        os.close(reading)
        xvfb.terminate()
        xvfb.wait()


def test(arguments: list[str]) -> int:
    compile_sources()
    environment = sysroot_environment(dict(os.environ))
    # Each test may start Python several times: none of them is to compile anything anew.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if not any(argument.startswith(("-n", "--numprocesses")) for argument in arguments):
        # Many tests wait for real processes: two at a time even on one core. `-n 0`: one by one.
        count = min(4, max(2, os.cpu_count() or 1))
        arguments = ["-n", str(count), *arguments]
    with screen(environment):
        return subprocess.call([PYTHON, "-m", "pytest", *arguments], cwd=ROOT, env=environment)


def speak_utf8() -> None:
    """Every Python started from here speaks UTF-8 on its pipes, on Chinese Windows too."""
    os.environ.update(PYTHONUTF8="1", PYTHONIOENCODING="utf-8")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def let_go_of_output() -> None:
    """A reader that has gone (``| head``) is no fault, now or while Python ends."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(arguments: list[str]) -> int:
    insist_on_python()
    speak_utf8()
    what = arguments[0] if arguments else ""
    try:
        if what in ("-h", "--help"):
            print(__doc__.strip())
            let_go_of_output()
            return 0
        if what == "setup":
            set_up(dev="--dev" in arguments[1:])
            return 0
        if what == "test":
            set_up(dev=True)
            return test(arguments[1:])
        set_up(dev=False)
    except SetupError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    command = [PYTHON, "-P", "-m", "studio.app.cli"] + arguments
    return replace_by(command, sysroot_environment(dict(os.environ)))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
