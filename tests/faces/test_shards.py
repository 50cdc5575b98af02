"""Extraction that is stopped, killed, fed with rubbish, or done by several: nothing is lost and the bytes are the same."""

import multiprocessing
import os
import random
import resource
import shutil
import subprocess
import sys
import time

import joblib
import numpy as np
import pytest
from PIL import Image

from facekit.faces import extraction, npz, photos, shards


def extract_in_small_shards(root, out, began):
    """Run in a process of its own, to be killed; `began` is set once the networks run and a shard is about to be written."""
    write = npz.write

    def announced(*arguments, **members):
        began.set()
        write(*arguments, **members)

    shards._PHOTOS, npz.write = 8, announced
    extraction.extract(photos.load("folder", root=root), out, workers=1)


@pytest.fixture
def small_shards(monkeypatch):
    monkeypatch.setattr(shards, "_PHOTOS", 8)


@pytest.fixture
def folder(portraits, tmp_path):
    """Forty portraits in a folder of their own, with two files that are no pictures."""
    root = tmp_path / "photographs"
    root.mkdir()
    for path in portraits.paths[:40]:
        shutil.copy(path, root)
    (root / "000013.jpg").write_bytes(b"")
    (root / "zz.jpg").write_text("<html>")
    return photos.load("folder", root=root)


@pytest.fixture
def undisturbed(folder, tmp_path, small_shards):
    """The bytes of an extraction that nothing happened to."""
    extraction.extract(folder, tmp_path / "undisturbed.npz", workers=1)
    assert not list(tmp_path.glob("*.parts"))
    return (tmp_path / "undisturbed.npz").read_bytes()


@pytest.fixture
def stopped_before_the_merge(monkeypatch):
    """Make the shards of an extraction, and no more."""

    def make(chosen, out, **settings):
        with monkeypatch.context() as patch:
            patch.setattr(extraction, "_merge", lambda *_: pytest.fail("stopped before the end"))
            with pytest.raises(pytest.fail.Exception):
                extraction.extract(chosen, out, **settings)

    return make


def test_shards_close_at_many_photographs_or_many_bytes(monkeypatch):
    monkeypatch.setattr(shards, "_PHOTOS", 3)
    monkeypatch.setattr(shards, "_BYTES", 100)
    assert shards.cut([1] * 7) == [(0, 3), (3, 6), (6, 7)]
    assert shards.cut([60, 60, 500, -1, 40, 60]) == [(0, 1), (1, 2), (2, 3), (3, 6)]
    assert shards.cut([]) == []


@pytest.mark.parametrize("workers", [2, 3, None])
def test_workers_give_the_same_bytes(folder, undisturbed, tmp_path, workers):
    extraction.extract(folder, tmp_path / "again.npz", workers=workers)
    assert (tmp_path / "again.npz").read_bytes() == undisturbed


def test_processes_give_the_same_bytes(folder, tmp_path):
    extraction.extract(folder, tmp_path / "threads.npz")
    with joblib.parallel_config("loky", n_jobs=2):
        extraction.extract(folder, tmp_path / "processes.npz")
    assert (tmp_path / "processes.npz").read_bytes() == (tmp_path / "threads.npz").read_bytes()


def kill_and_go_on(folder, undisturbed, out, kills, seed):
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["facekit.core.backend", "mtcnn", "facekit.faces.extraction"])
    moments, progress = random.Random(seed), []
    while len(progress) < kills:
        began = context.Event()
        child = context.Process(target=extract_in_small_shards, args=(folder.root, out, began))
        child.start()
        assert began.wait(60)
        time.sleep(moments.uniform(0, 0.15))
        if child.is_alive():
            child.kill()
        child.join()
        kept = list(out.with_name(f"{out.name}.parts").rglob("0*.npz"))
        assert all(shards.tally(file) is not None for file in kept)
        if child.exitcode == 0 or out.exists():
            assert out.read_bytes() == undisturbed
            out.unlink()
        else:
            progress.append(len(kept))
    assert any(0 < count < 6 for count in progress), progress
    found = extraction.extract(folder, out, workers=1)
    assert out.read_bytes() == undisturbed and len(found) + len(found.rejects) == len(folder)
    assert not out.with_name(f"{out.name}.parts").exists()


def test_killed_at_any_moment_it_goes_on(folder, undisturbed, tmp_path):
    kill_and_go_on(folder, undisturbed, tmp_path / "killed.npz", kills=3, seed=1)


@pytest.mark.slow
def test_killed_at_twenty_moments(folder, undisturbed, tmp_path):
    kill_and_go_on(folder, undisturbed, tmp_path / "killed.npz", kills=20, seed=2)


