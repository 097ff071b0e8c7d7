"""No result of R is left out unnoticed, and no comparison is lost."""

from tests.oracle.coverage import NOT_COMPARED, comparisons, count_compared, why_not
from tests.oracle.reference import DATASETS, entries_of

# Compared and left out with a reason, by data set.
COMPARED = {
    "aml": (82, 1),
    "bmt": (285, 10),
    "categorical": (114, 10),
    "edge": (125, 0),
    "lung": (142, 1),
    "sim200": (216, 1),
    "sim35": (210, 5),
    "unseen_gaps": (236, 4),
    "unseen_separated": (231, 4),
    "unseen_tied": (234, 4),
    "unseen_tiny": (231, 4),
    "unseen_zero": (218, 4),
    "veteran": (168, 1),
}


def test_every_result_of_r_is_compared_or_has_a_reason_not_to_be():
    counts = count_compared()
    assert not [name for *_, forgotten in counts.values() for name in forgotten]
    assert {dataset: found[:2] for dataset, found in counts.items()} == COMPARED


def test_nothing_is_excused_that_is_compared_and_no_reason_is_left_over():
    assert not [entry.name for _, entry in comparisons() if why_not(entry.name)]
    excuses = {why_not(entry.name) for dataset in DATASETS for entry in entries_of(dataset)} - {None}
    assert excuses == set(NOT_COMPARED.values())
