"""The engine's work in PyTorch and diffusers, one JSON object a line, for the ratios that run.sh prints.

    pip install torch diffusers transformers
    python pytorch_steps.py [--threads 2] [--work pretrain,align,sample] [--modes fp32,bf16,compile]

Same definition on both sides: the default U-Net with random weights, text embeddings precomputed, data in
memory, AdamW and clipping included, no moving average, the reference's forward in every alignment step.
"""

import argparse
import json
import statistics
import time

import torch
import torch.nn.functional as F
from diffusers import UNet2DConditionModel

parser = argparse.ArgumentParser()
parser.add_argument("--threads", type=int, default=torch.get_num_threads())
parser.add_argument("--batch", type=int, default=32)
parser.add_argument("--work", default="unet,pretrain,align,sample")
parser.add_argument("--modes", default="fp32,bf16,compile")
parser.add_argument("--repeats", type=int, default=5)
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(0)
batch = options.batch


def network():
    return UNet2DConditionModel(
        sample_size=16, in_channels=12, out_channels=12,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), block_out_channels=(64, 96),
        layers_per_block=1, cross_attention_dim=64, attention_head_dim=4, norm_num_groups=16,
    )


sample = torch.randn(batch, 12, 16, 16)
context = torch.randn(batch, 8, 64)
target = torch.randn_like(sample)
timesteps = torch.randint(0, 1000, (batch,))


class Mode:
    def __init__(self, name):
        self.name = name
        self.policy = network()
        self.reference = network().eval().requires_grad_(False)
        self.run = torch.compile(self.policy) if name == "compile" else self.policy
        self.freeze = torch.compile(self.reference) if name == "compile" else self.reference
        self.optimizer = torch.optim.AdamW(self.policy.parameters(), lr=1e-4, fused=True)

    def errors(self, model):
        with torch.autocast("cpu", torch.bfloat16, enabled=self.name == "bf16"):
            prediction = model(sample, timesteps, context).sample
        return ((prediction.float() - target) ** 2).mean((1, 2, 3))

    def unet(self):
        self.policy.zero_grad(set_to_none=True)
        self.errors(self.run).mean().backward()

    def update(self, loss):
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.policy.parameters(), 1.0)
        self.optimizer.step()

    def pretrain(self):
        self.update(self.errors(self.run).mean())

    def align(self):
        with torch.no_grad():
            reference = self.errors(self.freeze)
        gain = reference - self.errors(self.run)
        winners, losers = gain.chunk(2)
        self.update(-F.logsigmoid(500 * (winners - losers)).mean())

    @torch.no_grad()
    def sample(self, pictures=64, steps=25, guidance=2.0):
        x = torch.randn(pictures, 12, 16, 16)
        states = torch.randn(2 * pictures, 8, 64)
        for step in range(steps):
            when = torch.full((2 * pictures,), 999 - 39 * step)
            with torch.autocast("cpu", torch.bfloat16, enabled=self.name == "bf16"):
                both = self.freeze(torch.cat([x, x]), when, states).sample.float()
            conditional, unconditional = both.chunk(2)
            x = 0.99 * x - 0.1 * (unconditional + guidance * (conditional - unconditional))


def seconds(work, repeats):
    work()
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


for name in options.modes.split(","):
    mode = Mode(name)
    for work in options.work.split(","):
        images = 64 if work == "sample" else batch
        try:
            median = seconds(getattr(mode, work), 1 if work == "sample" else options.repeats)
        except Exception as error:  # a mode that this machine cannot compile is a finding, not a failure
            print(json.dumps({"group": "pytorch-failed", "name": f"{work} {name}: {str(error)[:200]}"}))
            continue
        print(json.dumps({
            "group": "pytorch", "name": f"{work} {name}", "seconds": median,
            "value": images / median, "unit": "images/s",
        }), flush=True)
