#!/usr/bin/env python3
"""Write the reference fixtures that popbench's models are compared with.

    pip install torch diffusers transformers safetensors
    python scripts/make_reference_fixtures.py [FOLDER]

FOLDER is Tests/DiffusionModelsTests/Fixtures unless given. Everything in it is made here: small
random models built by diffusers and transformers, inputs, outputs, losses, and the gradient of
every parameter by name. Its README.md, also written here, says what lies where and which versions
made it. Under 3 MB in all.
"""

import json
import sys
from pathlib import Path

import diffusers
import torch
import transformers
from diffusers import DDIMScheduler, UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

import make_tokenizer

ROOT = Path(__file__).resolve().parent.parent
LIMIT_BYTES = 3_000_000
UNET_WEIGHTS = "diffusion_pytorch_model.safetensors"


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(value, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def write_tensors(path, tensors, **metadata):
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = {name: tensor.detach().clone().contiguous() for name, tensor in tensors.items()}
    save_file(plain, str(path), metadata={"format": "pt", **metadata})


def shake(model):
    """Move parameters off their initial values, which hide mistakes: biases of 0, gains of 1, and
    queries and keys so small that attention is uniform and their gradients are rounding."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.ndim == 1:
                parameter.add_(0.2 * torch.randn_like(parameter))
            elif "embedding" in name:
                parameter.add_(0.3 * torch.randn_like(parameter))
            elif any(part in name for part in ("to_q", "to_k", "q_proj", "k_proj")):
                parameter.mul_(4)
    return model


def loss_and_gradients(model, output, target, rename=lambda name: name):
    """The mean squared error and its gradient by every parameter, as tensors by name."""
    loss = torch.nn.functional.mse_loss(output, target)
    model.zero_grad()
    loss.backward()
    tensors = {"target": target, "output": output, "loss": loss.reshape(1)}
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        tensors[f"grad.{rename(name)}"] = parameter.grad
    return tensors


# --- U-Nets -----------------------------------------------------------------------------------


def make_unet(config, seed):
    torch.manual_seed(seed)
    return shake(UNet2DConditionModel(**config)).eval()


def save_unet(model, folder):
    model.save_pretrained(folder, safe_serialization=True)
    config = json.loads((folder / "config.json").read_text())
    config.pop("_name_or_path", None)
    write_json(folder / "config.json", config)


def unet_case(model, sample_shape, tokens, timesteps, seed):
    generator = torch.Generator().manual_seed(seed)
    batch, _, height, width = sample_shape
    inputs = {
        "sample": torch.randn(sample_shape, generator=generator),
        "timestep": torch.tensor(timesteps, dtype=torch.int64),
        "encoder_hidden_states": torch.randn(
            batch, tokens, model.config.cross_attention_dim, generator=generator
        ),
    }
    target = torch.randn(
        batch, model.config.out_channels, height, width, generator=generator
    )
    output = model(**inputs).sample
    return inputs | loss_and_gradients(model, output, target)


DEFAULT_UNET = dict(
    sample_size=8,
    in_channels=12,
    out_channels=12,
    down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
    up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
    block_out_channels=(8, 20),
    layers_per_block=1,
    cross_attention_dim=16,
    attention_head_dim=4,
    norm_num_groups=4,
)

OTHER_UNET = dict(
    sample_size=(12, 8),
    in_channels=6,
    out_channels=3,
    down_block_types=("CrossAttnDownBlock2D", "DownBlock2D", "CrossAttnDownBlock2D"),
    up_block_types=("CrossAttnUpBlock2D", "UpBlock2D", "CrossAttnUpBlock2D"),
    block_out_channels=(4, 8, 12),
    layers_per_block=2,
    cross_attention_dim=10,
    attention_head_dim=(2, 4, 3),
    norm_num_groups=2,
    use_linear_projection=True,
    transformer_layers_per_block=2,
)


def make_unets(folder):
    default = make_unet(DEFAULT_UNET, seed=1)
    save_unet(default, folder / "unet-default")
    case = unet_case(default, (3, 12, 8, 8), tokens=5, timesteps=[0, 421, 999], seed=2)
    write_tensors(folder / "unet-default/io.safetensors", case)

    other = make_unet(OTHER_UNET, seed=3)
    save_unet(other, folder / "unet-other")
    case = unet_case(other, (2, 6, 12, 8), tokens=7, timesteps=[17, 640], seed=4)
    write_tensors(folder / "unet-other/io.safetensors", case)
    # Sides that halve to odd numbers: 10 x 6 -> 5 x 3 -> 3 x 2, upsampled to the skip's size.
    case = unet_case(other, (2, 6, 10, 6), tokens=3, timesteps=[300, 5], seed=5)
    kept = ("sample", "timestep", "encoder_hidden_states", "target", "output", "loss")
    case = {name: tensor for name, tensor in case.items() if name in kept}
    write_tensors(folder / "unet-other/io-odd-sides.safetensors", case)
    return default


# --- text encoders ----------------------------------------------------------------------------


def prefixed(name):
    """The key of Stable Diffusion and older transformers, whichever form this version has."""
    return name if name.startswith("text_model.") else f"text_model.{name}"


def make_text_encoder(folder, vocabulary, captions, activation, seed, width, heads, layers):
    torch.manual_seed(seed)
    config = CLIPTextConfig(
        vocab_size=len(vocabulary),
        hidden_size=width,
        intermediate_size=2 * width,
        projection_dim=width,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        max_position_embeddings=make_tokenizer.MAX_LENGTH,
        hidden_act=activation,
        bos_token_id=vocabulary[make_tokenizer.START_OF_TEXT],
        eos_token_id=vocabulary[make_tokenizer.END_OF_TEXT],
        pad_token_id=vocabulary[make_tokenizer.END_OF_TEXT],
        attention_dropout=0.0,
    )
    model = shake(CLIPTextModel(config)).eval()
    left_out = ("_name_or_path", "id2label", "label2id")
    written = {key: value for key, value in config.to_dict().items() if key not in left_out}
    written |= {"architectures": ["CLIPTextModel"], "torch_dtype": "float32"}
    written = {key: value for key, value in written.items() if value is not None}
    write_json(folder / "config.json", written)

    input_ids = torch.tensor([caption["ids"] for caption in captions], dtype=torch.int64)
    generator = torch.Generator().manual_seed(seed + 1)
    target = torch.randn(*input_ids.shape, config.hidden_size, generator=generator)
    output = model(input_ids=input_ids).last_hidden_state
    tensors = loss_and_gradients(model, output, target, rename=prefixed)
    write_tensors(folder / "io.safetensors", {"input_ids": input_ids} | tensors)
    return dict(model.named_parameters())


def make_text_encoders(folder, vocabulary, captions):
    chosen = [captions[index] for index in (0, 60, 150, 199)]
    parameters = make_text_encoder(
        folder / "text-encoder", vocabulary, chosen, "quick_gelu", seed=6, width=32, heads=4,
        layers=2,
    )
    with_prefix = {prefixed(name): value for name, value in parameters.items()}
    without = {name.removeprefix("text_model."): value for name, value in with_prefix.items()}
    write_tensors(folder / "text-encoder/model.safetensors", with_prefix)
    write_tensors(folder / "text-encoder/model-unprefixed.safetensors", without)

    parameters = make_text_encoder(
        folder / "text-encoder-gelu", vocabulary, chosen, "gelu", seed=8, width=16, heads=2,
        layers=1,
    )
    with_prefix = {prefixed(name): value for name, value in parameters.items()}
    # Checkpoints of transformers before 4.31 hold this buffer too; a reader has to pass over it.
    positions = torch.arange(make_tokenizer.MAX_LENGTH, dtype=torch.int64)[None]
    with_prefix["text_model.embeddings.position_ids"] = positions
    write_tensors(folder / "text-encoder-gelu/model.safetensors", with_prefix)


# --- tokenizer --------------------------------------------------------------------------------

ODD_CAPTIONS = [
    "", " ", "   \t ", "\n", "a", "A JUDGE", "A Dark-Skinned Woman JUDGE", "a  judge",
    "  a judge  ", "a\tmedium-skinned\tjudge", "a judge\n", "a\u00a0judge", "a\u3000judge",
    "a judge.", "a judge, a cook", "a judge!!!", "a judge?!", "(a judge)", "\"a judge\"",
    "a judge's robe", "the judges' cook", "don't", "we've they'll I'm you're he'd", "'s", "''s",
    "a-judge", "a -- judge", "a_judge", "a/judge", "medium - dark", "a medium--dark judge", "-",
    "3 judges", "42", "a 2024 cook", "1,000.50", "judge2cook", "½ a cook", "x² + y²",
    "un juge français", "café", "cafe\u0301", "Élève", "naïve coöperation", "Ärztin", "İstanbul",
    "ΣΟΦΟΣ", "судья", "裁判官", "판사", "قاضٍ", "न्यायाधीश", "👩\u200d⚖️", "a 👩🏿\u200d⚖️ judge", "😀😀😀",
    "a 😀judge😀", "🇩🇪", "a judge <|endoftext|> a cook", "<|startoftext|>a judge", "< |endoftext| >",
    "\\ { } [ ] ^ ~ `", "100% @judge #cook $5 &c. * = + <b>", "…—–“”‘’", "zebra quilt",
    "judgement", "workers", "womanly", "superconstruction", "a" * 40, "judge " * 30,
    "a medium-dark-skinned woman construction worker, a light-skinned man police officer and more",
    "!" * 25, "é" * 20, "a ﬁreﬁghter", "\u200bjudge\ufeff",
]


def caption_texts():
    """200 captions: all neutral ones, identities and partial ones in turn, then the odd ones."""
    def sentence(*words):
        text = " ".join(word for word in words if word)
        return ("an " if text[0] in "aeiou" else "a ") + text

    texts = [sentence(profession) for profession in make_tokenizer.PROFESSIONS]
    identities = [(tone, gender) for tone in make_tokenizer.TONES + [None]
                  for gender in make_tokenizer.GENDERS + [None]][:-1]
    index = 0
    while len(texts) < 200 - len(ODD_CAPTIONS):
        tone, gender = identities[index % len(identities)]
        profession = make_tokenizer.PROFESSIONS[(index * 8 + index // 21) % 21]
        texts.append(sentence(tone and f"{tone}-skinned", gender, profession))
        index += 1
    texts += ODD_CAPTIONS
    assert len(texts) == 200 and len(set(texts)) == 200, (len(texts), len(set(texts)))
    return texts


def make_captions(folder):
    vocabulary = make_tokenizer.write_tokenizer(folder / "tokenizer")
    tokenizer = CLIPTokenizer.from_pretrained(str(folder / "tokenizer"))
    captions = []
    for text in caption_texts():
        ids = tokenizer(
            text, padding="max_length", truncation=True, max_length=make_tokenizer.MAX_LENGTH
        )["input_ids"]
        assert len(ids) == make_tokenizer.MAX_LENGTH
        captions.append({"text": text, "ids": ids})
    lines = ",\n".join(json.dumps(caption, ensure_ascii=True) for caption in captions)
    (folder / "tokenizer/captions.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    return vocabulary, captions


# --- DDIM -------------------------------------------------------------------------------------

SCHEDULERS = {
    "v-trailing": dict(
        beta_schedule="squaredcos_cap_v2",
        prediction_type="v_prediction",
        timestep_spacing="trailing",
        clip_sample=False,
        set_alpha_to_one=True,
    ),
    "epsilon-leading": dict(
        beta_schedule="squaredcos_cap_v2",
        prediction_type="epsilon",
        timestep_spacing="leading",
        clip_sample=False,
        set_alpha_to_one=True,
    ),
    # The constants of Stable Diffusion 1.5.
    "epsilon-leading-offset": dict(
        beta_schedule="scaled_linear",
        beta_start=0.00085,
        beta_end=0.012,
        prediction_type="epsilon",
        timestep_spacing="leading",
        steps_offset=1,
        clip_sample=False,
        set_alpha_to_one=False,
    ),
}


def make_ddim(folder, unet):
    steps, guidance, batch = 5, 2.0, 2
    generator = torch.Generator().manual_seed(10)
    noise = torch.randn(batch, 12, 8, 8, generator=generator)
    conditional = torch.randn(batch, 5, 16, generator=generator)
    unconditional = torch.randn(batch, 5, 16, generator=generator)
    for name, options in SCHEDULERS.items():
        scheduler = DDIMScheduler(num_train_timesteps=1000, **options)
        scheduler.save_pretrained(folder / "ddim" / name)
        scheduler.set_timesteps(steps)
        tensors = {
            "alphas_cumprod": scheduler.alphas_cumprod,
            "timesteps": scheduler.timesteps.to(torch.int64),
            "encoder_hidden_states": conditional,
            "negative_encoder_hidden_states": unconditional,
            "guidance_scale": torch.tensor([guidance]),
            "sample.0": noise,
        }
        sample = noise
        with torch.no_grad():
            for index, timestep in enumerate(scheduler.timesteps):
                both = unet(
                    torch.cat([sample, sample]),
                    timestep,
                    encoder_hidden_states=torch.cat([unconditional, conditional]),
                ).sample
                without, with_prompt = both.chunk(2)
                guided = without + guidance * (with_prompt - without)
                sample = scheduler.step(guided, timestep, sample, eta=0.0).prev_sample
                tensors[f"prediction.{index}"] = guided
                tensors[f"sample.{index + 1}"] = sample
        write_tensors(folder / "ddim" / name / "io.safetensors", tensors)


# --- optimiser --------------------------------------------------------------------------------


def make_adamw(folder):
    torch.manual_seed(11)
    options = dict(lr=1e-2, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.1)
    largest_norm = 1.0
    parameter = torch.nn.Parameter(torch.randn(37))
    optimiser = torch.optim.AdamW([parameter], **options)
    tensors = {"initial": parameter.clone()}
    # The first gradients are clipped, the last are not.
    for step, scale in enumerate([3.0, 1.0, 0.5, 0.05, 0.02]):
        gradient = scale * torch.randn(37)
        parameter.grad = gradient.clone()
        norm = torch.nn.utils.clip_grad_norm_([parameter], largest_norm)
        optimiser.step()
        tensors[f"gradient.{step}"] = gradient
        tensors[f"norm.{step}"] = norm.reshape(1)
        tensors[f"parameter.{step + 1}"] = parameter.clone()
    constants = [options["lr"], *options["betas"], options["eps"], options["weight_decay"]]
    tensors["lr_beta1_beta2_eps_decay_clip"] = torch.tensor(
        [*constants, largest_norm], dtype=torch.float64
    )
    write_tensors(folder / "adamw.safetensors", tensors)


README = """# Reference fixtures

Made by `scripts/make_reference_fixtures.py` with torch {torch}, diffusers {diffusers} and
transformers {transformers}. Do not edit; make them anew. All weights are random.

| path | what it is |
|---|---|
| `unet-default/` | U-Net of the default topology in small: config, weights, `io.safetensors` |
| `unet-other/` | U-Net with three levels, attention on the first and third, two layers a block, a list of head counts, linear projections, two transformer layers, 6 channels in and 3 out, H not W; `io-odd-sides` halves to odd sides (no gradients) |
| `text-encoder/` | CLIP text encoder with quick_gelu; `model-unprefixed.safetensors` holds the same weights under the keys of transformers 5 |
| `text-encoder-gelu/` | one with gelu, 2 heads, 1 layer, and the `position_ids` buffer of old checkpoints |
| `tokenizer/` | vocabulary, merges, and 200 captions with their ids (padded and cut to 16) |
| `ddim/NAME/` | scheduler config and a whole guided sample of `unet-default` in 5 steps: `sample.0` is the noise, `prediction.k` the guided output at `timesteps[k]`, `sample.k+1` the result |
| `adamw.safetensors` | 5 AdamW steps with gradient clipping: `gradient.k` and `norm.k` before clipping, `parameter.k+1` after the step |

`io.safetensors`: the inputs (`sample`, `timestep`, `encoder_hidden_states` or `input_ids`), `target`,
`output`, `loss` (mean squared error) and `grad.NAME` for every parameter. A key projection's bias
has a gradient of zero but for rounding (softmax ignores it): compare it absolutely.
"""


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "Tests/DiffusionModelsTests/Fixtures"
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    vocabulary, captions = make_captions(folder)
    make_text_encoders(folder, vocabulary, captions)
    make_ddim(folder, make_unets(folder))
    make_adamw(folder)
    versions = dict(
        torch=torch.__version__.split("+")[0],
        diffusers=diffusers.__version__,
        transformers=transformers.__version__,
    )
    (folder / "README.md").write_text(README.format(**versions), encoding="utf-8")
    total = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{folder}: {total / 1e6:.2f} MB")
    assert total < LIMIT_BYTES, "the fixtures are meant to stay under 3 MB"


if __name__ == "__main__":
    main()
