"""What the project says where something cannot be used."""


class InputError(ValueError):
    """What a person gave cannot be used. The message is one sentence: what was expected, what came, what to do."""
