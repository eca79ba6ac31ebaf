"""What docs/cluster.md recommends works: the settings exist, and the Slurm recipe gives a job script."""

import re
import subprocess
import sys
from pathlib import Path

from riyaz import params

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "cluster.md").read_text(encoding="utf-8")


def test_every_setting_of_compute_is_explained():
    listed = re.findall(r"^\| `compute\.(\w+)`", PAGE, flags=re.MULTILINE)
    assert listed == list(params.Compute.model_fields)


def test_the_slurm_recipe_gives_a_job_script():
    recipe = re.search(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)[1]
    recipe = re.sub(r'interface="ib0"', 'scheduler_options={"host": "127.0.0.1"}', recipe)
    recipe = re.sub(r"cluster\.scale.*", "print(cluster.job_script())", recipe)
    recipe = re.sub(r"^input.*", "", recipe, flags=re.MULTILINE)
    run = subprocess.run([sys.executable, "-c", recipe], capture_output=True, text=True)
    for line in ("#SBATCH -p normal", "#SBATCH --cpus-per-task=1", "#SBATCH --mem=8G", "#SBATCH -t 04:00:00"):
        assert line in run.stdout, run.stderr
    assert "cd ~/riyaz\nsource .venv/bin/activate\n" in run.stdout
    assert re.search(r"-m distributed\.cli\.dask_worker tcp://127\.0\.0\.1:\d+ .*--nthreads 1", run.stdout)
