"""The commands for the course: the page that `app` serves."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request


def test_app_serves_the_page_to_this_computer():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "facekit", "app", "--no-browser", "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        page = _fetched(f"http://127.0.0.1:{port}/", seconds=120)
        assert (
            "Faces that nobody has" in page and "fk.widgets" not in page
        )  # the code is hidden, the page is shown
        assert "jupyter-widgets" in page
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        told, _ = server.communicate(timeout=30)
    assert (
        "Culling kernels with idle durations > 120 seconds" in told.decode()
    )  # of visitors who are gone


def _fetched(address, seconds):
    """Return a page, waiting for the server to be up."""
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:
                return answer.read().decode()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
