"""What is redacted stands nowhere."""

from tests.protections.removal import Removal

_NO_FILE = ("test_no_file_tells_a_redacted_value_which_the_same_run_tells_otherwise",)
_SCENARIOS = ("test_scenarios_tell_no_redacted_value",)
_PACKAGE = ("test_a_package_of_data_tells_no_redacted_value",)
_PRINTED = ("test_a_cell_that_prints_the_value_is_refused_without_saying_it",)
_FORMS = ("test_a_value_is_found_however_it_is_quoted_escaped_and_spaced",)
_FAILURE = ("tests/cli/test_redaction.py::test_a_failure_does_not_say_what_python_said",)
_BESIDE = ("test_what_tells_the_value_does_not_stay_beside_it",)
_ANOTHER = ("test_what_was_made_with_another_value_is_never_taken_for_up_to_date",)
_EXECUTION, _REDACTION = "cartcohort/render/execution.py", "cartcohort/render/redaction.py"

REMOVALS = [
    Removal(
        "the manifest tells parameters redacted",
        "cartcohort/render/cache.py",
        'told = vars(self) | {"parameters": hide_redacted(self.parameters)}',
        "told = dict(vars(self))",
        (*_ANOTHER, *_SCENARIOS),
    ),
    Removal(
        "the manifest names a redacted study nowhere",
        "cartcohort/render/plan.py",
        "    return REDACTED if STUDY in list_redacted(request.parameters) else request.study_folder.name\n",
        "    return request.study_folder.name\n",
        _NO_FILE,
    ),
    Removal(
        "pages that would tell a redacted value are refused",
        _EXECUTION,
        "    refuse_told(files, task.parameters)\n",
        "",
        _PRINTED,
    ),
    Removal(
        "the word of a failure is left out where something is redacted",
        "cartcohort/render/tasks.py",
        'return "redact" if list_redacted(values) else "min_cell_count"',
        'return "min_cell_count"',
        _FAILURE,
    ),
    Removal(
        "a value is found that is escaped twice", _REDACTION, "unescape(unescape(text))", "unescape(text)", _FORMS
    ),
    Removal(
        "a value is found that is escaped as JSON does",
        _REDACTION,
        "_ESCAPED.sub(lambda found: chr(int(found[1], 16)), ",
        "str(",
        _FORMS,
    ),
    Removal(
        "a value is found in other quotes",
        _REDACTION,
        '_QUOTED.sub("\'", text.replace("\\\\", ""))',
        'text.replace("\\\\", "")',
        _FORMS,
    ),
    Removal("a value is found with other blanks", _REDACTION, '    return " ".join(', "    return str(", _FORMS),
    Removal(
        "scenarios tell what they change redacted",
        "cartcohort/render/scenarios.py",
        "told = hide_redacted(asked)",
        "told = asked",
        _SCENARIOS,
    ),
    Removal(
        "a package of data tells parameters redacted",
        "cartcohort/render/exports/package.py",
        '"parameters": hide_redacted(order.given)',
        '"parameters": dict(order.given)',
        _PACKAGE,
    ),
    Removal(
        "no package names a redacted study in its records",
        "run_reports.py",
        'any("study_path" in list_redacted(one.parameters) for one in requests)',
        "False",
        _PACKAGE,
    ),
    Removal(
        "what tells a value that is redacted now does not stay",
        "cartcohort/render/publish.py",
        " or _tells_redacted(entry, order):\n",
        ":\n",
        _BESIDE,
    ),
    Removal(
        "a page with a redacted value is never taken for up to date",
        "cartcohort/render/cache.py",
        '    return ", ".join(filter(None, [why_changed(before, now), *redacted]))\n',
        "    return why_changed(before, now)\n",
        _ANOTHER,
    ),
]