def test_what_is_done_is_not_done_again(folder, undisturbed, tmp_path, monkeypatch, capsys):
    out = tmp_path / "stopped.npz"
    real, made = shards.extract_shard, []

    def stops(paths, first, recipe, file):
        if first == 24:
            raise KeyboardInterrupt
        return real(paths, first, recipe, file)

    monkeypatch.setattr(shards, "extract_shard", stops)
    with pytest.raises(KeyboardInterrupt):
        extraction.extract(folder, out, workers=1)
    assert (
        "of 41 photographs are done, and the same call goes on from there"
        in capsys.readouterr().out
    )
    done = {int(file.stem) for file in tmp_path.glob("stopped.npz.parts/*/*.npz")}
    assert {0, 8} <= done and 24 not in done and not out.exists()
    monkeypatch.setattr(
        shards, "extract_shard", lambda *arguments: made.append(arguments[1]) or real(*arguments)
    )
    extraction.extract(folder, out, workers=1)
    assert made == sorted(set(range(0, len(folder), 8)) - done)
    assert out.read_bytes() == undisturbed


def test_a_damaged_shard_is_made_again(folder, undisturbed, tmp_path, stopped_before_the_merge):
    out = tmp_path / "stopped.npz"
    stopped_before_the_merge(folder, out)
    first, second, *_ = sorted(tmp_path.glob("stopped.npz.parts/*/*.npz"))
    first.write_bytes(first.read_bytes()[:5000])
    second.write_bytes(b"")
    (first.parent / ".00000016.npz.4711").write_bytes(b"half written")
    extraction.extract(folder, out)
    assert out.read_bytes() == undisturbed


@pytest.mark.parametrize(
    "change", [{"margin": 0.2}, {"shape": "square"}, {"choose": "all"}, "format"]
)
def test_shards_of_other_settings_are_not_mixed_in(
    folder, undisturbed, tmp_path, monkeypatch, stopped_before_the_merge, change
):
    out = tmp_path / "mixed.npz"
    with monkeypatch.context() as patch:
        if change == "format":
            patch.setattr(shards, "_FORMAT", -1)
        stopped_before_the_merge(folder, out, **({} if change == "format" else change))
    assert list(tmp_path.glob("mixed.npz.parts/*/*.npz"))
    extraction.extract(folder, out)
    assert out.read_bytes() == undisturbed


KILLED_WHILE_MERGING = """import os, sys
from facekit.faces import extraction, npz, photos, shards
def images_and_the_end(files):
    members, images = gather(files)
    def some():
        yield next(images)
        os._exit(9)
    return members, some()
shards._PHOTOS, gather, shards.gather = 8, shards.gather, images_and_the_end
extraction.extract(photos.load("folder", root=sys.argv[1]), sys.argv[2])"""


def test_killed_while_shards_are_merged_it_leaves_nothing_for_ever(
    folder, undisturbed, tmp_path, stopped_before_the_merge
):
    out = tmp_path / "killed.npz"
    stopped_before_the_merge(folder, out)
    code = [sys.executable, "-c", KILLED_WHILE_MERGING, str(folder.root), str(out)]
    assert subprocess.run(code, capture_output=True).returncode == 9
    assert not out.exists()
    extraction.extract(folder, out)
    assert out.read_bytes() == undisturbed
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"photographs", "undisturbed.npz", "killed.npz"}


def test_by_default_there_is_a_thread_for_each_core_that_may_be_used(folder, tmp_path, monkeypatch):
    asked, parallel = [], shards.Parallel
    monkeypatch.setattr(shards, "_PHOTOS", 8)
    monkeypatch.setattr(
        shards, "Parallel", lambda count, **options: asked.append(count) or parallel(1, **options)
    )
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        extraction.extract(folder, tmp_path / "faces.npz")
    finally:
        os.sched_setaffinity(0, cores)
    assert asked == [1]


