"""Holds pages against their logs, in a browser: `check.py MP-DEMO FOLDER [STEPS] RECORDING...`.

At each of so many steps a page must show what the log says, however one comes there: by keys
forwards and backwards, and by jumps. It must send no request, and say nothing on the console.
"""
import os
import random
import subprocess
import sys
import time

from browser import Browser
from fold import folded

STATE = """(() => {
  const all = (query, of = document) => [...of.querySelectorAll(query)];
  const text = element => element.textContent;
  const pid = element => text(element.querySelector("b")).split(" ").pop();
  const shown = { processes: {}, objects: {}, holders: {}, waiters: {}, marks: {} };
  for (const row of all(".tree li:not(:empty)")) {
    const kinds = row.querySelector(":scope > .st").classList;
    const kind = ["bad", "ended", "zombie", "wait", "join", "sleep", "run"].find(it => kinds.contains(it));
    shown.processes[pid(row)] = kind;
  }
  for (const object of all(".objects li:not(:empty)")) {
    const name = text(object.querySelector("b"));
    shown.objects[name] = all("kbd, var, .more", object).map(text);
    const holder = object.querySelector(".holder");
    if (holder) shown.holders[name] = Number(pid(holder));
    const waits = object.querySelector(".waits");
    if (waits) {
      const more = Number(/\\+(\\d+)/.exec(text(waits))?.[1] || 0);
      shown.waiters[name] = all("b", waits).length + more;
    }
  }
  for (const line of all(".code > li")) {
    const at = line.querySelector(".at");
    const count = at ? all(".mk", at).length + Number(/\\+(\\d+)$/.exec(text(at))?.[1] || 0) : 0;
    const file = line.parentElement.previousElementSibling.textContent;
    if (count) shown.marks[`${file}:${line.value}`] = count;
  }
  shown.output = all(".output li:not(.later) samp").map(text);
  shown.buffers = all("p.buffer").reduce((count, it) => count + all("samp", it).length +
    Number(/\\+(\\d+)$/.exec(text(it))?.[1] || 0), 0);
  shown.step = all("[aria-current]").map(it => text(it.querySelector("a")))[0];
  shown.hash = location.hash;
  return shown;
})()"""

NUMBERS = "[...document.querySelectorAll('.events > li > a:first-child')].map(it => Number(it.textContent))"

JUMP = """(hash => new Promise(arrived => {
  if (location.hash === hash) return arrived();
  addEventListener("hashchange", () => setTimeout(arrived), { once: true });
  location.hash = hash;
}))"""

# How long a key may take, until everything is laid out again.
PRESS = """(key => {
  const begin = performance.now();
  document.dispatchEvent(new KeyboardEvent("keydown", { key }));
  document.body.getBoundingClientRect();
  return performance.now() - begin;
})"""


def differences(path, shown, expected, step):
    known = {f"{file}" for file in shown["marks"]}
    for name, wanted in expected.items():
        got = shown[name]
        if name == "output" and len(wanted) > 1000:
            # Of so many lines the page has the first and the last.
            got, wanted = got[:1000], wanted[:1000]
        if name == "objects":
            # What was never in use so far may be missing, or empty.
            got = {key: it for key, it in got.items() if it or key in wanted}
            wanted = {key: it for key, it in wanted.items() if it or key in got}
        if name == "marks":
            # Of some files the page has no text.
            files = {it.rsplit(":", 1)[0] for it in known}
            wanted = {it: count for it, count in wanted.items() if it.rsplit(":", 1)[0] in files}
        if got != wanted:
            yield f"{path}, step {step}, {name}:\n  page {got}\n  log  {wanted}"


def check(browser, program, folder, steps, recording, chance):
    page = os.path.join(folder, "page.html")
    subprocess.run([program, "view", "--page", page, recording, "--lang", "en"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    states = folded(recording)
    wrong, slowest = [], 0

    def compare(place):
        shown, step = browser.evaluate(STATE), numbers[place - 1]
        if shown["step"] != str(step):
            wrong.append(f"{recording}: at step {shown['step']} instead of {step}")
        wrong.extend(differences(recording, shown, states[step - 1], step))

    def press(key):
        nonlocal slowest
        slowest = max(slowest, browser.evaluate(f"{PRESS}({key!r})"))

    def open_page():
        begin = time.monotonic()
        browser.open(page)
        return time.monotonic() - begin

    # Somebody else may have had the machine.
    opened = open_page()
    if opened > 0.5:
        opened = min(opened, open_page())
    numbers = browser.evaluate(NUMBERS)
    count = len(numbers)
    compare(count)
    press("Home")
    compare(1)
    few = min(steps, count) // 3
    step = 1
    for _ in range(few):
        press("ArrowRight")
        step = min(step + 1, count)
        compare(step)
    for _ in range(few):
        step = chance.randint(1, count)
        browser.evaluate(f"{JUMP}('#step={numbers[step - 1]}')")
        compare(step)
    for _ in range(few):
        press("ArrowLeft")
        step = max(step - 1, 1)
        compare(step)
    press("End")
    compare(count)
    wrong.extend(f"{recording}: {it}" for it in browser.complaints)
    # On a quiet machine, as when it soaks.
    if "SOAK" in os.environ and len(states) <= 2000 and (opened > 1 or slowest > 50):
        wrong.append(f"{recording}: too slow")
    browser.complaints.clear()
    return wrong, opened, slowest, os.path.getsize(page)


def main():
    program, folder, steps, *recordings = sys.argv[1:]
    wrong = []
    with Browser() as browser:
        browser.resize(1280, 720)
        for recording in recordings:
            chance = random.Random(recording)
            found, opened, slowest, size = check(browser, program, folder, int(steps), recording, chance)
            wrong += found
            print(f"{os.path.basename(recording)}: {size} bytes, opened in {opened * 1000:.0f} ms, "
                  f"a step in at most {slowest:.0f} ms, {len(found)} wrong")
    print("\n".join(it[:1000] for it in wrong[:20]))
    sys.exit(bool(wrong))


main()
