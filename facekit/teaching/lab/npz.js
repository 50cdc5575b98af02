// NumPy's archives, as far as the kit writes them: half or single precision, deflated.

// The arrays of a file, as { shape, values }, in the order of their numbers.
export async function readNpz(buffer) {
  const view = new DataView(buffer);
  const found = [];
  let at = buffer.byteLength - 22; // the end record of a zip file without a comment
  if (at < 0 || view.getUint32(at, true) !== 0x06054b50) throw new Error("This is no npz file.");
  let entry = view.getUint32(at + 16, true);
  for (let k = view.getUint16(at + 10, true); k > 0; k--) {
    const nameLength = view.getUint16(entry + 28, true);
    const name = new TextDecoder().decode(new Uint8Array(buffer, entry + 46, nameLength));
    const start = view.getUint32(entry + 42, true);
    const data = start + 30 + view.getUint16(start + 26, true) + view.getUint16(start + 28, true);
    const packed = new Uint8Array(buffer, data, view.getUint32(entry + 20, true));
    const bytes = view.getUint16(entry + 10, true) === 8 ? await inflate(packed) : packed;
    found.push([parseInt(name.replace(/\D/g, "") || "0"), readArray(bytes)]);
    entry += 46 + nameLength + view.getUint16(entry + 30, true) + view.getUint16(entry + 32, true);
  }
  return found.sort((one, other) => one[0] - other[0]).map(([, array]) => array);
}

async function inflate(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function readArray(bytes) {
  const head = 10 + new DataView(bytes.buffer, bytes.byteOffset).getUint16(8, true);
  const text = new TextDecoder().decode(bytes.subarray(10, head));
  const kind = text.match(/'descr': '(<f[24])'/)?.[1];
  if (!kind) throw new Error("This file holds no weights.");
  const shape = text.match(/'shape': \(([^)]*)\)/)[1].split(",").filter((n) => n.trim()).map(Number);
  const data = bytes.slice(head).buffer;
  const values = kind === "<f2" ? fromHalves(new Uint16Array(data)) : new Float32Array(data);
  return { shape, values };
}

// Half-precision numbers to single precision.
export function fromHalves(halves) {
  return Float32Array.from(halves, (half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}

// The kit's generators are a dense layer, then blocks of batch normalisation, LeakyReLU and a
// transposed convolution; the last one ends in tanh.
export function layersOf(arrays) {
  const isGenerator = arrays[0]?.shape.length === 2 && arrays.length % 6 === 2;
  const kernels = arrays.slice(6).filter((_, i) => i % 6 === 0);
  if (!isGenerator || !kernels.every(({ shape }) => String(shape.slice(0, 2)) === "4,4")) {
    throw new Error("These are not the weights of a generator that this page can run.");
  }
  const layers = [{ kind: "dense", side: 5, weights: [arrays[0].values, arrays[1].values] }];
  for (let k = 2; k < arrays.length; k += 6) {
    const [gamma, beta, mean, variance, kernel, bias] = arrays.slice(k, k + 6);
    const scale = gamma.values.map((value, i) => value / Math.sqrt(variance.values[i] + 1e-3));
    const offset = beta.values.map((value, i) => value - mean.values[i] * scale[i]);
    layers.push({ kind: "scale", weights: [scale, offset], activation: "leaky" });
    const [, , outputs, inputs] = kernel.shape;
    const turned = new Float32Array(kernel.values.length); // to rows, columns, inputs, outputs
    for (let patch = 0; patch < 16; patch++) {
      for (let o = 0; o < outputs; o++) {
        for (let i = 0; i < inputs; i++) {
          const from = patch * inputs * outputs;
          turned[from + i * outputs + o] = kernel.values[from + o * inputs + i];
        }
      }
    }
    const activation = k + 6 === arrays.length ? "tanh" : "linear";
    layers.push({ kind: "transposed", inputs, outputs, weights: [turned, bias.values], activation });
  }
  return layers;
}
