"""What the README says is so: links lead somewhere, commands exist and know their options."""

import re
import shlex

import pytest

from core import store
from core.analysis.subjects import EXPERIMENTS
from core.cli import COMMANDS, main

README = (store.PROJECT / "README.md").read_text(encoding="utf-8")
LINKS = re.findall(r"\]\(([^)]+)\)|src=\"([^\"]+)\"", README)
LINES = sorted({line.split("#")[0].strip("` ") for line in re.findall(r"python -m core [^`\n]*", README)})


def test_every_link_leads_to_a_file() -> None:
    links = [link for pair in LINKS for link in pair if link and "://" not in link]
    assert links
    assert not [link for link in links if not (store.PROJECT / link.partition("#")[0]).exists()]


@pytest.mark.parametrize("line", LINES)
def test_every_command_knows_its_options(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(line)[3:]
    if not words or words[0].isupper() or words[0].startswith("-"):
        return  # "python -m core COMMAND", about all of them
    assert words[0] in (*COMMANDS, *EXPERIMENTS)
    with pytest.raises(SystemExit) as left:
        main([words[0], "--help"])
    assert left.value.code == 0
    told = capsys.readouterr().out
    assert not [word for word in words if word.startswith("--") and word.partition("=")[0] not in told]
