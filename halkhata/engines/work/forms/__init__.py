"""The shape of what people type into the pages of the work engine."""
