"""Text is text, and pages talk to nobody."""

from tests.protections.removal import Removal

_OFFLINE = ("test_a_page_opens_offline_without_a_word_to_anyone",)
_OFFLINE_COMPARED = ("test_the_page_opens_offline_without_a_word_to_anyone",)
_POLICY = ("test_the_policy_permits_the_pages_own_script_and_no_other",)
_SMUGGLED = ("test_a_script_smuggled_into_an_output_does_not_run",)
_FOREIGN = ("test_foreign_and_hostile_names_are_text",)
_TABLES = ("test_hostile_text_is_escaped_wherever_it_stands",)
_COMPARED = ("test_hostile_texts_are_escaped_everywhere",)
_FORMULA = ("test_no_text_in_the_csv_starts_a_formula",)
_SUBSET = ("test_everything_else_is_refused_with_the_reason",)
_YAML = ("test_tags_mean_nothing_and_run_nothing",)
_TERMINAL = ("test_what_a_file_holds_never_commands_the_terminal",)
_ADDED = ("test_the_name_of_an_added_file_cannot_command_the_terminal",)
_WHATEVER = ("test_whatever_the_manifest_holds_the_report_is_whole_again",)
_DAMAGED = ("test_a_damaged_manifest_counts_as_none_and_says_so",)
_FRAME = "cartcohort/render/templates/cartreport/frame.html.j2"
_WRITER, _SUBSETS = "cartcohort/present/tables/writer.py", "cartcohort/study/subset.py"
_MOVES = "cartcohort/present/comparison/tables.py"
_EXHIBITS = "cartcohort/present/comparison/exhibits.py"
_MANIFEST = "cartcohort/render/manifest.py"

