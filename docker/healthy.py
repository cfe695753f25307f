"""A container's health check: `healthy.py PORT [PATH]` ends with 0 if it answers 200."""

import sys
import urllib.error
import urllib.request

SECONDS = 8.0  # the three servers are probed side by side, 3 s each


def main(port: str, path: str = "/readyz") -> int:
    """0 where the process answers well; else 1, and the answer is told."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=SECONDS).close()
    except urllib.error.HTTPError as refusal:
        sys.stderr.write(f"{refusal.code} {refusal.read(500).decode('utf-8', 'replace')}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
