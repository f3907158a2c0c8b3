"""JOB-1 to JOB-3 and CON-3: long work lives by itself, is told truly, is done once, and ends when it is stopped."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core import job as files
from core import store
from core.errors import InputError
from dashboard.work import jobs
from tests.dashboard.programs import ENDS, FOREVER, ended, half_done, moving, program, seen, wait_until

COMMAND = ("bottleneck", "toy", "--n", "5")


def pid_of(job: jobs.Job) -> int:
    return int(files.read(job.folder, files.PROCESS)["pid"])


def gone(pid: int) -> bool:
    """Whether a process has ended; one whose end nobody has taken note of has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_work_runs_in_a_process_and_is_told_step_by_step(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(jobs, "PROGRAM", half_done(200, 500))
    job = moving(jobs.start(COMMAND))
    assert (job.state, job.done, job.total, job.share) == ("running", 200, 500, 0.4)
    assert job.command == COMMAND
    assert job.subject == ("bottleneck", "toy")
    assert job.preview is None
    (job.folder / files.PREVIEW).write_bytes(b"png")
    assert seen(job).preview == b"png"
    assert jobs.current(("bottleneck", "toy")) == seen(job)
    assert jobs.current(("bottleneck", "another")) is None


def test_what_it_made_is_known_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PROGRAM", program(ENDS))
    job = ended(jobs.start(COMMAND))
    assert (job.state, job.result, job.problem) == ("done", "made-1234", "")


def test_job_3_the_same_work_is_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PROGRAM", half_done())
    first = jobs.start(("bottleneck", "toy", "--n", "5", "--beta", "0.3"))
    second = jobs.start(("bottleneck", "toy", "--beta=0.3", "--n", "5", "--json"))
    assert first.id == second.id
    assert pid_of(first) == pid_of(second)
    assert len(jobs.jobs()) == 1
    other = jobs.start(("bottleneck", "toy", "--n", "6"))
    assert other.id != first.id
    assert [job.id for job in jobs.jobs()] == [other.id, first.id], "the newest first"


def test_job_3_of_processes_that_start_at_once_one_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Six servers, as of as many tabs, are let go at one moment; every process that began leaves a mark."""
    marks, go = tmp_path / "marks", tmp_path / "go"
    marks.mkdir()
    work = [f"import os; open({str(marks)!r} + f'/{{os.getpid()}}', 'w').close()", FOREVER]
    server = [
        "import pathlib, time",
        "from dashboard.work import jobs",
        f"jobs.PROGRAM = {program(*work)!r}",
        f"while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.001)",
        f"print(jobs.start({COMMAND!r}).id)",
    ]
    servers = [subprocess.Popen(program(*server), cwd=store.PROJECT, stdout=subprocess.PIPE) for _ in range(6)]
    go.touch()
    assert len({process.communicate()[0] for process in servers}) == 1
    assert [process.returncode for process in servers] == [0] * 6
    wait_until(lambda: any(marks.iterdir()))
    assert len(list(marks.iterdir())) == 1


def test_job_1_a_server_that_is_killed_leaves_its_work_at_work(tmp_path: Path) -> None:
    go = tmp_path / "go"
    work = ["import pathlib, time", f"while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.01)", ENDS]
    server = ["from dashboard.work import jobs", f"jobs.PROGRAM = {program(*work)!r}", f"jobs.start({COMMAND!r})"]
    killed = subprocess.run(program(*server, "import os; os.kill(os.getpid(), 9)"), cwd=store.PROJECT)
    assert killed.returncode == -signal.SIGKILL
    (job,) = jobs.jobs()
    assert job.alive
    assert os.getsid(pid_of(job)) == pid_of(job), "a session of its own: no Ctrl-C on the server reaches it"
    go.touch()
    assert ended(job).result == "made-1234"


def test_con_3_what_is_stopped_is_gone_with_all_that_it_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither the process nor the one it started heeds the request to end."""
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    child = tmp_path / "child"
    starts = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {deaf!r} + '; ' + {FOREVER!r}])"
    tells = f"open({str(child)!r}, 'w').write(str(p.pid))"
    monkeypatch.setattr(jobs, "PROGRAM", program(deaf, starts, tells, FOREVER))
    job = jobs.start(COMMAND)
    wait_until(lambda: child.exists() and child.read_text())
    jobs.stop(job, by="me")
    assert jobs.GRACE + jobs.FORCE <= 2, "seconds"
    wait_until(lambda: gone(pid_of(job)) and gone(int(child.read_text())))
    stopped = seen(job)
    assert (stopped.state, stopped.by, stopped.problem) == ("stopped", "me", "")


