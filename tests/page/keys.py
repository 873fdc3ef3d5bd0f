"""Presses the keys of a page, and follows its links: `keys.py MP-DEMO FOLDER RECORDING`.

The recording is of a writer, a reader that is terminated, and values that are lost.
"""
import json
import os
import subprocess
import sys

from browser import Browser

program, folder, recording = sys.argv[1:]
page = os.path.join(folder, "keys.html")
subprocess.run([program, "view", "--page", page, recording, "--lang", "en"], check=True,
               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
with open(recording, encoding="utf-8") as file:
    log = [json.loads(line) for line in file]


def number(is_it):
    """The number of the first event of which this is true."""
    return next(place for place, event in enumerate(log, 1) if is_it(event))


def of(name, **fields):
    return number(lambda it: it["event"] == name and fields.items() <= it.items())


def step():
    return int(browser.evaluate("document.querySelector('[aria-current] > a').textContent"))


def expect(what, expected):
    got = step()
    assert got == expected, f"{what}: step {got}, not {expected}"


def press(key, expected):
    browser.press(key)
    expect(f"after {key!r}", expected)


last = len(log)
put, got = of("put", value="B"), of("get", value="A")
end = of("exited", child=log[of("terminate") - 1]["child"])
with Browser() as browser:
    browser.resize(1280, 720)
    browser.open(page)
    expect("a page begins at its end", last)
    press("Home", 1)
    press("ArrowRight", 2)
    press("ArrowLeft", 1)
    press("End", last)

    browser.open(page, f"#step={put}")
    expect("an address has its step", put)
    writer = log[put - 1]["pid"]
    following = next(it for it in range(put + 1, last + 1) if log[it - 1]["pid"] == writer)
    press("n", following)
    press("N", put)

    press("c", of("terminate"))
    press("e", put)
    browser.open(page, f"#step={got}")
    press("c", of("put", value="A"))
    press("e", got)
    browser.open(page, f"#step={end}")
    press("c", of("terminate"))
    wait = of("wait", call="get")
    browser.open(page, f"#step={wait}")
    ended = next(it for it in range(wait + 1, last + 1)
                 if log[it - 1]["pid"] == log[wait - 1]["pid"])
    browser.press("c")
    assert wait < step() <= ended, f"a wait leads to {step()}"
    browser.evaluate("history.back(); new Promise(it => addEventListener('hashchange', it))")
    expect("the browser's way back", wait)

    browser.press("t")
    assert browser.evaluate("document.body.className") == "by-time"
    press("Home", 1)
    browser.evaluate("document.getElementById('slider').focus()")
    press("ArrowRight", 2)
    browser.press(" ")
    browser.evaluate(f"""new Promise(played => {{
        const look = () => document.querySelector('[aria-current] > a').textContent === '{last}'
            ? played() : setTimeout(look, 20);
        look();
    }})""")
    expect("a run that was played", last)
    named = "[...document.querySelectorAll('button, select, input, section, svg[role]')]" \
        ".every(it => it.getAttribute('aria-label'))"
    assert browser.evaluate(named), "all that can be used has a name"
    assert not browser.complaints, browser.complaints

    # Two runs are stepped together; the shorter one stays at its end.
    two = os.path.join(folder, "two.html")
    longer = os.path.join(os.path.dirname(recording), "spawn.jsonl")
    subprocess.run([program, "view", "--page", two, recording, longer, "--lang", "en"], check=True)
    browser.open(two)
    steps = "[...document.querySelectorAll('[aria-current] > a:first-child')].map(it => Number(it.textContent))"
    with open(longer, encoding="utf-8") as file:
        longest = sum(1 for _ in file)
    for key, expected in [("Home", [1, 1]), ("ArrowRight", [2, 2]), ("End", [last, longest])]:
        browser.press(key)
        got = browser.evaluate(steps)
        assert got == expected, f"two runs after {key}: {got}, not {expected}"
    assert not browser.complaints, browser.complaints

    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(page)
    document = browser.call("DOM.getDocument", depth=0)["root"]["nodeId"]

    def box(query):
        node = browser.call("DOM.querySelector", nodeId=document, selector=query)["nodeId"]
        try:
            return browser.call("DOM.getBoxModel", nodeId=node)["model"]["height"]
        except RuntimeError:
            return 0

    assert box("nav") == 0 and box(".events") > 100 and box(".lanes") > 100 and box(".tree") > 20
print("keys and links go where they should")
