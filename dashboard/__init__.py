"""Everything that shows. No module here imports torch when it is imported; what needs torch imports it in use."""
