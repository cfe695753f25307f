"""`python -m signalbus.smoke --url https://signalbus.example.org --key sb_test_…`"""

import sys
from argparse import ArgumentParser

from signalbus.smoke.arguments import add_arguments, target_of
from signalbus.smoke.calling import SmokeError
from signalbus.smoke.steps import run


def main() -> int:
    """Tell each step; 1 where one failed, 2 where it was called wrongly."""
    parser = ArgumentParser(prog="python -m signalbus.smoke", description=run.__doc__)
    add_arguments(parser)
    try:
        target = target_of(vars(parser.parse_args()))
        for said in run(target):
            sys.stdout.write(f"ok    {said}\n")
    except ValueError as error:
        parser.error(str(error))
    except SmokeError as error:
        sys.stderr.write(f"FAIL  {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
