"""The datasets of an ADaM package, made from a cohort and its endpoints."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cartcohort.study.adam_export.dataset import Dataset
from cartcohort.study.adam_export.variables import SUBJECT_VARIABLES, name_variables, shorten_label
from cartcohort.study.endpoint import Endpoint
from cartcohort.study.model import Study
from cartcohort.study.schema import RESERVED, SUBJECTS

_FLAGS = {"yes": "Y", "no": "N"}
_SEXES = {"female": "F", "male": "M"}
_KINDS = {column.name: column.kind for column in SUBJECTS.columns}
_BASE_LABELS = {"STUDYID": "Study Identifier", "USUBJID": "Unique Subject Identifier"}
_POPULATIONS = {"SAFFL": "Safety Population Flag", "ITTFL": "Intent-To-Treat Population Flag"}


class Package:
    """Makes the datasets of one cohort.

    Parameters
    ----------
    cohort : Study
        The patients enrolled, as selected.
    """

    def __init__(self, cohort: Study) -> None:
        self.cohort = cohort
        self.subjects = cohort.subjects
        self.day_zero = find_day_zero(cohort)
        self.names = _name_columns(cohort)

    def make_adsl(self) -> Dataset:
        """Return one record a patient, with every column of the subjects."""
        infused = self.subjects["infused"].to_numpy()
        columns: dict[str, pd.Series] = self._identify(self.subjects["subject_id"])
        labels = dict(_BASE_LABELS)
        columns |= {"SAFFL": _as_text(pd.Series(np.where(infused, "Y", "N"))), "ITTFL": _same("Y", len(infused))}
        labels |= _POPULATIONS
        for column, name in self.names.items():
            columns[name] = self._convert(column)
            labels[name] = self._label(column)
        if "AGE" in columns:
            columns["AGEU"], labels["AGEU"] = _same("YEARS", len(infused)), "Age Units"
        return Dataset("ADSL", "Subject-Level Analysis Dataset", pd.DataFrame(columns), labels)

    def make_adtte(self, endpoints: Mapping[str, Endpoint]) -> Dataset:
        """Return one record a patient at risk and endpoint: AVAL in days from STARTDT, CNSR 0 is the event."""
        codes = name_variables(endpoints, ())
        parts = [self._follow(endpoint, codes[name]) for name, endpoint in endpoints.items()]
        frame = pd.concat(parts, ignore_index=True)
        labels = _BASE_LABELS | _POPULATIONS | _TIME_LABELS
        return _dataset("ADTTE", "Time-to-Event Analysis Dataset", frame, labels)

    def make_adrs(self) -> Dataset | None:
        """Return best overall response, first response, progression and relapse; None where none is recorded."""
        parts = [
            self._respond("BOR", "Best Overall Response", "best_response", "response_day"),
            self._respond("RSP", "First Response", None, "response_day"),
            self._respond("MRDNEG", "MRD-Negative at Best Response", "mrd_negative", "response_day"),
            self._respond("PD", "Disease Progression", None, "progression_day"),
            self._respond("RELAPSE", "Relapse", None, "relapse_day"),
        ]
        parts = [part for part in parts if len(part)]
        if not parts:
            return None
        labels = _BASE_LABELS | _RESPONSE_LABELS
        return _dataset("ADRS", "Disease Response Analysis Dataset", pd.concat(parts, ignore_index=True), labels)

    def make_adae(self) -> Dataset | None:
        """Return one record an adverse event; None where none is recorded."""
        events = self.cohort.adverse_events
        if events.empty:
            return None
        columns = self._identify(events["subject_id"]) | {
            "AESEQ": _number_within(events["subject_id"]),
            "AETERM": _as_text(events["term"]),
            "AEDECOD": _as_text(events["term"]),
            "AETOXGR": _as_text(events["grade"].astype("string")),
            **self._time("AST", events, "onset_day"),
            **self._time("AEN", events, "resolution_day"),
            "APERIOD": _as_number(events["infusion"]),
            "AECONTRT": _as_text(events["treatment"]),
        }
        return _dataset(
            "ADAE", "Adverse Events Analysis Dataset", pd.DataFrame(columns), _BASE_LABELS | _EVENT_LABELS
        )

    def make_adlb(self) -> Dataset | None:
        """Return one record a measurement; None where none is recorded."""
        measured = self.cohort.assessments
        if measured.empty:
            return None
        codes = name_variables(sorted(measured["assay"].dropna().unique()), ())
        columns = self._identify(measured["subject_id"]) | {
            "PARAMCD": _as_text(measured["assay"].map(codes)),
            "PARAM": _as_text(measured["assay"]),
            "AVAL": _as_number(measured["value"]),
            "AVALU": _as_text(measured["unit"]),
            **self._time("A", measured, "assessment_day"),
        }
        labels = _BASE_LABELS | _MEASURE_LABELS
        return _dataset("ADLB", "Laboratory Analysis Dataset", pd.DataFrame(columns), labels)

    def _identify(self, subject_ids: pd.Series) -> dict[str, pd.Series]:
        return {"STUDYID": _same(self.cohort.name, len(subject_ids)), "USUBJID": _as_text(subject_ids)}

    def _convert(self, column: str) -> pd.Series:
        values = self.subjects[column]
        if values.dtype.kind == "M":
            return values.reset_index(drop=True)
        if _is_time(column, self.subjects):
            return self._date(values, self.day_zero)
        if column == "sex":
            return _as_text(values.astype("object").map(_SEXES))
        if _KINDS.get(column) == "yes/no":
            return _as_text(values.astype("object").map(_FLAGS))
        return _as_number(values) if pd.api.types.is_numeric_dtype(values) else _as_text(values)

    def _label(self, column: str) -> str:
        if column not in SUBJECT_VARIABLES:
            return shorten_label(self.cohort.labels.get(column, column))
        label = SUBJECT_VARIABLES[column][1]
        return label if self.day_zero is not None else label.replace("Date", "Day", 1)

    def _date(self, days: pd.Series, zero: pd.Series | None) -> pd.Series:
        """Return dates; of a study in days, the days of ADaM, where day 0 is day 1 and the day before it day -1."""
        days = days.astype("Float64").reset_index(drop=True)
        if zero is None:
            return _as_number(days + (days >= 0).astype("Float64"))
        return zero.reset_index(drop=True) + pd.to_timedelta(days.to_numpy(float, na_value=np.nan), unit="D")

    def _time(self, stem: str, events: pd.DataFrame, column: str) -> dict[str, pd.Series]:
        if self.day_zero is None:
            return {f"{stem}DY": self._date(events[column], None)}
        zero = pd.Series(self.day_zero.to_numpy(), index=self.subjects["subject_id"])
        return {f"{stem}DT": self._date(events[column], zero.reindex(events["subject_id"]))}

    def _follow(self, endpoint: Endpoint, code: str) -> pd.DataFrame:
        who = endpoint.subjects
        own = pd.Series(self.subjects.index, index=self.subjects["subject_id"]).reindex(who["subject_id"])
        zero = None if self.day_zero is None else self.day_zero.iloc[own.to_numpy()]
        start = pd.Series(endpoint.origin_day)
        columns = self._identify(who["subject_id"]) | {
            "SAFFL": _as_text(pd.Series(np.where(who["infused"], "Y", "N"))),
            "ITTFL": _same("Y", len(who)),
            "PARAMCD": _same(code, len(who)),
            "PARAM": _same(endpoint.label, len(who)),
        }
        suffix = "DY" if zero is None else "DT"
        columns[f"START{suffix}"] = self._date(start, zero)
        columns[f"A{suffix}"] = self._date(start + endpoint.time_days, zero)
        columns |= {
            "AVAL": _as_number(pd.Series(endpoint.time_days)),
            "AVALU": _same("DAYS", len(who)),
            "CNSR": _as_number(pd.Series(_censor(endpoint))),
            "EVNTDESC": _as_text(pd.Series(endpoint.event_source)),
            "CNSDTDSC": _as_text(pd.Series(endpoint.censoring_reason)),
        }
        return pd.DataFrame(columns)

    def _respond(self, code: str, label: str, answer: str | None, day: str) -> pd.DataFrame:
        who = self.subjects[self.subjects[answer or day].notna()]
        if who.empty:
            return who
        zero = None if self.day_zero is None else self.day_zero[who.index]
        answers = who[answer].astype("object").replace(_FLAGS) if answer else _same("Y", len(who))
        columns = self._identify(who["subject_id"]) | {
            "PARAMCD": _same(code, len(who)),
            "PARAM": _same(label, len(who)),
            "AVALC": _as_text(answers),
        }
        columns["ADY" if zero is None else "ADT"] = self._date(who[day], zero)
        return pd.DataFrame(columns)


def find_day_zero(cohort: Study) -> pd.Series | None:
    """Return the date of day 0 of each patient; None in a study without dates."""
    if not cohort.has_dates or cohort.data_cutoff_date is None:
        return None
    days = pd.to_timedelta(cohort.subjects["data_cutoff_day"].to_numpy(float, na_value=np.nan), unit="D")
    return pd.Series(pd.Timestamp(cohort.data_cutoff_date) - days)


def _name_columns(cohort: Study) -> dict[str, str]:
    """Return the ADaM name of each column of the subjects that holds anything, the study's own after ours."""
    subjects = cohort.subjects
    suffix = {"DT": "DT"} if cohort.has_dates else {"DT": "DY"}
    passed_over = {*RESERVED, "subject_id", "response"}  # the last follows from best_response, whatever is asked for
    held = [name for name in subjects if name not in passed_over and _tells(name, cohort)]
    ours = {name: SUBJECT_VARIABLES[name][0] for name in held if name in SUBJECT_VARIABLES}
    ours = {name: f"{one[:-2]}{suffix.get(one[-2:], one[-2:])}" for name, one in ours.items()}
    taken = {*ours.values(), *_BASE_LABELS, *_POPULATIONS, "AGEU"}
    own = [name for name in held if name not in SUBJECT_VARIABLES]
    return ours | name_variables(own, taken)


