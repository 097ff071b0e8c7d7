"""What a masked run shows in place of what a notebook made: only what was released, everything else withheld.

`cartcohort.estimate.sections.disclosure` says what is released and by which rules. Nothing is hidden by style: an
exhibit of a masked run is made from the released counts, and one that the notebook made from the patients is never
displayed, so that it reaches neither the page nor a file beside it.
"""

from cartcohort.present.disclosure.gate import open_gate

__all__ = ["open_gate"]
