"""A sentence model that answers only once the file it is given in the environment is there."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

print("{}", flush=True)
for _ in sys.stdin:
    while not Path(os.environ["SLOW_SENTENCES"]).exists():
        time.sleep(0.01)
    print('{"text": "abuse"}', flush=True)
