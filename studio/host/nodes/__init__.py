"""Seven due checks about a show, from three days before to a week after."""
