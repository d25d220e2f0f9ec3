"""Samples from this folder in Python.

    from diffusers import DiffusionPipeline
    pipe = DiffusionPipeline.from_pretrained(FOLDER, custom_pipeline=FOLDER + "/pipeline.py",
                                             trust_remote_code=True)
    pipe("a judge", num_images_per_prompt=4).images[0].save("judge.png")

The U-Net works on pixels: pixel_unshuffle takes the place of a latent encoder.
"""

import torch
import torch.nn.functional as F
from diffusers import DiffusionPipeline, ImagePipelineOutput


class PixelShufflePipeline(DiffusionPipeline):
    def __init__(self, unet, text_encoder, tokenizer, scheduler, pixel_unshuffle_factor=2):
        super().__init__()
        self.register_modules(
            unet=unet, text_encoder=text_encoder, tokenizer=tokenizer, scheduler=scheduler
        )
        self.register_to_config(pixel_unshuffle_factor=pixel_unshuffle_factor)

    def encode(self, prompts):
        ids = self.tokenizer(
            prompts, padding="max_length", truncation=True, return_tensors="pt",
            max_length=self.tokenizer.model_max_length,
        ).input_ids
        states = self.text_encoder(ids.to(self.device)).last_hidden_state
        return states.to(self.unet.dtype)

    @torch.no_grad()
    def __call__(self, prompt, num_inference_steps=25, guidance_scale=2.0,
                 num_images_per_prompt=1, generator=None, latents=None, output_type="pil"):
        prompts = [prompt] if isinstance(prompt, str) else list(prompt)
        prompts = [p for p in prompts for _ in range(num_images_per_prompt)]
        side = self.unet.config.sample_size
        height, width = (side, side) if isinstance(side, int) else side
        shape = (len(prompts), self.unet.config.in_channels, height, width)
        x = latents if latents is not None else torch.randn(shape, generator=generator)
        x = x.to(self.device, self.unet.dtype)
        context = torch.cat([self.encode(prompts), self.encode([""] * len(prompts))])
        self.scheduler.set_timesteps(num_inference_steps)
        for t in self.scheduler.timesteps:
            both = self.unet(torch.cat([x, x]), t, encoder_hidden_states=context).sample
            conditional, unconditional = both.chunk(2)
            prediction = unconditional + guidance_scale * (conditional - unconditional)
            x = self.scheduler.step(prediction, t, x).prev_sample
        pixels = F.pixel_shuffle(x, self.config.pixel_unshuffle_factor)
        pixels = ((pixels + 1) / 2).clamp(0, 1)
        images = pixels.cpu().permute(0, 2, 3, 1).float().numpy()
        if output_type == "pil":
            images = self.numpy_to_pil(images)
        return ImagePipelineOutput(images=images)