def test_stopped_work_can_be_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PROGRAM", half_done())
    job = moving(jobs.start(COMMAND))
    jobs.stop(job, by="me")
    jobs.stop(job, by="another")
    assert seen(job).by == "me", "what is over is not stopped again"
    again = jobs.start(COMMAND)
    assert (again.id, again.state, again.done, again.by) == (job.id, "waiting", 0, "")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_job_2_a_kill_from_outside_is_told(how: signal.Signals, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PROGRAM", half_done())
    job = moving(jobs.start(COMMAND))
    os.kill(pid_of(job), how)
    found = ended(job)
    assert found.state == "killed"
    assert "was killed" in found.problem


@pytest.mark.parametrize("line", ["Some library: 3 warnings", "step 3", "", "{not json", "x" * 3000])
def test_job_2_output_of_any_kind_and_length_hurts_nothing(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    floods = [
        f"import sys; flood = ({line!r}.encode() + bytes(range(256))) * 45000",
        "for file in (sys.stdout.buffer, sys.stderr.buffer): file.write(flood)",
        f"for file in (sys.stdout, sys.stderr): print({line!r}, file=file, flush=True)",
    ]
    monkeypatch.setattr(jobs, "PROGRAM", program(*floods, ENDS))
    job = ended(jobs.start(COMMAND))
    assert (job.folder / files.LOG).stat().st_size > 20 * 2**20
    assert (job.state, job.result) == ("done", "made-1234")
    assert sum(map(len, jobs.last_lines(job.folder))) <= jobs.TAIL
    assert all(text.isprintable() for text in jobs.last_lines(job.folder))


def test_job_2_a_log_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_LOG", 1000)
    monkeypatch.setattr(
        jobs, "PROGRAM", program("print('x' * 5000, flush=True)", "import sys; sys.stdin.read()", FOREVER)
    )
    job = jobs.start(COMMAND)
    wait_until(lambda: (job.folder / files.LOG).stat().st_size)
    files.write_progress(job.folder, "images", 1, 2, 0.0)
    assert (job.folder / files.LOG).stat().st_size == 0
    assert moving(job).done == 1


def test_job_2_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that cannot write says so; where not even that can be written, the page sees that there is no room."""
    fails = "with at_work(('bottleneck', 'toy')): raise OSError(errno.ENOSPC, 'No space left', '/runs/x')"
    monkeypatch.setattr(jobs, "PROGRAM", program("import errno; from core.cli.long_work import at_work", fails))
    job = ended(jobs.start(COMMAND))
    assert (job.state, job.problem[:32]) == ("failed", "The disk is full (/runs/x): make")
    monkeypatch.setattr(jobs, "PROGRAM", program("import os; os._exit(1)"))
    job = ended(jobs.start(COMMAND))
    assert job.state == "killed"
    monkeypatch.setattr(jobs, "NO_ROOM", 2**80)
    assert (seen(job).state, seen(job).problem[:16]) == ("failed", "The disk is full")


def test_what_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(jobs, "PROGRAM", (str(tmp_path / "no-such-program"),))
    with pytest.raises(InputError, match="cannot be started: No such file"):
        jobs.start(COMMAND)
    assert jobs.jobs() == []
    (tmp_path / "file").touch()
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path / "file"))
    with pytest.raises(InputError, match="cannot be started"):
        jobs.start(COMMAND)
    assert jobs.jobs() == []


def test_a_traceback_ends_in_its_last_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PROGRAM", program("raise RuntimeError('a bolt is loose')"))
    job = ended(jobs.start(COMMAND))
    assert (job.state, job.problem) == ("failed", "RuntimeError: a bolt is loose")


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"command": 3}', '{"command": ["a"], "begun": "yesterday"}'])
def test_a_damaged_folder_is_left_out_and_hurts_no_other(damage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PROGRAM", program(ENDS))
    whole, damaged = ended(jobs.start(COMMAND)), ended(jobs.start(("clusters", "toy")))
    (damaged.folder / files.COMMAND).write_text(damage)
    (whole.folder / files.PROGRESS).write_text(damage)
    assert [job.id for job in jobs.jobs()] == [whole.id]
    assert seen(whole).done == 0


@pytest.mark.parametrize("id", ["", ".", "..", "../jobs", "no-such-job", "a/b"])
def test_an_id_from_outside_finds_no_other_folder(id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PROGRAM", program(ENDS))
    ended(jobs.start(COMMAND))
    assert jobs.find(id) is None


def test_a_download_that_cannot_be_says_why_in_one_sentence() -> None:
    job = ended(jobs.start(("data", "fetch", "folder")))
    assert job.state == "failed"
    assert "nothing to download" in job.problem
    assert "Traceback" not in job.problem


def test_an_unknown_option_is_told() -> None:
    job = ended(jobs.start(("data", "fetch", "digits", "--no-such-option", "3")))
    assert (job.state, job.problem) == ("failed", "The command was refused; its log says why.")
    assert any("no-such-option" in line for line in jobs.last_lines(job.folder))


def test_pictures_are_drawn_in_a_process_and_seen_on_the_way(tmp_path: Path) -> None:
    command = ("visualize", "digits-vgg16-adv", "--images", "3", "--steps", "2", "--attack", "none", "--no-twins")
    job = jobs.start(command)
    stale = job.preview
    job = ended(job)
    assert stale is None
    assert job.problem == ""
    assert job.done == job.total > 0
    assert (tmp_path / "visualize" / job.result / "strip.parquet").is_file()
    assert seen(job).preview is not None


def test_job_3_the_command_line_joins_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that another process is at waits for it, then finds what it made."""
    command = ("data", "fetch", "digits")
    go = tmp_path / "go"
    monkeypatch.setattr(
        jobs, "PROGRAM", program(
            "import pathlib, sys, time",
            f"while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.01)",
            "from core.cli import main; sys.exit(main(sys.argv[1:]))",
        ),
    )  # fmt: skip
    job = jobs.start(command)
    line = subprocess.Popen(
        [sys.executable, "-m", "core", *command, "--json"], cwd=store.PROJECT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert line.stderr is not None
    assert "Another process is at this work" in line.stderr.readline()
    go.touch()
    said, _ = line.communicate()
    assert line.returncode == 0
    assert json.loads(said)["fetched"] is False
    assert ended(job).state == "done"


def test_job_3_the_page_joins_the_command_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What a terminal began is seen, not begun again, and can be stopped; the terminal says so."""
    begins = "from core.cli.long_work import at_work; import time; cm = at_work(('paper', 'toy')); cm.__enter__()"
    line = subprocess.Popen(program(begins, "time.sleep(600)"), cwd=store.PROJECT, start_new_session=True)
    wait_until(lambda: jobs.jobs() and jobs.jobs()[0].alive)
    job = jobs.start(("paper", "toy"))
    assert pid_of(job) == line.pid
    jobs.stop(job)
    assert line.wait() == -signal.SIGTERM
    assert seen(job).state == "stopped"
