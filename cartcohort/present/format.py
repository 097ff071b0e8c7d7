"""Number to text: the only rounding in the project.

Rounding is half away from zero on the shortest decimal that names the float, so that 12.25 prints as 12.3 and
0.285 as 28.5%, as a reader with a pencil would have it. Typographic characters are chosen here and nowhere else.
"""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal

from cartcohort.estimate.results import NO_EVENT_BY_THEN, Result

MINUS = "\u2212"
EN_DASH = "\u2013"
THIN_SPACE = "\u202f"
"""Narrow no-break space: groups the digits of numbers of five digits and more."""
NO_BREAK_SPACE = "\u00a0"
NOT_REACHED = "NR"
NOT_ESTIMABLE = "NE"

_COUNT = re.compile(r"(?<!seed )(?<![\d.\w-])\d{5,}(?![\d.\w-]*\d)")
_STATISTIC = re.compile(r"\b(?:[pn] [=<>]|s?HR) (?=[<>]?\d)")
_WIDE = Context(prec=400)  # room for every digit of the largest float

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

_TIME_UNITS = ("months", "days", "years")
_COUNT_UNITS = ("patients", "events")


def format_number(value: float | int | None, *, decimals: int = 1) -> str:
    """Return a number with a fixed number of decimals, or "NE" where there is none.

    Parameters
    ----------
    value : float, int or None
        NaN and infinities count as None.
    decimals : int
        Digits after the point, at least 0.

    Notes
    -----
    Never "-0.0"; a minus sign, not a hyphen; thin spaces between thousands from 10,000.
    """
    number = _decimal(value)
    return NOT_ESTIMABLE if number is None else _written(number, decimals)


def format_percent(proportion: float | None, *, decimals: int = 1) -> str:
    """Return a proportion in [0, 1] (or a difference of two) as a percentage, "77.1%"; "NE" where there is none."""
    number = _decimal(proportion)
    return NOT_ESTIMABLE if number is None else f"{_written(number * 100, decimals)}%"


def format_count(n_event: int, n: int) -> str:
    """Return "27/35 (77.1%)"; with an empty denominator "0/0 (NE)"."""
    return f"{format_whole(n_event)}/{format_whole(n)} ({_share(n_event, n)})"


def format_n_percent(n_event: int, n: int) -> str:
    """Return "27 (77.1%)", for a column whose denominator stands in its heading."""
    return f"{format_whole(n_event)} ({_share(n_event, n)})"


def format_whole(value: float | int | None) -> str:
    """Return a count, "27" or "100 000" with a thin space; "NE" where there is none."""
    return format_number(value, decimals=0)


def format_months(value: float | None) -> str:
    """Return a time in months with one decimal."""
    return format_number(value, decimals=1)


def format_days(value: float | None) -> str:
    """Return a time in days, with one decimal only where it is no whole number."""
    number = _decimal(value)
    whole = number is None or number == number.to_integral_value()
    return format_number(value, decimals=0 if whole else 1)


def format_ratio(value: float | None) -> str:
    """Return a hazard or odds ratio: two decimals, fewer from 10 on.

    Examples: 2.34, 0.05, 12.5, 843, "<0.01", ">9999".
    """
    number = _decimal(value)
    if number is None:
        return NOT_ESTIMABLE
    if 0 < number < Decimal("0.01"):
        return "<0.01"
    if number > 9999:
        return ">9999"
    small_enough = [decimals for decimals, bound in ((2, 10), (1, 100)) if _rounded(number, decimals) < bound]
    return _written(number, next(iter(small_enough), 0))


def format_measured(value: float | None, *, round_whole: bool = True) -> str:
    """Return a measured value with at most three significant digits: 0.005, 1.23, 12, 123, 12 300.

    Without `round_whole` no digit before the point is rounded away, as of a cut that patients were parted by.
    """
    number = _decimal(value)
    if number is None:
        return NOT_ESTIMABLE
    return _written(number if number else Decimal(0), _measured_decimals(number, round_whole=round_whole))


def format_measured_together(*values: float | None) -> list[str]:
    """Return measured values of one cell with the same decimals, "57.5", "4.0" and "92.3".

    Where one reaches 100, and so has none, or they are too far apart, such as 0.005 and 15.1, each keeps its own.
    """
    known = [number for number in map(_decimal, values) if number]
    largest = max((number.adjusted() for number in known), default=2)
    shared = min(2 - largest, max(map(_measured_decimals, known), default=0))
    if largest >= 2 or max(-number.adjusted() for number in known) > shared:
        return [format_measured(value) for value in values]
    return [format_number(value, decimals=shared) for value in values]


