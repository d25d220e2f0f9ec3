#!/usr/bin/env python3
"""Makes Tests/DiffusionModelsTests/Fixtures/ddim-schedules.json with diffusers' DDIMScheduler.

    python scripts/make_scheduler_fixtures.py

For each configuration: the schedule (every 37th value), a checksum of the timesteps for every
number of steps, and steps, noisy samples and velocities of a small random sample.
"""

import json
import pathlib

import torch
from diffusers import DDIMScheduler

TARGET = pathlib.Path(__file__).resolve().parent.parent / (
    "Tests/DiffusionModelsTests/Fixtures/ddim-schedules.json")

CONFIGURATIONS = [
    dict(),
    dict(beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012, clip_sample=False,
         set_alpha_to_one=False, steps_offset=1),
    dict(beta_schedule="squaredcos_cap_v2", prediction_type="v_prediction",
         timestep_spacing="trailing"),
    dict(beta_schedule="squaredcos_cap_v2", prediction_type="sample", timestep_spacing="linspace",
         clip_sample_range=0.5),
    dict(prediction_type="v_prediction", timestep_spacing="trailing", clip_sample=False,
         rescale_betas_zero_snr=True),
    dict(prediction_type="sample", timestep_spacing="linspace", num_train_timesteps=77,
         beta_schedule="scaled_linear", rescale_betas_zero_snr=True),
    dict(num_train_timesteps=333, timestep_spacing="trailing", beta_schedule="squaredcos_cap_v2",
         set_alpha_to_one=False, clip_sample=False),
]


def checksum(timesteps):
    """A number that changes with every timestep and with their order."""
    total = 0
    for timestep in timesteps:
        total = (total * 31 + timestep + 1) % (1 << 31)
    return total


def numbers(tensor):
    return [float(value) for value in tensor.flatten()]


def case(options, generator):
    scheduler = DDIMScheduler(**options)
    count = scheduler.config.num_train_timesteps
    result = {"configuration": json.loads(scheduler.to_json_string())}
    result["alphas"] = numbers(scheduler.alphas_cumprod[::37])
    result["last_alpha"] = float(scheduler.alphas_cumprod[-1])
    checksums = []
    for steps in range(1, count + 1):
        scheduler.set_timesteps(steps)
        timesteps = scheduler.timesteps.tolist()
        if len(timesteps) == steps + 1 and timesteps[-1] == -1:
            # The rounding of numpy's arange gives "trailing" one timestep too many at some counts.
            timesteps.pop()
        assert len(timesteps) == steps and min(timesteps) >= 0
        checksums.append(checksum(timesteps) if max(timesteps) < count else None)
    result["checksums"] = checksums
    result["steps"] = []
    scheduler.set_timesteps(7)
    for timestep in scheduler.timesteps.tolist():
        sample = torch.randn(6, generator=generator)
        prediction = torch.randn(6, generator=generator)
        output = scheduler.step(prediction, timestep, sample)
        result["steps"].append({
            "timestep": timestep,
            "sample": numbers(sample),
            "prediction": numbers(prediction),
            "previous": numbers(output.prev_sample),
        })
    clean = torch.randn(6, generator=generator)
    noise = torch.randn(6, generator=generator)
    at = torch.tensor([count // 3])
    result["training"] = {
        "timestep": int(at), "clean": numbers(clean), "noise": numbers(noise),
        "noisy": numbers(scheduler.add_noise(clean[None], noise[None], at)),
        "velocity": numbers(scheduler.get_velocity(clean[None], noise[None], at)),
    }
    return result


def main():
    generator = torch.Generator().manual_seed(5)
    cases = [case(options, generator) for options in CONFIGURATIONS]
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in cases)
    TARGET.write_text("[\n" + lines + "\n]\n")
    print(f"{TARGET}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
