"""What is taken away, in the order of SECURITY.md."""

from tests.protections.removals import disclosure, equal_bytes, machine, nothing_lost, origin, supply, text

REMOVALS = [
    *equal_bytes.REMOVALS,
    *origin.REMOVALS,
    *nothing_lost.REMOVALS,
    *text.REMOVALS,
    *machine.REMOVALS,
    *disclosure.REMOVALS,
    *supply.REMOVALS,
]
