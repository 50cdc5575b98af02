"""Files that are whole or absent, and folders that one has for itself."""

import errno
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest

from facekit.core import writing

HOLD = """import sys, time; from pathlib import Path; from facekit.core import writing
with writing.exclusive(Path(sys.argv[1]), 'training'):
    print('held', flush=True); time.sleep(600)"""
HALF_WRITTEN = """import sys, time; from facekit.core import writing
with writing.atomic(sys.argv[1]) as part:
    part.write_text('half of it'); print('begun', flush=True); time.sleep(600)"""
READ_ONLY = """import os, sys; from pathlib import Path; from facekit.core import writing
if os.getuid() == 0:
    os.setuid(65534)  # who may write everywhere is no test
for folder in sys.argv[1:]:
    try:
        with writing.exclusive(Path(folder), 'training'):
            print('written')
    except OSError as error:
        print(error)"""


def started(code, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stdout=subprocess.PIPE, text=True
    )


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_whole_or_what_was_there(tmp_path):
    file = tmp_path / "new" / "table.csv"
    with writing.atomic(file) as part:
        part.write_text("first")
        assert not file.exists()
    with pytest.raises(KeyboardInterrupt), writing.atomic(file) as part:
        part.write_text("sec")
        raise KeyboardInterrupt
    assert file.read_text() == "first" and names(file.parent) == ["table.csv"]
    with (
        pytest.raises(OSError, match="cannot write .*table.csv: No space left.*; all is lost"),
        writing.atomic(file, "all is lost"),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(OSError, match="^a sentence$"), writing.atomic(file):
        raise OSError("a sentence")
    assert file.read_text() == "first" and names(file.parent) == ["table.csv"]


def test_what_a_killed_writer_left_is_gone_after_the_next(tmp_path):
    file = tmp_path / "faces.npz"
    with started(HALF_WRITTEN, file) as first:
        assert first.stdout.readline() == "begun\n"
        first.kill()
    assert not file.exists() and (tmp_path / ".faces.npz").read_text() == "half of it"
    with writing.atomic(file) as part:
        part.write_text("whole")
    assert names(tmp_path) == ["faces.npz"] and file.read_text() == "whole"


def test_two_writers_of_one_file_take_turns(tmp_path):
    file, mixed = tmp_path / "table.csv", []

    def write(letter):
        for _ in range(20):
            with writing.atomic(file) as part, open(part, "w") as opened:
                for _ in range(20):
                    opened.write(letter * 50)
                    opened.flush()
            text = file.read_text()
            mixed.append(len(text) != 1000 or len(set(text)) != 1)

    threads = [threading.Thread(target=write, args=letter) for letter in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mixed) == 60 and not any(mixed) and names(tmp_path) == ["table.csv"]


def test_json_of_whatever_stands_among_the_settings(tmp_path):
    record = {
        "root": Path("photos"),
        "rates": (0.1, np.float32(0.5)),
        "count": np.int64(3),
        "yes": np.bool_(True),
        "shape": np.array([[1, 2]]),
        "kind": {1}.__class__,
    }
    writing.write_json(tmp_path / "run.json", record)
    expected = {
        "root": "photos",
        "rates": [0.1, 0.5],
        "count": 3,
        "yes": True,
        "shape": [[1, 2]],
        "kind": "<class 'set'>",
    }
    assert json.loads((tmp_path / "run.json").read_text()) == expected
    assert writing.plain(record) == expected


def test_the_second_in_a_folder_is_refused_and_a_killed_one_is_not_waited_for(tmp_path):
    run, sentence = tmp_path / "run", "another training is at work in .*run: wait until it ends"
    with started(HOLD, run) as first:
        assert first.stdout.readline() == "held\n"
        with pytest.raises(writing.Busy, match=sentence), writing.exclusive(run, "training"):
            pytest.fail("both had it")
        first.kill()
    with (
        writing.exclusive(run, "training"),
        pytest.raises(writing.Busy, match=sentence),
        writing.exclusive(run, "training"),
    ):
        pytest.fail("both had it")
    with pytest.raises(KeyboardInterrupt), writing.exclusive(run, "training"):
        raise KeyboardInterrupt
    with writing.exclusive(run, "training"):
        assert names(run) == [".lock"]


def test_two_threads_exclude_each_other(tmp_path):
    refused = []

    def second():
        try:
            with writing.exclusive(tmp_path, "training"):
                refused.append(False)
        except writing.Busy:
            refused.append(True)

    with writing.exclusive(tmp_path, "training"):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    second()
    assert refused == [True, False]


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL])
def test_where_the_file_system_knows_no_locks_nobody_is_kept_out(monkeypatch, tmp_path, number):
    def flock(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", flock)
    with writing.exclusive(tmp_path / "run", "training"):
        with writing.exclusive(tmp_path / "run", "training"):
            pass
        with writing.atomic(tmp_path / "run" / "table.csv") as part:
            part.write_text("written")
    assert (tmp_path / "run" / "table.csv").read_text() == "written"


def test_a_folder_that_may_not_be_written():
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "run").mkdir(mode=0o555)
        os.chmod(folder, 0o555)
        with started(READ_ONLY, f"{folder}/run", f"{folder}/new") as process:
            existing, new = process.stdout.read().splitlines()
        os.chmod(folder, 0o755)
    assert "run cannot be written: choose another folder" in existing
    assert "Permission denied" in new
