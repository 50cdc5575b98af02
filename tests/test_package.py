"""The package as a whole: quick to import, importing only downwards, its old names still found."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import facekit as fk
from facekit.core import names, paths

PACKAGE = paths.REPOSITORY / "facekit"
MODULES = sorted(PACKAGE.rglob("*.py"))
#: What a folder may import beside itself.
BELOW = {
    "core": set(),
    "faces": {"core"},
    "metrics": {"core"},
    "gan": {"core", "faces", "metrics"},
    "analysis": {"core", "faces", "metrics", "gan"},
    "contrastive": {"core", "faces", "metrics", "gan"},
    "plots": {"core", "faces", "metrics", "gan", "analysis", "contrastive"},
    "widgets": {"core", "faces", "metrics", "gan", "analysis", "contrastive", "plots"},
    "teaching": {"core", "faces", "metrics", "gan", "analysis", "contrastive", "plots", "widgets"},
    "__main__": {"core", "teaching"},
    "__init__": {"core"},
}


def _imports(file):
    """Return the dotted names inside the package that a file imports, those inside functions included."""
    here = list(file.relative_to(PACKAGE).parts[:-1])
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = here[: len(here) - node.level + 1] + (
                node.module.split(".") if node.module else []
            )
            for alias in node.names:
                yield ".".join([*base, alias.name])
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "facekit":
            for alias in node.names:
                yield ".".join([*node.module.split(".")[1:], alias.name])
        elif isinstance(node, ast.Import):
            yield from (
                alias.name.removeprefix("facekit.")
                for alias in node.names
                if alias.name.startswith("facekit.")
            )


def test_the_package_holds_ten_rooms():
    rooms = set(BELOW) - {"__init__", "__main__"}
    entries = {entry.name for entry in PACKAGE.iterdir()} - {"__pycache__"}
    assert entries == rooms | {"__init__.py", "__main__.py"}
    assert set(fk.__all__) == rooms


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_modules_import_only_downwards(file):
    room = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
    found = {name.split(".")[0] for name in _imports(file)} - {"__version__", room}
    assert found <= BELOW[room]


def test_inside_a_room_nothing_imports_in_a_circle():
    graph = {}
    for file in MODULES:
        name = ".".join(file.relative_to(PACKAGE).with_suffix("").parts)
        graph[name] = {
            other for target in _imports(file) for other in (target, target.rpartition(".")[0])
        } - {name}
    while leaves := [name for name, targets in graph.items() if not targets & set(graph)]:
        for name in leaves:
            del graph[name]
    assert not graph, f"a circle among {sorted(graph)}"


def test_import_loads_nothing_heavy():
    heavy = ("tensorflow", "keras", "pandas", "matplotlib", "numpy")
    code = f"import sys, facekit; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_searching_a_face_prints_nothing():
    """Not even TensorFlow's notes, whichever import comes first."""
    code = "import facekit as fk, numpy; fk.faces.detection.detect([numpy.zeros((40, 40, 3), 'uint8')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_another_backend_is_named():
    done = subprocess.run(
        [sys.executable, "-c", "import facekit as fk; fk.gan.LSGAN"],
        capture_output=True,
        text=True,
        env={"KERAS_BACKEND": "jax"},
    )
    assert done.returncode == 1
    assert "facekit trains with Keras on TensorFlow: unset KERAS_BACKEND ('jax')" in done.stderr


@pytest.mark.parametrize("old", names.NEW)
def test_old_names_lead_to_the_new_ones(old):
    found = fk
    with pytest.warns(
        DeprecationWarning, match=rf"facekit\.{old}.* is facekit\.{names.NEW[old]}.* now"
    ):
        for name in old.split("."):
            found = getattr(found, name)
        if "." not in old:  # an old module: any of its names
            found = getattr(found, dir(_resolve(names.NEW[old]))[0])
    assert found is _resolve(names.NEW[old]) or "." not in old


def _resolve(new):
    found = fk
    for name in new.split("."):
        found = getattr(found, name)
    return found


def test_unknown_names_are_unknown():
    with pytest.raises(AttributeError, match="faxes"):
        getattr(fk, "faxes")  # noqa: B009  (an attribute that mypy would miss)


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_nothing_is_for_one_operating_system_only(file):
    """No module and no function that Python has on some systems only; text has its encoding said, since Windows would choose another."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = {getattr(node, "module", None) or ""} | {alias.name for alias in node.names}
            assert not names & {
                "fcntl",
                "resource",
                "pwd",
                "grp",
                "termios",
                "pty",
                "syslog",
                "msvcrt",
                "winreg",
            }
        if isinstance(node, ast.Attribute):
            assert node.attr not in {
                "fork",
                "forkpty",
                "getuid",
                "geteuid",
                "killpg",
                "setsid",
                "SIGKILL",
                "SIGALRM",
                "sched_setaffinity",
                "sched_getaffinity",
                "mkfifo",
                "chown",
            }
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {
            "read_text",
            "write_text",
        }:
            assert "encoding" in {keyword.arg for keyword in node.keywords}
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not node.value.startswith(("/proc", "/dev/", "/tmp"))


def test_data_is_missed_in_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("FACEKIT_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(
        FileNotFoundError,
        match="no data folder at .*nowhere: clone the whole repository, or set FACEKIT_DATA",
    ):
        paths.data()


def test_paths_are_shown_from_the_current_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert paths.display(tmp_path / "run" / "losses.csv") == str(Path("run") / "losses.csv")
    assert paths.display(tmp_path.parent / "else.csv") == str(Path("..") / "else.csv")
