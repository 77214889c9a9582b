// Pure: one meta-step of the model, from given Gaussians to a label. It mirrors hsal/model/attention.py, interface.py,
// controller.py, inhibition.py and the first step of HSAL.rollout; tests/app/test_sandbox_model.py compares the two.
// Maps are flat arrays, row by row. view: {rows, columns, channels, saliency, volume}, volume[channel * cells + cell].

// weight (out,in) times x, plus bias
function linear({ weight, bias }, x) {
  const [outputs, inputs] = weight.shape;
  const { data } = weight; // a local variable: this loop takes most of the time of a meta-step
  const y = new Float32Array(outputs);
  for (let output = 0; output < outputs; output += 1) {
    let sum = bias.data[output];
    const start = output * inputs;
    for (let input = 0; input < inputs; input += 1) sum += data[start + input] * x[input];
    y[output] = sum;
  }
  return y;
}

const sigmoid = (value) => 1 / (1 + Math.exp(-value));

// torch.nn.GRUCell: the reset, update and new gates follow one another in each matrix
function gruCell({ input, recurrent }, x, hidden) {
  const [a, b, size] = [linear(input, x), linear(recurrent, hidden), hidden.length];
  return hidden.map((before, unit) => {
    const reset = sigmoid(a[unit] + b[unit]);
    const update = sigmoid(a[size + unit] + b[size + unit]);
    const fresh = Math.tanh(a[2 * size + unit] + reset * b[2 * size + unit]);
    return (1 - update) * fresh + update * before;
  });
}

// The controller's layers, from tensors with the names of the weights file.
function controllerOf(tensors) {
  const layer = (name, suffix = "") => ({
    weight: tensors[`controller.${name}.weight${suffix}`],
    bias: tensors[`controller.${name}.bias${suffix}`],
  });
  return {
    encode: layer("encode"),
    recur: { input: layer("recur", "_ih"), recurrent: layer("recur", "_hh") },
    locate: layer("locate"),
    classify: layer("classify"),
  };
}

function softmax(logits) {
  const highest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - highest));
  const sum = powers.reduce((before, power) => before + power, 0);
  return powers.map((power) => power / sum);
}

function argmax(values) {
  let best = 0;
  for (let index = 1; index < values.length; index += 1) if (values[index] > values[best]) best = index;
  return best;
}

// M[i,j] = sum_k weight_k exp(-beta_k ((row_k - i)^2 + (column_k - j)^2)); the first cell is 1, 1
function maskOf(gaussians, { rows, columns }) {
  const mask = new Float32Array(rows * columns);
  for (const { weight, beta, row, column } of gaussians) {
    for (let cell = 0; cell < mask.length; cell += 1) {
      const down = row - 1 - Math.floor(cell / columns);
      const across = column - 1 - (cell % columns);
      mask[cell] += weight * Math.exp(-beta * (down * down + across * across));
    }
  }
  return mask;
}

// g_0: the weighted average of the volume's columns
function broadGlimpse(weights, { volume, channels }) {
  const cells = weights.length;
  return Float32Array.from({ length: channels }, (_, channel) => {
    let sum = 0;
    for (let cell = 0; cell < cells; cell += 1) sum += weights[cell] * volume[channel * cells + cell];
    return sum;
  });
}

// g_i: the volume's column at one cell
function sharpGlimpse(cell, { volume, channels, rows, columns }) {
  return Float32Array.from({ length: channels }, (_, channel) => volume[channel * rows * columns + cell]);
}

// S_{t+1}: zero at the glimpsed cells; elsewhere the mask is subtracted, down to zero
function inhibit(saliency, mask, cells) {
  return saliency.map((value, cell) => (cells.includes(cell) ? 0 : Math.max(0, value - mask[cell])));
}

// The covert part: mask, priority map and the weights of the broad glimpse.
function attendCovertly(view, gaussians) {
  const mask = maskOf(gaussians, view);
  const priority = mask.map((value, cell) => value * view.saliency[cell]);
  const total = mask.reduce((sum, value) => sum + value, 0);
  return { mask, priority, broadWeights: mask.map((value) => value / total) };
}

// The first meta-step, before any label.
// options: glimpses, their number; cells, overrides of the glimpsed cells; sharp, false to give the controller the
// broad glimpse instead of each sharp one.
function metaStep(controller, view, gaussians, { glimpses, cells: forced = [], sharp = true }) {
  const { mask, priority, broadWeights } = attendCovertly(view, gaussians);
  const broad = broadGlimpse(broadWeights, view);
  const count = mask.length;
  const labels = controller.classify.bias.data.length + 1; // classes, stop, start symbol
  const start = oneHot(labels - 1, labels);
  let [hidden, glimpse, glimpsed] = [new Float32Array(controller.locate.weight.shape[1]), broad, count];
  const step = () => {
    const x = Float32Array.from([...priority, ...start, ...oneHot(glimpsed, count + 1), ...glimpse]);
    hidden = gruCell(controller.recur, linear(controller.encode, x), hidden);
  };
  const [locations, cells] = [[], []];
  for (let index = 0; index < glimpses; index += 1) {
    step();
    locations.push(softmax(linear(controller.locate, hidden)));
    glimpsed = forced[index] ?? argmax(locations[index]);
    cells.push(glimpsed);
    glimpse = sharp ? sharpGlimpse(glimpsed, view) : broad;
  }
  step();
  const classes = softmax(linear(controller.classify, hidden));
  const nextSaliency = inhibit(view.saliency, mask, cells);
  return { mask, priority, broadWeights, locations, cells, classes, label: argmax(classes), nextSaliency };
}

function oneHot(index, length) {
  const vector = new Float32Array(length);
  vector[index] = 1;
  return vector;
}
