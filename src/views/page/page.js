// @ts-check
"use strict";

// Steps through the runs of a page. What stands on the page at each step comes from the data: this
// script puts it there, forwards and backwards, and knows nothing of processes.
(() => {
  /**
   * @typedef {{count: number, numbers?: number[], times: number[], processes: number[], at: number[],
   *   strings: string[], changes: number[][], snapshots: number[][]}} Data
   */

  /** How many steps there are from one snapshot to the next. */
  const SNAPSHOT = 200;

  /** From how many events on only those are laid out that can be seen. */
  const LONG = 300;

  /** The shortest and the longest time between two steps when the run is played, in milliseconds. */
  const PACE = [40, 4000];

  /** @param {string} id */
  const byId = id => /** @type {HTMLElement} */ (document.getElementById(id));

  /** One run: its part of the page, and where it is. */
  class Run {
    /** @param {HTMLElement} root @param {Data} data */
    constructor(root, data) {
      this.root = root;
      this.data = data;
      /** @type {HTMLElement[]} */
      this.slots = [];
      for (const slot of root.querySelectorAll("[data-slot]")) {
        const element = /** @type {HTMLElement} */ (slot);
        this.slots[Number(element.dataset.slot)] = element;
      }
      this.items = [...root.querySelectorAll(".events > li")];
      // The address has the step; the browser would scroll there by itself.
      for (const item of this.items) item.removeAttribute("id");
      if (this.items.length > LONG) this.items[0].parentElement?.classList.add("long");
      this.later = [...root.querySelectorAll("[data-from]")].map(element => ({
        element, from: Number(/** @type {HTMLElement} */ (element).dataset.from),
      }));
      this.shown = this.later.length;
      this.copy = /** @type {HTMLElement} */ (root.querySelector(".now-copy"));
      this.pictures = [...root.querySelectorAll("svg[data-x]")].map(svg => ({
        scroll: /** @type {HTMLElement} */ (svg.parentElement),
        now: /** @type {Element} */ (svg.querySelector(".now")),
        xs: (svg.getAttribute("data-x") || "").split(" ").map(Number),
      }));
      this.count = data.count;
      // The page is written as it is after the last step.
      this.step = this.count;
      this.values = this.at(this.count);
      /** @type {Element | null} */
      this.here = null;
    }

    /** What stands in each slot after this step. @param {number} step */
    at(step) {
      const place = Math.floor(step / SNAPSHOT);
      const values = this.data.snapshots[place].slice();
      for (let next = place * SNAPSHOT; next < step; next++) {
        const changes = this.data.changes[next];
        for (let i = 0; i < changes.length; i += 3) values[changes[i]] = changes[i + 2];
      }
      return values;
    }

    /** @param {number} to */
    go(to) {
      to = Math.max(1, Math.min(to, this.count));
      /** @type {Set<number>} */
      const touched = new Set();
      if (Math.abs(to - this.step) > SNAPSHOT) {
        const values = this.at(to);
        values.forEach((value, slot) => value !== this.values[slot] && touched.add(slot));
        this.values = values;
        this.step = to;
      }
      while (this.step !== to) {
        const isForward = this.step < to;
        const changes = this.data.changes[isForward ? this.step : this.step - 1];
        for (let i = 0; i < changes.length; i += 3) {
          this.values[changes[i]] = changes[i + (isForward ? 2 : 1)];
          touched.add(changes[i]);
        }
        this.step += isForward ? 1 : -1;
      }
      for (const slot of touched) {
        const element = this.slots[slot];
        if (element) element.innerHTML = this.data.strings[this.values[slot]];
      }
      this.show();
    }

    /** Shows which step it is. */
    show() {
      // They stand in their order.
      while (this.shown < this.later.length && this.later[this.shown].from <= this.step) {
        this.later[this.shown++].element.classList.remove("later");
      }
      while (this.shown > 0 && this.later[this.shown - 1].from > this.step) {
        this.later[--this.shown].element.classList.add("later");
      }
      this.root.querySelector("[aria-current]")?.removeAttribute("aria-current");
      const item = this.items[this.step - 1];
      if (!item) return;
      item.setAttribute("aria-current", "step");
      this.copy.replaceChildren(...[...item.childNodes].map(node => node.cloneNode(true)));
      reveal(item);
      // The heights of a long list are known where it is shown.
      if (this.items.length > LONG) requestAnimationFrame(() => reveal(item));
      for (const { now, xs, scroll } of this.pictures) {
        const x = xs[this.step - 1];
        now.setAttribute("x", String(x - 2));
        const { scrollLeft, clientWidth } = scroll;
        if (x < scrollLeft + 40 || x > scrollLeft + clientWidth - 60) {
          scroll.scrollLeft = x - clientWidth / 2;
        }
      }
      this.here?.classList.remove("here");
      let last = this.step - 1;
      while (last > 0 && this.data.at[last] < 0) last--;
      this.here = this.slots[this.data.at[last]]?.parentElement || null;
      if (this.here) {
        this.here.classList.toggle("here", last === this.step - 1);
        reveal(this.here);
      }
      const output = this.root.querySelector(".output-of");
      if (output) output.scrollTop = output.scrollHeight;
    }

    /** The number in the log of a step's event. @param {number} step */
    number(step) {
      return this.data.numbers ? this.data.numbers[step - 1] : step;
    }

    /** The step nearest to an event's number in the log. @param {number} number */
    stepOf(number) {
      const step = this.data.numbers?.findIndex(other => other >= number) ?? number - 1;
      return step < 0 ? this.count : step + 1;
    }

    /** The next step of the same process, or the one before. @param {number} direction */
    ofSame(direction) {
      const processes = this.data.processes;
      let step = this.step + direction;
      while (step >= 1 && step <= this.count && processes[step - 1] !== processes[this.step - 1]) {
        step += direction;
      }
      return step >= 1 && step <= this.count ? step : this.step;
    }
  }

  /** Scrolls to an element within what scrolls around it, and leaves the page where it is. */
  /** @param {Element} element */
  function reveal(element) {
    let box = element.parentElement;
    while (box && box !== document.body) {
      if (box.scrollHeight > box.clientHeight + 1 && getComputedStyle(box).overflowY !== "visible") {
        const [inner, outer] = [element.getBoundingClientRect(), box.getBoundingClientRect()];
        if (inner.top < outer.top + 30 || inner.bottom > outer.bottom - 10) {
          box.scrollTop += inner.top - outer.top - box.clientHeight / 3;
        }
        return;
      }
      box = box.parentElement;
    }
  }

  const text = byId("data").textContent || "[]";
  const all = /** @type {Data[]} */ (JSON.parse(text));
  const roots = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("article")]);
  const runs = roots.map((root, place) => new Run(root, all[place]));
  const main = runs.reduce((a, b) => (b.count > a.count ? b : a));
  const slider = /** @type {HTMLInputElement} */ (byId("slider"));
  const pace = /** @type {HTMLSelectElement} */ (byId("pace"));
  let timer = 0;
  let naming = 0;

  /** @param {number} step */
  function go(step) {
    for (const run of runs) run.go(step);
    slider.value = String(main.step);
    const number = main.number(main.step);
    const words = `${number} / ${main.number(main.count)}`;
    byId("step").textContent = words;
    slider.setAttribute("aria-valuetext", words);
    // A browser takes only so many changes of its address in a while.
    clearTimeout(naming);
    naming = setTimeout(() => {
      if (location.hash !== `#step=${number}`) history.replaceState(null, "", `#step=${number}`);
    }, 150);
  }

  function pause() {
    clearTimeout(timer);
    timer = 0;
    byId("play").setAttribute("aria-pressed", "false");
  }

  function next() {
    if (main.step >= main.count) return pause();
    const times = main.data.times;
    const factor = Number(pace.value);
    const wait = factor ? (times[main.step] - times[main.step - 1]) * factor : 1000;
    timer = setTimeout(() => {
      go(main.step + 1);
      next();
    }, Math.max(PACE[0], Math.min(wait, PACE[1])));
  }

  function play() {
    if (timer) return pause();
    if (main.step >= main.count) go(1);
    byId("play").setAttribute("aria-pressed", "true");
    next();
  }

  /** From where to where links to causes were followed. @type {[number, number][]} */
  const trail = [];

  /** Goes to the cause of the present event, or back, or to its effect. @param {string} link */
  function follow(link) {
    const here = main.number(main.step);
    const [from, to] = trail.at(-1) || [];
    if (link === "effect" && from && to === here) {
      trail.pop();
      return visit(from);
    }
    for (const run of runs) {
      const found = run.copy.querySelector(`a.${link}`);
      const number = Number(found?.getAttribute("href")?.replace("#step=", ""));
      if (number) {
        if (link === "cause") trail.push([here, number]);
        return visit(number);
      }
    }
  }

  /** Goes to an event so that the browser knows the way back. @param {number} number */
  function visit(number) {
    clearTimeout(naming);
    location.hash = `#step=${number}`;
    go(main.stepOf(number));
  }

  /** @param {string} address */
  function fromAddress(address) {
    const number = Number(/#step=(\d+)$/.exec(address)?.[1]);
    if (number) go(main.stepOf(number));
    return Boolean(number);
  }

  /** @type {Record<string, () => void>} */
  const actions = {
    first: () => go(1),
    back: () => go(main.step - 1),
    play,
    next: () => go(main.step + 1),
    last: () => go(main.count),
    same: () => go(main.ofSame(1)),
    sameBefore: () => go(main.ofSame(-1)),
    cause: () => follow("cause"),
    effect: () => follow("effect"),
    axis: () => document.body.classList.toggle("by-time"),
  };

  /** @type {Record<string, string>} */
  const keys = {
    ArrowLeft: "back", ArrowRight: "next", Home: "first", End: "last", " ": "play", n: "same",
    N: "sameBefore", c: "cause", e: "effect", t: "axis",
  };

  for (const button of byId("controls").querySelectorAll("button")) {
    button.addEventListener("click", () => {
      if (button.id !== "play") pause();
      actions[button.id]();
    });
  }
  slider.addEventListener("input", () => {
    pause();
    go(Number(slider.value));
  });
  document.addEventListener("keydown", event => {
    const target = /** @type {HTMLElement} */ (event.target);
    const isTaken = event.ctrlKey || event.altKey || event.metaKey || target.tagName === "SELECT" ||
      (event.key === " " && ["BUTTON", "A"].includes(target.tagName));
    const action = keys[event.key];
    if (!action || isTaken) return;
    event.preventDefault();
    if (action !== "play") pause();
    actions[action]();
  });
  addEventListener("hashchange", event => {
    pause();
    fromAddress(event.newURL);
  });
  for (const run of runs) {
    for (const { scroll, xs } of run.pictures) {
      scroll.addEventListener("click", event => {
        const x = event.clientX - scroll.getBoundingClientRect().left + scroll.scrollLeft;
        const far = xs.map(other => Math.abs(other - x));
        pause();
        go(far.indexOf(Math.min(...far)) + 1);
      });
    }
  }
  document.documentElement.classList.add("script");
  byId("controls").hidden = false;
  if (!fromAddress(location.hash)) go(main.count);
})();
