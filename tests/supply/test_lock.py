from pathlib import Path

from tests.supply.lock import Pin, read_lock

ROOT = Path(__file__).resolve().parents[2]
LOCK = """numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:00 \\
    --hash=sha256:11
resvg-py==0.5.0 \\
    --hash=sha256:22
"""


def test_a_lock_is_read_with_its_markers():
    assert read_lock(LOCK) == [Pin("numpy", "2.4.6", "python_full_version < '3.12'"), Pin("resvg-py", "0.5.0")]


def test_everything_that_is_locked_is_read():
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    assert len(read_lock()) == sum(not line.startswith((" ", "#")) for line in lines if line) > 150


def test_continuous_integration_installs_the_lock_by_its_hashes_and_nothing_else():
    makefile = (ROOT / "Makefile").read_text()
    installs = [line for line in makefile.splitlines() if "pip install" in line]
    assert ["--require-hashes -r requirements.lock" in line or "--no-deps" in line for line in installs] == [
        True,
        True,
    ]
    assert "--no-build-isolation -e ." in installs[1]
    script = (ROOT / ".ci" / "run").read_text()
    assert "pip install" not in script
    for target in ("lint", "test"):
        assert f"make {target} ||" in script
        assert f"\n{target}: env\n" in makefile
