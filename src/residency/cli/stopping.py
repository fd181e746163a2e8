"""What is said where a long command is stopped."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stoppable(before: Callable[[], None], line: str) -> Iterator[None]:
    """Within it SIGTERM, as a scheduler sends it, ends the command as Ctrl-C does; either way ``before`` is called, and
    the line printed on stderr."""
    own = os.getpid()

    def stop(number: int, frame: FrameType | None) -> None:
        if os.getpid() != own:  # a child that was forked off has this handler too, and is to end as it would without
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        raise KeyboardInterrupt

    old = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        before()
        print(line, file=sys.stderr)
        raise
    finally:
        signal.signal(signal.SIGTERM, old)
