#!/usr/bin/env python3
"""Looks for what bars people from a page, by axe-core: `axe.py AXE.min.js PAGE...`."""
import json
import sys

from browser import Browser

with open(sys.argv[1], encoding="utf-8") as file:
    axe = file.read()
serious = 0
with Browser() as browser:
    for page in sys.argv[2:]:
        for width, height, dark in [(1280, 720, False), (390, 844, True)]:
            browser.resize(width, height, dark)
            browser.open(page)
            browser.evaluate(axe + "; 0")
            found = json.loads(browser.evaluate("axe.run().then(it => JSON.stringify(it.violations))"))
            for it in found:
                where = [(node["html"][:160], node["failureSummary"][:300]) for node in it["nodes"][:3]]
                print(f"{page}, {width} wide: {it['impact']}: {it['id']}: {it['help']}: {where}")
            serious += sum(it["impact"] in ["serious", "critical"] for it in found)
print(f"{serious} serious")
sys.exit(serious > 0)
