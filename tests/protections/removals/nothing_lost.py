"""Nothing is lost."""

from tests.protections.removal import Removal

_EXCHANGE = ("test_whenever_an_exchange_is_killed_the_old_files_are_whole_or_the_new_ones_come",)
_TOGETHER = ("test_a_run_killed_while_it_puts_its_report_together_leaves_the_old_one",)
_MOVES = ("test_a_run_killed_between_two_moves_leaves_the_new_report",)
_KILLED = ("test_a_killed_run_leaves_no_process_and_the_next_one_clears_up",)
_PUBLISHES = ("test_a_run_interrupted_while_it_publishes_leaves_the_report_as_it_was",)
_AGAIN = ("test_whoever_presses_ctrl_c_again_and_again_leaves_nothing_either",)
_ALL_OR_NONE = ("test_files_are_replaced_all_or_none_where_the_run_is_to_end",)
_UNWRITTEN = ("test_a_file_that_cannot_be_written_ends_the_run_and_leaves_the_report",)
_DISK = ("test_a_full_disk_leaves_the_report_as_it_was",)
_FAILED = ("test_a_failed_section_keeps_its_last_good_report_until_it_is_mended",)
_TWO = ("test_two_runs_at_once_are_made_one_after_the_other",)
_SECOND = ("test_a_second_run_waits_for_the_first_and_says_so",)
_YOURS = ("test_files_are_replaced_and_and_obsolete_ones_deleted_but_others_stay",)
_EDITED = ("test_a_document_that_somebody_edited_is_kept_under_another_name",)
_MOVER, _FOLDER = "cartcohort/render/exchange.py", "cartcohort/render/folder.py"
_PUBLISH = "cartcohort/render/publish.py"

