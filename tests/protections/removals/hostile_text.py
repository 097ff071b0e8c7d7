"""Text is text: what hostile text may not do on pages, in files, in commands and in expressions."""

from tests.protections.removal import Removal

_NO_REQUEST = ("test_no_page_runs_loads_or_asks_anything",)
_FIGURES = ("test_figures_opened_as_files_are_drawings_and_nothing_else",)
_PRINTED = ("test_a_printed_page_holds_text_and_leads_nowhere",)
_WORD = ("test_a_word_document_holds_text_and_refers_to_nothing_outside",)
_NOTEBOOK = ("test_in_a_notebook_opened_elsewhere_every_output_is_text",)
_NO_FORMULA = ("test_no_formula_begins_in_what_a_notebook_shows",)
_ORDER = ("test_nothing_turns_the_order_of_what_stands_around_it",)
_WIDTH = ("test_no_word_however_long_makes_a_page_wider_than_a_phone",)
_NAMES = ("test_the_names_of_levels_and_terms_change_nothing_else",)
_PACKAGE = ("test_an_adam_package_gives_back_what_the_study_says",)
_FORM = ("test_what_the_form_writes_gives_back_to_a_shell_and_to_yaml_what_was_typed",)
_COMMAND = ("test_the_command_at_the_foot_of_a_page_gives_back_every_value",)
_PROPOSED = ("test_names_values_and_reasons_cannot_break_out_of_their_lines",)
_TYPED = ("test_whatever_is_typed_is_an_answer_or_told_and_runs_nothing",)
_SAME_ROWS = ("test_a_small_evaluator_keeps_the_same_rows",)
_SCENARIOS = ("test_scenarios_whose_values_would_fill_any_memory_are_refused",)
_DISPLAY, _LINES = "cartcohort/present/display.py", "cartcohort/study/suggest/lines.py"
_SUBSETS, _ORIGIN = "cartcohort/study/subset.py", "cartcohort/render/origin.py"

REMOVALS = [
    Removal(
        "what a notebook shows is escaped",
        _DISPLAY,
        'r"<span>\\g<0></span>", escape(text))',
        'r"<span>\\g<0></span>", text)',
        (*_NOTEBOOK, *_PRINTED, *_NO_REQUEST),
    ),
    Removal(
        "no dollar or backslash begins a formula",
        _DISPLAY,
        '    return _OF_FORMULAS.sub(r"<span>\\g<0></span>", escape(text))\n',
        "    return escape(text)\n",
        _NO_FORMULA,
    ),
    Removal(
        "signs that order text are shown",
        "cartcohort/harmless.py",
        '    return _ORDERING.sub(lambda sign: f"{backslash}u{ord(sign[0]):04x}", text)\n',
        "    return text\n",
        (*_ORDER, *_WORD),
    ),
    Removal(
        "a long word is broken",
        "cartcohort/render/templates/cartreport/page.css",
        "  overflow-wrap: break-word;\n",
        "",
        _WIDTH,
    ),
    Removal(
        "a figure holds nothing but its drawing",
        "cartcohort/present/figures/svg.py",
        '        if child.tag in ("metadata", "style") or empty:\n',
        "        if empty:\n",
        _FIGURES,
    ),
    Removal(
        "a level's name is all that follows its prefix",
        "cartcohort/present/sections/naming.py",
        "    return {name.removeprefix(start): result for name",
        '    return {name.removeprefix(start).split("/")[0]: result for name',
        _NAMES,
    ),
    Removal(
        "an ADaM package holds texts as they are",
        "cartcohort/study/adam_export/dataset.py",
        'if values.dtype.kind == "M" else values.to_numpy()\n',
        'if values.dtype.kind == "M" else values.replace(r"^(?=[=+@-])", "\'", regex=True).to_numpy()\n',
        _PACKAGE,
    ),
    Removal(
        "the form quotes for a shell",
        "cartcohort/render/templates/cartreport/rerun.js",
        "`'${word.replaceAll(\"'\", `'\"'\"'`)}'`",
        "`'${word}'`",
        _FORM,
        by="CalledProcessError",
    ),
    Removal(
        "the command at the foot of a page is quoted for a shell",
        _ORIGIN,
        "shlex.join(words)",
        '" ".join(words)',
        _COMMAND,
        by="CartCohortError",
    ),
    Removal(
        "its values are written as YAML reads them",
        _ORIGIN,
        "    return value if plain else write_plain(value)\n",
        "    return str(value)\n",
        _COMMAND,
        by="CartCohortError",
    ),
    Removal(
        "names and values that are proposed are in quotation marks",
        _LINES,
        "    return text if plain else write_plain(text)\n",
        "    return text\n",
        _PROPOSED,
        by="Exception",
    ),
    Removal(
        "reasons that are proposed stay in their line",
        _LINES,
        'f"# {printable(item.reason)}"',
        'f"# {item.reason}"',
        _PROPOSED,
        by="Exception",
    ),
    Removal(
        "what is typed is read and not evaluated",
        _SUBSETS,
        '            tree = ast.parse(plain, mode="eval").body\n',
        '            tree = ast.parse(plain, mode="eval").body\n'
        "            isinstance(tree, ast.Constant | ast.Name) and eval(plain)\n",
        _TYPED,
    ),
    Removal(
        "what is compared with a missing value is unknown",
        _SUBSETS,
        '.astype("boolean").where(known)\n',
        '.astype("boolean")\n',
        _SAME_ROWS,
    ),
    Removal(
        "named parts of YAML repeat each other within bounds",
        "cartcohort/yaml_text.py",
        "        if node is not None and _measure(node, sizes) - len(sizes) > _MOST_REPEATED:\n",
        "        if False:\n",
        _SCENARIOS,
    ),
]
