"""The command line as a whole: one sentence for an error or Ctrl-C, and nothing changed for good."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import warnings

import pytest

from facekit import __main__ as cli
from facekit.teaching import tour

#: Says that the modules of the command line are there: what comes before `main` cannot be caught.
BEGUN = """
import sys
from facekit.__main__ import main
print("begun")
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    "arguments, message",
    [
        (
            ["extract", "--source", "folder", "--root", "nowhere"],
            "facekit extract: there is no folder nowhere",
        ),
        (["extract", "--source", "folder"], "needs a folder"),
        (
            ["extract", "--source", "flickr"],
            "unknown source 'flickr': choose portraits, celeba or folder",
        ),
        (
            ["extract", "--root", "nowhere"],
            "--root nowhere goes with --source folder or --source celeba",
        ),
        (["classify", "--photos", "24", "--generator", "nobody"], "no generator 'nobody'"),
        (["train", "--photos", "4", "--samples", "64"], "a batch of 32 from 4 faces"),
        (
            ["train", "--photos", "24", "--start", "nowhere"],
            "nowhere holds no training to begin with",
        ),
        (["examine", "nobody", "--photos", "24"], "no generator 'nobody'"),
        (["unpack", "nowhere.zip"], "there is no file nowhere.zip"),
        (["tour", "--only", "09"], "no notebook starts with '09'"),
    ],
)
def test_errors_are_one_sentence(arguments, message, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("FACEKIT_BUILD", str(tmp_path))
    assert cli.main(arguments) == 1
    error = capsys.readouterr().err
    assert message in error and "Traceback" not in error and len(error.strip().splitlines()) == 1


def test_folders_are_those_of_where_the_command_was_typed(tmp_path, monkeypatch):
    """A kernel, which starts in another folder, finds them; afterwards the variables are as they were."""
    monkeypatch.chdir(tmp_path)
    before = {name: name.lower() for name in ("FACEKIT_BUILD", "FACEKIT_ROOT")}
    for name, value in before.items():
        monkeypatch.setenv(name, value)
    seen = {}
    monkeypatch.setattr(tour, "tour", lambda *_: seen.update(os.environ))
    assert cli.main(["tour"]) == 0
    assert {name: seen[name] for name in before} == {
        name: str(tmp_path / value) for name, value in before.items()
    }
    assert {name: os.environ[name] for name in before} == before


def test_a_source_folder_is_needed_and_the_portraits_need_none(tmp_path, monkeypatch):
    monkeypatch.setenv("FACEKIT_SOURCE", "folder")
    monkeypatch.setenv("FACEKIT_ROOT", str(tmp_path / "nowhere"))
    out = ["--photos", "1", "--out", str(tmp_path / "one.npz")]
    assert cli.main(["extract", *out]) == 1
    assert cli.main(["extract", "--source", "portraits", *out]) == 0


def test_a_warning_is_a_note_and_only_while_a_command_runs(monkeypatch, capsys):
    before = warnings.showwarning
    monkeypatch.setattr(tour, "tour", lambda *_: warnings.warn("mind the gap", stacklevel=1))
    assert cli.main(["tour"]) == 0
    assert capsys.readouterr().err == "note: mind the gap\n"
    assert warnings.showwarning is before


def test_a_traceback_is_shown_where_it_is_asked_for(monkeypatch, capsys):
    monkeypatch.setenv("FACEKIT_DEBUG", "1")
    assert cli.main(["tour", "--only", "09"]) == 1
    told = capsys.readouterr().err
    assert "Traceback" in told and "in _chosen" in told
    assert told.splitlines()[-1].startswith("facekit tour: no notebook starts with '09'")


def test_a_librarys_error_is_not_told_as_the_users(monkeypatch, capsys):
    monkeypatch.setattr(tour, "tour", lambda *_: json.loads("{"))
    assert cli.main(["tour"]) == 1
    told = capsys.readouterr().err
    assert told.endswith(
        "(JSONDecodeError in decoder.py; FACEKIT_DEBUG=1 shows how it came to it)\n"
    )
    assert "Traceback" not in told and len(told.splitlines()) == 1


def test_an_error_of_the_program_is_not_dressed_up(monkeypatch):
    monkeypatch.setattr(tour, "tour", lambda: None)
    with pytest.raises(TypeError, match="positional arguments"):
        cli.main(["tour"])


def _hear_ctrl_c():
    """What a shell starts in the background ignores it, and so would what that starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process group is another thing")
@pytest.mark.parametrize(
    "command, moment",
    [
        ("tour --only 01", "2/"),  # a cell runs
        ("train", "begun"),  # TensorFlow is imported
        pytest.param("tour --only 01", "begun", marks=pytest.mark.slow),  # it has no kernel yet
        pytest.param("tour --only 01", "0/", marks=pytest.mark.slow),  # its kernel starts
        pytest.param("exercises", "begun", marks=pytest.mark.slow),
        pytest.param("train", "MTCNN:", marks=pytest.mark.slow),
        pytest.param("train", "LSGAN:", marks=pytest.mark.slow),
        pytest.param("experiment plain", "plain:", marks=pytest.mark.slow),
        pytest.param("sweep", "LSGAN:", marks=pytest.mark.slow),
        pytest.param("classify", "supcon:", marks=pytest.mark.slow),
        pytest.param("examine portraits", "supcon:", marks=pytest.mark.slow),
    ],
)
def test_ctrl_c_is_one_line(command, moment, tmp_path):
    """The whole process group is interrupted, as by a terminal, once the command has printed a text."""
    entry = ["-c", BEGUN] if moment == "begun" else ["-m", "facekit"]
    arguments = command.split()
    if arguments[0] not in ("tour", "exercises"):
        arguments += ["--photos", "120", "--out", str(tmp_path / "faces.npz")]
    environment = {**os.environ, "FACEKIT_BUILD": str(tmp_path), "TF_CPP_MIN_LOG_LEVEL": "3"}
    process = subprocess.Popen(
        [sys.executable, "-u", *entry, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=environment,
        preexec_fn=_hear_ctrl_c,
    )
    printed = b""
    while moment.encode() not in printed:
        piece = os.read(process.stdout.fileno(), 1000)
        assert piece, process.stderr.read().decode()
        printed += piece
    if moment == "begun":
        time.sleep(1)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told.decode() == f"facekit {arguments[0]}: interrupted\n"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no file has such a name")
def test_names_that_are_no_text_are_told(portraits, tmp_path):
    (tmp_path / "photos").mkdir()
    shutil.copy(portraits.paths[0], tmp_path / "photos")
    (tmp_path / "photos" / os.fsdecode(b"caf\xe9.jpg")).write_bytes(b"")
    command = [
        sys.executable,
        "-m",
        "facekit",
        "extract",
        "--source",
        "folder",
        "--root",
        str(tmp_path / "photos"),
        "--out",
        str(tmp_path / "faces.npz"),
    ]
    run = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8:strict"},
    )
    assert run.returncode == 0, run.stderr
    assert r"caf\udce9.jpg unreadable: the file is empty" in re.sub(" +", " ", run.stdout)
