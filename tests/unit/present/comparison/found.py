"""What the renderer finds, made by hand: moves of results, and the CSV of curves."""

from __future__ import annotations

from types import SimpleNamespace

FIELDS = ("estimate", "conf_low", "conf_high", "n", "n_event", "statistic", "df", "p_value", "p_holm", "p_bh")
NOTHING = SimpleNamespace(parameters=(), data=(), versions=(), code=(), sections=(), only_before=(), only_after=())


def record(name, **fields):
    """A record of `results.json`."""
    words = {"label": name.upper(), "unit": "months", "method": "", "note": "", "conf_level": 0.95}
    return {"id": name, "section": name.split("/")[0], **dict.fromkeys(FIELDS), **words, **fields}


def crossing(field="p_value", null=0.05, before="below", after="above", direction="lost"):
    """A conclusion that flipped."""
    return SimpleNamespace(field=field, null=null, before=before, after=after, direction=direction)


def move(before, after, *, name="survival/os/median", shift=None, outside=False, crossings=(), answer="", **fields):
    """A result that moved; `fields` are those that both runs have."""
    old, new = record(name, **fields, **before), record(name, **fields, **after)
    return SimpleNamespace(
        id=name,
        before=old,
        after=new,
        shift=shift,
        outside=outside,
        crossings=crossings,
        answer=answer,
        size=(abs(shift) if shift is not None else -1.0, 0.0),
    )


def flip(*moves):
    """Results that flipped by the same numbers."""
    return SimpleNamespace(moves=moves, direction=moves[0].crossings[0].direction)


def differences(moved=(), flips=(), appeared=(), vanished=(), methods=None, n_compared=10):
    """What differs between the results of two runs."""
    return SimpleNamespace(
        n_compared=n_compared,
        moved=tuple(moved),
        flips=tuple(flips),
        appeared=tuple(appeared),
        vanished=tuple(vanished),
        methods=methods or {},
        n_second_route=0,
    )


def curve_csv(*rows, value="survival", panel=""):
    """The CSV of one curve: rows of time, numbers at risk, events and censored so far, and value."""
    head = f"panel,group,time,n_at_risk,events_so_far,censored_so_far,{value},conf_low,conf_high"
    lines = [",".join([panel, "All", *map(str, row), "", ""]) for row in rows]
    return "\n".join([head, *lines]) + "\n"


FALLING = curve_csv((0.0, 4, 0, 0, 1.0), (2.0, 4, 1, 0, 0.75), (5.0, 3, 2, 0, 0.5), (9.0, 2, 2, 2, 0.5))
STEEPER = curve_csv((0.0, 4, 0, 0, 1.0), (2.0, 4, 2, 0, 0.5), (5.0, 2, 3, 0, 0.25), (8.0, 1, 3, 1, 0.25))
