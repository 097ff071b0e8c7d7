"""Every number of a default run against R, which derives endpoints and groups from the CSV tables by itself.

The reference numbers and the script that makes them are in `r/` (see its README); a number that is new in a section
belongs in `r/report/` too, or in `NOT_COMPARED` with the reason.
"""

import functools
import json
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
import pytest
import yaml

from cartcohort.study.published import PublishedFigure
from tests.oracle.report import DATA, reported

FOLDER = Path(__file__).parent / "r" / "report"
FIELDS = (
    *("estimate", "conf_low", "conf_high", "conf_level", "n", "n_event"),
    *("statistic", "df", "p_value", "p_holm", "p_bh"),
)

# Ids that R cannot give, with the reason.
NOT_COMPARED = {
    "*/self_check/*": "what a second route found, compared in the run with the result, which is compared here"
}

# Random in both programs: compared within four standard errors, from so many samples of ours.
RANDOM = {
    "risk_factors/*/permutation*": (("estimate", "conf_low", "conf_high", "p_value"), 10_000),
    "*/robustness/threshold_selected/*": (("estimate", "conf_low", "conf_high", "p_value"), 2_000),
    "*/concordance/corrected": (("estimate", "conf_low", "conf_high"), 200),
    "*/concordance/optimism": (("estimate", "conf_low", "conf_high"), 200),
}

# Fields that are compared at least, where there is a number on either side; fewer would mean that a section is empty.
AT_LEAST = {
    ("car1922", "efficacy"): 790,
    ("car1922", "survival"): 5350,
    ("car1922", "risk_factors"): 1910,
    ("car1922", "safety"): 990,
    ("car1922", "relapse"): 1200,
    ("bmt", "efficacy"): 500,
    ("bmt", "survival"): 4500,
    ("bmt", "risk_factors"): 2480,
    ("bmt", "safety"): 21,
    ("bmt", "relapse"): 1350,
}
each_section = pytest.mark.parametrize(
    ("study", "section"), [pytest.param(*key, id="-".join(key)) for key in AT_LEAST]
)


@functools.cache
def reference(study):
    """Return every entry of R on a study, and its counts of published figures."""
    parts = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((FOLDER / study).glob("*.json"))]
    return {key: [entry for part in parts for entry in part[key]] for key in ("results", "published")}


def of_section(study, section):
    return {entry["id"]: entry for entry in reference(study)["results"] if entry["id"].startswith(f"{section}/")}


def random_fields(name):
    return next((found for pattern, found in RANDOM.items() if fnmatchcase(name, pattern)), ((), None))


def agrees(entry, field, value):
    """Compare to 1e-8 where both have a closed form, else to 1e-6; null only with null."""
    expected = entry[field]
    if expected is None or value is None:
        return expected is value
    drawn, samples = random_fields(entry["id"])
    if field in drawn:
        spread = entry["random_sd"] * np.sqrt(1 / entry["random_samples"] + 1 / samples)
        return abs(value - expected) < 4 * spread
    # A z near 0 has lost its digits in R's own convergence; a p-value near 0 has not.
    near_zero = 2e-9 if field == "statistic" and not entry["exact"] else 1e-12
    absolute = 0 if field.startswith("p_") else near_zero
    return value == pytest.approx(expected, rel=1e-8 if entry["exact"] else 1e-6, abs=absolute)


@each_section
def test_every_result_is_compared_or_listed_with_a_reason(study, section):
    excused = {name for name in reported(study, section) if any(fnmatchcase(name, p) for p in NOT_COMPARED)}
    assert reported(study, section).keys() - excused == of_section(study, section).keys()


@each_section
def test_every_number_is_that_of_r(study, section):
    found, compared = reported(study, section), 0
    wrong = []
    for name, entry in of_section(study, section).items():
        for field in FIELDS:
            # What R's entry does not name, the suite must not give either.
            value, expected = found[name][field], entry.get(field)
            compared += value is not None or expected is not None
            if not agrees({**entry, field: expected}, field, value):
                wrong.append(f"{name} {field}: {value}, R {expected} ({entry['how']})")
    assert not wrong, "\n".join(wrong)
    assert compared >= AT_LEAST[study, section]


def published_figures():
    entries = yaml.safe_load((DATA / "car1922" / "published.yaml").read_text(encoding="utf-8"))
    return [PublishedFigure(**entry) for entry in entries]


def recounted():
    return {(entry["result"], entry["field"]): entry["value"] for entry in reference("car1922")["published"]}


def test_r_recounts_every_published_figure():
    assert {(figure.result, figure.field) for figure in published_figures()} == recounted().keys()


@pytest.mark.parametrize("figure", published_figures(), ids=lambda figure: figure.claim)
def test_a_published_figure_is_that_of_the_suite_and_of_a_plain_count_in_r(figure):
    computed = reported("car1922", figure.result.split("/")[0])[figure.result][figure.field]
    assert computed == pytest.approx(recounted()[figure.result, figure.field], rel=1e-8)
    assert figure.compare(computed)
