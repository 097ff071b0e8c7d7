"""Oddities of a valid study that a reader should know of; they prevent nothing."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

import numpy as np
import pandas as pd

from cartcohort.errors import Problem
from cartcohort.study.description import FILE
from cartcohort.study.endpoint_oddities import find_endpoint_oddities
from cartcohort.study.model import Study
from cartcohort.study.schema import COMPLETE_REMISSIONS, OBJECTIVE_RESPONSES, SUBJECTS
from cartcohort.study.typed_table import TypedTable

_LONG_DAYS = 365


def find_oddities(study: Study, typed: Mapping[str, TypedTable]) -> tuple[Problem, ...]:
    """Return what is odd in a study that has passed all checks.

    Parameters
    ----------
    study : Study
        As loaded.
    typed : mapping of str to TypedTable
        Its tables as read, for names and rows.
    """
    finder = _Finder(study, typed["subjects"])
    finder.find_misspelt(typed)
    finder.find_short_follow_up()
    finder.find_response_oddities()
    finder.find_poor_factors()
    finder.find_double_spellings(typed)
    finder.find_repeated_rows(typed)
    finder.find_mixed_units(typed)
    return (*finder.oddities, *find_endpoint_oddities(study, typed["subjects"]))


class _Finder:
    def __init__(self, study: Study, table: TypedTable) -> None:
        self.study = study
        self.table = table
        self.subjects = study.subjects
        self.oddities: list[Problem] = []

    def _note(self, what: str, mask: pd.Series, columns: tuple[str, ...], remedy: str) -> None:
        mask = np.asarray(mask.fillna(False), dtype=bool)
        if mask.any():
            self.oddities.append(Problem(what, self.table.text.locate(mask, *map(self._name, columns)), remedy))

    def _name(self, name: str) -> str:
        column = SUBJECTS.by_name.get(name)
        return self.table.name_in_file(column) if column else name

    def find_misspelt(self, typed: Mapping[str, TypedTable]) -> None:
        for table in typed.values():
            absent = [n for c in table.schema.columns for n in c.names if not set(c.names) & set(table.columns)]
            for name in table.columns:
                near = difflib.get_close_matches(name.lower(), absent, n=1, cutoff=0.85)
                if name not in table.schema.by_name and near:
                    what = f"`{name}` is no column of the data dictionary. Did you mean `{near[0]}`?"
                    remedy = "It is kept under its own name; rename it if it is misspelt."
                    self.oddities.append(Problem(what, table.text.file, remedy))

    def find_short_follow_up(self) -> None:
        alive = self.subjects["death_day"].isna()
        gap = self.subjects["data_cutoff_day"] - self.subjects["last_contact_day"]
        what = "The last contact of a living patient is more than a year before the data cut-off."
        self._note(
            what, alive & (gap > _LONG_DAYS), ("last_contact_day",), "Ask for their present state, if you can."
        )

    def find_response_oddities(self) -> None:
        best, response = self.subjects["best_response"], self._name("response_day")
        responder = best.isin(OBJECTIVE_RESPONSES)
        undated = responder & self.subjects["response_day"].isna()
        remedy = "Such a patient is left out of the analyses that start at response."
        self._note(f"A responder has no `{response}`.", undated, ("response_day",), remedy)
        dated = best.isin(["NR", "NE"]) & self.subjects["response_day"].notna()
        remedy = "The day is not used; leave it empty, or correct `best_response`."
        self._note(f"`{response}` is given where there was no response.", dated, ("response_day",), remedy)
        progressed = best.isin(COMPLETE_REMISSIONS) & self.subjects["progression_day"].notna()
        what = f"`{self._name('progression_day')}` is given for a patient in CR or CRi."
        remedy = f"It counts as progression; a relapse belongs in `{self._name('relapse_day')}`."
        self._note(what, progressed, ("progression_day",), remedy)
        details = ["relapse_cd19", "relapse_cd22", "relapse_site"]
        detailed = self.subjects[details].notna().any(axis=1) & self.subjects["relapse_day"].isna()
        relapse = self._name("relapse_day")
        remedy = f"Fill in `{relapse}`: without it the relapse does not count."
        self._note(f"A relapse is described, but `{relapse}` is empty.", detailed, ("relapse_day",), remedy)

    def find_poor_factors(self) -> None:
        for name in self.study.factors:
            if name in self.subjects and self.subjects[name].nunique() < 2:
                what = f"The factor `{name}` has fewer than two levels among the patients."
                self.oddities.append(Problem(what, FILE, "There is nothing to compare by it."))

    def find_double_spellings(self, typed: Mapping[str, TypedTable]) -> None:
        for table, column in (("adverse_events", "term"), ("assessments", "assay")):
            if table not in typed:
                continue
            cells = typed[table].text.cells[column]
            folded = pd.Series(cells.cat.categories, dtype="object").str.casefold()
            if folded.duplicated().any():
                what = f"`{column}` spells the same name in several ways (capitals and small letters differ)."
                where = typed[table].text.locate(np.zeros(len(cells), dtype=bool), column)
                self.oddities.append(Problem(what, where, "They count as different; use one spelling, or `values`."))

    def find_repeated_rows(self, typed: Mapping[str, TypedTable]) -> None:
        for name in ("adverse_events", "assessments"):
            if name not in typed:
                continue
            repeated = _find_repeated(typed[name].text.cells)
            if repeated.any():
                where = typed[name].text.locate(repeated)
                self.oddities.append(
                    Problem("Rows are equal in every cell.", where, "Keep one of them, unless it happened twice.")
                )

    def find_mixed_units(self, typed: Mapping[str, TypedTable]) -> None:
        cells = typed["assessments"].text.cells if "assessments" in typed else ()
        if "unit" not in cells:
            return
        codes, unit = cells["assay"].cat.codes.to_numpy(), cells["unit"].cat.codes.to_numpy(dtype="int64")
        n_units = len(cells["unit"].cat.categories)
        pairs = pd.unique((codes * np.int64(n_units) + unit)[(codes >= 0) & (unit >= 0)])
        assays, units = np.unique(pairs // max(n_units, 1), return_counts=True)
        for code in assays[units > 1]:
            assay, rows = cells["assay"].cat.categories[code], codes == code
            what = f"The assay `{assay}` is given in more than one unit."
            where = typed["assessments"].text.locate(rows, "assay", "unit")
            self.oddities.append(Problem(what, where, "Convert them to one unit; until then the assay is left out."))


def _find_repeated(cells: pd.DataFrame) -> np.ndarray:
    """Return which rows equal another one in every cell; the few whose hash does are compared."""
    codes = {name: cells[name].cat.codes.to_numpy() for name in cells}
    mixed = np.zeros(len(cells), dtype="uint64")
    for column in codes.values():
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + column.astype("uint64")
    ordered = np.sort(mixed)  # many times faster than a hash table of millions of rows
    suspect = np.isin(mixed, ordered[1:][ordered[1:] == ordered[:-1]])
    among = pd.DataFrame({name: column[suspect] for name, column in codes.items()})
    repeated = np.zeros(len(cells), dtype=bool)
    repeated[suspect] = among.duplicated(keep=False)
    return repeated
