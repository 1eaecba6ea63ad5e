"""The voice: texts as they are read, phonemes, and sound that keeps step with the mouth."""

from __future__ import annotations

import io
import os
import threading
import wave
import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from studio.app.say_cli import say_to_file
from studio.core.aigc import bears_aigc
from studio.core.clock import NS
from studio.core.errors import StudioError
from studio.host.fetched import ModelFile, ModelSet
from studio.host.standin.mouths import mouths_of
from studio.host.voice.english import EnglishWords
from studio.host.voice.link import VoiceLink
from studio.host.voice.mandarin import syllable
from studio.host.voice.model_files import SPEAKING, voice_for
from studio.host.voice.mouths import mouths_of_phonemes
from studio.host.voice.reading import read_aloud
from studio.host.voice.saying import wav_bytes
from studio.host.voice.wire import SpeechJob, spoken_name
from studio.media import spoken
from studio.media.sound import RATE, Samples
from studio.media.spoken import CLOSED, SHAPES, STEP, SpokenFile, read_spoken
from studio.sources.base import Feed
from studio.sources.mouthed import Speech
from tests.waiting import until

READ_ZH = {
    "到手价¥159.00，原价1,599元": "到手价一百五十九元，原价一千五百九十九元",
    "9.90元，¥99-199": "九点九零元，九十九到一百九十九元",
    "3-5天发货，30%-50%棉": "三到五天发货，百分之三十到百分之五十棉",
    "500ml，1.5kg，3×5cm，60W": "五百毫升，一点五公斤，三乘五厘米，六十瓦",
    "2026年12月1日 20:00": "二零二六年十二月一日 二十点",
    "2026-12-01 8:05": "二零二六年十二月一日 八点零五分",
    "9.5折，-20℃到40℃": "九五折，零下二十到四十摄氏度",
    "2件，第2款，2楼，2000元": "两件，第二款，二楼，两千元",
    "电话13812345678": "电话一三八一二三四五六七八",
    "尺码160/84A，2/3的人": "尺码一百六十, 八十四 A，三分之二的人",
    "20元/斤，SPF50+": "二十元每斤，SPF 五十加",
    "型号X100，128GB": "型号X 一百，一百二十八G B",
}
READ_EN = {
    "was $199.99, now $159": "was one hundred ninety nine dollars and ninety nine cents, "
    "now one hundred fifty nine dollars",
    "3-5 days, 1 kg, 500ml": "three to five days, one kilogram, five hundred millilitres",
    "2026-12-01 at 8:30 pm": "December first, twenty twenty six at eight thirty pm",
    "¥1,599, £9.50": "one thousand five hundred ninety nine yuan, nine pounds and fifty p",
    "No. 3, the 21st, 3/4": "number three, the twenty first, three quarters",
    "30-50% off, -20°C": "thirty to fifty percent off, minus twenty degrees Celsius",
}


@pytest.mark.parametrize("written", READ_ZH)
def test_figures_are_read_in_chinese(written: str) -> None:
    assert read_aloud(written, "zh") == READ_ZH[written]


@pytest.mark.parametrize("written", READ_EN)
def test_figures_are_read_in_english(written: str) -> None:
    assert read_aloud(written, "en") == READ_EN[written]


def test_nothing_that_is_read_keeps_a_digit() -> None:
    for language in ("zh", "en"):
        for written in (*READ_ZH, *READ_EN, "1e9", "0.0.1", "12:99", "3/0", "１２３", "½杯", "①"):
            said = read_aloud(written, language)
            assert not any(sign.isdecimal() and sign.isascii() for sign in said), said


def test_pinyin_becomes_the_phonemes_of_the_model() -> None:
    assert syllable("hang2") == "xa↗ŋ"
    assert [syllable(said) for said in ("yue4", "yi1", "wei2", "wu3", "yong3", "you3")] == [
        "ɥe↘", "i→", "wei↗", "u↓", "jʊ↓ŋ", "jou↓",
    ]  # fmt: skip
    assert [syllable(said) for said in ("zhi1", "si4", "ju4", "lv3", "liu2", "dun4", "er4")] == [
        "ꭧɨ→", "sɨ↘", "ʨy↘", "ly↓", "ljou↗", "twə↘n", "ɚ↘",
    ]  # fmt: skip
    assert syllable("de5") == "tɤ"
    assert syllable("hello") == ""


