"""The paper's tables and figures, made again: published numbers, experiments, and what stands beside them."""
