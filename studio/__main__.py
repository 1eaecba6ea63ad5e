"""``python -m studio``: the engine."""

import gc
import os

from studio.core.streams import let_go_of_output, speak_utf8

if __name__ == "__main__":
    speak_utf8()  # before anything is loaded: it may start the process anew

    gc.disable()  # nothing of what is loaded now goes again; the engine turns it on when it is up

    from studio.app.process import main

    code = main()
    let_go_of_output()
    # Everything is closed by now. Ending here spares the interpreter's last clean-up, in which
    # Qt's and the models' own threads have been seen to crash.
    os._exit(code)
