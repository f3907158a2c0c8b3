import os
import signal
import sys

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # before torch is imported: waiting threads give the core away

from core.cli import main  # noqa: E402

signal.signal(signal.SIGTERM, signal.default_int_handler)  # stopped from a page: as by Ctrl-C, nothing half-written
sys.exit(main())
