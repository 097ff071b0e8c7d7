"""The form that composes another run: what it allows and writes is what the command line takes."""

import re
import shlex

import pytest
from playwright.sync_api import expect

from cartcohort.errors import ParameterError
from cartcohort.parameters import PARAMETERS, check_parameters
from cartcohort.render.assignments import read_parameter_values
from cartcohort.render.notebook import discover_sections
from cartcohort.render.request import check_request
from tests.browser.conftest import ROOT

WRONG = object()
TYPED = {
    "conf_level": {"0.9": 0.9, " .9 ": 0.9, "9e-1": 0.9, "0.5": 0.5, "0.999": 0.999}
    | dict.fromkeys(["1", "0.4", "95%", "0,9", "", "nan", "1e999", "0x1"], WRONG),
    "landmark_days": {"28": [28], "28, 60": [28, 60], "[14,28]": [14, 28], "2e1": [20], "28.0, 60": [28, 60]}
    | dict.fromkeys(["28,,60", "28, 28", "28, 28.0", "-1", "1.5", "a", ""], WRONG),
    "timepoints_months": {"6": [6], "0.1": [0.1], "6, 12.5": [6, 12.5]} | dict.fromkeys(["0", "12 24", "1_0"], WRONG),
    "rmst_months": {"36": 36, "+12": 12} | dict.fromkeys(["0.05", "-3", "twelve"], WRONG),
    "bootstrap_samples": {"20": 20, "10000": 10000} | dict.fromkeys(["19", "10001", "100.5"], WRONG),
    "endpoints": {
        "": None,
        "os": ["os"],
        "os, pfs": ["os", "pfs"],
        '"os", "pfs"': ["os", "pfs"],
        "none, os": ["none", "os"],
        '"1", os': ["1", "os"],
        "a b, c": ["a b", "c"],
        "['os', 'pfs']": ["os", "pfs"],
        "'a, b', it's, 'o''s'": ["a, b", "it's", "o's"],
    }
    | dict.fromkeys(["os, os", '"os', "os, , pfs"], WRONG),
    "subset": {
        "": None,
        "sex == 'male'": "sex == 'male'",
        'sex == "male"': 'sex == "male"',
        "12": "12",
        "none": "none",
        "[sex]": "[sex]",
        "genetic_risk == 'high' # 1: 2": "genetic_risk == 'high' # 1: 2",
        "a\u200bb": WRONG,
        "a\u00a0b": WRONG,
    },
    "factors": {
        "": None,
        "sex": ["sex"],
        '"a, b", sex': ["a, b", "sex"],
        "甲组, sex": ["甲组", "sex"],
        "it's": ["it's"],
        "~, b": ["~", "b"],
        "#, b": ["#", "b"],
        "1, 2": ["1", "2"],
        "no, yes": ["no", "yes"],
    },
}


@pytest.fixture(scope="module")
def sections():
    return {section.name: section for section in discover_sections(ROOT / "notebooks")}


def given_by(command):
    words = shlex.split(command)
    return read_parameter_values(None, [words[at + 1] for at, word in enumerate(words) if word == "-p"])


@pytest.fixture
def form(open_page):
    page = open_page("car1922", "survival")
    return Form(page)


class Form:
    def __init__(self, page):
        self.page = page

    def field(self, name):
        return self.page.locator(f"#rerun-{name}")

    @property
    def command(self):
        return self.page.locator("#rerun-command").text_content()

    @property
    def file(self):
        return self.page.locator("#rerun-file").text_content()

    def wrong(self, name):
        return self.field(name).get_attribute("aria-invalid") == "true"


@pytest.fixture(scope="module")
def readers():
    """A section that reads the parameter, for each."""
    found = {}
    for section in discover_sections(ROOT / "notebooks"):
        for name in section.defaults:
            found.setdefault(name, section.name)
    return found


@pytest.mark.parametrize("name", TYPED)
def test_it_allows_what_the_command_line_allows_and_writes_it_so(open_page, readers, tmp_path, name):
    form = Form(open_page("car1922", readers[name]))
    for text, expected in TYPED[name].items():
        form.field(name).fill(text)
        assert form.wrong(name) == (expected is WRONG), text
        if expected is WRONG:
            assert (form.command, form.file) == ("", "")
            continue
        changed = {} if expected == PARAMETERS[name].default else {name: expected}
        assert check_parameters(given_by(form.command)) == changed, text
        file = tmp_path / "parameters.yaml"
        file.write_text(form.file, encoding="utf-8")
        assert check_parameters(read_parameter_values(str(file), [])) == changed, text


@pytest.mark.parametrize("name", [name for name in TYPED if name not in ("endpoints", "factors", "subset")])
def test_numbers_are_refused_where_the_command_line_refuses_them(name):
    for text, expected in TYPED[name].items():
        value = f"[{text}]" if PARAMETERS[name].many and not text.startswith("[") else text
        try:
            found = check_parameters(read_parameter_values(None, [f"{name}={value}"]))[name]
        except ParameterError:
            found = WRONG
        assert found == expected, text


