"""Five hundred damaged and hostile files: each reader reads or refuses in one sentence, unpickles nothing, and writes nowhere else."""

import contextlib
import hashlib
import io
import json
import os
import pickle
import shutil
import struct
import subprocess
import sys
import warnings
import zipfile

import h5py
import numpy as np
import pytest
from PIL import Image

from facekit.analysis import history
from facekit.contrastive import classifier, examination
from facekit.core import images
from facekit.faces import celeba, faceset, npz, photos, shards
from facekit.gan import checkpoints, lsgan, networks, states
from facekit.metrics import descriptor
from facekit.teaching import descriptor_training
from facekit.widgets import controls

FORMATS = ("jpg", "png", "gif", "webp", "tif", "bmp", "jp2", "ppm", "avif")


# What can happen to bytes.


def damaged(whole, seed):
    """Yield (what happened, bytes): cuts, flips, foreign beginnings, and files that never were what their name says."""
    random = np.random.default_rng(seed)
    for share in (0.02, 0.3, 0.7, 0.97):
        yield f"cut at {share}", whole[: int(share * len(whole))]
    for i in range(4):
        broken = np.frombuffer(whole, np.uint8).copy()
        places = random.integers(0, min(len(whole), 300 if i % 2 else len(whole)), 1 + 4 * i)
        broken[places] ^= 1 << random.integers(0, 8, len(places)).astype(np.uint8)
        yield f"bits flipped {i}", broken.tobytes()
    yield "zeros at the start", bytes(64) + whole[64:]
    yield "twice", whole + whole
    yield "numbers at their most", whole[:20] + b"\xff" * 30 + whole[50:]
    yield "empty", b""
    yield "null bytes", bytes(3000)
    yield "random", random.bytes(3000)
    yield "a web page", b"<!DOCTYPE html><title>Sign in</title>" + b" " * 500
    yield "a pickle", pickle.dumps(Marker())
    yield "another format", b"GIF89a" + struct.pack("<HH", 60_000, 60_000) + whole[10:]


def wrong_text(whole):
    """Yield (what is wrong, bytes) for a file of text."""
    lines = whole.split(b"\n")
    yield "not UTF-8", whole.replace(b"0", b"\xff\xfe\x80")
    yield "UTF-16", whole.decode().encode("utf-16")
    yield "null bytes inside", whole.replace(b"1", b"\0")
    yield "first line only", lines[0]
    yield "first line missing", b"\n".join(lines[1:])
    yield "rows twice", whole + b"\n".join(lines[1:])
    yield "a row too long", whole.rstrip(b"\n") + b",1,2,3,4,5,6 7 8 9\n"
    yield "words for numbers", whole.replace(b"1", b"one")
    yield "no number", whole.replace(b"1", b"nan")
    yield "infinite", whole.replace(b"1", b"inf")
    yield "digits without end", whole.replace(b"1", b"9" * 5000)
    yield "an open quotation", whole[:10] + b'"' + whole[10:]
    yield "commas", b"," * 20_000
    yield "outside", whole.replace(b"000001", b"../../000001").replace(b"epoch", b"../epoch")
    yield "nested", b"[" * 100_000
    yield "nested objects", b'{"kind":' * 5000 + b"1" + b"}" * 5000
    yield "a list", b"[1, 2]"
    yield "null", b"null"
    yield "no name", b'{"": []}'


class Marker:
    """Unpickled it leaves a file, so that a test can see it."""

    file = None

    def __reduce__(self):
        return open, (str(Marker.file), "w")


def npy(kind, shape, content=b"", version=b"\x01\x00", fortran=False):
    text = f"{{'descr': {kind if kind.startswith('[') else repr(kind)}, 'fortran_order': {fortran}, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY" + version + struct.pack("<H", len(text) + 1) + text + b"\n" + content


