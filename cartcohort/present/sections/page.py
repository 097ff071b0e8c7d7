"""What every page opens and closes with: its header, the flow of patients, the published figures of its section."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import pandas as pd

from cartcohort.parameters import Parameters
from cartcohort.present.display import Notice, PageHeader, Sentence, Summary, Table
from cartcohort.present.format import format_whole
from cartcohort.present.narrative import capitalise, count_noun, join_words
from cartcohort.present.sections.naming import label_of, say_readings, spell_out, treated, within_sentence
from cartcohort.present.sections.own_endpoints import Declaring, introduce_endpoints
from cartcohort.present.tables import Cell, Column, Row, build_table
from cartcohort.present.tables.lists import Published


class Cohort(Protocol):
    """What a page says of the cohort it is about."""

    title: str
    source: str
    synthetic: bool
    data_cutoff_date: dt.date | None
    subjects: pd.DataFrame
    labels: Mapping[str, str]
    day_zero: str
    selected_by: Sequence[str]
    exclusions: Sequence[tuple[str, int]]
    imputed: pd.DataFrame
    remarks: Mapping[str, Sequence[str]]


class Asked(Protocol):
    """Endpoints that a page is asked for: those told, and of the others the columns of which each would need one."""

    told: Sequence[str]
    unrecorded: Mapping[str, Sequence[str]]


def open_page(cohort: Cohort, parameters: Parameters, *, population: str | None = None) -> PageHeader:
    """Return the header of a page.

    Parameters
    ----------
    cohort : Cohort
        As selected.
    parameters : Parameters
        In force.
    population : str, optional
        Who is analysed, in a word; by default the parameter `population`.
    """
    cutoff = cohort.data_cutoff_date
    population = population or parameters.population
    return PageHeader(
        study_title=cohort.title,
        n=len(cohort.subjects),
        population=treated(cohort.day_zero) if population == "infused" else population,
        synthetic=cohort.synthetic,
        data_cutoff_date=cutoff.isoformat() if cutoff else None,
        source=cohort.source,
        report_date=parameters.report_date or _source_date(),
        parameters=parameters,
    )


def _source_date() -> str | None:
    """Return the date of SOURCE_DATE_EPOCH; a page knows no other clock, so that equal runs give equal pages."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return dt.datetime.fromtimestamp(int(epoch), dt.UTC).date().isoformat() if epoch else None


def present_flow(cohort: Cohort) -> Table | Notice | Sentence:
    """Tabulate the patients of the study, those left out and why, and those analysed; say so where all are."""
    n = len(cohort.subjects)
    if n and not cohort.exclusions:
        whole = f"All {format_whole(n)} patients" if n > 1 else "The only patient"
        return Sentence(f"{whole} of the study {'are' if n > 1 else 'is'} analysed.")
    steps = [("Patients in the study", n + sum(left_out for _, left_out in cohort.exclusions))]
    steps += [(f"Left out: {reason}", left_out) for reason, left_out in cohort.exclusions]
    steps += [("Patients analysed", n)]
    rows = [
        Row((Cell(words), Cell(format_whole(count), (count,))), level=int(words.startswith("Left out")))
        for words, count in steps
    ]
    columns = [Column("Step", csv=("step",)), Column("Patients", number=True, csv=("n",))]
    return build_table(id="flow", caption="Flow of patients", columns=columns, rows=rows)


def note_imputed(cohort: Cohort) -> list[Sentence]:
    """Count the dates of which only the month or the year is known, and say what they count as."""
    if cohort.imputed.empty:
        return []
    counts = cohort.imputed["precision"].value_counts()
    known = [(int(counts.get(word, 0)), word) for word in ("month", "year")]
    (n, word), *more = [one for one in known if one[0]]
    said = f"{capitalise(count_noun(n, 'date'))} {'was' if n == 1 else 'were'} known only to the {word}"
    said = "".join([said, *(f" and {format_whole(other)} only to the {unit}" for other, unit in more)])
    rule = (
        f"{'It counts' if len(cohort.imputed) == 1 else 'They count'} as the middle of it, the 15th or 1 July, moved "
        f"as little as needed to keep the order of {cohort.day_zero}, events, last contact or death, and data "
        "cut-off."
    )
    return [Sentence(f"{said}. {rule}")]


def note_tables(cohort: Cohort, table: str = "") -> list[Sentence]:
    """Say how the subjects were read, and another table where one is named, where that is not as they stand."""
    said = [text for name in ("subjects", table) for text in cohort.remarks.get(name, ())]
    return [Sentence(" ".join(said))] if said else []


def note_readings(parameters: Parameters) -> list[Sentence]:
    """Return what a later transplant or new therapy does to the endpoints; nothing where it is ignored."""
    said = say_readings(hsct_handling=parameters.hsct_handling, new_therapy_handling=parameters.new_therapy_handling)
    return [Sentence(text) for text in said]


def note_endpoints(cohort: Declaring, asked: Asked, *, origin: str) -> list[Sentence | Notice]:
    """Say what the endpoints of the study's own are, and which are not shown; the page learns the words for them.

    Parameters
    ----------
    cohort : Declaring
        As selected.
    asked : Asked
        The endpoints that the page tells, and those that the study does not record.
    origin : str
        What the page counts from, in words.
    """
    own = introduce_endpoints(cohort, asked.told, origin=origin)
    return [*own, *note_unrecorded(asked.unrecorded, cohort.labels)]


def note_unrecorded(unrecorded: Mapping[str, Sequence[str]], labels: Mapping[str, str]) -> list[Notice]:
    """Say which endpoints are not shown since the study records nothing but death that could end them."""
    said = []
    for name, columns in unrecorded.items():
        lacks = join_words([within_sentence(label_of(column, labels)) for column in columns], last="nor")
        said.append(Notice(f"{capitalise(spell_out(name))} is not shown: neither {lacks} is recorded."))
    return said


def flag_selection(summary: Summary, cohort: Cohort) -> Summary:
    """Open the paragraph with the bias of a selection by what came after day 0, where there was one."""
    if not cohort.selected_by:
        return summary
    names = join_words([within_sentence(label_of(name, cohort.labels)) for name in cohort.selected_by])
    word = cohort.day_zero
    said = f"Patients were selected by {names}, known only after {word}, so survival counted from {word} is biased."
    return replace(summary, paragraph=f"{said} {summary.paragraph}")


def published_of(figures: Sequence[Published], section: str) -> list[Published]:
    """Return the published figures that a section computes."""
    return [figure for figure in figures if figure.result.startswith(f"{section}/")]
