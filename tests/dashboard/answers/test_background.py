import threading

from dashboard.answers.background import Worker


def test_tasks_are_done_in_order() -> None:
    worker, done = Worker(), []
    worker.expect([lambda on_step, k=k: done.append(k) for k in range(3)])
    worker.wait()
    assert done == [0, 1, 2]


def test_a_new_wish_ends_the_old_one_at_its_next_step() -> None:
    worker, done = Worker(), []
    begun, go_on = threading.Event(), threading.Event()

    def old(on_step) -> None:
        begun.set()
        go_on.wait()
        on_step(1, 2)
        done.append("old")

    worker.expect([old, lambda on_step: done.append("old, second")])
    begun.wait()
    worker.expect([lambda on_step: done.append("new")])
    go_on.set()
    worker.wait()
    assert done == ["new"]


def test_hushed_it_does_nothing_more() -> None:
    worker, done = Worker(), []
    begun, go_on = threading.Event(), threading.Event()

    def old(on_step) -> None:
        begun.set()
        go_on.wait()
        on_step(1, 2)
        done.append("old")

    worker.expect([old])
    begun.wait()
    worker.hush()
    go_on.set()
    worker.wait()
    assert not done


def test_a_task_that_fails_ends_no_other() -> None:
    worker, done = Worker(), []

    def fails(on_step) -> None:
        raise ValueError("no such image")

    worker.expect([fails, lambda on_step: done.append("next")])
    worker.wait()
    assert done == ["next"]
