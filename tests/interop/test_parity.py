"""What tandem renders without running it, against what the real Alembic prints."""

import subprocess

from conftest import ROOT


def test_the_example_is_rendered_as_alembic_does() -> None:
    run = subprocess.run(
        [ROOT / "tests/parity", ROOT / "alembic/versions"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (0, "same 16\n")
