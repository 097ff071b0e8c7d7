"""A masked run of the bundled study, attacked: nothing that it shows tells of few patients, alone or together."""

import csv
import functools
import io
import json
import re

import numpy as np
import pytest

from cartcohort.errors import ParameterError
from cartcohort.estimate.results import DAYS_PER_MONTH
from cartcohort.present.display import MIME_FIGURE, MIME_PAGE, MIME_TABLE
from cartcohort.study import derive_endpoint, load_cohort
from tests.notebooks.attack import RELEASED, hide_small_cells, read_masked, read_open
from tests.notebooks.execute import SECTIONS, run_notebook

K = 5
SMALL = (
    ("without", "response", "extramedullary_disease", "yes"),
    ("between", "death", "", ""),
    ("without", "response", "age_group", "under 40"),
)
"""Some counts of few patients of the study: one, two and three."""
COUNTS = {"n", "n_event", "known", "n_at_risk", "n_censored", "All patients (n = 35)"}


@functools.cache
def _run(section, k):
    return run_notebook(section, min_cell_count=k)


def run(section, k=K):
    return _run(section, k)


def results_of(k, sections=SECTIONS):
    return {name: record for section in sections for name, record in run(section, k).results.items()}


def open_results():
    """Results of a run that masks nothing, of the sections that the attack on it needs."""
    return results_of(0, ("efficacy", "survival", "safety"))


@functools.cache
def cohort():
    return load_cohort({"study_path": "data/car1922"})


def levels():
    return {factor: list(cohort().subjects[factor].cat.categories) for factor in cohort().factors}


def is_safe(count):
    return count == 0 or count >= K


def bundles_of(mime):
    return [bundle for section in SECTIONS for bundle in run(section).bundles if mime in bundle]


def exhibits():
    return [bundle for mime in (MIME_TABLE, MIME_FIGURE) for bundle in bundles_of(mime)]


def csv_texts():
    contents = [bundle.get(MIME_TABLE) or bundle.get(MIME_FIGURE) for bundle in exhibits()]
    return {one["id"]: one["csv"] for one in contents if not one["id"].endswith("-parameters")}


def everything():
    """All that reaches a page or a file beside it, but for the parameters."""
    bundles = [bundle for section in SECTIONS for bundle in run(section).bundles]
    return [
        json.dumps(bundle, ensure_ascii=False)
        for bundle in bundles
        if not bundle.get(MIME_TABLE, {}).get("id", "").endswith("-parameters")
    ]


def test_an_attacker_cannot_solve_what_is_published_for_a_small_count():
    known = read_masked(results_of(K), levels())
    assert len(known.facts) >= 30
    assert known.find_small(K) == {}


def test_the_same_attack_finds_small_counts_in_a_run_that_masks_none():
    known = read_open(open_results(), levels())
    assert known.find_small(K, SMALL) == dict(zip(SMALL, (1, 2, 3), strict=True))


def test_the_same_attack_recovers_small_counts_that_are_merely_left_out():
    naive = hide_small_cells(read_open(open_results(), levels()), K)
    assert ("response", "extramedullary_disease", "yes") not in naive.facts
    assert ("response", "age_group", "under 40") not in naive.facts
    assert naive.find_small(K, SMALL) == dict(zip(SMALL, (1, 2, 3), strict=True))


def test_a_withheld_table_could_have_been_several_others():
    known = read_masked(results_of(K), levels())
    withheld = [
        (factor, outcome)
        for outcome in RELEASED
        for factor, names in levels().items()
        if (outcome, "", "") in known.facts and (outcome, factor, names[0]) not in known.facts
    ]
    assert len(withheld) >= 10
    assert all(known.count_readings(factor, outcome, K) >= 2 for factor, outcome in withheld)


def test_every_count_in_the_results_is_none_or_enough():
    records = results_of(K).values()
    assert len(records) >= 30
    for record in records:
        assert all(record[name] is None or is_safe(record[name]) for name in ("n", "n_event")), record["id"]
        if record["unit"] == "proportion":
            assert is_safe(record["n"] - record["n_event"]), record["id"]


