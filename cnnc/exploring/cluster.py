"""The same work on a Ray cluster, which may have many machines."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator

from cnnc.exploring.members import Member, measure_all
from cnnc.exploring.program import Program
from dsl.diagnostics import CnnError, Diagnostic

LOCAL = "local"
STORE = 100_000_000  # bytes that a local cluster keeps for values; a program has kilobytes


def measured_on(
    address: str, program: Program, several: list[list[dict[str, str]]], jobs: int | None
) -> Iterator[list[Member]]:
    """Each share, in order. The program travels with its files; the machines need cnnc alone.

    `address`: `auto` the cluster that runs here, `local` one that is started for this, with `jobs`
    processors, or `HOST:PORT`. Raises CnnError: E0602 without Ray, E0805 where no cluster answers,
    or where it fails.
    """
    try:
        import ray  # an optional extra, and slow to import
        from ray.exceptions import RayError, RayTaskError
    except ModuleNotFoundError:
        title = "`--ray` needs Ray, which is not installed"
        mend = "pip install 'cnnc[ray]'"
        raise CnnError([Diagnostic("E0602", title, help=mend)]) from None
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # a compiler tells nobody what it does
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # or Ray warns of a change
    try:
        if address == LOCAL:
            ray.init(
                LOCAL,
                num_cpus=jobs,
                object_store_memory=STORE,
                include_dashboard=False,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        else:
            ray.init(address, log_to_driver=False, logging_level=logging.ERROR)
    except (OSError, ValueError, RuntimeError) as error:
        mend = "`ray start --head` starts a cluster here; `--ray local` needs none;"
        mend += " one with a secret wants it in RAY_AUTH_TOKEN"
        raise _failed(f"no Ray cluster at {address!r}", error, mend) from None
    try:
        task = ray.remote(measure_all)
        shared = ray.put(program)
        for share in [task.remote(shared, each) for each in several]:
            yield ray.get(share)
    except RayTaskError as error:
        if not isinstance(error, ModuleNotFoundError):
            raise  # a bug, as it is one in this process
        mend = "install the same cnnc on every machine of the cluster"
        raise _failed(f"the Ray cluster at {address!r} failed", error.cause, mend) from None
    except RayError as error:
        mend = "--resume JOURNAL goes on where a walk ended"
        raise _failed(f"the Ray cluster at {address!r} failed", error, mend) from None
    finally:
        ray.shutdown()


def _failed(what: str, error: Exception, mend: str) -> CnnError:
    first = (str(error).strip() or type(error).__name__).splitlines()[0]
    return CnnError([Diagnostic("E0805", f"{what}: {first}", help=mend)])