def wrong_arrays():
    """Yield (what is wrong, bytes) for a member of an npz file."""
    yield "pickled objects", npy("|O", (1,), pickle.dumps(Marker()))
    yield "a pickle", pickle.dumps(Marker())
    yield "huge and not there", npy("<f4", (10**12,))
    yield "more than can be counted", npy("<f4", (2**62, 2**62, 16))
    yield "negative", npy("<f4", (-1, -4), bytes(16))
    yield "words of no letters", npy("<U0", (10**12,))
    yield "one word of a terabyte", npy("<U250000000000", ())
    yield "no letters at all", npy("<U2", (3,), struct.pack("<6I", *[0x7FFFFFFF] * 6))
    yield "raw", npy("|V8", (2,), bytes(16))
    yield "fields", npy("[('a', '<f4'), ('b', '|O')]", (1,), bytes(12))
    yield "dates", npy("<M8[ns]", (2,), bytes(16))
    yield "complex", npy("<c8", (2,), bytes(16))
    yield "shorter than it says", npy("<f4", (100,), bytes(16))
    yield "longer than it says", npy("<f4", (1,), bytes(1600))
    yield "no such version", npy("<f4", (2,), bytes(8), b"\x09\x00")
    yield "no header", b"\x93NUMPY\x01\x00\xff\xff"
    yield "minus without end", npy("<f4", "-" * 9000 + "1", bytes(8))
    yield "no shape", npy("<f4", "'two'", bytes(8))
    yield "true as a length", npy("<f4", "(True, 2)", bytes(8))
    yield "no kind", npy("nonsense", (1,), bytes(8))
    yield "nan", npy("<f4", (2,), struct.pack("<2f", float("nan"), float("inf")))
    yield "other end first", npy(">f4", (2,), bytes(8))
    yield "nothing", npy("<f4", (0, 10**9))
    yield "empty", b""


def repacked(file, change, compression=zipfile.ZIP_STORED):
    """Write a zip file anew, with the members of the dictionary `change` in place of its own."""
    with zipfile.ZipFile(file) as old:
        members = {name: old.read(name) for name in old.namelist()} | change
    with zipfile.ZipFile(file, "w", compression) as new:
        for name, content in members.items():
            if content is not None:
                new.writestr(name, content)


def encrypted(file):
    """Say in both headers of the first member that it is encrypted."""
    content = bytearray(file.read_bytes())
    for start, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(start) + flags] |= 1
    file.write_bytes(content)


def method(file, number):
    """Say in both headers of the first member that it is compressed by another method."""
    content = bytearray(file.read_bytes())
    for start, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = content.index(start) + place
        content[at : at + 2] = struct.pack("<H", number)
    file.write_bytes(content)


def wrong_places(file):
    """Yield (what is wrong, a function that does it): where a file should be there is something else."""

    def instead(make):
        def change(folder):
            (folder / file).unlink()
            make(folder / file)

        return change

    yield "a folder", instead(lambda path: path.mkdir())
    yield "gone", instead(lambda path: None)
    yield "a link to itself", instead(lambda path: path.symlink_to(path))
    yield "a link to a device", instead(lambda path: path.symlink_to("/dev/zero"))
    yield "a pipe", instead(os.mkfifo)


# Whole samples, one folder a reader. Each returns the folder's files that are damaged in turn.


def _face_npz(file):
    npz.write(
        file,
        [np.zeros((2, 8, 8, 3), np.uint8)],
        (2, 8, 8, 3),
        names=["a.jpg", "b.jpg"],
        boxes=np.ones((2, 4), np.float32),
        confidence=np.ones(2, np.float32),
        keypoints=np.ones((2, 5, 2), np.float32),
        reject_names=["c.jpg"],
        reject_reasons=["no face found"],
        settings="1",
        **{"attributes/Male": np.array([True, False])},
    )


def _shard(file):
    npz.write(
        file,
        [np.zeros((2, 8, 8, 3), np.uint8)],
        (2, 8, 8, 3),
        photo=np.arange(2),
        boxes=np.ones((2, 4), np.float32),
        confidence=np.ones(2, np.float32),
        keypoints=np.ones((2, 5, 2), np.float32),
        reject=np.array([2]),
        reason=["no face found"],
    )


def _celeba(folder):
    (folder / "img_align_celeba").mkdir()
    names = ["000001.jpg", "000002.jpg"]
    for name in names:
        Image.new("RGB", (20, 20)).save(folder / "img_align_celeba" / name)
    (folder / "list_attr_celeba.txt").write_text(
        "2\nMale Smiling\n" + "".join(f"{name} 1 -1\n" for name in names)
    )
    (folder / "identity_CelebA.txt").write_text("".join(f"{name} 10\n" for name in names))
    (folder / "list_eval_partition.csv").write_text(
        "image_id,partition\n" + "".join(f"{name},1\n" for name in names)
    )