def test_latin_words_are_known_put_together_or_spelled() -> None:
    known = {"skin": "skˈɪn", "care": "kˈɛɹ", "brand": "bɹˈænd", "box": "bˈɑks", "eye": "ˈI",
             "phone": "fˈOn"}  # fmt: skip
    words = EnglishWords(known, {"iphone": "eye phone"})
    assert words.say("Skincare") == "skˈɪnkˌɛɹ"
    assert words.say("brands") == "bɹˈændz"
    assert words.say("boxes") == "bˈɑksᵻz"
    assert words.say("iPhone") == "ˈI fˈOn"
    assert words.say("USB") == "jˈu ˈɛs bˈi"
    assert words.say("Zorvex")  # by the usual sound of its letters
    past = EnglishWords({"stuff": "stˈʌf", "pick": "pˈɪk", "want": "wˈɑnt", "love": "lˈʌv"}, {})
    spoken = [past.say(word) for word in ("stuffed", "picked", "wanted", "loved")]
    assert spoken == ["stˈʌft", "pˈɪkt", "wˈɑntᵻd", "lˈʌvd"]
    assert words.say("xkcdq") == "ˈɛks kˈA sˈi dˈi kjˈu"


def test_a_mouth_has_a_shape_for_each_step_of_the_sound() -> None:
    signs, lengths = ("", "p", "a", "↓", "n", " ", "u", "."), (3, 2, 4, 3, 2, 1, 5, 4)
    mouths = mouths_of_phonemes(signs, lengths)
    assert len(mouths) == sum(lengths)
    assert mouths == "-----aaaaaaaeeeuuuuu----"


def test_mouths_move_with_the_syllables() -> None:
    mouths = mouths_of("妈妈好，199元 hello")
    assert set(mouths) <= set(CLOSED + SHAPES)
    assert mouths.startswith(CLOSED + CLOSED + "a")
    assert 2.0 < len(mouths) * 0.025 < 4.0
    assert mouths_of("") == ""


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A second of sound, one with its mouth: loud where it is open."""
    folder = tmp_path / "said"
    folder.mkdir()
    monkeypatch.setattr(spoken, "spoken_folder", lambda: folder)
    mouths = "--aaaa--aaaa" * 4
    level = np.repeat([0 if shape == "-" else 16_000 for shape in mouths], STEP).astype("<i2")
    name = "0" * 32
    made = SpokenFile(level.tobytes(), mouths)
    (folder / name).write_bytes(msgspec.msgpack.encode(made))
    return name


class Ears:
    """Keeps what a source hands over, by its moment."""

    def __init__(self) -> None:
        self.blocks: list[tuple[int, Samples]] = []
        self.feed = Feed(threading.Event(), lambda frame, still: None, self._take, lambda: True)

    def _take(self, samples: Samples, pts_ns: int) -> None:
        self.blocks.append((pts_ns, samples))

    def line(self) -> Samples:
        """All of it; each block begins where the one before ended."""
        at = self.blocks[0][0]
        for pts_ns, samples in self.blocks:
            assert abs(pts_ns - at) <= 1
            at = pts_ns + len(samples) * NS // RATE
        return np.concatenate([samples for _, samples in self.blocks])[:, 0]


def played(ears: Ears, speech: Speech, from_ms: int, to_ms: int) -> Iterator[tuple[int, str]]:
    """What a source does each 20 ms: hands sound over, looks for the shape."""
    for ms in range(from_ms, to_ms, 20):
        speech.feed_until((ms + 60) * 1_000_000)
        yield ms, speech.mouth(ms * 1_000_000)


def test_the_mouth_is_open_when_the_sound_is_there(said: str) -> None:
    """The shape and the sample that are due at one moment: within a step of 25 ms."""
    ears = Ears()
    speech = Speech(ears.feed, 0)
    list(played(ears, speech, 0, 100))
    speech.begin("", said, 100_000_000)
    shapes = dict(played(ears, speech, 100, 1_600))
    line = ears.line()
    late = 0
    for ms, shape in shapes.items():
        near = line[(ms - 25) * 48 : (ms + 26) * 48]
        is_open = shape not in ("", "-")
        assert near.max() > 0.1 if is_open else near.min() < 0.1
        late += shape not in ("",)
    assert late == pytest.approx(1_200 / 20, abs=4)


def test_told_to_stop_sound_and_mouth_are_still_within_300_ms(said: str) -> None:
    ears = Ears()
    speech = Speech(ears.feed, 0)
    speech.begin("", said, 0)
    list(played(ears, speech, 0, 400))
    speech.end(400_000_000)
    shapes = dict(played(ears, speech, 400, 1_200))
    line = ears.line()
    assert not line[(400 + 300) * 48 :].any()
    assert not any(shape for ms, shape in shapes.items() if ms >= 700)
    # It ends softly: no step to silence is larger than a fade makes.
    assert np.abs(np.diff(line[400 * 48 :])).max() < 0.5 / 2


def test_a_sound_that_is_gone_leaves_the_mouth(said: str) -> None:
    ears = Ears()
    speech = Speech(ears.feed, 0)
    speech.begin("aa--", "f" * 32, 0)
    assert [shape for _, shape in played(ears, speech, 0, 120)].count("a") >= 2
    assert not ears.line().any()
    assert read_spoken("../../etc/passwd") is None


def test_a_wav_file_bears_the_label_of_generated_content() -> None:
    raw = wav_bytes(SpokenFile(b"\1\0" * 480, ""), 'AIGC={"Label": "1", "ContentProducer": "x"}')
    assert bears_aigc(raw)
    with wave.open(io.BytesIO(raw)) as opened:
        assert (opened.getframerate(), opened.getnframes(), opened.getnchannels()) == (
            48_000,
            480,
            1,
        )


# --- the process of the voice -------------------------------------------------------------------

SPEAKS = """
import json, sys
for raw in sys.stdin.buffer:
    job = json.loads(raw)
    if job["text"] == "dies" and not __import__("pathlib").Path("died").exists():
        open("died", "w").close()
        sys.exit(1)
    if not job["text"] and __import__("pathlib").Path("brittle").exists():
        sys.exit(1)
    if job["text"] == "breaks":
        print(json.dumps({"error": "voice.altered", "where": "kokoro.onnx"}), flush=True)
        continue
    from studio.host.voice.wire import SpeechJob, spoken_name
    print(json.dumps({"name": spoken_name(SpeechJob(**job)), "mouths": "-a-"}), flush=True)
