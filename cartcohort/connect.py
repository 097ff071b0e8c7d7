"""What the renderer is handed to work with, since it knows nothing of studies: functions that read and present them.

They are called in other processes too, and import what they need only there.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cartcohort.errors import CartCohortError
from cartcohort.render.cache import STUDY_FILE


def check_selections(
    folder: Path, selections: Sequence[Mapping[str, Any]], kept: Path, *, shown: Mapping[Path, str] | None = None
) -> list[list[str] | CartCohortError]:
    """Validate a study, keep it for the notebooks, and check that each selection of parameters leaves patients in it.

    Returns for each selection what is to be told about it, or the error that forbids it; the study is named as in
    `shown`, where its folder stands for a URL.
    """
    from cartcohort.study import keep_study, load_study, select_by_parameters

    study = load_study(folder)
    keep_study(study, kept)
    answers = []
    for values in selections:
        try:
            warnings = select_by_parameters(study, values).warnings
        except CartCohortError as error:
            answers.append(error)
            continue
        things = f"{len(warnings)} thing{'s' if len(warnings) > 1 else ''}"
        place = (shown or {}).get(folder, folder)
        line = (
            f"The study is sound, with {things} worth a look: python run_reports.py check {shlex.quote(str(place))}"
        )
        answers.append([line] if warnings else [])
    return answers


def find_outside(study: Path) -> Callable[[Path, Path], bool] | None:
    """Return what copies a study with the tables that it names by URL; None where its description names none.

    Told from the text alone, so that nothing heavy is imported for a study that lies in its folder.
    """
    try:
        text = (study / STUDY_FILE).read_bytes()
    except OSError:
        return None  # which is told when the study is read
    return copy_study if re.search(rb"\btables\b.*://", text, re.DOTALL) else None


def copy_study(study: Path, folder: Path) -> bool:
    """Copy a study with what its tables named by URL hold; returns whether it names any."""
    from cartcohort.study.sources.snapshot import copy_with_snapshot

    return copy_with_snapshot(study, folder)


def write_adam_package(folder: Path, parameters: Mapping[str, Any], target: Path) -> None:
    """Write the ADaM package of the cohort that parameters ask for into an empty folder."""
    from cartcohort.study import load_study
    from cartcohort.study.adam_export import write_adam

    write_adam(load_study(folder), parameters, target)


def present_runs(*found: Any) -> Any:
    """Present two runs that have been read: what presents them is imported only once both are known to be runs."""
    from cartcohort.present.comparison import present_comparison

    return present_comparison(*found)


def compare_with_base(base: Path, other: Path, output: Path) -> dict[str, Any]:
    """Compare a scenario with the base; return the page's place in the output, and how much changed."""
    from cartcohort.present.comparison import present_comparison
    from cartcohort.render.compare import compare_runs

    found = compare_runs(base, other, output, present=present_comparison)
    page = found.page.relative_to(output).as_posix()
    return {"page": page, "flipped": found.n_flipped, "moved": found.n_moved}