def _portraits(folder):
    (folder / "photos").mkdir()
    Image.new("RGB", (20, 20)).save(folder / "photos" / "000001.jpg")
    (folder / "list_attr.csv").write_text(
        "image_id,identity,partition,Male,face_x,face_y,face_w,face_h\n000001.jpg,1,train,1,1.5,2.5,10,11\n"
    )
    _sums(folder)


def _sums(folder):
    lines = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in ("list_attr.csv", "photos/000001.jpg")
        if (folder / name).is_file()
    ]
    (folder / "SHA256SUMS").write_text("".join(lines))


def _run(folder):
    (folder / "losses.csv").write_text("epoch,d1,d2,g\n1,0.1,0.2,0.3\n2,0.1,0.2,0.3\n")
    (folder / "run.json").write_text('{"latent_dim": 100, "minutes": 1}')
    (folder / "sheets").mkdir()
    Image.new("RGB", (80, 20)).save(folder / "sheets" / "epoch_0001.png")


def _read_run(folder):
    run = history.load(folder)
    assert np.isfinite(run.losses[list(history.LOSSES)].to_numpy()).all() and isinstance(
        run.about, dict
    )
    return run.faces() if run.sheets() else None


def _archive(folder):
    picture = io.BytesIO()
    Image.new("RGB", (20, 20)).save(picture, "JPEG")
    with zipfile.ZipFile(folder / "img_align_celeba.zip", "w") as zipped:
        zipped.writestr("img_align_celeba/000001.jpg", picture.getvalue())
        zipped.writestr(
            "list_attr_celeba.csv", "image_id,Male\n000001.jpg,1\n" * 30, zipfile.ZIP_DEFLATED
        )


def _exams(folder):
    (folder / "methods.csv").write_text("method,seed,accuracy\nsupcon,0,0.9\nsupcon,1,0.9\n")
    (folder / "transfer.csv").write_text("trained_on,tested_on,balanced\na,a,0.9\na,b,0.9\n")


def _weights(folder, monkeypatch, kind):
    monkeypatch.setenv("FACEKIT_DATA", str(folder))
    small = folder / "models" / "mine" / "small"
    if kind == "generator":
        checkpoints.export(networks.build_generator(2), small)
    elif kind == "descriptor":
        descriptor_training.export(
            descriptor.Descriptor(descriptor.build(1), ["Male"], {}),
            small.with_name("small-descriptor"),
        )
    else:
        classifier.export(
            classifier.RealFakeClassifier(classifier.build_encoder(), np.zeros(128), 0),
            small.with_name("small-classifier"),
        )


def _rehashed(folder):
    """Let the record have the sha256 of the weights that are there: so does somebody who means harm."""
    for record in folder.glob("models/*/*.json"):
        with contextlib.suppress(
            ValueError, TypeError, OSError, RecursionError
        ):  # a record that is damaged itself stays as it is
            content = json.loads(record.read_text())
            content["sha256"] = hashlib.sha256(record.with_suffix(".npz").read_bytes()).hexdigest()
            record.write_text(json.dumps(content))


# The machinery: a fresh copy of the sample, one damage, one reading.


@pytest.fixture(autouse=True)
def marker(tmp_path, monkeypatch):
    monkeypatch.setattr(Marker, "file", tmp_path / "unpickled")


def bytes_of(file, whole, seed, text=False):
    """Return the cases (what is wrong, function of the folder) in which a file has other bytes, or is no file."""
    cases = [
        (f"{file}: {what}", lambda folder, content=content: (folder / file).write_bytes(content))
        for what, content in [*damaged(whole, seed), *(wrong_text(whole) if text else ())]
    ]
    return cases + [(f"{file}: {what}", change) for what, change in wrong_places(file)]


