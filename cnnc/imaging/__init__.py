"""Pictures of what a trained network sees: Grad-CAM, filters, activations."""
