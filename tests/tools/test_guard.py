import itertools
import os
import signal
import threading
import time
from contextlib import suppress

import pytest

from riyaz.tools import guard

BUDGET = {"seconds": 0.2, "megabytes": 300}


def swallow():
    """What a library with a wide except does."""
    while True:
        with suppress(Exception):
            sum(range(10_000))


def wait():
    """Computes nothing, for a second and more."""
    begun = time.monotonic()
    while time.monotonic() < begun + 1.2:
        time.sleep(0.01)
    return "waited"


def loop_in_c():
    """Python's signal handlers do not run in it."""
    return sum(itertools.repeat(0, 10**12))


@pytest.fixture
def child():
    apart = guard.Apart()
    yield apart
    apart.end()


def test_the_result_and_the_error_come_through(child):
    for call in (guard.limited, child.call):
        assert call(divmod, 7, 2, **BUDGET) == (3, 1)
        with pytest.raises(ZeroDivisionError):
            call(divmod, 7, 0, **BUDGET)


def test_time_and_memory_are_bounded_and_the_next_call_works(child):
    for call in (guard.limited, child.call):
        with pytest.raises(guard.Exceeded, match=r"took more than 0.2 s"):
            call(swallow, **BUDGET)
        with pytest.raises(guard.Exceeded, match="needs more than 300 MB of memory"):
            call(bytes, 2**30, **BUDGET)
        assert call(len, bytes(2**20), **BUDGET) == 2**20


def test_time_is_that_of_the_processor(child, monkeypatch):
    for call in (guard.limited, child.call):
        assert call(wait, **BUDGET) == "waited"  # on a busy machine the same work takes longer
    child.end()
    monkeypatch.setattr(guard, "PATIENCE", 2)
    for call in (guard.limited, child.call):
        with pytest.raises(guard.Exceeded, match=r"took more than 0.2 s"):
            call(wait, **BUDGET)


def test_a_loop_in_c_ends_the_child_and_the_next_call_works(child):
    with pytest.raises(guard.Exceeded, match=r"took more than 0.2 s"):
        child.call(loop_in_c, **BUDGET)
    assert child.call(divmod, 7, 2, **BUDGET) == (3, 1)


def test_a_child_that_worked_long_has_its_time_for_each_call(child):
    for _ in range(12):
        assert child.call(sum, range(3_000_000), seconds=0.5, megabytes=300) > 0


def test_a_child_is_one_process_until_it_dies(child):
    first = child.call(os.getpid, **BUDGET)
    assert first == child.call(os.getpid, **BUDGET) != os.getpid()
    with pytest.raises(guard.Exceeded, match="signal SIGABRT"):
        child.call(os.abort, **BUDGET)
    assert child.call(os.getpid, **BUDGET) not in (first, os.getpid())


def test_an_alarm_that_was_set_before_is_there_afterwards():
    before = signal.signal(signal.SIGALRM, signal.SIG_IGN)
    try:
        guard.limited(len, "", **BUDGET)
        assert signal.getsignal(signal.SIGALRM) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGALRM, before)


def test_in_another_thread_there_is_no_alarm():
    seen = []
    thread = threading.Thread(target=lambda: seen.extend([guard.alone(), guard.limited(len, "ab", **BUDGET)]))
    thread.start()
    thread.join()
    assert seen == [False, 2]
