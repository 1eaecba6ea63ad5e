"""From facts to lines: what is well, what is not known yet, what wants a person, and where."""

from __future__ import annotations

from collections.abc import Sequence

from studio.core.errors import StudioError
from studio.core.i18n import LANGUAGES
from studio.outputs.judging import BLACK_LUMA, SILENCE_DB, disk_verdict, level_word
from studio.outputs.model import CheckLine
from studio.show.readiness.facts import ShowFacts, StreamFacts
from studio.show.readiness.model import HEADS, Group, ReadinessView, ReadyLine, Tone

_FIELDS = {"address": "url", "key": "key", "handshake": "url", "reach": "url", "rung": "size"}
"""Of the form of a destination, by what the trial found."""

RECORDING_KBPS = 5000
_WORST: dict[Tone, int] = {"attention": 2, "off": 1, "good": 0}


def judge(facts: ShowFacts) -> ReadinessView:
    """All lines, the worst of each head, and whether one may go live."""
    lines = (
        _camera(facts),
        *_picture(facts),
        _scenes(facts),
        *_sound(facts),
        *_streams(facts),
        _upload(facts),
        _disk(facts),
        _stock(facts),
        _plans(facts),
        _show(facts),
        *(_tried(line) for line in facts.trial if line.output and not line.is_ok),
    )
    heads = tuple(_head(group, lines) for group in HEADS)
    is_ready = bool(facts.streams) and all(head.tone != "attention" for head in heads)
    return ReadinessView(is_ready, heads, lines)


def both(key: str, **params: object) -> dict[str, str]:
    """A text of the catalogue in both languages."""
    return StudioError("failed", key, **params).in_both()


def as_it_is(name: str) -> dict[str, str]:
    """A name, or words that are in one language."""
    return dict.fromkeys(LANGUAGES, name)


def _line(
    id: str, group: Group, tone: Tone, key: str, fix: str = "", **params: object
) -> ReadyLine:
    text = both(f"ready.{key}", **params)
    return ReadyLine(
        id=id, group=group, tone=tone, label=both(f"ready.name_{id}"), text=text, fix=fix
    )


def _head(group: Group, lines: Sequence[ReadyLine]) -> ReadyLine:
    """The worst line of a group stands for it; among equals the first."""
    own = [line for line in lines if line.group == group]
    worst = max(own, key=lambda line: _WORST[line.tone])
    return ReadyLine(
        id=group,
        group=group,
        tone=worst.tone,
        label=both(f"ready.head_{group}"),
        text=worst.text,
        fix=worst.fix,
    )


def _names(names: Sequence[str]) -> str:
    most = 4
    rest = f" +{len(names) - most}" if len(names) > most else ""
    return ", ".join(names[:most]) + rest


def _camera(facts: ShowFacts) -> ReadyLine:
    if facts.troubled:
        first = f"sources/{facts.troubled[0]}"
        return _line(
            "camera", "picture", "attention", "source_bad", first, names=_names(facts.troubled)
        )
    if not facts.cameras and facts.unused:
        name = facts.unused[0]
        return _line("camera", "picture", "attention", "camera_found", "sources/+camera", name=name)
    if not facts.cameras:
        return _line("camera", "picture", "off", "no_camera", "sources/+camera")
    names = _names(facts.cameras)
    if facts.troubled is None:
        return _line("camera", "picture", "off", "camera_unknown", names=names)
    if facts.measuring:
        names = _names(facts.measuring)
        return _line("camera", "picture", "off", "camera_measuring", names=names)
    return _line("camera", "picture", "good", "camera", names=names)


def _picture(facts: ShowFacts) -> list[ReadyLine]:
    if facts.luma is None or facts.luma >= BLACK_LUMA:
        return []
    return [_line("black", "picture", "attention", "black", "sources")]


def _scenes(facts: ShowFacts) -> ReadyLine:
    if not facts.has_standby:
        return _line("scenes", "picture", "attention", "no_standby")
    return _line("scenes", "picture", "good", "scenes", n=facts.scenes)


def _sound(facts: ShowFacts) -> list[ReadyLine]:
    level = facts.level_db
    if level is None:
        return [
            _line("sound", "sound", "off", "sound_unknown", "mixer"),
            _line("loudness", "sound", "off", "loudness_unknown", "mixer"),
        ]
    if level <= SILENCE_DB:
        return [
            _line("sound", "sound", "attention", "silent", "mixer"),
            _line("loudness", "sound", "off", "loudness_unknown", "mixer"),
        ]
    word = level_word(level)
    figure = f"{level:.0f}".replace("-", "\u2212")
    is_good = word == "loudness"
    tone: Tone = "good" if is_good else "attention"
    loudness = _line("loudness", "sound", tone, word, "" if is_good else "mixer", db=figure)
    return [_line("sound", "sound", "good", "sound"), loudness]


