#!/usr/bin/env python3
"""Makes the fixtures of ModelStoreTests with Python's safetensors, diffusers and transformers.

    python scripts/make_store_fixtures.py          writes Tests/ModelStoreTests/Fixtures
    python scripts/make_store_fixtures.py --check  loads the files under Fixtures/written, which the
                                                   Swift tests hold popbench's writers to, in Python

Needs torch, safetensors, diffusers and transformers.
"""

import json
import os
import pathlib
import random
import shutil
import sys
import tempfile

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from diffusers import DDIMScheduler, DiffusionPipeline, UNet2DConditionModel
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Tests/ModelStoreTests/Fixtures"

SMALL_UNET = dict(
    sample_size=16, in_channels=12, out_channels=12, block_out_channels=(64, 96),
    down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
    up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), layers_per_block=1,
    cross_attention_dim=64, attention_head_dim=4, norm_num_groups=16)
SMALL_TEXT = dict(
    vocab_size=600, hidden_size=64, intermediate_size=256, num_hidden_layers=2,
    num_attention_heads=4, max_position_embeddings=16, bos_token_id=598, eos_token_id=599,
    pad_token_id=599)


def all_types():
    """One tensor of every supported type, with the values that are easy to get wrong."""
    odd = [0.0, -0.0, 1.0, -1.5, 3.1415927, 65504.0, 65519.9, 65520.0, 1e-8, 6e-8, 2.98e-8,
           6.1e-5, 1e30, -1e-30, float("inf"), float("-inf")]
    floats = torch.tensor(odd, dtype=torch.float32).reshape(4, 4)
    tensors = {
        "b.double": floats.double() * 1.0000000001,
        "a.double": torch.tensor(-2.5, dtype=torch.float64),
        "single": floats,
        "half": floats.half(),
        "brain": floats.bfloat16(),
        "long": torch.tensor([[-(2**63), -1, 0], [1, 2**62, 2**63 - 1]]),
        "int": torch.tensor([-(2**31), 7, 2**31 - 1], dtype=torch.int32),
        "byte": torch.arange(5, dtype=torch.uint8),
        "truth": torch.tensor([True, False, True]),
        "nothing": torch.zeros(0, 3),
        "Größe \"quoted\" \\ \n": torch.ones(1, 2, 1),
    }
    save_file(tensors, FIXTURES / "types.safetensors", metadata={"format": "pt"})
    lines = {name: [str(value) for value in tensor.flatten().tolist()]
             for name, tensor in tensors.items()}
    write("types.json", lines)


def write(name, value):
    text = json.dumps(value, indent=1, ensure_ascii=True)
    (FIXTURES / name).write_text(text + "\n")


def configurations():
    """Configuration files as the Python libraries write them."""
    with torch.device("meta"):
        default = UNet2DConditionModel()
        small = UNet2DConditionModel(**SMALL_UNET)
    (FIXTURES / "unet_default.json").write_text(default.to_json_string())
    (FIXTURES / "unet_small.json").write_text(small.to_json_string())
    (FIXTURES / "scheduler_default.json").write_text(DDIMScheduler().to_json_string())
    (FIXTURES / "text_default.json").write_text(CLIPTextConfig().to_json_string(use_diff=False))
    with tempfile.TemporaryDirectory() as folder:
        CLIPTextModel(CLIPTextConfig(**SMALL_TEXT)).save_pretrained(folder)
        shutil.copy(folder + "/config.json", FIXTURES / "text_small.json")


def counts():
    """Random configurations, and how many parameters Python's models have for them."""
    rng = random.Random(7)
    unets = []
    for _ in range(24):
        levels = rng.randint(1, 4)
        channels = [rng.choice([16, 32, 48, 64]) for _ in range(levels)]
        per_level = lambda low, high: (
            [rng.randint(low, high) for _ in range(levels)]
            if rng.random() < 0.5 else rng.randint(low, high))
        configuration = dict(
            sample_size=8 * 2**levels, in_channels=rng.randint(1, 5), out_channels=rng.randint(1, 5),
            block_out_channels=channels,
            down_block_types=[rng.choice(["DownBlock2D", "CrossAttnDownBlock2D"])
                              for _ in range(levels)],
            up_block_types=[rng.choice(["UpBlock2D", "CrossAttnUpBlock2D"]) for _ in range(levels)],
            layers_per_block=per_level(1, 3), transformer_layers_per_block=per_level(1, 2),
            attention_head_dim=rng.choice([2, 4, [rng.choice([1, 2, 4]) for _ in range(levels)]]),
            cross_attention_dim=rng.choice([8, 24]), norm_num_groups=rng.choice([4, 8, 16]),
            use_linear_projection=rng.random() < 0.5)
        with torch.device("meta"):
            model = UNet2DConditionModel(**configuration)
        unets.append({"configuration": configuration, "count": parameters(model)})
    texts = []
    for width, layers in [(16, 1), (32, 3), (64, 2)]:
        configuration = dict(
            vocab_size=rng.randint(10, 99), hidden_size=width, intermediate_size=width * 3,
            num_hidden_layers=layers, num_attention_heads=2, max_position_embeddings=7)
        with torch.device("meta"):
            model = CLIPTextModel(CLIPTextConfig(**configuration))
        texts.append({"configuration": configuration, "count": parameters(model)})
    write("counts.json", {"unet": unets, "text": texts})


