"""Text is text: what a study, a manifest or the name of a file may hold runs nothing and commands nothing."""

from tests.protections.removal import Removal

_FORMULA = ("test_no_text_in_the_csv_starts_a_formula",)
_NO_CELL = ("test_no_cell_of_any_csv_starts_a_formula",)
_SUBSET = ("test_everything_else_is_refused_with_the_reason",)
_YAML = (
    "test_tags_mean_nothing_and_run_nothing",
    "test_a_file_of_parameters_runs_nothing",
    "test_whatever_a_file_holds_it_is_refused_in_words_and_nothing_is_run",
)
_TERMINAL = ("test_what_a_file_holds_never_commands_the_terminal",)
_TOLD = ("test_nothing_that_was_told_commands_a_terminal",)
_ADDED = ("test_the_name_of_an_added_file_cannot_command_the_terminal",)
_WHATEVER = ("test_whatever_the_manifest_holds_the_report_is_whole_again",)
_DAMAGED = ("test_a_damaged_manifest_counts_as_none_and_says_so",)
_SPREADSHEET, _SUBSETS = "cartcohort/spreadsheet.py", "cartcohort/study/subset.py"
_MANIFEST = "cartcohort/render/manifest.py"


REMOVALS = [
    Removal(
        "text that starts like a formula gets an apostrophe",
        _SPREADSHEET,
        '    return f"\'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell\n',
        "    return cell\n",
        (*_FORMULA, *_NO_CELL),
    ),
    Removal(
        "a carriage return ends no line of a CSV",
        _SPREADSHEET,
        '        return cell.replace("\\r\\n", "\\n").replace("\\r", "\\n") if isinstance(cell, str) else cell\n',
        "        return cell\n",
        _FORMULA,
        by="Error",
    ),
    Removal(
        "a tag of YAML means nothing",
        "cartcohort/yaml_text.py",
        "class TextLoader(yaml.BaseLoader):",
        "class TextLoader(yaml.UnsafeLoader):",
        _YAML,
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
        (*_TERMINAL, *_TOLD),
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
