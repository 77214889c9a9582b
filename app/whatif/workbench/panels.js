// The fields of each tool: their values, and the requests of fields and buttons.

const MANY_LABELS = 60; // more are searched by their names

function fillChoices(workbench) {
  const { root, data, player } = workbench;
  const options = (select, pairs) => {
    if (select.options.length === pairs.length) return; // keeps the current choice
    select.replaceChildren(...pairs.map(([value, text]) => new Option(text, value)));
  };
  const panel = (name) => root.querySelector(`[data-panel="${name}"]`);
  const { names, withheld } = player.trace;
  const many = names.length > MANY_LABELS;
  panel("label").querySelector(".listed").hidden = many;
  panel("label").querySelector(".searched").hidden = !many;
  if (many) fillSearch(panel("label").querySelector("datalist"), names);
  else options(panel("label").querySelector("select"), names.map((name, label) => [label, name]));
  root.querySelector("[data-tool=label]").hidden = Boolean(withheld);
  options(panel("saliency").querySelector("select"), [["", "the model's own saliency"], ...data.models]);
  panel("saliency").querySelector("select").value = data.interventions.saliency;
  for (const name of ["row", "column"]) {
    for (const input of root.querySelectorAll(`.editor .row [name="${name}"]`)) input.max = player.trace[`${name}s`];
  }
}

function fillSearch(list, names) {
  if (list.children.length !== names.length) list.replaceChildren(...names.map((name) => new Option(name, name)));
}

// The chosen label; null, and a hint at the field, if there is no label of that name.
function chosenLabel({ root, player }) {
  const search = root.querySelector("[name=search]");
  if (search.closest("label").hidden) return Number(root.querySelector("[name=label]").value);
  const wanted = search.value.trim().toLowerCase();
  const label = player.trace.names.findIndex((name) => name.toLowerCase() === wanted);
  search.setCustomValidity(label < 0 ? "There is no label of that name: choose one from the list." : "");
  search.reportValidity();
  return label < 0 ? null : label;
}