REMOVALS = [
    Removal(
        "the script of a page is in it",
        _FRAME,
        "<script>{{ assets.script | safe }}</script>",
        '<script src="page.js"></script>',
        (*_OFFLINE, *_OFFLINE_COMPARED),
    ),
    Removal(
        "the style of a page is in it",
        _FRAME,
        "<style>\n{{ assets.style | safe }}</style>",
        '<link rel="stylesheet" href="https://example.org/page.css">',
        (*_OFFLINE, *_OFFLINE_COMPARED),
    ),
    Removal(
        "a page has a policy",
        _FRAME,
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; ',
        '<meta name="policy" content="default-src \'none\'; ',
        (*_POLICY, *_SMUGGLED),
        by="ValueError",
    ),
    Removal(
        "the policy permits one script, by its hash",
        _FRAME,
        "script-src 'sha256-{{ assets.script_hash }}';",
        "script-src 'unsafe-inline';",
        (*_POLICY, *_SMUGGLED),
    ),
    Removal("the policy refuses whatever it does not name", _FRAME, "default-src 'none'; ", "", _POLICY),
    Removal(
        "the hash is that of the script",
        "cartcohort/render/assets.py",
        "hashlib.sha256(script.encode())",
        "hashlib.sha256(style.encode())",
        _POLICY,
    ),
    Removal(
        "the templates of pages escape what they are given",
        "cartcohort/render/html.py",
        "    exporter.environment.autoescape = True\n",
        "    exporter.environment.autoescape = False\n",
        _FOREIGN,
    ),
    Removal(
        "names written from right to left are set apart",
        "cartcohort/render/html.py",
        "    return isolate_names(page)\n",
        "    return page\n",
        _FOREIGN,
    ),
    Removal(
        "the caption of a table is escaped",
        _WRITER,
        "<caption>{escape(caption)}</caption>",
        "<caption>{caption}</caption>",
        _TABLES,
    ),
    Removal(
        "the name of a table for screen readers is escaped",
        _WRITER,
        'aria-label="{escape(caption)}"',
        'aria-label="{caption}"',
        _TABLES,
    ),
    Removal(
        "the heading of a column is escaped",
        _WRITER,
        '"<br>".join(escape(line) for line',
        '"<br>".join(line for line',
        _TABLES,
    ),
    Removal("the heading of rows is escaped", _WRITER, "{escape(heading.text)}", "{heading.text}", _TABLES),
    Removal(
        "the text of a cell is escaped", _WRITER, "    text = escape(cell.text)\n", "    text = cell.text\n", _TABLES
    ),
    Removal(
        "the notes below a table are escaped",
        _WRITER,
        "    parts = [escape(note) for note in notes]\n",
        "    parts = [*notes]\n",
        _TABLES,
    ),
    Removal("footnotes are escaped", _WRITER, "{escape(text.rstrip('.'))}.\"", "{text.rstrip('.')}.\"", _TABLES),
    Removal(
        "a comparison escapes labels of results that moved",
        _MOVES,
        "<th scope=row>{escape(reading.label)}{f' <i>{escape(notes)}</i>' if notes else ''}",
        "<th scope=row>{reading.label}{f' <i>{escape(notes)}</i>' if notes else ''}",
        _COMPARED,
    ),
    Removal(
        "a comparison escapes units and notes",
        _MOVES,
        "{f' <i>{escape(notes)}</i>' if notes else ''}",
        "{f' <i>{notes}</i>' if notes else ''}",
        _COMPARED,
    ),
    Removal(
        "a comparison escapes the headings of groups",
        _MOVES,
        "colspan={len(columns) + 1}>{escape(heading)}",
        "colspan={len(columns) + 1}>{heading}",
        _COMPARED,
    ),
    Removal(
        "a comparison escapes captions",
        _MOVES,
        "<span{' class=unseen' if hidden else ''}>{escape(caption)}</span>",
        "<span{' class=unseen' if hidden else ''}>{caption}</span>",
        _COMPARED,
    ),
    Removal("a comparison escapes values", _MOVES, " else escape(text)\n", " else text\n", _COMPARED),
    Removal(
        "a comparison escapes the first cell of plain rows",
        _MOVES,
        "<tr><th scope=row>{escape(first)}",
        "<tr><th scope=row>{first}",
        _COMPARED,
    ),
    Removal(
        "a comparison escapes the other cells of plain rows",
        _MOVES,
        "f'<td>{escape(cell)}' for cell",
        "f'<td>{cell}' for cell",
        _COMPARED,
    ),
    Removal(
        "a comparison escapes the labels of what flipped",
        _EXHIBITS,
        "<th scope=row>{escape(reading.label)} <i>",
        "<th scope=row>{reading.label} <i>",
        _COMPARED,
    ),
    Removal(
        "a comparison escapes the notes on what flipped",
        _EXHIBITS,
        "<i>{escape(notes)}</i>{more}",
        "<i>{notes}</i>{more}",
        _COMPARED,
    ),
    Removal(
        "text that starts like a formula gets an apostrophe",
        _WRITER,
        '    return f"\'{text}" if text.startswith(_FORMULA_STARTS) else text\n',
        "    return text\n",
        _FORMULA,
    ),
    Removal(
        "a carriage return ends no line of a CSV",
        _WRITER,
        '    return cell.replace("\\r\\n", "\\n").replace("\\r", "\\n") if isinstance(cell, str) else cell\n',
        "    return cell\n",
        _FORMULA,
        by="Error",
    ),
    Removal(
        "a tag of YAML means nothing",
        "cartcohort/study/description.py",
        "class _TextLoader(yaml.BaseLoader):",
        "class _TextLoader(yaml.UnsafeLoader):",
        _YAML,
    ),
    Removal(
        "nor in a file of parameters",
        "cartcohort/render/assignments.py",
        "class _Loader(yaml.BaseLoader):",
        "class _Loader(yaml.UnsafeLoader):",
        ("test_a_file_of_parameters_runs_nothing",),
    ),
    Removal(
        "what is no comparison is refused",
        _SUBSETS,
        '        raise ExpressionError(f"holds `{_shown(node)}`, which is no comparison", _operator_hint(node))\n',
        '        answer = eval(compile(ast.Expression(node), "subset", "eval"), {"age": 1, "lines": 1})\n'
        "        return pd.Series(bool(answer), index=self.frame.index)\n",
        _SUBSET,
    ),
    Removal(
        "a side of a comparison is a column or a literal",
        _SUBSETS,
        '    raise ExpressionError(f"holds `{_shown(node)}`, which is neither a column nor a literal", '
        "_operator_hint(node))\n",
        '    return eval(compile(ast.Expression(node), "subset", "eval"), {"age": 1})\n',
        _SUBSET,
    ),
    Removal(
        "an expression has a greatest length",
        _SUBSETS,
        "    if len(expression) > _LONGEST:\n",
        "    if False:\n",
        _SUBSET,
    ),
    Removal(
        "a number has a greatest size",
        _SUBSETS,
        '    raise ExpressionError("holds a number that is too large")\n',
        "    return literal\n",
        _SUBSET,
    ),
    Removal(
        "news on the terminal hold no commands",
        "cartcohort/render/terminal.py",
        "        print(make_printable(text), file=stream or sys.stderr, flush=True)\n",
        "        print(text.encode(errors='replace').decode(), file=stream or sys.stderr, flush=True)\n",
        _TERMINAL,
    ),
    Removal(
        "nor do answers",
        "cartcohort/render/terminal.py",
        "        print(make_printable(text), flush=True)\n",
        "        print(text, flush=True)\n",
        _ADDED,
    ),
    Removal(
        "nor the bars of a terminal",
        "cartcohort/render/progress.py",
        "needs no bar\n\n        tqdm.write(make_printable(line),",
        "needs no bar\n\n        tqdm.write(line.encode(errors='replace').decode(),",
        _TERMINAL,
    ),
    Removal(
        "nor the one bar of many runs",
        "cartcohort/render/progress.py",
        '"""Write a line above the bar."""\n        from tqdm import tqdm\n\n'
        "        tqdm.write(make_printable(line),",
        '"""Write a line above the bar."""\n        from tqdm import tqdm\n\n'
        "        tqdm.write(line.encode(errors='replace').decode(),",
        _TERMINAL,
    ),
    Removal(
        "a path of a manifest leads nowhere out of the folder",
        _MANIFEST,
        'path.is_absolute() or ".." in path.parts or not path.parts',
        "not path.parts",
        (*_WHATEVER, *_DAMAGED),
    ),
    Removal(
        "a path of a manifest is one",
        _MANIFEST,
        ' or not path.parts or "\\0" in name or not',
        " or not",
        _WHATEVER,
        by="ValueError",
    ),
    Removal(
        "a folder is never deleted as a file",
        "cartcohort/render/exchange.py",
        "        if not (folder / name).is_dir():\n            (folder / name).unlink",
        "        if True:\n            (folder / name).unlink",
        _WHATEVER,
    ),
    Removal(
        "a manifest nested too deeply is damaged",
        _MANIFEST,
        "AttributeError, RecursionError):\n        return Manifest(damage",
        "AttributeError):\n        return Manifest(damage",
        _WHATEVER,
        by="RecursionError",
    ),
    Removal(
        "the names of a run and its study are those of single folders",
        _MANIFEST,
        "    if Path(name).name != name or name in",
        "    if name in",
        _DAMAGED,
    ),
    Removal(
        "the parts of a manifest have the form that a run writes",
        _MANIFEST,
        "    if not all(isinstance(part, dict) for part in parts.values()) or not",
        "    if not",
        _DAMAGED,
    ),
]