def test_every_count_in_the_files_is_none_or_enough():
    read = 0
    for name, text in csv_texts().items():
        for row in csv.DictReader(io.StringIO(text)):
            counts = [int(row[column]) for column in COUNTS & row.keys() if row[column]]
            assert all(map(is_safe, counts)), name
            read += len(counts)
    assert read >= 60


def test_every_share_in_words_is_of_none_or_enough():
    text = re.sub(r"<[^>]+>", " ", " ".join(everything()))
    shares = re.findall(r"\b(\d+)(?:/| of )(\d+)\b(?!\.)", text)
    assert len(shares) >= 20
    for n_event, n in {(int(one), int(other)) for one, other in shares}:
        assert is_safe(n_event) and is_safe(n - n_event), (n_event, n)


def test_figures_say_no_small_number_of_patients():
    assert [figure[MIME_FIGURE]["id"] for figure in bundles_of(MIME_FIGURE)] == ["survival-released"]
    (figure,) = bundles_of(MIME_FIGURE)
    counts = re.findall(r'class="count[^>]*>(?:<[^>]+>)*(\d+)', figure["image/svg+xml"])
    assert counts == ["26"]
    assert 'class="censor' not in figure["image/svg+xml"]


def test_only_exhibits_that_are_made_from_released_counts_are_shown():
    shown = {one.get(MIME_TABLE, one.get(MIME_FIGURE))["id"] for one in exhibits()}
    assert shown == {
        *(f"{name}-parameters" for name in ("efficacy", "survival", "risk", "safety", "relapse")),
        *(f"efficacy-released-{name}" for name in ("patients", "outcomes", "response", "remission")),
        *(f"survival-{name}" for name in ("released", "life-table", "released-outcomes", "released-death")),
        *(f"safety-released-{name}" for name in ("outcomes", "crs-severe")),
        *(f"relapse-released-{name}" for name in ("outcomes", "relapse")),
        "risk-released",
    }


def test_no_value_of_a_single_patient_is_anywhere():
    subjects, text = cohort().subjects, "\n".join(everything())
    assert not [one for one in subjects["subject_id"] if str(one) in text]
    assert not re.search(r"\brows? \d", text)
    days = np.concatenate([derive_endpoint(cohort(), name).time_days for name in ("os", "pfs", "dor")])
    months = {f"{day / DAYS_PER_MONTH:.3f}" for day in days if day > 0}
    numbers = set(re.findall(r"(?<![\d.])\d+\.\d{3}(?!\d)", text))
    assert not months & numbers
    files = "\n".join(csv_texts().values())
    assert not {str(day) for day in days if day > 99} & set(re.findall(r"(?<![\d.])\d+(?![\d.])", files))
    assert not re.search(r"\b(minimum|maximum|range|oldest|youngest)\b", files)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_page_says_that_it_is_masked_and_by_which_rules(section):
    text = run(section).text
    assert "For sharing. Nothing on this page tells of 1 to 4 patients" in text
    assert "Masking (min_cell_count = 5): a set of patients is counted only if it" in text
    assert "Withheld: what belongs here could tell of fewer than 5 patients." in text
    (header,) = run(section).of_type(MIME_PAGE)
    assert {"name": "min_cell_count", "value": "5", "default": "0"} in header["changed"]


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"min_cell_count": 2}, "must be 0 or at least 3"),
        ({"population": "enrolled"}, "`population` cannot be changed while `min_cell_count` masks"),
        ({"hsct_handling": "censor"}, "`hsct_handling` cannot be changed"),
        ({"subset": "subject_id != 'S1'"}, "`subset` must not name patients"),
        ({"min_cell_count": 36}, "fewer patients than `min_cell_count`"),
    ],
)
def test_what_would_undo_the_masking_is_refused(parameters, said):
    with pytest.raises(ParameterError, match=re.escape(said)):
        run_notebook("efficacy", **{"min_cell_count": 5, **parameters})
