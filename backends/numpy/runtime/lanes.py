"""Lanes: threads that compute parts of the same layers beside each other."""

import os
import threading
import weakref
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import ClassVar, NamedTuple, NoReturn

import numpy as np

from backends.numpy.runtime.blas import BlasThreads, limit_blas, restore_blas

# A lane that waits adds up these zeros, one value in memory, in about 16 microseconds without
# Python's lock, and looks again. That disturbs the other lanes less than a shorter look, and is
# over sooner than being woken (20 to 50 microseconds). After PATIENCE times it sleeps.
ZEROS = np.broadcast_to(np.float32(0), 1 << 16)
PATIENCE = 30
# Values for which NumPy takes memory in a call that cannot run through its arrays in one go; its
# own 8,192 are not quicker, and are 100 KB for three arrays.
BUFFERED = 1024


class Stage(NamedTuple):
    """What the lanes do between two meetings.

    work: for each lane its calls in order. meets: whether each lane then waits for all others. It
    must where a later stage reads, or overwrites what was read here, of another lane's part.
    """

    work: tuple[Sequence[Callable[[], object]], ...]
    meets: bool = True


def usual_lanes() -> int:
    """Two, or one where this process may use only one core.

    More lanes than two are possible, but were not found faster: with Python's lock each short NumPy
    call waits for the calls of all other lanes.
    """
    if hasattr(os, "sched_getaffinity"):
        return min(2, len(os.sched_getaffinity(0)))
    return min(2, os.cpu_count() or 1)


def programs(stages: Sequence[Stage]) -> list[list[list[Callable[[], object]]]]:
    """For each lane, for each part that ends with a meeting, its calls. All meet at the end."""
    counts = {len(stage.work) for stage in stages}
    if len(counts) != 1:
        raise ValueError(f"stages for {sorted(counts)} lanes: each needs the same number")
    made: list[list[list[Callable[[], object]]]] = [[[]] for _ in range(counts.pop())]
    for number, stage in enumerate(stages):
        for lane, work in enumerate(stage.work):
            made[lane][-1].extend(work)
            if stage.meets and number < len(stages) - 1:
                made[lane].append([])
    return made


class Lanes:
    """Run stages on lanes: the thread that calls `run`, and others, which sleep between runs.

    The other threads start at the first run, and end at `close`, when this object is collected and
    when Python ends. A process that was forked starts its own. Callers from several threads take
    turns. During a run on several lanes BLAS uses one thread (see `limit_blas`); one lane runs
    as if its calls stood in the caller. An object that holds this one leaves it out of its pickle:
    the calls work on views of one arena, which a pickle would turn into copies.
    """

    forkable: ClassVar["weakref.WeakSet[Lanes] | None"] = None

    def __init__(self, stages: Sequence[Stage]) -> None:
        """Raises ValueError where the stages' numbers of lanes differ, or there is no stage."""
        self.programs = programs(stages)
        self.limited: list[tuple[BlasThreads, int]] = []
        self.turns = threading.Lock()
        self.crew: Crew | None = None
        if Lanes.forkable is None:
            Lanes.forkable = weakref.WeakSet()
            if hasattr(os, "register_at_fork"):
                os.register_at_fork(after_in_child=Lanes.start_all_over)
        Lanes.forkable.add(self)

    def run(self) -> None:
        """Do all calls of all lanes.

        What a call raises in any lane is raised here, once the other lanes have stopped, which they
        do at their next meeting. So does KeyboardInterrupt. The next run is whole again.
        """
        with self.turns:
            buffered = np.setbufsize(BUFFERED)
            try:
                if len(self.programs) == 1:
                    for calls in self.programs[0]:
                        for call in calls:
                            call()
                else:
                    self.run_crew()
            finally:
                np.setbufsize(buffered)

    def run_crew(self) -> None:
        """Run in this thread and in the others, which it starts where there are none."""
        if self.crew is None:
            self.crew = Crew(self.programs)
            self.dismissal = weakref.finalize(self, self.crew.dismiss)
        self.limited = limit_blas()
        try:
            self.crew.run()
        finally:
            restore_blas(self.limited)
            self.limited = []

    def close(self) -> None:
        """End the other threads, which another run would start again."""
        with self.turns:
            crew, self.crew = self.crew, None
            if crew is not None:
                crew.halt()
                self.dismissal()
                crew.join()

    def start_over(self) -> None:
        """Forget the threads, which a process that was forked in the middle of a run has not."""
        restore_blas(self.limited)
        self.limited = []
        self.turns = threading.Lock()
        self.crew = None

    @staticmethod
    def start_all_over() -> None:
        for lanes in Lanes.forkable or ():
            lanes.start_over()

    def __reduce__(self) -> NoReturn:
        raise TypeError("lanes cannot be pickled or copied: make new ones from the new arena")


