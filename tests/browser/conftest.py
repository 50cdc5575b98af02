"""A browser, the page and JupyterLab, each started once for all tests of a session."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest

from facekit.teaching import tour

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
PATIENCE = 180_000  # milliseconds; a loaded machine takes its time
START = 300  # seconds for a server to answer
WIDGET = """import facekit as fk
sampler = fk.widgets.LatentSampler(fk.gan.pretrained("portraits"))
sampler"""


BOARD = """import facekit as fk
portraits = fk.faces.photos.load("portraits").sample(40)
faces = fk.faces.extract(portraits, fk.core.paths.build() / "board.npz")
networks = fk.contrastive.pretrained("portraits"), fk.gan.pretrained("portraits")
board = fk.widgets.VerdictBoard(*networks, faces, faces, fk.metrics.descriptor.load("portraits"))
board.source.value = "guess first"
board"""


@pytest.fixture(scope="package")
def browser():
    if CHROMIUM is None:
        pytest.skip("there is no chromium on this machine")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def visit(browser):
    """Return a function that opens an address in a window of its own."""

    def visit(address, width=1200, remember=None):
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.set_default_timeout(PATIENCE)
        if remember:
            page.on("response", remember)
        page.goto(address)
        return page

    return visit


@pytest.fixture(scope="package")
def hosts():
    """The computers that have answered the page."""
    return set()


@pytest.fixture(scope="package")
def visitor(visit, hosts, tmp_path_factory):
    """The page that the README's command serves, as wide as a telephone."""

    def remember(response):
        hosts.add(urlsplit(response.url).netloc)

    command = "facekit app --no-browser --port {port}"
    with _served(command, tmp_path_factory.mktemp("app") / "log") as address:
        yield visit(address, 420, remember)


@pytest.fixture(scope="package")
def student(visit, tmp_path_factory):
    """Return a function that opens lesson 2, or a notebook of one widget or board, in JupyterLab.

    `student.folder` is where the notebooks lie.
    """
    folder = tmp_path_factory.mktemp("lab")
    shutil.copy(tour.notebooks() / "02_lsgan.ipynb", folder)
    for name, code in (("widget", WIDGET), ("board", BOARD)):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(notebook, folder / f"{name}.ipynb")
    settings = folder / "settings"
    tracker = settings / "@jupyterlab" / "notebook-extension" / "tracker.jupyterlab-settings"
    tracker.parent.mkdir(parents=True)
    # Or only the cells in sight are in the page.
    tracker.write_text(json.dumps({"windowingMode": "none"}))
    command = (
        "jupyterlab --no-browser --allow-root --port={port} "
        f"--ServerApp.root_dir={folder} --IdentityProvider.token="
    )
    places = {"SETTINGS": settings, "WORKSPACES": folder / "workspaces"}
    variables = {f"JUPYTERLAB_{name}_DIR": str(place) for name, place in places.items()}
    with _served(command, folder / "log", **variables) as address:
        # A workspace of its own: another notebook that was open is not opened again.
        def student(file):
            return visit(f"{address}lab/workspaces/{Path(file).stem}/tree/{file}")

        student.folder = folder
        yield student


@pytest.fixture(autouse=True)
def picture_of_a_failure(request, browser):
    failed = request.session.testsfailed
    yield
    if request.session.testsfailed > failed:
        folder = Path(os.environ["FACEKIT_BUILD"])
        folder.mkdir(parents=True, exist_ok=True)
        for i, page in enumerate(page for context in browser.contexts for page in context.pages):
            page.screenshot(path=folder / f"{request.node.name}-{i}.png", full_page=True)


@contextlib.contextmanager
def _served(command, log, **environment):
    """Run a server on a free port; `command` has `{port}` in it. Yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with open(log, "w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", *command.format(port=port).split()],
            stdout=output,
            stderr=output,
            start_new_session=True,
            env=os.environ | environment,
        )
        try:
            until = time.monotonic() + START
            while True:
                try:
                    with socket.create_connection(("127.0.0.1", port), timeout=5):
                        break
                except OSError:
                    assert server.poll() is None and time.monotonic() < until, log.read_text()
                    time.sleep(0.2)
            yield f"http://127.0.0.1:{port}/"
        finally:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGTERM)
                server.wait(60)
