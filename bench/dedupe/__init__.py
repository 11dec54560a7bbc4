"""How well doubles are found: precision and recall on public sets (FEBRL 1 and 2) and on invented people."""