def arrays_of(file, members):
    """Return the cases in which a member of an npz file is replaced by another array."""
    return [
        (
            f"{file}/{member}: {what}",
            lambda folder, member=member, content=content: repacked(
                folder / file, {f"{member}.npy": content}
            ),
        )
        for member in members
        for what, content in wrong_arrays()
    ] + [
        (f"{file}: encrypted", lambda folder: encrypted(folder / file)),
        (f"{file}: unknown compression", lambda folder: method(folder / file, 77)),
        (f"{file}: damaged deflate", lambda folder: method(folder / file, zipfile.ZIP_DEFLATED)),
        (
            f"{file}: members outside",
            lambda folder: repacked(
                folder / file, {"../../outside.npy": npy("<f4", (1,), bytes(4))}
            ),
        ),
        (
            f"{file}: a member missing",
            lambda folder: repacked(folder / file, {f"{members[0]}.npy": None}),
        ),
    ]


def survive(
    cases,
    sample,
    read,
    tmp_path,
    named=True,
    allowed=(ValueError, OSError, FileNotFoundError, PermissionError),
):
    """Damage a copy of the folder `sample` in each way, read it, and return how often it was refused."""
    refused, read_whole = 0, 0
    for what, change in cases:
        folder = tmp_path / "case"
        shutil.copytree(sample, folder, symlinks=True)
        change(folder)
        before = {path.name for path in tmp_path.iterdir()}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                read(folder)
            read_whole += 1
        except Exception as error:
            sentence = str(error)
            assert type(error) in allowed, (what, repr(error))
            assert 10 < len(sentence) < 600 and sentence.isprintable(), (what, sentence)
            assert not named or any(
                part.split(".")[0] in sentence for part in what.split(":")[0].split("/")
            ), (what, sentence)
            refused += 1
        assert not Marker.file.exists(), (what, "was unpickled")
        assert {path.name for path in tmp_path.iterdir()} == before, (what, "wrote outside")
        shutil.rmtree(folder)
    return refused, read_whole


def sample(tmp_path, make):
    folder = tmp_path / "sample"
    folder.mkdir()
    make(folder)
    return folder


CASES = dict.fromkeys(FORMATS, 22) | {
    "uploads": 17,
    "list_attr_celeba.txt": 41,
    "identity_CelebA.txt": 41,
    "list_eval_partition.csv": 41,
    "portraits": 83,
    "faces": 171,
    "shards": 123,
    "generator": 94,
    "descriptor": 94,
    "classifier": 94,
    "keras": 43,
    "runs": 108,
    "state": 101,
    "examination": 82,
    "archives": 32,
}


def counted(name, outcome):
    """Return (refused, read) if they are as many as `CASES` has for this reader."""
    assert sum(outcome) == CASES[name], (name, outcome)
    return outcome


def test_there_are_more_than_five_hundred():
    assert sum(CASES.values()) > 1300


def test_photographs(tmp_path):
    random = np.random.default_rng(0)
    picture = Image.fromarray(random.integers(0, 255, (40, 50, 3), np.uint8))
    whole = sample(
        tmp_path, lambda folder: [picture.save(folder / f"x.{suffix}") for suffix in FORMATS]
    )
    for i, suffix in enumerate(FORMATS):
        cases = bytes_of(f"x.{suffix}", (whole / f"x.{suffix}").read_bytes(), i)
        refused, read = counted(
            suffix,
            survive(
                cases,
                whole,
                lambda folder, suffix=suffix: images.read(folder / f"x.{suffix}"),
                tmp_path,
                named=False,
                allowed=(OSError,),
            ),
        )
        assert refused >= 12, (suffix, refused, read)


def test_uploads(tmp_path):
    whole = sample(tmp_path, lambda folder: shutil.copy(photos.load().paths[0], folder / "x.jpg"))

    def upload(folder):
        found, said = controls.faces_in_upload(
            [{"content": memoryview((folder / "x.jpg").read_bytes())}]
        )
        assert (
            found.shape[1:] == (80, 80, 3)
            and found.dtype == np.uint8
            and said.isprintable()
            and said.endswith(".")
        )

    cases = [
        case
        for case in bytes_of("x.jpg", (whole / "x.jpg").read_bytes(), 1)
        if not case[0].endswith(("folder", "gone", "itself", "device", "pipe"))
    ]
    assert counted("uploads", survive(cases, whole, upload, tmp_path)) == (0, len(cases))


