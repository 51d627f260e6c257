"""Where runs are made: processes or threads of this machine, or the machines of a Dask cluster."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from chainrule.errors import SettingError, UnknownNameError

__all__ = ["BACKENDS", "Backend", "backend_named"]

BACKENDS = ("loky", "threading", "dask")
_SECONDS_TO_ANSWER = 10


@dataclass(frozen=True)
class Backend:
    """A way to run several tasks at once.

    Attributes:
        name: one of joblib's: ``"loky"`` (processes), ``"threading"``, ``"dask"``.
        jobs: how many at once; 0 for as many as a Dask cluster takes.
        scheduler: address of the Dask scheduler, else None.
    """

    name: str
    jobs: int
    scheduler: str | None = None

    @property
    def local(self) -> bool:
        """Whether the tasks run on this machine."""
        return self.name != "dask"

    def described(self, tasks: int) -> str:
        """What so many tasks will run on, in words: ``"2 processes"``."""
        if self.name == "dask":
            return f"the Dask cluster at {self.scheduler}"
        count = min(self.jobs, tasks)
        one, more = ("process", "processes") if self.name == "loky" or count == 1 else ("thread", "threads")
        return f"{count} {one if count == 1 else more}"

    def each(
        self, function: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]
    ) -> Generator[Any, None, None]:
        """Call ``function`` with each of ``arguments``; what it returns, in the order in which they end.

        Raises:
            SettingError: no Dask scheduler answers.
        """
        from joblib import Parallel, delayed, parallel_config

        with ExitStack() as stack:
            if self.name == "dask":
                client = stack.enter_context(self._client())
                stack.enter_context(parallel_config("dask", client=client))
                parallel = Parallel(n_jobs=-1, batch_size=1, return_as="generator_unordered")
            else:
                parallel = Parallel(
                    n_jobs=self.jobs, backend=self.name, batch_size=1, return_as="generator_unordered"
                )
            yield from parallel(delayed(function)(*given) for given in arguments)

    def _client(self) -> Any:
        from distributed import Client

        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        client = None
        try:
            client = Client(self.scheduler, timeout=_SECONDS_TO_ANSWER, set_as_default=False)
            client.wait_for_workers(1, timeout=_SECONDS_TO_ANSWER)
            return client
        except (OSError, ValueError, TypeError) as error:
            if client is not None:
                client.close()
            raise SettingError(
                f"--scheduler {self.scheduler}: expected the address of a Dask scheduler such as "
                f"tcp://127.0.0.1:8786, but none with a worker answered in {_SECONDS_TO_ANSWER} s "
                f"({str(error)[:200]}). Start one with `dask scheduler`, workers with `dask worker ADDRESS`."
            ) from error


def backend_named(name: str, jobs: int | None = None, scheduler: str | None = None) -> Backend:
    """The backend of that name; ``jobs`` is the number of cores if not given.

    Raises:
        SettingError: an unknown name, settings that do not go together, or Dask is not installed.
    """
    if name not in BACKENDS:
        raise UnknownNameError("backend", name, BACKENDS)
    if jobs is not None and jobs < 1:
        raise SettingError(f"--jobs: expected a whole number of at least 1, got {jobs}.")
    if name != "dask":
        if scheduler is not None:
            raise SettingError(f"--scheduler is for --backend dask, not for {name}. Give both, or neither.")
        from joblib import cpu_count

        return Backend(name, jobs or cpu_count())
    if scheduler is None:
        raise SettingError(
            "--backend dask needs --scheduler, the address of one, such as tcp://127.0.0.1:8786."
        )
    if jobs is not None:
        raise SettingError(
            "--jobs is for this machine; a Dask cluster runs as many at once as it has threads."
        )
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise SettingError("--backend dask needs a package more: pip install 'chainrule[lab]'.") from error
    return Backend(name, 0, scheduler)
