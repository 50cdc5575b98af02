"""The lab, opened from disk in a browser without a network."""

import numpy as np
import pytest

from facekit.gan import checkpoints, latent, networks
from facekit.teaching import lab

SETTINGS = dict(loss="least squares", a=-0.5, b=1, c=0.8, dRate=1e-3, gRate=1e-3, normalized=False)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return lab.build(tmp_path_factory.mktemp("lab") / "lab.html")


@pytest.fixture(scope="module")
def problems():
    return []


@pytest.fixture(scope="module")
def page(file, browser, problems):
    page = browser.new_context(offline=True, viewport={"width": 400, "height": 800}).new_page()
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: problems.append(request.url))
    page.goto(file.as_uri())
    yield page
    page.context.close()


def _invented(page, points):
    faces = page.evaluate(
        "points => points.map((z) => Array.from(lab.invent.run(z)))", points.tolist()
    )
    return np.reshape(faces, (-1, 80, 80, 4))[..., :3]


def test_faces_are_those_of_keras(page):
    page.click("#tab-invent")
    page.wait_for_selector("#sheet button canvas")
    points = latent.sample(10, 100, seed=4)
    expected = networks.generate(checkpoints.pretrained("portraits"), points)
    difference = np.abs(_invented(page, points) - expected.astype(int))
    assert difference.max() <= 2 and expected.std() > 20


def test_other_weights_are_taken_from_a_file(page, tmp_path):
    (tmp_path / "photo.npz").write_bytes(b"no weights")
    page.set_input_files("#weights", tmp_path / "photo.npz")
    page.wait_for_function("loaded.textContent === 'This is no npz file.'")
    weights = checkpoints.weights.names("generator")["portraits-light"].with_suffix(".npz")
    page.set_input_files("#weights", weights)
    page.wait_for_function("loaded.textContent.startsWith('Now portraits-light.npz invents')")
    points = latent.sample(3, 100, seed=5)
    expected = networks.generate(checkpoints.pretrained("portraits-light"), points)
    assert np.abs(_invented(page, points) - expected.astype(int)).max() <= 2
    assert page.is_disabled("#shift-Smiling")
    page.dispatch_event("#own", "click")
    expected = networks.generate(checkpoints.pretrained("portraits"), points)
    assert np.abs(_invented(page, points) - expected.astype(int)).max() <= 2
    assert page.is_enabled("#shift-Smiling")


def _step(page, name, real, fake, settings):
    """Make one step of a new GAN on given points: losses, and each network's weights before it and gradients."""
    return page.evaluate(
        """([name, real, fake, settings]) => {
          let state = 1;
          const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
          const points = Float32Array.from(real.flat());
          const gan = new lab.play.gan.constructor(() => points, settings, random);
          if (name === "stepD") gan.fakes = () => Float32Array.from(fake.flat());
          const made = gan.fakes;
          let fakes;
          gan.fakes = (z) => (fakes = made.call(gan, z));
          const numbers = (key) => Object.fromEntries(["generator", "discriminator"].map((network) =>
            [network, gan[network].layers.flatMap((layer) => layer[key].map((v) => Array.from(v)))]));
          const weights = numbers("parameters");
          const losses = gan[name]();
          return { weights, losses, gradients: numbers("gradients"), fakes: Array.from(fakes) };
        }""",
        [name, real.tolist(), fake.tolist(), settings],
    )


def _scores(weights, x, shapes):
    for k, shape in enumerate(shapes):
        x = x @ np.reshape(weights[2 * k], shape) + weights[2 * k + 1]
        x = np.where(x > 0, x, 0.2 * x) if k < 2 else x
    return x


D_SHAPES = (2, 32), (32, 32), (32, 1)


def test_a_step_of_the_discriminator_is_that_of_numpy(page):
    """The mean squares, and the gradient by finite differences."""
    random = np.random.default_rng(0)
    real, fake = random.normal(size=(2, 64, 2))
    step = _step(page, "stepD", real, fake, SETTINGS)
    weights = [np.array(values, float) for values in step["weights"]["discriminator"]]

    def squares(weights):
        of_real, of_fake = _scores(weights, real, D_SHAPES), _scores(weights, fake, D_SHAPES)
        return np.mean((of_real - 1) ** 2), np.mean((of_fake + 0.5) ** 2)

    assert step["losses"] == pytest.approx(dict(zip(("d1", "d2"), squares(weights))), rel=1e-4)
    for array, gradient in enumerate(step["gradients"]["discriminator"]):
        place = int(np.argmax(np.abs(gradient)))
        losses = []
        for change in (1e-4, -1e-4):
            changed = [values.copy() for values in weights]
            changed[array][place] += change
            losses.append(sum(squares(changed)) / 2)
        slope = (losses[0] - losses[1]) / 2e-4
        assert gradient[place] == pytest.approx(slope, rel=1e-2, abs=1e-5), array


