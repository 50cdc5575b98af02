"""The commands for the course: `tour`, `refresh`, `exercises`, `collect`, `app`, `doctor`."""

from __future__ import annotations

import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import facekit as fk

from .command_line import command

_SELF = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self' ws: wss:"


def _only(add):
    add("--only", help="one notebook: 01, 02, 03 or 04")


def _tour(add):
    add("--out", help="another folder")


@command("run the four notebooks and write pages to build/tour", _tour, _only)
def tour(options: Namespace) -> None:
    """Run the lessons, in order."""
    fk.teaching.tour.tour(options.out, options.only)


@command("run the notebooks and store their outputs in place", _only)
def refresh(options: Namespace) -> None:
    """Store the lessons' outputs anew."""
    fk.teaching.tour.refresh(options.only)


def _exercises(add):
    build = fk.core.paths.build()
    add("--out", default=build / "exercises", help="the folder for the class (build/exercises)")
    text = "for a teacher: also nbgrader's folder, with the solutions (build/grading)"
    add("--grading", nargs="?", const=build / "grading", help=text)


@command("write the exercises, without their solutions", _exercises)
def exercises(options: Namespace) -> None:
    """Write the student versions, and list them."""
    for file in fk.teaching.grading.generate(options.out, options.grading):
        print(fk.core.paths.display(file))
    if options.grading:
        folder = fk.core.paths.display(Path(options.grading))
        print(
            "these are for the class; "
            f"the folder to grade in, with solutions and hidden tests, is {folder}"
        )


def _collect(add):
    add("folder", help="one folder a student, with notebooks of any name")
    grading = fk.core.paths.build() / "grading"
    add("--grading", default=grading, help="nbgrader's folder (build/grading)")


@command("put what a class handed in where nbgrader grades it", _collect)
def collect(options: Namespace) -> None:
    """Sort what was handed in, and list it."""
    print(fk.teaching.grading.collect(options.folder, options.grading).to_string(index=False))
    folder = fk.core.paths.display(Path(options.grading))
    print(f"now, in {folder}: nbgrader autograde, and the exercise's name")


def _app(add):
    text = "address to listen on (127.0.0.1: this computer only)"
    add("--host", default="127.0.0.1", help=text)
    add("--port", type=int, default=8866)
    add("--no-browser", dest="browser", action="store_false", help="do not open a browser")


@command("open the page for people who do not code", _app)
def app(options: Namespace) -> int:
    """Serve the page by Voilà until it is stopped."""
    page = fk.teaching.tour.notebooks() / "app.ipynb"
    # Only this computer can reach the page unless --host says otherwise, and the page asks nobody
    # else for anything. A file that is far too large has to arrive, too, or the connection breaks
    # before it can be refused. Voilà's command line cannot tell such settings.
    settings = {
        "websocket_max_message_size": 25 * fk.widgets.controls.MAX_UPLOAD_BYTES,
        "headers": {"Content-Security-Policy": _SELF},
    }
    serve = f"from voila.app import Voila; Voila.launch_instance(tornado_settings={settings!r})"
    arguments = [f"--Voila.ip={options.host}", f"--port={options.port}"]
    # A visitor's kernel takes 1.5 GB: it ends a few minutes after the page was closed.
    arguments += ["--MappingKernelManager.cull_idle_timeout=120"]
    arguments += ["--MappingKernelManager.cull_interval=30"]
    arguments += [] if options.browser else ["--no-browser"]
    return subprocess.call([sys.executable, "-c", serve, str(page), *arguments])


@command("check the installation")
def doctor(options: Namespace) -> int:
    """Print what is installed, and what is wrong with it."""
    return 1 if fk.teaching.doctor.doctor() else 0
