"""Everything that can be made of a hostile study, as a user would make it."""

import contextlib
import io
from dataclasses import dataclass
from pathlib import Path

import yaml

import run_reports
from tests.hostile import FOLDER, LEVELS, LONG, SUBJECTS_FILE, SUBSET, hostile, mark, write_hostile
from tests.suites import write_suite


@dataclass(frozen=True)
class Made:
    """All that was made of hostile studies, and all that was said on the way.

    Attributes
    ----------
    root : Path
        Holds everything; the runs of scenarios in `scenarios`, a run that bears the study's name in `named`, the list
        of queries in `queries`, a run with words of 10,000 letters in `long`, a failed run in `failed`.
    study, named, long, failed : Path
        Folder of the study, and of those runs.
    said : str
        What the command line wrote to either stream.
    suggested : str
        What `check --suggest` wrote for the tables without their description.
    """

    root: Path
    study: Path
    named: Path
    long: Path
    failed: Path
    said: str
    suggested: str

    @property
    def pages(self) -> list[Path]:
        """Every page."""
        return sorted(self.root.glob("made/**/*.html"))


FACTORS = ["site", "ward", "age_group"]
SCENARIO = "תרחיש_א"
"""A scenario's name may be of any script."""
SWAPS = {
    hostile(place, payload): f"{mark(place)}{LONG}"
    for place, payload in {
        **{
            "title": "breakout",
            "source": "markdown",
            "ward two": "bidi",
            "label ward": "tex",
            "endpoint": "breakout",
        },
        **{"claim": "image", "term script": "script", "assay": "image", "unit": "script", "id script": "script"},
    }.items()
}


def make_everything(root: Path, notebooks: Path) -> Made:
    """Make all kinds of output of hostile studies below `root`, as a user would."""
    study = write_hostile(root / "data")
    long = write_hostile(root / "data", folder="long", swaps=SWAPS, factors=["ward"])
    made, said = root / "made", []

    def run(*words: object, code: int = 0, suite: Path = notebooks) -> str:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            found = run_reports.main([str(word) for word in words], notebooks=suite)
        said.append(out.getvalue() + err.getvalue())
        assert found == code, said[-1]
        return out.getvalue()

    base = {"subset": SUBSET, "factors": FACTORS}
    asked = base | {"bootstrap_samples": 20, "endpoints": ["os", "own"]}
    scenarios = {"base": base, "runs": {SCENARIO: {"conf_level": 0.9}, "broken": {"subset": LEVELS[2]}}}
    for name, content in {"asked": asked, "scenarios": scenarios}.items():
        (root / f"{name}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    of_study = ["--study", study, "--output"]
    run(*of_study, made / "named", "--parameters", root / "asked.yaml", "--docx", "--export", "adam")
    run(*of_study, made / "scenarios", "--scenarios", root / "scenarios.yaml", "--section", "relapse", code=10)
    few = ("--section", "risk_factors", "--section", "safety", "-p", "endpoints=[os, own]")
    run("--study", long, "--output", made / "long", *few)
    run("check", study, "--queries", made / "queries")
    run("compare", made / "named" / FOLDER, made / "scenarios" / "base", "--output", made / "named")
    run("verify", made / "named" / FOLDER)
    text = f"raise ValueError({hostile('failure', 'breakout')!r})  # {hostile('code', 'image')}"
    suite = write_suite(root / "suite", broken=[text])
    run(*of_study, made / "failed", code=12, suite=suite)
    (root / "bare").mkdir()
    for file in study.glob("*.csv"):
        (root / "bare" / file.name.replace(SUBJECTS_FILE, "subjects.csv")).write_bytes(file.read_bytes())
    suggested = run("check", root / "bare", "--suggest")
    run("check", root / "bare", code=11)
    run("-p", f"{hostile('parameter', 'control')}=1", code=10)
    run("--section", hostile("section", "control"), code=2)
    runs = (made / "named" / FOLDER, made / "long" / "long", made / "failed" / FOLDER)
    return Made(root, study, *runs, "\n".join(said), suggested)