def test_lists_of_celeba(tmp_path):
    whole = sample(tmp_path, _celeba)
    for i, file in enumerate(
        ("list_attr_celeba.txt", "identity_CelebA.txt", "list_eval_partition.csv")
    ):
        cases = bytes_of(file, (whole / file).read_bytes(), i, text=True)

        def read(folder):
            found = photos.load("celeba", folder)
            assert (
                all(
                    path.resolve().parent == (folder / "img_align_celeba").resolve()
                    for path in found.paths
                )
                and len(found.select(Male=True)) <= 2
            )

        refused, _ = counted(file, survive(cases, whole, read, tmp_path, named=False))
        assert refused >= 10


def test_table_of_the_portraits(tmp_path):
    whole = sample(tmp_path, _portraits)
    plain = bytes_of("SHA256SUMS", (whole / "SHA256SUMS").read_bytes(), 1, text=True)
    plain += [
        (
            "SHA256SUMS: outside",
            lambda folder: (folder / "SHA256SUMS").write_text(
                f"{hashlib.sha256(b'').hexdigest()}  ../../../../../../dev/null\n"
            ),
        )
    ]
    hostile = [
        (what, lambda folder, change=change: (change(folder), _sums(folder)))
        for what, change in bytes_of(
            "list_attr.csv", (whole / "list_attr.csv").read_bytes(), 2, text=True
        )
    ]
    refused, _ = counted(
        "portraits",
        survive(
            plain + hostile,
            whole,
            lambda folder: photos.load("portraits", folder),
            tmp_path,
            named=False,
        ),
    )
    assert refused >= 30


def test_names_in_a_folder(tmp_path):
    folder = sample(
        tmp_path,
        lambda folder: [
            Image.new("RGB", (9, 9)).save(folder / name, "JPEG")
            for name in (
                "ok.jpg",
                "two\nlines.jpg",
                b"\xff\xfe.jpg".decode(errors="surrogateescape"),
            )
        ],
    )
    (folder / "loop.jpg").symlink_to(folder / "loop.jpg")
    (folder / "again").symlink_to(folder)
    (folder / "folder.jpg").mkdir()
    found = photos.load("folder", folder)
    assert sorted(found.names) == sorted(
        path.name for path in folder.iterdir() if path.name not in ("again", "folder.jpg")
    )


def test_npz_of_faces(tmp_path):
    whole = sample(tmp_path, lambda folder: _face_npz(folder / "faces.npz"))
    members = ["images", "names", "boxes", "keypoints", "reject_names", "attributes/Male"]
    cases = bytes_of("faces.npz", (whole / "faces.npz").read_bytes(), 1) + arrays_of(
        "faces.npz", members
    )

    def read(folder):
        found = faceset.load(folder / "faces.npz")
        assert (
            len(found) == len(found.names) == len(found.attributes)
            and found.boxes.shape == (len(found), 4)
            and found.images.dtype == np.uint8
        )

    refused, _ = counted("faces", survive(cases, whole, read, tmp_path))
    assert refused >= 150


def test_shards(tmp_path):
    whole = sample(tmp_path, lambda folder: _shard(folder / "00000000.npz"))
    cases = bytes_of("00000000.npz", (whole / "00000000.npz").read_bytes(), 2) + arrays_of(
        "00000000.npz", ["images", "photo", "boxes", "reason"]
    )

    def read(folder):
        """A shard is made again, or it can be put together with others."""
        if shards.tally(folder / "00000000.npz") is not None:
            members, images = shards.gather([folder / "00000000.npz"])
            assert len(members["photo"]) == len(members["boxes"]) == len(next(iter(images)))

    assert counted("shards", survive(cases, whole, read, tmp_path)) == (0, len(cases))