function showPanels(workbench) {
  const { root, tool, edit, step, player } = workbench;
  for (const panel of root.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== tool;
  for (const button of root.querySelectorAll("[data-tool]")) {
    button.setAttribute("aria-pressed", button.dataset.tool === tool);
  }
  for (const button of root.querySelectorAll("[data-click]")) {
    button.setAttribute("aria-pressed", button.dataset.click === workbench.click);
  }
  for (const button of root.querySelectorAll("[data-reset]")) {
    const edited = button.dataset.reset.split(" ").some((name) => edit[name] !== null && edit[name].length !== 0);
    button.disabled = !edited;
  }
  root.querySelector(".heading").textContent = `What if, at meta-step ${step + 1} of ${player.trace.steps.length}`;
  showGlimpses(workbench);
  showRules(workbench);
  showGaussians(workbench);
}

function showGlimpses({ root, edit, player, step }) {
  const select = root.querySelector("[name=glimpse]");
  const count = player.trace.steps[step].glimpses.length;
  if (select.options.length !== count) {
    select.replaceChildren(...Array.from({ length: count }, (_, index) => new Option(index + 1, index)));
  }
  root.querySelector("[data-action=cell]").disabled = !count;
  const blank = edit.blind.includes(Number(select.value) + 1);
  root.querySelector("[data-action=blank]").textContent = blank ? "Use this glimpse" : "Ignore this glimpse";
}

function showRules(workbench) {
  const { root, data, step } = workbench;
  const values = rulesAt(data.interventions, step);
  const field = (name) => root.querySelector(`[data-panel=rules] [name=${name}]`);
  field("covert").checked = values.covert ?? true;
  field("inhibition").checked = values.inhibition ?? true;
  setUnlessTyping(workbench, field("glimpses"), values.glimpses ?? data.glimpses);
  setUnlessTyping(workbench, field("temperature"), values.temperature ?? 0);
  setUnlessTyping(workbench, field("seed"), values.seed);
}

function setUnlessTyping({ typing }, input, value) {
  if (input !== typing) input.value = value;
}

// One row of fields per Gaussian; rows are rebuilt only if their number changes, so that the focus stays.
function showGaussians(workbench) {
  const { root, gaussians, player } = workbench;
  const limits = {
    weight: [0, 1], sigma: [MIN_SIGMA_CELLS, maxSigma(player.trace)],
    row: [0.5, player.trace.rows + 0.5], column: [0.5, player.trace.columns + 0.5],
  };
  const body = root.querySelector(".gaussians tbody");
  if (body.children.length !== gaussians.length) body.replaceChildren(...gaussians.map((_, index) => gaussianRow(index)));
  for (const [index, { weight, sigma, row, column }] of gaussians.entries()) {
    const values = { weight: weight.toFixed(2), sigma: sigma.toFixed(2), row: row.toFixed(2), column: column.toFixed(2) };
    for (const input of body.children[index].querySelectorAll("input")) {
      [input.min, input.max] = limits[input.dataset.parameter];
      setUnlessTyping(workbench, input, values[input.dataset.parameter]);
    }
    body.children[index].querySelector("button").disabled = gaussians.length === 1;
  }
}

function gaussianRow(index) {
  const line = element("tr", "");
  const head = element("th", "ordinal", String(index + 1));
  head.scope = "row";
  const cells = [["weight", 0.05], ["sigma", 0.1], ["row", 0.25], ["column", 0.25]].map(([parameter, step]) => {
    const [cell, input] = [element("td", ""), element("input", "")];
    Object.assign(input, { type: "number", step });
    Object.assign(input.dataset, { parameter, index });
    input.setAttribute("aria-label", `Gaussian ${index + 1}: ${parameter === "sigma" ? "width" : parameter}`);
    cell.append(input);
    return cell;
  });
  const [last, remove] = [element("td", ""), element("button", "", "\u00d7")];
  Object.assign(remove, { type: "button", title: "Remove" });
  Object.assign(remove.dataset, { action: "remove", index });
  remove.setAttribute("aria-label", `Remove Gaussian ${index + 1}`);
  last.append(remove);
  line.append(head, ...cells, last);
  return line;
}

// The request of a button, or null. `reset` lists fields of the edit.
function buttonRequest(workbench, { action, reset, index }) {
  const { edit, gaussians, root, data, tool } = workbench;
  const number = (name) => Number(root.querySelector(`[data-panel=${tool}] [name=${name}]`).value);
  const cell = () => [number("row") - 1, number("column") - 1];
  if (reset) return { edit: Object.fromEntries(reset.split(" ").map((name) => [name, null])) };
  if (action === "add") return gaussiansRequest([...gaussians, workbench.newGaussian()]);
  if (action === "remove") return gaussiansRequest(gaussians.filter((_, i) => i !== Number(index)));
  if (action === "cell") return clickRequest(workbench, cell());
  if (action === "paint") return { edit: { paint: withPaint(edit, cell(), number("value")) } };
  if (action === "blank") return { edit: { blind: toggled(edit.blind, number("glimpse") + 1) } };
  if (action === "label" || action === "veto") {
    const label = chosenLabel(workbench);
    if (label === null) return null;
    return { edit: action === "label" ? { label } : { veto: toggled(edit.veto, label) } };
  }
  if (action === "hide") {
    return { hidden: [...data.interventions.hidden, ["top", "left", "bottom", "right"].map(number)] };
  }
  return action === "uncover" ? { hidden: [] } : null;
}

// The request of a click on a cell, which depends on the tool; null where it has none.
function clickRequest(workbench, cell) {
  const { edit, tool, click, root, player } = workbench;
  if (tool === "saliency") {
    const value = Number(root.querySelector("[name=value]").value);
    return { edit: { paint: withBrush(edit, cell, value, player.trace, player.trace.free ? 1 : 0) } };
  }
  if (tool !== "glimpse") return null;
  if (click === "bar") return { edit: { bar: toggled(edit.bar, cell) } };
  return { edit: { look: withGlimpse(edit, Number(root.querySelector("[name=glimpse]").value), cell) } };
}

// The request of a field of "this and later steps", or of the saliency model; null for an empty or another field.
function fieldRequest({ root }, { name, value, checked, type }) {
  if (name === "model") return { saliency: value };
  if (!["covert", "inhibition", "glimpses", "temperature", "seed"].includes(name) || value === "") return null;
  if (type === "checkbox") return { rule: { [name]: checked } };
  if (name === "glimpses") return { rule: { glimpses: Number(value) } };
  const number = (field) => Number(root.querySelector(`[data-panel=rules] [name=${field}]`).value);
  return { rule: { temperature: number("temperature"), seed: number("seed") } };
}
