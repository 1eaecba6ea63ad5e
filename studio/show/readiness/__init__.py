"""Is this show ready for air? One answer for the desk, the phone and `shopcast check`."""
