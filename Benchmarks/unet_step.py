"""A training step of the same U-Net in PyTorch and diffusers, for the ratio that run.sh prints.

    pip install torch diffusers
    python unet_step.py [--threads 2] [--batch 32] [--repeats 7]

Prints one JSON object: forward and backward of a random batch in fp32, without the optimiser.
"""

import argparse
import json
import statistics
import time

import torch
from diffusers import UNet2DConditionModel

parser = argparse.ArgumentParser()
parser.add_argument("--threads", type=int, default=torch.get_num_threads())
parser.add_argument("--batch", type=int, default=32)
parser.add_argument("--repeats", type=int, default=7)
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(0)

unet = UNet2DConditionModel(
    sample_size=16, in_channels=12, out_channels=12,
    down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
    up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), block_out_channels=(64, 96),
    layers_per_block=1, cross_attention_dim=64, attention_head_dim=4, norm_num_groups=16,
)
sample = torch.randn(options.batch, 12, 16, 16)
context = torch.randn(options.batch, 8, 64)
target = torch.randn_like(sample)
timesteps = torch.randint(0, 1000, (options.batch,))


def step():
    unet.zero_grad(set_to_none=True)
    torch.nn.functional.mse_loss(unet(sample, timesteps, context).sample, target).backward()


times = []
for index in range(options.repeats + 2):
    start = time.perf_counter()
    step()
    if index >= 2:
        times.append(time.perf_counter() - start)
median = statistics.median(times)
print(json.dumps({
    "what": "unet", "batch": options.batch, "threads": options.threads,
    "torch": torch.__version__, "median_s": median, "images_per_s": options.batch / median,
}))