def format_quartiles(median: float, low: float, high: float, *, n: int) -> str:
    """Return measured quartiles as "7 (5–9)"; of a single value that alone."""
    middle, lower, upper = format_measured_together(median, low, high)
    return middle if n == 1 else f"{middle} ({lower}{EN_DASH}{upper})"


def format_power(value: float | None) -> str:
    """Return a number that may be very small with one significant digit, as "3 × 10⁻¹²"; 0 is "0"."""
    number = _decimal(value)
    if number is None:
        return NOT_ESTIMABLE
    if not number:
        return "0"
    exponent = number.adjusted()
    exponent += _rounded(number.scaleb(-exponent), 0).adjusted()  # 9.6 is carried into the next power
    return f"{_written(number.scaleb(-exponent), 0)} × 10{str(exponent).translate(_SUPERSCRIPTS)}"


def format_p(p: float | None, *, p_style: str = "journal") -> str:
    """Return a p-value: "0.034", "0.0021", "<0.0001", ">0.99"; "NE" where there is none.

    Parameters
    ----------
    p : float or None
        In [0, 1].
    p_style : {"journal", "four_decimals"}
        Two significant digits, or always four decimals ("0.0344", "<0.0001", ">0.9999").

    Notes
    -----
    Never "0.0000" or "1.00". A p-value just under 0.05 keeps as many digits as it takes to be read so (0.0496, not
    0.050), as the AMA Manual of Style asks.
    """
    number = _decimal(p)
    if number is None:
        return NOT_ESTIMABLE
    if number < Decimal("0.0001"):
        return "<0.0001"
    limit = Decimal("0.9999" if p_style == "four_decimals" else "0.99")
    if number > limit:
        return f">{limit}"
    text = _written(number, 4) if p_style == "four_decimals" else _significant(number, 2)
    return _below_five_percent(number, text) if number < Decimal("0.05") <= Decimal(text) else text


def format_p_clause(p: float | None, *, p_style: str = "journal") -> str:
    """Return "p = 0.034" or "p < 0.0001", and "p not estimable" where there is none."""
    text = format_p(p, p_style=p_style)
    if text == NOT_ESTIMABLE:
        return "p not estimable"
    return f"p {text[0]} {text[1:]}" if text[0] in "<>" else f"p = {text}"


def format_value(value: float | None, unit: str) -> str:
    """Return a number as its unit asks: percent for proportions, one decimal for months, two for ratios."""
    if unit == "proportion":
        return format_percent(value)
    if unit == "p-value":
        return format_p(value)
    if unit == "days":
        return format_days(value)
    if unit in _COUNT_UNITS:
        return format_whole(value)
    if unit in _TIME_UNITS or unit == "%":
        return format_number(value, decimals=1)
    if unit.endswith("ratio"):
        return format_ratio(value)
    return format_number(value, decimals=2)


def format_estimate(result: Result) -> str:
    """Return the point estimate as its unit asks; "NR" for a time not reached, "NE" for one not estimable."""
    if result.estimate is None:
        return NOT_REACHED if "not reached" in result.note else NOT_ESTIMABLE
    return format_value(result.estimate, result.unit)


def format_limits(result: Result, *, between: str = " to ") -> str:
    """Return the confidence limits, "7.5 to NR"; empty where the result has none by design (no `conf_level`).

    "NE" alone where there is an estimate but neither limit (a survival of 0).
    """
    if result.conf_level is None:
        return ""
    if result.estimate is not None and result.conf_low is None and result.conf_high is None:
        return NOT_ESTIMABLE
    low, high = (_limit(value, result) for value in (result.conf_low, result.conf_high))
    signed = MINUS in low + high
    return f"{low}{' to ' if signed else between}{high}"


def format_interval(result: Result) -> str:
    """Return estimate and limits as in a table's cell, "12.2 (7.5–NR)"; "NE" alone where nothing is estimable."""
    estimate = format_estimate(result)
    no_limits = result.conf_low is None and result.conf_high is None
    if result.conf_level is None or (no_limits and result.estimate is None):
        return estimate
    return f"{estimate} ({format_limits(result, between=EN_DASH)})"


def format_interval_clause(result: Result) -> str:
    """Return the limits as in a sentence, "(95% CI, 7.5 to NR)"; empty where the result has none by design.

    Those of a curve without an event are marked, "(95% CI, 73.5% to 100.0%; exact, no event)".
    """
    limits = format_limits(result)
    between = " " if limits == NOT_ESTIMABLE else ", "
    words = "not estimable" if limits == NOT_ESTIMABLE else limits
    remark = "; exact, no event" if NO_EVENT_BY_THEN in result.note else ""
    return f"({format_conf_level(result.conf_level)} CI{between}{words}{remark})" if limits else ""


