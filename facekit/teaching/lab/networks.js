// Small networks and their gradients. A batch of n vectors is one Float32Array, row by row.

export class Dense {
  constructor(inputs, outputs, random) {
    const bound = Math.sqrt(6 / (inputs + outputs)); // Glorot's uniform start, as in Keras
    this.inputs = inputs;
    this.outputs = outputs;
    this.weights = Float32Array.from({ length: inputs * outputs }, () => (2 * random() - 1) * bound);
    this.bias = new Float32Array(outputs);
    this.parameters = [this.weights, this.bias];
    this.gradients = this.parameters.map((values) => new Float32Array(values.length));
  }

  forward(x, n) {
    const { inputs, outputs, weights, bias } = this;
    const y = new Float32Array(n * outputs);
    for (let row = 0; row < n; row++) {
      const to = row * outputs;
      for (let j = 0; j < outputs; j++) y[to + j] = bias[j];
      for (let i = 0; i < inputs; i++) {
        const value = x[row * inputs + i];
        const from = i * outputs;
        for (let j = 0; j < outputs; j++) y[to + j] += value * weights[from + j];
      }
    }
    this.x = x;
    return y;
  }

  // From the gradient at the output to that at the input; those of the weights add up.
  backward(dy, n) {
    const { inputs, outputs, weights, x } = this;
    const [dWeights, dBias] = this.gradients;
    const dx = new Float32Array(n * inputs);
    for (let row = 0; row < n; row++) {
      const to = row * outputs;
      for (let j = 0; j < outputs; j++) dBias[j] += dy[to + j];
      for (let i = 0; i < inputs; i++) {
        const value = x[row * inputs + i];
        const from = i * outputs;
        let sum = 0;
        for (let j = 0; j < outputs; j++) {
          dWeights[from + j] += value * dy[to + j];
          sum += weights[from + j] * dy[to + j];
        }
        dx[row * inputs + i] = sum;
      }
    }
    return dx;
  }
}

export class LeakyReLU {
  parameters = [];
  gradients = [];

  forward(x) {
    this.x = x;
    return x.map((value) => (value > 0 ? value : 0.2 * value));
  }

  backward(dy) {
    return dy.map((value, i) => (this.x[i] > 0 ? value : 0.2 * value));
  }
}

// By the mean and variance of the batch; "frozen", by their moving averages.
export class BatchNormalization {
  constructor(width) {
    this.width = width;
    this.scale = new Float32Array(width).fill(1);
    this.offset = new Float32Array(width);
    this.mean = new Float32Array(width);
    this.variance = new Float32Array(width).fill(1);
    this.parameters = [this.scale, this.offset];
    this.gradients = [new Float32Array(width), new Float32Array(width)];
  }

  forward(x, n, frozen) {
    const { width, scale, offset } = this;
    this.frozen = frozen;
    this.inverse = new Float32Array(width);
    this.normal = new Float32Array(x.length);
    const y = new Float32Array(x.length);
    for (let j = 0; j < width; j++) {
      let mean = this.mean[j];
      let variance = this.variance[j];
      if (!frozen) {
        mean = variance = 0;
        for (let k = j; k < x.length; k += width) mean += x[k] / n;
        for (let k = j; k < x.length; k += width) variance += (x[k] - mean) ** 2 / n;
        this.mean[j] += 0.01 * (mean - this.mean[j]); // Keras' momentum of 0.99
        this.variance[j] += 0.01 * (variance - this.variance[j]);
      }
      const inverse = (this.inverse[j] = 1 / Math.sqrt(variance + 1e-3));
      for (let k = j; k < x.length; k += width) {
        this.normal[k] = (x[k] - mean) * inverse;
        y[k] = this.normal[k] * scale[j] + offset[j];
      }
    }
    return y;
  }

  backward(dy, n) {
    const { width, scale, normal, inverse } = this;
    const [dScale, dOffset] = this.gradients;
    const dx = new Float32Array(dy.length);
    for (let j = 0; j < width; j++) {
      let sum = 0;
      let along = 0;
      for (let k = j; k < dy.length; k += width) {
        sum += dy[k];
        along += dy[k] * normal[k];
      }
      dScale[j] += along;
      dOffset[j] += sum;
      const factor = scale[j] * inverse[j];
      for (let k = j; k < dy.length; k += width) {
        const common = this.frozen ? 0 : (sum + normal[k] * along) / n;
        dx[k] = factor * (dy[k] - common);
      }
    }
    return dx;
  }
}

export class Network {
  constructor(layers) {
    this.layers = layers;
  }

  forward(x, n, frozen = false) {
    return this.layers.reduce((values, layer) => layer.forward(values, n, frozen), x);
  }

  backward(dy, n) {
    return this.layers.reduceRight((gradient, layer) => layer.backward(gradient, n), dy);
  }

  clear() {
    for (const layer of this.layers) for (const gradient of layer.gradients) gradient.fill(0);
  }
}

// A network of two hidden layers.
export function perceptron(inputs, width, outputs, random, normalized = false) {
  const hidden = (from) => [
    new Dense(from, width, random),
    ...(normalized ? [new BatchNormalization(width)] : []),
    new LeakyReLU(),
  ];
  return new Network([...hidden(inputs), ...hidden(width), new Dense(width, outputs, random)]);
}

// Adam with the smaller momentum that GANs are trained with (0.5, not 0.9).
export class Adam {
  constructor(network) {
    this.network = network;
    this.steps = 0;
    this.moments = network.layers.flatMap((layer) =>
      layer.parameters.map((values) => [
        new Float32Array(values.length),
        new Float32Array(values.length),
      ]),
    );
  }

  step(rate) {
    this.steps++;
    const corrected = (rate * Math.sqrt(1 - 0.999 ** this.steps)) / (1 - 0.5 ** this.steps);
    let k = 0;
    for (const layer of this.network.layers) {
      layer.parameters.forEach((values, i) => {
        const gradient = layer.gradients[i];
        const [first, second] = this.moments[k++];
        for (let j = 0; j < values.length; j++) {
          first[j] += 0.5 * (gradient[j] - first[j]);
          second[j] += 0.001 * (gradient[j] * gradient[j] - second[j]);
          values[j] -= (corrected * first[j]) / (Math.sqrt(second[j]) + 1e-7);
        }
      });
    }
  }
}

// Random numbers that a seed decides: mulberry32, and Box and Muller's Gaussian.
export function generatorOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function gaussians(length, random) {
  return Float32Array.from(
    { length },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}
