"""Equal inputs give equal bytes."""

from tests.protections.removal import Removal

_SETTINGS = ("test_settings_of_the_machine_and_the_way_of_running_change_no_byte",)
_FIVE = ("test_the_five_sections_come_out_alike_to_the_byte_from_two_places_and_settings",)
_ELSEWHERE = ("test_equal_inputs_give_equal_bytes_wherever_they_are",)
_CLUSTER = ("test_a_cluster_makes_the_same_bytes_as_a_local_run",)
_WORD = ("test_equal_notebooks_give_equal_bytes_without_clock_or_user",)
_PNG = ("test_equal_drawings_give_equal_bytes_and_none_needs_matplotlib",)
_PDF = ("test_a_pdf_loses_its_times_and_the_marks_of_links_and_no_byte_moves",)
_COMPARISON = ("test_equal_runs_give_equal_bytes_wherever_they_lie",)
_LOOKS = "cartcohort/render/exports/word_looks.py"

REMOVALS = [
    Removal(
        "no clock on a page",
        "cartcohort/render/html.py",
        "    return isolate_names(page)\n",
        "    return isolate_names(page) + f\"<!-- {__import__('time').time_ns()} -->\\n\"\n",
        (*_SETTINGS, *_FIVE, *_ELSEWHERE, *_CLUSTER),
    ),
    Removal(
        "what is resampled has a seed",
        "cartcohort/estimate/permutation.py",
        "np.random.default_rng(seed))",
        "np.random.default_rng())",
        _FIVE,
    ),
    Removal(
        "kernels do not hash text by chance",
        "cartcohort/render/forking.py",
        '        "PYTHONHASHSEED": "0",\n',
        "",
        _SETTINGS,
    ),
    Removal(
        "kernels have a time zone of their own",
        "cartcohort/render/forking.py",
        '        "TZ": "UTC",\n',
        "",
        _SETTINGS,
    ),
    Removal(
        "kernels have a locale of their own",
        "cartcohort/render/forking.py",
        '        "LC_ALL": "C.UTF-8",\n',
        "",
        _SETTINGS,
    ),
    Removal(
        "the fork server is started with the environment of kernels",
        "cartcohort/render/forking.py",
        "    environment = fix_environment(os.environ) | {preload",
        "    environment = dict(os.environ) | {preload",
        _SETTINGS,
    ),
    Removal(
        "the times at which cells were executed are left out",
        "cartcohort/render/tidy.py",
        '_VOLATILE = ("papermill", "execution")',
        "_VOLATILE = ()",
        (*_SETTINGS, *_ELSEWHERE),
    ),
    Removal(
        "addresses in memory are left out of what cells print",
        "cartcohort/render/hide.py",
        '_ADDRESS.sub("0x...", hide_folders(_CELL_FILE.sub("<cell>", _COLOUR.sub("", text)), folders))',
        'hide_folders(_CELL_FILE.sub("<cell>", _COLOUR.sub("", text)), folders)',
        _ELSEWHERE,
    ),
    Removal(
        "folders are left out of what cells print",
        "cartcohort/render/tidy.py",
        "        output.text = hide_machine(output.text, folders)\n",
        "        output.text = hide_machine(output.text, ())\n",
        _ELSEWHERE,
    ),
    Removal(
        "numbers of processes are left out of what cells print",
        "cartcohort/render/hide.py",
        '_CELL_FILE.sub("<cell>", _COLOUR.sub("", text))',
        '_COLOUR.sub("", text)',
        _ELSEWHERE,
    ),
    Removal(
        "the manifest tells parameters that differ from the defaults, not those that were given aloud",
        "cartcohort/render/plan.py",
        '        "parameters": dict(sorted(changed.items())),\n',
        '        "parameters": dict(sorted(order.given.items())),\n',
        _ELSEWHERE,
    ),
    Removal(
        "what a section is made from goes to the worker with it",
        "cartcohort/render/travel.py",
        "        inputs=parcel.inputs,\n",
        "        inputs={},\n",
        _CLUSTER,
    ),
    Removal(
        "a document bears no clock",
        _LOOKS,
        "    properties.created = properties.modified = _FIXED\n",
        "    properties.created = properties.modified = datetime.datetime.now()\n",
        _WORD,
    ),
    Removal(
        "nor do the parts of its file",
        _LOOKS,
        "zipfile.ZipInfo(name, _FIXED_IN_ZIP)",
        "zipfile.ZipInfo(name, datetime.datetime.now().timetuple()[:6])",
        _WORD,
    ),
    Removal(
        "a document names no user as its author",
        _LOOKS,
        "    properties.author = properties.last_modified_by = _AUTHOR\n",
        '    properties.author = properties.last_modified_by = __import__("getpass").getuser()\n',
        _WORD,
    ),
    Removal(
        "the picture of the template is left out",
        _LOOKS,
        "            del package.rels[name]\n",
        "            pass\n",
        _WORD,
    ),
    Removal(
        "a PNG bears no clock",
        "cartcohort/render/exports/png.py",
        "picture[:_HEAD] + whole + picture[_HEAD:]",
        'picture[:_HEAD] + whole + picture[_HEAD:] + b"%d" % __import__("time").time_ns()',
        _PNG,
    ),
    Removal(
        "figures are drawn with fonts that come with a library",
        "cartcohort/render/exports/png.py",
        '    return tuple(str(folder / f"DejaVuSans{form}.ttf") for',
        '    return tuple(f"/usr/share/fonts/truetype/dejavu/{form}.ttf" for',
        _PNG,
    ),
    Removal(
        "the times of a PDF are left out",
        "cartcohort/render/exports/pdf.py",
        '    return _TIME.sub(lambda found: b" " * len(found[0]), content)\n',
        "    return content\n",
        _PDF,
    ),
    Removal(
        "links of a PDF do not tell where it was made",
        "cartcohort/render/exports/pdf.py",
        '    content = _LINK.sub(lambda found: b"/URI (" + found[1] + b")" + b" " * len(_MARK), content)\n',
        "",
        _PDF,
    ),
    Removal(
        "what is tagged in a PDF is numbered by rank",
        "cartcohort/render/exports/pdf.py",
        '    content = _NODE.sub(lambda found: b"(node%08d)" % ranks[found[1]], content)\n',
        "",
        ("test_numbers_of_what_is_tagged_are_ranks_whatever_the_browser_counted",),
    ),
    Removal(
        "a comparison bears no clock",
        "cartcohort/render/compare.py",
        "    return isolate_names(page)\n",
        "    return isolate_names(page) + f\"<!-- {__import__('time').time_ns()} -->\\n\"\n",
        _COMPARISON,
    ),
    Removal(
        "nor do its numbers",
        "cartcohort/render/compare_json.py",
        '        "meaning": _MEANING,\n',
        '        "meaning": {**_MEANING, "made": __import__("time").time_ns()},\n',
        _COMPARISON,
    ),
    Removal(
        "a comparison leads to its runs by ways within the output",
        "cartcohort/render/compare.py",
        '        links.append(quote(f"../{index.relative_to(root).as_posix()}") if inside else "")\n',
        '        links.append(index.as_uri() if inside else "")\n',
        _COMPARISON,
    ),
]
