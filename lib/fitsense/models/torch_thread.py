"""One thread for everything a served model computes.

    answer = on_torch_thread(model.generate, **inputs)     # runs there, waits here, raises here

Each thread that computes gets an OpenMP team of its own. With more team members than cores, libgomp stops spinning at its
barriers and sleeps instead, which made a streamed answer take twice as long (300 tokens: 32 s against 17 s on 2 cores).
"""

from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Lock, Thread

_jobs: SimpleQueue = SimpleQueue()
_start = Lock()
_threads: list[Thread] = []


def submit(work: Callable, *arguments, **options) -> Future:
    """Queue work for the thread; jobs run one at a time, in order."""
    with _start:
        if not _threads:
            _threads.append(Thread(target=_serve, name="torch", daemon=True))
            _threads[0].start()
    future: Future = Future()
    _jobs.put((future, work, arguments, options))
    return future


def on_torch_thread(work: Callable, *arguments, **options):
    """Run work there and return what it returns, or raise what it raises."""
    return submit(work, *arguments, **options).result()


def _serve() -> None:
    while True:
        future, work, arguments, options = _jobs.get()
        try:
            future.set_result(work(*arguments, **options))
        except BaseException as error:  # raised where the result is asked for
            future.set_exception(error)
        del future, work, arguments, options  # or the last model asked for would stay in memory
