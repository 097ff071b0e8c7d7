"""The data dictionary as data: every column of a study's tables, its type, unit, allowed values and meaning.

`data/README.md` shows the same to people; a test keeps the two equal. A time is declared once, under its `_day` name:
a file may hold it as a `_date` or as a `_day`, inside the suite it is always the whole days from first infusion.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

YES_NO = ("no", "yes")
RESPONSES = ("CR", "CRi", "PR", "NR", "NE")
COMPLETE_REMISSIONS = ("CR", "CRi")
OBJECTIVE_RESPONSES = ("CR", "CRi", "PR")
FIRST_YEAR, LAST_YEAR = 1900, 2200  # a date outside is a slip
LONGEST_DAYS = 36525  # from first infusion, either way
DAYS_ZERO = {"infusion": "infused", "transplant": "transplanted", "treatment": "treated"}
"""What day 0 of a study can be: the first CAR-T infusion, a stem-cell transplant or the first treatment of another
kind; and what was then done to the patients."""
ADAM_TABLES = ("adsl", "adtte", "adrs", "adae", "adlb")
"""Tables of a study that is an ADaM package."""
ANTIGEN_STATES = ("positive", "dim", "negative", "unknown")
HYPOTENSION = ("none", "no vasopressor", "one vasopressor", "multiple vasopressors")
HYPOXIA = ("none", "low-flow", "high-flow", "positive pressure")
CONSCIOUSNESS = ("normal", "awakens spontaneously", "awakens to voice", "awakens to touch", "unarousable")
SEIZURE = ("none", "resolved", "prolonged")
CEREBRAL_EDEMA = ("none", "focal", "diffuse")


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : str
        Name inside the suite; of a time, the `_day` name.
    kind : str
        "text", "category", "yes/no", "number", "whole number", "date", "time" (a date or a day).
    label, meaning, unit : str
        Words for a reader of reports; what the column holds; unit, empty where there is none.
    levels : tuple of str
        Allowed values of a category in their order; the first is the reference of comparisons.
    minimum, maximum : float or None
        Range of a number; inclusive, but exclusive below where `above_minimum`.
    above_minimum : bool
        Whether the minimum itself is refused.
    required : bool
        Whether the column must be there.
    before_infusion : bool
        Whether a time may lie before the first infusion.
    after_infusion : bool
        Whether the value is known only after infusion, so that a comparison by it from infusion is biased.
    """

    name: str
    kind: str
    label: str
    meaning: str = ""
    unit: str = ""
    levels: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    above_minimum: bool = False
    required: bool = False
    before_infusion: bool = False
    after_infusion: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names under which a file may hold the column (two of a time)."""
        if self.kind != "time":
            return (self.name,)
        return (self.name.removesuffix("_day") + "_date", self.name)

    @property
    def allowed(self) -> str:
        """Describe the allowed values in words, empty where any value of the kind will do."""
        if self.levels:
            return ", ".join(self.levels)
        if self.minimum is not None and self.maximum is not None:
            return f"{self.minimum:g}-{self.maximum:g}"
        if self.minimum is not None:
            return f"{'> ' if self.above_minimum else '>= '}{self.minimum:g}"
        return ""


@dataclass(frozen=True)
class Table:
    """A table of a study: its name, its default file, and its columns in order."""

    name: str
    file: str
    columns: tuple[Column, ...]

    @property
    def by_name(self) -> dict[str, Column]:
        """Return the columns by every name under which a file may hold them."""
        return {name: column for column in self.columns for name in column.names}


def _category(
    name: str, label: str, levels: tuple[str, ...], meaning: str, *, after_infusion: bool = False
) -> Column:
    kind = "yes/no" if levels == YES_NO else "category"
    return Column(name=name, kind=kind, label=label, levels=levels, meaning=meaning, after_infusion=after_infusion)


def _time(name: str, label: str, meaning: str, *, required: bool = False, before_infusion: bool = False) -> Column:
    return Column(
        name=name,
        kind="time",
        label=label,
        meaning=meaning,
        required=required,
        before_infusion=before_infusion,
        after_infusion=not before_infusion,
    )


def _at_response(name: str, label: str, unit: str, maximum: float | None = None) -> Column:
    return Column(
        name=f"response_{name}",
        kind="number",
        label=label,
        unit=unit,
        minimum=0,
        maximum=maximum,
        meaning="at the assessment of best response",
        after_infusion=True,
    )


_SUBJECT_ID = Column(name="subject_id", kind="text", label="Patient", meaning="key, one a patient", required=True)

SUBJECTS = Table(
    "subjects",
    "subjects.csv",
    (
        _SUBJECT_ID,
        Column(
            name="infusion_date",
            kind="date",
            label="First infusion",
            meaning="first CAR-T infusion, time origin; absent in a study in days, empty if never infused",
        ),
        _time("death_day", "Death", "death from any cause; empty if alive", required=True),
        _time("last_contact_day", "Last contact", "last day known alive; required unless dead", required=True),
        _time("enrollment_day", "Enrolment", "enrolment, not after infusion", before_infusion=True),
        _time("second_infusion_day", "Second infusion", "second CAR-T infusion"),
        Column(
            name="age_years", kind="number", label="Age", unit="years", minimum=0, maximum=120, meaning="at infusion"
        ),
        _category("sex", "Sex", ("female", "male"), ""),
        _category("disease_status", "Disease status", ("relapsed", "refractory"), "at enrolment"),
        Column(
            name="prior_lines",
            kind="whole number",
            label="Prior lines of therapy",
            minimum=0,
            maximum=20,
            meaning="lines of therapy before infusion",
        ),
        _category("prior_hsct", "Prior transplant", YES_NO, "stem-cell transplant before infusion"),
        _category("extramedullary_disease", "Extramedullary disease", YES_NO, "before infusion"),
        Column(
            name="marrow_blasts_pct",
            kind="number",
            label="Marrow blasts",
            unit="%",
            minimum=0,
            maximum=100,
            meaning="last marrow before lymphodepletion",
        ),
        Column(
            name="genetic_abnormalities", kind="text", label="Genetic abnormalities", meaning="names joined by `;`"
        ),
        _category("genetic_risk", "Genetic risk", ("high", "low"), "by the abnormalities"),
        _category("first_product", "First product", ("CAR19", "CAR22"), "product infused first"),
        Column(
            name="car19_dose_1e6_per_kg",
            kind="number",
            label="CAR19 dose",
            unit="10⁶ cells/kg",
            minimum=0,
            above_minimum=True,
            meaning="CAR19 T cells infused",
        ),
        Column(
            name="car22_dose_1e6_per_kg",
            kind="number",
            label="CAR22 dose",
            unit="10⁶ cells/kg",
            minimum=0,
            above_minimum=True,
            meaning="CAR22 T cells infused",
        ),
        _category("best_response", "Best response", RESPONSES, "best overall response", after_infusion=True),
        _time("response_day", "Response", "first documented response"),
        _category("mrd_negative", "MRD-negative", YES_NO, "at best response", after_infusion=True),
        _time("progression_day", "Progression", "of non-responders, and from PR"),
        _time("relapse_day", "Relapse", "after CR or CRi only"),
        _category("relapse_cd19", "CD19 at relapse", ANTIGEN_STATES, "on blasts at relapse", after_infusion=True),
        _category("relapse_cd22", "CD22 at relapse", ANTIGEN_STATES, "on blasts at relapse", after_infusion=True),
        _category(
            "relapse_site", "Site of relapse", ("marrow", "extramedullary", "both"), "at relapse", after_infusion=True
        ),
        _time("hsct_day", "Transplant", "stem-cell transplant after infusion"),
        _time("new_therapy_day", "New therapy", "new anti-leukaemia therapy after infusion"),
        _category(
            "death_cause",
            "Cause of death",
            ("disease", "infection", "toxicity", "transplant", "other"),
            "empty if alive or unknown",
            after_infusion=True,
        ),
        _time("tocilizumab_day", "Tocilizumab", "first dose"),
        _time("corticosteroid_day", "Corticosteroid", "first dose"),
        _at_response("marrow_blasts_pct", "Marrow blasts at response", "%", 100),
        _at_response("anc_1e9_per_l", "Neutrophils at response", "10⁹/L"),
        _at_response("platelets_1e9_per_l", "Platelets at response", "10⁹/L"),
        _category(
            "response_extramedullary",
            "Extramedullary disease at response",
            YES_NO,
            "at the assessment of best response",
            after_infusion=True,
        ),
        _at_response("mrd_pct", "MRD at response", "%", 100),
    ),
)

ADVERSE_EVENTS = Table(
    "adverse_events",
    "adverse_events.csv",
    (
        Column(
            name="subject_id", kind="text", label="Patient", meaning="a patient of the subjects table", required=True
        ),
        Column(
            name="term",
            kind="text",
            label="Event",
            meaning="CRS, ICANS, neutropenia, ... in one spelling",
            required=True,
        ),
        Column(
            name="grade",
            kind="whole number",
            label="Grade",
            minimum=1,
            maximum=5,
            meaning="ASTCT for CRS and ICANS, CTCAE otherwise; empty if not recorded; 5 only for the fatal event",
        ),
        _time("onset_day", "Onset", "first day; empty if not recorded", before_infusion=True),
        _time("resolution_day", "Resolution", "last day; empty if ongoing or not recorded", before_infusion=True),
        Column(
            name="infusion",
            kind="whole number",
            label="Infusion",
            minimum=1,
            maximum=2,
            meaning="the infusion that the event followed",
        ),
        Column(name="treatment", kind="text", label="Treatment", meaning="names joined by `;`"),
        _category("fever", "Fever", YES_NO, "CRS: 38.0 °C or more, due to no other cause"),
        Column(
            name="max_temperature_c",
            kind="number",
            label="Highest temperature",
            unit="°C",
            minimum=30,
            maximum=45,
            meaning="CRS: instead of fever, or beside it",
        ),
        _category("hypotension", "Hypotension", HYPOTENSION, "CRS: what it needed; vasopressin is not counted"),
        _category("hypoxia", "Hypoxia", HYPOXIA, "CRS: what it needed; a facemask is high-flow"),
        Column(
            name="ice_score", kind="whole number", label="ICE score", minimum=0, maximum=10, meaning="ICANS: lowest"
        ),
        _category("consciousness", "Consciousness", CONSCIOUSNESS, "ICANS: lowest level"),
        _category("seizure", "Seizure", SEIZURE, "ICANS: prolonged also if repetitive without recovery between"),
        _category("motor_weakness", "Motor weakness", YES_NO, "ICANS: deep and focal"),
        _category("cerebral_edema", "Cerebral oedema", CEREBRAL_EDEMA, "ICANS: diffuse also by signs of pressure"),
    ),
)

ASSESSMENTS = Table(
    "assessments",
    "assessments.csv",
    (
        Column(
            name="subject_id", kind="text", label="Patient", meaning="a patient of the subjects table", required=True
        ),
        _time("assessment_day", "Assessment", "day of the measurement", required=True, before_infusion=True),
        Column(
            name="assay",
            kind="text",
            label="Assay",
            meaning="il6, ferritin, crp, car_transgene, mrd, b_cell, anc, ...",
            required=True,
        ),
        Column(name="value", kind="number", label="Value", meaning="measured value; empty if not measured"),
        Column(name="unit", kind="text", label="Unit", meaning="unit of the value, one an assay"),
    ),
)

TABLES: Mapping[str, Table] = MappingProxyType({t.name: t for t in (SUBJECTS, ADVERSE_EVENTS, ASSESSMENTS)})
"""All tables by name, in the order in which they are read."""

DERIVED = (
    Column(
        name="tumor_burden",
        kind="category",
        label="Tumour burden",
        levels=("low", "high"),
        meaning="high if marrow_blasts_pct >= tumor_burden_threshold_pct or extramedullary disease",
    ),
    Column(name="age_group", kind="category", label="Age group", meaning="age_years cut at age_cut_years"),
    Column(
        name="response",
        kind="yes/no",
        label="Response",
        levels=YES_NO,
        meaning="yes for CR, CRi and PR, no for NR and NE",
        after_infusion=True,
    ),
)
"""Columns that the suite derives unless the subjects table has a column of that name."""

RESERVED = (
    "infused",
    "data_cutoff_day",
    "progression_after_cutoff",
    "source_row",
    "response_recorded",
    "response_computed",
)
"""Columns that the suite adds to the subjects, so that a file may not hold them (`Study` says what they are)."""

DEFAULT_FACTORS = ("genetic_risk", "tumor_burden", "age_group", "sex", "extramedullary_disease", "prior_hsct")
"""Factors of a study that names none: those of these that it holds."""
