"""The information bottleneck of NeurIPS 2021, equations 3 to 5."""