@pytest.mark.parametrize(
    "kind, load",
    [
        ("generator", lambda: checkpoints.pretrained("small")),
        ("descriptor", lambda: descriptor.load("small")),
        ("classifier", lambda: classifier.pretrained("small")),
    ],
)
def test_weights(tmp_path, monkeypatch, kind, load):
    whole = sample(tmp_path, lambda folder: _weights(folder, monkeypatch, kind))
    monkeypatch.setenv("FACEKIT_DATA", str(tmp_path / "case"))
    stem = next(whole.glob("models/mine/*.npz")).with_suffix("").relative_to(whole).as_posix()
    plain = bytes_of(f"{stem}.json", (whole / f"{stem}.json").read_bytes(), 3, text=True)
    odd = [
        {"latent_dim": 10**9},
        {"architecture": []},
        {"architecture": None},
        {"attributes": 3},
        {"attributes": "ab"},
        {"kind": []},
        {"sha256": 3},
    ]
    plain += [
        (
            f"{stem}.json: {change}",
            lambda folder, change=change: (folder / f"{stem}.json").write_text(
                json.dumps(json.loads((folder / f"{stem}.json").read_text()) | change)
            ),
        )
        for change in odd
    ]
    hostile = bytes_of(f"{stem}.npz", (whole / f"{stem}.npz").read_bytes(), 4)[:-5] + arrays_of(
        f"{stem}.npz", ["w000"]
    )
    hostile = [
        (what, lambda folder, change=change: (change(folder), _rehashed(folder)))
        for what, change in hostile
    ]
    refused, _ = counted(kind, survive(plain + hostile, whole, lambda _: load(), tmp_path))
    assert refused >= 50


def _config(file, change):
    with zipfile.ZipFile(file) as saved:
        config = json.loads(saved.read("config.json"))
    change(config["config"])
    repacked(file, {"config.json": json.dumps(config)})


def _lambda(config):
    code = {
        "class_name": "__lambda__",
        "config": {"code": "4wAAAAA=", "defaults": None, "closure": None},
    }
    config["layers"].append(
        {
            "class_name": "Lambda",
            "module": "keras.layers",
            "config": {"name": "x", "function": code},
        }
    )


def _command(config):
    config["layers"][1] = {
        "class_name": "function",
        "module": "os",
        "config": "system",
        "registered_name": "system",
    }


def test_saved_generators(tmp_path):
    whole = sample(
        tmp_path, lambda folder: networks.build_generator(2).save(folder / "generator.keras")
    )
    wide = io.BytesIO()
    with h5py.File(wide, "w") as stored:
        stored.create_dataset(
            "layers/dense/vars/0",
            (50_000_000,),
            "float32",
            fillvalue=1,
            chunks=(1000,),
            compression="gzip",
        )
    configs = {
        "a lambda": _lambda,
        "a command": _command,
        "a huge latent point": lambda config: config["layers"][0]["config"].update(
            batch_shape=[None, 10**9]
        ),
        "a text for a number": lambda config: config["layers"][0]["config"].update(
            batch_shape=[None, "9"]
        ),
        "no layers": lambda config: config.update(layers=[]),
        "another name": lambda config: config.update(name="stranger_generator"),
        "no name": lambda config: config.pop("name"),
        "a list for a name": lambda config: config.update(name=[]),
        "the other architecture": lambda config: config.update(name="paper_generator"),
    }
    cases = [
        (
            f"generator.keras: {what}",
            lambda folder, change=change: _config(folder / "generator.keras", change),
        )
        for what, change in configs.items()
    ]
    cases += [
        (
            f"generator.keras: {name} {what}",
            lambda folder, name=name, content=content: repacked(
                folder / "generator.keras", {name: content}
            ),
        )
        for name in ("config.json", "model.weights.h5")
        for what, content in (
            ("gone", None),
            ("empty", b""),
            ("null", b"null"),
            ("wide", wide.getvalue()),
            ("nested", b"[" * 9999),
        )
    ]
    cases += [
        (
            "generator.keras: outside",
            lambda folder: repacked(folder / "generator.keras", {"../../outside": b"x"}),
        ),
        (
            "generator.keras: swollen",
            lambda folder: repacked(
                folder / "generator.keras", {"config.json": b" " * 20_000_000}, zipfile.ZIP_DEFLATED
            ),
        ),
    ]
    cases += bytes_of("generator.keras", (whole / "generator.keras").read_bytes(), 5)
    refused, read = counted(
        "keras",
        survive(
            cases, whole, lambda folder: checkpoints.load(folder / "generator.keras"), tmp_path
        ),
    )
    assert refused >= 30 and read >= 1  # the layers of a stranger are never looked at


