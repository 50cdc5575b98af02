"""A widget and a lesson in JupyterLab, in a real browser: what a student sees and does."""

import re

import nbformat
import pytest

PICTURE = "img.widget-image, .widget-image img, img.jupyter-widgets"


def _run_all(lab):
    lab.get_by_text("| Idle").wait_for()
    lab.locator(".jp-Cell").first.click()  # the menu acts on what has the focus
    lab.get_by_role("menuitem", name="Run", exact=True).click()
    lab.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def _move_truncation(lab, cell, picture):
    before = picture.get_attribute("src")
    slider = cell.locator(".widget-hslider", has_text="truncation").get_by_role("slider")
    slider.focus()
    slider.press("ArrowLeft")
    lab.wait_for_function(
        "([picture, before]) => picture.src != before", arg=[picture.element_handle(), before]
    )
    errors = ".jp-mod-error, [data-mime-type='application/vnd.jupyter.stderr']"
    assert lab.locator(errors).count() == 0


def _save(lab):
    lab.keyboard.press("Control+s")
    lab.get_by_text("Saving completed").first.wait_for()


def test_a_slider_moves_a_face_and_the_notebook_keeps_its_picture(student):
    lab = student("widget.ipynb")
    _run_all(lab)
    cell = lab.locator(".jp-Cell").first
    picture = cell.locator(PICTURE).first
    picture.wait_for()
    _move_truncation(lab, cell, picture)
    assert picture.get_attribute("alt") == "8 invented faces, seed 7"
    for name in ("seed", "truncation", "pin face no."):
        assert cell.get_by_role("slider", name=name, exact=True).count() == 1, name
    still = cell.locator(".facekit-still")
    assert still.count() == 1 and not still.is_visible()
    lab.wait_for_timeout(2000)
    _save(lab)
    lab.close()

    saved = nbformat.read(student.folder / "widget.ipynb", as_version=4)
    nbformat.write(saved, student.folder / "again.ipynb")
    lab = student("again.ipynb")
    still = lab.locator(".facekit-still img")
    still.wait_for()
    assert not lab.get_by_text("model not found").is_visible()
    lab.close()


def test_a_board_shows_eight_faces_and_answers_a_guess(student):
    lab = student("board.ipynb")
    _run_all(lab)
    lab.get_by_role("button", name="face 8 is a fake").wait_for()
    for number in (1, 8):
        face = lab.get_by_role("img", name=f"face {number}", exact=True)
        assert face.bounding_box()["width"] == 128
    assert lab.get_by_text("javascript error").count() == 0
    lab.get_by_role("button", name="face 2 is real").click()
    lab.get_by_text("you: ").first.wait_for()
    assert lab.get_by_text(re.compile("✓ right|✗ wrong")).count() == 1
    assert lab.get_by_role("button", name="face 2 is a fake").is_disabled()
    lab.get_by_role("button", name="generated").click()
    lab.get_by_role("img", name="% fake").first.wait_for()
    lab.close()


@pytest.mark.slow
def test_a_lesson_runs_and_its_slider_moves_a_face(student):
    lab = student("02_lsgan.ipynb")
    lab.set_default_timeout(1_200_000)
    _run_all(lab)
    cell = lab.locator(".jp-Cell", has_text="sampler = fk.widgets.LatentSampler").first
    picture = cell.locator(PICTURE).first
    picture.wait_for()
    # The kernel answers a slider when the cells that wait have run.
    last = lab.locator(".jp-Cell", has_text="its own face comes back better")
    last.locator(".jp-OutputArea-output").first.wait_for()
    _move_truncation(lab, cell, picture)
    lab.close()
