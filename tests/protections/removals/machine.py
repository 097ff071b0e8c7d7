"""A report tells nothing of the machine."""

from tests.protections.removal import Removal

_NOWHERE = ("test_no_output_names_a_folder_of_this_machine_the_user_or_the_host",)
_FAILURE = ("test_the_page_of_a_failure_shows_cell_and_traceback_without_folders",)
_URL = ("test_what_is_secret_in_a_url_is_never_shown",)
_TIDY, _STORE = "cartcohort/render/tidy.py", "cartcohort/render/store.py"

REMOVALS = [
    Removal(
        "what cells print loses the folders of the run",
        _TIDY,
        "        output.text = hide_folders(output.text, folders)\n",
        "        pass\n",
        _NOWHERE,
    ),
    Removal(
        "the manifest names the study, not its folder",
        "cartcohort/render/plan.py",
        'in (order.given.get("redact") or ()) else request.study_folder.name\n',
        'in (order.given.get("redact") or ()) else str(request.study.resolve())\n',
        _NOWHERE,
    ),
    Removal(
        "the traceback of a failure loses the folders",
        "cartcohort/render/execution.py",
        'hide_folders("\\n".join(error.traceback), folders))\n',
        '"\\n".join(error.traceback))\n',
        _FAILURE,
    ),
    Removal(
        "the reason of a failure loses the folders",
        "cartcohort/render/execution.py",
        "    message = hide_folders(error.evalue, folders)\n",
        "    message = error.evalue\n",
        _FAILURE,
    ),
    Removal(
        "user and password of a URL are left out", _STORE, 'parts.netloc.rpartition("@")[2]', "parts.netloc", _URL
    ),
    Removal("the query of a URL is left out", _STORE, 'parts.path, "", "")', 'parts.path, parts.query, "")', _URL),
    Removal(
        "what a store says of a failure is left out",
        _STORE,
        "        reason = _REASONS.get(type(error).__name__, type(error).__name__)\n",
        "        reason = str(error)\n",
        ("test_what_a_store_says_of_a_failure_is_not_shown",),
    ),
]
