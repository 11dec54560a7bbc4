"""Other products that can be installed from the Python registry, measured in their own environments (README.md)."""
