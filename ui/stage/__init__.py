"""The middle of the page Live: preview, programme, scenes, and editing on the preview."""
