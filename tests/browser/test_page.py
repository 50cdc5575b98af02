"""The page in a real browser: what a visitor sees and does."""

from urllib.parse import urlsplit

import numpy as np
from PIL import Image


def _open_tab(visitor, name):
    visitor.get_by_role("tab", name=name).click()


def _picture(visitor):
    """The picture that is visible, once there is one."""
    images = ("img.widget-image", ".widget-image img", "img.jupyter-widgets")
    return visitor.locator(", ".join(f"{image}:visible" for image in images)).first


def _another_picture(visitor, before):
    visitor.wait_for_function(
        "before => [...document.querySelectorAll('img')].some(i => i.offsetParent && i.src && i.src != before)",
        arg=before,
    )
    return _picture(visitor).get_attribute("src")


def _move(slider):
    slider.focus()
    slider.press("ArrowRight")


def _choose(visitor, file):
    with visitor.expect_file_chooser() as chooser:
        visitor.locator("button:visible", has_text="choose a picture").click()
    chooser.value.set_files(file)


def test_faces_are_there_without_a_click_and_a_slider_changes_them(visitor):
    _picture(visitor).wait_for()
    before = _picture(visitor).get_attribute("src")
    _move(visitor.get_by_role("slider").first)
    assert _another_picture(visitor, before) != before


def test_nothing_is_wider_than_a_telephone(visitor):
    assert visitor.evaluate("document.documentElement.scrollWidth") <= 420 + 16


def test_a_walk_moves(visitor):
    _open_tab(visitor, "Walk")
    visitor.get_by_text("on the way").first.wait_for()
    before = _picture(visitor).get_attribute("src")
    _move(visitor.locator("[role=slider]:visible").first)
    assert _another_picture(visitor, before) != before
    tracks = visitor.evaluate(
        "[...document.querySelectorAll('.noUi-base')].filter(e => e.offsetParent).map(e => e.getBoundingClientRect().width)"
    )
    assert len(tracks) == 4 and min(tracks) > 60  # wide enough for a finger


def test_pictures_of_all_kinds_get_an_answer(visitor, portraits, tmp_path):
    photograph = portraits.sample(1, seed=2).paths[0]
    _open_tab(visitor, "Unmask")
    visitor.get_by_text("your picture", exact=True).locator("visible=true").click()
    _choose(visitor, photograph)
    visitor.get_by_text("1 face found").wait_for()
    assert _picture(visitor).get_attribute("src")

    noise = np.random.default_rng(0).integers(0, 256, (2000, 2000, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    # More than a server's usual limit of 10 MiB a message.
    assert (tmp_path / "noise.png").stat().st_size > 11_000_000
    _choose(visitor, tmp_path / "noise.png")
    visitor.get_by_text("no face was found in this picture of 2000 × 2000 pixels").wait_for()

    (tmp_path / "note.jpg").write_text("no picture at all")
    _choose(visitor, tmp_path / "note.jpg")
    visitor.get_by_text("not a picture").wait_for()

    (tmp_path / "huge.png").write_bytes(bytes(48_000_000))
    _choose(visitor, tmp_path / "huge.png")
    visitor.get_by_text("The file has 48 MB: 20 MB are read at most").wait_for()
    _choose(visitor, photograph)
    visitor.get_by_text("1 face found").wait_for()


def test_about_names_the_licence(visitor):
    _open_tab(visitor, "About")
    visitor.get_by_text("non-commercial research and teaching only").first.wait_for()
    assert not visitor.get_by_text("What it is not.").first.is_visible()
    visitor.locator("summary").first.click()
    visitor.get_by_text("What it is not.").first.wait_for()


def test_a_face_can_be_pinned_and_the_page_is_dark_where_the_computer_is(visitor):
    _open_tab(visitor, "Generate")
    before = _picture(visitor).get_attribute("src")
    pin = visitor.locator(".widget-hslider:visible", has_text="pin face no.")
    _move(pin.get_by_role("slider"))
    assert _another_picture(visitor, before) != before
    shades = {}
    for scheme in ("light", "dark"):
        visitor.emulate_media(color_scheme=scheme)
        shades[scheme] = visitor.evaluate("getComputedStyle(document.body).backgroundColor")
    assert shades == {"light": "rgb(255, 255, 255)", "dark": "rgb(28, 28, 28)"}


def test_a_wide_page_is_not_cut_off(visitor):
    visitor.set_viewport_size({"width": 1200, "height": 900})
    edges = """[...document.querySelectorAll('.lm-TabPanel, #rendered_cells p')]
        .map(e => e.getBoundingClientRect().right)"""
    visitor.wait_for_function(f"Math.max(...{edges}) > 600")
    found = visitor.evaluate(edges)
    assert len(found) > 1 and max(found) <= 1200
    assert visitor.title().startswith("Faces that nobody has")


def test_the_page_asks_nobody_else(visitor, hosts):
    assert {host for host in hosts if host} == {urlsplit(visitor.url).netloc}
