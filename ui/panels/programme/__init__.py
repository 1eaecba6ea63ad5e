"""The panel "programme": the small monitor of the pages without a stage."""
