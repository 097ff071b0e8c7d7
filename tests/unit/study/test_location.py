"""Where something is wrong, in words."""

import pickle

from cartcohort.study.location import join_words, locate


def test_rows_and_columns_are_named():
    assert locate("subjects.csv", [57, 14], "response_date") == "subjects.csv: rows 14 and 57, column response_date"
    assert locate("subjects.csv", [3], ["a", "b"]) == "subjects.csv: row 3, columns a and b"
    assert locate("study.yaml") == "study.yaml"


def test_beyond_ten_rows_the_rest_are_counted():
    assert locate("x.csv", range(2, 15)) == "x.csv: rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 3 more"


def test_words_are_joined_with_an_and_before_the_last():
    assert [join_words(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


def test_a_place_knows_its_parts_and_keeps_them_when_it_crosses_processes():
    place = pickle.loads(pickle.dumps(locate("x.csv", range(20, 2, -1), ["a", "b"])))
    assert place == locate("x.csv", range(3, 21), ["a", "b"])
    assert (place.file, place.rows, place.columns) == ("x.csv", tuple(range(3, 21)), ("a", "b"))
