"""A report tells nothing of the machine."""

from tests.protections.removal import Removal

_NOWHERE = ("test_no_output_names_a_folder_of_this_machine_the_user_or_the_host",)
_FAILURE = ("test_the_page_of_a_failure_shows_cell_and_traceback_without_folders",)
_URL = ("test_what_is_secret_in_a_url_is_never_shown",)
_LEAKS = ("test_no_file_names_a_folder_the_user_the_host_or_anything_of_the_environment",)
_WORD = ("test_a_word_is_found_however_a_file_hides_it",)
_DAY = ("test_no_file_but_the_timings_knows_the_day",)
_SECRET = ("test_the_terminal_is_told_no_secret",)
_LOCKS = ("test_locks_are_empty_and_no_temporary_file_is_left",)
_OVERVIEW = ("test_an_overview_names_studies_and_never_where_they_lie",)
_SHOWN = ("test_folders_are_hidden_in_all_that_a_cell_shows_but_never_in_pictures",)
_ENVIRONMENT = ("test_folders_that_the_environment_names_are_hidden_but_not_those_of_every_system",)
_WORKER = ("test_a_section_that_ends_two_workers_fails_alone",)
_HIDE, _BATCH = "cartcohort/render/hide.py", "cartcohort/render/batch.py"
_TIDY, _STORE = "cartcohort/render/tidy.py", "cartcohort/render/store.py"

REMOVALS = [
    Removal(
        "what cells print loses the folders of the run",
        _TIDY,
        "        output.text = hide_machine(output.text, folders)\n",
        "        output.text = hide_machine(output.text, ())\n",
        _NOWHERE,
    ),
    Removal(
        "the manifest names the study, not its folder",
        "cartcohort/render/plan.py",
        "in list_redacted(request.parameters) else request.study_folder.name\n",
        "in list_redacted(request.parameters) else str(request.study.resolve())\n",
        _NOWHERE,
    ),
    Removal(
        "the traceback of a failure loses the folders",
        "cartcohort/render/execution.py",
        'hide_machine("\\n".join(error.traceback), folders))\n',
        '"\\n".join(error.traceback))\n',
        _FAILURE,
    ),
    Removal(
        "the reason of a failure loses the folders",
        "cartcohort/render/execution.py",
        "    message = hide_machine(error.evalue, folders)\n",
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
    Removal(
        "folders are hidden in whatever a cell shows",
        _TIDY,
        '                hide = hide_machine if kind == "text/plain" else hide_folders\n',
        '                hide = hide_machine if kind == "text/plain" else lambda text, folders: text\n',
        (*_SHOWN, *_LEAKS),
    ),
    Removal(
        "pictures are left as they are",
        _TIDY,
        "            if _TEXTUAL.match(kind):\n",
        "            if True:\n",
        _SHOWN,
    ),
    Removal(
        "folders that the environment names are hidden",
        _HIDE,
        "PACKAGE.parent, *_environment_folders()]",
        "PACKAGE.parent]",
        (*_ENVIRONMENT, *_LEAKS),
    ),
    Removal("folders that every system has are not", _HIDE, " and path.parts[1] not in _SYSTEM]", "]", _ENVIRONMENT),
    Removal(
        "an overview does not tell where a study is lost",
        _BATCH,
        "    text = hide_folders(str(ending.error), folders)\n",
        "    return str(ending.error)\n",
        (*_OVERVIEW, *_LEAKS),
    ),
    Removal(
        "an overview names a study by its folder's name alone",
        _BATCH,
        "({STUDY_KEY: name_study(ending.request)} if",
        "({} if",
        (*_OVERVIEW, *_LEAKS),
    ),
    Removal(
        "addresses of workers are told on the terminal alone",
        "cartcohort/render/remote.py",
        '"It ended each worker that executed it, and is not tried again.", machines=", ".join(lost))',
        "f\"It ended each worker that executed it, and is not tried again. ({', '.join(lost)})\")",
        _WORKER,
    ),
    Removal(
        "no file bears the day",
        "cartcohort/render/html.py",
        "    return isolate_names(page)\n",
        "    return isolate_names(page) + f\"<!-- {__import__('datetime').date.today()} -->\"\n",
        _DAY,
    ),
    Removal(
        "words are looked for in what is packed",
        "tests/canaries.py",
        "_OPENERS = (_open_zip, _open_pdf, _open_png, _open_parquet, _open_base64)",
        "_OPENERS = ()",
        _WORD,
    ),
    Removal(
        "news tell nothing of the environment",
        "cartcohort/render/terminal.py",
        "        print(make_printable(text), file=stream or sys.stderr, flush=True)\n",
        "        print(make_printable(f'{text} {dict(os.environ)}'), file=stream or sys.stderr, flush=True)\n",
        _SECRET,
    ),
    Removal(
        "a lock is an empty file",
        "cartcohort/render/folder.py",
        "        lock = FileLock(_place_lock(folder))\n",
        "        lock = FileLock(_place_lock(folder))\n        _place_lock(folder).write_text('held')\n",
        _LOCKS,
    ),
    Removal(
        "a folder for temporary files is gone afterwards",
        "cartcohort/rooms.py",
        "        shutil.rmtree(folder, ignore_errors=True)  # a killed process may",
        "        pass  # a killed process may",
        _LOCKS,
    ),
]
