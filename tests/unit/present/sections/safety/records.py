"""Results of the safety section as literals, and reading tables and figures back."""

import csv
import io

from cartcohort.estimate.results import Result, ResultSet


def share(n_event, n, *, low=0.1, high=0.9, label="", note=""):
    estimate = n_event / n if n else None
    return Result(
        estimate=estimate, conf_low=low, conf_high=high, conf_level=0.95, n=n, n_event=n_event, unit="proportion",
        label=label, note=note,
    )  # fmt: skip


def days(value, *, n=5, note=""):
    return Result(estimate=value, n=n, unit="days", note=note)


def lasting(value, low, high, *, note="", n=5):
    return Result(
        estimate=value, conf_low=low, conf_high=high, conf_level=0.95, n=n, n_event=n, unit="days", note=note
    )


def grades(syndrome="crs", *, any_grade=(4, 5), severe=(2, 5), severe_note=""):
    """Any grade and grade 3 or higher of one syndrome, every grade once but the fifth."""
    name, n = syndrome.upper(), any_grade[1]
    found = {
        "any": share(*any_grade, label=f"{name}: any grade"),
        "grade_3_or_higher": Result(n=n, unit="proportion", note=severe_note, label=f"{name}: grade 3 or higher")
        if severe is None
        else share(*severe, label=f"{name}: grade 3 or higher"),
    }
    found |= {f"grade/{g}": share(int(g < 5), n, label=f"{name}: grade {g}") for g in range(1, 6)}
    return ResultSet(found).under(f"safety/{syndrome}")


def course(syndrome="crs", *, unresolved=(1, 4)):
    stem = f"safety/{syndrome}"
    return ResultSet(
        {
            f"{stem}/onset": days(3.5, n=4),
            f"{stem}/onset/minimum": days(1),
            f"{stem}/onset/maximum": days(9),
            f"{stem}/duration": lasting(5, 4, None, note="upper limit not reached"),
            f"{stem}/duration/resolved": days(4),
            f"{stem}/duration/minimum": days(2),
            f"{stem}/duration/maximum": days(14),
            f"{stem}/resolution": lasting(10, 9, 12),
            f"{stem}/unresolved": share(*unresolved),
        }
    )


def treatment(drug="tocilizumab", *, given=(2, 5), day_note=""):
    stem = f"safety/treatment/{drug}"
    return ResultSet(
        {
            stem: share(*given),
            f"{stem}/crs": share(2, 4),
            f"{stem}/crs_grade_3_or_higher": share(2, 2),
            f"{stem}/day": days(5, note=day_note),
            f"{stem}/day/minimum": days(2),
            f"{stem}/day/maximum": days(7),
            f"{stem}/from_onset": days(2),
            f"{stem}/from_onset/minimum": days(1),
            f"{stem}/from_onset/maximum": days(4),
            "safety/treatment/any": share(*given),
        }
    )


def lines(table):
    """The rows of a table as plain text, without caption."""
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in table.text.splitlines()[1:]]


def numbers(table):
    """The rows of the CSV."""
    return list(csv.DictReader(io.StringIO(table.csv)))
