"""Every test that docs/documented-api.md names is there. Arguments: the page, the suites' sources."""

import re
import sys

tests = set()
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as source:
        tests |= {f"{suite}.{name}" for suite, name in re.findall(r"TEST(?:_F)?\((\w+),\s*(\w+)\)", source.read())}
suites = {test.split(".")[0] for test in tests}
with open(sys.argv[1], encoding="utf-8") as page:
    table = page.read().split("## Which sentence is proved where")[1]
suite, named, missing = "", 0, []
for found, name in re.findall(r"`(\w*)\.(\w+|\*)`", table):
    # A name without a suite is one of the suite before it.
    suite = found or suite
    named += 1
    if (suite not in suites) if name == "*" else (f"{suite}.{name}" not in tests):
        missing.append(f"{suite}.{name}")
print(f"{named} names, missing: {missing}")
sys.exit(1 if missing or not named else 0)
