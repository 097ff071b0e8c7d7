"""Two run folders in, a page and a JSON file out."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from cartcohort.errors import OutputError, UsageError
from cartcohort.present.comparison import present_comparison
from cartcohort.render.compare import compare_runs, name_runs
from cartcohort.render.manifest import Manifest, hash_file, read_manifest, write_manifest
from tests.unit.render.runs import CURVE, make_record, write_run

HOSTILE = "</script><img src=x onerror=alert(1)>&\"'"


@dataclass(frozen=True)
class Pair:
    """Two run folders and the output around them."""

    before: Path
    after: Path
    output: Path

    def compare(self, **options):
        """Compare them."""
        return compare_runs(self.before, self.after, self.output, present=present_comparison, **options)


def median(estimate, **fields):
    return make_record("survival/os/median", estimate=estimate, conf_low=7.5, n=4, n_event=2, **fields)


@pytest.fixture
def pair(tmp_path):
    """Two runs: a median that moved, a p-value that flipped, one result each of its own."""
    kept = make_record("survival/os/same", estimate=1.0)
    before = [median(12.2, p_value=0.04), kept, make_record("survival/os/gone", estimate=1.0)]
    after = [median(9.1, p_value=0.06), kept, make_record("survival/os/new", estimate=0.1 + 0.2)]
    return Pair(
        write_run(tmp_path / "reports/base", before, parameters={"conf_level": 0.95}),
        write_run(
            tmp_path / "reports/early", after, parameters={"conf_level": 0.9}, curve=CURVE.replace("0.75", "0.5")
        ),
        tmp_path / "reports",
    )


def test_a_comparison_is_a_page_and_a_file_of_numbers_in_the_output(pair):
    found = pair.compare()
    assert found.page == pair.output / "comparisons/base--early.html"
    assert found.data == pair.output / "comparisons/base--early.json"
    assert (found.n_compared, found.n_moved, found.n_unseen, found.n_flipped) == (2, 1, 0, 1)
    assert (found.n_appeared, found.n_vanished) == (1, 1)
    assert found.flips == ("SURVIVAL/OS/MEDIAN: p 0.040 → 0.060",)
    assert sorted(path.name for path in found.page.parent.iterdir()) == ["base--early.html", "base--early.json"]


def test_the_file_of_numbers_has_every_digit(pair):
    content = json.loads(pair.compare().data.read_text(encoding="utf-8"))
    assert content["a"]["name"] == "base"
    assert content["b"]["n"] == 4
    assert content["counts"]["moved"] == 1
    assert content["parameters"] == [{"name": "conf_level", "a": 0.95, "b": 0.9}]
    (moved,) = content["moved"]
    assert moved["estimate"] == [12.2, 9.1]
    assert moved["change"] == 9.1 - 12.2
    assert moved["shift"] == (9.1 - 12.2) / (12.2 - 7.5)
    assert moved["printed"] is True
    assert "conf_low" not in moved
    assert content["appeared"][0]["estimate"] == 0.1 + 0.2
    assert content["flipped"][0]["ids"] == ["survival/os/median"]
    assert content["flipped"][0]["crossings"] == [{"of": "p_value", "null": 0.05, "a": "below", "b": "above"}]


def test_the_page_tells_what_differs_and_draws_both_curves(pair):
    page = pair.compare().page.read_text(encoding="utf-8")
    assert "<strong>conf_level 0.95 → 0.9</strong>" in page
    assert "Conclusions that flipped" in page
    assert "Survival &amp; so" in page
    assert page.count('<svg xmlns="http://www.w3.org/2000/svg"') == 1
    assert '<a href="../base/index.html">base</a>' in page
    assert "<td>12.2 (7.5–NR)" in page


def test_the_page_asks_nobody_for_anything_and_names_no_folder_of_the_machine(pair, tmp_path):
    found = pair.compare()
    page = found.page.read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert set(re.findall(r"\w+://[^\s\"]*", page)) == {"http://www.w3.org/2000/svg"}
    assert not re.findall(r"\s(?:src|href)=\"(?![#.]|base--early|data:)", page)
    for text in (page, found.data.read_text(encoding="utf-8")):
        assert str(tmp_path) not in text
        assert str(tmp_path.parent) not in text


def test_equal_runs_give_equal_bytes_wherever_they_lie(pair, tmp_path):
    first = pair.compare()
    written = [path.read_bytes() for path in (first.page, first.data)]
    pair.output.rename(tmp_path / "moved")
    root = tmp_path / "moved"
    second = Pair(root / "base", root / "early", root).compare()
    assert [path.read_bytes() for path in (second.page, second.data)] == written


def test_runs_of_the_same_numbers_say_that_nothing_moved(tmp_path):
    runs = [write_run(tmp_path / name, [median(12.2)]) for name in ("a", "b")]
    found = Pair(*runs, tmp_path).compare()
    assert (found.n_moved, found.n_flipped, found.flips) == (0, 0, ())
    page = found.page.read_text(encoding="utf-8")
    assert "Nothing moved" in page
    assert "Nothing: the same parameters, data, code and versions." in page
    assert "<svg" not in page
    assert found.describe().splitlines()[2:4] == [
        "Nothing moved: all 1 results are the same.",
        "No conclusion flipped.",
    ]


def test_the_summary_names_what_flipped_and_where_the_page_lies(pair):
    lines = pair.compare().describe().splitlines()
    assert lines == [
        "A: base",
        "B: early",
        "1 of 2 results moved, 1 appeared, 1 vanished.",
        "1 conclusion flipped:",
        "  SURVIVAL/OS/MEDIAN: p 0.040 → 0.060",
        "",
        f"Comparison: {pair.output / 'comparisons/base--early.html'}",
    ]


@pytest.mark.parametrize("synthetic", [(True, False), (False, True), (False, False)])
def test_either_run_of_made_up_data_makes_the_page_say_so(tmp_path, synthetic):
    runs = [
        write_run(tmp_path / name, [median(1.0)], synthetic=flag) for name, flag in zip("ab", synthetic, strict=True)
    ]
    page = Pair(*runs, tmp_path).compare().page.read_text(encoding="utf-8")
    assert ("SYNTHETIC DATA" in page) == any(synthetic)
    assert page.count(", synthetic</dd>") == sum(synthetic)


def test_runs_of_two_studies_are_warned_of(tmp_path):
    runs = [write_run(tmp_path / name, [median(1.0)], study=f"Study {name}") for name in "ab"]
    page = Pair(*runs, tmp_path).compare().page.read_text(encoding="utf-8")
    assert "The runs are of different studies" in page


def test_a_section_that_one_run_lacks_is_named_and_its_results_are_not_called_vanished(tmp_path):
    safety = make_record("safety/crs/any", estimate=0.5)
    before = write_run(tmp_path / "a", [median(1.0), safety], others={"safety": ""})
    found = Pair(before, write_run(tmp_path / "b", [median(2.0)]), tmp_path).compare()
    assert (found.n_compared, found.n_moved, found.n_vanished) == (1, 1, 0)
    assert "Only A has the section safety; what B lacks is not compared." in found.page.read_text(encoding="utf-8")


def test_a_section_that_failed_is_warned_of(tmp_path):
    before = write_run(tmp_path / "a", [median(1.0)], others={"safety": "KeyError"})
    after = write_run(tmp_path / "b", [median(2.0)], others={"safety": ""})
    page = Pair(before, after, tmp_path).compare().page.read_text(encoding="utf-8")
    assert "In A the section safety failed when last made; what A has of it is of an earlier report." in page


def test_hostile_names_and_texts_are_text(tmp_path):
    texts = {"label": HOSTILE, "note": HOSTILE, "method": HOSTILE, "unit": HOSTILE}
    runs = [
        write_run(
            tmp_path / name,
            [make_record(f"survival/{HOSTILE}/x", **{**texts, "estimate": value}), median(value)],
            parameters={"subset": HOSTILE * (name == "a"), HOSTILE: name},
            study=HOSTILE + name,
            curve=CURVE.replace("All", f'"{HOSTILE.replace(chr(34), chr(34) * 2)}"').replace("0.75", value_text),
        )
        for name, value, value_text in (("a", 1.0, "0.75"), ("b", 2.0, "0.5"))
    ]
    page = Pair(*runs, tmp_path).compare(names=(HOSTILE, "b")).page
    text = page.read_text(encoding="utf-8")
    assert text.count("<svg") == 1
    assert "<img" not in text
    assert text.count("</script>") == 1
    assert page.parent == tmp_path / "comparisons"


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        ("reports/a", "reports/b", ("a", "b")),
        ("x/car1922", "y/car1922", ("x/car1922", "y/car1922")),
        ("x/deep/car", "y/deep/car", ("x/deep/car", "y/deep/car")),
        ("a/", "a/../b", ("a", "b")),
    ],
)
def test_runs_are_called_by_as_much_of_their_folders_as_tells_them_apart(one, other, names):
    assert name_runs(Path(one), Path(other)) == names


@pytest.mark.parametrize(
    ("names", "stem"),
    [
        (("a", "b"), "a--b"),
        (("x/car", "y/car"), "x-car--y-car"),
        (("a--b", "c"), r"a-b-[0-9a-f]{8}--c"),
        (("..", "组"), r"[0-9a-f]{8}--[0-9a-f]{8}"),
        (("a b", "-rf"), r"a-b-[0-9a-f]{8}--rf-[0-9a-f]{8}"),
        (("a/b", "a-b"), r"a-b-[0-9a-f]{8}--a-b"),
        (("same", "same"), r"same--A-[0-9a-f]{8}--same--B-[0-9a-f]{8}|same-A-[0-9a-f]{8}--same-B-[0-9a-f]{8}"),
        (("x" * 300, "y"), rf"{'x' * 80}-[0-9a-f]{{8}}--y"),
    ],
)
def test_names_of_files_are_safe_and_distinct(pair, names, stem):
    assert re.fullmatch(stem, pair.compare(names=names).page.stem)


def damage_results(folder):
    (folder / "results.json").write_text("[]")


def break_results(folder):
    (folder / "results.json").write_text('[{"id": 1}]')
    manifest = read_manifest(folder)
    outputs = {**manifest.outputs, "results.json": hash_file(folder / "results.json")}
    write_manifest(Manifest(manifest.sections, outputs), folder)


@pytest.mark.parametrize(
    ("harm", "where"),
    [
        (damage_results, "results.json is not as it was written"),
        (break_results, "it cannot be read"),
        (lambda folder: (folder / "results.json").unlink(), "results.json is missing"),
        (lambda folder: (folder / "manifest.json").unlink(), "manifest.json is missing"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "manifest.json cannot be read"),
        (lambda folder: (folder / "manifest.json").write_text('{"sections": {}, "outputs": {}}'), "names no results"),
        (lambda folder: (folder / "figures/survival-os.csv").write_text("x"), "survival-os.csv is not as it was"),
        (lambda folder: (folder / "notebooks/survival.ipynb").unlink(), "it cannot be read"),
    ],
)
def test_a_damaged_run_is_refused_with_the_remedy(pair, harm, where):
    harm(pair.after)
    with pytest.raises(UsageError) as caught:
        pair.compare()
    assert "The run is damaged." in str(caught.value)
    assert str(pair.after) in str(caught.value)
    assert where in str(caught.value)
    assert "--force" in str(caught.value)
    assert not (pair.output / "comparisons").exists()


def test_folders_that_are_no_runs_are_all_named_at_once(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError) as caught:
        Pair(tmp_path / "nowhere", tmp_path / "empty", tmp_path).compare()
    assert "There is no such run folder." in str(caught.value)
    assert "The folder is no run." in str(caught.value)
    assert len(caught.value.problems) == 2


def test_a_file_is_no_run(pair):
    file = pair.output / "file"
    file.touch()
    with pytest.raises(UsageError, match="The run is not a folder"):
        Pair(file, pair.after, pair.output).compare()


def test_a_run_is_not_compared_with_itself(pair):
    with pytest.raises(UsageError, match="compared with itself"):
        Pair(pair.before, pair.before / ".." / "base", pair.output).compare()


def test_an_output_that_cannot_be_written_is_an_error_of_its_own(pair):
    (pair.output / "comparisons").touch()
    with pytest.raises(OutputError, match="is no folder"):
        pair.compare()


def test_what_is_written_replaces_what_was_there_whole(pair, monkeypatch):
    first = pair.compare()
    before = first.page.read_bytes()

    def fail(self, *args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", fail)
    with pytest.raises(OutputError, match="No space left"):
        pair.compare()
    monkeypatch.undo()
    assert first.page.read_bytes() == before
    assert sorted(path.name for path in pair.output.iterdir() if path.is_dir()) == ["base", "comparisons", "early"]