REMOVALS = [
    Removal(
        "new files are complete before the first one is moved",
        _MOVER,
        "        staging.rename(_place_complete(held or folder))\n        finish_exchange(held or folder)\n",
        "        _exchange(staging, folder, plan)\n        shutil.rmtree(staging)\n",
        (*_EXCHANGE, *_MOVES),
    ),
    Removal(
        "the plan is kept until everything is in its place",
        _MOVER,
        '        _exchange(complete, folder.parent if plan["into_parent"] else folder, plan)\n'
        "        (complete / _PLAN).unlink()\n",
        "        (complete / _PLAN).unlink()\n"
        '        _exchange(complete, folder.parent if plan["into_parent"] else folder, plan)\n',
        _EXCHANGE,
    ),
    Removal(
        "what was renamed before the kill is not renamed again",
        _MOVER,
        "        if (folder / before).exists() and not (folder / after).exists():\n",
        "        if (folder / before).exists():\n",
        _EXCHANGE,
    ),
    Removal(
        "edited files are renamed before new ones take their place",
        _MOVER,
        '    for before, after in plan["renamed"].items():\n',
        "    for before, after in ():\n",
        _EXCHANGE,
    ),
    Removal(
        "an exchange that was begun is finished by whoever holds the folder next",
        _FOLDER,
        "            finish_exchange(folder)\n            _remove_unfinished(folder)\n",
        "            _remove_unfinished(folder)\n",
        (*_EXCHANGE, *_MOVES),
    ),
    Removal(
        "whoever reads a folder settles it first",
        _FOLDER,
        "    held = is_exchanging(folder) or lock.exists()\n",
        "    held = False\n",
        (*_EXCHANGE, *_MOVES),
    ),
    Removal(
        "obsolete files are deleted when the exchange is finished",
        _MOVER,
        "            (folder / name).unlink(missing_ok=True)\n",
        "            pass\n",
        (*_EXCHANGE, *_YOURS),
    ),
    Removal(
        "a run puts its report together beside the one that is there",
        _PUBLISH,
        'request.run_folder, Path(tempfile.mkdtemp(prefix="final-", dir=staging))\n',
        "request.run_folder, request.run_folder\n    folder.mkdir(exist_ok=True)\n",
        (*_TOGETHER, *_PUBLISHES, *_DISK),
        by="SameFileError",
    ),
    Removal(
        "what a killed run was preparing is removed by the next one",
        _FOLDER,
        "            _remove_unfinished(folder)\n        yield\n",
        "        yield\n",
        (*_KILLED, *_TOGETHER),
    ),
    Removal(
        "the processes of sections end with the run",
        "cartcohort/render/workers.py",
        "    watch_parent(kernels)\n    tell(",
        "    tell(",
        _KILLED,
        by="TimeoutExpired",
    ),
    Removal(
        "a forked kernel ends with the process that holds its pipe",
        "cartcohort/render/forking.py",
        "        threading.Thread(target=_end_with_pipe, args=(connection,), daemon=True).start()\n",
        "",
        _KILLED,
    ),
    Removal(
        "the fork server leaves Ctrl-C to the run",
        "cartcohort/render/preload.py",
        "    signal.signal(signal.SIGINT, signal.SIG_IGN)\n",
        "    signal.signal(signal.SIGINT, signal.default_int_handler)\n",
        _AGAIN,
    ),
    Removal(
        "sections are ended even where the user presses Ctrl-C again",
        "cartcohort/render/workers.py",
        "        with ignore_interrupts(ENDING):  # whoever is in a hurry presses Ctrl-C twice\n"
        "            for worker in running.values():\n                worker.kill()\n",
        "        for worker in running.values():\n            worker.kill()\n",
        _AGAIN,
        by="TimeoutExpired",
    ),
    Removal(
        "folders are removed even where the user presses Ctrl-C again",
        _FOLDER,
        "    with ignore_interrupts(ENDING):\n        shutil.rmtree(folder, ignore_errors=True)",
        "    if True:\n        shutil.rmtree(folder, ignore_errors=True)",
        _AGAIN,
    ),
    Removal(
        "the folder in which a report is prepared is gone afterwards",
        _FOLDER,
        "        yield staging\n    finally:\n        _remove(staging)\n",
        "        yield staging\n    finally:\n        pass\n",
        (*_AGAIN, *_PUBLISHES),
    ),
    Removal(
        "an interrupt waits for the end of an exchange",
        _MOVER,
        "    with ignore_interrupts(ENDING):\n        staging.rename",
        "    if True:\n        staging.rename",
        _ALL_OR_NONE,
    ),
    Removal(
        "an interrupt ends the program in order and with a word",
        "run_reports.py",
        "    except KeyboardInterrupt:\n        with ignore_interrupts(ENDING):\n",
        "    except ZeroDivisionError:\n        with ignore_interrupts(ENDING):\n",
        (*_PUBLISHES, *_AGAIN),
    ),
    Removal(
        "a page that could not be written ends the run before anything is exchanged",
        "cartcohort/render/run.py",
        "            if failure.unwritten:\n",
        "            if False:\n",
        _UNWRITTEN,
    ),
    Removal(
        "a section that fails leaves its page and its files as they were",
        _PUBLISH,
        '        return _Part(section, folder, entry, "failed", entry.failure)\n',
        '        return _Part(section, folder, Entry(failure=entry.failure), "failed", entry.failure)\n',
        _FAILED,
        by="KeyError",
    ),
    Removal(
        "a section that failed is made again by the next run",
        "cartcohort/render/cache.py",
        '    if entry.failure:\n        return "it failed last time"\n',
        "",
        _FAILED,
    ),
    Removal(
        "a run folder is held by one run at a time",
        _FOLDER,
        "        try:\n            lock.acquire(timeout=0)\n        except Timeout:\n",
        "        try:\n            pass\n        except Timeout:\n",
        (*_TWO, *_SECOND),
    ),
    Removal(
        "a run that waits says so",
        _FOLDER,
        '            note(f"Another run is writing {folder}; waiting for it to end.")\n',
        "",
        _SECOND,
    ),
    Removal(
        "files of a run's folder that are none of the run's stay",
        _MOVER,
        '    plan = {"obsolete": sorted(obsolete),',
        '    plan = {"obsolete": sorted({*list_files(folder)} - {*list_files(staging)}),',
        (*_YOURS, *_EXCHANGE),
        by="FileNotFoundError",
    ),
    Removal(
        "exports that somebody edited are kept under another name",
        _PUBLISH,
        "    edited = exports.rename_edited()\n",
        "    edited = {}\n",
        _EDITED,
    ),
    Removal(
        "an edited export is not kept under the name of another one",
        "cartcohort/render/exports/bring.py",
        "    while new.exists():\n",
        "    while False:\n",
        _EDITED,
    ),
    Removal(
        "it is told under which name",
        "cartcohort/render/run.py",
        "            self._tell_edited(published.edited, note)\n        if not self.request.exports:\n",
        "        if not self.request.exports:\n",
        _EDITED,
    ),
]
