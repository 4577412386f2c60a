"""Memory given back to the system, which Python and the C library would keep for later."""

import ctypes
import gc
from contextlib import suppress


def give_back() -> None:
    """After much was held and is not any more. Takes a tenth of a second or more."""
    gc.collect()
    with suppress(OSError, AttributeError):  # glibc alone has it
        ctypes.CDLL(None).malloc_trim(0)
