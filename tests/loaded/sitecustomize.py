"""A Python that has loaded what an engine needs, and forks an engine each time it is asked.

Python runs this file by its name while it starts, when this folder is in PYTHONPATH (see
`tests.engines`): before ``-m studio`` begins. The first process stays in `_serve`; each fork of it
leaves it and goes on as any ``python -m studio``, with streams, variables and folder of its own.
"""

import json
import os
import socket
import sys
import time
import warnings

LOADED = (
    "studio.app.process", "av", "cv2", "numpy.fft", "cryptography.fernet",
    "cryptography.hazmat.primitives.asymmetric.ed25519", "cryptography.x509",
)  # fmt: skip


def _load() -> None:
    import gc
    import importlib

    gc.disable()
    for name in LOADED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    gc.enable()


def _become(streams: list[int], asked: dict) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(asked["env"])
    os.chdir(asked["cwd"])


def _fork(door: socket.socket, streams: list[int], asked: dict) -> bool:
    """Whether this is the new process; the other has told its number when this returns."""
    reading, writing = os.pipe()
    between = os.fork()
    if between:
        os.close(writing)
        for stream in streams:
            os.close(stream)
        with os.fdopen(reading, "rb") as pipe:
            number = pipe.read()
        os.waitpid(between, 0)  # it has gone: the new one is the child of who asked by now
        door.send(number)
        return False
    between = os.getpid()
    number = os.fork()
    if number:
        os.write(writing, b"%d" % number)
        os._exit(0)
    os.close(reading)
    os.close(writing)
    door.close()
    while os.getppid() == between:
        time.sleep(0.0002)
    _become(streams, asked)
    return True


def _serve(door: socket.socket) -> None:
    """Until who asks has gone."""
    while True:
        message, streams, _, _ = socket.recv_fds(door, 1 << 20, 3)
        if not message:
            os._exit(0)
        if _fork(door, list(streams), json.loads(message)):
            return


if "SHOPCAST_TESTS_DOOR" in os.environ:
    warnings.simplefilter("ignore")
    _at = os.environ.pop("SHOPCAST_TESTS_ROOT")
    _door = socket.socket(fileno=int(os.environ.pop("SHOPCAST_TESTS_DOOR")))
    sys.path.insert(0, _at)
    try:
        _load()
    except BaseException as error:  # Python would go on without it, as an engine nobody asked for
        _door.send(json.dumps(repr(error)).encode())
        os._exit(1)
    sys.path.remove(_at)
    warnings.resetwarnings()
    _serve(_door)
