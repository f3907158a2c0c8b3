"""How an attack is called where people read it, from the label under which it is stored."""

from core.attacks import ATTACKS

WORST = "worst case"
_MASKS = {"random": "random channels", "all": "all channels", "none": "no channels"}


def title_of(label: str) -> str:
    """A label in words: "nrf mask=random" as "NRF (random channels)"; what is no attack's label stays as it is."""
    name, *settings = label.split()
    if name not in ATTACKS:
        return label
    return ATTACKS.title(name) + (f" ({', '.join(map(_setting, settings))})" if settings else "")


def _setting(written: str) -> str:
    name, _, value = written.partition("=")
    return _MASKS.get(value, value) if name == "mask" else f"{name.replace('_', ' ')} {value}"
