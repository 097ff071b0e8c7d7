"""What a killed run leaves of a study: removed by the next run, and never what a living one uses."""

from tests.protections.removal import Removal

_KILLED = ("test_a_killed_run_leaves_no_process_and_the_next_one_clears_up",)
_IDLE = ("test_what_a_killed_run_left_of_the_study_goes_with_a_run_that_has_nothing_to_do_and_no_sooner",)
_CHILD = ("test_a_room_is_held_as_long_as_a_child_lives",)
_ELSEWHERE = ("test_a_room_is_held_in_another_namespace_that_shares_the_folder",)
_NEW = ("test_a_new_room_is_never_lost_to_those_who_clear",)
_NAME = ("test_nothing_but_folders_of_that_name_is_removed_and_no_link_is_followed",)
_OTHERS = ("test_folders_of_other_users_are_left_alone",)
_ROOMS = "cartcohort/rooms.py"

REMOVALS = [
    Removal(
        "a run removes what killed ones have left of a study",
        "cartcohort/render/runner.py",
        "    clear_rooms(kill_users)\n",
        "",
        (*_KILLED, *_IDLE),
        by="ValueError",
    ),
    Removal(
        "a folder whose lock is held is left alone",
        _ROOMS,
        "            _take(lock)\n            end_users(folder)\n",
        "            end_users(folder)\n",
        (*_IDLE, *_CHILD, *_ELSEWHERE),
    ),
    Removal(
        "a new folder is locked before it is used",
        _ROOMS,
        "            return folder, _lock(folder)\n",
        "            return folder, None\n",
        (*_NEW, *_CHILD),
        by="OSError",
    ),
    Removal(
        "folders of another name are left alone",
        _ROOMS,
        "for entry in entries if entry.name.startswith(PREFIX)]",
        "for entry in entries]",
        _NAME,
    ),
    Removal(
        "folders of other users are left alone",
        _ROOMS,
        "        if os.fstat(lock).st_uid == os.geteuid():\n",
        "        if True:\n",
        _OTHERS,
    ),
]
