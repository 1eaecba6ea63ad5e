"""How the desk looks: tokens, one style sheet, fonts, icons."""
