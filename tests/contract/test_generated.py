"""Everything that composes a picture says whether it bears the label of generated content."""

from __future__ import annotations

from tests.contract import source_tree


def test_no_caller_of_the_compositor_forgets_the_label() -> None:
    calls = [
        (file, call)
        for file, tree in source_tree.trees().items() if file.startswith("studio/")
        for name, call in source_tree.calls(tree) if name.endswith("ompositor.compose")
    ]  # fmt: skip
    assert len(calls) == 2, "the programme, and everything else (Renderer)"
    for file, call in calls:
        assert any(word.arg == "is_labelled" for word in call.keywords), file
