"""Run one notebook in a fresh kernel, with a bar over its cells and a line a section."""

import asyncio
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from tqdm import tqdm

from . import outputs

#: How tqdm writes a bar, such as that of a training inside a cell.
_INNER_BAR = re.compile(r"([\w-]+): +(\d+%)\|")


def execute(file: Path) -> tuple[nbformat.NotebookNode, str | None]:
    """Run a notebook as it stands, in its own folder.

    Returns
    -------
    notebook
        With the outputs of the cells that were run.
    failure : str or None
        If a cell failed: the notebook, its section and the error.

    Raises
    ------
    KeyboardInterrupt
        After Ctrl-C here or in the kernel, which is stopped.
    """
    notebook = nbformat.read(file, as_version=4)
    print(title(notebook))
    loop = _Loop()  # before the bar is seen: Ctrl-C would leave a loop half made
    client, failure = _Client(notebook, file), None
    try:
        _run(client, loop)
        client.close_section()
    except CellExecutionError as error:
        if error.ename == "KeyboardInterrupt":
            raise KeyboardInterrupt from None
        failure = f"{error.ename}: {error.evalue}"
    except DeadKernelError:
        failure = "the kernel died, most likely because the computer's memory was full"
    finally:
        client.bar.close()
    for cell in notebook.cells:
        outputs.normalise_cell(cell)
    return notebook, failure and f"{file.stem}, section “{client.section}”: {failure}"


def title(notebook: nbformat.NotebookNode) -> str:
    """Return the heading that a notebook begins with."""
    return notebook.cells[0].source.splitlines()[0].lstrip("# ")


def _run(client: NotebookClient, loop: asyncio.AbstractEventLoop) -> None:
    """Run a client to its end; where a loop runs already, as in a notebook, in another thread."""

    def run():
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(client.async_execute())

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        run()
    else:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(run).result()


class _Loop(asyncio.SelectorEventLoop):
    """A loop that leaves Ctrl-C to `asyncio.Runner`, which cancels what runs.

    nbclient's own handler ends the kernel and then reports that it died.
    """

    def add_signal_handler(self, *_):  # type: ignore[override]
        raise NotImplementedError


class _Client(NotebookClient):
    """A client that shows how far it is."""

    def __init__(self, notebook, file):
        options: dict[str, Any] = {"store_widget_state": False, "coalesce_streams": True}
        options |= {"kernel_name": "python3", "extra_arguments": ["--log-level=ERROR"]}
        super().__init__(notebook, resources={"metadata": {"path": str(file.parent)}}, **options)
        self.section, self._heading, self._since = None, None, time.time()
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        # No estimate of the time left: one cell may take longer than all others together.
        looks = "{desc} {bar:20} {n_fmt}/{total_fmt} cells, {elapsed}{postfix}"
        self.bar = tqdm(total=len(code), desc=file.stem, file=sys.stdout, bar_format=looks)

    def process_message(self, msg, cell, cell_index):
        """Show the bar of a long cell behind that of the notebook: nobody waits in silence."""
        text = msg["content"].get("text", "") if msg["msg_type"] == "stream" else ""
        if inner := _INNER_BAR.findall(text):
            self.bar.set_postfix_str(" ".join(inner[-1]))
        return super().process_message(msg, cell, cell_index)

    async def async_execute_cell(self, cell, *arguments, **options):
        """Run a cell; after Ctrl-C end the kernel at once and do not call it dead."""
        self._enter(cell)
        try:
            executed = await super().async_execute_cell(cell, *arguments, **options)
        except (DeadKernelError, asyncio.CancelledError):
            task = asyncio.current_task()
            if task is None or not task.cancelling():
                raise
            self.shutdown_kernel = "immediate"
            raise asyncio.CancelledError from None
        if cell.cell_type == "code":
            self.bar.set_postfix_str("", refresh=False)
            self.bar.update()
        return executed

    def close_section(self):
        """Print how long a section took."""
        if self.section:
            seconds = time.time() - self._since
            self.bar.write(f"   {seconds:6.1f} s  {self.section}", file=sys.stdout)

    def _enter(self, cell):
        """Note the heading that a cell has; a section begins with its first code."""
        if cell.cell_type == "markdown":
            for heading in re.findall(r"^#{1,2} (.+)$", cell.source, re.MULTILINE):
                self._heading = heading
        elif self._heading != self.section:
            self.close_section()
            self.section, self._since = self._heading, time.time()