"""


@pytest.fixture
def link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[VoiceLink]:
    """A worker of the same wire that makes no sound: a real process."""
    (tmp_path / "speaks.py").write_text(SPEAKS, encoding="utf-8")
    (tmp_path / "studio").symlink_to(Path(__file__).parents[3] / "studio")
    monkeypatch.setattr("studio.host.model_process.project_dir", lambda: tmp_path)
    made = VoiceLink("speaks")
    yield made
    made.rest()
    assert made.pid == 0


def job(text: str) -> SpeechJob:
    return SpeechJob(text, "zh", "zf_xiaoxiao")


def test_sentences_are_made_and_a_killed_worker_comes_back(link: VoiceLink) -> None:
    link.ask(job("one"), is_urgent=False)
    until(lambda: link.made(job("one")) == "-a-", "the first", 20)
    assert link.state == "ready"
    link.ask(job("dies"), is_urgent=True)
    until(lambda: link.made(job("dies")) == "-a-", "the one after it died", 20)
    assert link.restarts == 1


def test_a_sentence_of_another_run_needs_no_process(link: VoiceLink, said: str) -> None:
    name = spoken_name(job("kept"))
    (spoken.spoken_folder() / said).rename(spoken.spoken_folder() / name)
    link.ask(job("kept"), is_urgent=True)
    until(lambda: link.made(job("kept")) is not None, "the sentence", 20)
    until(lambda: link.state == "off", "its rest", 20)
    assert (link.pid, link.restarts) == (0, 0)


def test_it_is_loaded_before_anything_is_asked_and_stays_while_wanted(
    link: VoiceLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.host.voice.link.IDLE_S", 0.2)
    link.keep_ready(on=True)
    link.keep_ready(on=True)
    until(lambda: link.state == "ready", "the model", 20)
    first = link.pid
    assert first
    link.ask(job("one"), is_urgent=True)
    until(lambda: link.made(job("one")) == "-a-", "a sentence", 20)
    link.ask(job("dies"), is_urgent=True)
    until(lambda: link.made(job("dies")) == "-a-", "the one after it died", 20)
    assert link.pid not in (0, first)
    assert link.made(SpeechJob("", "zh", "")) is None
    link.keep_ready(on=False)
    until(lambda: link.state == "off" and not link.pid, "its end when nobody wants it", 20)


def test_it_is_loaded_again_when_it_was_about_to_end(
    link: VoiceLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.host.voice.link.IDLE_S", 0.2)
    end = link._process.end

    def wanted_again() -> None:
        link.keep_ready(on=True)
        end()

    link.keep_ready(on=True)
    until(lambda: link.state == "ready", "the model", 20)
    monkeypatch.setattr(link._process, "end", wanted_again)
    link.keep_ready(on=False)
    until(lambda: link.state == "off", "its end", 20)
    monkeypatch.setattr(link._process, "end", end)

    def is_ready() -> bool:
        link.keep_ready(on=True)
        return link.state == "ready"

    until(is_ready, "the model once more", 20)


def test_a_model_that_ends_its_worker_is_not_loaded_for_ever(
    link: VoiceLink, tmp_path: Path
) -> None:
    (tmp_path / "brittle").touch()

    def has_given_up() -> bool:
        link.keep_ready(on=True)
        return link._worker is not None and not link._worker.is_alive

    until(has_given_up, "that it is let be", 20)
    link.keep_ready(on=True)
    assert (link.pid, link.state, link.restarts) == (0, "failed", 2)
    assert not has_given_up() or link.restarts == 2
    link.ask(job("one"), is_urgent=True)
    until(lambda: link.made(job("one")) == "-a-", "a sentence", 20)


def test_a_voice_that_cannot_work_is_absent_and_says_why(link: VoiceLink) -> None:
    link.ask(job("breaks"), is_urgent=True)
    until(lambda: link.is_absent, "the answer", 20)
    assert link.fault is not None
    assert link.fault.key == "voice.altered"
    assert link.pid == 0


def test_without_the_model_it_says_what_to_run(tmp_path: Path) -> None:
    assert SPEAKING.missing(tmp_path) in ("voice.no_library", "voice.no_model")
    with pytest.raises(StudioError) as refused:
        SPEAKING.check(tmp_path)
    assert "shopcast voice fetch" in refused.value.in_language("en")
    with pytest.raises(StudioError) as refused:
        say_to_file("你好", tmp_path / "x.wav", print, voice="nobody")
    assert refused.value.key == "voice.no_voice"


def test_a_part_that_is_not_what_was_measured_is_refused(tmp_path: Path) -> None:
    models = ModelSet("m", "voice", (), (ModelFile("a", ("pack/a.bin",), "0" * 64),), ())
    with zipfile.ZipFile(tmp_path / "p.whl", "w") as opened:
        opened.writestr("pack/a.bin", b"x")
    with pytest.raises(StudioError) as refused:
        models.join([tmp_path / "p.whl"], tmp_path / "to")
    assert refused.value.key == "voice.altered"


def test_the_same_sentence_has_the_same_name_and_a_voice_its_language() -> None:
    assert spoken_name(job("a")) == spoken_name(job("a")) != spoken_name(job("b"))
    assert voice_for("zh") != voice_for("en")
    assert voice_for("zh", "zm_yunxi") == "zm_yunxi"


# --- with the model, where it is there ----------------------------------------------------------


MODEL = Path(os.environ.get("SHOPCAST_VOICE", "nowhere"))


@pytest.mark.skipif(bool(SPEAKING.missing(MODEL)), reason="SHOPCAST_VOICE names no model")
def test_the_model_says_polyphones_and_its_lengths_add_up() -> None:
    from studio.host.voice.saying import Sayer

    sayer = Sayer(MODEL)
    (said,) = sayer._front.pieces("银行行长说人参很重要。", "zh")
    assert "i↗nxa↗ŋxa↗ŋꭧa↓ŋ" in said
    assert "ɻə↗nʂə→n" in said
    made = sayer.say("这款iPhone 15，到手价2元。", "zh", "zf_xiaoxiao")
    assert len(made.pcm) == len(made.mouths) * STEP * 2
    assert 2.0 < len(made.mouths) / 40 < 6.0
    assert sayer.say("……", "zh", "zf_xiaoxiao").pcm == b""
