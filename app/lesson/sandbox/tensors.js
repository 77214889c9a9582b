// Reads the shipped weights: safetensors in half precision.

// The number with these 16 bits (IEEE 754 binary16).
function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

// Little-endian half-precision bytes -> Float32Array.
function readHalves(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength / 2 }, (_, index) => fromHalf(view.getUint16(2 * index, true)));
}

// A safetensors file -> {metadata, tensors: {name: {shape, data: Float32Array}}}.
function readTensors(bytes) {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const { __metadata__: metadata, ...parts } = header;
  const tensors = {};
  for (const [name, { dtype, shape, data_offsets: ends }] of Object.entries(parts)) {
    if (dtype !== "F16") throw new Error(`${name} is ${dtype}, not F16`);
    tensors[name] = { shape, data: readHalves(bytes.subarray(8 + length + ends[0], 8 + length + ends[1])) };
  }
  return { metadata, tensors };
}

// "AAEC" -> Uint8Array
function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
