"""Tables in the style of clinical journals; one writer makes them all."""

from cartcohort.present.tables.baseline import table_baseline
from cartcohort.present.tables.conventions import curve_conventions, limits, methods
from cartcohort.present.tables.grid import REFERENCE, Statistics, table_grid
from cartcohort.present.tables.lists import table_events, table_parameters, table_published, table_values
from cartcohort.present.tables.results import estimate_header, table_results
from cartcohort.present.tables.writer import Cell, Column, Heading, Row, build_table, safe_cell, write_csv

__all__ = [
    "REFERENCE",
    "Cell",
    "Column",
    "Heading",
    "Row",
    "Statistics",
    "build_table",
    "curve_conventions",
    "estimate_header",
    "limits",
    "methods",
    "safe_cell",
    "table_baseline",
    "table_events",
    "table_grid",
    "table_parameters",
    "table_published",
    "table_results",
    "table_values",
    "write_csv",
]
