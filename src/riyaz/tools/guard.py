"""A budget of time and memory for one piece of work, here or in a child process that may die.

`limited` works in this process and stops what Python runs. `Apart` works in a child that is started once and lives on:
it also survives what no exception can stop, such as a fault in a library or a loop in C, and costs a tenth of a
millisecond a call. Time is that of the processor, so that a busy machine refuses the same work as an idle one; what
waits and computes nothing is ended after `PATIENCE` times as many seconds of the clock.
Where the system does not say how much memory a process has (macOS), only time is limited.
"""

import faulthandler
import math
import os
import pickle
import resource
import signal
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from typing import Any, TypeVar

Result = TypeVar("Result")
PATIENCE = 30
_GRACE = 1.0  # seconds that a child has to end by itself after its time


_SPENT = f"signal {signal.SIGXCPU.name}"


class Exceeded(Exception):
    """The work took too long, wanted too much memory, or ended its process: the message says which."""


class _Alarm(BaseException):
    """Raised by the alarm. No Exception, since libraries catch those."""


def alone() -> bool:
    """Whether an alarm can be set here: only the main thread gets signals."""
    return threading.current_thread() is threading.main_thread()


def limited(function: Callable[..., Result], *arguments: Any, seconds: float, megabytes: float) -> Result:
    """Call a function in this process with a budget; in another thread than the main one without it.

    Parameters
    ----------
    seconds : of the processor. megabytes : of address space (2^20 bytes) beyond what the process has now.

    Raises
    ------
    Exceeded : the budget is spent.
    """
    if not alone():
        return function(*arguments)

    def ring(signum: int, frame: Any) -> None:
        raise _Alarm

    limits = resource.getrlimit(resource.RLIMIT_AS)
    most = _address_space() + int(megabytes * 2**20)
    if _address_space() and (limits[1] == resource.RLIM_INFINITY or most <= limits[1]):
        resource.setrlimit(resource.RLIMIT_AS, (most, limits[1]))
    before = {name: signal.signal(name, ring) for name in (signal.SIGPROF, signal.SIGALRM)}
    try:
        try:
            signal.setitimer(signal.ITIMER_PROF, seconds)
            signal.setitimer(signal.ITIMER_REAL, PATIENCE * seconds)
            return function(*arguments)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)
            resource.setrlimit(resource.RLIMIT_AS, limits)
    except _Alarm:
        raise Exceeded(f"took more than {seconds:g} s") from None
    except MemoryError:
        raise Exceeded(f"needs more than {megabytes:g} MB of memory") from None
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _address_space() -> int:
    """Bytes of address space of this process, 0 where the system does not say."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


class Apart:
    """A child process that works for this one, started at the first call and again after it died."""

    def __init__(self) -> None:
        self._pid = 0
        self._owner = 0
        self._link: Connection | None = None
        self._one = threading.Lock()  # a worker of Dask has several threads

    def call(self, function: Callable[..., Result], *arguments: Any, seconds: float, megabytes: float) -> Result:
        """Call a function in the child; function, arguments and result must be picklable.

        Raises
        ------
        Exceeded : the budget is spent, or the child died.
        Exception : what the function raised.
        """
        with self._one:
            good, result = self._answer(function, arguments, seconds, megabytes)
        if good:
            return result
        raise result

    def _answer(self, function: Callable, arguments: tuple, seconds: float, megabytes: float) -> tuple[bool, Any]:
        """Whether the child did it, and its result or what it raised."""
        if self._link is None or self._owner != os.getpid():
            self._start()
        link = self._link
        assert link is not None
        try:
            link.send((function, arguments, seconds, megabytes))
            if not link.poll(PATIENCE * seconds + _GRACE):
                self.end()
                raise Exceeded(f"took more than {seconds:g} s")
            return link.recv()
        except (EOFError, ConnectionError, pickle.UnpicklingError):
            how = self.end()
            if how == _SPENT:
                raise Exceeded(f"took more than {seconds:g} s") from None
            raise Exceeded(f"ended the process that read it ({how})") from None
        except BaseException:
            self.end()
            raise

    def _start(self) -> None:
        mine, its = Pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # JAX warns of fork; the child never calls it
            pid = os.fork()
        if pid == 0:
            mine.close()
            _serve(its)
        its.close()
        self._pid, self._owner, self._link = pid, os.getpid(), mine

    def end(self) -> str:
        """End the child, if there is one; how it ended."""
        if self._link is None or self._owner != os.getpid():
            return "it had not begun"
        self._link.close()
        self._link = None
        if not _ended(self._pid):
            os.kill(self._pid, signal.SIGKILL)  # a child that was not waited for keeps its number
        try:
            code = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        except ChildProcessError:
            return "it is gone"
        return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _ended(pid: int) -> bool:
    """Whether a child has ended or ends within a tenth of a second; it stays there to be waited for."""
    for _ in range(20):
        with suppress(ChildProcessError):
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                return True
        time.sleep(0.005)
    return False


def _bound(seconds: float) -> None:
    """End this process by a signal when it has computed so much longer: the only way out of a loop in C."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = resource.getrlimit(resource.RLIMIT_CPU)[1]
    wanted = math.ceil(used.ru_utime + used.ru_stime + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))


def _serve(link: Connection) -> None:
    """Work until the other side closes; never returns."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        faulthandler.disable()  # the parent says how the child ended
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        while True:
            function, arguments, seconds, megabytes = link.recv()
            _bound(seconds + _GRACE)
            try:
                answer = True, limited(function, *arguments, seconds=seconds, megabytes=megabytes)
            except Exception as error:
                answer = False, error
            link.send(answer)
    finally:
        os._exit(0)
