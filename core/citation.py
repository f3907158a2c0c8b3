"""How to cite the method and this software, as BibTeX."""

PAPER = """@inproceedings{kim2021distilling,
  title = {Distilling Robust and Non-Robust Features in Adversarial Examples by Information Bottleneck},
  author = {Kim, Junho and Lee, Byung-Kwan and Ro, Yong Man},
  booktitle = {Advances in Neural Information Processing Systems},
  volume = {34},
  year = {2021}
}"""
SOFTWARE = """@software{feature_sieve,
  title = {Feature Sieve: an independent implementation of the distillation of robust and non-robust features},
  author = {{Feature Sieve contributors}},
  year = {2026}
}"""
BIBTEX = f"{PAPER}\n\n{SOFTWARE}\n"
