"""ADRS to best response, first response, progression and relapse of each subject."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.adam.cells import as_iso, convert, earliest_records, first_records, no_text, read_elapsed, take
from cartcohort.study.adam.files import first_held, require
from cartcohort.study.adam.variables import BEST_RESPONSES, FIRST_RESPONSES, PROGRESSIONS, RELAPSES, RESPONSES
from cartcohort.study.schema import OBJECTIVE_RESPONSES
from cartcohort.study.text_table import TextTable


def read_responses(
    adrs: TextTable, subject_ids: pd.Series, problems: list[Problem], said: dict[str, str]
) -> dict[str, pd.Series]:
    """Return what ADRS tells of the subjects, by standard column; a column for which it has no parameter is left out.

    Parameters
    ----------
    adrs : TextTable
    subject_ids : Series
        USUBJID of the subjects, whose order the columns have.
    problems : list of Problem
        Gathers what is wrong.
    said : dict of str to str
        Gathers what a reader is to be told of a column.
    """
    if not require(adrs, [("USUBJID",), ("PARAMCD",), ("AVALC",), ("ADT", "ADY")], problems):
        return {}
    reader = _Reader(adrs, subject_ids, problems)
    dated = {"response": FIRST_RESPONSES, "progression": PROGRESSIONS, "relapse": RELAPSES}
    found = {f"{name}_{reader.form}": reader.find_yes(codes) for name, codes in dated.items()}
    found = {name: cells for name, cells in found.items() if cells is not None}
    best = next((code for code in BEST_RESPONSES if code in reader.codes), None)
    if best is None:
        return found
    rows = (adrs.cells["PARAMCD"] == best).to_numpy()
    _refuse_unknown(adrs, rows, problems)
    _refuse_repeated(adrs, rows, best, problems)
    records = first_records(adrs.cells["USUBJID"], rows, subject_ids)
    found["best_response"] = convert(take(adrs.cells["AVALC"], records), lambda text: RESPONSES.get(text, ""))
    if f"response_{reader.form}" not in found:
        # Without a parameter of its own, the response is dated by the best one.
        responded = found["best_response"].isin(OBJECTIVE_RESPONSES).to_numpy()
        dates = found[f"response_{reader.form}"] = reader.date(np.where(responded, records, -1))
        if dates.notna().any():
            said[f"response_{reader.form}"] = (
                f"First responses are dated by the best overall response ({best} of {adrs.file}), since that has no "
                f"parameter {' or '.join(FIRST_RESPONSES)}: they may have been earlier."
            )
    return found


class _Reader:
    def __init__(self, adrs: TextTable, subject_ids: pd.Series, problems: list[Problem]) -> None:
        self.adrs = adrs
        self.subject_ids = subject_ids
        self.codes = set(adrs.cells["PARAMCD"].cat.categories)
        self.form = "date" if first_held(adrs, ("ADT", "ADY")) == "ADT" else "day"
        dated = self.form == "date"
        self.days = as_iso(adrs.cells["ADT"]) if dated else read_elapsed(adrs, "ADY", problems)

    def date(self, records: np.ndarray) -> pd.Series:
        """Return the date, or the day, of some records, empty for -1."""
        return take(self.days, records)

    def find_yes(self, codes: Sequence[str]) -> pd.Series | None:
        """Return when a parameter was first answered Y; None where the package does not have it."""
        code = next((code for code in codes if code in self.codes), None)
        if code is None:
            return None
        rows = ((self.adrs.cells["PARAMCD"] == code) & (self.adrs.cells["AVALC"] == "Y")).to_numpy()
        if not rows.any():
            return no_text(len(self.subject_ids))
        return self.date(earliest_records(self.adrs.cells["USUBJID"], rows, self.subject_ids, self.days))


def _refuse_unknown(adrs: TextTable, rows: np.ndarray, problems: list[Problem]) -> None:
    wrong = rows & (adrs.cells["AVALC"].notna() & ~adrs.cells["AVALC"].isin(list(RESPONSES))).to_numpy()
    if wrong.any():
        what = "`AVALC` of the best overall response is not in its list."
        remedy = (
            f"Known are: {', '.join(RESPONSES)}. Map others with `values: {{adrs: {{AVALC: ...}}}}` in study.yaml."
        )
        problems.append(Problem(what, adrs.locate(wrong, "AVALC"), remedy))


def _refuse_repeated(adrs: TextTable, rows: np.ndarray, code: str, problems: list[Problem]) -> None:
    subjects = adrs.cells["USUBJID"].astype(object).where(rows)
    twice = (rows & subjects.duplicated(keep=False) & subjects.notna()).to_numpy()
    if twice.any():
        what = f"A subject has more than one record of `PARAMCD` {code}."
        problems.append(Problem(what, adrs.locate(twice, "USUBJID", "PARAMCD"), "Keep the one that counts."))
