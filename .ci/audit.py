"""Fails when a locked package has a known weakness; says so, and passes, when nobody can be asked."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path


def main(lock: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [str(Path(sys.executable).with_name("pip-audit")), "--disable-pip", "--require-hashes", "-r", lock]
        options = ["--format", "json", "--output", str(report), "--progress-spinner", "off", "--timeout", "30"]
        done = subprocess.run([*command, *options], check=False, capture_output=True, text=True)
        if not report.exists() or not report.read_text().strip():
            print(f"NOTICE: the audit got no answer, so known weaknesses were NOT looked for.\n{done.stderr[-600:]}")
            return 0
        packages = json.loads(report.read_text())["dependencies"]
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    if skipped:
        print(f"NOTICE: known weaknesses were NOT looked for in {len(skipped)} packages: {', '.join(skipped)}")
    weak = [package for package in packages if package.get("vulns")]
    for package in weak:
        for found in package["vulns"]:
            fixed = ", ".join(found["fix_versions"]) or "no release yet"
            print(f"{package['name']} {package['version']}: {found['id']} (fixed in {fixed})")
    print(f"{len(packages) - len(skipped)} packages looked at, {len(weak)} with known weaknesses")
    return 1 if weak else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
