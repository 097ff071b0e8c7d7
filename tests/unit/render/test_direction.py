import pytest

from cartcohort.render.direction import isolate_names


@pytest.mark.parametrize(
    ("text", "isolated"),
    [
        ("<td>בית חולים 1</td>", "<td><bdi>בית חולים</bdi> 1</td>"),
        ("<p>מרכז, 3 שם 3/9 (33%)</p>", "<p><bdi>מרכז, 3 שם</bdi> 3/9 (33%)</p>"),
        ("<p>مستشفى (٢) vs בית</p>", "<p><bdi>مستشفى (٢)</bdi> vs <bdi>בית</bdi></p>"),
        ("<p>low (בית) and [שם]</p>", "<p>low (<bdi>בית</bdi>) and [<bdi>שם</bdi>]</p>"),
        ("<p>a &amp; ב</p>", "<p>a &amp; <bdi>ב</bdi></p>"),
        ("<td>\U0001e900\U0001e901 3/9</td>", "<td><bdi>\U0001e900\U0001e901</bdi> 3/9</td>"),
        ("<td>a\u200f 3/9</td>", "<td>a<bdi>\u200f</bdi> 3/9</td>"),
    ],
)
def test_a_name_from_right_to_left_is_set_apart_with_what_belongs_to_it(text, isolated):
    assert isolate_names(text) == isolated


@pytest.mark.parametrize(
    "page",
    [
        '<td title="בית">x</td>',
        "<title>בית</title>",
        "<svg><text>בית</text><desc>שם 3</desc></svg>",
        "<pre>בית</pre><script>'בית'</script>",
        "<p>Überlebende, 甲组 und naïve</p>",
    ],
)
def test_what_takes_no_element_and_what_runs_from_left_to_right_stays_as_it_is(page):
    assert isolate_names(page) == page


@pytest.mark.parametrize("place", ["<td>{}</td>", '<td title="{}">x</td>', "<title>{}</title>", "<pre>{}</pre>"])
@pytest.mark.parametrize("sign", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_a_sign_that_turns_what_follows_is_shown_wherever_it_stands(place, sign):
    assert isolate_names(place.format(f"a{sign}b 33%")) == place.format(f"a\\u{ord(sign):04x}b 33%")
