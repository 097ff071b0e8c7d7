"""Every report parameter, declared once: name, type, unit, default, allowed values, help.

The command line, the parameter cells of the notebooks, the checks before a run and the rerun form all read this one
list. Importing this module is cheap: it loads no numerical library.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any

from cartcohort.declaration import Parameter
from cartcohort.errors import ParameterError, Problem, did_you_mean

REDACTED = "[redacted]"
"""Stands wherever the value of a parameter would stand that `redact` names."""

REDACTABLE = ("study_path", "subset")
"""Parameters whose value `redact` can keep out of a report. All others have their effect on what results are called
(confidence limits at a level, groups by a threshold), so that a report without their values could not be read."""

_DECLARATIONS = (
    Parameter("study_path", "text", "data/car1922", help="folder of the study, relative to where you are"),
    Parameter(
        "subset",
        "text",
        None,
        help="patients to keep, such as tumor_burden == 'high' and age_years >= 40; None keeps all",
    ),
    Parameter(
        "population",
        "text",
        "infused",
        choices=("infused", "enrolled", "evaluable"),
        help="patients analysed for efficacy and survival",
    ),
    Parameter("origin", "text", "infusion", choices=("infusion", "enrollment"), help="time zero of OS, PFS and EFS"),
    Parameter(
        "data_cutoff_date",
        "date",
        None,
        help="censor everything later than this day; None takes the study's own cut-off",
    ),
    Parameter("conf_level", "number", 0.95, minimum=0.5, maximum=0.999, help="level of all confidence limits"),
    Parameter(
        "convention",
        "text",
        None,
        choices=("r", "sas"),
        help="sets conf_type, ties, median_rule and past_follow_up as that software does; None leaves them as given",
    ),
    Parameter(
        "conf_type",
        "text",
        "log-log",
        choices=("log-log", "log", "plain"),
        help="transformation for limits of survival curves",
    ),
    Parameter("ties", "text", "efron", choices=("efron", "breslow"), help="handling of ties in Cox models"),
    Parameter(
        "median_rule",
        "text",
        "midpoint",
        choices=("midpoint", "first"),
        help="median where the curve lies at 0.5 for a while: midpoint of that step, or its first time",
    ),
    Parameter(
        "past_follow_up",
        "text",
        "not_estimable",
        choices=("not_estimable", "carry"),
        help="survival beyond the last follow-up: not estimable, or the last value carried on",
    ),
    Parameter(
        "min_cell_count",
        "whole number",
        0,
        minimum=0,
        help="for sharing: counts of fewer patients, and all that would tell them, are withheld; 0 withholds nothing",
        unit="patients",
    ),
    Parameter(
        "redact",
        "text",
        None,
        many=True,
        choices=REDACTABLE,
        help="parameters whose values no file of the report tells; None tells all",
    ),
    Parameter(
        "p_style",
        "text",
        "journal",
        choices=("journal", "four_decimals"),
        help="p-values with two significant digits, or always with four decimals",
    ),
    Parameter(
        "timepoints_months",
        "number",
        [6, 12, 24],
        many=True,
        minimum=0.1,
        help="times at which rates are given",
        unit="months",
    ),
    Parameter(
        "rmst_months", "number", 24, minimum=0.1, help="horizon of the restricted mean survival time", unit="months"
    ),
    Parameter(
        "landmark_days",
        "whole number",
        [28, 90],
        many=True,
        minimum=0,
        help="landmarks for comparisons by what is known only after infusion, such as response",
        unit="days",
    ),
    Parameter(
        "conditional_months",
        "number",
        24,
        minimum=0,
        help="survival is also given for those alive at this time",
        unit="months",
    ),
    Parameter(
        "min_at_risk",
        "whole number",
        5,
        minimum=0,
        help="curves are drawn faint from where fewer patients remain",
        unit="patients",
    ),
    Parameter(
        "hsct_handling",
        "text",
        "ignore",
        choices=("ignore", "censor", "event", "competing"),
        help="what a later transplant is to an endpoint",
    ),
    Parameter(
        "new_therapy_handling",
        "text",
        "ignore",
        choices=("ignore", "censor", "event", "competing"),
        help="what a later anti-leukaemia therapy is to an endpoint",
    ),
    Parameter(
        "response_assessment_day",
        "whole number",
        28,
        minimum=0,
        help="day on which non-response counts where no progression date is given",
        unit="days",
    ),
    Parameter(
        "response_criteria",
        "text",
        "eln",
        choices=("eln", "cibmtr"),
        help="criteria by which a response that is not recorded is judged from its components",
    ),
    Parameter(
        "tumor_burden_threshold_pct",
        "number",
        50,
        minimum=0,
        maximum=100,
        help="marrow blasts from which tumour burden is high",
        unit="%",
    ),
    Parameter(
        "age_cut_years",
        "number",
        40,
        minimum=0,
        maximum=120,
        help="age from which a patient is in the older group",
        unit="years",
    ),
    Parameter("factors", "text", None, many=True, help="columns to compare by; None takes the study's own list"),
    Parameter(
        "endpoints",
        "text",
        None,
        many=True,
        help="time-to-event endpoints; None takes the study's own: os, pfs, efs, rfs, dor and those it declares",
    ),
    Parameter(
        "early_treatment_days",
        "whole number",
        2,
        minimum=0,
        help="tocilizumab or steroids count as early up to this many days after the onset of CRS",
        unit="days",
    ),
    Parameter(
        "escape_benchmark",
        "number",
        0.3,
        minimum=0,
        maximum=1,
        help="share of relapses with antigen loss to compare with (a planning value: set your own)",
        unit="proportion",
    ),
    Parameter(
        "bootstrap_samples",
        "whole number",
        200,
        minimum=20,
        maximum=10000,
        help="resamples for optimism-corrected concordance",
    ),
    Parameter("seed", "whole number", 20230228, minimum=0, help="seed of everything resampled"),
    Parameter(
        "report_date", "date", None, help="date printed on the page; None takes SOURCE_DATE_EPOCH, or prints no date"
    ),
)

KEPT_STUDY, KEPT_FOLDER = "CARTCOHORT_KEPT_STUDY", "CARTCOHORT_KEPT_FOLDER"
"""Environment variables by which a run tells its notebooks in which file it keeps the study that it has read and
checked, and from which folder it read it."""

PARAMETERS: Mapping[str, Parameter] = types.MappingProxyType({p.name: p for p in _DECLARATIONS})
"""All parameters by name, in the order in which a form shows them."""

CONVENTIONS: Mapping[str, Mapping[str, str]] = {
    "r": {"conf_type": "log", "ties": "efron", "median_rule": "midpoint", "past_follow_up": "not_estimable"},
    "sas": {"conf_type": "log-log", "ties": "breslow", "median_rule": "midpoint", "past_follow_up": "not_estimable"},
}
"""What each `convention` sets: the defaults of survfit and coxph in R, of PROC LIFETEST and PROC PHREG in SAS.

