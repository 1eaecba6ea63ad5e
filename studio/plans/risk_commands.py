"""Risks from outside: put, remove, list."""

from __future__ import annotations

import msgspec

from studio.core.command import Changed, Role, changed, command
from studio.plans.risks.model import Risk, RiskId
from studio.plans.risks.register import RiskRegister


class RiskCommands:
    """The risk register of the show."""

    def __init__(self, register: RiskRegister) -> None:
        self._register = register

    @command(
        "risks.put",
        role=Role.TECHNICIAN,
        label=("登记风险", "Put a risk"),
        help=(
            "登记一个风险，或替代同名的；权重不为 1、判断矛盾（CR ≥ 0.1）时拒绝。",
            "Adds a risk or takes its place; weights that do not add up and CR ≥ 0.1 are refused.",
        ),
    )
    def put(self, risk: Risk) -> Changed:
        before = self._register.put(risk)
        undo = ("risks.remove", {"risk": risk.id})
        if before is not None:
            undo = ("risks.put", {"risk": msgspec.to_builtins(before)})
        view = next(row for row in self._register.view.risks if row.id == risk.id)
        return changed("risks", result=msgspec.to_builtins(view), undo=undo)

    @command(
        "risks.remove",
        role=Role.TECHNICIAN,
        label=("移除风险", "Remove a risk"),
        help=("移除本节目登记的风险。", "Takes a risk of this show away."),
    )
    def remove(self, risk: RiskId) -> Changed:
        gone = self._register.remove(risk)
        return changed("risks", undo=("risks.put", {"risk": msgspec.to_builtins(gone)}))

    @command(
        "risks.list",
        role=Role.VIEWER,
        label=("风险清单", "List risks"),
        help=(
            "按轻重列出风险：评价过程、分级、缺少的预案与演练。",
            "Lists risks, the gravest first: the evaluation, the tier, plans and drills missing.",
        ),
    )
    def list_all(self) -> Changed:
        return changed(result=msgspec.to_builtins(self._register.evaluate()))
