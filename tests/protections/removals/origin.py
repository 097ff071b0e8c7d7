"""A report says where it comes from."""

from tests.protections.removal import Removal

_WHOLE = ("test_the_manifest_tells_what_the_run_as_a_whole_was_of",)
_WRITTEN = ("test_a_manifest_is_read_as_it_was_written",)
_SOUND = ("test_a_report_as_it_was_made_is_sound_and_the_hash_of_its_manifest_told",)
_TOUCHED = ("test_what_was_touched_removed_or_added_is_named",)
_CHARACTER = ("test_a_single_character_in_any_file_is_found",)
_AGAIN = ("test_a_report_comes_out_again_to_the_byte_and_is_left_alone",)
_CHANGED = ("test_what_changed_since_is_said_first_then_what_came_out_otherwise",)
_REQUIRED = ("test_the_descriptor_and_the_root_have_what_the_specification_requires",)
_PARTS = ("test_every_file_of_the_run_is_a_part_with_format_size_and_hash",)
_PLACE = ("test_names_of_files_are_written_as_uris_and_nothing_tells_the_place",)
_CACHE, _MANIFEST = "cartcohort/render/cache.py", "cartcohort/render/manifest.py"
_VERIFY, _REPRODUCE = "cartcohort/render/verify.py", "cartcohort/render/reproduce.py"
_CRATE = "cartcohort/render/crate.py"

