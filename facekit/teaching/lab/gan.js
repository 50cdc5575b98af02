// A GAN whose pictures are points of the plane.
import { Adam, BatchNormalization, gaussians, perceptron } from "./networks.js";

const sigmoid = (s) => 1 / (1 + Math.exp(-s));
const softplus = (s) => Math.max(s, 0) + Math.log1p(Math.exp(-Math.abs(s)));

// Of one score: the loss, and its slope. `real` and `fake` are D's, `wish` is G's.
export const LOSSES = {
  "least squares": ({ a, b, c }) => ({
    real: (s) => [0.5 * (s - b) ** 2, s - b],
    fake: (s) => [0.5 * (s - a) ** 2, s - a],
    wish: (s) => [0.5 * (s - c) ** 2, s - c],
    toScore: (s) => s,
  }),
  "cross-entropy": () => ({
    real: (s) => [softplus(-s), sigmoid(s) - 1],
    fake: (s) => [softplus(s), sigmoid(s)],
    wish: (s) => [softplus(-s), sigmoid(s) - 1],
    toScore: sigmoid,
  }),
  minimax: () => ({
    real: (s) => [softplus(-s), sigmoid(s) - 1],
    fake: (s) => [softplus(s), sigmoid(s)],
    wish: (s) => [-softplus(s), -sigmoid(s)],
    toScore: sigmoid,
  }),
};

export const LATENT = 8;
const WIDTH = 32;
const BATCH = 64;

export class Gan {
  // `settings`: loss, a, b, c, dRate, gRate, dSteps, gSteps, normalized
  constructor(draw, settings, random) {
    this.draw = draw; // returns n real points
    this.settings = settings;
    this.random = random;
    this.generator = perceptron(LATENT, WIDTH, 2, random);
    this.discriminator = perceptron(2, WIDTH, 1, random, settings.normalized);
    this.isAsleep = false; // then D takes its turns and learns nothing
    this.adam = { d: new Adam(this.discriminator), g: new Adam(this.generator) };
  }

  get loss() {
    return LOSSES[this.settings.loss](this.settings);
  }

  fakes(latent) {
    return this.generator.forward(latent, latent.length / LATENT);
  }

  scores(points) {
    return this.discriminator.forward(points, points.length / 2, true);
  }

  // D learns; returns the mean squares d1 and d2 of before the step.
  stepD() {
    const { real, fake } = this.loss;
    const points = [this.draw(BATCH), this.fakes(gaussians(BATCH * LATENT, this.random))];
    this.discriminator.clear();
    const [d1, d2] = [real, fake].map((lossOf, i) => {
      const scores = this.discriminator.forward(points[i], BATCH);
      this.discriminator.backward(scores.map((s) => lossOf(s)[1] / BATCH), BATCH);
      return this.meanSquare(scores, i ? "a" : "b");
    });
    if (!this.isAsleep) this.adam.d.step(this.settings.dRate);
    return { d1, d2 };
  }

  // G learns; returns the mean square g of before the step.
  stepG() {
    const points = this.fakes(gaussians(BATCH * LATENT, this.random));
    const scores = this.discriminator.forward(points, BATCH, true); // frozen, where it can be
    this.generator.clear();
    this.generator.backward(this.inputGradients(scores, 1 / BATCH), BATCH);
    this.adam.g.step(this.settings.gRate);
    return { g: this.meanSquare(scores, "c") };
  }

  step() {
    const { dSteps, gSteps } = this.settings;
    const losses = {};
    for (let i = 0; i < dSteps; i++) Object.assign(losses, this.stepD());
    for (let i = 0; i < gSteps; i++) Object.assign(losses, this.stepG());
    return losses;
  }

  // The gradient of G's loss with respect to each fake, whose scores were just computed.
  inputGradients(scores, weight) {
    const slopes = scores.map((s) => this.loss.wish(s)[1] * weight);
    return this.discriminator.backward(slopes, scores.length);
  }

  // Of the same fakes: d2 as D sees them while it learns, and g as it sees them while G learns.
  squares(fakes) {
    const norms = this.discriminator.layers.filter((layer) => layer instanceof BatchNormalization);
    const kept = norms.map(({ mean, variance }) => [mean.slice(), variance.slice()]);
    const d2 = this.meanSquare(this.discriminator.forward(fakes, fakes.length / 2), "a");
    norms.forEach((norm, i) => ([norm.mean, norm.variance] = kept[i])); // to look is not to learn
    return { d2, g: this.meanSquare(this.scores(fakes), "c") };
  }

  meanSquare(scores, label) {
    const { toScore } = this.loss;
    const target = this.settings.loss === "least squares" ? this.settings[label] : +(label !== "a");
    return scores.reduce((sum, s) => sum + (toScore(s) - target) ** 2, 0) / scores.length;
  }
}

// The energy distance of two clouds of points (Székely and Rizzo 2013): 0 for equal ones.
export function distance(first, second) {
  const between = (p, q) => {
    let sum = 0;
    for (let i = 0; i < p.length; i += 2) {
      for (let j = 0; j < q.length; j += 2) sum += Math.hypot(p[i] - q[j], p[i + 1] - q[j + 1]);
    }
    return sum / ((p.length / 2) * (q.length / 2));
  };
  const within = (p) => (between(p, p) * p.length) / (p.length - 2); // pairs of different points
  return 2 * between(first, second) - within(first) - within(second);
}

// Real distributions: a function from random numbers to one point, within about −1 to 1.
export const SHAPES = {
  "eight clusters": (random) => {
    const angle = (Math.floor(8 * random()) * Math.PI) / 4;
    const [dx, dy] = gaussians(2, random);
    return [0.8 * Math.cos(angle) + 0.04 * dx, 0.8 * Math.sin(angle) + 0.04 * dy];
  },
  ring: (random) => {
    const angle = 2 * Math.PI * random();
    const radius = 0.75 + 0.03 * gaussians(1, random)[0];
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  },
  "two moons": (random) => {
    const angle = Math.PI * random();
    const side = random() < 0.5 ? 1 : -1;
    const [dx, dy] = gaussians(2, random);
    const x = side * (0.55 * Math.cos(angle) - 0.25);
    return [x + 0.03 * dx, side * (0.6 * Math.sin(angle) - 0.2) + 0.03 * dy];
  },
  "one cluster": (random) => [...gaussians(2, random)].map((value) => 0.25 * value),
};
