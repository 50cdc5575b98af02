"""Many photographs: one after the other or in several processes, resumable, and the tables at the end."""
import json
import multiprocessing
import os
import time
from pathlib import Path

from .catalogue import photo_name, write_tables
from .people import PEOPLE
from .sitting import PHOTOS


def shoot(job):
    """Render one photograph unless it is there already; safe to kill at any moment.

    Photo and ground truth are written under temporary names and renamed, the photo last: where there is a photo, both are complete.
    """
    number, photo, out, options = job
    path = Path(out) / "photos" / photo_name(number, photo)
    record = Path(out) / "truth" / f"{path.stem}.json"
    if path.exists():
        return path, 0.0
    from .portrait import render     # Blender changes sys.path, which would spoil it for new processes: load it only here
    start = time.time()
    temporary = path.with_suffix(".part")
    truth = render(number, photo, str(temporary), **options)
    record.with_suffix(".part").write_text(json.dumps(truth))
    os.replace(record.with_suffix(".part"), record)
    os.replace(temporary, path)
    return path, time.time() - start


def settle_on_a_core():
    """Keep a worker of the pool on one core, where the system allows it: Blender's denoiser starts a thread a core, and they wait busily."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        worker = multiprocessing.current_process()._identity[0]
        os.sched_setaffinity(0, {cores[worker % len(cores)]})


def finished(out):
    """Return {(number, photo): truth} of all finished photographs."""
    truths = {}
    for number in range(1, PEOPLE + 1):
        for photo in range(1, PHOTOS + 1):
            path = Path(out) / "photos" / photo_name(number, photo)
            if path.exists():
                truths[number, photo] = json.loads((Path(out) / "truth" / f"{path.stem}.json").read_text())
    return truths


def render_people(numbers, photos, out, processes, **options):
    """Render photographs of people into ``out`` and write the tables; ``options`` go to ``portrait.render``."""
    for folder in ("photos", "truth"):
        (Path(out) / folder).mkdir(parents=True, exist_ok=True)
    jobs = [(number, photo, out, options) for number in numbers for photo in photos]
    start, total = time.time(), len(jobs)
    report = lambda count, done: print(f"{count}/{total} {done[0].name} {done[1]:.1f} s, {time.time() - start:.0f} s in all", flush=True)
    if processes == 1:
        for count, job in enumerate(jobs, 1):
            report(count, shoot(job))
    else:
        # Fresh processes from time to time: Blender keeps a little memory from every scene.
        count, share = 0, 100 * processes
        for first in range(0, total, share):
            with multiprocessing.get_context("spawn").Pool(processes, initializer=settle_on_a_core) as pool:
                for done in pool.imap_unordered(shoot, jobs[first:first + share]):
                    count += 1
                    report(count, done)
    write_tables(out, finished(out))