def _tells(name: str, cohort: Study) -> bool:
    """Say whether a column holds anything, or is there to say that nobody had it."""
    return name in cohort.documented or bool(cohort.subjects[name].notna().any())


def _is_time(column: str, subjects: pd.DataFrame) -> bool:
    return _KINDS.get(column) == "time" or (
        column not in _KINDS and column.endswith("_day") and pd.api.types.is_integer_dtype(subjects[column])
    )


def _censor(endpoint: Endpoint) -> np.ndarray:
    """Return 0 for the event, 1 where censored, 2 and more for what competes, in the order of `event_type`."""
    kinds = [kind for kind in endpoint.event_type.categories if kind != endpoint.cause]  # censored is the first
    numbers = {endpoint.cause: 0} | {kind: number for number, kind in enumerate(kinds, 1)}
    return np.array([numbers[kind] for kind in endpoint.event_type.categories])[endpoint.event_type.codes]


def _number_within(subject_ids: pd.Series) -> pd.Series:
    return _as_number(subject_ids.groupby(subject_ids).cumcount() + 1)


def _same(text: str, n: int) -> pd.Series:
    return pd.Series([text] * n, dtype=object)


def _as_text(values: pd.Series) -> pd.Series:
    values = pd.Series(values).astype(object).reset_index(drop=True)
    return values.where(values.notna() & (values != ""), None)


