// The fields of each tool: their values, and the edits they request.

function fillChoices(bench) {
  const { root, data, player } = bench;
  const options = (select, pairs) => {
    if (select.options.length === pairs.length) return; // keeps the current choice
    select.replaceChildren(...pairs.map(([value, text]) => new Option(text, value)));
  };
  const panel = (name) => root.querySelector(`[data-panel="${name}"]`);
  options(panel("label").querySelector("select"), player.trace.names.map((name, label) => [label, name]));
  options(panel("saliency").querySelector("select"), [["", "the model's own saliency"], ...data.models]);
  panel("saliency").querySelector("select").value = data.done.saliency;
  for (const name of ["row", "column"]) {
    for (const input of root.querySelectorAll(`.doing .row [name="${name}"]`)) input.max = player.trace[`${name}s`];
  }
}

function showPanels(bench) {
  const { root, tool, edit, step, player } = bench;
  for (const panel of root.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== tool;
  for (const button of root.querySelectorAll("[data-tool]")) {
    button.setAttribute("aria-pressed", button.dataset.tool === tool);
  }
  for (const button of root.querySelectorAll("[data-click]")) {
    button.setAttribute("aria-pressed", button.dataset.click === bench.click);
  }
  for (const button of root.querySelectorAll("[data-leave]")) {
    const told = button.dataset.leave.split(" ").some((name) => edit[name] !== null && edit[name].length !== 0);
    button.disabled = !told;
  }
  root.querySelector(".at").textContent = `What if, at meta-step ${step + 1} of ${player.trace.steps.length}`;
  showGlimpses(bench);
  showRules(bench);
  showMix(bench);
}

function showGlimpses({ root, edit, player, step }) {
  const select = root.querySelector("[name=glimpse]");
  const count = player.trace.steps[step].glimpses.length;
  if (select.options.length !== count) {
    select.replaceChildren(...Array.from({ length: count }, (_, place) => new Option(place + 1, place)));
  }
  root.querySelector("[data-do=cell]").disabled = !count;
  const blind = edit.blind.includes(Number(select.value) + 1);
  root.querySelector("[data-do=blind]").textContent = blind ? "Show this glimpse" : "Blank this glimpse";
}

function showRules(bench) {
  const { root, data, step } = bench;
  const now = rulesAt(data.done, step);
  const field = (name) => root.querySelector(`[data-panel=rules] [name=${name}]`);
  field("covert").checked = now.covert ?? true;
  field("inhibition").checked = now.inhibition ?? true;
  enter(bench, field("glimpses"), now.glimpses ?? data.glimpses);
  enter(bench, field("temperature"), now.temperature ?? 0);
  enter(bench, field("seed"), now.seed);
}

// Does not overwrite a field while the visitor types in it.
function enter({ typing }, input, value) {
  if (input !== typing) input.value = value;
}

// One row of fields per Gaussian; rows are rebuilt only if their number changes, so that the focus stays.
function showMix(bench) {
  const { root, gaussians, player } = bench;
  const ends = {
    weight: [0, 100], sigma: [NARROWEST_CELLS, WIDEST_CELLS],
    row: [0.5, player.trace.rows + 0.5], column: [0.5, player.trace.columns + 0.5],
  };
  const body = root.querySelector(".mix tbody");
  if (body.children.length !== gaussians.length) body.replaceChildren(...gaussians.map((_, place) => mixRow(place)));
  for (const [place, { weight, sigma, row, column }] of gaussians.entries()) {
    const values = { weight: (100 * weight).toFixed(0), sigma: sigma.toFixed(2), row: row.toFixed(2), column: column.toFixed(2) };
    for (const input of body.children[place].querySelectorAll("input")) {
      [input.min, input.max] = ends[input.dataset.turns];
      enter(bench, input, values[input.dataset.turns]);
    }
    body.children[place].querySelector("button").disabled = gaussians.length === 1;
  }
}

function mixRow(place) {
  const line = element("tr", "");
  const head = element("th", "ordinal", String(place + 1));
  head.scope = "row";
  const cells = [["weight", 1], ["sigma", 0.1], ["row", 0.25], ["column", 0.25]].map(([turns, step]) => {
    const [cell, input] = [element("td", ""), element("input", "")];
    Object.assign(input, { type: "number", step });
    Object.assign(input.dataset, { turns, place });
    input.setAttribute("aria-label", `Gaussian ${place + 1}: ${turns === "sigma" ? "width" : turns}`);
    cell.append(input);
    return cell;
  });
  const [last, remove] = [element("td", ""), element("button", "", "\u00d7")];
  Object.assign(remove, { type: "button", title: "Remove" });
  Object.assign(remove.dataset, { do: "remove", place });
  remove.setAttribute("aria-label", `Remove Gaussian ${place + 1}`);
  last.append(remove);
  line.append(head, ...cells, last);
  return line;
}

// A button of a panel -> a wish, or null.
function wishOf(bench, { do: act, leave, place }) {
  const { edit, root, data, tool } = bench;
  const field = (name) => root.querySelector(`[data-panel=${tool}] [name=${name}]`);
  const number = (name) => Number(field(name).value);
  const cell = () => [number("row") - 1, number("column") - 1];
  if (leave) return { edit: Object.fromEntries(leave.split(" ").map((name) => [name, null])) };
  if (act === "add") return bench.mixed([...bench.gaussians, bench.fresh()]);
  if (act === "remove") return bench.mixed(bench.gaussians.filter((_, at) => at !== Number(place)));
  if (act === "cell") return clickWish(bench, cell());
  if (act === "paint") return { edit: { paint: withPaint(edit, cell(), number("value")) } };
  if (act === "blind") return { edit: { blind: toggled(edit.blind, number("glimpse") + 1) } };
  if (act === "name") return { edit: { label: number("label") } };
  if (act === "veto") return { edit: { veto: toggled(edit.veto, number("label")) } };
  if (act === "hide") return { hidden: [...data.done.hidden, ["top", "left", "bottom", "right"].map(number)] };
  return act === "uncover" ? { hidden: [] } : null;
}

// A click on a cell, by what is chosen.
function clickWish(bench, cell) {
  const { edit, tool, click, root } = bench;
  if (tool === "saliency") {
    return { edit: { paint: withPaint(edit, cell, Number(root.querySelector("[name=value]").value)) } };
  }
  if (tool !== "glimpse") return null;
  if (click === "bar") return { edit: { bar: toggled(edit.bar, cell) } };
  return { edit: { look: withLook(edit, Number(root.querySelector("[name=glimpse]").value), cell) } };
}

// A field of "from here on", or the saliency model -> a wish.
function fieldWish({ root }, { name, value, checked, type }) {
  if (name === "model") return { saliency: value };
  if (!["covert", "inhibition", "glimpses", "temperature", "seed"].includes(name) || value === "") return null;
  if (type === "checkbox") return { rule: { [name]: checked } };
  if (name === "glimpses") return { rule: { glimpses: Number(value) } };
  const field = (wanted) => Number(root.querySelector(`[data-panel=rules] [name=${wanted}]`).value);
  return { rule: { temperature: field("temperature"), seed: field("seed") } };
}
