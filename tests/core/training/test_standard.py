import torch

from core.datasets import Dataset
from core.models import Staged
from core.seeding import generator
from core.training import Standard


def test_it_is_cross_entropy_against_smoothed_targets(model: Staged, data: Dataset) -> None:
    loss = Standard(label_smoothing=0.2)(model.eval(), data.images, data.labels, generator=generator(0))
    logits = model(data.images).double().tolist()
    total = 0.0
    for row, label in zip(logits, data.labels.tolist(), strict=True):
        log_sum = torch.logsumexp(torch.tensor(row, dtype=torch.float64), 0).item()
        targets = [0.2 / 4 + (0.8 if k == label else 0) for k in range(4)]
        total -= sum(t * (logit - log_sum) for t, logit in zip(targets, row, strict=True))
    assert abs(loss.total.item() - total / 64) < 1e-5
