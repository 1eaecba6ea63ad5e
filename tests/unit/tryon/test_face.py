"""Faces are found where they are, held while they move, and let go when they are gone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import people
import pytest

from studio.media.frame import blank
from studio.tryon import follow

PATHS: dict[str, Callable[[float], np.ndarray]] = {
    "shift": lambda t: people.placed(640 + 200 * np.sin(t * 2)),
    "fast": lambda t: people.placed(640 + 300 * np.sin(t * 4), 340 + 60 * np.sin(t * 7)),
    "scale": lambda t: people.placed(scale=1 + 0.4 * np.sin(t * 2)),
    "roll": lambda t: people.placed(roll_deg=30 * np.sin(t * 3)),
    "all": lambda t: people.placed(
        640 + 150 * np.sin(t * 2.5), 340, 1 + 0.25 * np.sin(t * 2), 30 * np.sin(t * 3)
    ),
}


@pytest.mark.parametrize("name", PATHS)
def test_landmarks_follow_a_known_path(name: str) -> None:
    follower = follow.faces(1)
    errors = []
    for number in range(45):
        matrix = PATHS[name](number / 30)
        found = follower.step(people.view(matrix, number))
        assert len(found) == 1, f"lost at frame {number}"
        wanted = people.moved_truth(matrix)
        off = np.hypot(*(found[0].points[:, :2] - wanted).T)
        errors.append(off.mean() / people.eye_distance(wanted))
    assert np.mean(errors) <= 0.015


def test_landmarks_stand_still_on_a_still_noisy_picture() -> None:
    follower = follow.faces(1)
    noise = np.random.default_rng(7)
    held = []
    for number in range(40):
        found = follower.step(people.view(people.placed(), number, noise))
        if number >= 10:
            held.append(found[0].points[:, :2])
    seen = np.array(held)
    assert np.sqrt(((seen - seen.mean(0)) ** 2).sum(2).mean()) <= 0.5


def test_covered_face_is_gone_and_back_within_200_ms() -> None:
    follower = follow.faces(1)
    here = [bool(follower.step(people.view(people.placed(), n))) for n in range(5)]
    assert here[-1]
    gone = [
        bool(follower.step(people.covered(people.view(people.placed(), n)))) for n in range(5, 35)
    ]
    back = [bool(follower.step(people.view(people.placed(), n))) for n in range(35, 45)]
    frame_ms = people.FRAME_NS / 1e6
    assert gone.index(False) * frame_ms <= 200
    assert not any(gone[gone.index(False) :])
    assert back.index(True) * frame_ms <= 200
    assert all(back[back.index(True) :])


def test_found_in_the_very_frame_after_a_cut() -> None:
    follower = follow.faces(1)
    for number in range(3):
        follower.step(people.view(people.placed(), number))
    far = people.placed(260, 420, 0.7)
    found = follower.step(people.view(far, 3))
    assert len(found) == 1
    wanted = people.moved_truth(far)
    off = np.hypot(*(found[0].points[:, :2] - wanted).T).mean()
    assert off <= 0.03 * people.eye_distance(wanted)


def test_nobody_in_the_picture() -> None:
    follower = follow.faces(4)
    noise = np.random.default_rng(3)
    for number in range(8):
        frame = blank(640, 360, (80, 128, 128), pts_ns=number * people.FRAME_NS)
        frame.y[:] = noise.integers(16, 235, frame.y.shape, dtype=np.uint8)
        assert follower.step(frame) == ()


def test_dark_picture_still_shows_its_face() -> None:
    follower = follow.faces(1)
    noise = np.random.default_rng(5)
    frames = [people.view(people.placed(), n, noise, gain=0.16, sigma=2.0) for n in range(6)]
    found = [follower.step(frame) for frame in frames]
    assert found[-1]
    wanted = people.truth()
    off = np.hypot(*(found[-1][0].points[:, :2] - wanted).T).mean()
    assert off <= 0.06 * people.eye_distance(wanted)


def test_tiny_face_is_found_within_a_second() -> None:
    follower = follow.faces(1)
    matrix = people.placed(400, 300, 0.3)
    found = [bool(follower.step(people.view(matrix, n))) for n in range(30)]
    assert any(found)
    assert all(found[found.index(True) :])


def test_ten_faces_keep_to_the_number_asked_for() -> None:
    frame = blank(1280, 720, (90, 128, 128))
    face = people.view(people.placed(128, 150, 0.6))
    for column in range(5):
        for row in range(2):
            x, y = column * 256, row * 360
            frame.y[y : y + 360, x : x + 256] = face.y[:360, :256]
            frame.u[y // 2 : y // 2 + 180, x // 2 : x // 2 + 128] = face.u[:180, :128]
            frame.v[y // 2 : y // 2 + 180, x // 2 : x // 2 + 128] = face.v[:180, :128]
    crowd = follow.faces(10)
    assert max(len(crowd.step(frame)) for _ in range(60)) >= 8
    for most in (1, 4):
        follower = follow.faces(most)
        first = follower.step(frame)
        assert len(first) == most
        again = follower.step(frame)
        assert [face.track for face in again] == [face.track for face in first]


def test_pictures_of_awkward_sizes_do_no_harm() -> None:
    follower = follow.faces(1)
    for width, height in ((2, 2), (16, 700), (1920, 64), (32, 32)):
        assert follower.step(blank(width, height, (60, 128, 128))) == ()
