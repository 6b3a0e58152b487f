"""The nouns: frozen values of the standard library only, which everything else talks in."""
