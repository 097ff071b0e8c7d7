"""What the suite is built on."""

from tests.protections.removal import Removal

_LOCKED = ("test_every_direct_dependency_is_locked_with_hashes_and_without_an_index",)
_INSTALLED = ("test_continuous_integration_installs_the_lock_by_its_hashes_and_nothing_else",)
_COPYLEFT = ("test_nothing_that_is_locked_is_copyleft",)
_KNOWN = ("test_what_is_known_is_told_page_after_page",)
_SILENT = ("test_a_database_that_does_not_answer_is_never_taken_for_good_news",)
_LICENCES, _AUDIT = "tests/supply/licences.py", "tests/supply/audit.py"

REMOVALS = [
    Removal(
        "every direct dependency is in the lock",
        "requirements.lock",
        "\nfilelock==",
        "\nfilelock-of-another==",
        _LOCKED,
    ),
    Removal(
        "everything in the lock has a hash", "requirements.lock", "\ncertifi==", "\nunhashed==1.0\ncertifi==", _LOCKED
    ),
    Removal(
        "the lock names no index",
        "requirements.lock",
        "\ncertifi==",
        "\n--extra-index-url https://example.org/simple\ncertifi==",
        _LOCKED,
    ),
    Removal(
        "the hashes of the lock are required",
        "Makefile",
        "--require-hashes -r requirements.lock",
        "-r requirements.lock",
        _INSTALLED,
    ),
    Removal(
        "nothing is installed besides the lock", "Makefile", "--no-deps --no-build-isolation -e .", "-e .", _INSTALLED
    ),
    Removal("what is locked is what is tested", "Makefile", "\ntest: env\n", "\ntest:\n", _INSTALLED),
    Removal("continuous integration runs the tests", ".ci/run", "make test || failed=1\n", "", _INSTALLED),
    Removal(
        "continuous integration installs nothing by itself",
        ".ci/run",
        "failed=0\nmake lint",
        "pip install ruff\nfailed=0\nmake lint",
        _INSTALLED,
    ),
    Removal(
        "what tells no licence is refused",
        _LICENCES,
        'READ_BY_HAND = {"axe-playwright-python": "MIT", "resvg-py": "MIT"}',
        'READ_BY_HAND = {"axe-playwright-python": "MIT"}',
        _COPYLEFT,
    ),
    Removal(
        "a copyleft licence is refused",
        _LICENCES,
        'r"\\bA?GPL|\\bLGPL|General Public|',
        'r"',
        ("test_a_copyleft_licence_is_refused",),
    ),
    Removal(
        "what asks so of its own files only is told apart",
        _LICENCES,
        '_PER_FILE = re.compile(r"\\bMPL|Mozilla Public", re.IGNORECASE)',
        '_PER_FILE = re.compile(r"\\bEPL", re.IGNORECASE)',
        _COPYLEFT,
    ),
    Removal(
        "every page of an answer is read",
        _AUDIT,
        "        if not queries:\n            return found\n",
        "        return found\n",
        _KNOWN,
    ),
    Removal(
        "what is known makes the exit code",
        _AUDIT,
        "if found else [])]), int(bool(found))\n",
        "if found else [])]), 0\n",
        _KNOWN,
    ),
    Removal(
        "a database that cannot be reached is no good news",
        _AUDIT,
        "        raise UnreachableError(reason) from error\n",
        "        return [{} for _ in queries]\n",
        _SILENT,
    ),
    Removal(
        "nor is an answer that cannot be read",
        _AUDIT,
        '        raise UnreachableError("its answer cannot be read") from error\n',
        "        return [{} for _ in queries]\n",
        _SILENT,
    ),
    Removal(
        "nor is one that tells of some of what was asked only",
        _AUDIT,
        "        if len(answers) != len(queries):\n            raise ValueError\n",
        "        answers += [{}] * (len(queries) - len(answers))\n",
        _SILENT,
    ),
    Removal(
        "nor is one without an end",
        _AUDIT,
        '    raise UnreachableError("it sends one page after the other")\n',
        "    return found\n",
        _SILENT,
    ),
]
