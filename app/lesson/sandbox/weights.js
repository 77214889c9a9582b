// The element that brings the weights: data is a safetensors file, as bytes.

export default function receive({ data }) {
  keepController(data);
}