def test_runs(tmp_path):
    whole = sample(tmp_path, _run)
    cases = [
        case
        for i, file in enumerate(("losses.csv", "run.json"))
        for case in bytes_of(file, (whole / file).read_bytes(), i, text=True)
    ]
    cases += bytes_of("sheets/epoch_0001.png", (whole / "sheets/epoch_0001.png").read_bytes(), 7)
    cases += [
        (
            f"sheets: {name}",
            lambda folder, name=name, size=size: Image.new("RGB", size).save(
                folder / "sheets" / name
            ),
        )
        for name, size in (
            ("epoch_x.png", (80, 9)),
            ("epoch_.png", (80, 9)),
            ("epoch_9.png", (3, 3)),
            ("epoch_9.jpg", (900, 3)),
        )
    ]
    refused, _ = counted("runs", survive(cases, whole, _read_run, tmp_path))
    assert refused >= 50


def test_states_of_a_training(tmp_path):
    model = lsgan.LSGAN(networks.build_generator(2, "small"), networks.build_discriminator("small"))
    model.compile()

    def make(folder):
        _run(folder)
        states.save(model, folder / "state.npz", 2)

    whole = sample(tmp_path, make)
    before = [np.array(variable) for variable in states.variables(model)]
    cases = bytes_of("state.npz", (whole / "state.npz").read_bytes(), 6) + arrays_of(
        "state.npz", ["v0000", "epochs", "version"]
    )
    cases += [
        (
            f"state.npz: {epochs} epochs",
            lambda folder, epochs=epochs: repacked(
                folder / "state.npz", {"epochs.npy": npy("<i8", (), struct.pack("<q", epochs))}
            ),
        )
        for epochs in (-1, 0)
    ]
    refused, _ = counted(
        "state", survive(cases, whole, lambda folder: states.resume(model, folder), tmp_path)
    )
    assert refused >= 70
    assert all(np.array_equal(old, new) for old, new in zip(before, states.variables(model)))


def test_tables_of_an_examination(tmp_path):
    whole = sample(tmp_path, _exams)
    cases = [
        case
        for i, file in enumerate(("methods.csv", "transfer.csv"))
        for case in bytes_of(file, (whole / file).read_bytes(), i, text=True)
    ]
    refused, _ = counted(
        "examination", survive(cases, whole, examination.load, tmp_path, named=False)
    )
    assert refused >= 30


def test_archives(tmp_path):
    whole, name = sample(tmp_path, _archive), "img_align_celeba.zip"
    picture = zipfile.ZipFile(whole / name).read("img_align_celeba/000001.jpg")
    cases = bytes_of(name, (whole / name).read_bytes(), 8) + [
        (f"{name}: {what}", lambda folder, change=change: change(folder / name))
        for what, change in (
            ("encrypted", encrypted),
            ("unknown compression", lambda file: method(file, 77)),
            ("damaged deflate", lambda file: method(file, zipfile.ZIP_DEFLATED)),
            ("damaged bzip2", lambda file: method(file, zipfile.ZIP_BZIP2)),
            ("damaged lzma", lambda file: method(file, zipfile.ZIP_LZMA)),
            (
                "paths outside",
                lambda file: repacked(
                    file,
                    {
                        path: picture
                        for path in (
                            "../../000002.jpg",
                            "/elsewhere/000003.jpg",
                            "..\\..\\000004.jpg",
                            "C:/000005.jpg",
                            "../list_attr_celeba.csv",
                        )
                    },
                ),
            ),
            (
                "a huge photograph",
                lambda file: repacked(
                    file, {"000002.jpg": bytes(60_000_000)}, zipfile.ZIP_DEFLATED
                ),
            ),
            (
                "many huge photographs",
                lambda file: repacked(
                    file,
                    {f"{i:06d}.jpg": bytes(40_000_000) for i in range(3)},
                    zipfile.ZIP_DEFLATED,
                ),
            ),
        )
    ]
    cases += [
        (
            f"{name}: a folder in the place of a photograph",
            lambda folder: (folder / "celeba/img_align_celeba/000001.jpg").mkdir(parents=True),
        ),
        (
            f"{name}: a file in the place of the folder",
            lambda folder: (folder / "celeba").write_text("x"),
        ),
    ]

    def read(folder):
        celeba.unpack(folder / name, folder / "celeba")
        assert {path.name for path in folder.iterdir()} == {name, "celeba"}
        assert all(path.suffix != ".part" for path in folder.rglob("*"))

    refused, _ = counted("archives", survive(cases, whole, read, tmp_path, named=False))
    assert refused >= 20


