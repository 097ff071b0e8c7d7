"""What is read is never run."""

from tests.protections.removal import Removal

_RUN = ("test_a_run_reads_none_in_its_own_process_nor_in_a_kernel",)
_SPAWNED = ("test_nor_do_new_kernels_exports_and_packages",)
_COMMANDS = ("test_nor_do_the_other_commands",)
_FORMATS = ("test_no_format_of_tables_is_read_by_one",)
_SEEN = ("test_whoever_reads_a_pickle_is_seen", "test_a_notebook_that_reads_a_pickle_is_seen")
_TABLE = ("test_a_pickle_among_the_tables_is_refused_unread",)
_PASSED_OVER = ("test_a_pickle_as_the_study_that_a_run_keeps_is_passed_over",)
_IN_PLACE = ("test_pickles_in_place_of_what_a_run_wrote_are_never_read",)
_RUNS_NOTHING = ("test_a_pickle_in_its_place_runs_nothing",)
_NO_MODULE = ("test_no_module_of_ours_can_run_what_it_reads",)
_FOUND = ("test_what_could_is_found",)
_BUNDLED = ("test_the_bundled_studies_come_back_to_the_bit",)
_ODD = ("test_odd_texts_numbers_dates_and_gaps_come_back_to_the_bit",)
_FIELDS = ("test_every_field_of_a_study_is_carried",)
_DAMAGED = ("test_a_damaged_or_foreign_file_is_passed_over_and_the_study_read_anew",)
_TO_THE_BYTE = ("test_files_of_any_name_and_content_arrive_to_the_byte",)
_PIECE = ("test_a_piece_is_no_pickle_and_leads_nowhere_outside",)
_STORES = ("test_of_all_that_fsspec_knows_only_stores_are_read_which_give_a_file_and_do_nothing_else",)
_URLS = ("test_urls_that_are_refused_are_told",)
_OPTION = ("test_no_option_of_a_url_makes_a_driver_load_or_read_a_file",)
_VIEW = ("test_a_view_of_a_strangers_database_calls_nothing_but_what_is_harmless",)
_CHANGED = ("test_nothing_can_be_changed_while_reading",)
_KEPT, _ARRAYS = "cartcohort/study/kept.py", "cartcohort/study/table_arrays.py"
_NAMED, _DATABASE = "cartcohort/study/sources/named.py", "cartcohort/study/sources/database.py"
_TRAVEL, _MANIFEST = "cartcohort/render/travel.py", "cartcohort/render/manifest.py"

