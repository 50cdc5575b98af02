"""Kernels that find TensorFlow imported: they are forked from a process that did it once.

A kernel that is started imports it anew, which takes longer than most notebooks of the tests.
"""

import multiprocessing
import os
import signal
import sys

import matplotlib
from ipykernel import kernelapp
from jupyter_client.provisioning import local_provisioner

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["facekit.core.backend", "mtcnn", __name__])


class Kernel:
    """A forked kernel as `jupyter_client` wants it, like a `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, command, env, cwd=None, **_):
        ready, told = CONTEXT.Pipe(duplex=False)
        settings = (command[3:], env, cwd, told)  # after python -m ipykernel_launcher
        self._process = CONTEXT.Process(target=_run, args=settings, daemon=True)
        self._process.start()
        told.close()
        ready.recv()  # it has a group of its own: a signal to that does not reach the tests
        self.pid = self._process.pid

    def poll(self):
        return self._process.exitcode

    def wait(self):
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self):
        self.send_signal(signal.SIGTERM)

    def kill(self):
        self.send_signal(signal.SIGKILL)


def use():
    """From now on, this process forks its kernels."""
    local_provisioner.launch_kernel = Kernel


def _run(arguments, env, cwd, told):
    os.setsid()
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd or os.curdir)
    # Keras has imported matplotlib before the kernel could say how it draws.
    matplotlib.rcParams["backend"] = "module://matplotlib_inline.backend_inline"
    told.send(True)
    sys.argv = ["ipykernel_launcher", *arguments]
    kernelapp.launch_new_instance()
