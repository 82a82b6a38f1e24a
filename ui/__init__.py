"""Faces: Gradio chat, REST, command line."""
