"""The look: a calm light theme on system fonts, nothing fetched from elsewhere."""

from __future__ import annotations

import gradio as gr

FONTS = ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "system-ui", "sans-serif")
MONO = ("SFMono-Regular", "Consolas", "Noto Sans Mono CJK SC", "monospace")


def theme() -> gr.themes.Base:
    """Gradio's base theme on our colours. The page is always light: each dark variant is the light one."""
    base = gr.themes.Base(
        primary_hue=gr.themes.colors.blue,
        neutral_hue=gr.themes.colors.slate,
        font=[gr.themes.Font(name) for name in FONTS],
        font_mono=[gr.themes.Font(name) for name in MONO],
    ).set(
        body_background_fill="#f4f6f9",
        body_text_color="#1c2733",
        block_background_fill="transparent",
        block_border_width="0px",
        block_shadow="none",
        input_background_fill="#ffffff",
        button_primary_background_fill="#1f5aa6",
        button_primary_background_fill_hover="#17447f",
        button_primary_text_color="#ffffff",
    )
    for name in [name for name in vars(base) if name.endswith("_dark")]:
        setattr(base, name, getattr(base, name.removesuffix("_dark"), None))
    return base
