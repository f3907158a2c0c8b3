"""Which channels are robust for which class; what the network is without some; whether something simpler says so."""

from dashboard.frame.page import page
from dashboard.frame.parts import Part
from dashboard.frame.view import Kind
from dashboard.screens.channels import agreement, counted, cutting, flips, strip
from dashboard.screens.channels.settings import TAKES, form, sources

PARTS = (
    Part(name="cutting", title="What is left without them?", draw=cutting.draw, own=("edit",), slide=False),
    Part(name="agreement", title="Does something simpler say the same?", draw=agreement.draw, slide=False),
    Part(name="counted", title="How often is each channel robust?", draw=counted.draw, slide=False),
    Part(name="flips", title="How few channels change the answer?", draw=flips.draw),
)
KIND = Kind(
    name="channels", noun="assignment of", takes=TAKES, form=form, sources=sources,
    live=lambda _: "computed live with the same settings",
)  # fmt: skip
page("channels", strip.draw, parts=PARTS, kind=KIND)
