"""Studies of a few patients as literals, written to a folder: `write_study(tmp_path / "mini", subjects="...")`.

A table is given as the text of its CSV file; blanks around commas do not matter, so that columns can be aligned.
"""

from __future__ import annotations

from pathlib import Path

from cartcohort.study import Study, load_study

MINIMAL = """
    subject_id, infusion_date, death_date, last_contact_date
  P1,         2020-01-01,    2020-06-01,
  P2,         2020-02-01,    ,           2022-12-31
  P3,         2021-02-01,    ,           2022-11-30
"""
"""The four required columns: one death, one patient followed to the cut-off, one to a month before it."""

MINIMAL_DAYS = """
    subject_id, death_day, last_contact_day
  P1,         152,
  P2,         ,          1064
  P3,         ,          667
"""
"""The same three patients in days from infusion."""

COHORT = """
    subject_id,infusion_date,death_date,last_contact_date,enrollment_date,best_response,response_date,progression_date,\
relapse_date,hsct_date,age_years,sex,genetic_risk,marrow_blasts_pct,extramedullary_disease
  P1,2020-01-01,2020-06-01,          ,2019-12-20,CR,2020-01-29,          ,2020-03-01,          ,33,male,high,80,no
  P2,2020-02-01,          ,2022-12-31,2020-01-20,CR,2020-02-29,          ,          ,2020-05-01,45,female,low,10,no
  P3,2021-02-01,2021-02-10,          ,2021-01-30,NE,          ,          ,          ,          ,51,female,high,60,yes
  P4,2021-03-01,2021-12-01,          ,2021-02-20,NR,          ,2021-04-10,          ,          ,28,male,high,90,no
  P5,2021-06-01,          ,2022-12-31,2021-05-20,PR,2021-06-29,2021-12-01,          ,          ,61,male,low,30,yes
  P6,          ,2021-08-01,          ,2021-07-15,  ,          ,          ,          ,          ,40,female,high,  ,no
"""
"""Six patients: a relapse, a remission with transplant, an early death, a non-responder with progression, a partial
response with progression, and one who was never infused."""

ADVERSE_EVENTS = """
    subject_id, term,        grade, onset_date, resolution_date
  P1,         CRS,         2,     2020-01-03, 2020-01-08
  P1,         ICANS,       1,     2020-01-05, 2020-01-06
  P2,         CRS,         1,     2020-02-04, 2020-02-06
  P3,         CRS,         5,     2021-02-03,
  P4,         neutropenia, 4,     2021-02-26, 2021-03-20
"""
"""Events of the patients of COHORT: one of them fatal, one begun before infusion."""

ASSESSMENTS = """
    subject_id, assessment_date, assay,    value, unit
  P1,         2020-01-03,      il6,      1200,  pg/mL
  P1,         2020-01-08,      il6,      90,    pg/mL
  P3,         2021-02-05,      ferritin, 30000, ng/mL
"""
"""Measurements of the patients of COHORT."""

CUTOFF = "2022-12-31"


def write_study(
    folder: Path,
    *,
    subjects: str = MINIMAL,
    adverse_events: str | None = None,
    assessments: str | None = None,
    yaml: str = f"data_cutoff_date: {CUTOFF}",
) -> Path:
    """Write a study folder and return its path; tables given as None are not written."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "study.yaml").write_text(yaml + "\n", encoding="utf-8")
    tables = {"subjects": subjects, "adverse_events": adverse_events, "assessments": assessments}
    for name, table in tables.items():
        if table is not None:
            (folder / f"{name}.csv").write_text(as_csv(table), encoding="utf-8")
    return folder


def make_study(
    folder: Path,
    *,
    subjects: str = COHORT,
    adverse_events: str | None = None,
    assessments: str | None = None,
    yaml: str = f"data_cutoff_date: {CUTOFF}",
) -> Study:
    """Write a study folder and load it."""
    return load_study(
        write_study(folder, subjects=subjects, adverse_events=adverse_events, assessments=assessments, yaml=yaml)
    )


def as_csv(table: str) -> str:
    """Return a table literal as the text of a CSV file, without the blanks that align it."""
    lines = [line for line in table.strip().splitlines()]
    return "".join(",".join(cell.strip() for cell in line.split(",")) + "\n" for line in lines)
