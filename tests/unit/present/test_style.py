"""How figures look: what has a meaning has one style, and grades are told apart without colour."""

import itertools

from cartcohort.present import style


def luminance(color):
    """The relative luminance of a colour, from 0 for black to 1 for white."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def inverted(color):
    """The colour on a dark page, whose figures are shown with the filter invert(.9) hue-rotate(180deg)."""
    red, green, blue = (0.9 - 0.8 * int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    turned = (
        -0.574 * red + 1.43 * green + 0.144 * blue,
        0.426 * red + 0.43 * green + 0.144 * blue,
        0.426 * red + 1.43 * green - 0.856 * blue,
    )
    return "#" + "".join(f"{round(255 * min(max(part, 0), 1)):02x}" for part in turned)


def test_what_has_a_meaning_looks_the_same_wherever_it_stands():
    no_response, response = style.styles_of(["No response", "Response"])
    assert [response, no_response] == style.styles_of(["Response", "No response"])
    assert style.styles_of(["CRS below grade 3", "CRS grade 3 or higher"]) == style.styles_of(
        ["Below grade 3", "Grade 3 or higher"]
    )
    assert style.styles_of(["Relapse", "Death without relapse"])[0].color == style.mark_styles(["relapse"])[0].color
    assert style.mark_styles(["Death"]) == style.mark_styles(["death"])


def test_groups_without_a_meaning_have_the_styles_of_their_places():
    assert style.styles_of(["low", "Relapse"]) == style.group_styles(2)
    assert style.styles_of(["Relapsed patients"]) == [style.ALL_PATIENTS]


def test_marks_without_a_meaning_are_told_from_those_with_one():
    names = [*style.MARKS, "one", "other"]
    looks = style.mark_styles(names)
    assert len({(look.marker, look.filled) for look in looks}) == len(names)


def test_the_higher_a_grade_the_darker_and_its_number_can_be_read():
    light = [luminance(style.grade_color(grade)) for grade in range(6)]
    assert all(lower - higher > 0.08 for lower, higher in itertools.pairwise(light))
    for color in map(style.grade_color, range(6)):
        number = style.readable_on(color)
        for paper in ((color, number), (inverted(color), inverted(number))):
            lower, higher = sorted(map(luminance, paper))
            assert (higher + 0.05) / (lower + 0.05) >= 4.5


def test_syndromes_differ_without_colour():
    crs, icans = (luminance(color) for color in style.SYNDROMES.values())
    assert crs > 3 * icans


def test_the_green_of_a_response_is_the_last_hue_that_a_level_gets():
    greens = [look.color == style.GOOD for look in style.group_styles(6)]
    assert greens == [False] * 5 + [True]


def test_endpoints_of_all_patients_differ_in_line_style_and_have_no_hue():
    looks = style.styles_of(["OS", "PFS", "EFS", "RFS", "DOR"])
    assert looks[0] == style.ALL_PATIENTS
    assert {look.color for look in looks} == {style.INK, style.MUTED}
    assert len({(look.color, look.dash) for look in looks}) == 5
    assert looks[:2] == style.styles_of(["Overall survival", "Progression-free survival"])


def test_who_came_to_something_later_looks_like_a_responder():
    looks = style.known_later("No transplant", "Transplant")
    assert list(looks.values()) == style.styles_of(["No response", "Response"])
