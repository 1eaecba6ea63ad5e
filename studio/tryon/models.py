"""The networks: taken out of their bundles, run by LiteRT on one thread."""

from __future__ import annotations

import functools
import hashlib
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.errors import StudioError
from studio.core.paths import assets_dir
from studio.tryon.prune import pruned

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BUNDLES = {
    "face_landmarker.task": "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
    "hand_landmarker.task": "fbc2a30080c3c557093b5ddfc334698132eb341044ccee322ccf8bcf3607cde1",
    "pose_landmarker.task": "4eaa5eb7a98365221087693fcc286334cf0858e2eb6e15b506aa4a7ecdcec4ad",
    "selfie_segmentation_landscape.tflite": (
        "4aafe6223bb8dac6fac8ca8ed56852870a33051ef3f6238822d282a109962894"
    ),
}
"""The files this room needs and their sha256."""


def folder() -> Path:
    """Where the model files are."""
    return assets_dir() / "models"


@functools.cache
def _checked(path: Path) -> bytes:
    """The bytes of a model file, checked once a process.

    Raises:
        StudioError: unavailable when it is missing, failed when it is not the file it should be.
    """
    try:
        data = path.read_bytes()
    except OSError:
        raise StudioError("unavailable", "tryon.model_missing", path=str(path)) from None
    wanted = BUNDLES.get(path.name)
    if wanted and hashlib.sha256(data).hexdigest() != wanted:
        raise StudioError("failed", "tryon.model_broken", path=str(path))
    return data


def part(bundle: str, name: str, where: Path | None = None) -> bytes:
    """One file out of a ``.task`` bundle (a zip).

    Args:
        bundle: file name of the bundle.
        name: the file inside it.
        where: the folder, by default the studio's own.

    Raises:
        StudioError: unavailable or failed, naming the file.
    """
    path = (where or folder()) / bundle
    _checked(path)
    try:
        with zipfile.ZipFile(path) as opened:
            return opened.read(name)
    except (OSError, KeyError, zipfile.BadZipFile):
        raise StudioError("failed", "tryon.model_broken", path=f"{path}!{name}") from None


class Network:
    """One network with its own memory; used by one thread at a time.

    Args:
        data: the .tflite file.
        name: said in errors.
        outputs: the outputs that are asked for; what only others need is not computed.

    Raises:
        StudioError: unavailable when LiteRT cannot be loaded, failed when the file is no model.
    """

    def __init__(self, data: bytes, name: str, outputs: Collection[str] = ()) -> None:
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ImportError as error:
            raise StudioError("unavailable", "tryon.no_litert", why=str(error)) from None
        try:
            data = pruned(data, outputs) if outputs else data
            self._interpreter = Interpreter(model_content=data, num_threads=1)
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError):
            raise StudioError("failed", "tryon.model_broken", path=name) from None
        entry = self._interpreter.get_input_details()[0]
        self._input = int(entry["index"])
        self.height, self.width = int(entry["shape"][1]), int(entry["shape"][2])
        self._outputs = {
            str(out["name"]): int(out["index"]) for out in self._interpreter.get_output_details()
        }

    def picture(self) -> NDArray[np.float32]:
        """Where the input goes, float32 (height, width, 3); fill it, drop it, then `run`."""
        view: NDArray[np.float32] = self._interpreter.tensor(self._input)()[0]
        return view

    def run(self, *names: str) -> list[NDArray[np.float32]]:
        """Runs the network on what was put into `picture` and gives the named outputs, copied."""
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(self._outputs[name]) for name in names]


def load(
    bundle: str, name: str = "", where: Path | None = None, outputs: Collection[str] = ()
) -> Network:
    """A network out of a bundle, or a bare .tflite file when ``name`` is empty.

    Args:
        bundle: file name of the bundle.
        name: the file inside it.
        where: the folder, by default the studio's own.
        outputs: the outputs that are asked for, all when empty.

    Raises:
        StudioError: unavailable or failed, naming the file.
    """
    if name:
        return Network(part(bundle, name, where), f"{bundle}!{name}", outputs)
    path = (where or folder()) / bundle
    return Network(_checked(path), str(path), outputs)
