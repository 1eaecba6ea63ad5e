"""The shape of a show: funnel, paths, heat, segments."""