def _stream(stream: StreamFacts) -> ReadyLine | None:
    """What is wrong with one destination; None while nothing is known to be."""
    field = "key"
    if stream.wrong:
        text, field = stream.wrong, "url"
    elif stream.has_key is False:
        text = both("ready.no_key", name=stream.name)
    elif stream.refused:
        text = stream.refused
    else:
        return None
    return ReadyLine(
        id=f"{stream.name}/set", group="line", tone="attention", label=as_it_is(stream.name),
        text=text, fix=f"outputs/{stream.name}/{field}",
    )  # fmt: skip


def _streams(facts: ShowFacts) -> list[ReadyLine]:
    if not facts.streams:
        return [_line("destination", "line", "attention", "no_destination", "outputs/+")]
    wrong = [line for line in map(_stream, facts.streams) if line is not None]
    if wrong:
        return wrong
    names = _names([stream.name for stream in facts.streams])
    if all(stream.flows for stream in facts.streams):
        return [_line("destination", "line", "good", "destination_proven", names=names)]
    tried = {line.output for line in facts.trial if line.id == "key" and line.is_ok}
    if all(stream.flows or stream.name in tried for stream in facts.streams):
        return [_line("destination", "line", "good", "destination_tried", names=names)]
    return [_line("destination", "line", "off", "destination", "ready", names=names)]


def _upload(facts: ShowFacts) -> ReadyLine:
    flowing = [stream for stream in facts.streams if stream.flows]
    if not flowing:
        return _line("upload", "", "off", "upload_unknown", "outputs")
    mbps = f"{sum(stream.kbps for stream in flowing) / 1000:.1f}"
    if any(stream.is_waiting for stream in flowing):
        return _line("upload", "line", "attention", "upload_slow", "outputs", mbps=mbps)
    if any(stream.is_measuring for stream in flowing):
        return _line("upload", "", "off", "upload_measuring")
    return _line("upload", "line", "good", "upload", mbps=mbps)


def _disk(facts: ShowFacts) -> ReadyLine:
    if facts.free_gb is None or facts.free_gb < 0:
        return _line("disk", "", "off", "disk_unknown")
    _, verdict = disk_verdict(round(facts.free_gb * 1e9), RECORDING_KBPS)
    is_good = verdict == "ok"
    key = "disk" if is_good else "disk_low"
    tone: Tone = "good" if is_good else "attention"
    return _line("disk", "", tone, key, "" if is_good else "outputs", gb=f"{facts.free_gb:.0f}")


def _stock(facts: ShowFacts) -> ReadyLine:
    goods = facts.goods
    if not goods.count:
        return _line("stock", "", "off", "no_products", "products/+")
    if goods.error:
        label = both("ready.name_stock")
        text = as_it_is(goods.error)
        return ReadyLine(id="stock", tone="attention", label=label, text=text, fix="products")
    if goods.sold_out:
        names = _names(goods.sold_out)
        return _line("stock", "", "attention", "sold_out", "products", names=names)
    if goods.unknown:
        return _line("stock", "", "off", "stock_unknown", "products", names=_names(goods.unknown))
    return _line("stock", "", "good", "stock", n=goods.count)


def _plans(facts: ShowFacts) -> ReadyLine:
    plans = facts.plans
    if plans.waiting:
        return _line("plans", "", "attention", "plans_wait", "plans", n=plans.waiting)
    if plans.standing_by is None:
        return _line("plans", "", "off", "plans_unknown", "plans")
    if not plans.standing_by:
        return _line("plans", "", "attention", "no_plans", "plans")
    return _line("plans", "", "good", "plans", n=plans.standing_by)


def _show(facts: ShowFacts) -> ReadyLine:
    if facts.error:
        label, text = both("ready.name_show"), as_it_is(facts.error)
        return ReadyLine(id="show", tone="attention", label=label, text=text)
    if facts.is_readonly:
        return _line("show", "", "off", "demo")
    return _line("show", "", "good", "saved", name=facts.show)


def _tried(line: CheckLine) -> ReadyLine:
    """What the trial of a destination found wrong, with what to do."""
    tone: Tone = "off" if line.verdict == "unknown" else "attention"
    text = {
        code: f"{line.text.get(code, '')} {line.mend.get(code, '')}".strip() for code in LANGUAGES
    }
    field = _FIELDS.get(line.id, "")
    return ReadyLine(
        id=f"{line.output}/{line.id}",
        group="line" if line.verdict == "bad" else "",
        tone=tone,
        label=as_it_is(line.output),
        text=text,
        fix=f"outputs/{line.output}/{field}" if field else f"outputs/{line.output}",
    )
