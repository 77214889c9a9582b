// Buttons, keys, the timeline and the layer switches: what they look like and what they ask of the player.

const KEYS = {
  ArrowLeft: ["back", "previousStep"],
  ArrowRight: ["forward", "nextStep"],
  ArrowUp: ["previousStep", "previousStep"],
  ArrowDown: ["nextStep", "nextStep"],
  Home: ["first", "first"],
  End: ["last", "last"],
};

function listenToControls(player, signal) {
  const { root, part } = player;
  const on = (target, event, act) => target.addEventListener(event, act, { signal });
  on(root, "keydown", (event) => pressKey(player, event));
  on(document, "keydown", (event) => stepFromAnywhere(player, event));
  on(root, "click", (event) => {
    const button = event.target.closest("button");
    if (button) press(player, button);
  });
  on(part("scrub"), "input", (event) => player.go(Number(event.target.value)));
  on(part("opacity"), "input", (event) => player.choose({ opacity: Number(event.target.value) / 100 }));
  for (const event of ["pointermove", "pointerdown", "pointerleave"]) {
    on(part("image"), event, (happened) => player.hover(happened));
  }
  on(matchMedia("(prefers-color-scheme: dark)"), "change", () => player.themeChanged());
}

function press(player, button) {
  const { go, speed, layer, drawing } = button.dataset;
  if (button === player.part("play")) player.togglePlay();
  else if (go) player.goTo(go);
  else if (speed) player.choose({ speed: Number(speed) });
  else if (drawing) player.choose({ smooth: drawing === "smooth" });
  else if (layer) {
    const shown = button.getAttribute("aria-pressed") === "true";
    player.choose({ overrides: { ...player.chosen.overrides, [layer]: !shown } });
  } else player.choose({ overrides: {} });
}

// Left and right step while no control has the focus, but the page or a part of it that holds the player;
// the other keys are left to scroll the page.
function stepFromAnywhere(player, event) {
  const host = player.root.getRootNode().host ?? player.root;
  const around = event.target !== host && event.target.contains?.(host);
  const idle = around && !event.defaultPrevented && !event.shiftKey;
  const heard = player.group ? player.group.leads(player) : !player.compact;
  if (idle && heard && ["ArrowLeft", "ArrowRight"].includes(event.key)) pressKey(player, event);
}

function pressKey(player, event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const within = event.target;
  if (event.key === " ") {
    // A focused button is pressed by the space bar, as everywhere else.
    if (within.closest("button")) return;
    player.togglePlay();
  } else {
    const [plain, shifted] = KEYS[event.key] ?? [];
    if (!plain || within === player.part("opacity")) return;
    player.goTo(event.shiftKey ? shifted : plain);
  }
  event.preventDefault();
}

// mark: the moment at which the walk parts from another one, or null
function buildTimeline(root, trace, moments, mark) {
  const segments = moments.map(({ tone, kind, step }, place) => {
    const starts = place > 0 && moments[place - 1].step !== step;
    const segment = element("span", `segment ${tone}${starts ? " starts" : ""}${place === mark ? " parts" : ""}`);
    segment.dataset.kind = kind;
    return segment;
  });
  root.querySelector(".segments").replaceChildren(...segments);
  const stretches = trace.steps.map((record, step) => {
    const stretch = element("span", "stretch", trace.names[record.label]);
    stretch.style.flexGrow = moments.filter((moment) => moment.step === step).length;
    if (verdictOf(record) !== null) stretch.append(verdictSign(verdictOf(record)));
    return stretch;
  });
  root.querySelector(".stretches").replaceChildren(...stretches);
  const timeline = root.querySelector(".timeline");
  timeline.style.setProperty("--count", moments.length);
  timeline.classList.toggle("dense", moments.length > 50); // no room for gaps between so many
  root.querySelector(".scrub").max = moments.length - 1;
}

function showTimeline(root, moments, now) {
  const scrub = root.querySelector(".scrub");
  scrub.value = now;
  scrub.setAttribute("aria-valuetext", `moment ${now + 1} of ${moments.length}, meta-step ${moments[now].step + 1}`);
  for (const [place, segment] of [...root.querySelector(".segments").children].entries()) {
    segment.classList.toggle("ahead", place > now);
  }
  for (const button of root.querySelectorAll("[data-go]")) {
    const backwards = ["first", "previousStep", "back"].includes(button.dataset.go);
    // aria-disabled keeps the focus where it is when the end is reached
    button.setAttribute("aria-disabled", now === (backwards ? 0 : moments.length - 1));
  }
}

function showLooks(root, layers, { overrides, speed, smooth, opacity }) {
  const pressed = (button, is) => button.setAttribute("aria-pressed", is);
  for (const button of root.querySelectorAll("[data-layer]")) {
    pressed(button, layers.has(button.dataset.layer));
    button.classList.toggle("own", button.dataset.layer in overrides);
  }
  for (const button of root.querySelectorAll("[data-speed]")) pressed(button, Number(button.dataset.speed) === speed);
  for (const button of root.querySelectorAll("[data-drawing]")) {
    pressed(button, (button.dataset.drawing === "smooth") === smooth);
  }
  pressed(root.querySelector(".automatic"), Object.keys(overrides).length === 0);
  root.querySelector(".opacity").value = Math.round(opacity * 100);
}

function readoutOf(trace, moment, cell) {
  const { saliency, nextSaliency, mask, priority } = trace.steps[moment.step];
  const after = moment.kind === "inhibition" ? ` \u2192 ${decimal(nextSaliency[cell])}` : "";
  const parts = [
    cellName(trace, cell),
    `saliency ${decimal(saliency[cell])}${after}`,
    `mask ${decimal(mask[cell])}`,
    `priority ${decimal(priority[cell])}`,
  ];
  return parts.join(" \u00b7 ");
}
