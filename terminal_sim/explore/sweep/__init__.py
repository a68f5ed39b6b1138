"""Every fault at every place of a script: what goes wrong once it is cured."""
