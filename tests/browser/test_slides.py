"""Slides, opened from disk in a browser without a network."""

import pytest

from facekit.teaching import tour


@pytest.mark.parametrize("name", tour.LESSONS)
def test_every_slide_fits_into_the_window_and_keys_turn_it(browser, tmp_path, name):
    (deck,) = tour.slides(tmp_path, name)
    problems = []
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: problems.append(request.url))
    page.goto(deck.as_uri())
    number = page.evaluate("slides.length")
    for i in range(number):
        assert page.inner_text("footer") == f"{i + 1} / {number}"
        box = page.locator("section.shown").bounding_box()
        assert box["width"] > 200 and box["x"] >= 0 and box["x"] + box["width"] <= 1281
        assert box["y"] + box["height"] <= 801
        page.keyboard.press("ArrowRight")
    assert page.evaluate("at") == number - 1
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("at") == 0
    assert problems == [deck.as_uri()]
    context.close()