R's `summary(survfit, times)` gives nothing beyond the last follow-up unless asked to extend, which is "carry".
"""


LEAST_CELL_COUNT = 3
"""The least `min_cell_count` but 0: of a cell that is masked below 2, everybody would know that it is 1."""

NOT_WHILE_MASKED = ("population", "origin", "hsct_handling", "new_therapy_handling", "response_assessment_day")
"""Parameters that a masked run leaves at their defaults: every section counts the same patients and events, and what
is counted in two ways could be subtracted."""


class Parameters(Mapping[str, Any]):
    """Checked parameter values, read as attributes (`parameters.conf_level`) or as a mapping; immutable.

    A `convention` has replaced the single conventions that it governs.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values) | CONVENTIONS.get(values.get("convention"), {})

    def __getattr__(self, name: str) -> Any:
        """Return the value of that parameter."""
        try:
            return self.__dict__["_values"][name]
        except KeyError:
            raise AttributeError(f"this notebook declares no parameter {name!r}") from None

    def __getitem__(self, name: str) -> Any:
        """Return the value of that parameter."""
        return self._values[name]

    def __iter__(self):
        """Iterate over the names."""
        return iter(self._values)

    def __len__(self) -> int:
        """Count the parameters."""
        return len(self._values)

    @property
    def changed(self) -> dict[str, Any]:
        """Return those whose value differs from the default."""
        return {name: value for name, value in self._values.items() if value != PARAMETERS[name].default}


