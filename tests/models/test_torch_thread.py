"""The torch thread: one for all callers, in order, errors come back, nothing is kept."""

import gc
import threading
import weakref

import pytest

from fitsense.models.torch_thread import on_torch_thread, submit


def test_every_caller_gets_the_same_thread():
    idents = [on_torch_thread(threading.get_ident)]
    caller = threading.Thread(target=lambda: idents.append(on_torch_thread(threading.get_ident)))
    caller.start()
    caller.join()
    assert len(set(idents)) == 1 and threading.get_ident() not in idents


def test_jobs_run_in_order_and_errors_come_back():
    seen = []
    futures = [submit(seen.append, number) for number in range(20)]
    with pytest.raises(ZeroDivisionError):
        on_torch_thread(lambda: 1 / 0)
    assert seen == list(range(20)) and all(future.done() for future in futures)


def test_what_was_computed_with_is_let_go():
    class Model:
        pass

    model = Model()
    gone = weakref.ref(model)
    on_torch_thread(id, model)
    on_torch_thread(id, None)
    del model
    gc.collect()
    assert gone() is None
