"""What spares a verdict its steps changes none: each short way beside the long one."""

from __future__ import annotations

import json
import re

import pytest

from studio.comments.moderation import contacts, context
from studio.comments.moderation.linear import forms, ngrams, shipped_model
from studio.comments.moderation.literals import (
    MarkFinder,
    PatternFinder,
    finder_of,
    needed_together,
    shipped_literals,
)
from studio.comments.moderation.normalise import normalise, tables, touched
from studio.comments.moderation.readings import (
    as_reading,
    by_sound,
    spoken,
    texts_by_sight,
    undone,
)
from studio.comments.moderation.rule_files import shipped_rules
from studio.comments.moderation.rules import MAY_BE_LATIN
from training.comments.literals import found

ALL_SIGNS = "".join(map(chr, range(0x110000)))


@pytest.fixture(scope="module")
def texts(data_dir):
    path = data_dir / "comments" / "checked.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()[::8]
    return [normalise(json.loads(line)["text"]) for line in lines]


def test_signs_that_are_not_touched_are_themselves():
    plain = touched().sub("", ALL_SIGNS)
    assert len(plain) > 18_000
    assert [sign for sign in plain if normalise(sign).loose != sign] == []
    assert {"加", "a", "7"} <= set(plain)
    assert not {"薇", "騙", "A", "７", "\u200b"} & set(plain)
    known = tables()
    halves = {pair[0] for pair in known.pairs} - known.single.keys() - known.confusable.keys()
    assert [sign for sign in halves if normalise(sign).loose != sign] == []


def test_no_sign_becomes_a_latin_letter_unseen():
    assert re.search("[a-z]", MAY_BE_LATIN.sub("", ALL_SIGNS).lower()) is None


@pytest.mark.parametrize("form", ["patterns", "raw"])
def test_patterns_that_are_not_tried_do_not_match(texts, form):
    pairs = [(text, rule.id) for rule in shipped_rules() for text in getattr(rule, form)]
    compiled = [(re.compile(pattern), rule) for pattern, rule in pairs]
    together: dict[str, int] = {}
    alone, shared = PatternFinder(pairs), PatternFinder(pairs, together)
    literals = finder_of([*together, "的", "a"])
    for normal in texts:
        text = normal.tight if form == "patterns" else normal.text
        wanted = [
            (rule, match.start(), match.end(), match.group())
            for pattern, rule in compiled
            for match in pattern.finditer(text)
        ]
        assert alone.find(text) == wanted
        matches = literals.find_matches_as_indexes(text, overlapping=True)
        assert shared.matches_of(text, {number for number, _, _ in matches}) == wanted


def test_a_pattern_is_looked_at_branch_by_branch():
    assert needed_together("(?<![a-z])(?:w|dm me)") == (
        (frozenset({"w"}),),
        (frozenset({"dm me"}),),
    )
    assert needed_together("a?(?:b|)c?") == ()  # an empty text matches it


def test_literals_that_are_known_beforehand_are_those_of_the_patterns():
    assert shipped_literals() == found()  # else: python -m training.comments.literals


CONTACTS = (
    "wx: ab_12345", "insta dm me @some_name", "shop t.me/abc", "wa.me/1", "a.b@c-d.com", "店点com",
    "ht tp://x.y", "a 艾特 qq点com", "打开抖音搜", "复制这条打开", "cheap-shop.store/now",
    "call one two three four five six seven", "w w w。x", "abc . c o m",
)  # fmt: skip


@pytest.mark.parametrize("finder", [contacts.CONTACT_MARKS, context.CONTEXT_MARKS])
def test_what_bears_no_mark_does_not_match(texts, finder):
    matched = 0
    for normal in (*texts, *map(normalise, CONTACTS)):
        for text in (normal.original.lower(), normal.loose):
            marks = finder.marks(text)
            for mark, patterns in finder.patterns.items():
                if any(re.search(pattern, text) for pattern in patterns):
                    matched += 1
                    assert marks & mark
    assert matched > 20


def test_half_of_a_surrogate_pair_bears_all_marks():
    assert MarkFinder({1: ("ab",), 2: ("cd",)}).marks("\ud800") == 3


def test_readings_without_their_places_are_the_same_texts(texts):
    others = 0
    for normal in texts:
        steps = undone(as_reading(normal))
        assert texts_by_sight(normal.tight) == tuple(step.text for step in steps[1:])
        others += steps[-1].text != normal.tight
        sound = by_sound(steps[-1])
        if sound is not None:
            assert sound.text == spoken(steps[-1].text)
            assert len(sound.text) == len(sound.spans) == len(sound.written)
    assert others > 20


def test_places_are_those_of_the_signs():
    normal = normalise("加\u200b ➀➀➀亻言哈哈哈哈好")
    assert (normal.loose, normal.tight) == ("加 111信哈哈哈哈好", "加111信哈哈好")
    assert list(normal.loose_at) == [0, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12]
    assert list(normal.at) == [0, 3, 4, 5, 6, 8, 9, 12]


def test_scores_are_sums_over_all_n_grams(texts):
    model = shipped_model()
    for normal in texts:
        sight, sound = forms(normal.tight)
        if not sight:
            continue
        totals = model.objection[ngrams(sight, sound)].sum(axis=1, dtype=int)
        scores = [
            total * model.objection_scale / ngrams(sight, sound).shape[1] ** 0.5
            + model.objection_bias
            for total in totals
        ]
        forwards, backwards = model.scores(sight, sound)
        assert forwards == pytest.approx(scores[0])
        assert sight.isascii() or backwards == pytest.approx(scores[1])