def check_parameters(values: Mapping[str, Any]) -> dict[str, Any]:
    """Check names and values against the declarations.

    Parameters
    ----------
    values : mapping of str to object
        Parameter values as given by a user, any subset of the declared names.

    Returns
    -------
    dict
        The same names with canonical values (dates as ISO text, single values of a list parameter as a list).

    Raises
    ------
    ParameterError
        With one problem a wrong name or value.
    """
    checked, problems = {}, []
    for name, value in values.items():
        parameter = PARAMETERS.get(name)
        if parameter is None:
            problems.append(
                Problem(
                    f"There is no parameter `{name}`.{did_you_mean(name, PARAMETERS)}",
                    remedy="`python run_reports.py --list-parameters` lists them all.",
                )
            )
            continue
        try:
            checked[name] = parameter.check(value)
        except ValueError as reason:
            problems.append(Problem(f"`{name}` {reason}", remedy=f"Meaning: {parameter.help}."))
        if value == REDACTED:
            what = f"The value of `{name}` was redacted where this was made."
            problems.append(Problem(what, remedy="Give the value that it had, or leave the parameter out."))
    if problems:
        raise ParameterError(problems)
    return checked


def read_parameters(namespace: Mapping[str, Any]) -> Parameters:
    """Read and check the parameters of a notebook from its global variables.

    To be called in the notebook's first cell after the parameters, as `read_parameters(globals())`. A variable that
    is no declared parameter is refused, since papermill injects misspelt names without an error.

    Parameters
    ----------
    namespace : mapping of str to object
        The notebook's `globals()`; private names, modules, classes and functions are passed over.

    Returns
    -------
    Parameters
        The values, with a `convention` applied.

    Raises
    ------
    ParameterError
        With one problem a wrong name or value.
    """
    given = {
        name: value
        for name, value in namespace.items()
        if not name.startswith("_") and name not in _IPYTHON_NAMES and not _is_code(value)
    }
    checked = check_parameters(given)
    problems = find_unmasked(checked)
    if problems:
        raise ParameterError(problems)
    return Parameters(checked)


def list_redacted(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the parameters that `redact` among these values names; they need not be checked yet."""
    names = values.get("redact") or ()
    return tuple(map(str, names)) if isinstance(names, list | tuple) else (str(names),)


def hide_redacted(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameter values as a report tells them: `REDACTED` in place of those that `redact` among them names."""
    hidden = list_redacted(values)
    return {name: REDACTED if name in hidden else value for name, value in values.items()}


def is_masked(values: Mapping[str, Any]) -> bool:
    """Tell whether a run with these parameter values is made for sharing, with small counts withheld."""
    return bool(values.get("min_cell_count"))


def find_unmasked(values: Mapping[str, Any]) -> list[Problem]:
    """Return a problem for each value that stands against what `min_cell_count` promises.

    Parameters
    ----------
    values : mapping of str to object
        Checked values; a parameter that is not among them has its default.
    """
    if not is_masked(values):
        return []
    least, problems = values["min_cell_count"], []
    if least < LEAST_CELL_COUNT:
        what = f"`min_cell_count` must be 0 or at least {LEAST_CELL_COUNT}: less would nearly tell what is masked."
        problems.append(Problem(what, remedy="Many who share such data ask for 5 or 11."))
    if "subject_id" in (values.get("subset") or ""):
        what = "`subset` must not name patients while `min_cell_count` masks: the report says how they were chosen."
        problems.append(Problem(what, remedy="Choose patients by what they have in common."))
    changed = [
        name for name in NOT_WHILE_MASKED if values.get(name, PARAMETERS[name].default) != PARAMETERS[name].default
    ]
    problems += [
        Problem(
            f"`{name}` cannot be changed while `min_cell_count` masks.",
            remedy=f"Leave it at {PARAMETERS[name].default!r}: what is counted in two ways could be subtracted.",
        )
        for name in changed
    ]
    return problems


_IPYTHON_NAMES = frozenset({"In", "Out", "get_ipython", "exit", "quit", "open", "annotations"})


def _is_code(value: Any) -> bool:
    return isinstance(value, types.ModuleType) or callable(value)