def test_a_full_disk_is_told_and_loses_nothing(folder, undisturbed, tmp_path):
    out = tmp_path / "full.npz"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(
        resource.RLIMIT_FSIZE, (400_000, hard)
    )  # a shard of 8 faces is 160 kB, the whole 750 kB
    try:
        with pytest.raises(
            OSError,
            match=r"cannot write .*full.npz: File too large; .* 41 of 41 photographs are done, and the same call goes on",
        ):
            extraction.extract(folder, out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not out.exists() and not list(tmp_path.glob(".*"))
    extraction.extract(folder, out)
    assert out.read_bytes() == undisturbed


def test_a_folder_that_cannot_be_written_is_told(folder, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(OSError, match="cannot write .*faces.npz: Not a directory$"):
        extraction.extract(folder, tmp_path / "file" / "faces.npz")


def test_labels_are_those_of_today(folder, tmp_path):
    extraction.extract(folder, tmp_path / "faces.npz")
    people = folder.attributes.assign(
        identity=np.arange(len(folder)),
        kind=[None, "odd"] * (len(folder) // 2) + [None] * (len(folder) % 2),
    )
    again = extraction.extract(photos.PhotoSet(folder.root, people), tmp_path / "faces.npz")
    assert again.attributes.index.tolist() == again.names.tolist() and list(again.attributes) == [
        "identity",
        "kind",
    ]
    assert again.attributes["identity"].tolist() == [
        folder.names.index(name) for name in again.names
    ]
    assert again.attributes["kind"].isna().tolist() == [
        folder.names.index(name) % 2 == 0 for name in again.names
    ]


def test_a_photograph_that_vanishes_half_way_is_a_reject(folder, tmp_path, monkeypatch):
    file_states = shards.file_states

    def vanish(paths):
        known = file_states(paths)
        (folder.root / "000030.jpg").unlink()
        return known

    monkeypatch.setattr(shards, "file_states", vanish)
    found = extraction.extract(folder, tmp_path / "faces.npz")
    assert (
        dict(zip(found.rejects["name"], found.rejects["reason"]))["000030.jpg"]
        == "unreadable: the file is gone"
    )


def test_two_hundred_damaged_files(portraits, tmp_path):
    rng = np.random.default_rng(0)
    good = portraits.paths[0].read_bytes()
    page = b"<!DOCTYPE html><title>Sign in</title>" + b" " * 4000

    def damage(i):
        broken = bytearray(good)
        kind = i % 5
        if kind == 0:
            return good[: rng.integers(1, len(good) - 400)]
        if kind == 1:
            start = rng.integers(0, 300)
            broken[start : start + 300] = bytes(300)
        elif kind == 2:
            return rng.bytes(rng.integers(0, 5000))
        elif kind == 3:
            return page
        else:
            broken[:600] = rng.bytes(600)
        return bytes(broken)

    for i in range(196):
        (tmp_path / f"{i:03d}.jpg").write_bytes(damage(i))
    (tmp_path / "200.jpg").mkdir()
    (tmp_path / "201.jpg").symlink_to(tmp_path / "nowhere.jpg")
    (tmp_path / "202.jpg").symlink_to(tmp_path / "202.jpg")
    bomb = Image.new("1", (30_000, 30_000))
    bomb.save(tmp_path / "203.png")
    (tmp_path / "204.jpg").write_bytes(good)
    names = sorted(path.name for path in tmp_path.iterdir())
    chosen = photos.PhotoSet(
        tmp_path, photos.load("folder", root=tmp_path).attributes.reindex(names)
    )
    found = extraction.extract(chosen, tmp_path / "out" / "faces.npz")
    ended = [*found.names, *found.rejects["name"]]
    assert sorted(ended) == names
    reasons = dict(zip(found.rejects["name"], found.rejects["reason"]))
    assert reasons["200.jpg"] == "unreadable: a folder or a device, not a picture"
    assert reasons["201.jpg"] == "unreadable: the file is gone"
    assert reasons["203.png"] == "unreadable: too many pixels to open safely"
    assert "204.jpg" in found.names
    assert all(
        reason == "no face found" or reason.startswith("unreadable: ")
        for reason in reasons.values()
    )
    assert sum(reason.startswith("unreadable") for reason in reasons.values()) > 150


def test_several_faces_and_the_choice(portraits, tmp_path):
    one, two = (Image.open(path) for path in portraits.paths[:2])
    scene = Image.new("RGB", (320, 240), "grey")
    scene.paste(one, (0, 10))
    scene.paste(two.resize((107, 131)), (190, 60))
    scene.save(tmp_path / "two.png")
    pictures = photos.load("folder", root=tmp_path)
    every = extraction.extract(pictures, tmp_path / "all.npz", choose="all")
    assert every.names.tolist() == ["two.png", "two.png"] and every.boxes[0, 2] > every.boxes[1, 2]
    assert np.array_equal(
        extraction.extract(pictures, tmp_path / "one.npz", choose="largest").images[0],
        every.images[0],
    )
    sure = extraction.extract(pictures, tmp_path / "sure.npz", choose="most confident")
    assert len(sure) == 1 and sure.confidence[0] == every.confidence.max()


@pytest.mark.parametrize("change", [{"shape": "oval"}, {"choose": "prettiest"}])
def test_unknown_options_are_refused(folder, tmp_path, change):
    with pytest.raises(ValueError, match="choose one of"):
        extraction.extract(folder, tmp_path / "faces.npz", **change)
    with pytest.raises(ValueError, match="the selection is empty"):
        extraction.extract(
            photos.PhotoSet(folder.root, folder.attributes[:0]), tmp_path / "faces.npz"
        )


def test_missing_words_and_numbers_of_the_table_survive(folder, tmp_path):
    table = folder.attributes.assign(
        partition=["train", None] * 20 + ["test"],
        identity=np.arange(41),
        age=np.linspace(18, 80, 41),
    )
    before = photos.PhotoSet(folder.root, table)
    after = extraction.extract(before, tmp_path / "faces.npz").attributes
    expected = table.loc[after.index]
    assert after["partition"].fillna("-").tolist() == expected["partition"].fillna("-").tolist()
    assert np.array_equal(after["identity"], expected["identity"]) and np.array_equal(
        after["age"], expected["age"]
    )