# Memory: small files that would become large. A process that has imported everything forks for each
# but the last, so that the largest size, which the system is asked for, is that of one reading.

READ = """import json, os, resource, sys; from pathlib import Path; from facekit.analysis import history
from facekit.core import images, reading; from facekit.faces import celeba, faceset
if "upload" in sys.argv:
    from facekit.core import backend; from facekit.widgets import controls
readers = {"photo": images.read, "faces": faceset.load, "run": history.load,
           "npz": lambda file: reading.read_npz(file, "a file", "away with it"),
           "record": lambda file: reading.read_json(file, "away with it"),
           "list": celeba._read_list,
           "upload": lambda file: controls.faces_in_upload([{"content": file.read_bytes()}])}
def size():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
for kind, file in zip(sys.argv[1::2], sys.argv[2::2]):
    if file != sys.argv[-1] and os.fork():
        os.wait()
        continue
    before, sentence = size(), ""
    try:
        readers[kind](Path(file))
    except (ValueError, OSError) as error:
        sentence = str(error)
    print(json.dumps([size() - before, sentence]), flush=True)
    os._exit(0)"""


def grown(*readings):
    """Return for each (kind, file) by how many MB reading it lets a process grow, and its sentence."""
    assert all(file.stat().st_size < 4_000_000 for _, file in readings)
    arguments = [str(argument) for reading in readings for argument in reading]
    done = subprocess.run(
        [sys.executable, "-c", READ, *arguments], capture_output=True, text=True, check=True
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == len(readings), done.stderr
    return found


def test_small_files_that_claim_to_be_large(tmp_path):
    _face_npz(tmp_path / "faces.npz")
    repacked(
        tmp_path / "faces.npz",
        {"reject_names.npy": npy("<U1", (10_000_000,), b"A\0\0\0" * 10_000_000)},
        zipfile.ZIP_DEFLATED,
    )
    shutil.copy(tmp_path / "faces.npz", tmp_path / "npz.npz")
    (tmp_path / "run.csv").write_bytes(b"epoch,d1,d2,g" + b"," * 3_000_000 + b"\n1,2,3,4")
    (tmp_path / "list.csv").write_bytes(b"," * 3_000_000 + b"\n1,2,3,4")
    (tmp_path / "list.txt").write_bytes(b"2\n" + b"a " * 1_500_000 + b"\nx 1\n")
    (tmp_path / "record.json").write_bytes(b"[" * 3_000_000)
    Image.new("1", (12_000, 12_000)).save(tmp_path / "photo.png")
    expected = {
        "faces.npz": "far more",
        "npz.npz": "far more",
        "run.csv": "a thousand columns",
        "list.csv": "a thousand columns",
        "list.txt": "a thousand columns",
        "record.json": "recursion",
        "photo.png": "too many pixels",
    }
    found = grown(*((name.split(".")[0], tmp_path / name) for name in expected))
    for (name, words), (growth, sentence) in zip(expected.items(), found):
        assert growth < 300 and words in sentence, (name, growth, sentence)


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind, mode, suffix",
    [
        ("photo", "RGB", "jpg"),
        ("photo", "RGBA", "png"),
        ("photo", "I;16", "png"),
        ("photo", "F", "tif"),
        ("photo", "RGB", "webp"),
        ("upload", "RGB", "png"),
    ],
)
def test_the_largest_photographs_that_are_read(tmp_path, kind, mode, suffix):
    picture, turned = Image.new(mode, (7200, 7200)), Image.Exif()
    turned[0x0112] = 6
    picture.save(
        tmp_path / f"x.{suffix}",
        **(
            {"exif": turned}
            if suffix == "jpg"
            else {"compression": "tiff_deflate"}
            if suffix == "tif"
            else {}
        ),
    )
    [(growth, sentence)] = grown((kind, tmp_path / f"x.{suffix}"))
    assert growth < 1000 and not sentence, (growth, sentence)
