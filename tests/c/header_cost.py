"""What including a header costs: no more than so many lines after the preprocessor, and none of the heavy standard headers that it
has no use for. Prints the compiler's processor time above that of an empty file, best of five, which depends on the machine and is
not asserted. Arguments: the compiler, the include folder, then header=lines each."""

import os
import re
import resource
import subprocess
import sys
import tempfile

# None of the classes needs streams, locales, regular expressions, file systems, parallel algorithms or random numbers of the
# standard library; each costs a tenth of a second and more.
HEAVY = "iostream fstream sstream iomanip ostream istream locale regex filesystem random valarray execution variant any list set".split()

compiler, include = sys.argv[1:3]
is_sound = True


def compile_time(source):
    best = float("inf")
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        subprocess.run([compiler, "-std=c++17", "-I", include, "-fsyntax-only", source], check=True)
        best = min(best, resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before)
    return best


with tempfile.TemporaryDirectory() as folder:
    source = os.path.join(folder, "source.cpp")
    open(source, "w").close()
    empty = compile_time(source)
    for argument in sys.argv[3:]:
        header, most = argument.split("=")
        with open(source, "w") as file:
            file.write(f'#include "{header}"\n')
        run = [compiler, "-std=c++17", "-I", include]
        text = subprocess.run([*run, "-E", "-P", source], check=True, capture_output=True, text=True).stdout
        lines = sum(1 for line in text.splitlines() if line.strip())
        rule = subprocess.run([*run, "-M", source], check=True, capture_output=True, text=True).stdout
        names = {os.path.basename(path) for path in re.findall(r"\S+", rule)}
        heavy = sorted(names.intersection(HEAVY))
        print(f"{header}: {lines} lines of at most {most}, {compile_time(source) - empty:.2f} s; heavy headers: {heavy or 'none'}")
        is_sound &= lines <= int(most) and not heavy
sys.exit(0 if is_sound else 1)
