"""The commands for the course, from `tour` to `doctor`."""

import subprocess
import sys
from argparse import Namespace

import facekit as fk

from ..core.paths import build, display
from .command_line import command

_SELF = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self' ws: wss:"


def _only(add):
    add("--only", help="one notebook: 01, 02, 03 or 04")


def _tour(add):
    add("--out", help="another folder")


@command(_tour, _only)
def tour(options: Namespace) -> None:
    """Run the four notebooks and write pages to build/tour."""
    fk.teaching.tour.tour(options.out, options.only)


@command(_tour, _only)
def slides(options: Namespace) -> None:
    """Write the lessons, with the outputs that are stored in them, as slides to build/slides."""
    for file in fk.teaching.tour.slides(options.out, options.only):
        print(display(file))
    print("Open them in a browser: arrow keys or a swipe turn the slides. No network is needed.")


@command(_only)
def refresh(options: Namespace) -> None:
    """Run the notebooks and store their outputs in place."""
    fk.teaching.tour.refresh(options.only)


def _exercises(add):
    add("--out", default=build() / "exercises", help="folder for the class (build/exercises)")
    text = "for a teacher: also nbgrader's folder, with the solutions (build/grading)"
    add("--grading", nargs="?", const=build() / "grading", help=text)


@command(_exercises)
def exercises(options: Namespace) -> None:
    """Write the exercises, without their solutions."""
    for file in fk.teaching.grading.generate(options.out, options.grading):
        print(display(file))
    if options.grading:
        print(f"these are for the class; solutions and tests are in {display(options.grading)}")


def _collect(add):
    add("folder", help="one folder a student, with notebooks of any name")
    add("--grading", default=build() / "grading", help="nbgrader's folder (build/grading)")


@command(_collect)
def collect(options: Namespace) -> None:
    """Put what a class handed in where nbgrader grades it."""
    print(fk.teaching.grading.collect(options.folder, options.grading).to_string(index=False))
    print(f"now, in {display(options.grading)}: nbgrader autograde, and the exercise's name")


def _lab(add):
    add("--generator", default="portraits", help="a name, or the .keras file of your training")
    add("--out", help="another file than build/lab.html")


@command(_lab)
def lab(options: Namespace) -> None:
    """Write a page in which a GAN plays and a generator invents faces; any browser opens it."""
    page = fk.teaching.lab.build(options.out, options.generator)
    print(f"Open {display(page)} in a browser: it needs no network.")


def _app(add):
    add("--host", default="127.0.0.1", help="address to listen on (127.0.0.1: this computer only)")
    add("--port", type=int, default=8866)
    add("--no-browser", dest="browser", action="store_false", help="do not open a browser")


@command(_app)
def app(options: Namespace) -> int:
    """Open the page for people who do not code."""
    page = fk.teaching.tour.notebooks() / "app.ipynb"
    # Only this computer can reach the page unless --host says otherwise, and the page asks nobody
    # else for anything. A file that is far too large has to arrive, too, or the connection breaks
    # before it can be refused. Voilà's command line cannot tell such settings.
    limit = 25 * fk.widgets.controls.MAX_UPLOAD_BYTES
    settings = {"websocket_max_message_size": limit, "headers": {"Content-Security-Policy": _SELF}}
    serve = f"from voila.app import Voila; Voila.launch_instance(tornado_settings={settings!r})"
    arguments = [f"--Voila.ip={options.host}", f"--port={options.port}"]
    # A visitor's kernel takes 1.5 GB: it ends a few minutes after the page was closed.
    arguments += ["--MappingKernelManager.cull_idle_timeout=120"]
    arguments += ["--MappingKernelManager.cull_interval=30"]
    arguments += [] if options.browser else ["--no-browser"]
    return subprocess.call([sys.executable, "-c", serve, str(page), *arguments])


@command()
def doctor(options: Namespace) -> int:
    """Check the installation."""
    return 1 if fk.teaching.doctor.doctor() else 0