def parameters(model):
    return sum(parameter.numel() for parameter in model.parameters())


def check():
    """Loads what popbench writes."""
    written = FIXTURES / "written"
    with safe_open(written / "types.safetensors", "pt") as file:
        with safe_open(FIXTURES / "types.safetensors", "pt") as original:
            assert sorted(file.keys()) == sorted(original.keys())
            for name in file.keys():
                a, b = file.get_tensor(name), original.get_tensor(name)
                assert a.dtype == b.dtype and torch.equal(a, b), name
    pipeline = written / "pipeline"
    model = UNet2DConditionModel.from_config(UNet2DConditionModel.load_config(pipeline / "unet"))
    reference = UNet2DConditionModel(**SMALL_UNET)
    for key, value in reference.config.items():
        other = model.config[key]
        same = list(other) == list(value) if isinstance(value, (list, tuple)) else other == value
        assert key.startswith("_") or same, (key, other, value)
    configuration = CLIPTextConfig.from_pretrained(pipeline / "text_encoder")
    for key, value in SMALL_TEXT.items():
        assert getattr(configuration, key) == value, key
    scheduler = DDIMScheduler.from_pretrained(pipeline / "scheduler")
    assert scheduler.config.beta_schedule == "squaredcos_cap_v2"
    assert scheduler.config.prediction_type == "v_prediction"
    assert scheduler.config.timestep_spacing == "trailing"
    index = DiffusionPipeline.load_config(pipeline)
    assert index["unet"] == ["diffusers", "UNet2DConditionModel"]
    with tempfile.TemporaryDirectory() as folder:
        # The whole folder, with weights and a vocabulary put in, opens as one pipeline.
        shutil.copytree(pipeline, folder, dirs_exist_ok=True)
        model.save_pretrained(folder + "/unet")
        CLIPTextModel(configuration).save_pretrained(folder + "/text_encoder")
        vocabulary = {chr(97 + i): i for i in range(26)} | {"<|startoftext|>": 598,
                                                           "<|endoftext|>": 599}
        json.dump(vocabulary, open(folder + "/tokenizer/vocab.json", "w"))
        open(folder + "/tokenizer/merges.txt", "w").write("#version: 0.2\n")
        for part in ["unet", "text_encoder", "scheduler"]:
            shutil.copytree(pipeline / part, f"{folder}/{part}", dirs_exist_ok=True)
        pathlib.Path(folder, "pipeline.py").write_text(
            "from diffusers import DiffusionPipeline\n\n\n"
            "class WrittenPipeline(DiffusionPipeline):\n"
            "    def __init__(self, scheduler, text_encoder, tokenizer, unet,\n"
            "                 pixel_unshuffle=1):\n"
            "        super().__init__()\n"
            "        self.register_modules(scheduler=scheduler, text_encoder=text_encoder,\n"
            "                              tokenizer=tokenizer, unet=unet)\n"
            "        self.register_to_config(pixel_unshuffle=pixel_unshuffle)\n")
        whole = DiffusionPipeline.from_pretrained(
            folder, custom_pipeline=folder + "/pipeline.py", trust_remote_code=True)
        assert whole.config.pixel_unshuffle == 2
        assert isinstance(whole.tokenizer, CLIPTokenizer) and whole.tokenizer.model_max_length == 16
        assert parameters(whole.unet) == parameters(reference)
    print("Python opens what popbench wrote.")


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        check()
    else:
        FIXTURES.mkdir(parents=True, exist_ok=True)
        all_types()
        configurations()
        counts()
