"""The requests of the device class: Input, Print and Display."""
