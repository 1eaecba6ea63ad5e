"""Outputs in words and shapes: what may be said of one on the evidence there is."""

from __future__ import annotations

from studio.sender.model import OutputState, OutputStatus
from ui.i18n import said, t

RECORDS = ("record", "record-portrait")


def is_record(status: OutputStatus) -> bool:
    """A file on disk, not a stream."""
    return status.kind == "file"


def shown_name(status: OutputStatus) -> str:
    """ "record" is called what the person calls it."""
    if status.name == "record":
        return t("outputs.record")
    if is_record(status) and status.name.startswith("record"):
        return t("outputs.record_portrait")
    return status.name


def tone_of(status: OutputStatus, flows: bool) -> str:
    """good only on evidence; attention while it wants somebody; off otherwise."""
    state = status.state
    if flows and state in (OutputState.LIVE, OutputState.RECORDING):
        return "off" if status.is_measuring else "good"
    if state in (OutputState.IDLE, OutputState.STOPPED):
        return "off"
    if state is OutputState.CONNECTING:
        return "off"
    return "attention"


def word_of(status: OutputStatus, flows: bool) -> str:
    """The state in a word; what is only claimed is said to be unconfirmed."""
    state = status.state
    if state in (OutputState.LIVE, OutputState.RECORDING) and not flows:
        return t("output_state.unconfirmed")
    if state is OutputState.LIVE and status.is_measuring:
        return t("output_state.measuring")
    return t(f"output_state.{state.value}")


def reason_of(status: OutputStatus) -> str:
    """Why it is as it is, in a sentence."""
    return said(status.reason.key, dict(status.reason.params))


def is_running(status: OutputStatus) -> bool:
    """Whether it was asked for and not ended."""
    return status.state not in (OutputState.IDLE, OutputState.STOPPED, OutputState.FAILED)
