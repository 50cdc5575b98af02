"""Lessons as pages: formulas, links and pictures that need no network."""

import re

import nbformat
import pytest

from facekit import __main__ as cli
from facekit.teaching import pages, tour

PNG = "iVBORw0KGgo="
OPENING = "# 2 · Squares\n\n*About 5 minutes.*\n\nWhy *squares*?\n\n**At the end** much."


@pytest.fixture
def lesson():
    cells = [
        nbformat.v4.new_markdown_cell(OPENING),
        nbformat.v4.new_markdown_cell("## The `loss` $L$\n\n$$\\mathbb E_x[(s - c)^2]$$\n\nof $s$"),
        nbformat.v4.new_code_cell("plot()", execution_count=1),
        nbformat.v4.new_markdown_cell('*A curve of $s$, "steep".*\n\nMore.'),
    ]
    cells[2].outputs = [nbformat.v4.new_output("display_data", {"image/png": PNG})]
    return nbformat.v4.new_notebook(cells=cells)


@pytest.fixture
def page(lesson):
    return pages.page(lesson, "Squares", "one.html", "")


def test_formulas_are_drawn_by_the_browser(page):
    shown = re.findall(r"<math.*?</math>", page, re.DOTALL)
    assert [formula.count('display="block"') for formula in shown].count(1) == 1
    assert sum("<mi>𝔼</mi>" in formula for formula in shown) == 1
    assert "$" not in re.sub(r"<style.*?</style>|base64,[^\"]*", "", page, flags=re.DOTALL)


def test_nothing_is_fetched(page):
    assert not re.search(r"""(src|href)=["'](https?:)?//""", page)
    assert not re.search(r"url\([\"']?https?:|@import", page) and "<script" not in page


def test_a_page_leads_to_its_sections_and_neighbours(page, lesson):
    (anchor, text) = pages.sections(lesson)[0]
    assert text == "The loss L" and f'href="#{anchor}"' in page and f'id="{anchor}"' in page
    assert "<title>Squares</title>" in page and 'href="one.html"' in page and "next →" not in page


def test_a_picture_has_its_caption_for_those_who_do_not_see_it(page, lesson):
    assert "alt='A curve of s, \"steep\".'" in page
    del lesson.cells[3]
    assert 'alt="Figure: The loss L"' in pages.page(lesson, "Squares")


def test_the_index_has_a_card_for_each_lesson_that_was_run(lesson, tmp_path):
    nbformat.write(lesson, tmp_path / "02_lesson.ipynb")
    (tmp_path / "02_lesson.html").write_text("")
    index = pages.index(tmp_path, ["01_other", "02_lesson"], "quick")
    assert index.count('class="card"') == 1 and 'href="02_lesson.html"' in index
    assert "2 · Squares" in index and "About 5 minutes." in index and "<em>squares</em>" in index
    assert PNG in index and "quick" in index


def test_every_term_that_a_lesson_links_to_is_in_the_glossary():
    known = set(re.findall(r'<a id="([\w-]+)"', pages.glossary()))
    assert len(known) >= 40
    for name in tour.LESSONS:
        text = (tour.notebooks() / f"{name}.ipynb").read_text(encoding="utf-8")
        terms = re.findall(r"\]\(TEACHING\.md#([\w-]+)\)", text)
        assert len(terms) >= 3 and set(terms) <= known, name


def test_terms_lead_to_the_glossary(lesson):
    lesson.cells[1].source += " of an [*epoch*](TEACHING.md#epoch)"
    assert 'href="glossary.html#epoch"' in pages.page(lesson, "Squares")


def _as_slides(lesson, kinds):
    for cell, kind in zip(lesson.cells, kinds, strict=True):
        cell.metadata.slideshow = {"slide_type": kind}
    return lesson


def test_slides_begin_where_the_metadata_say(lesson):
    lesson.cells[2].outputs.append(nbformat.v4.new_output("stream", text="\r 50%|█████   |"))
    deck = pages.deck(_as_slides(lesson, ["slide", "skip", "slide", "-"]), "Squares")
    slides = re.findall(r"<section>(.*?)</section>", deck, re.DOTALL)
    assert ["2 · Squares" in slide for slide in slides] == [True, False]
    assert ["More." in slide for slide in slides] == [False, True]
    assert "The loss" not in deck and "█" not in "".join(slides)
    assert "celltag_picture" in slides[1]  # whose code the style sheet hides
    assert not re.search(r"""(src|href)=["'](https?:)?//""", deck)


def test_a_notebook_without_slides_is_told(lesson):
    with pytest.raises(ValueError, match="'Squares' has no slides"):
        pages.deck(lesson, "Squares")


def test_the_command_writes_a_deck_a_lesson(tmp_path, capsys):
    assert cli.main(["slides", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out.count(".html") == len(tour.LESSONS)
    for name in tour.LESSONS:
        deck = (tmp_path / f"{name}.html").read_text(encoding="utf-8")
        assert 12 <= deck.count("<section>") <= 20
        assert {*re.findall(r'href="(\w+\.html)#', deck)} <= {"glossary.html"}
    assert (tmp_path / "glossary.html").is_file()
