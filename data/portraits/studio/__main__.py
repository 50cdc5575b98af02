"""The command line: ``python -m studio render 17 --out OUT``, ``all``, ``sheet``, ``collect``."""
import argparse

from .collect import collect
from .people import PEOPLE
from .sheet import contact_sheet
from .shooting import render_people
from .sitting import PHOTOS


def main():
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(prog="python -m studio", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("render", help="the photographs of some people")
    one.add_argument("numbers", type=int, nargs="+", help=f"1 ... {PEOPLE}")
    every = commands.add_parser("all", help=f"all {PEOPLE * PHOTOS} photographs; go on where it stopped")
    for command, processes, threads in ((one, 1, 2), (every, 2, 1)):
        command.add_argument("--out", required=True, help="folder for photos/, truth/ and the tables")
        command.add_argument("--photos", type=int, nargs="+", default=list(range(1, PHOTOS + 1)), help="which of the ten")
        command.add_argument("--scale", type=float, default=1.5, help="size of the rendering against the picture")
        command.add_argument("--samples", type=int, default=8, help="light paths a pixel")
        command.add_argument("--processes", type=int, default=processes)
        command.add_argument("--threads", type=int, default=threads, help="threads a process")
    sheet = commands.add_parser("sheet", help="contact sheet of a folder's photographs at 178x218 and 80x80")
    sheet.add_argument("folder")
    sheet.add_argument("png")
    collected = commands.add_parser("collect", help="copy finished people into the data folder, with table and checksums")
    collected.add_argument("out")
    collected.add_argument("data")
    arguments = parser.parse_args()
    try:
        if arguments.command == "sheet":
            contact_sheet(arguments.folder, arguments.png)
        elif arguments.command == "collect":
            print(f"{collect(arguments.out, arguments.data)} people are now in {arguments.data}")
        else:
            numbers = arguments.numbers if arguments.command == "render" else range(1, PEOPLE + 1)
            render_people(numbers, arguments.photos, arguments.out, arguments.processes,
                          scale=arguments.scale, samples=arguments.samples, threads=arguments.threads)
    except (ValueError, FileNotFoundError) as problem:
        parser.exit(2, f"{problem}\n")


if __name__ == "__main__":
    main()
