from email.message import Message

import pytest

from tests.supply.licences import READ_BY_HAND, Licence, describe, read_licences, tell_licence
from tests.supply.lock import Pin, read_lock

COPYLEFT = [
    "GPL-3.0-only",
    "GNU General Public License v3 (GPLv3)",
    "AGPL-3.0-or-later",
    "LGPL-2.1+",
    "GNU Lesser General Public License v2 or later (LGPLv2+)",
    "MIT AND GPL-2.0-only",
    "GPL-2.0-only OR LGPL-3.0-only",
]
FREE = ["MIT", "BSD-3-Clause AND GPL-3.0-or-later WITH GCC-exception-3.1", "GPL-2.0-only OR MIT", "MPL-2.0", "Apache"]


@pytest.mark.parametrize("text", COPYLEFT)
def test_a_copyleft_licence_is_refused(text):
    said, code = describe([Licence("good", "MIT"), Licence("bad", text)])
    assert code == 1
    assert "COPYLEFT OR WITHOUT A LICENCE: bad.\n2 licences read, 1 that may not be." in said


@pytest.mark.parametrize("text", FREE)
def test_a_licence_that_asks_nothing_of_what_is_built_on_it_is_accepted(text):
    assert describe([Licence("one", text)])[1] == 0


def test_what_tells_no_licence_is_refused_and_what_is_not_installed_is_named():
    assert describe([Licence("silent", "")])[1] == 1
    assert describe([Licence("elsewhere", None)]) == (
        "\nNot installed here: elsewhere.\n0 licences read, none that may not be.",
        0,
    )


def test_what_asks_so_of_its_own_files_is_named():
    said, _ = describe([Licence("certifi", "MPL-2.0"), Licence("tqdm", "MPL-2.0 AND MIT")])
    assert "Copyleft of their own files only (Mozilla), used as they are: certifi, tqdm." in said


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ([("License-Expression", "MIT"), ("License", "text")], "MIT"),
        ([("Classifier", "License :: OSI Approved :: BSD License"), ("Classifier", "Topic :: X")], "BSD License"),
        ([("License", "\nApache-2.0\n\nmore")], "Apache-2.0"),
        ([], ""),
    ],
)
def test_the_licence_is_taken_from_where_it_is_told_best(fields, licence):
    told = Message()
    for name, value in fields:
        told[name] = value
    assert tell_licence(told) == licence


def test_nothing_that_is_locked_is_copyleft():
    licences = read_licences(read_lock())
    said, code = describe(licences)
    assert code == 0, said
    assert [one.name for one in licences if one.is_per_file] == ["certifi", "fqdn", "hypothesis", "tqdm"]
    assert READ_BY_HAND.keys() <= {pin.name for pin in read_lock()}


def test_a_licence_read_by_hand_stands_in_for_metadata_that_tell_none():
    assert read_licences([Pin("resvg-py", "0.5.0")]) == [Licence("resvg-py", "MIT")]
