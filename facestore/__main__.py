"""`python -m facestore`: the command line without an installed script."""

from facestore.cli import main

if __name__ == "__main__":
    main()
