"""Files that are whole or absent, and folders that one process has for itself."""

import json
import sqlite3
from contextlib import contextmanager
from pathlib import Path

from .paths import display


@contextmanager
def atomic(file, kept="what was there before is kept"):
    """Give a hidden name to write to, which takes the file's place once all is written: `with replacing(file) as part: …`.

    So a file is always whole, also after a kill or on a full disk.

    Raises
    ------
    OSError
        If it cannot be written; the sentence ends with what is `kept`.
    """
    file = Path(file)
    part = file.with_name(f".{file.name}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        yield part
        part.replace(file)
    except OSError as error:
        if error.errno is None:  # a sentence already
            raise
        raise OSError(f"cannot write {display(file)}: {error.strerror}; {kept}") from None
    finally:
        if part.exists():
            part.unlink()


def write_json(file, record, **kept):
    """Write a dictionary as JSON, by `replacing`; numbers of NumPy are written as Python's."""
    with atomic(file, **kept) as part:
        part.write_text(
            json.dumps(record, indent=1, default=lambda number: number.item()) + "\n",
            encoding="utf-8",
        )


@contextmanager
def exclusive(folder, work):
    """Keep a folder for this process as long as the block lasts: `with alone(run, "training"): …`.

    The lock is the operating system's, on a hidden file that stays, and ends with the process, even a killed one; SQLite asks for it
    in the same way everywhere.

    Raises
    ------
    OSError
        If somebody else has it, or the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = None
    try:
        lock = sqlite3.connect(
            folder / ".lock", timeout=0, isolation_level=None, check_same_thread=False
        )
        lock.execute(
            "PRAGMA journal_mode = OFF"
        )  # nothing is ever written, so no second file is needed
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        if lock is not None:
            lock.close()
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise OSError(
                f"another {work} is at work in {display(folder)}: wait until it ends, or choose another name"
            ) from None
        if (
            error.sqlite_errorcode != sqlite3.SQLITE_IOERR_LOCK
        ):  # some file systems of clusters know no locks: there nobody is kept out
            raise OSError(f"{display(folder)} cannot be written: choose another folder") from None
    try:
        yield
    finally:
        lock.close()
