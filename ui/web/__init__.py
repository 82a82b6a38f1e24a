"""The page: a Chinese chat with its evidence. Outcome → view → safe markup; Gradio carries it to the browser."""
