"""Files that are whole or absent, and folders that one process has for itself."""

import errno
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from .paths import display

#: What file systems answer that know no locks, such as some of clusters: there nobody is kept out.
_NO_LOCKS = {errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL}


class Busy(OSError):
    """Somebody else is at work in this folder."""


@contextmanager
def atomic(file: str | Path, kept: str = "what was there before is kept") -> Iterator[Path]:
    """Give a hidden name to write to, which takes the file's place once all is written.

    So a file is always whole, also after a kill or on a full disk. The hidden name is always the
    same, and the next writer takes over what a killed one left there. Of two that write the same
    file at once the second waits for the first (where the file system knows locks), and its file
    is the one that stays.

    Parameters
    ----------
    file : path
        Missing folders are made.
    kept : str
        How the sentence ends that says that the file cannot be written.

    Yields
    ------
    Path
        In the same folder.

    Raises
    ------
    OSError
        If it cannot be written.

    Examples
    --------
    >>> with atomic("build/table.csv") as part:
    ...     table.to_csv(part)
    """
    file = Path(file)
    part, lock_file = (file.with_name(f".{file.name}{suffix}") for suffix in ("", ".lock"))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # The part alone cannot tell a writer at work from what a killed one left: the lock can.
        with _acquire(lock_file, timeout=-1):
            try:
                yield part
                part.replace(file)
            finally:
                part.unlink(missing_ok=True)
                with suppress(PermissionError):  # on Windows, where the release removes it
                    lock_file.unlink(missing_ok=True)
    except OSError as error:
        if error.errno is None:  # a sentence already
            raise
        raise OSError(f"cannot write {display(file)}: {error.strerror}; {kept}") from None


def write_json(file: str | Path, record: dict[str, Any], **kept: str) -> None:
    """Write a dictionary as JSON by `atomic`, in the form that `plain` gives it."""
    with atomic(file, **kept) as part:
        part.write_text(json.dumps(plain(record), indent=1) + "\n", encoding="utf-8")


def plain(record: dict[str, Any]) -> dict[str, Any]:
    """Return a dictionary as it comes back from a JSON file.

    Numbers and arrays of NumPy become numbers and lists, tuples lists, a `Path` and whatever else
    JSON has no form for a string.
    """

    def other(value: Any) -> Any:
        return value.tolist() if hasattr(value, "tolist") else str(value)

    return json.loads(json.dumps(record, default=other))


@contextmanager
def exclusive(folder: str | Path, work: str) -> Iterator[None]:
    """Keep a folder for this process, and this thread, as long as the block lasts.

    The lock is the operating system's, on the hidden file `.lock`, and ends with the process, even
    a killed one. Where the file system knows no locks nobody is kept out.

    Parameters
    ----------
    folder : path
        It is made if it is missing.
    work : str
        What is done in it, for the sentence that the second one reads.

    Raises
    ------
    Busy
        If somebody else has it.
    OSError
        If the folder cannot be written.

    Examples
    --------
    >>> with exclusive("build/run", "training"):
    ...     train()
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        lock = _acquire(folder / ".lock", timeout=0)
    except Timeout:
        advice = "wait until it ends, or choose another name"
        raise Busy(f"another {work} is at work in {display(folder)}: {advice}") from None
    except OSError:
        raise OSError(f"{display(folder)} cannot be written: choose another folder") from None
    with lock:
        yield


def _acquire(file: Path, timeout: float) -> AbstractContextManager:
    """Take the lock on a file, and return what releases it; where no locks are known, nothing."""
    lock = FileLock(file, timeout=timeout, thread_local=False, fallback_to_soft=False)
    try:
        return lock.acquire()
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        return nullcontext()
