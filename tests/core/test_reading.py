"""A damaged file is one sentence; a fault of the program, or lack of memory, is none of a file."""

import json
import zipfile

import pytest

from facekit.core import reading


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "run.json"
    path.write_text("{}")
    return path


@pytest.mark.parametrize(
    "error",
    [MemoryError("no room"), NameError("naem"), AttributeError("np.flaot"), AssertionError()],
)
def test_faults_of_the_program_are_not_dressed_up(file, error):
    with (
        pytest.raises(type(error)) as raised,
        reading.guarded(file, "a record", "delete it"),
    ):
        raise error
    assert "damaged" not in str(raised.value)


@pytest.mark.parametrize(
    "error",
    [
        KeyError("d1"),
        EOFError(),
        zipfile.BadZipFile("cut"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"),
        json.JSONDecodeError("nothing", "", 0),
        RecursionError("too deep"),
        OSError("short read"),
    ],
)
def test_damage_is_one_sentence(file, error, monkeypatch):
    monkeypatch.delenv("FACEKIT_DEBUG", raising=False)
    sentence = r"run.json is not a record, or damaged \(.+\): delete it$"
    with (
        pytest.raises(ValueError, match=sentence) as raised,
        reading.guarded(file, "a record", "delete it"),
    ):
        raise error
    assert raised.value.__cause__ is None and raised.value.__suppress_context__


def test_debugging_shows_where_it_was_found(file, monkeypatch):
    monkeypatch.setenv("FACEKIT_DEBUG", "1")
    file.write_text("[1, 2]")
    with pytest.raises(ValueError, match="a JSON object is expected") as raised:
        reading.read_json(file, "delete it")
    assert isinstance(raised.value.__cause__, ValueError)
    file.write_text("{")
    with pytest.raises(ValueError, match="run.json is not a record") as raised:
        reading.read_json(file, "delete it")
    assert isinstance(raised.value.__cause__, json.JSONDecodeError)


def test_a_file_that_is_missing_or_may_not_be_read(tmp_path, file):
    with pytest.raises(FileNotFoundError, match="there is no file .*none.json: delete it"):
        reading.read_json(tmp_path / "none.json", "delete it")
    with (
        pytest.raises(PermissionError, match="run.json may not be read: ask its owner"),
        reading.guarded(file, "a record", "delete it"),
    ):
        raise PermissionError(13, "Permission denied")
