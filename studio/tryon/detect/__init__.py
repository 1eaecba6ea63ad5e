"""Finding faces, hands, bodies and the person's outline in a picture."""
