"""Members in their order, counted here, in processes of this machine, or on a Ray cluster."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from itertools import chain, repeat

from cnnc.exploring.cluster import measured_on
from cnnc.exploring.members import Member, measure, measure_all
from cnnc.exploring.program import Program
from dsl.diagnostics import CnnError, Diagnostic

FEW = 200  # members that are counted sooner than processes are started
CHUNK = 32  # members at most that are handed out together, and lost together by a kill
SHARES = 4  # that each worker takes at least, so that all end at about the same time


def walk(
    program: Program, members: Sequence[dict[str, str]], jobs: int | None, ray: str | None
) -> Iterator[Member]:
    """Every member, in the order given, whoever counts it.

    `jobs`: processes, as many as there are processors where it is None and there are more than a
    few members. `ray`: the address of a cluster, which then counts.
    """
    workers = jobs or (1 if len(members) < FEW else os.cpu_count() or 1)
    if ray is not None:
        return chain.from_iterable(measured_on(ray, program, shares(members, workers), jobs))
    if workers == 1 or len(members) < 2:
        return (measure(program, settings) for settings in members)
    return chain.from_iterable(_in_processes(program, shares(members, workers), workers))


def shares(members: Sequence[dict[str, str]], workers: int) -> list[list[dict[str, str]]]:
    """The members cut into pieces of one size, the last one perhaps shorter."""
    size = max(1, min(CHUNK, len(members) // (SHARES * workers)))
    return [list(members[at : at + size]) for at in range(0, len(members), size)]


def _in_processes(
    program: Program, several: list[list[dict[str, str]]], workers: int
) -> Iterator[list[Member]]:
    import multiprocessing  # slow to import, as is what is built on it
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    # A fork would copy the threads' locks of this process, of the progress bar among others.
    context = multiprocessing.get_context("spawn")
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(min(workers, len(several)), context, _begin)
    try:
        yield from pool.map(measure_all, repeat(program), several)
    except BrokenProcessPool:
        title = "a process that counted members was killed"
        mend = "fewer --jobs need less memory; --resume JOURNAL goes on where a walk ended"
        raise CnnError([Diagnostic("E0805", title, help=mend)]) from None
    except BaseException:
        # Nobody waits for what an interrupt or a wrong expression left without a reader.
        for worker in set(multiprocessing.active_children()) - others:
            worker.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """A worker leaves the keyboard's interrupt to its parent, and ends when that is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    import multiprocessing

    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
