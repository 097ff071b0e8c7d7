import getpass
import sys
from pathlib import Path

import nbformat

from cartcohort.render.hide import hide_machine
from cartcohort.render.tidy import tidy_notebook


def executed():
    cell = nbformat.v4.new_code_cell("1", execution_count=1)
    cell.metadata["papermill"] = {"duration": 0.1}
    cell.metadata["execution"] = {"iopub.status.busy": "2024-01-01"}
    cell.metadata["tags"] = ["show"]
    cell.outputs = [
        nbformat.v4.new_output("stream", name="stderr", text=f"{sys.prefix}/x.py:1: UserWarning\n"),
        nbformat.v4.new_output(
            "display_data", data={"text/plain": "<A at 0x7f00aa11bb22>", "text/html": "<p>0x1</p>"}
        ),
    ]
    notebook = nbformat.v4.new_notebook(cells=[cell, nbformat.v4.new_markdown_cell("text")])
    notebook.metadata["papermill"] = {"input_path": "/somewhere"}
    notebook.metadata["cartcohort"] = {"order": 1}
    return notebook


def test_two_executions_become_the_same_notebook():
    first, second = executed(), executed()
    assert first != second  # cell ids are random
    tidy_notebook(first, [])
    tidy_notebook(second, [])
    assert first == second
    assert [cell.id for cell in first.cells] == ["cell-1", "cell-2"]


def test_times_and_papermills_notes_go_and_the_rest_stays():
    notebook = executed()
    tidy_notebook(notebook, [])
    assert notebook.metadata == {"cartcohort": {"order": 1}}
    assert notebook.cells[0].metadata == {"tags": ["show"]}
    stream, shown = notebook.cells[0].outputs
    assert stream.text == "x.py:1: UserWarning\n"
    assert shown.data == {"text/plain": "<A at 0x...>", "text/html": "<p>0x1</p>"}


def test_folders_of_the_run_the_user_and_python_are_hidden():
    run = Path("/data/secret/place")
    library = next(path for path in sys.path if path.endswith("site-packages"))
    text = f"{run}/study/x.csv {run} {library}/numpy/core.py {Path.home()}/notes /data/secret/placebo"
    hidden = hide_machine(text, [run])
    assert hidden == "study/x.csv ... numpy/core.py notes /data/secret/placebo"


def test_folders_that_the_environment_names_are_hidden_but_not_those_of_every_system(environment):
    environment("PYTHONPATH", "/secret/lib/:/secret/more")
    environment("SOMETHING", "/usr/share/dict")
    environment("DATABASE", "postgresql://somebody/else")
    text = "['/secret/lib', '/secret/more/x.py'] /usr/share/dict/words http://somebody/else"
    assert hide_machine(text, []) == "['...', 'x.py'] /usr/share/dict/words http://somebody/else"


def test_folders_are_hidden_in_all_that_a_cell_shows_but_never_in_pictures():
    data = {
        "text/html": "<td>/data/secret/a.csv</td>",
        "image/svg+xml": "<text>/data/secret</text>",
        "application/vnd.cartcohort.table+json": {"id": "x", "csv": ["in /data/secret/b.csv", 1]},
        "image/png": "iVBO/data/secret/w0KGgo=",
    }
    cell = nbformat.v4.new_code_cell("1", outputs=[nbformat.v4.new_output("display_data", data=data)])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    tidy_notebook(notebook, [Path("/data/secret")])
    assert notebook.cells[0].outputs[0].data == {
        "text/html": "<td>a.csv</td>",
        "image/svg+xml": "<text>...</text>",
        "application/vnd.cartcohort.table+json": {"id": "x", "csv": ["in b.csv", 1]},
        "image/png": "iVBO/data/secret/w0KGgo=",
    }


def test_the_file_of_a_cell_colours_and_addresses_are_hidden():
    text = "/tmp/ipykernel_4711/123.py:1: \x1b[31mWarning\x1b[0m <f at 0x7ffabc123456> 0x10"
    assert hide_machine(text, []) == "<cell>:1: Warning <f at 0x...> 0x10"


def test_ordinary_text_is_left_alone():
    text = f"n = 3/4 (75.0%), see https://example.org/usr/lib, {getpass.getuser()}-like words"
    assert hide_machine(text, []) == text


def test_what_a_cell_printed_is_joined_as_a_terminal_shows_it():
    pieces = [("stderr", "late"), ("stdout", "10%\r"), ("stdout", "100%\nnext"), ("stdout", " line\r\n")]
    cell = nbformat.v4.new_code_cell(
        "1", outputs=[nbformat.v4.new_output("stream", name=name, text=text) for name, text in pieces]
    )
    notebook = nbformat.v4.new_notebook(cells=[cell])
    tidy_notebook(notebook, [])
    assert [(one.name, one.text) for one in notebook.cells[0].outputs] == [
        ("stdout", "100%\nnext line\r\n"),
        ("stderr", "late"),
    ]


def test_a_long_line_is_joined_in_one_go():
    cell = nbformat.v4.new_code_cell(
        "1", outputs=[nbformat.v4.new_output("stream", name="stdout", text=1_000_000 * "x") for _ in range(3)]
    )
    notebook = nbformat.v4.new_notebook(cells=[cell])
    tidy_notebook(notebook, [])
    assert [len(one.text) for one in notebook.cells[0].outputs] == [3_000_000]


def test_a_long_word_is_searched_in_one_go():
    word = 1_000_000 * "x"  # every start of the name of a cell's file would be looked for from every letter
    assert hide_machine(word, []) == word
