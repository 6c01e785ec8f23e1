"""Names of runs, which sort by the time at which they began: ULIDs.

Written here as the library for them loads the whole of `importlib.metadata` and `email`, a twentieth of the start.
"""

from __future__ import annotations

import secrets
import time
from typing import Final

_DIGITS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH: Final = 26
_RANDOM_BITS: Final = 80


def new_run_id() -> str:
    """26 digits of base 32: 48 bits of milliseconds since 1970, then 80 that are random."""
    number = time.time_ns() // 1_000_000 << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    return "".join(_DIGITS[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))
