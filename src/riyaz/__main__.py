"""The one way in: ``python -m riyaz VERB``; without a verb it says which there are."""

import sys

from riyaz.tools import environment

if __name__ == "__main__":
    environment.enter([sys.executable, "-m", "riyaz", *sys.argv[1:]])
    from riyaz import commands

    sys.exit(commands.main(sys.argv[1:]))