def format_conf_level(conf_level: float | None) -> str:
    """Return "95%", or "99.9%" where the level needs the decimal."""
    number = _decimal(conf_level)
    if number is None:
        return ""
    percent = (number * 100).normalize()
    return f"{percent:f}%"


def format_range(low: float | None, high: float | None, *, unit: str = "months", between: str = EN_DASH) -> str:
    """Return "0.3–59.5", or the one value of two that print alike; with "to" beside a minus sign."""
    low_text, high_text = format_value(low, unit), format_value(high, unit)
    if low_text == high_text:
        return low_text
    return f"{low_text}{' to ' if MINUS in low_text + high_text else between}{high_text}"


def format_like(value: float | None, pattern: str) -> str:
    """Return a number in the digits of a published one, as percent where it is one.

    Parameters
    ----------
    value : float or None
        Full precision; a proportion where the pattern is a percentage.
    pattern : str
        The published text, such as "12.2", "77.1 %", "27".
    """
    number = _decimal(value)
    if number is None:
        return NOT_ESTIMABLE
    digits = pattern.strip().rstrip("%").strip()
    percent = "%" if "%" in pattern else ""
    number = number * 100 if percent else number
    return f"{_written(number, len(digits.partition('.')[2]))}{percent}"


def group_digits(text: str) -> str:
    """Return a text made elsewhere with the digits of its counts grouped, "10 000 permutations"; a seed stays."""
    return _COUNT.sub(lambda found: format_whole(int(found[0])), text)


def bind_statistics(text: str) -> str:
    """Return a sentence whose lines do not break within "p = 0.034", "n = 35" or "HR 2.93"."""
    return _STATISTIC.sub(lambda found: found[0].replace(" ", NO_BREAK_SPACE), text)


def shorten_number(value: float) -> float:
    """Return a number with seven significant digits, for the many points of a curve; NaN stays NaN."""
    return float(f"{value:.7g}")


def shorten_months(time: float) -> float:
    """Return a time in thousandths of a month, of which a day has 33."""
    return round(float(time), 3)


def _limit(value: float | None, result: Result) -> str:
    if value is not None:
        return format_value(value, result.unit)
    return NOT_REACHED if result.unit in _TIME_UNITS and "not estimable" not in result.note else NOT_ESTIMABLE


def _share(n_event: int, n: int) -> str:
    if not n:
        return NOT_ESTIMABLE
    return f"{_written(Decimal(int(n_event)) * 100 / Decimal(int(n)), 1)}%"


def _decimal(value: float | int | None) -> Decimal | None:
    """Return the shortest decimal that names the float; None for None, NaN, NA and infinities."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return Decimal(repr(number)) if math.isfinite(number) else None


def _rounded(number: Decimal, decimals: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=_WIDE)


def _written(number: Decimal, decimals: int) -> str:
    rounded = _rounded(number, decimals)
    sign = MINUS if rounded < 0 else ""
    whole, point, fraction = f"{abs(rounded):f}".partition(".")
    if len(whole) > 4:
        whole = f"{int(whole):,}".replace(",", THIN_SPACE)
    return f"{sign}{whole}{point}{fraction}"


def _significant(number: Decimal, digits: int) -> str:
    """Round to significant digits, again where rounding carried into the next power of ten (0.0996 is 0.10)."""
    decimals = digits - 1 - number.adjusted()
    carried = digits - 1 - _rounded(number, decimals).adjusted()
    return _written(number, max(min(decimals, carried), 0))


def _measured_decimals(number: Decimal, *, round_whole: bool = True) -> int:
    """Return the decimals of three significant digits without trailing zeros, below 0 for thousands."""
    if not number:
        return 0
    decimals = 2 - _rounded(number, 2 - number.adjusted()).adjusted()
    if decimals <= 0:
        return decimals if round_whole else 0
    exponent = _rounded(number, decimals).normalize().as_tuple().exponent
    return max(-int(exponent), 0)


def _below_five_percent(number: Decimal, text: str) -> str:
    """Add digits to a p-value below 0.05 until its text is below 0.05 too."""
    decimals = len(text.partition(".")[2])
    while Decimal(text) >= Decimal("0.05"):
        decimals += 1
        text = _written(number, decimals)
    return text