REMOVALS = [
    Removal(
        "the study that a run keeps is described in JSON",
        _KEPT,
        "    record = json.loads(next(arrays).tobytes().decode(*_UTF_8))\n",
        "    pickle = __import__('pickle')\n"
        "    record = pickle.loads(pickle.dumps(json.loads(next(arrays).tobytes().decode(*_UTF_8))))\n",
        (*_RUN, *_SPAWNED, *_NO_MODULE),
    ),
    Removal(
        "a manifest is text alone",
        _MANIFEST,
        '        content = json.loads(path.read_text(encoding="utf-8"))\n',
        "        raw, pickle = path.read_bytes(), __import__('pickle')\n"
        '        content = pickle.loads(raw if raw[:1] == b"\\x80" else pickle.dumps(json.loads(raw)))\n',
        (*_COMMANDS, *_IN_PLACE),
    ),
    Removal(
        "what a study names is taken apart as text",
        "cartcohort/study/sources/read.py",
        "    named, reading = parse_name(name), reading or TextForm()\n",
        "    pickle = __import__('pickle')\n"
        "    named, reading = pickle.loads(pickle.dumps(parse_name(name))), reading or TextForm()\n",
        (*_FORMATS, *_NO_MODULE),
    ),
    Removal(
        "a table is no pickle",
        "cartcohort/study/sources/read.py",
        "    check_ending(named)\n    if ending in WORKBOOKS:\n",
        "    if ending == '.pkl':\n        __import__('pickle').loads(path.read_bytes())\n"
        "    check_ending(named)\n    if ending in WORKBOOKS:\n",
        _TABLE,
    ),
    Removal(
        "whoever reads a pickle is written down",
        "tests/unpickling.py",
        "    frame = sys._getframe(1)\n",
        '    if what != "started":\n        return\n    frame = sys._getframe(1)\n',
        _SEEN,
    ),
    Removal(
        "a kept study that is none of ours is read in no other way",
        _KEPT,
        "            return None\n        source.seek(0)\n",
        "            return __import__('pickle').loads(Path(file).read_bytes())\n        source.seek(0)\n",
        _PASSED_OVER,
    ),
    Removal(
        "the arrays of a kept study hold no objects",
        _KEPT,
        "np.lib.format.read_array(source, allow_pickle=False)",
        "np.lib.format.read_array(source, allow_pickle=True)",
        (*_RUNS_NOTHING, *_NO_MODULE),
        by="TypeError",
    ),
    Removal(
        "a kept study that is damaged is told by its sum",
        _KEPT,
        "        if end <= 0 or _sum_up(source, end) != source.read():\n",
        "        if end <= 0:\n",
        (*_DAMAGED, *_PASSED_OVER),
        by="Exception",
    ),
    Removal(
        "what evaluates text is looked for in every module",
        "tests/cli/test_pickles.py",
        '    if name in CALLS or name.rpartition(".")[2] in CALLS - {"compile"}:\n',
        "    if False:\n",
        _FOUND,
    ),
    Removal(
        "the order of levels comes back", _ARRAYS, '"ordered": kind.ordered}', '"ordered": False}', (*_BUNDLED, *_ODD)
    ),
    Removal(
        "halves of pairs of surrogates come back",
        _KEPT,
        '_UTF_8 = "utf-8", "surrogatepass"',
        '_UTF_8 = "utf-8", "replace"',
        _ODD,
    ),
    Removal(
        "the place of a warning comes back with its rows",
        "cartcohort/study/records.py",
        '        return {"file": value.file, "rows": value.rows, "columns": value.columns}\n',
        "        return str(value)\n",
        _FIELDS,
    ),
    Removal(
        "what is sent is parted by lengths",
        _TRAVEL,
        "content[start : start + length]\n",
        "content[start : start + length].strip()\n",
        _TO_THE_BYTE,
    ),
    Removal(
        "what is sent leads nowhere outside",
        _TRAVEL,
        '        if path.is_absolute() or ".." in path.parts:\n',
        "        if False:\n",
        _PIECE,
    ),
    Removal(
        "a study names stores that do nothing but give a file",
        _NAMED,
        "    if not database and scheme not in _STORES:\n",
        "    if False:\n",
        _STORES,
    ),
    Removal("URLs are not chained", _NAMED, '    if "::" in place:\n', "    if False:\n", _URLS),
    Removal(
        "a study names no file of the machine by URL", _NAMED, "    if scheme in _LOCAL:\n", "    if False:\n", _URLS
    ),
    Removal(
        "an SQLite file has no options",
        _NAMED,
        '    if not file.startswith("/") or "?" in file:\n',
        '    if not file.startswith("/"):\n',
        _URLS,
    ),
    Removal(
        "options of a database that load or read files are refused",
        _DATABASE,
        "        _refuse_options(url, named)\n",
        "",
        _OPTION,
    ),
    Removal(
        "an allowed option has a plain value",
        _DATABASE,
        " or not isinstance(value, str) or not _PLAIN.fullmatch(value):\n",
        ":\n",
        _OPTION,
    ),
    Removal(
        "views of a stranger's database are not trusted",
        _DATABASE,
        '    connection.execute("PRAGMA trusted_schema = OFF")\n',
        "",
        _VIEW,
    ),
    Removal(
        "a database is read in a transaction that can change nothing",
        _DATABASE,
        'isolation_level="REPEATABLE READ", postgresql_readonly=True)',
        'isolation_level="REPEATABLE READ")',
        _CHANGED,
    ),
]
