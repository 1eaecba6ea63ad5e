"""Makes assets/rules/words.txt, the everyday words of Chinese, from jieba's dictionary (MIT).

Needs jieba, which the program itself does not: ``pip install jieba==0.42.1``, then
``python -m training.comments.words``. A word of it that a comment is written with is not taken for
the disguise of another; so words of the rules are left out.
"""

from __future__ import annotations

from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path

from studio.comments.moderation.rule_files import shipped_rules
from studio.comments.moderation.rules import RuleTier
from studio.core.paths import assets_dir

FEWEST = {2: 50, 3: 5}
"""How often a word of so many signs stands in the dictionary's own texts."""
LONGEST = 3


def main() -> None:
    spec = find_spec("jieba")
    assert spec is not None
    assert spec.submodule_search_locations
    lines = (Path(spec.submodule_search_locations[0]) / "dict.txt").read_text(encoding="utf-8")
    tier = RuleTier(shipped_rules(), has_model=False)
    by_first: dict[str, set[str]] = defaultdict(set)
    for line in lines.splitlines():
        word, count, _ = line.split(" ")
        is_han = all("\u4e00" <= sign <= "\u9fff" for sign in word)
        is_common = is_han and 1 < len(word) <= LONGEST and int(count) >= FEWEST[len(word)]
        if is_common and tier.judge(word).action == "allow":
            by_first[word[0]].add(word[1:])
    text = "".join(
        f"{first} {' '.join(sorted(rests))}\n" for first, rests in sorted(by_first.items())
    )
    (assets_dir() / "rules" / "words.txt").write_text(text, encoding="utf-8")
    print(sum(map(len, by_first.values())), "words")


if __name__ == "__main__":
    main()