class Crew:
    """The threads of some lanes. It knows no Lanes, so that those can be collected."""

    def __init__(self, work: Sequence[Sequence[Sequence[Callable[[], object]]]]) -> None:
        self.work = work
        self.changed = threading.Condition(threading.Lock())  # what follows changes under it
        self.come = [0] * len(work)  # for each lane, the last meeting of this run that it came to
        self.asleep = 0  # lanes that wait to be woken
        self.stopped = False
        self.failure: BaseException | None = None
        self.errors = np.geterr()  # what is done about overflow and the like, as the caller has it
        self.number = 0  # runs that were ordered, and for each lane the last that it has done
        self.done = [0] * len(work)
        # `put` on such a queue is allowed at any time, in finalizers too.
        self.bells: list[SimpleQueue[bool]] = [SimpleQueue() for _ in work[1:]]
        self.threads = [
            threading.Thread(target=self.serve, args=(lane,), name=f"lane {lane}", daemon=True)
            for lane in range(1, len(work))
        ]
        try:
            for thread in self.threads:
                thread.start()
        except BaseException:
            self.dismiss()
            raise

    def run(self) -> None:
        """One run, lane 0 in this thread."""
        self.halt()  # where a second interrupt left the last run in the middle
        self.come, self.stopped, self.failure = [0] * len(self.work), False, None
        self.errors = np.geterr()
        try:
            self.number += 1
            self.done[0] = self.number
            self.ring(True)
            self.perform(0)
            self.wait_until(self.resting)
        except BaseException:
            self.halt()
            raise
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure

    def perform(self, lane: int) -> None:
        for number, calls in enumerate(self.work[lane]):
            if number and not self.meet(lane, number):
                return
            for call in calls:
                call()

    def meet(self, lane: int, number: int) -> bool:
        """Wait for all lanes; give False where one has failed and will not come."""
        self.come[lane] = number
        if self.asleep:
            self.wake()
        for _ in range(PATIENCE):
            if min(self.come) >= number:
                return True
            np.add.reduce(ZEROS)
        self.wait_until(lambda: self.stopped or min(self.come) >= number)
        return min(self.come) >= number

    def wait_until(self, ready: Callable[[], bool]) -> None:
        for _ in range(PATIENCE):
            if ready():
                return
            np.add.reduce(ZEROS)
        with self.changed:
            self.asleep += 1  # before it looks again: who comes after that look wakes it
            try:
                self.changed.wait_for(ready)
            finally:
                self.asleep -= 1

    def wake(self) -> None:
        with self.changed:
            self.changed.notify_all()

    def serve(self, lane: int) -> None:
        """What the thread of a lane does: a run when its bell rings, until it rings False."""
        np.setbufsize(BUFFERED)
        while self.bells[lane - 1].get():
            if self.done[lane] == self.number:
                continue
            failure = None
            try:
                np.seterr(**self.errors)
                if not self.stopped:
                    self.perform(lane)
            except BaseException as error:
                failure = error
            with self.changed:
                if failure is not None:
                    self.stopped = True
                    self.failure = self.failure or failure
                self.done[lane] = self.number
                self.changed.notify_all()
            del failure  # it holds this frame

    def resting(self) -> bool:
        return self.done.count(self.number) == len(self.done)

    def ring(self, run: bool) -> None:
        for bell in self.bells:
            bell.put(run)

    def halt(self) -> None:
        """Stop lanes that run and wait for them: none may write when an error is reported.

        What interrupts this wait is raised after it.
        """
        interrupt: BaseException | None = None
        while not self.resting():
            try:
                with self.changed:
                    self.stopped = True
                    self.changed.notify_all()
                self.ring(True)  # perhaps the interrupt came before
                self.wait_until(self.resting)
            except BaseException as error:
                interrupt = error
        if interrupt is not None:
            raise interrupt

    def dismiss(self) -> None:
        self.ring(False)

    def join(self) -> None:
        for thread in self.threads:
            thread.join()
