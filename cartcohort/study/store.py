"""Studies that the run a notebook belongs to has read and checked, so that not every notebook does so anew.

The run names the folder by an environment variable. It is private to the run and gone with it; a notebook that is run
by hand knows of none and reads the study by itself.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from pathlib import Path

from cartcohort.parameters import STUDY_STORE
from cartcohort.study.model import Study


def keep_study(study: Study, folder: Path, store: Path) -> None:
    """Keep a validated study for the notebooks of this run.

    Parameters
    ----------
    study : Study
    folder : Path
        Folder it was read from.
    store : Path
        Folder of the store.
    """
    with _file(folder, store).open("wb") as file:
        pickle.dump(study, file, protocol=pickle.HIGHEST_PROTOCOL)


def find_kept(folder: Path) -> Study | None:
    """Return the study that this run has read from a folder; None where there is no such run or study."""
    store = os.environ.get(STUDY_STORE)
    if not store:
        return None
    path = _file(folder, Path(store))
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return pickle.load(file)


def _file(folder: Path, store: Path) -> Path:
    digest = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()
    return store / f"{digest[:16]}.pickle"
