"""Split the channels of one image into robust and non-robust by how much learned noise each tolerates."""

from core.distillation.bottleneck import PAPER, RELEASED_CODE, Bottleneck
from core.distillation.channels import Distilled, ReadOut, masked, read_out
from core.distillation.rows import Rows

__all__ = ["PAPER", "RELEASED_CODE", "Bottleneck", "Distilled", "ReadOut", "Rows", "masked", "read_out"]
