"""The study that the run a notebook belongs to has read and checked, so that not every notebook does so anew.

The run names its file by environment variables. The file is private to the run and gone with it; a notebook that is
run by hand knows of none and reads the study by itself.
"""

from __future__ import annotations

import os
import pickle
from pathlib import Path

from cartcohort.parameters import KEPT_FOLDER, KEPT_STUDY
from cartcohort.study.model import Study


def keep_study(study: Study, file: Path) -> None:
    """Keep a validated study for the notebooks of this run."""
    with file.open("wb") as target:
        pickle.dump(study, target, protocol=pickle.HIGHEST_PROTOCOL)


def find_kept(folder: Path) -> Study | None:
    """Return the study that this run has read from a folder; None where there is no such run or study."""
    file, read_from = (os.environ.get(name) for name in (KEPT_STUDY, KEPT_FOLDER))
    if not file or not read_from or Path(read_from).resolve() != folder.resolve() or not Path(file).is_file():
        return None
    with Path(file).open("rb") as source:
        return pickle.load(source)
