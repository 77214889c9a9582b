// The results as text and numbers.

const ms = (number) => `${Math.round(number)} ms`;

// "300 ms [290, 310]"; estimate: {value, low, high} or null
function formatted(estimate) {
  if (!estimate) return "no responses";
  const { value, low, high } = estimate;
  return low === null ? ms(value) : `${ms(value)} [${Math.round(low)}, ${Math.round(high)}]`;
}

function verdictOf({ effect }) {
  if (!effect || effect.low === null) return "There are too few responses for an interval: do more trials.";
  if (effect.low > 0) {
    return "You responded faster where the arrow pointed: attention had moved there before the dot appeared. " +
      "If your eyes stayed on the center, that was covert attention.";
  }
  if (effect.high < 0) {
    return "You responded more slowly where the arrow pointed, which is unusual. Did you expect the opposite side?";
  }
  return "The interval includes 0: these trials do not show whether the arrow helped. More trials would narrow it.";
}

function showResults(root, results) {
  const part = (name) => root.querySelector(`.${name}`);
  part("effect").textContent = formatted(results.effect);
  part("verdict").textContent = verdictOf(results);
  const medians = CONDITIONS
    .map((condition) => `${condition}: median ${formatted(results.medians[condition])}`)
    .join("; ");
  const plot = plotOf(results, `Reaction times with 95% intervals. ${medians}.`);
  part("figure").replaceChildren(...(plot ? [plot] : []));
  const rows = CONDITIONS.map((condition) => {
    const row = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = condition;
    const cells = [String(results.lists[condition].length), formatted(results.medians[condition])].map((text) => {
      const cell = document.createElement("td");
      cell.textContent = text;
      return cell;
    });
    row.append(head, ...cells);
    return row;
  });
  part("medians").replaceChildren(...rows);
  part("components").textContent =
    `Benefit of a valid arrow (neutral minus valid): ${formatted(results.benefit)}. ` +
    `Cost of an invalid arrow (invalid minus neutral): ${formatted(results.cost)}.`;
  const { correct, ...excluded } = results.outcomes;
  const others = Object.entries(excluded).map(([outcome, count]) => `${count} ${outcome}`).join(", ");
  part("counts").textContent = `${results.trials} trials: ${correct} correct; excluded: ${others}.`;
}
