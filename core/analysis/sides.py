"""What channels a prediction is read from, as tables name it; `core.look.SIDES` has its word, glyph and symbol."""

SIDES = ("robust", "nonrobust")
READERS = ("all", *SIDES)