def test_unchanged_it_asks_for_the_page_itself(form):
    assert form.command == "python run_reports.py --study data/car1922 --section survival"
    assert form.file == (
        "# python run_reports.py --study data/car1922 --section survival --parameters survival.yaml\n"
    )
    expect(form.page.locator(".verdict")).to_have_text("All values are the defaults.")


def test_study_folder_and_pages_go_into_the_command_and_back(form):
    form.field("study").fill("../my study")
    form.field("output").fill("reports/90%")
    form.field("scope").select_option("the whole report")
    form.field("conf_type").select_option("log")
    said = "python run_reports.py --study '../my study' --output reports/90% -p conf_type=log"
    assert form.command == said
    form.page.get_by_role("button", name="Back to the values of this page").click()
    expect(form.page.locator("#rerun-command")).to_have_text(
        "python run_reports.py --study data/car1922 --section survival"
    )
    form.field("study").fill("~/my study")
    assert form.command == "python run_reports.py --study ~/'my study' --section survival"
    form.field("study").fill("-x")
    assert form.wrong("study")
    form.field("study").fill(" ")
    assert form.wrong("study")
    assert form.command == ""


def test_what_contradicts_a_convention_is_refused_as_by_the_command_line(form, sections):
    form.field("convention").select_option("r")
    assert not form.wrong("conf_type")
    form.field("conf_type").select_option("plain")
    assert form.wrong("conf_type")
    expect(form.page.locator("#rerun-conf_type-wrong")).to_contain_text("contradicts the convention r")
    with pytest.raises(ParameterError, match="contradicts"):
        check_request({"convention": "r", "conf_type": "plain"}, [sections["survival"]], [sections["survival"]])
    form.field("conf_type").select_option("log")
    assert given_by(form.command) == {"convention": "r", "conf_type": "log"}


def test_a_flaw_is_told_to_those_who_do_not_see_it_and_stops_the_copy(form):
    form.field("conf_level").fill("2")
    described = form.field("conf_level").get_attribute("aria-describedby").split()
    assert form.page.locator(f"#{described[0]}").text_content() == "conf_level must be a number, 0.5 to 0.999."
    expect(form.page.locator(".verdict")).to_have_text("One value cannot be used; see the marked field.")
    expect(form.page.get_by_role("button", name="Copy command")).to_be_disabled()
    form.field("conf_level").fill("0.9")
    assert form.field("conf_level").get_attribute("aria-describedby") == "rerun-conf_level-help"
    expect(form.page.get_by_role("button", name="Copy command")).to_be_enabled()


def test_a_whole_number_that_a_page_cannot_hold_is_refused_rather_than_rounded(form):
    form.field("landmark_days").fill("9007199254740993")
    assert form.wrong("landmark_days")


def test_a_date_that_is_none_is_refused(form):
    form.field("data_cutoff_date").press_sequentially("02302022")
    form.field("subset").focus()
    assert form.wrong("data_cutoff_date")
    form.field("data_cutoff_date").fill("2022-02-28")
    assert given_by(form.command) == {"data_cutoff_date": "2022-02-28"}


def test_the_command_is_copied_and_the_file_saved(form, tmp_path):
    form.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    form.field("conf_level").fill("0.9")
    form.page.get_by_role("button", name="Copy command").click()
    expect(form.page.locator(".verdict")).to_have_text("Copied.")
    assert form.page.evaluate("navigator.clipboard.readText()") == form.command
    with form.page.expect_download() as download:
        form.page.get_by_role("button", name="Download file of parameters").click()
    assert download.value.suggested_filename == "survival.yaml"
    download.value.save_as(tmp_path / "survival.yaml")
    assert read_parameter_values(str(tmp_path / "survival.yaml"), []) == {"conf_level": 0.9}


def test_a_rerun_starts_from_what_its_page_was_made_with(visit, tmp_path):
    import run_reports

    arguments = ["--study", str(ROOT / "data/car1922"), "--section", "safety", "--output", str(tmp_path)]
    assert run_reports.main([*arguments, "-p", "conf_level=0.9", "-p", "factors=[sex, genetic_risk]"]) == 0
    form = Form(visit(tmp_path / "car1922" / "safety.html"))
    assert form.field("conf_level").input_value() == "0.9"
    assert given_by(form.command) == {"conf_level": 0.9, "factors": ["sex", "genetic_risk"]}
    form.field("conf_level").fill("0.95")
    form.field("factors").fill("")
    assert re.search(r"--section safety$", form.command)


def test_without_its_script_a_page_offers_no_form(browser, runs):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((runs["car1922"] / "safety.html").as_uri())
    expect(page.get_by_role("heading", name="Rerun with other parameters")).to_be_hidden()
    expect(page.get_by_role("link", name="Rerun with other parameters")).to_be_hidden()
    context.close()
