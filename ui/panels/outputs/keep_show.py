"""Before one goes live with the demo show: it is saved as a show of one's own, in one click."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from ui.client import Reply
from ui.desk import Desk
from ui.i18n import t
from ui.widgets.pop_form import PopForm


def own_show_first(desk: Desk, at: QWidget, then: Callable[[], object]) -> PopForm | None:
    """Does ``then`` at once with a show of one's own; with the demo, after it has been saved.

    Args:
        at: the widget that was clicked; the form comes there.
        then: goes live.

    Returns:
        The form, where one is asked for a name.
    """
    show = desk.store.show
    if not show.is_readonly:
        then()
        return None

    def save(given: dict[str, Any]) -> None:
        def kept(reply: Reply) -> None:
            if reply.ok:
                then()

        name = str(given.get("name", "")).strip() or show.own_name
        desk.actions.run("show.keep", {"name": name}, done=kept)  # ``at`` may go with its row

    schema = {
        "type": "object",
        "properties": {"name": {"type": "string", "x-zh": "节目名称", "x-en": "Name of the show"}},
    }
    form = PopForm(at, t("show.keep_first"), schema, {"name": show.own_name}, save)
    form.done.setText(t("show.keep_start"))
    form.open()
    return form
