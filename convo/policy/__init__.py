"""May we speak? Pure rules about who may be texted, one per file; `gate.py` asks them all."""
