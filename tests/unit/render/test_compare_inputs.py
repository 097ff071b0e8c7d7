"""What two runs were made from, where that differs."""

from cartcohort.render.compare_inputs import NOT_THERE, Difference, compare_inputs
from cartcohort.render.manifest import Entry, Manifest


def manifest(**sections):
    """A manifest of sections made from these inputs."""
    usual = {
        "notebook": "n",
        "code": "c",
        "data": {"subjects.csv": "d"},
        "versions": {"numpy": "2"},
        "parameters": {},
    }
    return Manifest({name: Entry({**usual, **inputs}, {f"{name}.html": "h"}) for name, inputs in sections.items()})


def test_equal_runs_differ_in_nothing():
    one = manifest(survival={"parameters": {"conf_level": 0.95}})
    found = compare_inputs(one, one)
    assert (found.parameters, found.data, found.versions, found.code) == ((), (), (), ())
    assert found.sections == ("survival",)


def test_a_parameter_that_differs_in_all_sections_that_read_it_is_told_once():
    before = manifest(survival={"parameters": {"conf_level": 0.95}}, safety={"parameters": {"conf_level": 0.95}})
    after = manifest(survival={"parameters": {"conf_level": 0.9}}, safety={"parameters": {"conf_level": 0.9}})
    assert compare_inputs(before, after).parameters == (Difference("conf_level", 0.95, 0.9),)


def test_a_parameter_that_differs_by_section_is_told_by_section():
    before = manifest(survival={"parameters": {"conf_level": 0.95}}, safety={"parameters": {"conf_level": 0.95}})
    after = manifest(survival={"parameters": {"conf_level": 0.9}}, safety={"parameters": {"conf_level": 0.95}})
    assert compare_inputs(before, after).parameters == (Difference("conf_level", 0.95, 0.9, ("survival",)),)


def test_what_is_redacted_in_both_runs_may_differ():
    before = manifest(survival={"parameters": {"subset": "[redacted]"}})
    assert compare_inputs(before, before).parameters == (Difference("subset", "[redacted]", "[redacted]"),)


def test_null_is_a_value_and_not_the_same_as_none_at_all():
    before = manifest(survival={"parameters": {"subset": None}})
    after = manifest(survival={"parameters": {}})
    assert compare_inputs(before, after).parameters == (Difference("subset", None, NOT_THERE),)


def test_true_is_not_one():
    before, after = (manifest(survival={"parameters": {"x": value}}) for value in (1, True))
    assert [(item.before, item.after) for item in compare_inputs(before, after).parameters] == [(1, True)]


def test_files_versions_and_code_that_differ_are_named():
    before = manifest(survival={"source_date_epoch": None})
    after = manifest(
        survival={
            "data": {"subjects.csv": "e", "new.csv": "f"},
            "versions": {"numpy": "3"},
            "notebook": "m",
            "source_date_epoch": "1700000000",
        }
    )
    found = compare_inputs(before, after)
    assert found.data == (Difference("subjects.csv", "d", "e"), Difference("new.csv", NOT_THERE, "f"))
    assert found.versions == (Difference("numpy", "2", "3"),)
    assert found.code == (Difference("notebook", "n", "m"), Difference("SOURCE_DATE_EPOCH", None, "1700000000"))


def test_sections_of_one_run_only_are_named_and_not_compared():
    before = manifest(survival={}, safety={"parameters": {"x": 1}})
    after = manifest(survival={}, relapse={})
    found = compare_inputs(before, after)
    assert (found.sections, found.only_before, found.only_after) == (("survival",), ("safety",), ("relapse",))
    assert found.parameters == ()


def test_a_section_that_failed_and_has_no_report_counts_as_absent():
    after = manifest(survival={})
    failed = Manifest({**after.sections, "safety": Entry(failure="it failed")})
    found = compare_inputs(failed, after)
    assert found.only_before == ()
    assert (found.failed_before, found.failed_after) == (("safety",), ())
