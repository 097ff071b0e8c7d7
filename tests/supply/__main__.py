"""What this project is built on: its licences, and what is known to be vulnerable.

python -m tests.supply licences | audit, or `make licences` and `make audit`.
"""

from __future__ import annotations

import sys

from tests.supply import audit, licences
from tests.supply.lock import read_lock


def main(what: str) -> int:
    """Print what was found and return the exit code."""
    pins = read_lock()
    text, code = audit.describe(pins) if what == "audit" else licences.describe(licences.read_licences(pins))
    print(text)
    return code


if __name__ == "__main__":
    if sys.argv[1:] not in (["licences"], ["audit"]):
        sys.exit("python -m tests.supply licences, or audit")
    sys.exit(main(sys.argv[1]))
