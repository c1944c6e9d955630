"""The Gradio app. May import: coach, contracts, knowledge."""
