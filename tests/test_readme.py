"""
The README's scripts on price lists, run as they stand, in a folder with the repository's files.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from thinning import keep_only

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
FIRST = ("Så används det",)
PRICE_LISTS = (
    "Ett scenario",
    "En sänkning som når sitt mål",
    "En enklare prislista",
    "Varför intäkten ändrades",
    "Prognos",
    "Hur mycket har kommit\\?",
    "Uppföljning",
)


def script(*headings: str) -> str:
    """
    The Python blocks under some headings, one after the other.
    """
    blocks = []
    for heading in headings:
        section = re.search(rf"^##+ {heading}$(.*?)(?=^##)", README, re.MULTILINE | re.DOTALL)
        assert section is not None, heading
        blocks += re.findall(r"^```python\n(.*?)^```$", section[1], re.MULTILINE | re.DOTALL)
    return "\n".join(blocks)


def test_the_scripts_run_one_after_the_other_and_print_what_they_say(tmp_path: Path) -> None:
    for folder in ("examples/data", "pricelists"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    # the figures that it tells are of 2021 and 2022: the years before and the budget may be a few customers'
    data = tmp_path / "examples" / "data"
    keep_only(
        ("SDF-SOD", "SDF-SKA", "FF-AMF", "BOL-BOF"), [*data.glob("historik-*"), data / "budget-2021.csv"]
    )
    text = script(*FIRST, *PRICE_LISTS)
    ran = subprocess.run(  # noqa: S603 - the repository's own text
        [sys.executable, "-X", "utf8", "-c", text],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert 0 == ran.returncode, ran.stderr
    told = re.findall(r"^print\(.*\)\s+# ([−\d][\d. ]*)(?:;|$)", text, re.MULTILINE)
    assert 3 == len(told)
    for figures in told:
        assert figures.replace("−", "-").strip() in ran.stdout
    assert {"2022.html", "2022.toml"} <= {each.name for each in tmp_path.iterdir()}
    assert "# ====" in (tmp_path / "2022.toml").read_text("utf-8")
