"""A sound study as text, ways to break it, and what the command line then says."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import run_reports

YAML = "title: Broken inputs\ndata_cutoff_date: 2022-12-31\nfactors: [sex]\n"
SUBJECTS = """\
subject_id,infusion_date,death_date,last_contact_date,enrollment_date,age_years,sex,prior_lines,prior_hsct,best_response,response_date,relapse_date,hsct_date,death_cause
A-01,2020-01-06,2020-09-01,,2019-12-10,33,male,3,no,CR,2020-02-03,2020-05-04,,disease
A-02,2020-02-05,,2022-12-20,2020-01-15,45,female,2,yes,CRi,2020-03-04,,2020-06-10,
A-03,2020-03-10,2020-03-31,,2020-02-20,51,female,4,no,NR,,,,toxicity
A-04,2020-04-15,,2022-12-28,2020-03-30,28,male,2,no,PR,2020-05-13,,,
"""
EVENTS = """\
subject_id,term,grade,onset_date,resolution_date,infusion
A-01,CRS,2,2020-01-09,2020-01-13,1
A-02,ICANS,1,2020-02-11,2020-02-13,1
A-03,CRS,5,2020-03-12,,1
"""
ASSESSMENTS = """\
subject_id,assessment_date,assay,value,unit
A-01,2020-01-09,il6,1200,pg/mL
A-02,2020-02-12,il6,90,pg/mL
"""
FILES: Mapping[str, str] = {
    "study.yaml": YAML,
    "subjects.csv": SUBJECTS,
    "adverse_events.csv": EVENTS,
    "assessments.csv": ASSESSMENTS,
}

Told = tuple[str, str, str]
"""What is wrong, where, and the remedy."""


@dataclass(frozen=True)
class Broken:
    """A way to break the study, and everything that must then be told.

    Attributes
    ----------
    told : list of (str, str, str)
        What, where and remedy of each error, in order.
    replace : mapping of str to mapping of str to str
        By file: texts and what stands in their place, each of which must occur.
    files : mapping of str to bytes or None
        Whole contents; None for a file that is not there.
    """

    told: list[Told]
    replace: Mapping[str, Mapping[str, str]] | None = None
    files: Mapping[str, bytes | None] | None = None

    def write(self, folder: Path) -> None:
        """Write the broken study."""
        folder.mkdir()
        contents: dict[str, bytes | None] = {name: text.encode() for name, text in FILES.items()}
        for name, changes in (self.replace or {}).items():
            text = FILES[name]
            for old, new in changes.items():
                assert old in text, f"{name} does not hold {old}"
                text = text.replace(old, new)
            contents[name] = text.encode()
        for name, content in (contents | dict(self.files or {})).items():
            if content is not None:
                (folder / name).write_bytes(content)


def subjects(**changes: str) -> dict[str, dict[str, str]]:
    """Return a change of the subjects table alone, as keyword `was`, `becomes` pairs."""
    return {"subjects.csv": {changes["was"]: changes["becomes"]}}


def refuse(broken: Broken, root: Path, *command: str) -> None:
    """Run a command on the broken study, and assert all that must hold of the answer."""
    broken.write(root / "study")
    before = snapshot(root)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(root), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run_reports.main(list(command))
    said = "\n".join(line.strip() for line in err.getvalue().splitlines())
    assert (code, out.getvalue()) == (11, "")
    assert errors_of(said) == ["\n".join(part for part in told if part) for told in broken.told]
    assert "Traceback" not in said
    assert snapshot(root) == before


def errors_of(said: str) -> list[str]:
    """Return the errors that were told, each in its lines."""
    _, heading, rest = said.partition("Errors, to be mended before there can be a report:\n\n")
    blocks = (rest if heading else said).split("\n\n")
    end = next((n for n, block in enumerate(blocks) if block.startswith(("Worth a look", "As a list"))), len(blocks))
    return blocks[:end]


def snapshot(root: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    return {os.fspath(path): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
