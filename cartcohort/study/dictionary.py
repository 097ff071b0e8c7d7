"""The data dictionary in words: the columns of each table, and the keys of study.yaml with an example of each.

`data/README.md` and the folder that `new` makes show the same; a test keeps them equal.
"""

from __future__ import annotations

from dataclasses import dataclass

from cartcohort.study.schema import Column, Table


@dataclass(frozen=True)
class Key:
    """A key of study.yaml: what it holds, and lines that are an example of it."""

    name: str
    words: str
    example: str


KEYS = (
    Key("format", "`adam` if the tables are those of an ADaM package (below)", "format: adam"),
    Key("title", "title of the study; the folder's name if left out", "title: CAR-T therapy at our centre"),
    Key("source", "one sentence on where the data come from", "source: patient files, reviewed in May 2024"),
    Key("synthetic", "`true` if the data are made up: every page of every report then says so", "synthetic: true"),
    Key(
        "data_cutoff_date",
        "last day of follow-up, as 2023-02-28; those alive then are censored",
        "data_cutoff_date: 2023-02-28",
    ),
    Key(
        "day_zero",
        "what day 0 is: `infusion` (the first CAR-T infusion; if left out), `transplant` or `treatment`; pages then "
        'say "from transplant" or "from first treatment", and `infusion_date` is the date of that',
        "day_zero: transplant",
    ),
    Key(
        "tables",
        "where each table is: a file inside the study's folder, a sheet of a workbook, a table of a database, a URL "
        "([Formats](#formats)); if left out, `subjects`, `adverse_events` and `assessments` with `.csv` or another "
        "ending below",
        "tables: {subjects: patients.xlsx#Baseline}",
    ),
    Key(
        "columns",
        "by table: standard name to the file's own name",
        "columns: {subjects: {subject_id: PatNo, death_date: DTHDT}}",
    ),
    Key(
        "values",
        "by table and column: the file's value to the standard one; an empty one means not recorded",
        "values: {subjects: {sex: {1: male, 2: female}}}",
    ),
    Key(
        "factors",
        "columns to compare by; if left out, those of genetic_risk, tumor_burden, age_group, sex, "
        "extramedullary_disease and prior_hsct that the study holds; their names are of letters, digits and "
        "underscores (give others one under `columns`)",
        "factors: [sex, age_group]",
    ),
    Key(
        "levels",
        "by column: order of its levels, the first is the reference; all that occur must be listed",
        "levels: {genetic_risk: [low, high]}",
    ),
    Key("labels", "by column: words for a reader", "labels: {bmi: Body mass index}"),
    Key(
        "known_later",
        "groups of your own that are known only after infusion, each with the column of its days (below)",
        "known_later: {high_expansion: peak_day}",
    ),
    Key(
        "endpoints",
        "time-to-event endpoints of your own (below)",
        "endpoints: {ttnt: {label: Time to next therapy, abbreviation: TTNT, events: [new_therapy, death]}}",
    ),
    Key("published", "file of published figures to compare with", "published: published.yaml"),
    Key(
        "rows",
        "by table: which rows of its file make it, so that one export serves several tables (below)",
        "rows: {adverse_events: redcap_repeat_instrument == 'ae'}",
    ),
    Key(
        "units",
        "by table and column: the unit of the file, where it is another (below)",
        "units: {subjects: {last_contact_day: months, marrow_blasts_pct: fraction}}",
    ),
    Key("dates", "order of the parts of dates that are not written 2023-02-28 (below)", "dates: day/month/year"),
    Key(
        "follow_up",
        "a time and a status that stand for death and last contact (below)",
        "follow_up: {time: os_months, status: vital_status, dead: [1], alive: [0], unit: months}",
    ),
    Key(
        "status_times",
        "the same for other times, such as relapse (below)",
        "status_times: {relapse: {time: relapse_months, status: relapsed, event: [1], unit: months}}",
    ),
    Key(
        "flat_events",
        "adverse events that stand as columns of the subjects' file (below)",
        "flat_events: {CRS: {grade: crs_grade, onset_date: crs_start, resolution_date: crs_end}}",
    ),
    Key(
        "reading",
        "by table, where a text file is not read as it was meant: `encoding`, `separator` (comma, semicolon, tab, "
        "bar), `decimal` (point, comma)",
        "reading: {subjects: {encoding: cp1250, separator: semicolon, decimal: comma}}",
    ),
)
"""All keys, in the order in which people are told of them."""


def describe_table(table: Table) -> str:
    """Return the columns of a table as a table of Markdown."""
    head = "| column | type | required | allowed, unit | meaning |\n|---|---|---|---|---|\n"
    return head + "\n".join(map(_describe_column, table.columns)) + "\n"


def describe_keys() -> str:
    """Return the keys of study.yaml as a table of Markdown."""
    return "| key | holds |\n|---|---|\n" + "".join(f"| `{key.name}` | {key.words} |\n" for key in KEYS)


def _describe_column(column: Column) -> str:
    names = " / ".join(f"`{name}`" for name in column.names)
    kind = "date/day" if column.kind == "time" else column.kind
    allowed = ", ".join(part for part in (column.allowed, column.unit) if part)
    cells = [names, kind, "yes" if column.required else "", allowed, column.meaning]
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"
