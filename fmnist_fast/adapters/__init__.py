"""Other libraries' calls on top of this one; each module is named after what it stands in for."""
