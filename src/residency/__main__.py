"""``python -m residency`` is the command ``residency``."""

import sys

from residency.cli.app import main

sys.exit(main())
