"""Writes the page of pictures that differ at the end of a run."""

from __future__ import annotations

import pytest

from tests.golden.kept import write_page


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says where the page is."""
    page = write_page()
    if page is not None:
        terminalreporter.write_line(f"golden pictures: {page}")
