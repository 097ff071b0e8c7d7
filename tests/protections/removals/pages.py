"""Text is text, and pages talk to nobody."""

from tests.protections.removal import Removal

_OFFLINE = ("test_a_page_opens_offline_without_a_word_to_anyone",)
_OFFLINE_COMPARED = ("test_the_page_opens_offline_without_a_word_to_anyone",)
_POLICY = ("test_the_policy_permits_the_pages_own_script_and_no_other",)
_SMUGGLED = ("test_a_script_smuggled_into_an_output_does_not_run",)
_FOREIGN = ("test_foreign_and_hostile_names_are_text",)
_HOSTILE = ("test_no_page_runs_loads_or_asks_anything", "test_every_place_comes_out_as_the_text_that_it_is")
_TABLES = ("test_hostile_text_is_escaped_wherever_it_stands",)
_COMPARED = ("test_hostile_texts_are_escaped_everywhere",)
_FRAME = "cartcohort/render/templates/cartreport/frame.html.j2"
_WRITER, _SUBSETS = "cartcohort/present/tables/writer.py", "cartcohort/study/subset.py"
_MOVES = "cartcohort/present/comparison/tables.py"
_EXHIBITS = "cartcohort/present/comparison/exhibits.py"


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
        (*_FOREIGN, *_HOSTILE),
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
        "<caption>{as_html(caption)}</caption>",
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
        '"<br>".join(as_html(line) for line',
        '"<br>".join(line for line',
        _TABLES,
    ),
    Removal("the heading of rows is escaped", _WRITER, "{as_html(heading.text)}", "{heading.text}", _TABLES),
    Removal(
        "the text of a cell is escaped", _WRITER, "    text = as_html(cell.text)\n", "    text = cell.text\n", _TABLES
    ),
    Removal(
        "the notes below a table are escaped",
        _WRITER,
        "    parts = [as_html(note) for note in notes]\n",
        "    parts = [*notes]\n",
        _TABLES,
    ),
    Removal("footnotes are escaped", _WRITER, "{as_html(text.rstrip('.'))}.\"", "{text.rstrip('.')}.\"", _TABLES),
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
]
