"""The lab's page: how it is put together. What it does is tested in a browser."""

import pytest

from facekit import __main__ as cli
from facekit.core.backend import keras
from facekit.gan import networks
from facekit.teaching import lab


def test_the_same_inputs_give_the_same_page(tmp_path):
    first = lab.build(tmp_path / "first.html").read_bytes()
    assert lab.build(tmp_path / "second.html").read_bytes() == first
    assert b"import {" not in first and b"export " not in first and len(first) < 8e6
    assert lab.build(tmp_path / "other.html", "portraits-light").read_bytes() != first


def test_the_command_puts_ones_own_generator_into_a_page(tmp_path, capsys):
    keras.utils.set_random_seed(0)
    networks.build_generator(100, "light").save(tmp_path / "generator.keras")
    page = tmp_path / "mine.html"
    own = ["--generator", str(tmp_path / "generator.keras"), "--out", str(page)]
    assert cli.main(["lab", *own]) == 0 and page.stat().st_size > 1e6
    assert "mine.html in a browser" in capsys.readouterr().out


@pytest.mark.parametrize("architecture", ["paper", None])
def test_what_the_page_cannot_run_is_refused(architecture, tmp_path, capsys):
    if architecture:
        networks.build_generator(100, architecture).save(tmp_path / "generator.keras")
    name = str(tmp_path / "generator.keras")
    assert cli.main(["lab", "--generator", name, "--out", str(tmp_path / "page.html")]) == 1
    assert capsys.readouterr().err.startswith("facekit lab: ")
    assert not (tmp_path / "page.html").exists()
