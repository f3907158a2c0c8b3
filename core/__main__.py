import os
import sys

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # before torch is imported: waiting threads give the core away

from core.cli import main  # noqa: E402

sys.exit(main())