REMOVALS = [
    Removal(
        "the files of a study are told by their hashes",
        _CACHE,
        "{readable_name(name): hash_file(files[name]) for name in sorted(files)}",
        '{readable_name(name): "" for name in sorted(files)}',
        _WHOLE,
    ),
    Removal(
        "notebooks are told by their hashes",
        "cartcohort/render/publish.py",
        "    entry = Entry(order.inputs[section.name].describe(), hash",
        '    entry = Entry({**order.inputs[section.name].describe(), "notebook": ""}, hash',
        _WHOLE,
    ),
    Removal(
        "the package is told by the hash of all that is in it",
        _CACHE,
        'digest.update(f"{path.relative_to(PACKAGE).as_posix()} {hash_file(path)}\\n".encode())',
        'digest.update(f"{path.relative_to(PACKAGE).as_posix()}\\n".encode())',
        _WHOLE,
    ),
    Removal(
        "the versions of the libraries are told",
        _CACHE,
        "    return own | {name: _version(name) for name in names}\n",
        "    return own\n",
        _WHOLE,
    ),
    Removal(
        "the files of a section are told by their hashes",
        "cartcohort/render/publish.py",
        "replace(part.entry, outputs=hash_files(final, part.entry.outputs)) for",
        'replace(part.entry, outputs=dict.fromkeys(part.entry.outputs, "")) for',
        (*_WHOLE, *_SOUND),
    ),
    Removal(
        "the manifest tells the parameters that a section read, the seed too",
        _CACHE,
        "data=data, parameters=parameters[section.name], **around",
        'data=data, parameters={k: v for k, v in parameters[section.name].items() if k != "seed"}, **around',
        ("test_everything_that_a_notebook_of_the_suite_reads_is_told_the_seed_too",),
    ),
    Removal(
        "a manifest keeps what the run as a whole was of",
        _MANIFEST,
        '    content = {"run": manifest.run} if manifest.run else {}\n',
        "    content = {}\n",
        (*_WRITTEN, *_WHOLE),
        by="KeyError",
    ),
    Removal(
        "a manifest keeps what is known of exports",
        _MANIFEST,
        "    if manifest.exports:\n",
        "    if False:\n",
        _WRITTEN,
    ),
    Removal(
        "a manifest keeps why a section failed", _MANIFEST, '"failure": entry.failure}', '"failure": ""}', _WRITTEN
    ),
    Removal(
        "each file is held against its hash",
        _VERIFY,
        "if name in known and hash_file(folder / name) != known[name]]",
        "if name in known and not known[name]]",
        (*_TOUCHED, *_CHARACTER),
    ),
    Removal(
        "files that are gone are named",
        _VERIFY,
        "missing=tuple(name for name in sorted(known) if name not in found),",
        "missing=(),",
        _TOUCHED,
    ),
    Removal(
        "files that were added are named",
        _VERIFY,
        "added=tuple(name for name in found if name not in known),",
        "added=(),",
        _TOUCHED,
    ),
    Removal(
        "what was found makes the exit code",
        _VERIFY,
        "return 0 if self.is_sound else OutputError.exit_code",
        "return 0",
        (*_TOUCHED, *_CHARACTER),
    ),
    Removal(
        "the hash of the manifest itself is told",
        _VERIFY,
        "digest=hash_file(folder / FILE_NAME),",
        'digest="",',
        (*_SOUND, *_TOUCHED),
    ),
    Removal(
        "the manifest vouches for the crate too",
        "cartcohort/render/publish.py",
        "outputs={**manifest.outputs, CRATE: hash_file(final / CRATE)}",
        "outputs=manifest.outputs",
        (*_SOUND, *_CHARACTER),
    ),
    Removal(
        "a report is made again without the date of another run",
        _REPRODUCE,
        "    before = os.environ.pop(_EPOCH, None)\n",
        "    before = os.environ.get(_EPOCH)\n",
        _AGAIN,
    ),
    Removal(
        "each section is made again with its own parameters",
        _REPRODUCE,
        '            rounds.append(_Round((name,), given[name], entry.inputs.get("source_date_epoch")))\n',
        "            rest.append(name)\n",
        _AGAIN,
    ),
    Removal(
        "exports are made again too", _REPRODUCE, "    if rounds and manifest.exports:\n", "    if False:\n", _AGAIN
    ),
    Removal(
        "a report is made again elsewhere",
        _REPRODUCE,
        '            output=room / "reports",\n',
        "            output=folder.parent,\n            force=True,\n",
        _AGAIN,
    ),
    Removal(
        "cells have names that are not drawn by chance",
        "cartcohort/render/tidy.py",
        '        cell["id"] = f"cell-{number}"\n',
        "",
        _AGAIN,
    ),
    Removal(
        "what changed since is said",
        _REPRODUCE,
        "            changes |= dict.fromkeys(filter(None, reasons))\n",
        "",
        _CHANGED,
    ),
    Removal(
        "files that came out otherwise are named",
        _REPRODUCE,
        "if name in after and before[name] != after[name]),",
        "if name in after and not before[name]),",
        _CHANGED,
    ),
    Removal(
        "what counts is what the manifest says, not what became of a file since",
        _REPRODUCE,
        "        before = {**manifest.hashes, FILE_NAME: digest}\n",
        "        before = {name: hash_file(folder / name) for name in manifest.hashes if (folder / name).exists()}\n",
        _CHANGED,
    ),
    Removal(
        "the crate names the specification that it follows",
        _CRATE,
        'about={"@id": _ROOT}, conformsTo={"@id": _SPECIFICATION})',
        'about={"@id": _ROOT})',
        _REQUIRED,
    ),
    Removal(
        "the crate has the context of the specification",
        _CRATE,
        'f"{_SPECIFICATION}/context"',
        "_SPECIFICATION",
        _REQUIRED,
    ),
    Removal(
        "the crate has a licence", _CRATE, '        "license": {"@id": _LICENCE},\n', "", _REQUIRED, by="KeyError"
    ),
    Removal("the crate has a date", _CRATE, '        "datePublished": date,\n', "", _REQUIRED, by="KeyError"),
    Removal(
        "the date of the crate is no clock's",
        _CRATE,
        '    cutoff = page.get("data_cutoff_date")\n',
        "    cutoff = datetime.date.today().isoformat()\n",
        _REQUIRED,
    ),
    Removal(
        "synthetic patients are named as such in the crate",
        _CRATE,
        '"SYNTHETIC DATA: the patients are made up." if page.get("synthetic") else "",',
        '"",',
        _REQUIRED,
    ),
    Removal(
        "the parts of the crate have hashes",
        _CRATE,
        "        sha256=digest,\n    )\n\n\ndef _name_file",
        "    )\n\n\ndef _name_file",
        _PARTS,
    ),
    Removal(
        "the parts of the crate have sizes, but for the one that differs between equal runs",
        _CRATE,
        ".st_size) if digest else None",
        ".st_size) if name != FILE_NAME else None",
        _PARTS,
    ),
    Removal(
        "every file is a part of the crate",
        _CRATE,
        "    names = sorted({*files, FILE_NAME} - {CRATE})\n",
        "    names = sorted({*files} - {CRATE})\n",
        _PARTS,
    ),
    Removal(
        "names of files are written as URIs",
        _CRATE,
        "    graph.add(\n        quote(name),\n",
        "    graph.add(\n        name,\n",
        _PLACE,
    ),
    Removal(
        "a file of the crate is named by its path inside the folder",
        _CRATE,
        '    return {"@id": quote(name)}\n',
        '    return {"@id": Path(name).absolute().as_uri()}\n',
        (*_PARTS, *_PLACE),
    ),
]
