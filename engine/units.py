"""Units of virtual time: whole microseconds, kept in names that end in ``_us``."""

from typing import TypeAlias

Us: TypeAlias = int

MS: Us = 1_000
SECOND: Us = 1_000_000
