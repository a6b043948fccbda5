"""Find out why a workflow run failed: `--workflow-run-id ID --mode analyze|analyze-and-fix`.

The same as `autonomous-cicd failure`; needs `pip install autonomous-cicd`.
"""

import subprocess
import sys

sys.exit(subprocess.call([sys.executable, "-P", "-m", "autonomous_cicd", "failure", *sys.argv[1:]]))
