"""Every word that is sent to a model, one file each."""
