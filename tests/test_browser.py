"""The page in a real browser: what a visitor sees and does."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")
PATIENCE = 60_000  # milliseconds; a loaded machine takes its time


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The page, served by the command of the README."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = open(tmp_path_factory.mktemp("app") / "log", "w")
    server = subprocess.Popen([sys.executable, "-m", "facekit", "app", "--no-browser", "--port", str(port)], stdout=log, stderr=log, start_new_session=True)
    until = time.monotonic() + 120
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5):
                break
        except OSError:
            assert server.poll() is None and time.monotonic() < until, Path(log.name).read_text()
            time.sleep(0.5)
    yield f"http://127.0.0.1:{port}/"
    os.killpg(server.pid, signal.SIGTERM)
    server.wait(30)
    log.close()


@pytest.fixture(scope="module")
def visitor(address):
    """A page in the browser, opened at the first heading; what went wrong is kept as a picture."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 420, "height": 900})  # a telephone's width
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        yield page
        browser.close()


@pytest.fixture(autouse=True)
def picture_of_a_failure(request, visitor):
    failed = request.session.testsfailed
    yield
    if request.session.testsfailed > failed:
        folder = Path(os.environ["FACEKIT_BUILD"])
        folder.mkdir(parents=True, exist_ok=True)
        visitor.screenshot(path=folder / f"{request.node.name}.png", full_page=True)


def _tab(visitor, name):
    visitor.get_by_role("tab", name=name).click()


def _shown(visitor):
    """The picture that is visible, once there is one."""
    return visitor.locator("img.widget-image:visible, .widget-image img:visible, img.jupyter-widgets:visible").first


def _other_picture(visitor, before):
    visitor.wait_for_function("before => [...document.querySelectorAll('img')].some(i => i.offsetParent && i.src && i.src != before)", arg=before)
    return _shown(visitor).get_attribute("src")


def _choose(visitor, file):
    with visitor.expect_file_chooser() as chooser:
        visitor.locator("button:visible", has_text="choose a picture").click()
    chooser.value.set_files(file)


def test_faces_are_there_without_a_click_and_a_slider_changes_them(visitor):
    _shown(visitor).wait_for()
    before = _shown(visitor).get_attribute("src")
    slider = visitor.get_by_role("slider").first
    slider.focus()
    slider.press("ArrowRight")
    assert _other_picture(visitor, before) != before


def test_nothing_is_wider_than_a_telephone(visitor):
    assert visitor.evaluate("document.documentElement.scrollWidth") <= 420 + 16


def test_a_walk_moves(visitor):
    _tab(visitor, "Walk")
    visitor.get_by_text("on the way").first.wait_for()
    before = _shown(visitor).get_attribute("src")
    slider = visitor.locator("[role=slider]:visible").first
    slider.focus()
    slider.press("ArrowRight")
    assert _other_picture(visitor, before) != before


def test_a_photograph_gets_a_verdict(visitor, portraits):
    _tab(visitor, "Unmask")
    visitor.get_by_text("your picture", exact=True).locator("visible=true").click()
    _choose(visitor, portraits.sample(1, seed=2).paths[0])
    visitor.get_by_text("1 face found").wait_for()
    assert _shown(visitor).get_attribute("src")


def test_no_picture_gets_a_sentence(visitor, tmp_path):
    (tmp_path / "note.jpg").write_text("no picture at all")
    _choose(visitor, tmp_path / "note.jpg")
    visitor.get_by_text("not a picture").wait_for()


def test_about_names_the_licence(visitor):
    _tab(visitor, "About")
    visitor.get_by_text("What it is not").first.wait_for()
