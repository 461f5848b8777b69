"""The same work on a Ray cluster, which may have many machines."""

from __future__ import annotations

from collections.abc import Iterator

from cnnc.exploring.members import Member, measure_all
from cnnc.exploring.program import Program
from dsl.diagnostics import CnnError, Diagnostic


def measured_on(
    address: str, program: Program, several: list[list[dict[str, str]]], jobs: int | None
) -> Iterator[list[Member]]:
    """Each share, in order. The program travels with its files; its machines need cnnc alone.

    `address`: `auto` the cluster that runs here, `local` one that is started for this, with `jobs`
    processors, or `HOST:PORT`. Raises CnnError: E0602 without Ray, E0805 where no cluster answers.
    """
    try:
        import ray  # an optional extra, and slow to import
    except ModuleNotFoundError:
        title = "`--ray` needs Ray, which is not installed"
        mend = "pip install 'cnnc[ray]'"
        raise CnnError([Diagnostic("E0602", title, help=mend)]) from None
    options = {"num_cpus": jobs, "include_dashboard": False} if address == "local" else {}
    try:
        ray.init(address, log_to_driver=False, logging_level="error", **options)
    except (ConnectionError, ValueError, RuntimeError) as error:
        first = str(error).strip().splitlines()[0]
        mend = "`ray start --head` starts a cluster here; `--ray local` needs none"
        title = f"no Ray cluster at {address!r}: {first}"
        raise CnnError([Diagnostic("E0805", title, help=mend)]) from None
    try:
        task = ray.remote(measure_all)
        shared = ray.put(program)
        for share in [task.remote(shared, each) for each in several]:
            yield ray.get(share)
    finally:
        ray.shutdown()
