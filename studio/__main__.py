"""``python -m studio``: the engine."""

import os
import sys

from studio.process import main

if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Everything is closed by now. Ending here spares the interpreter's last clean-up, in which
    # Qt's and the models' own threads have been seen to crash.
    os._exit(code)
