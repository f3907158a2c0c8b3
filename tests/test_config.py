"""What ships beside the source: the server's settings and the lists of packages."""

import re
import tomllib
from pathlib import Path

import pytest
from streamlit import config

PROJECT = Path(__file__).resolve().parent.parent
SHIPPED = tomllib.loads((PROJECT / ".streamlit/config.toml").read_text(encoding="utf-8"))
REQUIRED = {
    "server.address": "127.0.0.1",
    "server.enableCORS": True,
    "server.enableXsrfProtection": True,
    "server.maxUploadSize": 5,
    "server.enableStaticServing": False,
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
}


@pytest.mark.parametrize("option", REQUIRED)
def test_the_server_is_closed_by_default(option: str) -> None:
    section, name = option.split(".")
    assert SHIPPED[section][name] == REQUIRED[option]


def test_only_this_machine_is_an_allowed_host() -> None:
    assert set(SHIPPED["server"]["allowedHosts"]) <= {"localhost", "127.0.0.1", "[::1]"}
    assert SHIPPED["server"]["allowedHosts"], "an empty list allows every host"
    assert "corsAllowedOrigins" not in SHIPPED["server"]


def test_streamlit_knows_every_option() -> None:
    known = set(config.get_config_options())
    given = {f"{section}.{name}" for section, options in SHIPPED.items() for name in flat(options)}
    assert given <= known


def flat(options: dict[str, object], prefix: str = "") -> list[str]:
    """Names of the options of a section, those of its subsections with a dot."""
    names = []
    for name, value in options.items():
        names += flat(value, f"{prefix}{name}.") if isinstance(value, dict) else [prefix + name]
    return names


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_is_pinned(name: str) -> None:
    lines = [line for line in (PROJECT / name).read_text().splitlines() if line and not line.startswith(("#", "-r "))]
    assert lines
    assert not [line for line in lines if not re.fullmatch(r"[A-Za-z0-9_-]+==[0-9.]+", line)]
