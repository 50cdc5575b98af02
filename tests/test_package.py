"""The package as a whole: quick to import, and importing only downwards."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import facekit as fk
from facekit import paths

ORDER = fk._MODULES


def test_import_loads_nothing_heavy():
    code = "import sys, facekit; print([m for m in ('tensorflow', 'keras', 'pandas', 'matplotlib', 'numpy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_tensorflow_starts_in_silence():
    run = subprocess.run([sys.executable, "-c", "import facekit as fk, numpy; fk.gan, fk.detection.detect([numpy.zeros((40, 40, 3), 'uint8')])"], capture_output=True, text=True, check=True)
    assert (run.stdout, run.stderr) == ("", "")


def test_another_backend_is_named():
    run = subprocess.run([sys.executable, "-c", "import facekit as fk; fk.gan"], capture_output=True, text=True, env={"KERAS_BACKEND": "jax"})
    assert run.returncode == 1
    assert "facekit trains with Keras on TensorFlow, but KERAS_BACKEND is 'jax'" in run.stderr


def test_unknown_module_names_the_known():
    with pytest.raises(AttributeError, match="no module 'faxes'; it has paths, backend, distribution, paper"):
        fk.faxes


@pytest.mark.parametrize("module", ORDER)
def test_modules_import_only_downwards(module):
    tree = ast.parse((paths.REPOSITORY / "facekit" / f"{module}.py").read_text(encoding="utf-8"))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            imported |= {node.module} if node.module else {alias.name for alias in node.names}
    assert {name for name in imported & set(ORDER) if ORDER.index(name) >= ORDER.index(module)} == set()


@pytest.mark.parametrize("file", sorted((paths.REPOSITORY / "facekit").glob("*.py")), ids=lambda file: file.stem)
def test_nothing_is_for_one_operating_system_only(file):
    """No module and no function that Python has on some systems only; text has its encoding said, since Windows would choose another."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = {getattr(node, "module", None) or ""} | {alias.name for alias in node.names}
            assert not names & {"fcntl", "resource", "pwd", "grp", "termios", "pty", "syslog", "msvcrt", "winreg"}
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"fork", "forkpty", "getuid", "geteuid", "killpg", "setsid", "SIGKILL", "SIGALRM", "sched_setaffinity", "sched_getaffinity", "mkfifo", "chown"}
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"read_text", "write_text"}:
            assert "encoding" in {keyword.arg for keyword in node.keywords}
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not node.value.startswith(("/proc", "/dev/", "/tmp"))


def test_data_is_missed_in_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("FACEKIT_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError, match="no data folder at .*nowhere: clone the whole repository, or set FACEKIT_DATA"):
        paths.data()


def test_paths_are_shown_from_the_current_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert paths.display(tmp_path / "run" / "losses.csv") == str(Path("run") / "losses.csv")
    assert paths.display(tmp_path.parent / "else.csv") == str(Path("..") / "else.csv")
