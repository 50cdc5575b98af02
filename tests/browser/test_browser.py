"""The page and a lesson in JupyterLab, in a real browser: what a visitor and a student see and do."""

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

import numpy as np
import pytest
from PIL import Image

from facekit.teaching import tour

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")
PATIENCE = 60_000  # milliseconds; a loaded machine takes its time


@contextlib.contextmanager
def served(command, log, **environment):
    """Run a server on a free port of this computer; `command` has `{port}` in it. Yields its address."""
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
            until = time.monotonic() + 120
            while True:
                try:
                    with socket.create_connection(("127.0.0.1", port), timeout=5):
                        break
                except OSError:
                    assert server.poll() is None and time.monotonic() < until, log.read_text()
                    time.sleep(0.5)
            yield f"http://127.0.0.1:{port}/"
        finally:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGTERM)
                server.wait(30)


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def visitor(browser, tmp_path_factory):
    """The page that the README's command serves, opened at the first heading."""
    with served(
        "facekit app --no-browser --port {port}", tmp_path_factory.mktemp("app") / "log"
    ) as address:
        page = browser.new_page(viewport={"width": 420, "height": 900})  # a telephone's width
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        yield page


@pytest.fixture(scope="module")
def student(browser, tmp_path_factory):
    """JupyterLab with a copy of lesson 2, which it may save."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copy(tour.notebooks() / "02_lsgan.ipynb", folder)
    settings = (
        folder / "settings" / "@jupyterlab" / "notebook-extension" / "tracker.jupyterlab-settings"
    )
    settings.parent.mkdir(parents=True)
    settings.write_text(
        json.dumps({"windowingMode": "none"})
    )  # or only the cells in sight are in the page
    command = f"jupyterlab --no-browser --allow-root --port={{port}} --ServerApp.root_dir={folder} --IdentityProvider.token="
    with served(
        command, folder / "log", JUPYTERLAB_SETTINGS_DIR=str(folder / "settings")
    ) as address:
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address}lab/tree/02_lsgan.ipynb")
        yield page


@pytest.fixture(autouse=True)
def picture_of_a_failure(request, browser):
    failed = request.session.testsfailed
    yield
    if request.session.testsfailed > failed:
        folder = Path(os.environ["FACEKIT_BUILD"])
        folder.mkdir(parents=True, exist_ok=True)
        for i, page in enumerate(page for context in browser.contexts for page in context.pages):
            page.screenshot(path=folder / f"{request.node.name}-{i}.png", full_page=True)


def _tab(visitor, name):
    visitor.get_by_role("tab", name=name).click()


def _shown(visitor):
    """The picture that is visible, once there is one."""
    return visitor.locator(
        "img.widget-image:visible, .widget-image img:visible, img.jupyter-widgets:visible"
    ).first


def _other_picture(visitor, before):
    visitor.wait_for_function(
        "before => [...document.querySelectorAll('img')].some(i => i.offsetParent && i.src && i.src != before)",
        arg=before,
    )
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
    tracks = visitor.evaluate(
        "[...document.querySelectorAll('.noUi-base')].filter(e => e.offsetParent).map(e => e.getBoundingClientRect().width)"
    )
    assert len(tracks) == 4 and min(tracks) > 60  # wide enough for a finger


def test_a_photograph_gets_a_verdict(visitor, portraits):
    _tab(visitor, "Unmask")
    visitor.get_by_text("your picture", exact=True).locator("visible=true").click()
    _choose(visitor, portraits.sample(1, seed=2).paths[0])
    visitor.get_by_text("1 face found").wait_for()
    assert _shown(visitor).get_attribute("src")


def test_a_large_picture_arrives(visitor, tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (2000, 2000, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    assert (
        tmp_path / "noise.png"
    ).stat().st_size > 11_000_000  # more than a server's usual limit of 10 MiB a message
    _choose(visitor, tmp_path / "noise.png")
    visitor.get_by_text("no face was found in this picture of 2000 × 2000 pixels").wait_for()


def test_no_picture_gets_a_sentence(visitor, tmp_path):
    (tmp_path / "note.jpg").write_text("no picture at all")
    _choose(visitor, tmp_path / "note.jpg")
    visitor.get_by_text("not a picture").wait_for()


def test_a_file_that_is_far_too_large_is_refused_and_the_next_is_read(visitor, tmp_path, portraits):
    (tmp_path / "huge.png").write_bytes(bytes(48_000_000))
    _choose(visitor, tmp_path / "huge.png")
    visitor.get_by_text("The file has 48 MB: 20 MB are read at most").wait_for()
    _choose(visitor, portraits.sample(1, seed=2).paths[0])
    visitor.get_by_text("1 face found").wait_for()


def test_a_wide_page_is_not_cut_off_and_asks_nobody_else(browser, visitor):
    page, answered = browser.new_page(viewport={"width": 1200, "height": 900}), []
    page.set_default_timeout(PATIENCE)
    page.on("response", lambda response: answered.append(response.url))
    page.goto(visitor.url)
    page.get_by_text("save as PNG").wait_for()
    edges = page.evaluate(
        "[...document.querySelectorAll('.lm-TabPanel, #rendered_cells p')].map(e => e.getBoundingClientRect().right)"
    )
    assert len(edges) > 1 and 600 < max(edges) <= 1200
    assert {url.split("/")[2] for url in answered if url.startswith("http")} == {
        visitor.url.split("/")[2]
    } and page.title().startswith("Faces that nobody has")
    page.close()


def test_about_names_the_licence(visitor):
    _tab(visitor, "About")
    visitor.get_by_text("non-commercial research and teaching only").first.wait_for()
    assert not visitor.get_by_text("What it is not.").first.is_visible()
    visitor.locator("summary").first.click()
    visitor.get_by_text("What it is not.").first.wait_for()


def test_a_face_can_be_pinned_and_the_page_is_dark_where_the_computer_is(browser, visitor):
    _tab(visitor, "Generate")
    before = _shown(visitor).get_attribute("src")
    pin = visitor.locator(".widget-hslider:visible", has_text="pin face no.").get_by_role("slider")
    pin.focus()
    pin.press("ArrowRight")
    assert _other_picture(visitor, before) != before
    shades = {}
    for scheme in ("light", "dark"):
        visitor.emulate_media(color_scheme=scheme)
        shades[scheme] = visitor.evaluate("getComputedStyle(document.body).backgroundColor")
    assert shades == {"light": "rgb(255, 255, 255)", "dark": "rgb(28, 28, 28)"}


def test_a_lesson_runs_in_jupyterlab_and_its_slider_moves_a_face(student):
    student.get_by_text("| Idle").wait_for()
    student.locator(".jp-Cell").first.click()  # the menu acts on what has the focus
    student.get_by_role("menuitem", name="Run", exact=True).click()
    student.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    sampler = student.locator(".jp-Cell", has_text="sampler = fk.widgets.LatentSampler").first
    picture = sampler.locator("img.widget-image, .widget-image img, img.jupyter-widgets").first
    picture.wait_for(timeout=10 * PATIENCE)
    # The kernel answers a slider when the cells that wait have run.
    student.locator(".jp-Cell", has_text="its own face comes back better").locator(
        ".jp-OutputArea-output"
    ).first.wait_for(timeout=10 * PATIENCE)
    before = picture.get_attribute("src")
    truncation = sampler.locator(".widget-hslider", has_text="truncation").get_by_role("slider")
    truncation.focus()
    truncation.press("ArrowLeft")
    student.wait_for_function(
        "([picture, before]) => picture.src != before", arg=[picture.element_handle(), before]
    )
    assert (
        student.locator(".jp-mod-error, [data-mime-type='application/vnd.jupyter.stderr']").count()
        == 0
    )
