from pathlib import Path

from core.training.metrics import MetricsLog, read_metrics


def rows(*steps: int) -> list[dict[str, float]]:
    return [{"step": float(step), "loss": 1 / step} for step in steps]


def write(path: Path, *steps: int) -> None:
    log = MetricsLog(path)
    for row in rows(*steps):
        log.append(row)


def test_rows_can_be_read_while_the_log_grows(tmp_path: Path) -> None:
    log = MetricsLog(tmp_path / "run" / "metrics.csv")
    assert read_metrics(log.path) == []
    for n, row in enumerate(rows(1, 2, 4), start=1):
        log.append(row)
        assert read_metrics(log.path) == rows(1, 2, 4)[:n]


def test_a_resumed_log_replaces_what_came_after_the_checkpoint(tmp_path: Path) -> None:
    write(tmp_path / "metrics.csv", 1, 2, 4, 5)
    write(tmp_path / "metrics.csv", 4, 8)
    assert read_metrics(tmp_path / "metrics.csv") == rows(1, 2, 4, 8)


def test_a_new_training_starts_a_new_log(tmp_path: Path) -> None:
    write(tmp_path / "metrics.csv", 1, 2)
    write(tmp_path / "metrics.csv", 1)
    assert read_metrics(tmp_path / "metrics.csv") == rows(1)


def test_a_row_cut_short_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    for cut in ("4", "4,"):
        write(path, 1, 2)
        with path.open("a") as file:
            file.write(cut)
        assert read_metrics(path) == rows(1, 2)
