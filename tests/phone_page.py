"""A module of the phone's page, run by Node without a browser."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from studio.core.streams import child_environment
from tests.node import node_program

WEB = Path(__file__).parents[1] / "studio" / "remote" / "web"

# What a script imports from STAGE: `ranked(role)` answers isAtLeast; a page without a browser is
# `element` (what it was given stands in `inner`) and `section`; `run` notes commands in `said`.
STAGE = """
const RANKS = ["viewer", "streamer", "controller", "technician", "owner"];
export const ranked = (role) => (least) => RANKS.indexOf(role) >= RANKS.indexOf(least);
export const element = (tag, props = {}, ...inner) => ({ tag, ...props, inner,
  append(...more) { this.inner.push(...more); },
  replaceChildren(...more) { this.inner = more; } });
export const section = element("section"), said = [];
export const run = (command, data) => said.push([command, data]);
"""


def run_page(name: str, page: str, state: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What a script that draws a part of the page says, as JSON.

    Args:
        name: of the module in the web folder ("post").
        page: the script; PATH stands for the module, STAGE for what all scripts share.
        state: given to it as its first argument.
        folder: for both.
    """
    module, script = folder / f"{name}.mjs", folder / "page.mjs"
    module.write_text((WEB / f"{name}.js").read_text(encoding="utf-8"), encoding="utf-8")
    stage = folder / "stage.mjs"
    stage.write_text(STAGE, encoding="utf-8")
    page = page.replace('"PATH"', f'"{module}"').replace('"STAGE"', f'"{stage}"')
    script.write_text(page, encoding="utf-8")
    done = subprocess.run(
        [node_program(), str(script), json.dumps(state)], capture_output=True, text=True,
        timeout=60, encoding="utf-8", env=child_environment(), check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said