def _as_number(values: pd.Series) -> pd.Series:
    return pd.Series(pd.Series(values).to_numpy(dtype=float, na_value=np.nan))


def _dataset(name: str, label: str, frame: pd.DataFrame, labels: Mapping[str, str]) -> Dataset:
    return Dataset(name, label, frame, {column: labels[column] for column in frame})


def _dated(stem: str, what: str) -> dict[str, str]:
    return {f"{stem}DT": f"{what} Date", f"{stem}DY": f"{what} Relative Day"}


_TIME_LABELS = {
    "PARAMCD": "Parameter Code",
    "PARAM": "Parameter",
    **_dated("START", "Time-to-Event Origin"),
    **_dated("A", "Analysis"),
    "AVAL": "Analysis Value",
    "AVALU": "Analysis Value Unit",
    "CNSR": "Censor",
    "EVNTDESC": "Event or Censoring Description",
    "CNSDTDSC": "Censor Date Description",
}
_RESPONSE_LABELS = {
    "PARAMCD": "Parameter Code",
    "PARAM": "Parameter",
    "AVALC": "Analysis Value (C)",
    **_dated("A", "Analysis"),
}
_MEASURE_LABELS = {
    "PARAMCD": "Parameter Code",
    "PARAM": "Parameter",
    "AVAL": "Analysis Value",
    "AVALU": "Analysis Value Unit",
    **_dated("A", "Analysis"),
}
_EVENT_LABELS = {
    "AESEQ": "Sequence Number",
    "AETERM": "Reported Term for the Adverse Event",
    "AEDECOD": "Dictionary-Derived Term",
    "AETOXGR": "Standard Toxicity Grade",
    **_dated("AST", "Analysis Start"),
    **_dated("AEN", "Analysis End"),
    "APERIOD": "Infusion that the Event Followed",
    "AECONTRT": "Treatment Given",
}
