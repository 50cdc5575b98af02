// Networks of pictures that only look, with weights that are part of the page.
import { gaussians, generatorOf } from "./networks.js";

const ACTIVATIONS = {
  linear: (value) => value,
  tanh: Math.tanh,
  leaky: (value) => (value > 0 ? value : 0.2 * value),
};

// `layers` as `layersOf` returns them.
export class PictureNetwork {
  constructor(layers) {
    this.layers = layers;
    this.length = layers[0].weights[0].length / layers[0].weights[1].length;
  }

  // One latent vector to one picture: height × width × channels numbers in [−1, 1].
  run(input) {
    let x = Float32Array.from(input);
    let side = 0;
    for (const layer of this.layers) {
      if (layer.kind === "dense") {
        x = dense(x, layer);
        side = layer.side;
      } else if (layer.kind === "scale") {
        const [factor, offset] = layer.weights;
        x = x.map((value, i) => value * factor[i % factor.length] + offset[i % factor.length]);
      } else {
        x = transposed(x, side, layer);
        side *= 2;
      }
      const activation = ACTIVATIONS[layer.activation ?? "linear"];
      if (activation !== ACTIVATIONS.linear) x = x.map(activation);
    }
    return x;
  }
}

function dense(x, { weights: [kernel, bias] }) {
  const y = Float32Array.from(bias);
  x.forEach((value, i) => {
    const from = i * y.length;
    for (let j = 0; j < y.length; j++) y[j] += value * kernel[from + j];
  });
  return y;
}

// A transposed convolution of stride 2 with a kernel of 4 × 4: each pixel of the result has two
// rows and two columns of pixels that paint it.
function transposed(x, side, { weights: [kernel, bias], inputs, outputs }) {
  const size = 2 * side;
  const y = new Float32Array(size * size * outputs);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const to = (row * size + column) * outputs;
      for (let j = 0; j < outputs; j++) y[to + j] = bias[j];
      for (let ky = (row + 1) % 2; ky < 4; ky += 2) {
        const i = (row + 1 - ky) / 2;
        if (i < 0 || i >= side) continue;
        for (let kx = (column + 1) % 2; kx < 4; kx += 2) {
          const j = (column + 1 - kx) / 2;
          if (j < 0 || j >= side) continue;
          const from = (i * side + j) * inputs;
          const patch = (ky * 4 + kx) * inputs * outputs;
          for (let c = 0; c < inputs; c++) {
            const value = x[from + c];
            const w = patch + c * outputs;
            for (let o = 0; o < outputs; o++) y[to + o] += value * kernel[w + o];
          }
        }
      }
    }
  }
  return y;
}

// Numbers in [−1, 1] to grey levels, as the kit rounds them.
export function toImage(numbers) {
  const side = Math.sqrt(numbers.length / 3);
  const image = new ImageData(side, side);
  for (let i = 0; i < side * side; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = Math.round((numbers[3 * i + c] + 1) * 127.5);
    image.data[4 * i + 3] = 255;
  }
  return image;
}

export function latentPoint(seed, length) {
  return gaussians(length, generatorOf(seed));
}

// Along the arc between two latent points, t from 0 to 1; straight on if there is no angle.
export function onTheWay(from, to, t) {
  const dot = from.reduce((sum, value, i) => sum + value * to[i], 0);
  const lengths = Math.hypot(...from) * Math.hypot(...to);
  const omega = lengths ? Math.acos(Math.min(Math.max(dot / lengths, -1), 1)) : 0;
  if (omega < 1e-4) return from.map((value, i) => (1 - t) * value + t * to[i]);
  const [a, b] = [Math.sin((1 - t) * omega) / Math.sin(omega), Math.sin(t * omega) / Math.sin(omega)];
  return from.map((value, i) => a * value + b * to[i]);
}
