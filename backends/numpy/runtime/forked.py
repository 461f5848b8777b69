"""Forked lanes: processes that compute parts of the same layers beside each other."""

import math
import mmap
import os
import signal
import threading
import traceback
import weakref
from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from backends.numpy.kernels.types import Array
from backends.numpy.runtime.blas import limit_blas, restore_blas
from backends.numpy.runtime.lanes import BUFFERED, Stage, programs

# A lane that waits looks so often, in about 0.2 ms, before it sleeps.
TRIES = 1_000
# So many seconds a lane sleeps before it looks whether the others still live.
DOZE = 0.5
NOTE = 1 << 14  # the bytes that tell why a lane failed


def shared_array(shape: tuple[int, ...]) -> Array:
    """Zeros that processes have in common once this one has forked them."""
    memory = mmap.mmap(-1, max(1, 4 * math.prod(shape)))
    return np.frombuffer(memory, np.float32, math.prod(shape)).reshape(shape)


class ForkedLanes:
    """Run stages on lanes: the thread that calls `run`, and a forked process for each other lane.

    As `Lanes`, but without Python's lock between them. What one lane writes and another reads,
    network inputs and outputs too, must lie in a `shared_array`. The processes are forked at the
    first run, so POSIX only, and not for a program whose other threads may hold locks at that time;
    they end at `close`, when this object is collected, and with the process that made it. Another
    process, forked from that one, has the same arena and so may not run these lanes.
    """

    def __init__(self, stages: Sequence[Stage]) -> None:
        """Raises ValueError where a system has no fork, and as `Lanes` does."""
        if not hasattr(os, "fork"):
            raise ValueError("this system cannot fork: use threads as lanes")
        self.programs = programs(stages)
        self.owner = os.getpid()
        self.turns = threading.Lock()
        self.children: dict[int, int] = {}  # by lane
        self.connect()

    def run(self) -> None:
        """Do all calls of all lanes.

        Raises RuntimeError with the text of what a call raised in another process, or where one was
        killed. Then, and after what is raised in this one, all others are ended; the next run forks
        new ones.
        """
        if os.getpid() != self.owner:
            raise RuntimeError(f"these lanes belong to process {self.owner}: make new ones here")
        with self.turns:
            limited, buffered = limit_blas(), np.setbufsize(BUFFERED)
            try:
                if not self.children:
                    self.fork()
                for lane in self.children:
                    self.starts[lane].release()
                self.perform(0)
            except BaseException:
                self.end()
                raise
            finally:
                np.setbufsize(buffered)
                restore_blas(limited)

    def close(self) -> None:
        """End the other processes, which another run would fork again."""
        if os.getpid() == self.owner:
            with self.turns:
                self.end()

    def connect(self) -> None:
        """Make what processes tell each other by: when to start, who has come, who failed."""
        # Here, because threads need none of it.
        from multiprocessing import get_context

        lanes = range(len(self.programs))
        semaphore = get_context("fork").Semaphore
        try:
            self.starts = [semaphore(0) for _ in lanes]
            self.came = [[semaphore(0) for _ in lanes] for _ in lanes]  # by who came and who waits
        except (ImportError, OSError) as error:
            raise ValueError(f"no POSIX semaphores here ({error}): use threads as lanes") from error
        self.note = mmap.mmap(-1, NOTE)

    def fork(self) -> None:
        # Before the first child, so that an interrupt in between leaves none behind.
        self.ending = weakref.finalize(self, end_processes, self.owner, self.children)
        for lane in range(1, len(self.programs)):
            child = os.fork()
            if child == 0:
                self.serve(lane)
            self.children[lane] = child

    def serve(self, lane: int) -> NoReturn:
        """What a forked process does."""
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to all of us
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            self.children = {}
            while True:
                self.wait(self.starts[lane])
                self.perform(lane)
        except BaseException:
            text = f"lane {lane}: {traceback.format_exc()}".encode()[-NOTE:]
            self.note[: len(text)] = text
            self.came[lane][0].release()
        finally:
            os._exit(1)

    def perform(self, lane: int) -> None:
        others = [each for each in range(len(self.programs)) if each != lane]
        for calls in self.programs[lane]:
            for call in calls:
                call()
            for other in others:
                self.came[lane][other].release()
            for other in others:
                self.wait(self.came[other][lane])
            if self.note[0]:
                raise RuntimeError(self.note[:].rstrip(b"\0").decode("utf-8", "replace"))

    def wait(self, semaphore: Any) -> None:
        """Wait for another process, unless it has ended."""
        for _ in range(TRIES):
            if semaphore.acquire(False):
                return
        while not semaphore.acquire(True, DOZE):
            if os.getpid() != self.owner:
                if os.getppid() != self.owner:
                    os._exit(1)
                continue
            for lane, child in self.children.items():
                if has_ended(child):
                    raise RuntimeError(f"the process of lane {lane}, {child}, was ended")

    def end(self) -> None:
        """End the other processes; what they knew is unknown, so all begins anew."""
        if self.children:
            self.ending()
            self.connect()

    def __reduce__(self) -> NoReturn:
        raise TypeError("lanes cannot be pickled or copied: make new ones from the new arena")


def has_ended(child: int) -> bool:
    """Whether a forked process has ended, and perhaps was waited for by somebody else."""
    try:
        return os.waitpid(child, os.WNOHANG)[0] == child
    except ChildProcessError:
        return True


def end_processes(owner: int, children: dict[int, int]) -> None:
    """End what this process forked; they write to shared memory, so it waits until they are."""
    if os.getpid() != owner:
        return
    for child in children.values():
        if not has_ended(child):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    children.clear()