def test_a_step_of_the_generator_wishes_for_c(page):
    real = np.zeros((64, 2))
    step = _step(page, "stepG", real, real, SETTINGS)
    weights = [np.array(values, float) for values in step["weights"]["discriminator"]]
    scores = _scores(weights, np.reshape(step["fakes"], (64, 2)), D_SHAPES)
    assert step["losses"]["g"] == pytest.approx(np.mean((scores - 0.8) ** 2), rel=1e-4)
    # The last bias moves all fakes alike: its gradient is the mean push on them.
    lower, upper = (
        np.mean(
            (_scores(weights, np.reshape(step["fakes"], (64, 2)) + [h, 0], D_SHAPES) - 0.8) ** 2
        )
        for h in (-1e-4, 1e-4)
    )
    slope = (upper - lower) / 2e-4 / 2
    assert step["gradients"]["generator"][-1][0] == pytest.approx(slope, rel=1e-2, abs=1e-5)


def _played(page, preset, rounds):
    return page.evaluate(
        """([preset, rounds]) => {
          lab.play.choose(preset);
          for (let i = 0; i < rounds; i++) lab.play.advance();
          return { ...lab.play.smooth, distance: lab.play.distance };
        }""",
        [preset, rounds],
    )


@pytest.mark.parametrize(
    "preset, rounds, says",
    [
        ("healthy", 1500, lambda d1, d2, g, distance: distance < 0.05 and 0.1 < d1 < 0.3),
        ("collapse", 1500, lambda d1, d2, g, distance: distance > 0.08 and abs(d2 - 0.25) < 0.08),
        ("winner", 1000, lambda d1, d2, g, distance: d1 < 0.05 and d2 < 0.1 and g > 0.8),
        ("asleep", 1500, lambda d1, d2, g, distance: g < 0.2 and d2 > 0.3 and distance > 0.3),
        ("too fast", 300, lambda d1, d2, g, distance: g > 100 and distance > 10),
        ("below the bound", 1500, lambda d1, d2, g, distance: d2**0.5 + g**0.5 < 0.6),
    ],
)
def test_an_example_does_what_its_sentence_says(page, preset, rounds, says):
    assert says(**(found := _played(page, preset, rounds))), found


def test_one_discriminator_never_falls_below_the_bound(page):
    """Also where one network alone has taken its turns; with frozen statistics it does."""
    sums = page.evaluate(
        """() => {
          const sum = () => { const { d2, g } = lab.play.bound; return Math.sqrt(d2) + Math.sqrt(g); };
          lab.play.choose("healthy");
          const sums = [sum()];
          lab.play.advance(() => lab.play.gan.stepD());
          for (let i = 0; i < 200; i++) lab.play.advance(() => lab.play.gan.stepG());
          sums.push(sum());
          for (let i = 0; i < 100; i++) lab.play.advance(() => lab.play.gan.stepD());
          sums.push(sum());
          lab.play.choose("below the bound");
          for (let i = 0; i < 1500; i++) lab.play.advance();
          return [...sums, sum(), sum()];
        }"""
    )
    assert min(sums[:3]) > 0.9999 and sums[3] < 0.6
    assert sums[3] == sums[4]  # to look changes nothing


def test_a_new_start_wakes_the_discriminator(page):
    page.evaluate("lab.play.choose('asleep'); for (let i = 0; i < 310; i++) lab.play.advance()")
    assert page.evaluate("lab.play.gan.isAsleep")
    page.evaluate("again.click(); for (let i = 0; i < 10; i++) lab.play.advance()")
    assert not page.evaluate("lab.play.gan.isAsleep")


def test_a_walk_from_the_average_face_is_made_of_faces(page):
    """There is no angle at the origin of the latent space."""
    page.click("#tab-invent")
    page.wait_for_selector("#sheet button canvas")
    pictures = page.evaluate(
        """() => {
          const move = (id, value) => { const e = document.getElementById(id); e.value = value; e.dispatchEvent(new Event("input")); };
          move("truncation", 0);
          pin.click();
          move("truncation", 1);
          const pictures = [0, 0.5, 1].map((t) => { move("walk", t); return face.toDataURL(); });
          pin.click();
          move("truncation", 0.8);
          return pictures;
        }"""
    )
    assert len(set(pictures)) == 3 and min(map(len, pictures)) > 5000  # black is short


def test_the_page_runs_by_itself_and_by_keyboard(page):
    page.focus("#tab-play")
    page.keyboard.press("ArrowRight")
    assert page.get_attribute("#tab-invent", "aria-selected") == "true"
    assert page.is_visible("#invent") and not page.is_visible("#play")
    page.keyboard.press("ArrowLeft")
    page.evaluate("lab.play.choose('healthy')")
    page.focus("#run")
    page.keyboard.press("Enter")
    page.wait_for_function("lab.play.rounds > 20")
    page.keyboard.press("Enter")
    assert page.inner_text("#run") == "Run"
    assert page.inner_text("#bound-says").endswith("never below 1.0")


def test_everything_has_a_name_and_nothing_is_wider_than_a_telephone(page):
    for part in ("play", "invent", "about"):
        page.click(f"#tab-{part}")
        assert page.evaluate("document.documentElement.scrollWidth") == 400, part
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("input, select, button, canvas, [role]")].filter((e) =>
             !(e.labels?.length || e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") ||
               e.textContent.trim() || e.closest("button[aria-label]") || e.getAttribute("role") === "status"))
             .map((e) => e.outerHTML)"""
    )
    assert not nameless


def test_nothing_was_asked_of_a_server_and_nothing_went_wrong(page, problems, file):
    assert problems == [file.as_uri()]
