"""What is taken away, in the order of SECURITY.md."""

from tests.protections.removals import (
    disclosure,
    equal_bytes,
    given,
    hostile_text,
    machine,
    nothing_lost,
    origin,
    pages,
    reading,
    redacted,
    rooms,
    supply,
)

REMOVALS = [
    *equal_bytes.REMOVALS,
    *origin.REMOVALS,
    *nothing_lost.REMOVALS,
    *rooms.REMOVALS,
    *pages.REMOVALS,
    *reading.REMOVALS,
    *given.REMOVALS,
    *hostile_text.REMOVALS,
    *redacted.REMOVALS,
    *machine.REMOVALS,
    *disclosure.REMOVALS,
    *supply.REMOVALS,
]
